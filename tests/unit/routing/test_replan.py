"""The rest of a day again: what was begun stays, and no more changes than may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import check
from routing.explain import UNPLANNED
from routing.hand_made import timed
from routing.problem import Plan, Problem, Reason
from routing.replan import MayChange, Replanned, UnderWay, replan, replan_in_child
from routing.replan_reasons import CHANGES, why_changed
from routing.solve import SolveOptions, solve
from routing.travel.closed import ClosedRoads
from routing.travel.legs import point_of_visit
from tests.unit.routing.days import BRANCH, HOUR, LUNCH, QUICK, TRAVEL, at, day, days, shift, village, visit


def again(
    problem: Problem,
    plan: Plan,
    may_change: MayChange = MayChange.NOTHING,
    under_way: Mapping[str, UnderWay] | None = None,
    **more: object,
) -> Replanned:
    """The rest of the day, which the checker has nothing against."""
    found = replan(problem, TRAVEL, plan, under_way or {}, may_change, options=QUICK, **more)  # type: ignore[arg-type]
    assert check(found.problem, TRAVEL, found.plan) == []
    return found


def stands(plan: Plan, problem: Problem, name: str, done: int, late: int = 0) -> UnderWay:
    """The team of a shift after so many stops, ``late`` seconds later than planned."""
    (route,) = (route for route in plan.routes if route.shift == name)
    last = route.stops[done - 1]
    (at_door,) = (v for v in problem.visits if v.id == last.visit)
    place = point_of_visit(at_door, problem.villages).place
    assert place is not None
    rested = route.rest_start is not None and route.rest_start < last.leave
    return UnderWay(done, last.leave + late, place, at_door.household.village, rested=rested)


def two_teams() -> tuple[Problem, Plan]:
    """Four villages, three calls in each, two teams with room for about half of them."""
    villages = [village(f"v{n}", 4 + 3 * n) for n in range(4)]
    visits = [
        visit(f"x{n}{m}", f"v{n}", value=1_000 * (m + 1), place=at(4 + 3 * n, 0.2 * m), service=2400)
        for n in range(4)
        for m in range(3)
    ]
    problem = day(visits, villages, [shift("s", 8.5, 13), shift("t", 8.5, 13)])
    return problem, solve(problem, TRAVEL, QUICK)


@settings(max_examples=50, deadline=None)
@given(days(most_visits=8), st.sampled_from(MayChange), st.data())
def test_whatever_happens_the_rest_of_the_day_breaks_no_rule(
    problem: Problem, may_change: MayChange, data: st.DataObject
) -> None:
    """Late, absent or on time, some stops done: the checker accepts the new plan, every visit is accounted for."""
    options = SolveOptions(seconds=None, iterations=5)
    plan = solve(problem, TRAVEL, options)
    under_way = {}
    for route in plan.routes:
        done = data.draw(st.integers(0, len(route.stops)))
        late = data.draw(st.sampled_from([0, 600, 5 * HOUR]))
        if done:
            stand = stands(plan, problem, route.shift, done, late)
            under_way[route.shift] = replace(stand, absent=data.draw(st.booleans()))
    pinned = (
        data.draw(st.sets(st.sampled_from([v.id for v in problem.visits]), max_size=2)) if problem.visits else set()
    )
    found = replan(problem, TRAVEL, plan, under_way, may_change, pinned=pinned, options=options, price=500)
    assert check(found.problem, TRAVEL, found.plan) == []


@pytest.mark.parametrize("may_change", MayChange)
def test_nothing_happened_nothing_is_lost(may_change: MayChange) -> None:
    """Asked again in the middle of a day as planned, no planned visit is left out."""
    problem, plan = two_teams()
    under_way = {route.shift: stands(plan, problem, route.shift, 2) for route in plan.routes}
    found = again(problem, plan, may_change, under_way, price=10_000)
    assert found.changes.removed == ()
    if may_change is MayChange.NOTHING:
        assert found.changes.kept


def test_an_urgent_visit_leaves_the_order_of_the_others() -> None:
    """A visit that must be made comes in where it costs least; nobody changes team or order for it."""
    problem, plan = two_teams()
    urgent = replace(visit("urgent", "v0", value=100, place=at(4.1, 0.1)), must=True)
    found = again(replace(problem, visits=(*problem.visits, urgent)), plan)
    assert "urgent" in found.changes.added
    assert found.changes.moved == ()
    assert found.changes.reordered == ()


def test_a_late_team_keeps_the_order_of_what_it_still_makes() -> None:
    """Two hours late, the team leaves something out, and what it still makes comes in the old order."""
    problem, plan = two_teams()
    under_way = {"s": stands(plan, problem, "s", 1, late=2 * HOUR)}
    found = again(problem, plan, under_way=under_way)
    left = found.plan.order().get("s", [])
    before = plan.order()["s"][1:]
    assert [name for name in before if name in left] == [name for name in left if name in before]
    assert set(found.changes.removed) <= set(before)


def late_and_idle() -> tuple[Problem, Plan, dict[str, UnderWay]]:
    """One team leaves an hour late with four calls of an hour and room for three; another one has a day to spare."""
    worth = {"a": 500, "b": 100, "c": 900, "d": 300}
    calls = [visit(name, "w" if name == "b" else "v", value=value, service=HOUR) for name, value in worth.items()]
    villages, busy, idle = [village("v", 5), village("w", 6)], shift("s", 9, 14.25), shift("t", 9, 14.25)
    plan = solve(day(calls, villages, [busy]), TRAVEL, QUICK)
    assert set(plan.order()["s"]) == set(worth)
    return day(calls, villages, [busy, idle]), plan, {"s": UnderWay(0, 10 * HOUR, BRANCH)}


@pytest.mark.parametrize("may_change", [MayChange.NOTHING, MayChange.ORDER])
def test_what_a_late_team_drops_is_worth_least_and_goes_to_nobody_else(may_change: MayChange) -> None:
    """Where teams may not change, the least valuable call is left out, however idle the others are."""
    problem, plan, under_way = late_and_idle()
    changes = again(problem, plan, may_change, under_way).changes
    assert (changes.removed, changes.moved) == (("b",), ())


def test_what_a_late_team_drops_may_change_teams_if_that_is_worth_its_price() -> None:
    """With teams free, another team takes what would be lost; not where a change costs more than it gains."""
    problem, plan, under_way = late_and_idle()
    free = again(problem, plan, MayChange.TEAMS, under_way, price=10).changes
    assert free.removed == ()
    assert free.moved
    assert again(problem, plan, MayChange.TEAMS, under_way, price=10**6).changes.moved == ()


def test_a_call_that_lost_its_worth_is_left_out_and_breaks_nothing() -> None:
    """A planned visit that is worth nothing by now is no gain for staying with its team."""
    problem, plan, _ = late_and_idle()
    worthless = replace(problem, visits=tuple(replace(v, value=0 if v.id == "b" else v.value) for v in problem.visits))
    assert again(worthless, plan, MayChange.TEAMS, price=500).changes.removed == ("b",)


def test_a_village_is_whole_again_once_what_split_it_is_done() -> None:
    """The second run into a village stood for the hours of a call that is made by now: it goes, or the run joins."""
    calls = [
        visit("b", "v", windows=[(8.5, 9)], value=900), visit("x", "v", value=800), visit("y", "v", value=700),
        visit("z", "w", value=800),
    ]  # fmt: skip
    problem = day(calls, [village("v", 5), village("w", 6)], [shift("s")])
    plan = timed(problem, TRAVEL, {"s": ["b", "x", "z", "y"]})
    again(problem, plan, under_way={"s": stands(plan, problem, "s", 1)})


def test_a_team_that_is_absent_gives_its_visits_to_the_others() -> None:
    """An absent team has no route; what others have time for they take, the rest is named as left out."""
    problem, plan = two_teams()
    under_way = {"s": UnderWay(0, 0, BRANCH, absent=True)}
    found = again(problem, plan, MayChange.TEAMS, under_way)
    assert [route.shift for route in found.plan.routes] == ["t"]
    assert {item.visit for item in found.plan.unplanned} >= set(found.changes.removed)


@pytest.mark.parametrize("may_change", [MayChange.ORDER, MayChange.TEAMS])
def test_more_freedom_is_never_worth_less(may_change: MayChange) -> None:
    """Where more may change, the plan is worth at least as much as with nothing changed, the price of changes paid."""
    problem, plan = two_teams()
    under_way = {"s": stands(plan, problem, "s", 1, late=HOUR)}
    least = again(problem, plan, under_way=under_way)
    free = again(problem, plan, may_change, under_way, price=300)
    changes = len(free.changes.moved) + len(free.changes.reordered)
    assert free.plan.value - 300 * changes >= least.plan.value


def test_a_pinned_visit_stays_however_late_it_gets() -> None:
    """Where something must go, it is not what a coordinator pinned."""
    problem, plan = two_teams()
    cheap = min(plan.order()["s"][1:], key=lambda name: next(v.value for v in problem.visits if v.id == name))
    under_way = {"s": stands(plan, problem, "s", 1, late=HOUR)}
    found = again(problem, plan, under_way=under_way, pinned=[cheap])
    assert cheap in found.plan.order()["s"]


def test_a_pin_that_cannot_hold_is_named() -> None:
    """A visit pinned to a team that is gone is left out with that reason, not given to another."""
    problem, plan = two_teams()
    name = plan.order()["s"][0]
    found = again(problem, plan, under_way={"s": UnderWay(0, 0, BRANCH, absent=True)}, pinned=[name])
    (why,) = (item.reason.code for item in found.plan.unplanned if item.visit == name)
    assert why == "shift_not_allowed"


def test_a_rest_that_is_overdue_is_taken_at_once() -> None:
    """A team that worked through its lunch hour rests before it goes on, instead of losing its afternoon."""
    calls = [visit(f"x{n}", value=1_000 + n, service=1800) for n in range(6)]
    problem = day(calls, shifts=[shift("s", 8.5, 17.5, rest=LUNCH)])
    plan = solve(problem, TRAVEL, QUICK)
    under_way = {"s": replace(stands(plan, problem, "s", 1), free_at=int(13.4 * HOUR), rested=False)}
    found = again(problem, plan, under_way=under_way)
    (route,) = found.plan.routes
    assert route.rest_start == int(13.4 * HOUR)


def test_a_closed_road_is_not_driven() -> None:
    """A village that is cut off is left out with its reason; the others go on."""
    problem, plan = two_teams()
    travel = ClosedRoads(TRAVEL, villages=frozenset({"v1"}))
    found = replan(problem, travel, plan, {}, MayChange.NOTHING, options=QUICK)
    assert check(found.problem, travel, found.plan) == []
    out = {item.visit: item.reason.code for item in found.plan.unplanned}
    assert {out[v.id] for v in problem.visits if v.household.village == "v1"} == {"no_way"}
    assert found.plan.routes


def test_figures_of_the_change_are_of_the_rest_of_the_day() -> None:
    """What was driven already is no saving: with nothing changed no figure changes."""
    problem, plan = two_teams()
    under_way = {route.shift: stands(plan, problem, route.shift, 1) for route in plan.routes}
    changes = again(problem, plan, under_way=under_way).changes
    assert (changes.value, changes.drive_seconds, changes.walk_seconds, changes.metres) == (0, 0, 0, 0)


def test_in_a_child_process_the_answer_is_the_same() -> None:
    """With a budget of steps a day asked twice has one answer, wherever it is reckoned; reasons are kept."""
    problem, plan = two_teams()
    problem = replace(problem, visits=tuple(replace(v, reasons=(Reason("focus"),)) for v in problem.visits))
    under_way = {"s": stands(plan, problem, "s", 1, late=HOUR)}
    more = {"price": 300, "pinned": frozenset[str](), "options": QUICK}
    here = replan(problem, TRAVEL, plan, under_way, MayChange.TEAMS, **more)  # type: ignore[arg-type]
    there = replan_in_child(
        problem, TRAVEL, plan, under_way, MayChange.TEAMS, hard_limit_seconds=60, **more  # type: ignore[arg-type]
    )  # fmt: skip
    assert there == here


def test_every_change_has_a_reason() -> None:
    """Moved because its team is gone, left out for want of room, put in because it must: each is told."""
    problem, plan = two_teams()
    urgent = replace(visit("urgent", "v0", value=100, place=at(4.1, 0.1)), must=True)
    day = replace(problem, visits=(*problem.visits, urgent))
    found = again(day, plan, MayChange.TEAMS, {"s": UnderWay(0, 0, BRANCH, absent=True)})
    why = why_changed(found, {"urgent"})
    changes = found.changes
    changed = {*changes.added, *changes.removed, *changes.reordered, *(one[0] for one in changes.moved)}
    assert why.keys() == changed | {one[0] for one in changes.retimed}
    assert why["urgent"].code == "change_urgent"
    assert {why[name].code for name, before, _ in changes.moved if before == "s"} <= {"change_team_gone"}
    assert all(reason.code in CHANGES or reason.code in UNPLANNED for reason in why.values())


def test_what_a_late_team_cannot_make_is_said_to_be_for_its_lateness() -> None:
    """Another team takes what would be lost, and the reason names the team that has no time left."""
    problem, plan, under_way = late_and_idle()
    found = again(problem, plan, MayChange.TEAMS, under_way, price=10)
    why = why_changed(found, ())
    lost = [why[name] for name, _, _ in found.changes.moved if name in found.lost]
    assert lost == [Reason("change_team_late", {"shift": "s"})]


def test_a_pin_that_cannot_hold_is_the_reason_that_is_told() -> None:
    """A visit that was to stay with a team that is gone says so; who may not go there says something else."""
    problem, plan = two_teams()
    name = plan.order()["s"][0]
    found = again(problem, plan, MayChange.TEAMS, {"s": UnderWay(0, 0, BRANCH, absent=True)}, pinned=[name])
    assert why_changed(found, (), [name])[name] == Reason("change_own_team", {"shift": "s"})
    assert why_changed(found, ())[name].code == "shift_not_allowed"
