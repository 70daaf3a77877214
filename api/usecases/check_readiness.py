"""Say whether the service can do its work."""

from __future__ import annotations

import structlog
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from api.problems import Problem
from api.usecases.context import store

log = structlog.get_logger()


def require_ready() -> None:
    """Raise 503 unless the database answers and holds the current schema."""
    try:
        ready = store().is_ready()
    except SQLAlchemyError as error:
        log.warning("database does not answer", error=type(error).__name__)
        ready = False
    if not ready:
        raise Problem(503, "unavailable", _("The database does not answer or does not hold the current schema."))
