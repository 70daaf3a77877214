"""Reading one cell of the setup workbook into what the API takes as JSON, and writing it back as a text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from routing.script import fold
from schemas.ledger.cells import Cell, Read, clean, text_of
from schemas.ledger.dates import DateForms, date_reader
from schemas.market_days import read_market_days, write_market_days
from schemas.setup_sheets import setup_sheets

MOST_TEXT = 20_000
"""So many characters of a cell are read; a list of all villages that somebody knows is long."""

_BREAK = re.compile(r"(?<!\\)[;；\n]")
_CLOCK = re.compile(r"(\d{1,2})[:：时](\d{2})(?:[:：]00)?分?\Z")
_NUMBER = re.compile(r"[+-]?\d{1,4}(?:\.\d{1,12})?\Z")
_WHOLE = re.compile(r"\d{1,6}(?:\.0+)?\Z")
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
_DAY = 24 * 60


def read_setup_cell(cell: Cell, kind: str) -> Read:
    """Return the JSON value of a cell; a blank one gives None, an unreadable one its code. Never raises."""
    text = _text(cell)
    if len(text) > MOST_TEXT:
        return Read(None, "cell_too_long", {"most": MOST_TEXT})
    if not text:
        return Read(None)
    if text in _ERRORS:
        return Read(None, "cell_error")
    return _READERS[kind](cell, text)


def write_setup_value(value: Any, kind: str, language: str) -> str:
    """Return the text that :func:`read_setup_cell` reads as ``value`` again."""
    if value is None:
        return ""
    if kind == "boolean":
        return _YES_NO[language][0 if value else 1]
    if kind == "role":
        return _ROLES[language][value]
    if kind == "list":
        return "; ".join(re.sub(r"[;；\\]", lambda found: "\\" + found.group(), one) for one in value)
    if kind == "place":
        return _BRANCH[language] if value == "branch" else f"{value['lat']!r}, {value['lon']!r}"
    if kind == "market":
        return write_market_days(value, language)
    return repr(value) if kind == "number" else str(value)


_YES_NO = {"en": ("yes", "no"), "zh-Hans": ("是", "否"), "zh-Hant": ("是", "否")}
_ROLES = {
    "en": {"leader": "leader", "member": "member"},
    "zh-Hans": {"leader": "组长", "member": "组员"},
    "zh-Hant": {"leader": "組長", "member": "組員"},
}
_BRANCH = {"en": "branch", "zh-Hans": "支行", "zh-Hant": "支行"}


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell.strip()
    return text_of(cell).strip()


def _plain_text(cell: Cell, text: str) -> Read:
    return Read(clean(text) or None)


def _list(cell: Cell, text: str) -> Read:
    parts = (re.sub(r"\\(.)", r"\1", clean(part)) for part in _BREAK.split(text))
    return Read(list(dict.fromkeys(part for part in parts if part)) or None)


def _number(cell: Cell, text: str) -> Read:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return Read(float(cell)) if math.isfinite(cell) and abs(cell) < 10_000 else Read(None, "not_number")
    folded = fold(text)
    return Read(float(folded)) if _NUMBER.match(folded) and folded.isascii() else Read(None, "not_number")


def _whole(cell: Cell, text: str) -> Read:
    folded = fold(text)
    if isinstance(cell, bool) or not folded.isascii() or not _WHOLE.match(folded):
        return Read(None, "not_whole")
    return Read(int(float(folded)))


def _boolean(cell: Cell, text: str) -> Read:
    words = setup_sheets().words
    folded = fold(text).lower()
    if folded in words["yes"]:
        return Read(True)
    return Read(False) if folded in words["no"] else Read(None, "not_yes_no")


def _role(cell: Cell, text: str) -> Read:
    words = setup_sheets().words
    folded = fold(text).lower()
    found: Iterable[str] = (role for role in ("leader", "member") if folded in words[role])
    role = next(iter(found), None)
    return Read(role) if role else Read(None, "not_role")


def _date(cell: Cell, text: str) -> Read:
    found = date_reader(DateForms())(cell)
    value = found.value.isoformat() if isinstance(found.value, date) else None
    return Read(value, None if value else "not_date")


def _clock(cell: Cell, text: str) -> Read:
    minutes: float | None = None
    if isinstance(cell, datetime | time):
        minutes = cell.hour * 60 + cell.minute
    elif isinstance(cell, timedelta):
        minutes = cell.total_seconds() / 60
    elif isinstance(cell, float | int) and not isinstance(cell, bool):
        # A spreadsheet counts a time of day as a share of the day.
        minutes = round(cell * _DAY) if 0 <= cell <= 1 else None
    elif found := _CLOCK.match(text):
        minutes = int(found[1]) * 60 + int(found[2]) if int(found[2]) < 60 else None
    if minutes is None or not 0 <= minutes <= _DAY:
        return Read(None, "not_clock")
    return Read(f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}")


def _place(cell: Cell, text: str) -> Read:
    if fold(text).lower() in setup_sheets().words["branch"]:
        return Read("branch")
    parts = [part for part in re.split(r"[,，\s]+", text) if part]
    if len(parts) != 2 or not all(_NUMBER.match(part) and part.isascii() for part in parts):
        return Read(None, "not_place")
    return Read({"lat": float(parts[0]), "lon": float(parts[1])})


def _market(cell: Cell, text: str) -> Read:
    found = read_market_days(text)
    return Read(found, None if found else "not_market")


_READERS = {
    "text": _plain_text, "list": _list, "number": _number, "whole": _whole, "boolean": _boolean, "role": _role,
    "date": _date, "clock": _clock, "place": _place, "market": _market,
}  # fmt: skip
