"""The rest of a day again: what was begun stays, and no more changes than may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import check
from routing.problem import Plan, Problem
from routing.replan import MayChange, Replanned, UnderWay, replan
from routing.solve import SolveOptions, solve
from routing.travel.closed import ClosedRoads
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
    home = at_door.household
    place = home.place or problem.villages[home.village or ""].place
    assert place is not None
    rested = route.rest_start is not None and route.rest_start < last.leave
    return UnderWay(done, last.leave + late, place, home.village, rested=rested)


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


def test_a_late_team_drops_what_is_worth_least() -> None:
    """Two hours late, the team leaves out the least valuable stretch that lets it be home in time."""
    problem, plan = two_teams()
    under_way = {"s": stands(plan, problem, "s", 1, late=2 * HOUR)}
    found = again(problem, plan, under_way=under_way)
    left = found.plan.order().get("s", [])
    before = plan.order()["s"][1:]
    assert [name for name in before if name in left] == [name for name in left if name in before]
    assert set(found.changes.removed) <= set(before)


def test_a_team_that_is_absent_gives_its_visits_to_the_others() -> None:
    """An absent team has no route; what others have time for they take, the rest is named as left out."""
    problem, plan = two_teams()
    under_way = {"s": UnderWay(0, 0, BRANCH, absent=True)}
    found = again(problem, plan, MayChange.TEAMS, under_way)
    assert [route.shift for route in found.plan.routes] == ["t"]
    assert {item.visit for item in found.plan.unplanned} >= set(found.changes.removed)


def test_planned_visits_keep_their_team_where_only_the_order_may_change() -> None:
    """With teams kept no visit changes hands, whatever it would gain."""
    problem, plan = two_teams()
    assert again(problem, plan, MayChange.ORDER).changes.moved == ()


def test_a_price_keeps_visits_with_their_team() -> None:
    """A change of team is made only for what is worth more than its price."""
    problem, plan = two_teams()
    assert again(problem, plan, MayChange.TEAMS, price=10**6).changes.moved == ()


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
