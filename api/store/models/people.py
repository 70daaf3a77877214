"""Branches, the people who work there, and who may sign in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.store.columns import Id, Moment, now
from api.store.models.base import Base, Row, Versioned


class Branch(Versioned, Base):
    """An office of the lender: where teams start and end, and the area a coordinator covers."""

    __tablename__ = "branches"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]


class Person(Versioned, Base):
    """Someone who visits. ``pseudonym`` stands for them in outcomes and audit entries."""

    __tablename__ = "people"
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), index=True)
    name: Mapped[str]
    staff_number: Mapped[str] = mapped_column(unique=True)
    pseudonym: Mapped[str] = mapped_column(unique=True)
    home_village_id: Mapped[str | None] = mapped_column(ForeignKey("villages.id"))
    phone_sealed: Mapped[bytes | None]
    active: Mapped[bool] = mapped_column(default=True)
    knows: Mapped[list[Familiarity]] = relationship(
        cascade="all, delete-orphan", order_by="Familiarity.village_id"
    )


class Familiarity(Base):
    """A person knows a village: declared by a coordinator, or from having worked there."""

    __tablename__ = "familiarities"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    village_id: Mapped[str] = mapped_column(
        ForeignKey("villages.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    source: Mapped[str] = mapped_column(default="declared")


class User(Versioned, Base):
    """Someone who signs in with a password: coordinator, legal, reviewer, manager, auditor, admin."""

    __tablename__ = "users"
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    pseudonym: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    branches: Mapped[list[UserBranch]] = relationship(cascade="all, delete-orphan")


class UserBranch(Base):
    """The areas a user may see."""

    __tablename__ = "user_branches"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), primary_key=True)


class Enrolment(Row, Base):
    """A one-time code with which a person's phone is enrolled. Only its hash is kept."""

    __tablename__ = "enrolments"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Device(Row, Base):
    """A phone; it belongs to a person."""

    __tablename__ = "devices"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)


class Token(Base):
    """An opaque bearer token, kept as SHA-256. A family is one sign-in and all its refreshes."""

    __tablename__ = "tokens"
    digest: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    family: Mapped[str] = mapped_column(Id, index=True)
    parent: Mapped[str | None] = mapped_column(index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("devices.id"), index=True)
    issued_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    rotated_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class ConsoleSession(Base):
    """A signed-in browser: the cookie is kept as SHA-256, the CSRF token belongs to it."""

    __tablename__ = "console_sessions"
    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class Attempts(Base):
    """Failed guesses by name or address in a window of time, shared by all workers."""

    __tablename__ = "attempts"
    subject: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


__all__ = [
    "Attempts",
    "Branch",
    "ConsoleSession",
    "Device",
    "Enrolment",
    "Familiarity",
    "Person",
    "Token",
    "User",
    "UserBranch",
]
