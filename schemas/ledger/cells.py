"""Reading one cell: amounts, counts, identifiers, texts and words with a fixed list of values.

A reader takes a cell (text of a CSV, or a typed value of a workbook) and gives a :class:`Read`: the
value, or None for a blank cell, and a code when something is wrong. A value given together with a
code is usable but doubtful. Readers never raise.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from routing.script import fold
from schemas.ledger.refusals import Facts
from schemas.ledger.vocabulary import COLUMNS, WORDS
from schemas.writing.cells import MARK, unmarked

Cell = str | int | float | bool | datetime | date | time | timedelta | None

TEXT_LENGTH = 2000
NAME_LENGTH = 100
IDENTIFIER_LENGTH = 64
MOST_YUAN = Decimal(10) ** 13
MOST_DAYS = 36_500

REPLACED = "\ufffd"
"""What stands for bytes that could not be decoded."""

_FEN = Decimal("0.01")
_SURELY_FITS = 13
_DIGITS = frozenset("0123456789")
# Control characters (PostgreSQL refuses NUL), lone surrogates, marks that turn text around, zero-width ones.
_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]+")
_SPACES = re.compile(r"\s+")
_DAMAGED = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+?\d{1,3}\Z")
_PLAIN_AMOUNT = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?\Z")
_AMOUNT = re.compile(
    r"(?P<sign>[+-]?)[¥$₹€£]?(?P<sign2>-?)(?P<number>\d[\d,.]{0,39})(?P<unit>亿元|亿|万元|万|千元|元|元整|元正)?(?P<minus>-?)\Z"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?\Z")
_DECIMAL_COMMA = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+),\d{1,2}\Z")
_DECIMAL_POINT = re.compile(r"\d+(?:\.\d+)?\Z")
_WHOLE = re.compile(r"(-?\d{1,9})(?:\.0+)?(?:天|日|days?|d)?\Z")
_PROTECTED = re.compile(r'="(.*)"\Z', re.DOTALL)


class Read(NamedTuple):
    """What a cell gave: ``value`` (None: blank or unusable), ``code`` and ``facts`` when something is wrong."""

    value: Any
    code: str | None = None
    facts: Facts = MappingProxyType({})


BLANK = Read(None)
Reader = Callable[[Cell], Read]


def text_of(cell: Cell) -> str:
    """Return a cell as text, as a spreadsheet would show it; whole floats without ``.0``."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, int):
        # A number of thousands of digits is no number; str() would refuse it.
        return str(cell) if -(10**40) < cell < 10**40 else "#NUM!"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return str(cell)


def clean(text: str) -> str:
    """Return ``text`` without control and direction marks, runs of blanks as one blank."""
    # Neither those marks nor any blank but the common one is printable.
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", _UNWANTED.sub(" ", text)).strip()


def narrow(text: str) -> str:
    """Return ``text`` with full-width forms made half width and without blanks, Excel's protections taken off."""
    if not (text.isascii() and text.isalnum()):
        text = "".join(unicodedata.normalize("NFKC", _UNWANTED.sub("", text)).split())
        if protected := _PROTECTED.match(text):
            text = protected.group(1)
        text = text.removeprefix("'")
    return text


def is_blank(text: str) -> bool:
    """Whether a cell says in one of the usual ways that there is nothing."""
    return len(text) < 8 and text[:1] not in _DIGITS and _says_nothing(text)


@lru_cache(maxsize=16_384)
def _says_nothing(text: str) -> bool:
    return fold(text) in WORDS.blank


def unusable(cell: str) -> str | None:
    """The code of what makes any text unusable: an error of Excel's, undecodable bytes."""
    if REPLACED in cell:
        return "undecodable"
    if cell.startswith("#") and fold(cell) in WORDS.excel_errors:
        return "excel_error"
    return None


def read_text(cell: Cell, most: int = TEXT_LENGTH) -> Read:
    """Read free text. Too long a text is cut and doubted; undecodable bytes make it unusable."""
    text = cell if isinstance(cell, str) else text_of(cell)
    if not text or is_blank(text):
        return BLANK
    if (REPLACED in text or text[0] == "#") and (code := unusable(text)):
        return Read(None, code)
    value = clean(unmarked(text) if text[0] == MARK else text)
    if len(value) > most:
        return Read(value[:most], "text_too_long", {"most": most})
    return Read(value or None)


def read_name(cell: Cell) -> Read:
    """Read a person's or firm's name; blanks between Chinese characters are typing, not name."""
    read = read_text(cell, NAME_LENGTH)
    name = read.value
    if name and not name.isascii() and " " in name and all(ord(sign) > 0x2E80 or sign == " " for sign in name):
        return read._replace(value=name.replace(" ", ""))
    return read


def read_identifier(cell: Cell) -> Read:
    """Read a number that is a name (of a loan, a branch). One that Excel rounded is unusable."""
    if isinstance(cell, str) and cell.isdigit() and cell.isascii() and len(cell) <= IDENTIFIER_LENGTH:
        return Read(cell)
    if isinstance(cell, bool | datetime | date | time | timedelta):
        return Read(None, "identifier_unreadable")
    if isinstance(cell, float) and (not cell.is_integer() or abs(cell) >= 1e15):
        return Read(None, "number_damaged")
    text = cell if isinstance(cell, str) else text_of(cell)
    if not text or is_blank(text):
        return BLANK
    if code := unusable(text):
        return Read(None, code)
    value = narrow(text)
    if _DAMAGED.match(value):
        return Read(None, "number_damaged")
    if len(value) > IDENTIFIER_LENGTH:
        return Read(None, "identifier_too_long", {"most": IDENTIFIER_LENGTH})
    return Read(value or None)


def amount_reader(unit: Decimal) -> Reader:
    """Return a reader of amounts in ``unit`` yuan (1, 1 000, 10 000 …), giving yuan to the fen."""

    in_yuan = unit == 1

    def read_amount(cell: Cell) -> Read:
        if isinstance(cell, str):
            if _PLAIN_AMOUNT.match(cell):
                number = Decimal(cell)
                if in_yuan and len(cell) < _SURELY_FITS:
                    return Read(number.quantize(_FEN, ROUND_HALF_UP))
                return _money(number * unit)
            return _written_amount(cell, unit)
        if cell is None:
            return BLANK
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            return Read(None, "amount_unreadable")
        if isinstance(cell, float):
            return _money(Decimal(repr(cell)) * unit) if math.isfinite(cell) else Read(None, "amount_unreadable")
        return _money(Decimal(cell) * unit) if abs(cell) < MOST_YUAN else Read(None, "amount_too_large")

    return read_amount


def _written_amount(cell: str, unit: Decimal) -> Read:
    if is_blank(cell):
        return BLANK
    if code := unusable(cell):
        return Read(None, code)
    text = narrow(cell[:80]).upper().removeprefix("RMB").removeprefix("CNY").removesuffix("整").removesuffix("正")
    negative = text.startswith("(") and text.endswith(")")
    if negative:
        text = text[1:-1]
    if _DAMAGED.match(text):
        return Read(None, "number_damaged")
    found = _AMOUNT.match(text.replace("−", "-").replace("，", ","))
    number = _number(found["number"]) if found else None
    if found is None or number is None or len(cell) > 80:
        return Read(None, "amount_unreadable")
    signs = [negative, "-" in found["sign"], bool(found["sign2"]), bool(found["minus"])]
    if sum(signs) > 1:
        return Read(None, "amount_unreadable")
    said = COLUMNS.unit.get(found["unit"]) if found["unit"] else None
    return _money(number * (said or unit) * (-1 if any(signs) else 1))


def _number(text: str) -> Decimal | None:
    """A number with or without separators of thousands; None where the separators make no sense."""
    if _THOUSANDS.match(text) or _LAKHS.match(text):
        text = text.replace(",", "")
    elif _DECIMAL_COMMA.match(text):
        text = text.replace(".", "").replace(",", ".")
    elif not _DECIMAL_POINT.match(text):
        return None
    return Decimal(text)


def _money(yuan: Decimal) -> Read:
    try:
        value = yuan.quantize(_FEN, ROUND_HALF_UP)
    except InvalidOperation:
        return Read(None, "amount_too_large")
    return Read(value) if abs(value) < MOST_YUAN else Read(None, "amount_too_large")


def read_days(cell: Cell) -> Read:
    """Read a whole number of days, 0 to 36 500; below zero means not yet overdue and is read as 0, doubted."""
    if isinstance(cell, str) and len(cell) < 5 and cell.isdecimal():
        return Read(int(cell))
    if isinstance(cell, bool | datetime | date | time | timedelta):
        return Read(None, "days_unreadable")
    text = cell if isinstance(cell, str) else text_of(cell)
    if not text or is_blank(text):
        return BLANK
    if code := unusable(text):
        return Read(None, code)
    found = _WHOLE.match(narrow(text[:40]).lower().replace(",", ""))
    if found is None:
        return Read(None, "days_unreadable")
    days = int(found.group(1))
    if days < 0:
        return Read(0, "days_negative")
    return Read(days) if days <= MOST_DAYS else Read(None, "days_unreadable")


def word_reader(values: Mapping[str, str], code: str) -> Reader:
    """Return a reader of cells that say one of a list of words; any other is unusable, with ``code``."""

    def read_word(cell: Cell) -> Read:
        text = text_of(cell)
        folded = fold(text[:80])
        value = values.get(folded)
        if value is not None:
            return Read(value)
        if folded in WORDS.blank:
            return BLANK
        return Read(None, unusable(text) or code)

    return read_word
