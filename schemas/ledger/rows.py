"""One row of a ledger: what was read out of it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypedDict, cast

from routing.places import Datum
from schemas.ledger.cells import Cell, text_of
from schemas.ledger.headers import LedgerColumn
from schemas.ledger.refusals import RowProblem, shown


class LoanValues(TypedDict, total=False):
    """What a row says, as far as it could be read; a key is absent where the ledger says nothing usable.

    Amounts are yuan to the fen; coordinates WGS-84 degrees, both or none, with the datum they came in.
    ``limitation_expiry`` and ``guarantee_expiry`` are the ledger's claims, never proof.
    ``phone`` is the first of ``phones``.
    """

    loan_number: str
    borrower_name: str
    id_kind: Literal["id_card", "other"]
    id_number: str
    phone: str
    phones: tuple[str, ...]
    branch_code: str
    branch_name: str
    address: str
    county: str
    town: str
    admin_village: str
    village: str
    household_door: str
    loan_date: date
    due_date: date
    principal: Decimal
    outstanding: Decimal
    overdue_interest: Decimal
    written_off_principal: Decimal
    written_off_interest: Decimal
    five_tier_class: Literal["normal", "special_mention", "substandard", "doubtful", "loss"]
    overdue_days: int
    security: Literal["none", "guarantee", "mortgage", "pledge"]
    guarantee_kind: Literal["joint", "general", "unstated"]
    officer: str
    manager: str
    last_collection_date: date
    limitation_expiry: date
    guarantee_expiry: date
    off_balance_date: date
    off_balance_kind: str
    loan_purpose: str
    situation: str
    attitude: str
    availability: str
    latitude: float
    longitude: float
    datum: Datum


@dataclass(frozen=True, slots=True)
class LedgerGuarantor:
    """Somebody who stands for the loan, as far as the row tells."""

    name: str
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None


class LedgerRow(NamedTuple):
    """One row. ``number`` is the row as a spreadsheet numbers it, ``cells`` what stood in it.

    ``said`` are its values, None where it says nothing, in the order of ``fields``, which all rows of a file
    share: a hundred thousand rows are held in a tenth of what as many dicts would take.

    ``same_loan_as`` is the first row of its loan where this one only names further guarantors of it.
    """

    number: int
    said: tuple[Any, ...]
    fields: Mapping[str, int]
    problems: tuple[RowProblem, ...]
    guarantors: tuple[LedgerGuarantor, ...] = ()
    cells: Sequence[Cell] = ()
    columns: tuple[LedgerColumn, ...] = ()
    same_loan_as: int | None = None

    def __repr__(self) -> str:
        # A row in a traceback or a log must not tell who owes what.
        return f"<LedgerRow {self.number}: {len(self.values)} values, {len(self.problems)} problems>"

    @property
    def values(self) -> LoanValues:
        """What the row says, by field, as a new dict."""
        found = {name: self.said[place] for name, place in self.fields.items() if self.said[place] is not None}
        return cast(LoanValues, found)

    def value(self, field: str) -> Any:
        """Return what the row says of one field, None where it says nothing."""
        place = self.fields.get(field)
        return None if place is None else self.said[place]

    @property
    def refused(self) -> bool:
        """Whether the row is left out."""
        return any(problem.severity == "refused" for problem in self.problems)

    def without_place(self, code: str) -> LedgerRow:
        """Return the row without its place, flagged with ``code``."""
        gone = {self.fields[name] for name in ("latitude", "longitude", "datum")}
        said = tuple(None if at in gone else value for at, value in enumerate(self.said))
        cells = {
            column.field: (column, text)
            for column in self.columns
            if column.index < len(self.cells) and (text := text_of(self.cells[column.index]))
        }
        used = [cells[field] for field in ("latitude", "longitude") if field in cells]
        used = used if len(used) == 2 else [cells["position"]]
        value = shown(", ".join(text for _column, text in used))
        problem = RowProblem(self.number, shown(used[0][0].header), used[0][0].field, value, code)
        return self._replace(said=said, problems=(*self.problems, problem))

    @property
    def raw(self) -> dict[str, str]:
        """The cells as text by header; of two equal headers the first. Holds people's numbers: never for logs."""
        found: dict[str, str] = {}
        for column in self.columns:
            if column.header and column.index < len(self.cells):
                found.setdefault(column.header, text_of(self.cells[column.index]))
        return found
