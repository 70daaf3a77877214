"""The estimate of a territory's work, and who knows a territory."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.problem import Place
from routing.territories import (
    VillageWork,
    commute_minutes,
    estimate_work,
    familiar,
    familiarity,
    load_work_coefficients,
    move_impact,
)
from tests.unit.routing.rotation_cases import rules

BRANCH = Place(29.56, 106.55)
DAY = 480
PLACES = st.none() | st.builds(Place, st.floats(29.2, 29.9), st.floats(106.1, 107.0))
VILLAGES = st.lists(
    st.builds(VillageWork, st.uuids().map(str), PLACES, st.integers(0, 60), st.none() | st.integers(0, 90_000)),
    max_size=12,
)


def village(name: str, lat: float, lon: float, households: int = 10) -> VillageWork:
    """A village with the coefficients' time per call."""
    return VillageWork(name, Place(lat, lon), households)


@given(VILLAGES, VILLAGES)
def test_a_village_more_is_never_less_work(some: list[VillageWork], more: list[VillageWork]) -> None:
    """Whether or not its place is known, wherever it lies, and whichever way round they are counted."""
    before = estimate_work(some, BRANCH, DAY)
    after = estimate_work([*more, *some], BRANCH, DAY)
    # Sums in another order may differ in the last bit, hence by one when rounded to minutes.
    assert after.minutes >= before.minutes - 1
    assert after.team_days >= before.team_days - 1


@given(VILLAGES, st.data())
def test_a_call_or_time_more_is_never_less_work(some: list[VillageWork], data: st.DataObject) -> None:
    """Adding households or service time to a village never lowers the estimate."""
    some = [*some, village("one", 29.6, 106.6)]
    index = data.draw(st.integers(0, len(some) - 1))
    grown = list(some)
    extra = data.draw(st.integers(0, 30))
    service = some[index].service_seconds
    grown[index] = replace(
        some[index],
        households=some[index].households + extra,
        service_seconds=None if service is None else service + data.draw(st.integers(0, 9_000)),
    )
    assert estimate_work(grown, BRANCH, DAY).minutes >= estimate_work(some, BRANCH, DAY).minutes


@given(VILLAGES)
def test_the_minutes_are_the_sum_of_the_parts(some: list[VillageWork]) -> None:
    """What is shown as parts adds up to the whole, each part rounded to a second."""
    e = estimate_work(some, BRANCH, DAY)
    assert abs(e.minutes * 60 - (e.line_haul + e.among + e.inside + e.arrivals + e.service)) <= 33
    assert e.low <= e.minutes <= e.high
    assert (e.team_days - 1) * DAY < e.minutes <= e.team_days * DAY


def test_no_work_is_no_minutes() -> None:
    """A territory without households is not visited, wherever its villages lie."""
    e = estimate_work([village("far", 29.9, 107.0, households=0)], BRANCH, DAY)
    assert (e.minutes, e.team_days, e.placeless) == (0, 0, 0)


def test_one_village_is_its_doors_and_the_way_there_and_back() -> None:
    """11.1 km as the crow flies, × 1.33, at 30 km/h, twice, × 1.15; 10 calls of 25 + 3 minutes; one arrival."""
    e = estimate_work([village("one", 29.66, 106.55)], BRANCH, DAY)
    assert e.service == 15_000
    assert e.inside == 1_800
    assert e.arrivals == 300
    assert e.line_haul == pytest.approx(2 * 11_119.5 * 1.33 / 30_000 * 3600 * 1.15, abs=2)
    assert e.among == 0


def test_a_village_of_many_days_is_reached_on_each_of_them() -> None:
    """Four times the calls are about four ways, not one."""
    once = estimate_work([village("one", 29.66, 106.55, 15)], BRANCH, DAY)
    often = estimate_work([village("one", 29.66, 106.55, 60)], BRANCH, DAY)
    assert 3 * once.line_haul < often.line_haul < 4 * once.line_haul


def test_scattered_villages_are_more_work_than_close_ones() -> None:
    """As far from the branch, but farther from one another, also along a line without any area."""
    close = [village(str(n), 29.66, 106.55 + 0.001 * n) for n in range(4)]
    apart = [village(str(n), 29.66, 106.55 + 0.02 * (n - 1.5)) for n in range(4)]
    assert estimate_work(apart, BRANCH, DAY).among > 3 * estimate_work(close, BRANCH, DAY).among


def test_a_village_without_a_place_is_counted_with_a_mean_and_said_so() -> None:
    """The caller's mean, or the coefficients' one."""
    lost = [VillageWork("lost", None, 10)]
    near, far = (estimate_work(lost, BRANCH, DAY, typical_drive_seconds=s) for s in (600, 3600))
    assert near.placeless == 1
    assert far.line_haul == 6 * near.line_haul
    mean = load_work_coefficients().unplaced_drive_seconds
    assert estimate_work(lost, BRANCH, DAY, typical_drive_seconds=mean) == estimate_work(lost, BRANCH, DAY)


def test_moving_a_village_shows_both_territories_before_and_after() -> None:
    """The calls move with it; a third territory is not mentioned; the change carries its error."""
    territories = {
        "A": (BRANCH, [village("a", 29.60, 106.50), village("b", 29.62, 106.52, 7)]),
        "B": (BRANCH, [village("c", 29.50, 106.60)]),
        "C": (BRANCH, [village("d", 29.40, 106.60)]),
    }
    a, b = move_impact(territories, {"b": "B", "d": "C"}, DAY)
    assert (a.territory, a.households_before, a.households_after) == ("A", 17, 10)
    assert (b.territory, b.households_before, b.households_after) == ("B", 10, 17)
    assert a.minutes_after < a.minutes_before
    assert b.minutes_after > b.minutes_before
    for impact in (a, b):
        assert impact.change_low <= impact.minutes_after - impact.minutes_before <= impact.change_high
    assert (
        move_impact(territories, {"b": "B"}, DAY)[0].minutes_before
        == estimate_work(territories["A"][1], BRANCH, DAY).minutes
    )


@pytest.mark.parametrize("moves", [{"nowhere": "A"}, {"a": "nowhere"}])
def test_moves_of_what_is_not_there_are_refused(moves: dict[str, str]) -> None:
    """A village or territory that does not exist is an error, not a change without effect."""
    with pytest.raises(KeyError):
        move_impact({"A": (BRANCH, [village("a", 29.6, 106.5)])}, moves, DAY)


def test_who_knows_the_villages_of_half_the_households_knows_the_territory() -> None:
    """Households count, not villages; the share is data."""
    villages = {"big": 50, "small": 30, "tiny": 20}
    assert familiarity({"big", "elsewhere"}, villages) == 0.5
    assert familiar({"big"}, villages)
    assert not familiar({"small"}, villages)
    assert not familiar({"big"}, villages, rules(knows_min_share=0.6))


def test_before_any_household_is_known_villages_count_alike() -> None:
    """A territory just set up has villages only; one without any has nothing that could be unknown."""
    assert familiarity({"a"}, {"a": 0, "b": 0}) == 0.5
    assert familiarity(set(), {}) == 1.0


def test_a_commute_is_the_mean_way_to_the_calls() -> None:
    """Weighted by households; villages without a place do not count, and none at all is not known."""
    near, far = village("near", 29.57, 106.55, 30), village("far", 29.96, 106.55, 10)
    assert commute_minutes(BRANCH, [near]) == 3
    assert commute_minutes(BRANCH, [near, far, VillageWork("lost", None, 99)]) == 32
    assert commute_minutes(BRANCH, [VillageWork("lost", None, 9)]) is None
    with pytest.raises(ValueError, match="team-day"):
        estimate_work([near], BRANCH, 0)
