"""Which branch each row of a ledger belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from api.store.models import Branch
from schemas.ledger import LedgerRow, RowProblem


def by_branch(
    read: Iterable[LedgerRow], branch_of: Callable[[LedgerRow], str | None]
) -> tuple[dict[str, list[LedgerRow]], list[RowProblem]]:
    """Sort the usable rows by branch; a row of a branch outside the area is refused."""
    placed: dict[str, list[LedgerRow]] = {}
    misplaced: list[RowProblem] = []
    for row in read:
        if row.refused:
            continue
        branch_id = branch_of(row)
        if branch_id is not None:
            placed.setdefault(branch_id, []).append(row)
            continue
        named = _named_branch(row)
        code = "branch_unknown" if named else "branch_missing"
        misplaced.append(
            RowProblem(
                row=row.number, column=None, field="branch_code", value=named, code=code, facts={}, severity="refused"
            )
        )
    return placed, misplaced


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
