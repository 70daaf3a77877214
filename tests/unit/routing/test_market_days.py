"""A village's market days fall as people there count them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from routing.market_days import MarketDays, lunar_day
from routing.rules import load_rules

#: Spring Festivals (the first day of the lunar year) and mid-autumn days (the fifteenth of a lunar month) as announced.
FIRSTS = [date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3)]
FIFTEENTHS = [date(2026, 9, 25), date(2027, 9, 15), date(2028, 10, 3), date(2029, 9, 22), date(2030, 9, 12)]


@pytest.mark.parametrize(("days", "number"), [(FIRSTS, 1), (FIFTEENTHS, 15)])
def test_festivals_fall_on_their_lunar_days(days: list[date], number: int) -> None:
    """The table of months agrees with the public calendar."""
    assert {lunar_day(day) for day in days} == {number}


def test_the_two_tables_of_the_new_year_agree() -> None:
    """Every Spring Festival of the availability file begins a lunar month."""
    seasons = load_rules("cn").availability.by_name["home_at_new_year"].seasons
    assert {lunar_day(season.first + timedelta(days=12)) for season in seasons} == {1}


def test_every_lunar_month_has_29_or_30_days() -> None:
    """Counting on day by day never jumps; outside the table nothing is said."""
    days = [lunar_day(date(2026, 1, 1) + timedelta(days=n)) for n in range(365 * 15)]
    assert None not in days
    for one, following in pairwise(days):
        assert following == (one or 0) + 1 or (following == 1 and one in (29, 30))
    assert lunar_day(date(2020, 1, 1)) is None
    assert lunar_day(date(2050, 1, 1)) is None


@pytest.mark.parametrize(
    ("market", "on"),
    [
        (MarketDays("lunar", frozenset({1, 4, 7})), [17, 20, 23, 27]),
        (MarketDays("month", frozenset({0, 5})), [15, 20, 25]),
        (MarketDays("week", frozenset({7})), [15, 22]),
    ],
)
def test_market_days_recur_by_their_cycle(market: MarketDays, on: list[int]) -> None:
    """February 2026 from the 15th, a Sunday; its 17th is the first of a lunar month."""
    assert market.among(date(2026, 2, day) for day in range(15, 29)) == {date(2026, 2, day) for day in on}


@pytest.mark.parametrize(("cycle", "days"), [("week", {0}), ("week", {8}), ("lunar", {10}), ("month", set())])
def test_days_that_a_cycle_does_not_have_are_refused(cycle: str, days: set[int]) -> None:
    """A slip is an error, not a market day that never comes."""
    with pytest.raises(ValueError, match="no market days"):
        MarketDays(cycle, frozenset(days))  # type: ignore[arg-type]
