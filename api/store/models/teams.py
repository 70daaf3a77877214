"""Who is placed where, teams and their shifts, reassignments and rotation proposals."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.store.columns import Document, Json
from api.store.models.base import Base, Row, Versioned


class Placement(Row, Base):
    """A person works a territory from a day on, until the day before ``ends_on`` or until further notice."""

    __tablename__ = "placements"
    __table_args__ = (Index("ix_placements_territory_days", "territory_id", "starts_on"),)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territories.id"))
    role: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    handover: Mapped[bool] = mapped_column(default=False)


class Team(Versioned, Base):
    """A team of a territory. Who is in it on a day stands in that day's shift."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("territory_id", "name"),)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territories.id"), index=True)
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)


class Shift(Versioned, Base):
    """A team's working time on one date, minutes since local midnight; it may be back ``overtime_minutes`` later."""

    __tablename__ = "shifts"
    __table_args__ = (UniqueConstraint("team_id", "date"),)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), index=True)
    date: Mapped[date] = mapped_column(index=True)
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    overtime_minutes: Mapped[int] = mapped_column(default=0)
    rest: Mapped[Json | None] = mapped_column(Document)
    from_place: Mapped[str | Any] = mapped_column(Document)
    to_place: Mapped[str | Any] = mapped_column(Document)
    people: Mapped[list[ShiftPerson]] = relationship(
        cascade="all, delete-orphan", order_by="ShiftPerson.person_id"
    )


class ShiftPerson(Base):
    """A person in a shift. The date stands here too: nobody is in two teams on one day."""

    __tablename__ = "shift_people"
    __table_args__ = (UniqueConstraint("person_id", "date"),)
    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    date: Mapped[date]


class ShiftPast(Row, Base):
    """A person who was in a shift and was taken out of it: their outcomes of that day still count (into review)."""

    __tablename__ = "shift_past"
    __table_args__ = (Index("ix_shift_past_person_date", "person_id", "date"),)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    date: Mapped[date]


class AssignmentState(Base):
    """One row: the version of who works where. Every reassignment raises it."""

    __tablename__ = "assignment_state"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)


class Reassignment(Row, Base):
    """A committed change of territories or people, with the effect that was shown before it."""

    __tablename__ = "reassignments"
    version: Mapped[int] = mapped_column(unique=True)
    by: Mapped[str]
    reason: Mapped[str]
    request: Mapped[Json] = mapped_column(Document)
    impact: Mapped[Json] = mapped_column(Document)


class RotationProposal(Versioned, Base):
    """Groups proposed for coming periods; ``status`` is ready, committed, failed or superseded."""

    __tablename__ = "rotation_proposals"
    status: Mapped[str]
    by: Mapped[str]
    assignment_version: Mapped[int]
    request: Mapped[Json] = mapped_column(Document)
    result: Mapped[Json] = mapped_column(Document)
