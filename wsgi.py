"""The WSGI entry: ``gunicorn wsgi:app`` or ``flask --app wsgi …``."""

from api.app import create_app
from api.settings import SettingError

try:
    app = create_app()
except SettingError as error:
    # One line that names the variable and the remedy, instead of a traceback.
    raise SystemExit(f"Rounds cannot start. {error}") from error
