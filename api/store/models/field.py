"""What happened at the door, and who did what. Both are immutable: the database itself refuses changes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.store.columns import Document, Id, Json, Moment, Money, now
from api.store.models.base import Base, Row


class Outcome(Base):
    """What happened at one door. The phone mints ``id``; ``sequence`` is the order of arrival here."""

    __tablename__ = "outcomes"
    __table_args__ = (Index("ix_outcomes_household_device_time", "household_id", "device_time"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    content_hash: Mapped[str]
    content: Mapped[Json] = mapped_column(Document)
    household_id: Mapped[str] = mapped_column(ForeignKey("households.id"))
    stop_id: Mapped[str | None] = mapped_column(ForeignKey("stops.id"), index=True)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id"))
    plan_version: Mapped[int | None]
    kind: Mapped[str]
    device_time: Mapped[datetime] = mapped_column(Moment)
    server_time: Mapped[datetime] = mapped_column(Moment, default=now)
    by: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id"))
    promise_on: Mapped[date | None]
    promise_amount: Mapped[Decimal | None] = mapped_column(Money)
    paid_amount: Mapped[Decimal | None] = mapped_column(Money)
    replaces: Mapped[str | None] = mapped_column(Id)
    flags: Mapped[Json] = mapped_column(Document, default=dict)


class OutcomeReview(Row, Base):
    """Something a reviewer must look at: other content under a known id, or work since reassigned."""

    __tablename__ = "outcome_reviews"
    outcome_id: Mapped[str] = mapped_column(Id, index=True)
    household_id: Mapped[str | None] = mapped_column(Id, index=True)
    code: Mapped[str]
    content_hash: Mapped[str]
    content: Mapped[Json] = mapped_column(Document)
    by: Mapped[str]
    device_id: Mapped[str] = mapped_column(Id)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)


class AuditEntry(Row, Base):
    """Who did or saw what, when. ``by`` is a pseudonym; ``detail`` holds no personal data."""

    __tablename__ = "audit_entries"
    by: Mapped[str] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[Json] = mapped_column(Document, default=dict)


# Triggers in the migrations make the database refuse UPDATE and DELETE on these.
IMMUTABLE = ("outcomes", "audit_entries")
