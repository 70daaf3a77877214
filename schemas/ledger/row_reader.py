"""From the cells of one row to its values and problems, column by column and then as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from routing.places import Datum
from routing.script import fold
from schemas.ledger.cells import (
    BLANK,
    Cell,
    Read,
    Reader,
    amount_reader,
    read_days,
    read_identifier,
    read_name,
    read_text,
    text_of,
    word_reader,
)
from schemas.ledger.coordinates import Area, Degrees, ordered, place, read_coordinate, read_position
from schemas.ledger.dates import DateForms, date_reader
from schemas.ledger.guarantors import GuarantorReader
from schemas.ledger.headers import Header, LedgerColumn
from schemas.ledger.identity import IdNumbers, id_number_reader, read_phone
from schemas.ledger.refusals import Fact, LedgerRefused
from schemas.ledger.row_problems import RowProblems
from schemas.ledger.rows import LedgerRow, LoanValues
from schemas.ledger.vocabulary import COLUMNS, REQUIRED, WORDS

_REMEMBERED = 10_000
_REPEATING = frozenset(("date", "days", "name", "five_tier_class", "security", "availability", "id_kind", "datum"))
_MISSING = {
    "loan_number": "loan_number_missing",
    "borrower_name": "borrower_name_missing",
    "outstanding": "outstanding_missing",
}
_TOTALS = frozenset(("合计", "总计", "小计", "共计", "累计", "合计金额", "total", "subtotal", "grandtotal", "sum"))


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that is read: ``others`` are columns of the same field that serve where it is blank."""

    column: LedgerColumn
    read: Reader
    others: tuple[_Column, ...] = ()


class RowReader:
    """Reads the rows of one file. Remembers loan numbers, to find a loan that stands in the file twice."""

    def __init__(
        self, header: Header, forms: Mapping[int, DateForms], datum: Datum, area: Area | None, numbers: IdNumbers
    ) -> None:
        self._header = header
        self._forms = forms
        self._datum: Datum = datum
        self._area = area
        self._id_number = id_number_reader(numbers)
        self._other_number = id_number_reader(numbers, card=False)
        self._columns = self._arranged([c for c in header.columns if c.field and not c.field.startswith("guarantor_")])
        self._by_field = {cast(str, entry.column.field): entry for entry in self._columns}
        self._plan = [self._step(field, entry) for field, entry in self._by_field.items()]
        self._guarantors = GuarantorReader(header.columns, numbers)
        self._width = 1 + max(column.index for column in header.columns if column.field)
        self._first_row: dict[tuple[str, str], int] = {}

    def read(self, number: int, cells: Sequence[Cell]) -> LedgerRow:
        """Return the row ``number`` with its problems. Never raises over what a cell holds."""
        found: dict[str, Any] = {}
        problems = RowProblems(number)
        if len(cells) < self._width:
            cells = [*cells, *[None] * (self._width - len(cells))]
        for index, field, reader, known in self._plan:
            cell = cells[index]
            if reader is None:
                self._read_several(field, cells, found, problems)
            elif cell is not None and cell != "":
                if known is None or not isinstance(cell, str):
                    value, code, facts = reader(cell)
                elif read := known.get(cell):
                    value, code, facts = read
                else:
                    value, code, facts = read = reader(cell)
                    if len(known) < _REMEMBERED:
                        known[cell] = read
                if value is not None:
                    found[field] = value
                if code:
                    self._note(self._by_field[field].column, cell, value, code, facts, problems)
        if "borrower_name" not in found or "loan_number" not in found:
            self._look_for_no_loan(cells, found, problems)
        self._settle_id_number(found, problems)
        self._settle_place(found, cells, problems)
        self._settle_words(found)
        self._check(found, problems)
        guarantors = self._guarantors.read(cells, problems)
        return LedgerRow(
            number, cast(LoanValues, found), tuple(problems.found), guarantors, cells, self._header.columns
        )

    def _arranged(self, columns: list[LedgerColumn]) -> list[_Column]:
        """One entry a field, the preferred column first."""
        by_field: dict[str, list[LedgerColumn]] = {}
        for column in columns:
            by_field.setdefault(cast(str, column.field), []).append(column)
        arranged = []
        for group in by_field.values():
            first, *others = (_Column(c, self._reader(c)) for c in sorted(group, key=lambda c: (c.rank, c.index)))
            arranged.append(_Column(first.column, first.read, tuple(others)))
        return arranged

    @staticmethod
    def _step(field: str, entry: _Column) -> tuple[int, str, Reader | None, dict[str, Read] | None]:
        """How a field is read row by row: column, name, reader (None: several columns), what it remembers.

        Dates, names and classes repeat thousands of times in one column; numbers and addresses do not.
        """
        repeats = COLUMNS.kind[field] in _REPEATING
        return entry.column.index, field, None if entry.others else entry.read, {} if repeats else None

    def _reader(self, column: LedgerColumn) -> Reader:
        kind = COLUMNS.kind[cast(str, column.field)]
        match kind:
            case "identifier":
                return read_identifier
            case "name":
                return read_name
            case "id_number":
                # Which numbers are right depends on the kind of document: settled when the row is known.
                return _as_it_is
            case "money":
                return amount_reader(column.unit)
            case "date":
                return date_reader(self._forms.get(column.index, DateForms()))
            case "days":
                return read_days
            case "phone":
                return read_phone
            case "coordinate":
                return read_coordinate
            case "position":
                return read_position
            case "datum":
                return word_reader(cast(dict[str, str], COLUMNS.datum), "datum_unknown")
            case "five_tier_class" | "security" | "availability" | "id_kind":
                return word_reader(WORDS.values[kind], f"{kind}_unknown")
            case _:
                return read_text

    def _note(
        self,
        column: LedgerColumn,
        cell: Cell,
        value: Any,
        code: str,
        facts: Mapping[str, Fact],
        problems: RowProblems,
    ) -> None:
        refused = column.field in REQUIRED and value is None
        problems.add(column, cell, code, facts, "refused" if refused else "flagged")

    def _read_several(self, field: str, cells: Sequence[Cell], found: dict[str, Any], problems: RowProblems) -> None:
        """A field with several columns: the first that is not blank counts."""
        entry = self._by_field[field]
        column, cell = entry.column, cells[entry.column.index]
        read = entry.read(cell) if cell is not None else BLANK
        for other in entry.others:
            spare = cells[other.column.index]
            if read.value is None and read.code is None:
                column, cell = other.column, spare
                read = other.read(spare) if spare is not None else BLANK
            elif other.column.header == column.header and spare is not None:
                again = other.read(spare)
                if again.value is not None and again.value != read.value:
                    problems.add(other.column, spare, "column_twice_disagrees")
        if read.value is not None:
            found[field] = read.value
        if read.code:
            self._note(column, cell, read.value, read.code, read.facts, problems)

    def _look_for_no_loan(self, cells: Sequence[Cell], found: dict[str, Any], problems: RowProblems) -> None:
        """A total or the header once more is no loan: say so rather than that its number is missing."""
        texts = {fold(text_of(cell)[:40]) for cell in cells if cell is not None}
        if texts & _TOTALS:
            problems.found.clear()
            problems.add_row("total_row")
            found.clear()

    def _settle_id_number(self, found: dict[str, Any], problems: RowProblems) -> None:
        cell = found.pop("id_number", None)
        if cell is None:
            return
        read = (self._other_number if found.get("id_kind") == "other" else self._id_number)(cell)
        if read.value is not None:
            found["id_number"] = read.value
        if read.code:
            problems.add(self._column_of("id_number"), cell, read.code, read.facts)

    def _settle_place(self, found: dict[str, Any], cells: Sequence[Cell], problems: RowProblems) -> None:
        """Both coordinates into WGS-84, or neither."""
        lat, lon = found.pop("latitude", None), found.pop("longitude", None)
        pair, told = found.pop("position", None), found.pop("datum", None)
        field = "latitude"
        if pair is not None and lat is None and lon is None:
            field = "position"
            in_order = ordered(*pair)
            if in_order is None:
                problems.add(self._column_of(field), self._cell_of(field, cells), "coordinates_order_unknown")
                return
            degrees = in_order
        elif isinstance(lat, Degrees) and isinstance(lon, Degrees):
            if lat.axis == "lon" or lon.axis == "lat":
                problems.add(self._column_of(field), self._both(cells), "coordinates_swapped")
                return
            degrees = (lat.value, lon.value)
        elif lat is not None or lon is not None:
            field = "longitude" if lat is not None else "latitude"
            problems.add(self._column_of(field), None, "coordinate_missing")
            return
        else:
            return
        column = self._column_of(field)
        datum = told or (column.datum if column else None) or self._datum
        read = place(*degrees, datum, self._area)
        if read.value is None:
            value = self._cell_of(field, cells) if field == "position" else self._both(cells)
            problems.add(column, value, cast(str, read.code))
            return
        found["latitude"], found["longitude"] = read.value
        found["datum"] = datum

    def _settle_words(self, found: dict[str, Any]) -> None:
        """担保方式 says both what secures the loan and how far a guarantor answers."""
        security = found.get("security")
        if security in ("joint", "general", "guarantee"):
            found["security"] = "guarantee"
            found["guarantee_kind"] = "unstated" if security == "guarantee" else security
        if phones := found.get("phone"):
            found["phones"], found["phone"] = phones, phones[0]

    def _check(self, found: dict[str, Any], problems: RowProblems) -> None:
        """What only the row as a whole shows."""
        if not problems.refused:
            for field, code in _MISSING.items():
                if field not in found:
                    problems.add(self._column_of(field), None, code, severity="refused")
        if problems.refused:
            return
        key = (found.get("branch_code", ""), found["loan_number"])
        first = self._first_row.setdefault(key, problems.row)
        if first != problems.row:
            problems.add(
                self._column_of("loan_number"), found["loan_number"], "loan_twice", {"first": first}, "refused"
            )
            return
        if found["outstanding"] < 0:
            problems.add(self._column_of("outstanding"), str(found["outstanding"]), "amount_negative")
        principal = found.get("principal")
        if isinstance(principal, Decimal) and 0 < principal < found["outstanding"]:
            problems.add(self._column_of("outstanding"), str(found["outstanding"]), "outstanding_above_principal")
        loan, due = found.get("loan_date"), found.get("due_date")
        if loan and due and due < loan:
            problems.add(self._column_of("due_date"), due.isoformat(), "due_before_loan", {"loan": loan.isoformat()})

    def _column_of(self, field: str) -> LedgerColumn | None:
        entry = self._by_field.get(field)
        return entry.column if entry else None

    def _cell_of(self, field: str, cells: Sequence[Cell]) -> Cell:
        column = self._column_of(field)
        return cells[column.index] if column else None

    def _both(self, cells: Sequence[Cell]) -> str:
        return f"{text_of(self._cell_of('latitude', cells))}, {text_of(self._cell_of('longitude', cells))}"


def _as_it_is(cell: Cell) -> Read:
    return Read(cell)


def check_fields(mapping: Mapping[str, str]) -> None:
    """Raise :class:`LedgerRefused` when a corrected mapping names a field that does not exist."""
    unknown = tuple(sorted(field for field in mapping.values() if field and field not in COLUMNS.kind))
    if unknown:
        raise LedgerRefused("mapping_field_unknown", fields=unknown, known=tuple(COLUMNS.kind))
