"""The declarative base, and the version that every row a person can change carries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from api.store.columns import Id, Moment, now
from api.store.ids import new_id

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of Rounds. Constraints are named, so that migrations can address them."""

    metadata = MetaData(naming_convention=_NAMES)


class Row:
    """A row with an id of its own and the moment it was made."""

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Versioned(Row):
    """A row that people change: ``version`` rises with each change and travels in ETag and If-Match."""

    version: Mapped[int] = mapped_column(default=1)
