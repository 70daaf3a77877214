"""When a village goes to market: as JSON, and as people write it into a cell."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from routing.market_days import CYCLES, days_of
from routing.script import fold
from schemas.base import Contract


class MarketDaysForm(Contract):
    """On which days a village goes to market."""

    cycle = fields.String(
        required=True, validate=validate.OneOf(CYCLES),
        metadata={"description": "`week`; `lunar` or `month`: by the last digit of the day, lunar or common calendar"},
    )  # fmt: skip
    days = fields.List(
        fields.Integer(strict=True), required=True, validate=validate.Length(min=1, max=10),
        metadata={"description": "Days of the week (Monday 1 to Sunday 7), or last digits (0 to 9)"},
    )  # fmt: skip

    @validates_schema
    def known_days(self, data: dict[str, Any], **_: object) -> None:
        known = sorted(days_of(data["cycle"]))
        if not set(data["days"]) <= set(known):
            raise ValidationError(f"Not all of them are from {known[0]} to {known[-1]}.", "days")

    @post_load
    def in_order(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {"cycle": data["cycle"], "days": sorted(set(data["days"]))}


_WEEKDAYS_ZH: Final = "一二三四五六日"
_WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DIGITS_ZH: Final = "十一二三四五六七八九"
_CYCLE: Final = {
    "lunar": re.compile(r"农历|阴历|旧历|lunar"),
    "month": re.compile(r"公历|阳历|新历|calendar"),
    "week": re.compile(r"每?(?:周|星期|礼拜)"),
}
_WORDS: Final = re.compile(r"[逢每号日赶集场]|days?|every")
_WRITTEN: Final = {
    "en": {"lunar": "lunar", "month": "calendar"},
    "zh-Hans": {"lunar": "农历", "month": "公历"},
    "zh-Hant": {"lunar": "農曆", "month": "公曆"},
}


def read_market_days(text: str) -> dict[str, Any] | None:
    """Return what a cell says as JSON (农历逢一四七, 公历 5、0, 周三、周日; lunar 1, 4, 7; Sun).

    None where it is not plain: last digits without a calendar, or 15, which may mean one day or two.
    """
    parts = re.split(r"[\s,、，;；/.和&]+", text.strip())
    folded = [fold(part) for part in parts if part and part.lower() != "and"]
    english = [_weekday(part) for part in folded]
    if folded and all(english):
        return _found("week", english)
    cycles = [cycle for cycle, words in _CYCLE.items() if any(words.search(part) for part in folded)]
    if len(cycles) != 1:
        return None
    (cycle,) = cycles
    days: list[int | None] = []
    for part in folded:
        rest = _CYCLE[cycle].sub("", part)
        days += _weekdays(rest) if cycle == "week" else _digits(_WORDS.sub(" ", rest))
    return _found(cycle, days)


def write_market_days(value: dict[str, Any], language: str) -> str:
    """Return the text that :func:`read_market_days` reads as ``value`` again."""
    if value["cycle"] == "week":
        if language == "en":
            return ", ".join(_WEEKDAYS_EN[day - 1] for day in value["days"])
        return "周" + "、".join(_WEEKDAYS_ZH[day - 1] for day in value["days"])
    comma = ", " if language == "en" else "、"
    return f"{_WRITTEN[language][value['cycle']]} {comma.join(str(day) for day in value['days'])}"


def _found(cycle: str, days: list[int | None]) -> dict[str, Any] | None:
    known = {day for day in days if day is not None}
    return {"cycle": cycle, "days": sorted(known)} if days and len(known) == len(set(days)) else None


def _weekday(word: str) -> int | None:
    """Sun, Sunday, Sundays; None for what is no day of the week."""
    found = re.fullmatch(r"(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:days?)?", word)
    return [day.lower() for day in _WEEKDAYS_EN].index(found[1]) + 1 if found else None


def _weekdays(text: str) -> list[int | None]:
    letters = "".join("日" if letter in "天七7" else letter for letter in text)
    return [
        _WEEKDAYS_ZH.index(letter) + 1 if letter in _WEEKDAYS_ZH else int(letter) if letter in "123456" else None
        for letter in letters
    ]


def _digits(text: str) -> list[int | None]:
    """147 and 一四七 are three days, 10 and 十 the tenth; two digits else, as 15, might mean one day or two."""
    days: list[int | None] = []
    for run in text.split():
        if run in ("10", "20", "30"):
            days.append(0)
        elif re.fullmatch(r"[0-9]|[0-9]{3,}", run):
            days += [int(digit) for digit in run]
        elif re.fullmatch(f"[{_DIGITS_ZH}]|[{_DIGITS_ZH[1:]}]+", run):
            days += [_DIGITS_ZH.index(digit) for digit in run]
        else:
            days.append(None)
    return days
