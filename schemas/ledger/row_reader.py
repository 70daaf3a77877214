"""From the cells of one row to its values and problems, column by column and then as a whole."""

from __future__ import annotations

import re
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
from schemas.ledger.headers import Header, LedgerColumn
from schemas.ledger.identity import IdNumbers, id_number_reader, read_phone
from schemas.ledger.refusals import Fact, LedgerRefused, RowProblem, Severity, shown
from schemas.ledger.rows import LedgerGuarantor, LedgerRow, LoanValues
from schemas.ledger.vocabulary import COLUMNS, REQUIRED, WORDS

_REMEMBERED = 5_000
_MISSING = {
    "loan_number": "loan_number_missing",
    "borrower_name": "borrower_name_missing",
    "outstanding": "outstanding_missing",
}
_TOTALS = frozenset(("合计", "总计", "小计", "共计", "累计", "合计金额", "total", "subtotal", "grandtotal", "sum"))
_BETWEEN_PEOPLE = re.compile(r"[、,;，；/|\n]+")
_SHOWN_WHOLE = {"loan_number", "branch_code"}


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
        self._guarantors = [c for c in header.columns if c.field and c.field.startswith("guarantor_")]
        self._first_row: dict[tuple[str, str], int] = {}

    def read(self, number: int, cells: Sequence[Cell]) -> LedgerRow:
        """Return the row ``number`` with its problems. Never raises over what a cell holds."""
        found: dict[str, Any] = {}
        problems = _Problems(number)
        for entry in self._columns:
            self._read_field(entry, cells, found, problems)
        if "borrower_name" not in found or "loan_number" not in found:
            self._look_for_no_loan(cells, found, problems)
        self._settle_id_number(found, cells, problems)
        self._settle_place(found, cells, problems)
        self._settle_words(found)
        self._check(found, cells, problems)
        guarantors = self._read_guarantors(cells, problems) if self._guarantors else ()
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

    def _reader(self, column: LedgerColumn) -> Reader:
        kind = COLUMNS.kind[cast(str, column.field)]
        match kind:
            case "identifier":
                return read_identifier
            case "name":
                return _remembering(read_name)
            case "id_number":
                return read_text
            case "money":
                return amount_reader(column.unit)
            case "date":
                return _remembering(date_reader(self._forms.get(column.index, DateForms())))
            case "days":
                return read_days
            case "phone":
                return read_phone
            case "coordinate":
                return read_coordinate
            case "position":
                return read_position
            case "datum":
                return _remembering(word_reader(cast(dict[str, str], COLUMNS.datum), "datum_unknown"))
            case "five_tier_class" | "security" | "availability" | "id_kind":
                return _remembering(word_reader(WORDS.values[kind], f"{kind}_unknown"))
            case _:
                return _remembering(read_text)

    def _read_field(self, entry: _Column, cells: Sequence[Cell], found: dict[str, Any], problems: _Problems) -> None:
        column = entry.column
        cell = cells[column.index] if column.index < len(cells) else None
        field = cast(str, column.field)
        read = entry.read(cell) if cell is not None else BLANK
        if field == "id_number":
            # Which numbers are right depends on the kind of document: settled when the row is known.
            read = Read(cell) if read.value is not None or read.code else BLANK
        for other in entry.others:
            spare = other.column
            if spare.index >= len(cells):
                continue
            if read.value is None and read.code is None:
                column, cell = spare, cells[spare.index]
                read = other.read(cell)
            elif spare.header == column.header:
                again = other.read(cells[spare.index])
                if again.value is not None and again.value != read.value:
                    problems.add(spare, cells[spare.index], "column_twice_disagrees")
        if read.value is not None:
            found[field] = read.value
        if read.code:
            refused = field in REQUIRED and read.value is None
            problems.add(column, cell, read.code, read.facts, "refused" if refused else "flagged")

    def _look_for_no_loan(self, cells: Sequence[Cell], found: dict[str, Any], problems: _Problems) -> None:
        """A total or the header once more is no loan: say so rather than that its number is missing."""
        texts = {fold(text_of(cell)[:40]) for cell in cells if cell is not None}
        if texts & _TOTALS:
            problems.found.clear()
            problems.add_row("total_row")
            found.clear()

    def _settle_id_number(self, found: dict[str, Any], cells: Sequence[Cell], problems: _Problems) -> None:
        cell = found.pop("id_number", None)
        if cell is None:
            return
        read = (self._other_number if found.get("id_kind") == "other" else self._id_number)(cell)
        if read.value is not None:
            found["id_number"] = read.value
        if read.code:
            problems.add(self._column_of("id_number"), cell, read.code, read.facts)

    def _settle_place(self, found: dict[str, Any], cells: Sequence[Cell], problems: _Problems) -> None:
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

    def _check(self, found: dict[str, Any], cells: Sequence[Cell], problems: _Problems) -> None:
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

    def _read_guarantors(self, cells: Sequence[Cell], problems: _Problems) -> tuple[LedgerGuarantor, ...]:
        by_slot: dict[int, dict[str, LedgerColumn]] = {}
        for column in self._guarantors:
            by_slot.setdefault(column.slot, {}).setdefault(cast(str, column.field), column)
        guarantors: list[LedgerGuarantor] = []
        for _, columns in sorted(by_slot.items()):
            guarantors.extend(self._of_slot(columns, cells, problems))
        return tuple(guarantors)

    def _of_slot(
        self, columns: Mapping[str, LedgerColumn], cells: Sequence[Cell], problems: _Problems
    ) -> list[LedgerGuarantor]:
        """The guarantors of one group of columns: one, or several names with as many numbers behind them."""
        said: dict[str, list[Cell]] = {}
        for field, column in columns.items():
            cell = cells[column.index] if column.index < len(cells) else None
            read = read_text(cell)
            if read.code and read.value is None:
                problems.add(column, cell, read.code, read.facts)
            elif read.value is not None:
                said[field] = _apart(cell) if field != "guarantor_address" else [cell]
        names = [name for part in said.pop("guarantor_name", []) if (name := read_name(part).value)]
        if said and not names:
            problems.add(columns.get("guarantor_name"), None, "guarantor_name_missing")
            return []
        told: dict[str, list[str | None]] = {}
        for field, parts in said.items():
            if len(parts) != len(names) and field != "guarantor_address":
                problems.add(columns[field], None, "guarantors_unpaired", {"names": len(names), "values": len(parts)})
                continue
            told[field] = [self._of_guarantor(columns[field], part, problems) for part in parts]
        blank: list[str | None] = [None] * len(names)
        addresses = told.get("guarantor_address", [])
        return [
            LedgerGuarantor(name, number, phone, addresses[0] if addresses and len(names) == 1 else None)
            for name, number, phone in zip(
                names, told.get("guarantor_id_number", blank), told.get("guarantor_phone", blank), strict=True
            )
        ]

    def _of_guarantor(self, column: LedgerColumn, cell: Cell, problems: _Problems) -> str | None:
        if column.field == "guarantor_id_number":
            read = self._id_number(cell)
        elif column.field == "guarantor_phone":
            read = read_phone(cell)
            read = read._replace(value=read.value[0] if read.value else None)
        else:
            read = read_text(cell)
        if read.code:
            problems.add(column, cell, read.code, read.facts)
        return cast("str | None", read.value)

    def _column_of(self, field: str) -> LedgerColumn | None:
        return next((entry.column for entry in self._columns if entry.column.field == field), None)

    def _cell_of(self, field: str, cells: Sequence[Cell]) -> Cell:
        column = self._column_of(field)
        return cells[column.index] if column and column.index < len(cells) else None

    def _both(self, cells: Sequence[Cell]) -> str:
        return f"{text_of(self._cell_of('latitude', cells))}, {text_of(self._cell_of('longitude', cells))}"


class _Problems:
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


def _apart(cell: Cell) -> list[Cell]:
    """The names or numbers of several people in one cell."""
    return [part for part in _BETWEEN_PEOPLE.split(cell) if part.strip()] if isinstance(cell, str) else [cell]


def _remembering(read: Reader) -> Reader:
    """A reader that keeps what it read: dates, towns and classes repeat thousands of times in one column."""
    known: dict[tuple[type, Cell], Read] = {}

    def read_remembering(cell: Cell) -> Read:
        key = (type(cell), cell)
        found = known.get(key)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[key] = read(cell)
        return found

    return read_remembering


def check_fields(mapping: Mapping[str, str]) -> None:
    """Raise :class:`LedgerRefused` when a corrected mapping names a field that does not exist."""
    unknown = tuple(sorted(field for field in mapping.values() if field and field not in COLUMNS.kind))
    if unknown:
        raise LedgerRefused("mapping_field_unknown", fields=unknown, known=tuple(COLUMNS.kind))
