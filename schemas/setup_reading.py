"""Reading the setup workbook: rows of values ready for the API's schemas, and what is wrong by sheet and cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from openpyxl.utils import get_column_letter

from routing.script import fold
from schemas.ledger.cells import Cell, text_of
from schemas.ledger.container import kind_of, take_in
from schemas.ledger.headers import HEADER_ROWS
from schemas.ledger.limits import LedgerLimits
from schemas.ledger.refusals import Fact, LedgerRefused, shown
from schemas.ledger.vocabulary import plain
from schemas.ledger.workbook import Workbook
from schemas.setup_cells import read_setup_cell
from schemas.setup_sheets import MARK, SetupSheet, setup_sheets

MOST_ROWS = 20_000
"""Rows of one sheet, empty ones included."""
LIMITS = LedgerLimits(bytes=10 << 20, columns=64, rows=MOST_ROWS, unpacked=120_000_000, strings=30_000_000)


@dataclass(frozen=True, slots=True)
class SetupProblem:
    """One thing wrong: ``sheet`` as titled in the file, ``row`` and ``cell`` as a spreadsheet names them."""

    sheet: str
    row: int | None
    cell: str | None
    column: str | None
    value: str | None
    code: str
    facts: Mapping[str, Fact | str] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class SetupRow:
    """One row: ``values`` by field without blanks, and where each field stands."""

    sheet: ReadSheet
    number: int
    values: dict[str, Any]
    cells: Mapping[str, str]
    faulty: bool = False

    def problem(self, code: str, at: str | None, /, **facts: Any) -> SetupProblem:
        """Return a problem of this row, in the column of the field ``at`` where the sheet has it."""
        index = self.sheet.places.get(at or "")
        cell = None if index is None else f"{get_column_letter(index + 1)}{self.number}"
        header = self.sheet.headers.get(at or "")
        value = self.cells.get(at or "")
        return SetupProblem(self.sheet.title, self.number, cell, header, value, code, facts)


@dataclass(slots=True)
class ReadSheet:
    """One sheet that is known: ``places`` and ``headers`` by field."""

    key: str
    title: str
    places: dict[str, int]
    headers: dict[str, str]
    rows: list[SetupRow] = field(default_factory=list)


@dataclass(slots=True)
class ReadSetup:
    """What a workbook holds; ``ignored`` are the titles of sheets that are none of ours."""

    sheets: dict[str, ReadSheet] = field(default_factory=dict)
    problems: list[SetupProblem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_setup(stream: BinaryIO, limits: LedgerLimits = LIMITS) -> ReadSetup:
    """Return the rows and problems of a workbook. Raises :class:`LedgerRefused` for a file that is none of ours."""
    copy, _digest = take_in(stream, limits)
    with copy:
        if kind_of(copy) != "xlsx":
            raise LedgerRefused("not_setup_workbook")
        book = Workbook(copy, limits)
        try:
            return _read_sheets(book, limits)
        finally:
            book.close()


def _read_sheets(book: Workbook, limits: LedgerLimits) -> ReadSetup:
    known = setup_sheets()
    found = ReadSetup()
    for title in book.sheets:
        key = known.titles.get(plain(title))
        if key is None:
            found.ignored.append(shown(title))
        elif key in found.sheets:
            found.problems.append(SetupProblem(shown(title), None, None, None, None, "sheet_twice"))
        else:
            sheet = _read_sheet(book, title, known.sheets[key], found.problems, limits)
            if sheet is not None:
                found.sheets[key] = sheet
    if not found.sheets and not found.problems:
        raise LedgerRefused("no_setup_sheet", seen=tuple(found.ignored))
    return found


def _read_sheet(
    book: Workbook, title: str, sheet: SetupSheet, problems: list[SetupProblem], limits: LedgerLimits
) -> ReadSheet | None:
    number, places, headers = _header(book.first_rows(title), sheet)
    missing = [column for column in sheet.columns if column.required and column.field not in places]
    if missing:
        wanted = ", ".join(f"{column.titles['en']} / {column.titles['zh-Hans']}" for column in missing)
        problems.append(SetupProblem(shown(title), None, None, None, None, "columns_missing", {"wanted": wanted}))
        return None
    read = ReadSheet(sheet.key, shown(title), places, headers)
    width = max(places.values()) + 1
    for at, cells in enumerate(islice(book.rows(title, width), MOST_ROWS + 1), start=1):
        if at > MOST_ROWS:
            problems.append(SetupProblem(read.title, at, None, None, None, "too_many_rows", {"most": MOST_ROWS}))
            break
        if at > number and any(text_of(cell).strip() for cell in cells):
            _read_row(read, sheet, at, cells, problems)
    return read


def _header(rows: Sequence[Sequence[Cell]], sheet: SetupSheet) -> tuple[int, dict[str, int], dict[str, str]]:
    """Return the row (from 1) that names most columns, and where each field stands; the first of one name counts."""
    best: tuple[int, dict[str, int], dict[str, str]] = (0, {}, {})
    for number, row in enumerate(rows[:HEADER_ROWS], start=1):
        places: dict[str, int] = {}
        headers: dict[str, str] = {}
        for index, cell in enumerate(row):
            name = sheet.fields.get(plain(text_of(cell)[:80]))
            if name is not None and name not in places:
                places[name], headers[name] = index, shown(text_of(cell))
        if len(places) > len(best[1]):
            best = (number, places, headers)
    return best


def _read_row(
    read: ReadSheet, sheet: SetupSheet, number: int, cells: Sequence[Cell], problems: list[SetupProblem]
) -> None:
    def cell_of(name: str) -> Cell:
        index = read.places.get(name)
        return cells[index] if index is not None and index < len(cells) else None

    if fold(text_of(cell_of(MARK)).strip()).lower() in setup_sheets().words["example"]:
        return
    texts = {name: shown(text_of(cell_of(name))) for name in read.places}
    row = SetupRow(read, number, {}, texts)
    if not any(text for name, text in texts.items() if name != MARK):
        return
    for column in sheet.columns:
        value, code, facts = read_setup_cell(cell_of(column.field), column.kind)
        if code is None and value is None and column.required:
            code = "required"
        if code is not None:
            problems.append(row.problem(code, column.field, **facts))
            row.faulty = True
        elif value is not None:
            row.values[column.field] = value
    read.rows.append(row)
