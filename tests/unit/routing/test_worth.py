"""A call may be worth more on one shift than on another, and some calls come before all others."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from routing.check import check
from routing.explain import reasons_planned
from routing.problem import DAY, Plan, Problem
from routing.solve import SolveOptions, core, solve
from tests.unit.routing.days import BRANCH, HOUR, LUNCH, MINUTE, QUICK, TRAVEL, day, shift, village, visit


@pytest.fixture(params=["compiled", "plain"], autouse=True)
def search(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each rule holds with the compiled and with the plain search."""
    if request.param == "plain":
        monkeypatch.setattr(core, "compiled", lambda: False)
    elif not core.compiled():
        pytest.skip("numba is missing or switched off")


def planned(problem: Problem, options: SolveOptions = QUICK) -> Plan:
    """The plan, which the checker has nothing against."""
    plan = solve(problem, TRAVEL, options)
    assert check(problem, TRAVEL, plan) == []
    return plan


def shifts_of(plan: Plan) -> dict[str, str]:
    """The shift of every planned visit."""
    return {stop.visit: route.shift for route in plan.routes for stop in route.stops}


def test_a_call_is_made_on_the_shift_where_it_is_worth_most() -> None:
    """With room on both, each call goes where it gains more, and the plan's value counts what it gains there."""
    visits = [
        visit("a", None, place=BRANCH, value=100, worth={"s": 900}),
        visit("b", None, place=BRANCH, value=100, worth={"t": 700}),
    ]
    plan = planned(day(visits, [], [shift("s"), shift("t")]))
    assert shifts_of(plan) == {"a": "s", "b": "t"}
    assert plan.value == 1_600


def test_a_call_is_not_made_where_it_is_worth_nothing() -> None:
    """A value of nothing on a shift keeps the call off it, though it is worth something elsewhere."""
    shifts = [shift("s", 9, 16), shift("t", 9, 9.5)]
    plan = planned(day([visit("a", worth={"s": 0}), visit("b", service=5 * MINUTE)], [village("v", 9)], shifts))
    assert shifts_of(plan) == {"b": "s"}
    assert [(item.visit, item.reason.code) for item in plan.unplanned] == [("a", "too_far")]


def test_worth_nothing_on_every_shift_is_no_value() -> None:
    """The reason names the most that the call is worth anywhere."""
    plan = planned(day([visit("a", value=5_000, worth={"s": 0, "t": -3})], shifts=[shift("s"), shift("t")]))
    assert [(item.reason.code, item.reason.facts) for item in plan.unplanned] == [("no_value", {"value": 0})]


@pytest.mark.parametrize("value", [0, -50, 1])
def test_what_must_be_made_displaces_any_value(value: int) -> None:
    """One call of no value that must be made, and ten rich ones that fill the day: it is planned."""
    rich = [visit(f"x{n}", "w", value=10**8, service=50 * MINUTE) for n in range(10)]
    must = visit("m", "v", value=value, service=2 * HOUR, must=True)
    plan = planned(day([*rich, must], [village("w", 2), village("v", 40)], [shift(rest=LUNCH)]))
    assert "m" in shifts_of(plan)
    assert len(shifts_of(plan)) > 2


def test_of_more_than_can_be_made_as_many_as_can_are() -> None:
    """All must be made and only three fit: the three that are worth most where their number is the same."""
    visits = [visit(f"x{n}", None, place=BRANCH, value=100 + n, service=HOUR, must=True) for n in range(9)]
    plan = planned(day(visits, [], [shift("s", 9, 12)]))
    assert set(shifts_of(plan)) == {"x6", "x7", "x8"}


def test_a_must_that_only_one_shift_may_make_is_made_by_it() -> None:
    """The shift that may make it gives up its own calls, however rich."""
    visits = [visit(f"x{n}", None, place=BRANCH, value=10**7, service=HOUR, shifts=["s"]) for n in range(6)]
    visits.append(visit("m", None, place=BRANCH, value=1, service=2 * HOUR, shifts=["s"], must=True))
    plan = planned(day(visits, [], [shift("s", 9, 12), shift("t", 9, 12)]))
    assert shifts_of(plan)["m"] == "s"
    assert plan.value == 10**7 + 1


def test_a_village_may_be_done_on_several_days() -> None:
    """More calls than a day holds: one run a day, on two days, without a window as cause."""
    visits = [visit(f"x{n:02}", "v", service=25 * MINUTE) for n in range(24)]
    monday, tuesday = shift("s", 9, 16), shift("t", 24 + 9, 24 + 16)
    plan = planned(day(visits, [village("v", 8)], [monday, tuesday]))
    per_shift = {route.shift: len(route.stops) for route in plan.routes}
    assert min(per_shift["s"], per_shift["t"]) > 9


def test_a_village_is_not_shared_by_two_teams_on_one_day() -> None:
    """The same calls with both shifts on the second day are one team's."""
    visits = [visit(f"x{n:02}", "v", service=25 * MINUTE) for n in range(24)]
    plan = planned(day(visits, [village("v", 8)], [shift("s", 33, 40), shift("t", 33, 40)]))
    assert len(set(shifts_of(plan).values())) == 1


def test_windows_are_met_on_the_second_day() -> None:
    """Windows count from the first midnight: an appointment on the second day is kept by that day's shift."""
    visits = [visit("a", windows=[(24 + 10, 24 + 11)]), visit("b", windows=[(10, 11)])]
    plan = planned(day(visits, shifts=[shift("s", 9, 16), shift("t", 33, 40, rest=(36, 37.5, 45))]))
    assert shifts_of(plan) == {"a": "t", "b": "s"}
    (route,) = [route for route in plan.routes if route.shift == "t"]
    assert route.stops[0].arrival >= DAY + 10 * HOUR


def test_a_must_says_why_it_is_planned() -> None:
    """Its first reason is that it must be made; ranks go by the most a call is worth on any shift."""
    problem = day([visit("m", value=1, must=True), visit("a", value=10, worth={"s": 7}), visit("b", value=9)])
    found = reasons_planned(problem, planned(problem))
    assert found["m"][0].code == "must_be_made"
    ranks = {
        name: reason.facts["rank"] for name, all_of in found.items() for reason in all_of if "rank" in reason.facts
    }
    assert ranks == {"b": 1, "a": 2, "m": 3}


@pytest.mark.parametrize("seed", range(4))
def test_worth_moves_value_to_the_better_day(seed: int) -> None:
    """Calls worth three times as much on one of two equal days: at least 95 % of what a day holds is taken dear."""
    rng = random.Random(seed)
    visits = [
        visit(f"x{n:02}", None, place=BRANCH, value=100, service=HOUR, worth={rng.choice("st"): 300}) for n in range(40)
    ]
    problem = day(visits, [], [shift("s", 8, 16), shift("t", 32, 40)])
    plan = planned(problem, replace(QUICK, iterations=150, seed=seed))
    assert plan.value >= 0.95 * 16 * 300
