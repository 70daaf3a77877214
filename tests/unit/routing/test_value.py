"""What a visit is worth (DESIGN.md, decision 8)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from routing.rules import load_rules
from routing.value import RATES, Nearing, Owed, Timing, ValuePart, fen, upper_bound, visit_value

VALUES = load_rules("cn").values
YUAN = st.decimals(-1_000, 10**9, places=2)
OWED = st.lists(st.builds(Owed, YUAN, st.sampled_from(RATES)), max_size=5)
TIMINGS = st.builds(
    lambda since, first, more: Timing(since, first, first + more),
    st.none() | st.integers(0, 10_000),
    st.integers(0, 400),
    st.integers(0, 400),
)
NEARINGS = st.none() | st.builds(Nearing, YUAN, st.integers(-5, 400), st.integers(1, 365))
QUIET = Timing(0, 60, 90)


@given(OWED, TIMINGS, st.none() | YUAN, NEARINGS, st.booleans())
def test_a_value_is_the_sum_of_its_parts_and_bounded(
    owed: list[Owed], timing: Timing, promised: Decimal | None, nearing: Nearing | None, season: bool
) -> None:
    """Never negative, never above the bound, and explained to the fen."""
    value, parts = visit_value(VALUES, owed, timing, promised, nearing, season)
    assert value == sum(part.fen for part in parts)
    assert all(part.fen > 0 for part in parts)
    assert 0 <= value <= upper_bound(VALUES)


@given(st.integers(0, 1_000), st.integers(0, 1_000))
def test_waiting_longer_is_never_worth_less(one: int, other: int) -> None:
    """The bonus grows as the visit falls due and keeps growing when it is late."""
    early, late = sorted((one, other))
    values = [visit_value(VALUES, [], Timing(days, 60, 90))[0] for days in (early, late)]
    assert values == sorted(values)


@given(YUAN, st.integers(0, 400), st.integers(0, 400))
def test_a_nearer_deadline_is_never_worth_less(amount: Decimal, one: int, other: int) -> None:
    """The closer the end of the period, the more a visit is worth."""
    near, far = sorted((one, other))
    values = [visit_value(VALUES, [], QUIET, nearing=Nearing(amount, days, 180))[0] for days in (far, near)]
    assert values == sorted(values)


@given(YUAN, YUAN, st.sampled_from(RATES))
def test_owing_more_is_never_worth_less(one: Decimal, other: Decimal, rate: str) -> None:
    """Expected recovery grows with what is outstanding, up to its cap."""
    less, more = sorted((one, other))
    values = [visit_value(VALUES, [Owed(amount, rate)], QUIET)[0] for amount in (less, more)]
    assert values == sorted(values)


def test_recovery_is_outstanding_times_the_rate_of_the_class() -> None:
    """20,000 yuan doubtful at 1 % is 200 yuan."""
    values = replace(VALUES, rate_bp={**VALUES.rate_bp, "doubtful": 100})
    assert visit_value(values, [Owed(Decimal("20000.00"), "doubtful")], QUIET) == (
        20_000,
        (ValuePart("recovery", 20_000),),
    )


def test_the_due_bonus_is_whole_on_the_day_the_cadence_ends() -> None:
    """Nothing at the earliest day, the full bonus when due, the highest when never visited."""
    bonus = [visit_value(VALUES, [], Timing(days, 60, 90))[0] for days in (60, 75, 90, None)]
    assert bonus == [0, VALUES.due // 2, VALUES.due, VALUES.due_max]


def test_a_deadline_beyond_the_horizon_adds_nothing_and_on_its_day_everything() -> None:
    """The limitation part runs from zero at the horizon to its whole on the last day."""
    amount = Decimal(10_000)
    far = visit_value(VALUES, [], QUIET, nearing=Nearing(amount, 180, 180))
    last = visit_value(VALUES, [], QUIET, nearing=Nearing(amount, 0, 180))
    assert far == (0, ())
    assert last[0] == 1_000_000 * VALUES.limitation_bp // 10_000


def test_fractions_of_a_fen_are_dropped() -> None:
    """Money stays exact: no float comes near it."""
    assert fen(Decimal("0.019")) == 1
    assert fen(Decimal("123456789.99")) == 12_345_678_999
