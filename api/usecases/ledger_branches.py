"""Which branch each row of a ledger belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from api.store.models import Branch
from schemas.ledger import LedgerRow, RowProblem


def by_branch(
    read: Iterable[LedgerRow], branch_of: Callable[[LedgerRow], str | None]
) -> tuple[dict[str, list[LedgerRow]], list[RowProblem]]:
    """Sort the usable rows by branch, and refuse those that have none in the area, or whose loan it has already.

    A loan that stands in the file twice was found by the branch as it is written; here its code and its name are one.
    """
    placed: dict[str, list[LedgerRow]] = {}
    first: dict[str, dict[str, int]] = {}
    misplaced: list[RowProblem] = []
    for row in read:
        if row.refused:
            continue
        branch_id, loan = branch_of(row), row.value("loan_number")
        if branch_id is None:
            named = _named_branch(row)
            misplaced.append(_refused(row, "branch_code", named, "branch_unknown" if named else "branch_missing"))
            continue
        earlier = first.setdefault(branch_id, {}).setdefault(loan, row.number)
        if earlier == row.number:
            placed.setdefault(branch_id, []).append(row)
        else:
            misplaced.append(_refused(row, "loan_number", loan, "loan_twice", first=earlier))
    return placed, misplaced


def _refused(row: LedgerRow, field: str, value: str | None, code: str, **facts: int) -> RowProblem:
    return RowProblem(
        row=row.number, column=None, field=field, value=value, code=code, facts=facts, severity="refused"
    )  # fmt: skip


def _named_branch(row: LedgerRow) -> str | None:
    return row.value("branch_code") or row.value("branch_name")


def branch_finder(branches: Mapping[str, Branch], given: Branch | None) -> Callable[[LedgerRow], str | None]:
    """Return a function from a row to its branch in the area, None where there is none."""
    by_name = {row.code: row.id for row in branches.values()} | {row.name: row.id for row in branches.values()}
    only = given.id if given else next(iter(branches)) if len(branches) == 1 else None

    def branch_of(row: LedgerRow) -> str | None:
        named = _named_branch(row)
        return by_name.get(named.strip()) if named else only

    return branch_of
