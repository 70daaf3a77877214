"""Cadence, purpose and caps (DESIGN.md, "Harms we refuse")."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rules import load_rules
from routing.strategy import UnknownStrategy, cap_reached, strategy_for

STRATEGIES = load_rules("cn").strategies
CAPS = STRATEGIES.caps
TODAY = date(2026, 11, 25)


def _days_before(*days: int) -> list[date]:
    return [TODAY - timedelta(days=before) for before in days]


def test_one_call_a_week_at_a_door() -> None:
    """Six days after a call is too soon by default, seven is not."""
    capped = cap_reached(CAPS, _days_before(6), TODAY, focus=False)
    assert capped is not None
    assert capped.code == "cap_week"
    assert capped.facts == {"cap": 1, "days": 7, "last": "2026-11-19"}
    assert cap_reached(CAPS, _days_before(7), TODAY, focus=False) is None


def test_two_calls_a_month_at_a_door() -> None:
    """The third call within 31 days is refused, whatever the calendar month."""
    capped = cap_reached(CAPS, _days_before(10, 30), TODAY, focus=False)
    assert capped is not None
    assert capped.code == "cap_month"
    assert cap_reached(CAPS, _days_before(10, 31), TODAY, focus=False) is None


def test_a_focus_debt_may_be_called_on_weekly_but_not_more_often() -> None:
    """Focus lifts the monthly cap to once a week, never the weekly one."""
    assert cap_reached(CAPS, _days_before(7, 14, 21), TODAY, focus=True) is None
    capped = cap_reached(CAPS, _days_before(6, 14), TODAY, focus=True)
    assert capped is not None
    assert capped.code == "cap_week"


def test_a_call_already_published_for_tomorrow_counts_today() -> None:
    """The caps look ahead too: two plans cannot add up to two calls in a week."""
    capped = cap_reached(CAPS, [TODAY + timedelta(days=1)], TODAY, focus=False)
    assert capped is not None
    assert capped.code == "cap_week"


def test_calls_behind_and_ahead_count_together_only_within_31_days_in_a_row() -> None:
    """20 days ago and in 10 days lie within 31 days, so a third call is too many; in 11 days they do not."""
    behind = TODAY - timedelta(days=20)
    capped = cap_reached(CAPS, [behind, TODAY + timedelta(days=10)], TODAY, focus=False)
    assert capped is not None
    assert capped.code == "cap_month"
    assert cap_reached(CAPS, [behind, TODAY + timedelta(days=11)], TODAY, focus=False) is None


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60), st.booleans())
def test_calls_made_only_where_the_caps_allow_never_break_them(offsets: list[int], focus: bool) -> None:
    """However days are tried, no 7 days hold two calls and no 31 days hold more than the month's cap."""
    calls: list[date] = []
    for offset in offsets:
        day = TODAY + timedelta(days=offset)
        if cap_reached(CAPS, calls, day, focus) is None:
            calls.append(day)
    for start in calls:
        assert sum(0 <= (day - start).days < 7 for day in calls) <= 1
        assert sum(0 <= (day - start).days < 31 for day in calls) <= (4 if focus else 2)


def test_one_household_has_one_strategy_the_shortest_cadence() -> None:
    """Of several debts the one that asks for the most frequent visits decides."""
    assert strategy_for(STRATEGIES, ["loss", "substandard", "doubtful"]).name == "substandard"


def test_focus_and_a_near_deadline_only_shorten() -> None:
    """Joining strategies win when shorter and are without effect when longer."""
    assert strategy_for(STRATEGIES, ["doubtful"], joining=["focus"]).name == "focus"
    assert strategy_for(STRATEGIES, ["early"], joining=["deadline"]).name == "early"


def test_a_households_own_strategy_overrides_its_class() -> None:
    """A person may choose the household's strategy; sending nobody is not undone by focus."""
    assert strategy_for(STRATEGIES, ["substandard"], chosen="loss").name == "loss"
    assert not strategy_for(STRATEGIES, ["loss"], "no_door_visit", ["focus", "deadline"]).door_visits


def test_an_unknown_strategy_is_named() -> None:
    """A misspelt strategy is an error with its name, not a silent default."""
    with pytest.raises(UnknownStrategy, match="weekly_pressure"):
        strategy_for(STRATEGIES, ["loss"], chosen="weekly_pressure")
