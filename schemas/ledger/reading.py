"""Opening a ledger file and streaming its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from types import TracebackType
from typing import IO, BinaryIO, Literal

from routing.places import Datum
from schemas.ledger.cells import Cell, text_of
from schemas.ledger.container import kind_of, take_in
from schemas.ledger.coordinates import Area
from schemas.ledger.dates import DateForms, decide
from schemas.ledger.headers import (
    HEADER_ROWS,
    Header,
    LedgerColumn,
    find_header,
    notices_of,
    require_columns,
    source_of,
)
from schemas.ledger.identity import IdNumbers
from schemas.ledger.layout import layout_of
from schemas.ledger.limits import LedgerLimits
from schemas.ledger.refusals import LedgerRefused, Notice, shown
from schemas.ledger.row_reader import BATCH, RowReader, check_fields
from schemas.ledger.rows import LedgerRow
from schemas.ledger.text_file import form_of, open_records
from schemas.ledger.vocabulary import COLUMNS
from schemas.ledger.workbook import Workbook

EVIDENCE_ROWS = 2_000
"""A column's forms are decided from so many first rows; memory stays flat beyond."""


@dataclass(frozen=True, slots=True)
class LedgerOptions:
    """How a ledger is to be read where the file itself leaves it open.

    ``mapping`` (header as seen → field, "" = not read) corrects the aliases; ``remembered`` holds such
    mappings by ``LedgerFile.source``, used where the headers are those of that source; ``sheet`` chooses a sheet
    of a workbook; ``datum`` is what coordinates are in where nothing says; outside ``area`` they are
    reported; ``id_numbers`` is "any" for lenders whose people have no Chinese identity numbers.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sheet: str | None = None
    datum: Datum = "wgs84"
    area: Area | None = None
    id_numbers: IdNumbers = "cn"
    limits: LedgerLimits = field(default_factory=LedgerLimits)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table found in the file: its header and where its rows come from."""

    header: Header
    rows: Iterator[Sequence[Cell]]


class LedgerFile:
    """An opened ledger: what it is, its columns, and its rows once from first to last.

    ``notices`` concern the file as a whole; all are known when its rows have been read. ``source`` is a
    fingerprint of the headers, under which a corrected mapping can be remembered; ``mapping`` is the one in force;
    ``layout`` says how each column was understood. Close it, or use it in a ``with`` statement.
    """

    format: Literal["csv", "xlsx"]

    def __init__(self, file: IO[bytes], sha256: str, options: LedgerOptions) -> None:
        self._file = file
        self.sha256 = sha256
        self._options = options
        self._book: Workbook | None = None
        self._without_value = Counter[int]()
        self.encoding: str | None = None
        self.delimiter: str | None = None
        self.sheet: str | None = None
        self.sheets: tuple[str, ...] = ()
        self.notices: tuple[Notice, ...] = ()
        self.format = kind_of(file)
        table = self._open_text() if self.format == "csv" else self._open_workbook()
        self.header_row = table.header.row
        self.columns: tuple[LedgerColumn, ...] = table.header.columns
        self.source = source_of(table.header)
        self.notices += notices_of(table.header)
        remembered = self._options.remembered.get(self.source, {})
        self.mapping: Mapping[str, str] = self._options.mapping or remembered
        self._reader, self._rows, forms = self._prepare(table)
        self.layout = layout_of(self.columns, forms, self.mapping)

    def rows(self) -> Iterator[LedgerRow]:
        """Give the rows below the header that are not blank, once.

        Raises :class:`LedgerRefused` where the file turns out to be broken or too long; what was read
        of it until then should not be kept.
        """
        limits, empty, loans = self._options.limits, 0, 0
        while batch := list(islice(self._rows, BATCH)):
            filled = []
            for number, cells in batch:
                if _blank_row(cells):
                    empty += 1
                    if empty > limits.empty_rows:
                        raise LedgerRefused("empty_rows", row=number, most=limits.empty_rows)
                    continue
                empty, loans = 0, loans + 1
                if loans > limits.rows:
                    raise LedgerRefused("too_many_rows", most=limits.rows)
                filled.append((number, cells))
            if filled:
                yield from self._reader.read(filled)
        self.notices += self._formulas()

    def close(self) -> None:
        """Release the copy of the file."""
        if self._book is not None:
            self._book.close()
        self._file.close()

    def __enter__(self) -> LedgerFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _formulas(self) -> tuple[Notice, ...]:
        """Columns of formulas whose results the file does not hold: written by a program, never calculated."""
        counted = [(c.header, self._without_value[c.index]) for c in self.columns if self._without_value[c.index]]
        if not any(header for header, _ in counted):
            return ()
        columns = tuple(shown(header) for header, _ in counted if header)
        cells = sum(cells for header, cells in counted if header)
        return (Notice("formulas_without_values", {"columns": columns, "cells": cells}),)

    def _find(self, rows: list[list[str]]) -> Header | None:
        for source, mapping in self._options.remembered.items():
            header = find_header(rows, mapping)
            if header is not None and source_of(header) == source:
                return header
        return find_header(rows, self._options.mapping)

    def _open_text(self) -> _Table:
        limits = self._options.limits
        form = form_of(self._file, limits, self._find)
        self.encoding, self.delimiter = form.encoding.replace("big5hkscs", "big5"), form.delimiter
        if form.lossy:
            self.notices += (Notice("mixed_encoding", {"encoding": self.encoding}),)
        first = list(islice(open_records(self._file, form, limits), HEADER_ROWS))
        for number, row in enumerate(first, start=1):
            if len(row) > limits.columns and any(row[limits.columns :]):
                raise LedgerRefused("too_many_columns", row=number, columns=len(row), most=limits.columns)
        if not any(map(_filled, first)):
            raise LedgerRefused("file_empty")
        header = require_columns(first, self._find(first))
        return _Table(header, open_records(self._file, form, limits))

    def _open_workbook(self) -> _Table:
        self._book = book = Workbook(self._file, self._options.limits)
        self.sheets = book.sheets
        if self._options.sheet is not None and self._options.sheet not in book.sheets:
            raise LedgerRefused("sheet_unknown", sheet=self._options.sheet, sheets=book.sheets)
        best: tuple[int, list[list[str]], Header | None] | None = None
        with_headers = []
        for name in book.sheets if self._options.sheet is None else (self._options.sheet,):
            texts = [[text_of(cell) for cell in row] for row in book.first_rows(name)]
            header = self._find(texts)
            if header is not None:
                with_headers.append(name)
            known = header.known if header else 0
            if best is None or known > best[0] or (best[2] is None and not any(map(_filled, best[1]))):
                best, self.sheet = (known, texts, header), name
        if best is None or not any(map(_filled, best[1])):
            raise LedgerRefused("file_empty")
        header = require_columns(best[1], best[2])
        if unread := tuple(name for name in with_headers if name != self.sheet):
            self.notices += (Notice("other_sheets_not_read", {"sheet": self.sheet or "", "others": unread}),)
        width = 1 + max(column.index for column in header.columns if column.header)
        return _Table(header, book.rows(self.sheet or "", width, self._without_value, header.row + 1))

    def _prepare(
        self, table: _Table
    ) -> tuple[RowReader, Iterator[tuple[int, Sequence[Cell]]], Mapping[int, DateForms]]:
        """Look at the first rows to decide what the columns leave open, and put them back in front."""
        below = islice(enumerate(table.rows, start=1), table.header.row, None)
        first: list[tuple[int, Sequence[Cell]]] = list(islice(below, EVIDENCE_ROWS))
        if all(_blank_row(cells) for _, cells in first):
            raise LedgerRefused("no_rows", header=table.header.row)
        forms: dict[int, DateForms] = {}
        for column in table.header.columns:
            if column.field and COLUMNS.kind[column.field] == "date":
                forms[column.index] = decide(row[column.index] for _, row in first if column.index < len(row))
        options = self._options
        reader = RowReader(table.header, forms, options.datum, options.area, options.id_numbers)
        return reader, chain(first, below), forms


def open_ledger(stream: BinaryIO, filename: str | None = None, options: LedgerOptions | None = None) -> LedgerFile:
    """Open a ledger from where ``stream`` stands, which stays the caller's; the file is copied first.

    ``filename`` is not believed: what the file is, its bytes tell. Raises :class:`LedgerRefused` when
    it is no ledger.
    """
    options = options or LedgerOptions()
    check_fields(options.mapping)
    file, sha256 = take_in(stream, options.limits)
    try:
        return LedgerFile(file, sha256, options)
    except BaseException:
        file.close()
        raise


def _filled(row: Sequence[str]) -> bool:
    return any(cell.strip() for cell in row)


def _blank_row(cells: Sequence[Cell]) -> bool:
    if cells and cells[0]:
        return isinstance(cells[0], str) and cells[0].isspace() and _blank_row(cells[1:])
    return all(cell is None or (isinstance(cell, str) and (not cell or cell.isspace())) for cell in cells)
