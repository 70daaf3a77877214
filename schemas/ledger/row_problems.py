"""The problems of one row while it is read."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.ledger.cells import Cell, text_of
from schemas.ledger.headers import LedgerColumn
from schemas.ledger.refusals import Fact, RowProblem, Severity, shown

_SHOWN_WHOLE = {"loan_number", "branch_code"}


class RowProblems:
    """Collects the problems of one row."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.found: list[RowProblem] = []

    @property
    def refused(self) -> bool:
        return any(problem.severity == "refused" for problem in self.found)

    def add(
        self,
        column: LedgerColumn | None,
        cell: Cell,
        code: str,
        facts: Mapping[str, Fact] | None = None,
        severity: Severity = "flagged",
    ) -> None:
        """Note that a cell is wrong; people's numbers in it are masked."""
        field = column.field if column else None
        value = shown(text_of(cell), masked=field not in _SHOWN_WHOLE) if cell is not None else None
        header = shown(column.header) if column else None
        self.found.append(RowProblem(self.row, header, field, value, code, facts or {}, severity))

    def add_row(self, code: str) -> None:
        """Note that the row as a whole is left out."""
        self.found.append(RowProblem(self.row, None, None, None, code, {}, "refused"))
