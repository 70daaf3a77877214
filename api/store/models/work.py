"""What an import found that people should look at, and what they decided.

Villages and households stand here by id without a foreign key: undoing an import takes rows away, and a finding
must not keep them. Whoever takes rows away takes the findings about them along.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.columns import Document, DocumentOrNull, Id, Json, Moment
from api.store.models.base import Base, Versioned


class Settled:
    """Who settled a finding and when; None while it is open."""

    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None] = mapped_column(Moment)


class Merge(Settled, Versioned, Base):
    """Two villages or two households that may be one: asked once, remembered for good.

    ``status`` is open, together or apart. Joined, ``second`` goes into ``first``; ``moved`` is what that changed, to
    take it back. ``pair`` are the two keys under which the next ledger would ask again.
    """

    __tablename__ = "merges"
    __table_args__ = (UniqueConstraint("branch_id", "pair"), Index("ix_merges_branch_status", "branch_id", "status"))
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"))
    kind: Mapped[str]
    first_id: Mapped[str] = mapped_column(Id, index=True)
    second_id: Mapped[str] = mapped_column(Id, index=True)
    pair: Mapped[str]
    code: Mapped[str]
    facts: Mapped[Json] = mapped_column(Document, default=dict)
    score: Mapped[float]
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id"))
    status: Mapped[str] = mapped_column(default="open")
    moved: Mapped[Json | None] = mapped_column(DocumentOrNull)


class PlaceDoubt(Settled, Versioned, Base):
    """A place that does not agree with what is around it. ``subject_id`` is the household, or the village, in doubt.

    ``about`` is what the doubt rests on; a decision to leave it so holds as long as that stays. ``status`` is open,
    kept (it is right as it is) or changed (``before`` is what to go back to).
    """

    __tablename__ = "place_doubts"
    __table_args__ = (
        UniqueConstraint("subject_id", "code"),
        Index("ix_place_doubts_branch_status", "branch_id", "status"),
    )
    branch_id: Mapped[str] = mapped_column(ForeignKey("branches.id"))
    subject_id: Mapped[str] = mapped_column(Id)
    household_id: Mapped[str | None] = mapped_column(Id)
    village_id: Mapped[str | None] = mapped_column(Id, index=True)
    code: Mapped[str]
    facts: Mapped[Json] = mapped_column(Document, default=dict)
    about: Mapped[str]
    import_id: Mapped[str | None] = mapped_column(ForeignKey("imports.id"))
    status: Mapped[str] = mapped_column(default="open")
    before: Mapped[Json | None] = mapped_column(DocumentOrNull)


class RowToMend(Settled, Versioned, Base):
    """A row that an import refused (``kind`` refused), or whose place it could not use (place).

    It is done when a later import brings the row (``mended_by``) or a person leaves it so (``status`` left).
    Without a branch only who imported it sees it. ``source`` tells files of one kind by their headers.
    """

    __tablename__ = "rows_to_mend"
    __table_args__ = (Index("ix_rows_to_mend_branch_status", "branch_id", "status"),)
    branch_id: Mapped[str | None] = mapped_column(ForeignKey("branches.id"))
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), index=True)
    by: Mapped[str] = mapped_column(index=True)
    source: Mapped[str]
    row: Mapped[int]
    loan: Mapped[str | None]
    kind: Mapped[str]
    problems: Mapped[list[Any]] = mapped_column(Document, default=list)
    status: Mapped[str] = mapped_column(default="open")
    mended_by: Mapped[str | None] = mapped_column(ForeignKey("imports.id"), index=True)
