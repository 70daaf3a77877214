"""The guarantors of a row: one group of columns, or several numbered ones, one name or several in a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from schemas.ledger.cells import Cell, read_name, read_text
from schemas.ledger.headers import LedgerColumn
from schemas.ledger.identity import IdNumbers, id_number_reader, read_phone
from schemas.ledger.row_problems import RowProblems
from schemas.ledger.rows import LedgerGuarantor

_REMEMBERED = 10_000
_BETWEEN_PEOPLE = re.compile(r"[、,;，；/|\n]+")


class GuarantorReader:
    """Reads the guarantors' columns of one file."""

    def __init__(self, columns: Sequence[LedgerColumn], numbers: IdNumbers) -> None:
        self._columns = [c for c in columns if c.field and c.field.startswith("guarantor_")]
        self._indexes = [column.index for column in self._columns]
        by_slot: dict[int, dict[str, LedgerColumn]] = {}
        for column in self._columns:
            by_slot.setdefault(column.slot, {}).setdefault(cast(str, column.field), column)
        self._slots = [columns for _, columns in sorted(by_slot.items())]
        self._id_number = id_number_reader(numbers)
        self._named: dict[tuple[int, Cell], tuple[LedgerGuarantor, ...]] = {}

    def among(self, rows: Sequence[Sequence[Cell]]) -> frozenset[int]:
        """Return the positions of the rows that name a guarantor."""
        return frozenset(position for index in self._indexes for position, cells in enumerate(rows) if cells[index])

    def read(self, cells: Sequence[Cell], problems: RowProblems) -> tuple[LedgerGuarantor, ...]:
        """Return the guarantors of a row, in the order of their columns and names."""
        filled = [(column.index, cell) for column in self._columns if (cell := cells[column.index])]
        if not filled:
            return ()
        only = filled[0] if len(filled) == 1 and isinstance(filled[0][1], str) else None
        if only is not None and (known := self._named.get(only)):
            return known
        before = len(problems.found)
        guarantors: list[LedgerGuarantor] = []
        for columns in self._slots:
            if any(cells[column.index] for column in columns.values()):
                guarantors.extend(self._of_slot(columns, cells, problems))
        read = tuple(guarantors)
        if only is not None and len(problems.found) == before and len(self._named) < _REMEMBERED:
            # A cell alone that gave no problem held names: the same names give the same guarantors.
            self._named[only] = read
        return read

    def _of_slot(
        self, columns: Mapping[str, LedgerColumn], cells: Sequence[Cell], problems: RowProblems
    ) -> list[LedgerGuarantor]:
        """The guarantors of one group of columns: one, or several names with as many numbers behind them."""
        said: dict[str, list[Cell]] = {}
        for field, column in columns.items():
            cell = cells[column.index]
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

    def _of_guarantor(self, column: LedgerColumn, cell: Cell, problems: RowProblems) -> str | None:
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


def _apart(cell: Cell) -> list[Cell]:
    """The names or numbers of several people in one cell."""
    return [part for part in _BETWEEN_PEOPLE.split(cell) if part.strip()] if isinstance(cell, str) else [cell]
