"""Obligors, accounts, guarantees, and the imports they came with."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.columns import Document, Id, Json, Moment, Money, now
from api.store.models.base import Base, Row, Versioned


class Obligor(Versioned, Base):
    """A person who owes or guarantees. The id number is sealed; its blind index finds it again."""

    __tablename__ = "obligors"
    __table_args__ = (UniqueConstraint("branch_id", "match_key"),)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), index=True)
    household_id: Mapped[str] = mapped_column(ForeignKey("households.id"), index=True)
    name: Mapped[str]
    match_key: Mapped[str]
    id_number_sealed: Mapped[bytes | None]
    id_number_index: Mapped[str | None] = mapped_column(index=True)
    phone_sealed: Mapped[bytes | None]


class Account(Versioned, Base):
    """A loan. ``status`` is active, missing (gone from a complete ledger) or closed; nothing closes by itself.

    ``missing_at`` is when a complete ledger left it out; ``settlement`` is what a person then found out.
    """

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("branch_id", "loan_number"),)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), index=True)
    household_id: Mapped[str] = mapped_column(ForeignKey("households.id"), index=True)
    obligor_id: Mapped[str] = mapped_column(ForeignKey("obligors.id"), index=True)
    loan_number: Mapped[str]
    status: Mapped[str] = mapped_column(default="active", index=True)
    principal: Mapped[Decimal | None] = mapped_column(Money)
    outstanding: Mapped[Decimal] = mapped_column(Money)
    overdue_interest: Mapped[Decimal | None] = mapped_column(Money)
    five_tier_class: Mapped[str | None]
    overdue_days: Mapped[int | None]
    loan_date: Mapped[date | None]
    due_date: Mapped[date | None]
    last_collection_date: Mapped[date | None]
    claimed_limitation: Mapped[date | None]
    guarantee_kind: Mapped[str | None]
    officer: Mapped[str | None]
    granted_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    content_hash: Mapped[str]
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id"))
    missing_at: Mapped[datetime | None] = mapped_column(Moment)
    settlement: Mapped[str | None]


class Guarantee(Row, Base):
    """A guarantor stands for an account, with a door of their own."""

    __tablename__ = "guarantees"
    __table_args__ = (UniqueConstraint("account_id", "obligor_id"),)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    obligor_id: Mapped[str] = mapped_column(ForeignKey("obligors.id"), index=True)
    kind: Mapped[str | None]


class Import(Row, Base):
    """One uploaded ledger and what became of its rows. The file itself is not kept.

    ``columns`` is how they were understood (schemas.ledger.layout); ``reasons`` counts all problems, of which
    ``problems`` keeps the first thousand. ``branches`` are those that the file had rows of; ``status`` is
    stored or undone.
    """

    __tablename__ = "imports"
    branch_id: Mapped[str | None] = mapped_column(ForeignKey("branches.id"), index=True)
    filename: Mapped[str]
    sha256: Mapped[str]
    format: Mapped[str]
    encoding: Mapped[str | None]
    by: Mapped[str]
    status: Mapped[str] = mapped_column(default="stored")
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    rows: Mapped[Json] = mapped_column(Document, default=dict)
    problems: Mapped[list[Any]] = mapped_column(Document, default=list)
    columns: Mapped[list[Any]] = mapped_column(Document, default=list)
    notices: Mapped[list[Any]] = mapped_column(Document, default=list)
    reasons: Mapped[list[Any]] = mapped_column(Document, default=list)
    branches: Mapped[list[Any]] = mapped_column(Document, default=list)
    complete: Mapped[bool] = mapped_column(default=False)


class RunningImport(Row, Base):
    """An upload that takes long, while it is on its way. ``phase`` is reading or storing; ``rows`` how many so far."""

    __tablename__ = "running_imports"
    by: Mapped[str]
    filename: Mapped[str]
    dry_run: Mapped[bool]
    phase: Mapped[str]
    rows: Mapped[int]
    beat_at: Mapped[datetime] = mapped_column(Moment, default=now)


class ImportRow(Base):
    """What one row of one ledger did to which account; ``before`` is the account as it was (for undo)."""

    __tablename__ = "import_rows"
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    account_id: Mapped[str | None]
    before: Mapped[Json | None] = mapped_column(Document)


class ImportChange(Base):
    """What an import did besides the accounts of its rows, for undo: a row ``made``, or changed from ``before``.

    ``kind`` is the table of the row; accounts stand here only where the ledger left them out. ``version`` is the one
    that the import left: a row with a later one was changed by a person, and stays.
    """

    __tablename__ = "import_changes"
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[str] = mapped_column(Id, primary_key=True)
    made: Mapped[bool]
    before: Mapped[Json | None] = mapped_column(Document)
    version: Mapped[int] = mapped_column(default=1)


class LedgerMapping(Base):
    """How a person corrected the columns of a source (a fingerprint of its headers), for its next file."""

    __tablename__ = "ledger_mappings"
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    mapping: Mapped[Json] = mapped_column(Document)
    by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)
