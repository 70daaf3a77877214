"""From the cells of rows to their values and problems: column by column, then each row as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from routing.places import Datum
from routing.script import fold
from schemas.ledger.cells import Cell, Read, read_name, text_of
from schemas.ledger.column_reader import ColumnReader
from schemas.ledger.coordinates import Area, Degrees, ordered, place
from schemas.ledger.dates import DateForms
from schemas.ledger.guarantors import GuarantorReader
from schemas.ledger.headers import Header, LedgerColumn
from schemas.ledger.identity import IdNumbers, id_number_reader, surely_resident
from schemas.ledger.refusals import Fact, LedgerRefused, shown
from schemas.ledger.row_problems import RowProblems
from schemas.ledger.rows import LedgerGuarantor, LedgerRow
from schemas.ledger.vocabulary import COLUMNS, REQUIRED, plain

BATCH = 500
"""So many rows are best read at once: few enough to stay near the processor."""

_MISSING = {
    "loan_number": "loan_number_missing",
    "borrower_name": "borrower_name_missing",
    "outstanding": "outstanding_missing",
}
_TOTALS = frozenset(("合计", "总计", "小计", "共计", "累计", "合计金额", "total", "subtotal", "grandtotal", "sum"))
_PLACE = ("latitude", "longitude", "position", "datum")

Row = tuple[int, Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class _Field:
    """A field and its columns, the preferred first: ``others`` serve where it is blank."""

    name: str
    reader: ColumnReader
    others: tuple[ColumnReader, ...] = ()


class _Faults(dict[int, RowProblems]):
    """The problems of some rows by position, made when there is one."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __missing__(self, position: int) -> RowProblems:
        found = self[position] = RowProblems(self._rows[position][0])
        return found


class RowReader:
    """Reads the rows of one file. Remembers each loan's first row, to find one that stands in the file twice."""

    def __init__(
        self, header: Header, forms: Mapping[int, DateForms], datum: Datum, area: Area | None, numbers: IdNumbers
    ) -> None:
        self._header = header
        self._datum: Datum = datum
        self._area = area
        self._strict = numbers == "cn"
        self._id_number = id_number_reader(numbers)
        self._other_number = id_number_reader(numbers, card=False)
        self._fields = _arranged(header.columns, forms)
        self._by_name = {entry.name: entry for entry in self._fields}
        self._guarantors = GuarantorReader(header.columns, numbers)
        self._width = 1 + max(column.index for column in header.columns if column.field)
        self._first_row: dict[str | tuple[str, str], tuple[int, tuple[Any, ...]]] = {}
        self._guaranteed: set[int] = set()
        self._said_fields: tuple[str, ...] = ()
        self._names = {read_name(column.header).value for column in header.columns if column.field == "borrower_name"}
        self._loan_above: int | None = None

    def read(self, rows: Sequence[Row]) -> Iterable[LedgerRow]:
        """Give the rows (number, cells) with their problems. Never raises over what a cell holds."""
        width, faults = self._width, _Faults(rows)
        padded = [cells if len(cells) >= width else [*cells, *[None] * (width - len(cells))] for _, cells in rows]
        columns = list(zip(*padded, strict=False))
        found = {entry.name: self._read_field(entry, columns, faults) for entry in self._fields}
        # Nothing else of such a row is worth a word.
        no_loans = self._no_loans(padded, found)
        for position in no_loans:
            faults.pop(position, None)
        if "id_number" in found:
            found["id_number"] = self._id_numbers(found, faults, no_loans)
        if not found.keys().isdisjoint(_PLACE):
            found |= self._places(found, padded, faults, no_loans)
        _settle_words(found)
        yield from self._rows_of(rows, padded, found, faults, no_loans)

    def _rows_of(
        self,
        rows: Sequence[Row],
        padded: Sequence[Sequence[Cell]],
        found: Mapping[str, list[Any]],
        faults: _Faults,
        no_loans: Mapping[int, bool],
    ) -> Iterator[LedgerRow]:
        fields = {name: place for place, name in enumerate(found)}
        self._said_fields = tuple(found)
        all_columns, nothing = self._header.columns, (None,) * len(found)
        branches = found.get("branch_code") or [None] * len(rows)
        keys = [(b, loan) if b else loan for b, loan in zip(branches, found["loan_number"], strict=True)]
        lacking, doubtful, guaranteed = _lacking(found), _doubtful(found), self._guarantors.among(padded)
        for position, said in enumerate(zip(*found.values(), strict=True)):
            number, cells = rows[position][0], padded[position]
            if position in no_loans:
                said = nothing
                faults[position].add_row("header_again" if no_loans[position] else "total_row")
            guarantors: tuple[LedgerGuarantor, ...] = ()
            if position in guaranteed and position not in no_loans:
                guarantors = self._guarantors.read(cells, faults[position])
            same = None
            refused = position in faults and faults[position].refused
            if guarantors and said == nothing and self._loan_above is not None and not refused:
                # A guarantor below the loan, whose own cells stand merged over both rows.
                same = self._loan_above
            else:
                if position in lacking:
                    self._require(found, faults, position)
                self._loan_above = None
                if position not in faults or not faults[position].refused:
                    first, same = self._loan(keys[position], number, said, guarantors, faults, position)
                    if first == number and position in doubtful:
                        self._doubt(found, cells, faults[position], position)
            problems = tuple(faults[position].found) if position in faults else ()
            yield LedgerRow(number, said, fields, problems, guarantors, cells, all_columns, same)

    def _read_field(self, entry: _Field, columns: Sequence[Sequence[Cell]], faults: _Faults) -> list[Any]:
        if entry.others:
            return [self._read_several(entry, columns, at, faults) for at in range(len(columns[0]))]
        cells = columns[entry.reader.column.index]
        values, wrong = entry.reader.read(cells)
        for position, read in wrong.items():
            _note(entry.reader.column, cells[position], read, faults[position])
        return values

    @staticmethod
    def _read_several(entry: _Field, columns: Sequence[Sequence[Cell]], at: int, faults: _Faults) -> Any:
        """A field with several columns: the first that is not blank counts."""
        reader, cell = entry.reader, columns[entry.reader.column.index][at]
        read = reader.cell(cell)
        for other in entry.others:
            spare = columns[other.column.index][at]
            if read.value is None and read.code is None:
                reader, cell, read = other, spare, other.cell(spare)
            elif other.column.header == reader.column.header:
                again = other.cell(spare)
                if again.value is not None and again.value != read.value:
                    faults[at].add(other.column, spare, "column_twice_disagrees")
        if read.code:
            _note(reader.column, cell, read, faults[at])
        return read.value

    def _no_loans(self, rows: Sequence[Sequence[Cell]], found: Mapping[str, list[Any]]) -> dict[int, bool]:
        """Rows that are no loans, by position: whether they are the header said again, or a line of totals.

        A line of totals lacks a name or a number and says that it is one; the header stands again where pages or
        files were put together.
        """
        no_loans: dict[int, bool] = {}
        for position, (name, loan) in enumerate(zip(found["borrower_name"], found["loan_number"], strict=True)):
            if name is None or loan is None:
                if not _TOTALS.isdisjoint(fold(text_of(cell)[:40]) for cell in rows[position] if cell is not None):
                    no_loans[position] = False
            elif name in self._names and self._says_header(rows[position]):
                no_loans[position] = True
        return no_loans

    def _says_header(self, cells: Sequence[Cell]) -> bool:
        said = (self._column_of(field) for field in REQUIRED)
        return all(column and plain(text_of(cells[column.index])) == plain(column.header) for column in said)

    def _id_numbers(self, found: Mapping[str, list[Any]], faults: _Faults, no_loans: Mapping[int, bool]) -> list[Any]:
        cells = found["id_number"]
        column = self._by_name["id_number"].reader.column
        kinds = found.get("id_kind") or [None] * len(cells)
        numbers: list[str | None] = []
        for position, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
            if cell is None or position in no_loans:
                numbers.append(None)
                continue
            if self._strict and kind != "other" and isinstance(cell, str) and surely_resident(cell):
                numbers.append(cell)
                continue
            value, code, facts = (self._other_number if kind == "other" else self._id_number)(cell)
            numbers.append(value)
            if code:
                faults[position].add(column, cell, code, facts)
        return numbers

    def _places(
        self, found: dict[str, list[Any]], rows: Sequence[Sequence[Cell]], faults: _Faults, no_loans: Mapping[int, bool]
    ) -> dict[str, list[Any]]:
        """Both coordinates into WGS-84, or neither."""
        blank: list[Any] = [None] * len(rows)
        said = zip(*(found.pop(name, blank) for name in _PLACE), strict=True)
        lats, lons, datums = list(blank), list(blank), list(blank)
        for position, (lat, lon, pair, told) in enumerate(said):
            if (lat is None and lon is None and pair is None) or position in no_loans:
                continue
            read = self._place(lat, lon, pair, told, rows[position], faults, position)
            if read is not None:
                lats[position], lons[position], datums[position] = read
        return {"latitude": lats, "longitude": lons, "datum": datums}

    def _place(
        self, lat: Degrees | None, lon: Degrees | None, pair: tuple[Degrees, Degrees] | None, told: Datum | None,
        cells: Sequence[Cell], faults: _Faults, position: int,
    ) -> tuple[float, float, Datum] | None:  # fmt: skip
        field = "latitude"
        if lat is not None and lon is not None:
            if lat.axis == "lon" or lon.axis == "lat":
                faults[position].add(self._column_of(field), self._both(cells), "coordinates_swapped")
                return None
            degrees = (lat.value, lon.value)
        elif lat is not None or lon is not None:
            field = "longitude" if lat is not None else "latitude"
            faults[position].add(self._column_of(field), None, "coordinate_missing")
            return None
        else:
            field = "position"
            in_order = ordered(*cast("tuple[Degrees, Degrees]", pair))
            if in_order is None:
                faults[position].add(self._column_of(field), self._cell_of(field, cells), "coordinates_order_unknown")
                return None
            degrees = in_order
        column = self._column_of(field)
        datum = told or (column.datum if column else None) or self._datum
        read = place(*degrees, datum, self._area)
        if read.value is None:
            value = self._cell_of(field, cells) if field == "position" else self._both(cells)
            faults[position].add(column, value, cast(str, read.code))
            return None
        return *read.value, datum

    def _require(self, found: Mapping[str, list[Any]], faults: _Faults, position: int) -> None:
        """Refuse a row without one of the things that make a loan; where it is refused, one reason is enough."""
        if position in faults and faults[position].refused:
            return
        for field, code in _MISSING.items():
            if found[field][position] is None:
                faults[position].add(self._column_of(field), None, code, severity="refused")

    def _loan(
        self,
        key: Any,
        number: int,
        said: tuple[Any, ...],
        guarantors: tuple[LedgerGuarantor, ...],
        faults: _Faults,
        position: int,
    ) -> tuple[int | None, int | None]:
        """Return the first row of a row's loan (None: refused), and that row if this one only adds guarantors to it."""
        first, its_said = self._first_row.setdefault(key, (number, said))
        named = hash((key, guarantors)) if guarantors else None
        same = None
        if first != number:
            if said != its_said or named is None or named in self._guaranteed:
                self._refuse_twice(first, its_said, said, faults[position])
                return None, None
            same = first
        if named is not None:
            self._guaranteed.add(named)
        self._loan_above = first
        return first, same

    def _refuse_twice(
        self, first: int, its_said: tuple[Any, ...], said: tuple[Any, ...], problems: RowProblems
    ) -> None:
        """Refuse a second row of a loan: a copy of the first, or one that contradicts it, with the columns that do."""
        fields = self._said_fields
        differing = (field for field, one, other in zip(fields, its_said, said, strict=True) if one != other)
        columns = dict.fromkeys(column.header for field in differing if (column := self._column_of(field)))
        facts: dict[str, Fact] = {"first": first}
        if columns:
            facts["columns"] = tuple(map(shown, columns))
        loan = said[fields.index("loan_number")]
        column = self._column_of("loan_number")
        problems.add(column, loan, "loan_contradicts" if columns else "loan_twice", facts, "refused")

    def _doubt(
        self, found: Mapping[str, list[Any]], cells: Sequence[Cell], problems: RowProblems, position: int
    ) -> None:
        """Note the values of a row that do not fit each other, as they are written."""
        blank = [None] * (position + 1)
        owed, principal = found["outstanding"][position], found.get("principal", blank)[position]
        loan, due = found.get("loan_date", blank)[position], found.get("due_date", blank)[position]
        if owed < 0:
            problems.add(self._column_of("outstanding"), self._cell_of("outstanding", cells), "amount_negative")
        if principal is not None and 0 < principal < owed:
            problems.add(
                self._column_of("outstanding"), self._cell_of("outstanding", cells), "outstanding_above_principal"
            )
        if loan is not None and due is not None and due < loan:
            facts = {"loan": loan.isoformat()}
            problems.add(self._column_of("due_date"), self._cell_of("due_date", cells), "due_before_loan", facts)

    def _column_of(self, field: str) -> LedgerColumn | None:
        entry = self._by_name.get(field)
        return entry.reader.column if entry else None

    def _cell_of(self, field: str, cells: Sequence[Cell]) -> Cell:
        column = self._column_of(field)
        return cells[column.index] if column else None

    def _both(self, cells: Sequence[Cell]) -> str:
        return f"{text_of(self._cell_of('latitude', cells))}, {text_of(self._cell_of('longitude', cells))}"


def _arranged(columns: Sequence[LedgerColumn], forms: Mapping[int, DateForms]) -> list[_Field]:
    """One entry a field, the preferred column first."""
    by_field: dict[str, list[LedgerColumn]] = {}
    for column in columns:
        if column.field and not column.field.startswith("guarantor_"):
            by_field.setdefault(column.field, []).append(column)
    arranged = []
    for name, group in by_field.items():
        ranked = sorted(group, key=lambda column: (column.rank, column.index))
        first, *others = (ColumnReader(column, forms.get(column.index)) for column in ranked)
        arranged.append(_Field(name, first, tuple(others)))
    return arranged


def _note(column: LedgerColumn, cell: Cell, read: Read, problems: RowProblems) -> None:
    refused = column.field in REQUIRED and read.value is None
    problems.add(column, cell, cast(str, read.code), read.facts, "refused" if refused else "flagged")


def _settle_words(found: dict[str, list[Any]]) -> None:
    """担保方式 says both what secures the loan and how far a guarantor answers; a cell may hold several phones."""
    if "security" in found:
        said = found["security"]
        found["security"] = ["guarantee" if word in ("joint", "general") else word for word in said]
        kinds = {"joint": "joint", "general": "general", "guarantee": "unstated"}
        found["guarantee_kind"] = [kinds.get(word) for word in said]
    if "phone" in found:
        found["phones"] = found["phone"]
        found["phone"] = [phones[0] if phones else None for phones in found["phones"]]


def _lacking(found: Mapping[str, list[Any]]) -> frozenset[int]:
    """Positions of rows without one of the things that make a loan."""
    needed = zip(*(found[field] for field in _MISSING), strict=True)
    return frozenset(position for position, (a, b, c) in enumerate(needed) if a is None or b is None or c is None)


def _doubtful(found: Mapping[str, list[Any]]) -> frozenset[int]:
    """Positions of rows some of whose values do not fit each other."""
    owed, blank = found["outstanding"], [None] * len(found["outstanding"])
    sums = zip(owed, found.get("principal", blank), strict=True)
    days = zip(found.get("loan_date", blank), found.get("due_date", blank), strict=True)
    return frozenset(
        position
        for position, ((owes, lent), (loan, due)) in enumerate(zip(sums, days, strict=True))
        if (owes is not None and (owes < 0 or (lent is not None and lent < owes)))
        or (loan is not None and due is not None and due < loan)
    )


def check_fields(mapping: Mapping[str, str]) -> None:
    """Raise :class:`LedgerRefused` when a corrected mapping names a field that does not exist."""
    unknown = tuple(sorted(field for field in mapping.values() if field and field not in COLUMNS.kind))
    if unknown:
        raise LedgerRefused("mapping_field_unknown", fields=unknown, known=tuple(COLUMNS.kind))
