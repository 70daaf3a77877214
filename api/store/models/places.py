"""Territories, villages and doors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.store.columns import Document, DocumentOrNull, Json, Moment
from api.store.models.base import Base, Row, Versioned


class Territory(Versioned, Base):
    """A set of villages worked by one group in a rotation period."""

    __tablename__ = "territories"
    __table_args__ = (UniqueConstraint("branch_id", "name"),)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), index=True)
    name: Mapped[str]


class Village(Versioned, Base):
    """A natural village or group. ``match_key`` is its normalised name inside town and administrative village.

    ``market_days`` says on which days it goes to market, as :class:`schemas.market_days.MarketDaysForm`.
    """

    __tablename__ = "villages"
    __table_args__ = (UniqueConstraint("branch_id", "match_key"),)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), index=True)
    territory_id: Mapped[str | None] = mapped_column(ForeignKey("territories.id"), index=True)
    town: Mapped[str] = mapped_column(default="")
    admin_village: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    match_key: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    datum: Mapped[str | None]
    place_source: Mapped[str | None]
    place_accuracy: Mapped[int | None]
    placed_at: Mapped[datetime | None] = mapped_column(Moment)
    arrival_minutes: Mapped[int] = mapped_column(default=5)
    market_days: Mapped[Json | None] = mapped_column(DocumentOrNull)
    aliases: Mapped[list[VillageAlias]] = relationship(
        cascade="all, delete-orphan", order_by="VillageAlias.name"
    )


class Town(Row, Base):
    """Where a town lies by a list of places. ``match_key`` is its normalised name."""

    __tablename__ = "towns"
    __table_args__ = (UniqueConstraint("branch_id", "match_key"),)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), index=True)
    name: Mapped[str]
    match_key: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    source: Mapped[str]


class PlaceCandidate(Row, Base):
    """A place of a list that may be this village's, for a person to take. ``datum`` is the list's, the place WGS-84."""

    __tablename__ = "place_candidates"
    village_id: Mapped[str] = mapped_column(ForeignKey("villages.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    within: Mapped[str]
    kind: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    datum: Mapped[str]
    source: Mapped[str]


class Placing(Row, Base):
    """One change of a village's place: ``before`` is the place that it had, to go back to.

    ``household_id`` is the door that the same phone marked along with the village. Who did it stands in the audit.
    """

    __tablename__ = "placings"
    village_id: Mapped[str] = mapped_column(ForeignKey("villages.id", ondelete="CASCADE"), index=True)
    before: Mapped[Json] = mapped_column(Document)
    source: Mapped[str | None]
    household_id: Mapped[str | None] = mapped_column(ForeignKey("households.id"), index=True)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class VillageAlias(Base):
    """Another spelling under which a village stands in ledgers."""

    __tablename__ = "village_aliases"
    village_id: Mapped[str] = mapped_column(ForeignKey("villages.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Household(Versioned, Base):
    """One door: several loans and obligors. ``match_key`` finds it again in the next ledger.

    A household that a person joined to another (``merged_into_id``) keeps what was reported there and nothing else.
    """

    __tablename__ = "households"
    __table_args__ = (UniqueConstraint("branch_id", "match_key"),)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), index=True)
    village_id: Mapped[str | None] = mapped_column(ForeignKey("villages.id"), index=True)
    name: Mapped[str]
    door: Mapped[str] = mapped_column(default="")
    match_key: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    datum: Mapped[str | None]
    place_source: Mapped[str | None]
    precision: Mapped[str] = mapped_column(default="none")
    availability: Mapped[str] = mapped_column(default="any")
    focus: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[str | None]
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    facts: Mapped[Json] = mapped_column(Document, default=dict)
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("households.id"), index=True)
