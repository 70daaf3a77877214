"""What it would take to plan a visit after all: every answer is a plan that the independent checker accepts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from routing.check import check
from routing.explain import UNPLANNED
from routing.problem import Plan, Problem, Reason, Unplanned
from routing.reinsertion import Fit, Reinsertion
from routing.solve import SolveOptions, solve
from routing.solve.instance import instance_of
from routing.solve.planner import plan_of
from routing.solve.schedule import Schedule
from tests.unit.routing.days import QUICK, TRAVEL, day, days, shift, village, visit


def made(problem: Problem, plan: Plan, name: str, fit: Fit) -> Plan:
    """The plan that a fit speaks of, drawn up from what it says alone."""
    gone = {name, *fit.displaced, *(moved for moved, _ in fit.moved)}
    routes = {one: [stop for stop in stops if stop not in gone] for one, stops in plan.order().items()}
    stops = routes.setdefault(fit.shift, [])
    stops.insert(stops.index(fit.after) + 1 if fit.after is not None else 0, name)
    planned = [visit for visit in problem.visits if any(visit.id in names for names in routes.values())]
    instance = instance_of(problem, planned, TRAVEL)
    number = {visit.id: x for x, visit in enumerate(instance.visits)}
    schedules = [
        Schedule(instance, k, tuple(number[v] for v in routes.get(s.id, ()))) for k, s in enumerate(instance.shifts)
    ]
    left = [v.id for v in problem.visits if v.id not in number]
    reason = Reason("no_room", dict.fromkeys(UNPLANNED["no_room"].facts, 0))
    return plan_of(problem, schedules, TRAVEL, [Unplanned(name, reason) for name in left])


@settings(max_examples=60, deadline=None)
@given(days(most_visits=12))
def test_every_fit_is_a_plan_that_works(problem: Problem) -> None:
    """A fit, carried out as it says, breaks no rule, also before what gave way finds another place."""
    plan = solve(problem, TRAVEL, SolveOptions(seconds=None, iterations=5))
    asked = [visit.id for visit in problem.visits if visit.value > 0]
    trial = Reinsertion(problem, plan.order(), TRAVEL, asked)
    for name in asked:
        for fit in trial.fits(name):
            assert check(problem, TRAVEL, made(problem, plan, name, fit)) == []


@settings(max_examples=60, deadline=None)
@given(days(most_visits=12))
def test_what_could_be_planned_alone_has_a_fit_or_is_kept_out_by_its_village(problem: Problem) -> None:
    """A visit that the plan left out for want of room fits once enough gives way, unless villages stay whole."""
    plan = solve(problem, TRAVEL, SolveOptions(seconds=None, iterations=5))
    out = [item.visit for item in plan.unplanned if item.reason.code == "no_room"]
    trial = Reinsertion(problem, plan.order(), TRAVEL, out)
    elsewhere = {v.id: v.household.village for v in problem.visits}
    for name in out:
        if elsewhere[name] is None:
            assert trial.fits(name)


def full_day() -> tuple[Problem, Plan]:
    """Three calls of an hour each in one village, a shift with room for two."""
    calls = [visit(f"x{n}", value=1_000 * n, service=3600) for n in (1, 2, 3)]
    problem = day(calls, [village("v", 5)], [shift(start=9, end=12)])
    return problem, solve(problem, TRAVEL, QUICK)


def test_the_least_valuable_call_gives_way() -> None:
    """Of the calls that could make room the one worth least does, and the cost is its value."""
    problem, plan = full_day()
    (fit,) = Reinsertion(problem, plan.order(), TRAVEL, ["x1"]).fits("x1")
    assert (fit.displaced, fit.cost, fit.moved) == (("x2",), 2_000, ())


def test_what_must_be_made_never_gives_way() -> None:
    """A call that must be made, or that somebody pinned, stays; another makes room at a higher cost."""
    problem, plan = full_day()
    (pinned,) = Reinsertion(problem, plan.order(), TRAVEL, ["x1"], kept=["x2"]).fits("x1")
    assert (pinned.displaced, pinned.cost) == (("x3",), 3_000)
    must = replace(problem, visits=tuple(replace(v, must=v.id == "x2") for v in problem.visits))
    (kept,) = Reinsertion(must, plan.order(), TRAVEL, ["x1"]).fits("x1")
    assert kept.displaced == ("x3",)


def test_what_gives_way_moves_where_there_is_room() -> None:
    """A call that another team has time for loses nothing: it moves, at no cost."""
    calls = [visit("x1", value=1_000, service=3600, shifts=["s"]), visit("y", "w", value=500, service=3600)]
    problem = day(calls, [village("v", 5), village("w", 6)], [shift("s", 9, 11), shift("t", 9, 11)])
    alone = solve(replace(problem, visits=(calls[1],), shifts=problem.shifts[:1]), TRAVEL, QUICK)
    (fit,) = Reinsertion(problem, alone.order(), TRAVEL, ["x1"]).fits("x1")
    assert (fit.shift, fit.moved, fit.displaced, fit.cost) == ("s", (("y", "t"),), (), 0)


def test_a_planned_visit_is_tried_elsewhere_too() -> None:
    """Asked about a visit that is planned, the answer says where else it could be; where it is costs nothing."""
    calls = [visit("x", value=1_000)]
    problem = day(calls, shifts=[shift("s"), shift("t")])
    plan = solve(problem, TRAVEL, QUICK)
    found = Reinsertion(problem, plan.order(), TRAVEL, []).fits("x")
    assert {fit.shift for fit in found} == {"s", "t"}
    assert all(fit.cost == 0 for fit in found)


def test_a_visit_nobody_asked_for_is_an_error() -> None:
    """A visit that was not named when the trial was set up is the caller's mistake, not an empty answer."""
    problem, plan = full_day()
    with pytest.raises(KeyError):
        Reinsertion(problem, plan.order(), TRAVEL, []).fits("x1")
