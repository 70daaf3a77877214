"""What is wrong with a ledger or a row of it: codes and facts, in no language.

A file that cannot be read at all raises :class:`LedgerRefused`; a row's faults are
:class:`RowProblem` values beside what could be read. Nothing here shows a whole id or phone number.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Fact = str | int | tuple[str, ...]
Facts = Mapping[str, Fact]
Severity = Literal["refused", "flagged"]

SHOWN_LENGTH = 60
"""So many characters of a cell are shown in a problem."""

_NUMBER_OF_A_PERSON = re.compile(r"\d{8,}[\dXx]|\d{3,4}[- ]\d{4}[- ]?\d{4}")
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


class LedgerRefused(Exception):
    """The file as a whole cannot be taken; ``code`` and ``facts`` say why.

    May also come out of :meth:`~schemas.ledger.reading.LedgerFile.rows` half way down a broken
    file; nothing of such a file should be kept.
    """

    def __init__(self, code: str, **facts: Fact) -> None:
        self.code = code
        self.facts: dict[str, Fact] = facts
        super().__init__(f"{code} {facts}" if facts else code)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the file as a whole that a person should know; it was read all the same."""

    code: str
    facts: Facts = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with one row.

    ``row`` is the row as a spreadsheet numbers it; ``column`` the header as seen (None: the row as a
    whole) and ``field`` what it was read as; ``value`` the cell, masked and cut to
    ``SHOWN_LENGTH``. ``refused``: the row is left out; ``flagged``: the row is taken.
    """

    row: int
    column: str | None
    field: str | None
    value: str | None
    code: str
    facts: Facts = dataclasses.field(default_factory=dict)
    severity: Severity = "flagged"


def shown(text: str, *, masked: bool = True) -> str:
    """Return a cell as it may be shown: without control characters, cut, long digit runs masked."""
    text = _UNSHOWN.sub(" ", text[: 4 * SHOWN_LENGTH]).strip()
    if masked:
        text = _NUMBER_OF_A_PERSON.sub(_mask, text)
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


def _mask(found: re.Match[str]) -> str:
    number = found.group()
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
