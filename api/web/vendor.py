"""Third-party browser files, served from the wheels they came in; none of them is in this repository."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from api.auth.guard import public

pages = Blueprint("vendor", __name__, url_prefix="/vendor")

# The wheel names its version in its metadata; a new one is a new deployment, so a day of caching is safe.
_MAX_AGE = 24 * 3600


def leaflet_folder() -> Path:
    """Return where the wheel `django-js-lib-leaflet` keeps Leaflet. It is found without importing Django."""
    spec = find_spec("js_lib_leaflet")
    if spec is None or spec.origin is None:
        raise RuntimeError("Leaflet is missing: install django-js-lib-leaflet (requirements.txt)")
    return Path(spec.origin).parent / "static" / "js_lib_leaflet"


@pages.get("/leaflet/<path:name>")
@public
def leaflet(name: str) -> Response:
    """Leaflet's script, style and images."""
    return send_from_directory(leaflet_folder(), name, max_age=_MAX_AGE)
