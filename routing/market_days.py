"""On which days a village goes to market, as people there say it: by the week, or by the last digit of the day.

Rural markets keep a cycle within ten days ("on the 1st, 4th and 7th": every day that ends so), by the lunar
calendar or by the common one, or days of the week. Skinner, "Marketing and social structure in rural China",
Journal of Asian Studies 24, 1964, describes the cycles.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

from routing.rulefile import read_rule_file

Cycle = Literal["week", "month", "lunar"]
CYCLES: Final[tuple[Cycle, ...]] = ("week", "month", "lunar")
_MONTHS: Final = Path(__file__).with_name("data") / "lunar_months.toml"


@dataclass(frozen=True, slots=True)
class MarketDays:
    """``week``: ``days`` of the week, Monday = 1 to Sunday = 7. ``month`` and ``lunar``: last digits of the day of the
    month, 0 to 9, by the common or by the lunar calendar. Raises ``ValueError`` for others."""

    cycle: Cycle
    days: frozenset[int]

    def __post_init__(self) -> None:
        if not self.days or not self.days <= days_of(self.cycle):
            raise ValueError(f"no market days by {self.cycle}: {sorted(self.days)}")

    def falls_on(self, day: date) -> bool:
        """Whether the village goes to market on ``day``; no beyond the years of the lunar table."""
        if self.cycle == "week":
            return day.isoweekday() in self.days
        number = day.day if self.cycle == "month" else lunar_day(day)
        return number is not None and number % 10 in self.days

    def among(self, days: Iterable[date]) -> frozenset[date]:
        """Those of ``days`` on which it goes to market."""
        return frozenset(day for day in days if self.falls_on(day))


def days_of(cycle: Cycle) -> frozenset[int]:
    """The numbers that a cycle may name."""
    return frozenset(range(1, 8) if cycle == "week" else range(10))


def lunar_day(day: date) -> int | None:
    """The day of the lunar month, 1 to 30; None outside the table ``data/lunar_months.toml``."""
    begins = _month_begins()
    number = bisect_right(begins, day)
    return (day - begins[number - 1]).days + 1 if 0 < number < len(begins) else None


@cache
def _month_begins() -> tuple[date, ...]:
    table, _version = read_rule_file(_MONTHS)
    begins = tuple(sorted(table.days("begins")))
    table.done()
    return begins
