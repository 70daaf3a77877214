"""The checker finds what is wrong with a plan: one thing is broken, that thing is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from routing.check import VIOLATIONS, check
from routing.problem import Plan, Problem, Reason, Route, Stop, Unplanned
from routing.solve import solve
from routing.travel import UNREACHABLE, Travel
from tests.unit.routing.days import HOUR, LUNCH, QUICK, TRAVEL, SetTravel, at, day, shift, village, visit


def _day() -> Problem:
    return day(
        [
            visit("a", "v", value=50),
            visit("b", "v", value=60, windows=[(9, 12)]),
            visit("c", "w", value=70, shifts=["s"]),
            visit("d", "w", value=80, skills=["Yi"]),
            visit("gone", "lost", value=90),
        ],
        [village("v", 4), village("w", 8), village("lost")],
        [shift("s", rest=LUNCH, skills=["Yi"]), shift("t", 8.5, 9, to_place=at(1))],
    )


@pytest.fixture(scope="module")
def problem() -> Problem:
    """A day with two villages and an appointment."""
    return _day()


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    """A plan for it that is right."""
    found = solve(problem, TRAVEL, QUICK)
    assert check(problem, TRAVEL, found) == []
    assert [len(route.stops) for route in found.routes] == [4]
    return found


def _route(change: Callable[[Route], Route]) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, routes=(change(plan.routes[0]),))


def _stop(number: int, change: Callable[[Stop], Stop]) -> Callable[[Plan], Plan]:
    def changed(route: Route) -> Route:
        stops = list(route.stops)
        stops[number] = change(stops[number])
        return replace(route, stops=tuple(stops))

    return _route(changed)


def _named(plan: Plan, name: str) -> int:
    return [stop.visit for stop in plan.routes[0].stops].index(name)


def _later(stop: Stop, seconds: int) -> Stop:
    return replace(stop, arrival=stop.arrival + seconds, leave=stop.leave + seconds)


_LOST = Unplanned("gone", Reason("no_place", {"village": "lost"}))

BROKEN: list[tuple[str, Callable[[Plan], Plan]]] = [
    ("unknown_visit", lambda p: replace(p, unplanned=(*p.unplanned, Unplanned("who", _LOST.reason)))),
    ("visited_twice", lambda p: replace(p, routes=(p.routes[0], replace(p.routes[0], shift="t")))),
    ("planned_and_unplanned", lambda p: replace(p, unplanned=(*p.unplanned, Unplanned("a", _LOST.reason)))),
    ("unaccounted", lambda p: replace(p, unplanned=())),
    ("unplanned_twice", lambda p: replace(p, unplanned=(*p.unplanned, *p.unplanned))),
    ("unknown_reason", lambda p: replace(p, unplanned=(Unplanned("gone", Reason("a hunch")),))),
    ("wrong_cost", lambda p: replace(p, cost=p.cost + 1)),
    ("wrong_value", lambda p: replace(p, value=p.value + 1)),
    ("unknown_shift", _route(lambda r: replace(r, shift="night"))),
    ("two_routes", lambda p: replace(p, routes=(*p.routes, *p.routes))),
    ("empty_route", lambda p: replace(p, routes=(*p.routes, replace(p.routes[0], shift="t", stops=())))),
    ("shift_not_allowed", _route(lambda r: replace(r, shift="t"))),
    ("skill_missing", _route(lambda r: replace(r, shift="t"))),
    ("before_shift", _route(lambda r: replace(r, start=r.start - 3 * HOUR))),
    ("after_shift", _route(lambda r: replace(r, end=18 * HOUR))),
    ("outside_windows", lambda p: _stop(_named(p, "b"), lambda s: _later(s, 7 * HOUR))(p)),
    ("wrong_service_time", _stop(1, lambda s: replace(s, leave=s.leave + 1))),
    ("too_fast", _stop(0, lambda s: _later(s, -1))),
    ("too_fast", _stop(2, lambda s: _later(s, -1))),
    ("too_fast", _route(lambda r: replace(r, start=r.start + 1))),
    ("too_fast", _route(lambda r: replace(r, end=r.end - 1))),
    ("no_rest", _route(lambda r: replace(r, rest_start=None))),
    ("rest_outside_bounds", _route(lambda r: replace(r, rest_start=12 * HOUR - 1))),
    ("rest_outside_bounds", _route(lambda r: replace(r, rest_start=13 * HOUR))),
    ("rest_during_call", _route(lambda r: replace(r, rest_start=r.stops[0].arrival - 60))),
    ("rest_over_start_or_end", _route(lambda r: replace(r, rest_start=r.end - 60))),
    ("rest_over_start_or_end", _route(lambda r: replace(r, rest_start=r.start - 60))),
    ("wrong_drive_time", _route(lambda r: replace(r, drive_seconds=r.drive_seconds - 1))),
    ("wrong_walk_time", _route(lambda r: replace(r, walk_seconds=r.walk_seconds + 1))),
    ("wrong_distance", _route(lambda r: replace(r, metres=r.metres - 1))),
]


@pytest.mark.parametrize(("code", "broken"), BROKEN, ids=[f"{n}-{case[0]}" for n, case in enumerate(BROKEN)])
def test_what_is_broken_is_named(problem: Problem, plan: Plan, code: str, broken: Callable[[Plan], Plan]) -> None:
    """A right plan with one thing made wrong is caught by the rule for that thing."""
    assert code in {violation.code for violation in check(problem, TRAVEL, broken(plan))}


def test_a_village_split_without_cause_is_found(problem: Problem, plan: Plan) -> None:
    """Coming back for a door that could have been done before is a violation; so is sending another team."""
    names = [stop.visit for stop in plan.routes[0].stops]
    first, last = plan.routes[0].stops[0], plan.routes[0].stops[-1]
    swapped = replace(
        plan.routes[0],
        stops=(replace(first, visit=names[-1]), *plan.routes[0].stops[1:-1], replace(last, visit=names[0])),
    )
    codes = [v.code for v in check(problem, TRAVEL, replace(plan, routes=(swapped,)))]
    assert "village_split" in codes


def test_a_split_with_a_window_as_its_cause_is_none() -> None:
    """An appointment explains one more run; the same hours for a second loose door would not."""
    early, late = visit("a", "v", windows=[(9, 10)]), visit("z", "v", windows=[(15, 16)])
    between, loose = visit("m", "w"), visit("y", "v")
    villages = [village("v", 4), village("w", 8)]

    def verdict(order: str) -> set[str]:
        problem = day([early, late, between, loose], villages, [shift()])
        stops = tuple(Stop(name, 0, 0) for name in order)
        route = Route("s", stops, 0, 0, None, 0, 0, 0)
        return {v.code for v in check(problem, TRAVEL, Plan((route,), (), 0, ""))} & {"village_split"}

    assert verdict("amz") == set()
    assert verdict("aymz") == set()
    assert verdict("ymz") == set()
    assert verdict("amy") == set()
    assert verdict("ymy") == {"village_split"}


def test_a_route_over_a_missing_road_is_found() -> None:
    """A leg without a way is named and its sentinel is not added up."""
    travel: Travel = SetTravel({("h-a", None): None})
    problem = day([visit("a", None, place=at(3))], [], [shift()])
    stop = Stop("a", 10 * HOUR, 10 * HOUR + 1200)
    plan = Plan((Route("s", (stop,), 9 * HOUR, 11 * HOUR, None, UNREACHABLE, 0, 0),), (), 10_000, "")
    assert [v.code for v in check(problem, travel, plan)] == ["no_way"]


def test_a_rest_nobody_asked_for_is_found() -> None:
    """A shift without a rest has a route without one."""
    problem = day([visit("a")], shifts=[shift()])
    plan = solve(problem, TRAVEL, QUICK)
    rested = replace(plan, routes=(replace(plan.routes[0], rest_start=12 * HOUR),))
    assert [v.code for v in check(problem, TRAVEL, rested)] == ["rest_without_cause"]


def test_every_rule_of_the_checker_has_a_test() -> None:
    """A violation that no test provokes could be one that is never found."""
    elsewhere = {"village_split", "no_way", "rest_without_cause"}
    assert {code for code, _ in BROKEN} | elsewhere == set(VIOLATIONS)
