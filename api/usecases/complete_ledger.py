"""What a ledger that is complete for its branches says of the loans it leaves out: they are missing.

A missing loan keeps its clocks and loses its visits until a person says what became of it; nothing closes by
itself (docs/decisions). Half a ledger uploaded by mistake is stopped before it empties a branch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.problems import Problem
from api.store.bulk import insert_rows, update_rows
from api.store.columns import now
from api.store.models import Account, Branch, ImportChange
from api.usecases.kept_values import plain


@dataclass(frozen=True, slots=True)
class Scope:
    """What an upload is declared to be: of which branch, complete or not, and for which five-tier classes.

    ``branch`` is for files without a branch column. Without ``classes`` a complete file holds every loan of
    the branches it has rows of. ``confirm`` says that a person means it, however many loans go missing.
    """

    branch: str | None = None
    complete: bool = False
    classes: tuple[str, ...] = ()
    confirm: bool = False


@dataclass(slots=True)
class LeftOut:
    """How many loans a complete ledger leaves out of how many: ``parts`` by branch."""

    parts: list[tuple[Branch, int, int]] = field(default_factory=list)

    def add(self, branch: Branch, missing: int, of: int) -> None:
        """Count ``missing`` of the ``of`` loans that the branch should have in the file."""
        self.parts.append((branch, missing, of))

    @property
    def missing(self) -> int:
        """How many loans are left out in all."""
        return sum(missing for _branch, missing, _of in self.parts)

    @property
    def halves(self) -> list[tuple[Branch, int, int]]:
        """The branches of which more than half is left out."""
        return [part for part in self.parts if 2 * part[1] > part[2]]

    def told(self) -> list[dict[str, Any]]:
        """Return the branches of which something is left out, as the report tells them."""
        return [
            {"branch": branch.id, "name": branch.name, "missing": missing, "of": of}
            for branch, missing, of in self.parts
            if missing
        ]

    def refuse_half(self) -> None:
        """Raise 409 with the numbers if more than half of a branch would go missing."""
        if not self.halves:
            return
        branch, missing, of = self.halves[0]
        raise Problem(
            409, "half-ledger",
            _("%(missing)s of %(of)s loans of %(branch)s are not in this file, so it is probably half a ledger. "
              "Nothing was imported. If it is complete all the same, import it once more and confirm that.",
              missing=missing, of=of, branch=branch.name),
            facts={"branches": [{"branch": one.id, "missing": gone, "of": all_} for one, gone, all_ in self.halves]},
        )  # fmt: skip


class Expected(NamedTuple):
    """An active loan that a complete ledger must hold, with what marking it as missing changes."""

    id: str
    loan_number: str
    status: str
    missing_at: datetime | None
    settlement: str | None
    version: int


_BEFORE = ("status", "missing_at", "settlement", "version")


def expected_loans(session: Session, branch_id: str, classes: Sequence[str]) -> list[Expected]:
    """Return the active loans that a complete ledger of this branch must hold (before it is stored)."""
    columns = [getattr(Account, name) for name in Expected._fields]
    query = select(*columns).where(Account.branch_id == branch_id, Account.status == "active")
    if classes:
        query = query.where(Account.five_tier_class.in_(classes))
    return [Expected(*row) for row in session.execute(query.order_by(Account.id))]


def mark_missing(session: Session, import_id: str, gone: Sequence[Expected]) -> None:
    """Mark the expected loans that the file does not show as missing."""
    changes = (
        (import_id, "accounts", loan.id, False, {name: plain(getattr(loan, name)) for name in _BEFORE}, loan.version)
        for loan in gone
    )
    insert_rows(session, ImportChange, ("import_id", "kind", "row_id", "made", "before", "version"), changes)
    at = now()
    update_rows(session, Account, _BEFORE, ((loan.id, "missing", at, None, loan.version + 1) for loan in gone))
