"""The rows of one worksheet, streamed out of its XML (ISO/IEC 29500-1, 18.3.1).

Four times as fast as openpyxl, for no object is made of a cell; and it tells of formulas
whose result the file does not hold: docs/decisions/0009-workbooks.md.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl.utils.datetime import from_excel, from_ISO8601

from schemas.ledger.cells import Cell
from schemas.ledger.xml_part import named, read_part

MOST_COLUMNS = 16_384
"""What a worksheet can have (18.3.1.4, XFD)."""
_LONGEST_TEXT = 500_000
_MOST_REMEMBERED = 10_000

_ROW, _CELL, _VALUE, _TEXT, _FORMULA, _PHONETIC = (named(name) for name in ("row", "c", "v", "t", "f", "rPh"))
_HELD = _VALUE | _TEXT
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Formats:
    """What the cells of a workbook share: its strings, and which styles (by index) show numbers as dates.

    ``durations`` are styles of elapsed time; ``epoch`` is the day 0 of its serial numbers.
    """

    strings: Sequence[str]
    dates: frozenset[str]
    durations: frozenset[str]
    epoch: datetime


def sheet_rows(
    archive: zipfile.ZipFile,
    part: str,
    formats: Formats,
    columns: int | None,
    without_value: Counter[int] | None = None,
    from_row: int = 1,
) -> Iterator[tuple[Cell, ...]]:
    """Give the rows of a worksheet's part from the first one, as :meth:`schemas.ledger.workbook.Workbook.rows` says.

    Raises what :func:`read_part` does.
    """
    counted = Counter[int]() if without_value is None else without_value
    handler = _Cells(formats, columns or MOST_COLUMNS, counted, from_row)
    given = 0
    for _ in read_part(archive, part, handler):
        for number, cells in handler.taken():
            while given < number - 1:
                given += 1
                yield ()
            given = number
            yield cells


class _Cells:
    """Gathers rows while expat goes over a sheet; :meth:`taken` gives and forgets them."""

    def __init__(self, formats: Formats, columns: int, without_value: Counter[int], from_row: int) -> None:
        self._formats, self._columns = formats, columns
        self._without_value, self._from_row = without_value, from_row
        self._rows: list[tuple[int, tuple[Cell, ...]]] = []
        self._row: list[Cell] = []
        self._number = 0
        self._index = -1
        self._kind = self._style = ""
        self._texts: list[str] = []
        self._held = self._formula = False
        self._phonetic = 0
        self._length = 0
        self._column_of: dict[str, int] = {}
        self._dates: dict[tuple[str, str], Cell] = {}

    def taken(self) -> list[tuple[int, tuple[Cell, ...]]]:
        """Return the rows that ended since the last time, with their numbers."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELL:
            reference = attributes.get("r")
            self._index = self._column(reference) if reference else self._index + 1
            if self._index >= MOST_COLUMNS:
                raise ValueError("a column beyond the last")
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._formula, self._length = False, 0
            if self._texts:
                self._texts = []
        elif name in _HELD:
            self._held = not self._phonetic and (name in _TEXT) == (self._kind == "inlineStr")
        elif name in _ROW:
            number = attributes.get("r")
            # Rows go down, whatever their numbers say.
            self._number = max(self._number + 1, int(number) if number else 0)
            self._row, self._index = [], -1
        elif name in _FORMULA:
            self._formula = True
        elif name in _PHONETIC:
            self._phonetic += 1

    def text(self, text: str) -> None:
        if self._held:
            self._texts.append(text)
            self._length += len(text)
            if self._length > _LONGEST_TEXT:
                raise ValueError("a cell's text without end")

    def end(self, name: str) -> None:
        if name in _HELD:
            self._held = False
        elif name in _CELL:
            if self._index < self._columns:
                self._end_cell()
        elif name in _ROW:
            self._rows.append((self._number, tuple(self._row)))
        elif name in _PHONETIC:
            self._phonetic -= 1

    def _end_cell(self) -> None:
        texts = self._texts
        if not texts:
            # An empty text is a result too: ="" gives t="str" without text.
            if self._formula and self._kind != "str" and self._number >= self._from_row:
                self._without_value[self._index] += 1
            return
        text = texts[0] if len(texts) == 1 else "".join(texts)
        kind, row, index = self._kind, self._row, self._index
        value: Cell
        if kind == "s":
            value = self._formats.strings[int(text)]
        elif kind == "n":
            value = self._dated(text) if self._style in self._formats.dates else number_of(text)
        elif kind == "b":
            value = text == "1" or text.lower() == "true"
        elif kind == "d":
            value = from_ISO8601(text)
        else:
            value = text
        missing = index - len(row)
        if missing == 0:
            row.append(value)
        elif missing > 0:
            row.extend([None] * missing)
            row.append(value)
        else:
            row[index] = value

    def _column(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        index = self._column_of.get(letters)
        if index is None:
            index = self._column_of[letters] = _column_index(letters)
        return index

    def _dated(self, text: str) -> Cell:
        """A number under a style of dates; one that is no date stays a number. Dates repeat, so they are remembered."""
        key = text, self._style
        known = self._dates.get(key)
        if known is None:
            known = _date_of(text, self._formats.epoch, self._style in self._formats.durations)
            if len(self._dates) < _MOST_REMEMBERED:
                self._dates[key] = known
        return known


def _column_index(letters: str) -> int:
    if not 1 <= len(letters) <= 3 or not (letters.isascii() and letters.isupper()):
        raise ValueError("no reference of a cell")
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - 64
    return index - 1


def number_of(text: str) -> Cell:
    """Return a number of a cell, whole ones as int; what is none stays text, for the column's reader to report."""
    try:
        return int(text) if text.isdigit() and len(text) < 400 else float(text)
    except ValueError:
        return text


def _date_of(text: str, epoch: datetime, duration: bool) -> Cell:
    number = number_of(text)
    if isinstance(number, str):
        return number
    convert: Callable[..., Cell] = from_excel
    try:
        return convert(number, epoch, timedelta=duration)
    except (OverflowError, ValueError):
        return number
