"""Dates as ledgers write them. What a column's cells leave open is decided once, from all its evidence.

``01/02/2024`` may be 1 February or 2 January: only a cell of the same column with a day above 12 tells.
Until one does, such cells are reported and not used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from schemas.ledger.cells import BLANK, Cell, Read, Reader, is_blank, text_of, unusable

EARLIEST, LATEST = date(1949, 1, 1), date(2100, 12, 31)
"""Outside these a date is not used: 1900-01-00, 9999-12-31 and the like say "none"."""
LIKELY_FROM, LIKELY_TO = date(1980, 1, 1), date(2060, 12, 31)
"""Outside these a date is used and flagged."""

Order = Literal["dmy", "mdy"]

# Day 0 of Excel's calendar for serials after its 29 February 1900, which never was.
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?\Z")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0+)?\Z")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?号?\Z")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z")
_NO_DAY = re.compile(r"\d{4}(?:[-/.年]\d{1,2}月?|年|\d{2})?\Z")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\Z")
_CLOCK = re.compile(r"[T ]*\d{1,2}[::时]\d{1,2}(?:[::分]\d{1,2}(?:\.\d+)?秒?)?(?:分)?(?:Z|[+-]\d{2}:?\d{2})?\Z")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_WORDED = re.compile(r"(\d{1,2})[- ]?([A-Za-z]{3,9})[- ,.]*(\d{4})\Z|([A-Za-z]{3,9})[- .]*(\d{1,2})[- ,]+(\d{4})\Z")
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN_NUMBER = "([一二三]?十[一二三四五六七八九]?|[〇零一二三四五六七八九]{1,2})"
_HAN_DATE = re.compile(f"([〇○零一二三四五六七八九]{{4}})年{_HAN_NUMBER}月{_HAN_NUMBER}[日号]\\Z")


@dataclass(frozen=True, slots=True)
class DateForms:
    """What was decided for a column: the order of day and month, None while nothing tells."""

    order: Order | None = None


def decide(cells: Iterable[Cell]) -> DateForms:
    """Decide a column's forms from its cells; contradicting evidence decides nothing."""
    day_first = month_first = 0
    for cell in cells:
        if isinstance(cell, str) and (found := _YEAR_LAST.match(_written(cell))):
            first, second = int(found[1]), int(found[2])
            day_first += first > 12 >= second
            month_first += second > 12 >= first
    if day_first and not month_first:
        return DateForms("dmy")
    if month_first and not day_first:
        return DateForms("mdy")
    return DateForms()


def date_reader(forms: DateForms) -> Reader:
    """Return the reader of a column of dates whose forms were decided."""

    def read_date(cell: Cell) -> Read:
        if isinstance(cell, datetime):
            return _checked(cell.date())
        if isinstance(cell, date):
            return _checked(cell)
        if isinstance(cell, bool | time | timedelta):
            return Read(None, "date_unreadable")
        text = cell if isinstance(cell, str) else text_of(cell)
        if not text or is_blank(text):
            return BLANK
        if code := unusable(text):
            return Read(None, code)
        return _read_written(_written(text), forms) if len(text) <= 60 else Read(None, "date_unreadable")

    return read_date


def _written(text: str) -> str:
    """The text of a date without blanks at its ends and without a time of day."""
    text = unicodedata.normalize("NFKC", text.strip().lstrip("'")).strip()
    return _CLOCK.sub("", text) if len(text) > 10 else text


def _read_written(text: str, forms: DateForms) -> Read:
    if text.strip("0-/.: ") == "":
        return Read(None, "date_out_of_range")
    if found := (_YEAR_FIRST.match(text) or _COMPACT.match(text)):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.match(text):
        return _year_last(int(found[1]), int(found[2]), int(found[3]), forms)
    if found := _SERIAL.match(text):
        return _checked(_EXCEL_EPOCH + timedelta(days=int(found[1])))
    if found := _WORDED.match(text):
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
        number = _MONTHS.get(month[:3].lower())
        return _made(int(year), number, int(day)) if number else Read(None, "date_unreadable")
    if found := _HAN_DATE.match(text):
        return _made(int(found[1].translate(_DIGITS)), _han_number(found[2]), _han_number(found[3]))
    if _NO_DAY.match(text):
        return Read(None, "date_without_day")
    return Read(None, "date_ambiguous" if _SHORT_YEAR.match(text) else "date_unreadable")


def _year_last(first: int, second: int, year: int, forms: DateForms) -> Read:
    told: Order | None = "dmy" if first > 12 >= second else "mdy" if second > 12 >= first else None
    if told and forms.order and told != forms.order:
        return Read(None, "date_order_contradicts")
    if first == second or (order := told or forms.order) == "dmy":
        return _made(year, second, first)
    return _made(year, first, second) if order == "mdy" else Read(None, "date_ambiguous")


def _made(year: int, month: int, day: int) -> Read:
    try:
        return _checked(date(year, month, day))
    except ValueError:
        return Read(None, "date_impossible")


def _checked(value: date) -> Read:
    if not EARLIEST <= value <= LATEST:
        return Read(None, "date_out_of_range", {"earliest": EARLIEST.isoformat(), "latest": LATEST.isoformat()})
    if not LIKELY_FROM <= value <= LIKELY_TO:
        return Read(value, "date_unlikely")
    return Read(value)


def _han_number(text: str) -> int:
    """二十一 → 21, 十 → 10, 三 → 3."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return int(text.translate(_DIGITS))
    return (int(tens.translate(_DIGITS)) if tens else 1) * 10 + (int(ones.translate(_DIGITS)) if ones else 0)
