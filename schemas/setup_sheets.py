"""The sheets and columns of the setup workbook, out of ``setup_sheets.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from routing.script import fold
from schemas.ledger.vocabulary import plain

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
KINDS = ("text", "list", "number", "whole", "boolean", "date", "clock", "role", "place", "market")
MARK = "mark"
"""The field of the column whose word marks an example row."""


@dataclass(frozen=True, slots=True)
class SetupColumn:
    """One column: ``titles`` by language, ``example`` the text of the example row."""

    field: str
    kind: str
    titles: Mapping[str, str]
    required: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class SetupSheet:
    """One sheet: its columns in order, and ``fields`` from a plain header to the column's field."""

    key: str
    titles: Mapping[str, str]
    columns: tuple[SetupColumn, ...]
    fields: Mapping[str, str]

    def column(self, field: str) -> SetupColumn:
        """Return the column of a field. Raises StopIteration for a field that it does not have."""
        return next(column for column in self.columns if column.field == field)


@dataclass(frozen=True, slots=True)
class SetupSheets:
    """All sheets in the order in which they are stored; ``titles`` from a plain title to a sheet's key."""

    sheets: Mapping[str, SetupSheet]
    titles: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    mark: SetupColumn


@cache
def setup_sheets() -> SetupSheets:
    """Return what the data file says. Raises ValueError where one name means two things."""
    data = tomllib.loads((Path(__file__).parent / "setup_sheets.toml").read_text(encoding="utf-8"))
    mark = SetupColumn(MARK, "text", _titles(data["mark"]))
    sheets = {key: _sheet(key, entry, data["mark"]) for key, entry in data["sheets"].items()}
    titles = _names({key: (*entry_titles(entry), *entry["aliases"]) for key, entry in data["sheets"].items()})
    words = {key: frozenset(fold(word) for word in words) for key, words in data["words"].items()}
    return SetupSheets(sheets, titles, words, mark)


def entry_titles(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that head a sheet or column, one for each language."""
    return tuple(entry[language] for language in LANGUAGES)


def _titles(entry: Mapping[str, Any]) -> dict[str, str]:
    return {language: entry[language] for language in LANGUAGES}


def _sheet(key: str, entry: Mapping[str, Any], mark: Mapping[str, Any]) -> SetupSheet:
    columns = tuple(_column(one) for one in entry["columns"])
    names = {one["field"]: (*entry_titles(one), one["field"], *one["aliases"]) for one in entry["columns"]}
    names[MARK] = (*entry_titles(mark), *mark["aliases"])
    return SetupSheet(key, _titles(entry), columns, _names(names))


def _column(entry: Mapping[str, Any]) -> SetupColumn:
    if entry["kind"] not in KINDS:
        raise ValueError(f"unknown kind {entry['kind']}")
    return SetupColumn(
        entry["field"], entry["kind"], _titles(entry), entry.get("required", False), entry.get("example", "")
    )


def _names(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, all_names in names.items():
        for name in all_names:
            if found.setdefault(plain(name), key) != key:
                raise ValueError(f"{name} means {found[plain(name)]} and {key}")
    return found
