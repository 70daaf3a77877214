"""Identity numbers (GB 11643-1999) and telephone numbers. A damaged number is never repaired by guessing."""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date, datetime, time, timedelta
from operator import mul
from typing import Literal

from schemas.ledger.cells import BLANK, Cell, Read, Reader, is_blank, narrow, text_of, unusable

IdNumbers = Literal["cn", "any"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ZEROS = ord("0") * sum(_WEIGHTS)
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]\Z")
_FIFTEEN = re.compile(r"[0-9]{15}\Z")
_OTHER = re.compile(r"[0-9A-Z()\-/]{4,40}\Z")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,3}\Z")
# First two digits: the province, from Beijing (11) to Macao (82), and 83 for residents from Taiwan.
_PROVINCES = frozenset(
    str(province)
    for province in (
        *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83,
    )
)  # fmt: skip
_DAYS_OF_YEAR = frozenset(f"{date(2000, 1, 1) + timedelta(days=n):%m%d}" for n in range(366))

_MOBILE = re.compile(r"1[3-9][0-9]{9}\Z")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[2-9][0-9]{6,7}(?:[-转][0-9]{1,6})?\Z")
_FOREIGN = re.compile(r"\+[0-9]{7,15}\Z")
_BETWEEN_PHONES = re.compile(r"[/、,;，；|\n]+|(?<=[0-9]{7})\s+(?=[0-9+])")
MOST_PHONES = 5


def check_digit(first_seventeen: str) -> str:
    """Return the 18th character of an identity number from its first 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[(sum(map(mul, first_seventeen.encode("ascii"), _WEIGHTS)) - _ZEROS) % 11]


def id_number_reader(numbers: IdNumbers = "cn", *, card: bool = True) -> Reader:
    """Return a reader of identity numbers, giving 18 characters.

    15 digits (issued until 1999) become 18. ``card`` is False for rows whose kind of document is
    another (passport …), and ``numbers`` "any" for lenders elsewhere: then only the form is looked at.
    """
    strict = numbers == "cn" and card

    def read_id_number(cell: Cell) -> Read:
        if strict and isinstance(cell, str) and _EIGHTEEN.match(cell):
            return Read(cell) if surely_resident(cell) else _resident_number(cell)
        if isinstance(cell, bool | datetime | date | time | timedelta):
            return Read(None, "id_number_unreadable")
        if isinstance(cell, float) and (not cell.is_integer() or abs(cell) >= 1e15):
            return Read(None, "number_damaged")
        text = cell if isinstance(cell, str) else text_of(cell)
        if not text or is_blank(text):
            return BLANK
        if code := unusable(text):
            return Read(None, code)
        number = narrow(text[:80]).upper()
        if _SCIENTIFIC.match(number):
            return Read(None, "number_damaged")
        if strict:
            return _resident_number(number)
        return Read(number) if _OTHER.match(number) else Read(None, "id_number_unreadable")

    return read_id_number


def surely_resident(number: str) -> bool:
    """Whether a text is a resident's number of a region and a birthday that were found right before; quick."""
    try:
        total = _REGIONS[number[:6]] + _BIRTHDAYS[number[6:14]] + _ORDERS[number[14:17]]
    except KeyError:
        return False
    return _CHECKS[total % 11] == number[17:]


def _resident_number(number: str) -> Read:
    if _FIFTEEN.match(number):
        whole = number[:6] + "19" + number[6:]
        number = whole + check_digit(whole)
    elif not _EIGHTEEN.match(number):
        return Read(None, "id_number_length", {"length": len(number)})
    elif check_digit(number[:17]) != number[17]:
        # Excel keeps 15 digits and writes zeros for the rest.
        return Read(None, "number_damaged" if number.endswith("000") else "id_number_check_digit")
    if number[:2] not in _PROVINCES:
        return Read(None, "id_number_region")
    day = number[10:14]
    if number[6:10] < "1880" or day not in _DAYS_OF_YEAR or (day == "0229" and not isleap(int(number[6:10]))):
        return Read(None, "id_number_birth_date")
    if len(_REGIONS) < _MOST_REGIONS:
        _REGIONS[number[:6]] = _weighed(number[:6], 0)
        _BIRTHDAYS[number[6:14]] = _weighed(number[6:14], 6)
    return Read(number)


def _weighed(digits: str, at: int) -> int:
    """What a stretch of digits adds to the sum of GB 11643, by its place in the number."""
    return sum(map(mul, map(int, digits), _WEIGHTS[at:]))


# What parts of right numbers add to the sum that the check digit is made of.
_MOST_REGIONS = 20_000
_REGIONS: dict[str, int] = {}
_BIRTHDAYS: dict[str, int] = {}
_ORDERS = {f"{order:03}": _weighed(f"{order:03}", 14) for order in range(1000)}


def read_phone(cell: Cell) -> Read:
    """Read telephone numbers: the value is a tuple of all that are whole, in the cell's order.

    Chinese mobile and fixed numbers, and numbers of anywhere that begin with +. When some of the
    cell's numbers are no numbers, the rest is given and the cell doubted.
    """
    if isinstance(cell, str) and _MOBILE.match(cell):
        return Read((cell,))
    if isinstance(cell, bool | datetime | date | time | timedelta):
        return Read(None, "phone_unreadable")
    if isinstance(cell, float) and not cell.is_integer():
        return Read(None, "phone_unreadable")
    text = cell if isinstance(cell, str) else text_of(cell)
    if not text or is_blank(text):
        return BLANK
    if code := unusable(text):
        return Read(None, code)
    good: list[str] = []
    wrong: str | None = None
    for part in _BETWEEN_PHONES.split(text[:200]):
        number = narrow(part).upper()
        if not number:
            continue
        if (phone := _phone(number)) is None:
            wrong = "number_damaged" if _SCIENTIFIC.match(number) else "phone_unreadable"
        elif phone not in good and len(good) < MOST_PHONES:
            good.append(phone)
    return Read(tuple(good) or None, wrong)


def _phone(number: str) -> str | None:
    """One number in its plain form, None when it is none."""
    bare = re.sub(r"[-().]", "", number)
    national = re.sub(r"^(?:\+86|0086|86)(?=1[3-9]|0[0-9]{2})", "", bare)
    if _MOBILE.match(national):
        return national
    if _LANDLINE.match(number):
        return number
    return bare if _FOREIGN.match(bare) else None
