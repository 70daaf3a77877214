"""Territories, villages and doors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.store.columns import Document, Json, Moment
from api.store.models.base import Base, Versioned


class Territory(Versioned, Base):
    """A set of villages worked by one group in a rotation period."""

    __tablename__ = "territories"
    __table_args__ = (UniqueConstraint("branch_id", "name"),)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), index=True)
    name: Mapped[str]


class Village(Versioned, Base):
    """A natural village or group. ``match_key`` is its normalised name inside town and administrative village."""

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
    arrival_minutes: Mapped[int] = mapped_column(default=5)
    aliases: Mapped[list[VillageAlias]] = relationship(
        cascade="all, delete-orphan", order_by="VillageAlias.name"
    )


class VillageAlias(Base):
    """Another spelling under which a village stands in ledgers."""

    __tablename__ = "village_aliases"
    village_id: Mapped[str] = mapped_column(ForeignKey("villages.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Household(Versioned, Base):
    """One door: several loans and obligors. ``match_key`` finds it again in the next ledger."""

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
    precision: Mapped[str] = mapped_column(default="none")
    availability: Mapped[str] = mapped_column(default="any")
    focus: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[str | None]
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    facts: Mapped[Json] = mapped_column(Document, default=dict)
