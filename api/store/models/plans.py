"""Plans: immutable versions of who visits whom, and the day as each phone gets it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.store.columns import Document, Id, Json, Moment
from api.store.models.base import Base, Row


class Plan(Row, Base):
    """One run of the planner and its result; this row, not the job queue, is the truth about the run.

    ``days`` are those of its days that were published.
    """

    __tablename__ = "plans"
    number: Mapped[int] = mapped_column(unique=True)
    from_date: Mapped[date]
    to_date: Mapped[date]
    territories: Mapped[list[Any]] = mapped_column(Document)
    branches: Mapped[list[Any]] = mapped_column(Document)
    status: Mapped[str] = mapped_column(default="queued", index=True)
    progress: Mapped[Json] = mapped_column(Document, default=dict)
    figures: Mapped[Json] = mapped_column(Document, default=dict)
    rules: Mapped[Json] = mapped_column(Document, default=dict)
    options: Mapped[Json] = mapped_column(Document, default=dict)
    error: Mapped[Json | None] = mapped_column(Document)
    by: Mapped[str]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    heartbeat_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    days: Mapped[list[PlanDay]] = relationship(lazy="selectin", order_by="PlanDay.date")


class PlanDay(Base):
    """A day of a plan that was published; of several for a territory and day the newest holds."""

    __tablename__ = "plan_days"
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    date: Mapped[date] = mapped_column(primary_key=True, index=True)
    published_at: Mapped[datetime] = mapped_column(Moment)


class Route(Row, Base):
    """One team's day inside a plan; times are seconds since local midnight of ``date``.

    ``line_back``: the road from the last stop to the end as an encoded polyline, null where it is not known.
    """

    __tablename__ = "routes"
    __table_args__ = (UniqueConstraint("plan_id", "team_id", "date"),)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    territory_id: Mapped[str] = mapped_column(ForeignKey("territories.id"))
    date: Mapped[date]
    start: Mapped[int]
    end: Mapped[int]
    rest_start: Mapped[int | None]
    rest_seconds: Mapped[int] = mapped_column(default=0)
    drive_seconds: Mapped[int]
    walk_seconds: Mapped[int]
    metres: Mapped[int]
    from_place: Mapped[Json] = mapped_column(Document)
    to_place: Mapped[Json] = mapped_column(Document)
    line_back: Mapped[str | None]


class Stop(Row, Base):
    """A visit placed in a route. ``withdrawn_at`` is set when a reassignment took it away.

    ``travel_seconds`` and ``metres``: the way from the stop before, or from the start. ``precision`` says what
    the place is that it was planned by; one planned by its town has no ``lat`` and ``lon`` of its own.
    """

    __tablename__ = "stops"
    __table_args__ = (UniqueConstraint("route_id", "order"),)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    route_id: Mapped[str] = mapped_column(ForeignKey("routes.id"), index=True)
    order: Mapped[int]
    household_id: Mapped[str] = mapped_column(ForeignKey("households.id"), index=True)
    village_id: Mapped[str | None] = mapped_column(ForeignKey("villages.id"), index=True)
    arrival: Mapped[int]
    leave: Mapped[int]
    travel_seconds: Mapped[int]
    metres: Mapped[int]
    line: Mapped[str | None]
    value: Mapped[int] = mapped_column(BigInteger)
    reasons: Mapped[list[Any]] = mapped_column(Document)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    precision: Mapped[str] = mapped_column(default="none")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class Unplanned(Row, Base):
    """A visit that was wanted on some day from ``from_date`` to ``to_date`` and left out, with the reason."""

    __tablename__ = "unplanned"
    __table_args__ = (UniqueConstraint("plan_id", "household_id", "from_date"),)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    household_id: Mapped[str] = mapped_column(ForeignKey("households.id"))
    village_id: Mapped[str | None] = mapped_column(ForeignKey("villages.id"))
    territory_id: Mapped[str | None] = mapped_column(ForeignKey("territories.id"))
    from_date: Mapped[date]
    to_date: Mapped[date]
    value: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str]
    facts: Mapped[Json] = mapped_column(Document, default=dict)
    reasons: Mapped[list[Any]] = mapped_column(Document, default=list)


class DrawnProblem(Base):
    """What one territory of a plan was drawn up from, and the answer: compressed JSON of ``schemas.planner``."""

    __tablename__ = "drawn_problems"
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territories.id"), primary_key=True)
    problem: Mapped[bytes]
    plan: Mapped[bytes]


class PublishedDay(Base):
    """A team's published day as phones get it: one ready body per language, with its ETag."""

    __tablename__ = "published_days"
    __table_args__ = (Index("ix_published_days_plan_id", "plan_id"),)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    date: Mapped[date] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    plan_id: Mapped[str] = mapped_column(Id)
    etag: Mapped[str]
    body: Mapped[bytes]
