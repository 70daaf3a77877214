"""Rows that an import refused, or whose place it could not use, until a later file brings them right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.store.columns import now
from api.store.models import Import, RowToMend
from schemas.ledger import LedgerRow, RowProblem

OPEN, LEFT = "open", "left"
REFUSED, PLACE = "refused", "place"
MOST = 1000
"""So many rows of one file are listed; who has more mends the file, not its rows."""
# Lines of totals and repeated headers are refused, and nothing about them is to be mended.
_NO_LOANS = ("total_row", "header_again")
# Its branch, as far as that is known, and its number: the same number at another branch is another loan.
_Loan = tuple[str | None, str | None]


def note_rows(
    session: Session,
    actor: Actor,
    done: Import,
    source: str,
    rows: Iterable[LedgerRow],
    misplaced: Iterable[RowProblem],
    branch_of: Callable[[LedgerRow], str | None],
) -> None:
    """List the rows of a file that are to be mended, and take those off that it mends or names again."""
    elsewhere: dict[int, list[RowProblem]] = {}
    for problem in misplaced:
        elsewhere.setdefault(problem.row, []).append(problem)
    good: set[_Loan] = set()
    bad: list[RowToMend] = []
    for row in rows:
        problems = [*row.problems, *elsewhere.get(row.number, ())]
        kind = _kind(problems)
        loan = row.value("loan_number")
        if kind is None:
            good |= {(branch_of(row), loan)} if loan else set()
        elif not any(problem.code in _NO_LOANS for problem in problems):
            bad.append(
                RowToMend(
                    branch_id=branch_of(row), import_id=done.id, by=actor.pseudonym, source=source, row=row.number,
                    loan=loan, kind=kind, problems=[_kept(one) for one in problems if _tells(one, kind)],
                )
            )  # fmt: skip
    listed = bad[:MOST]
    _take_off(session, actor, done, source, good, listed)
    session.add_all(listed)
    session.flush()


def forget_rows(session: Session, import_id: str) -> None:
    """Take the rows of an undone import off, and list again what it had mended."""
    session.execute(delete(RowToMend).where(RowToMend.import_id == import_id))
    session.execute(update(RowToMend).where(RowToMend.mended_by == import_id).values(mended_by=None))


def leave_row(actor: Actor, row: RowToMend, status: str) -> None:
    """Say that a row stays out (left), or take that back (open)."""
    row.status = status
    row.settled_by, row.settled_at = (None, None) if status == OPEN else (actor.pseudonym, now())


def _kind(problems: Sequence[RowProblem]) -> str | None:
    if any(problem.severity == "refused" for problem in problems):
        return REFUSED
    return PLACE if any(_is_about_place(problem) for problem in problems) else None


def _is_about_place(problem: RowProblem) -> bool:
    return problem.code.startswith("coordinate")


def _tells(problem: RowProblem, kind: str) -> bool:
    return problem.severity == "refused" if kind == REFUSED else _is_about_place(problem)


def _kept(problem: RowProblem) -> dict[str, Any]:
    return {
        "column": problem.column, "value": problem.value, "code": problem.code, "facts": dict(problem.facts),
    }  # fmt: skip


def _take_off(
    session: Session, actor: Actor, done: Import, source: str, good: set[_Loan], listed: Sequence[RowToMend]
) -> None:
    """Take off what the new file has right or lists anew.

    A row without a number goes with its kind of file, one whose branch was not known with its number in any.
    """
    again = {(row.branch_id, row.loan): row for row in listed}
    named = good | again.keys()
    numbers = {number for _branch, number in named}
    mine = RowToMend.branch_id.is_(None) & (RowToMend.by == actor.pseudonym)
    area = or_(RowToMend.branch_id.in_(done.branches), mine)
    waiting = select(RowToMend).where(area, RowToMend.mended_by.is_(None), RowToMend.import_id != done.id)
    for row in session.scalars(waiting).all():
        if row.loan is None:
            if row.source == source:
                row.mended_by = done.id
        elif (row.branch_id, row.loan) in named or (row.branch_id is None and row.loan in numbers):
            row.mended_by = done.id
            new = again.get((row.branch_id, row.loan))
            if row.status == LEFT and new is not None and _codes(new) == _codes(row):
                new.status, new.settled_by, new.settled_at = row.status, row.settled_by, row.settled_at


def _codes(row: RowToMend) -> list[str]:
    return [problem["code"] for problem in row.problems]
