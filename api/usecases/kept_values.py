"""Values of columns as JSON keeps them, for taking a change back later."""

from __future__ import annotations

import base64
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, LargeBinary
from sqlalchemy.types import TypeEngine

from api.store.columns import Moment, Money


def plain(value: Any) -> Any:
    """Return a column's value as JSON keeps it; :func:`kept_value` reads it again."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, date | datetime) else value


def kept_value(kind: TypeEngine[Any], value: Any) -> Any:
    """Return a column's value from what :func:`plain` made of it."""
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(kind, Money) else value
