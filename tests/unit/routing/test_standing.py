"""Where a team stands in the middle of its day."""

from __future__ import annotations

from routing.problem import Problem, Route, Shift
from routing.solve import solve
from routing.standing import Stands, Word, standing
from tests.unit.routing.days import HOUR, LUNCH, MINUTE, QUICK, TRAVEL, day, shift, village, visit


def planned() -> tuple[Problem, Shift, Route]:
    """Six calls of an hour in two villages, planned for one team with a rest."""
    villages = [village("v", 5), village("w", 8)]
    calls = [visit(f"x{n}", "vw"[n // 3], service=HOUR, value=1_000 + n) for n in range(6)]
    problem = day(calls, villages, [shift("s", 8.5, 18, rest=LUNCH)])
    (route,) = solve(problem, TRAVEL, QUICK).routes
    assert len(route.stops) == 6
    return problem, problem.shifts[0], route


def stands(now: int, reported: dict[int, int] | None = None, word: Word | None = None, **more: object) -> Stands:
    """Where the team of the planned day stands; reports by the number of the stop."""
    problem, team, route = planned()
    doors = {one.id: one for one in problem.visits}
    told = {route.stops[n].visit: when for n, when in (reported or {}).items()}
    return standing(problem, doors, team, route, now, told, word or Word(), **more)  # type: ignore[arg-type]


def test_before_the_day_begins_nothing_is_begun() -> None:
    """In the morning the whole day is free."""
    assert stands(7 * HOUR) == Stands((), None)


def test_by_its_plan_a_team_is_at_the_stop_it_was_to_set_out_for() -> None:
    """Nothing was heard: what was to be begun by now is begun, and the team is free when that is over."""
    _, _, route = planned()
    found = stands(route.stops[1].arrival + MINUTE)
    assert found.begun == tuple(stop.visit for stop in route.stops[:2])
    assert found.under_way is not None
    assert (found.under_way.done, found.under_way.free_at) == (2, route.stops[1].leave)


def test_a_report_tells_how_late_a_team_is() -> None:
    """An hour behind at the last report, so an hour behind at the next stop; earlier stops count as begun."""
    _, _, route = planned()
    told = route.stops[1].leave + HOUR
    found = stands(told + MINUTE, {1: told})
    assert found.begun == tuple(stop.visit for stop in route.stops[:3])
    assert found.under_way is not None
    assert found.under_way.free_at == route.stops[2].leave + HOUR


def test_what_is_said_goes_before_what_is_reported() -> None:
    """A team that calls to say that it is two hours late has begun nothing that was planned for the last two hours."""
    _, _, route = planned()
    found = stands(route.stops[2].arrival, word=Word(late=4 * HOUR))
    assert found.begun == ()
    assert found.under_way is not None
    assert found.under_way.free_at == 8.5 * HOUR + 4 * HOUR


def test_a_team_that_is_held_up_goes_on_when_it_says() -> None:
    """A broken car: free at two, from where it stands."""
    _, _, route = planned()
    found = stands(route.stops[1].arrival, word=Word(free_at=14 * HOUR))
    assert found.under_way is not None
    assert found.under_way.free_at == 14 * HOUR
    assert found.under_way.village in ("v", "w")


def test_an_absent_team_has_done_what_it_reported_and_no_more() -> None:
    """What it was to do by now is free for others."""
    _, _, route = planned()
    found = stands(route.stops[4].arrival, {0: route.stops[0].leave}, Word(absent=True))
    assert found.begun == (route.stops[0].visit,)
    assert found.under_way is not None
    assert found.under_way.absent


def test_nobody_is_on_the_way_into_a_closed_village() -> None:
    """The stops there are not begun, however late it is."""
    problem, _, route = planned()
    doors = {one.id: one.household.village for one in problem.visits}
    found = stands(17 * HOUR, cut_off=frozenset({"w"}))
    assert found.begun == tuple(stop.visit for stop in route.stops if doors[stop.visit] == "v")


def test_a_stop_that_another_team_made_is_done_and_tells_nothing_of_this_one() -> None:
    """It is no report of this team's: its own day goes on as it was planned."""
    _, _, route = planned()
    last = route.stops[5].visit
    found = stands(route.stops[0].arrival, elsewhere=frozenset({last}))
    assert found.begun == (route.stops[0].visit, last)
    assert found.under_way is not None
    assert found.under_way.free_at == route.stops[0].leave


def test_a_rest_that_was_due_is_taken() -> None:
    """After it the rest of the day has none."""
    _, _, route = planned()
    assert route.rest_start is not None
    after = next(stop for stop in route.stops if stop.arrival > route.rest_start)
    before = stands(route.stops[0].arrival).under_way
    later = stands(after.arrival + MINUTE).under_way
    assert before is not None
    assert later is not None
    assert (before.rested, later.rested) == (False, True)


def test_a_team_without_a_route_can_start_no_earlier_than_now() -> None:
    """Idle until noon, it is free at noon."""
    problem, team, _ = planned()
    found = standing(problem, {}, team, None, 12 * HOUR, {})
    assert found.under_way is not None
    assert (found.under_way.done, found.under_way.free_at) == (0, 12 * HOUR)
