"""Overtime is used for what is worth more than it costs, and is never free by mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.check import check
from routing.problem import Plan, Problem
from routing.reinsertion import Reinsertion
from routing.solve import SolveOptions, core, solve
from tests.unit.routing.days import HOUR, MINUTE, TRAVEL, day, shift, village, visit

YUAN = 100


@pytest.fixture(params=["compiled", "plain"])
def search(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the two searches."""
    if request.param == "plain":
        monkeypatch.setattr(core, "compiled", lambda: False)
    elif not core.compiled():
        pytest.skip("numba is missing or switched off")
    return str(request.param)


def planned(problem: Problem) -> Plan:
    """A plan without a violation."""
    plan = solve(problem, TRAVEL, SolveOptions(seconds=None, iterations=200, seed=1))
    assert check(problem, TRAVEL, plan) == []
    return plan


def two_calls(rate: int, must: bool = False) -> Problem:
    """Two calls of half an hour in one village, for which a team needs some forty minutes of overtime."""
    a = visit("a", service=30 * MINUTE, value=90 * YUAN)
    b = visit("b", service=30 * MINUTE, value=40 * YUAN, must=must)
    return day([a, b], [village("v", 4)], [shift("s", 8, 9, overtime=(60, rate))])


def test_overtime_is_worked_where_it_pays(search: str) -> None:
    """At 30 yuan an hour the second call is worth it; the plan says what it costs, to the fen begun."""
    plan = planned(two_calls(30 * YUAN))
    (route,) = plan.routes
    assert {stop.visit for stop in route.stops} == {"a", "b"}
    seconds = route.end - 9 * HOUR
    assert 0 < seconds <= HOUR
    assert plan.value == 130 * YUAN
    assert plan.cost == -(-seconds * 30 * YUAN // 3600)


def test_overtime_is_not_worked_where_it_does_not_pay(search: str) -> None:
    """At 300 yuan an hour it is not, and that is the reason given, not a lack of room."""
    plan = planned(two_calls(300 * YUAN))
    assert [stop.visit for route in plan.routes for stop in route.stops] == ["a"]
    assert plan.cost == 0
    ((left,),) = (plan.unplanned,)
    assert (left.visit, left.reason.code, left.reason.facts["shift"]) == ("b", "overtime_too_dear", "s")
    assert 0 < int(left.reason.facts["overtime_seconds"]) <= HOUR


def test_what_must_be_made_is_worth_any_overtime(search: str) -> None:
    """A deadline does not fail for want of an hour's pay."""
    plan = planned(two_calls(10**6 * YUAN, must=True))
    assert "b" in {stop.visit for route in plan.routes for stop in route.stops}


def test_overtime_without_a_rate_is_a_longer_day(search: str) -> None:
    """Nothing is charged for it, and the limit holds: what needs more has no room."""
    free = two_calls(0)
    assert (planned(free).value, planned(free).cost) == (130 * YUAN, 0)
    short = replace(free, shifts=(replace(free.shifts[0], overtime=MINUTE),))
    assert [left.reason.code for left in planned(short).unplanned] == ["no_room"]


def test_a_team_within_its_hours_goes_rather_than_one_in_overtime(search: str) -> None:
    """Of two teams the one that need not stay late takes the second village."""
    visits = [visit(name, name, service=40 * MINUTE, value=500 * YUAN) for name in ("north", "south")]
    villages = [village("north", 4), village("south", -4)]
    problem = day(visits, villages, [shift(name, 8, 9.2, overtime=(120, 20 * YUAN)) for name in "st"])
    plan = planned(problem)
    assert len(plan.routes) == 2
    assert plan.cost == 0


def test_what_a_forced_visit_costs_tells_its_overtime() -> None:
    """Nothing gives way, and yet it is not free."""
    problem = two_calls(300 * YUAN)
    (fit,) = Reinsertion(problem, {"s": ("a",)}, TRAVEL, ["b"]).fits("b")
    assert fit.displaced == ()
    assert 40 * YUAN < fit.cost <= 300 * YUAN


def test_packing_counts_overtime() -> None:
    """Of two routes of equal value the one within the day is chosen; the longer one costs what it costs."""
    if not core.compiled():
        pytest.skip("numba is missing or switched off")
    from routing.solve.core.arrays import day_of
    from routing.solve.core.packing import _overtime
    from routing.solve.instance import instance_of
    from routing.solve.schedule import Schedule
    from routing.solve.search import Objective

    problem = two_calls(300 * YUAN)
    instance = instance_of(problem, problem.visits, TRAVEL)
    objective = Objective(instance, 3.0)
    arrays = day_of(instance, objective, 120)
    for stops in ((), (0,), (0, 1)):
        (dear,) = _overtime(arrays, [stops])
        assert dear * objective.mean == pytest.approx(Schedule(instance, 0, stops).cost, abs=1)
