"""Reading the cells of one column, many rows at a time.

Most cells of a real ledger are plain: such cells of text are read in bulk, by ways that say of any other
cell that it is still open; the cell readers have the last word. A test compares both on any text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from schemas.ledger.cells import (
    BLANK,
    IDENTIFIER_LENGTH,
    REPLACED,
    TEXT_LENGTH,
    Cell,
    Read,
    Reader,
    amount_reader,
    read_days,
    read_identifier,
    read_name,
    read_text,
    word_reader,
)
from schemas.ledger.coordinates import Degrees, read_coordinate, read_position
from schemas.ledger.dates import DateForms, date_reader
from schemas.ledger.headers import LedgerColumn
from schemas.ledger.identity import read_phone
from schemas.ledger.vocabulary import COLUMNS, WORDS


class _Open:
    """Stands where a bulk way says nothing."""

    def __repr__(self) -> str:
        return "OPEN"


OPEN: Final = _Open()
Bulk = Callable[[Sequence[str]], list[Any]]

_REMEMBERED = 10_000
_SURELY_SAYS_SOMETHING = 8
# Dates, names and classes repeat thousands of times in one column; numbers and addresses do not.
_REPEATING = frozenset(
    ("date", "days", "name", "text", "five_tier_class", "security", "availability", "id_kind", "datum")
)
_FEN = re.compile(r"-?[0-9]{1,10}\.[0-9]{2}\Z")
_MOBILE = re.compile(r"1[3-9][0-9]{9}\Z")
_DEGREES = re.compile(r"-?[0-9]{1,3}\.[0-9]{1,17}\Z")


def _amounts(cells: Sequence[str]) -> list[Any]:
    plain = _FEN.match
    return [Decimal(cell) if plain(cell) else OPEN for cell in cells]


def _identifiers(cells: Sequence[str]) -> list[Any]:
    return [cell if cell.isdigit() and cell.isascii() and len(cell) <= IDENTIFIER_LENGTH else OPEN for cell in cells]


def _phones(cells: Sequence[str]) -> list[Any]:
    plain = _MOBILE.match
    return [(cell,) if plain(cell) else OPEN for cell in cells]


def _coordinates(cells: Sequence[str]) -> list[Any]:
    plain = _DEGREES.match
    return [Degrees(float(cell)) if plain(cell) else OPEN for cell in cells]


def _texts(cells: Sequence[str]) -> list[Any]:
    return [
        cell
        if _SURELY_SAYS_SOMETHING <= len(cell) <= TEXT_LENGTH
        and cell.isprintable()
        and cell[0] != "#"
        and cell[0] != " " != cell[-1]
        and "  " not in cell
        and REPLACED not in cell
        else OPEN
        for cell in cells
    ]


def readers_of(column: LedgerColumn, forms: DateForms) -> tuple[Reader, Bulk | None]:
    """Return how a cell of a column is read, and how many are at once where there is such a way."""
    kind = COLUMNS.kind[cast(str, column.field)]
    match kind:
        case "identifier":
            return read_identifier, _identifiers
        case "name":
            return read_name, None
        case "money":
            return amount_reader(column.unit), _amounts if column.unit == 1 else None
        case "date":
            return date_reader(forms), None
        case "days":
            return read_days, None
        case "phone":
            return read_phone, _phones
        case "coordinate":
            return read_coordinate, _coordinates
        case "position":
            return read_position, None
        case "id_number":
            # Which numbers are right depends on the kind of document: settled when the row is known.
            return Read, None
        case "datum":
            return word_reader(cast(dict[str, str], COLUMNS.datum), "datum_unknown"), None
        case "five_tier_class" | "security" | "availability" | "id_kind":
            return word_reader(WORDS.values[kind], f"{kind}_unknown"), None
        case _:
            return read_text, _texts


class ColumnReader:
    """Reads one column; cells that repeat are read once."""

    def __init__(self, column: LedgerColumn, forms: DateForms | None = None) -> None:
        self.column = column
        self._read, self._bulk = readers_of(column, forms or DateForms())
        repeats = COLUMNS.kind[cast(str, column.field)] in _REPEATING
        self._known: dict[str, Any] | None = {} if repeats else None

    def read(self, cells: Sequence[Cell]) -> tuple[list[Any], Mapping[int, Read]]:
        """Return the value of each cell (None: blank or unusable), and what is wrong by the cell's position."""
        values = self._at_once(cells)
        wrong: dict[int, Read] = {}
        for position, value in enumerate(values):
            if value is OPEN:
                found = self.cell(cells[position])
                values[position] = found.value
                if found.code:
                    wrong[position] = found
        return values, wrong

    def cell(self, cell: Cell) -> Read:
        """Read one cell."""
        if cell is None or cell == "":
            return BLANK
        found = self._read(cell)
        if self._known is not None and found.code is None and isinstance(cell, str) and len(self._known) < _REMEMBERED:
            self._known[cell] = found.value
        return found

    def _at_once(self, cells: Sequence[Cell]) -> list[Any]:
        if self._bulk is not None and set(map(type, cells)) == {str}:
            values = self._bulk(cast("Sequence[str]", cells))
            if self._known:
                known = self._known.get
                # Only text is remembered, so that 1, 1.0 and True are not taken for one another.
                return [
                    known(cast(str, cell), OPEN) if value is OPEN else value
                    for cell, value in zip(cells, values, strict=True)
                ]
            return values
        if self._known is not None:
            known = self._known.get
            return [known(cell, OPEN) if isinstance(cell, str) else OPEN for cell in cells]
        return [OPEN] * len(cells)
