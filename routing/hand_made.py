"""A plan that a person made by hand: its times as they would come about, whatever rules it breaks.

Nothing is moved or left out. What is wrong with the result is then for :func:`routing.check.check` to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from routing.problem import Plan, Problem, Reason, Route, Shift, Stop, TimeWindow, Unplanned, Visit
from routing.solve.instance import instance_of
from routing.solve.planner import plan_of
from routing.solve.schedule import Schedule
from routing.travel.journey import journey_of
from routing.travel.legs import UNREACHABLE, Travel, end_of, point_of_visit, start_of

ENGINE = "by hand"


def timed(problem: Problem, travel: Travel, order: Mapping[str, Sequence[str]]) -> Plan:
    """The plan with these visits on each shift in this order, by id.

    An order that can be kept gets the planner's own times. In one that cannot, a team leaves when its shift
    begins, waits for a window that is still to open and calls at once where all have closed; its rest comes
    at the first moment allowed between two calls, or before a call that would leave no time for it. Raises
    KeyError for a visit or a shift that the problem has not.
    """
    visits = {visit.id: visit for visit in problem.visits}
    shifts = {shift.id: shift for shift in problem.shifts}
    planned_by = {shifts[name].id: [visits[stop] for stop in stops] for name, stops in sorted(order.items()) if stops}
    kept = _as_planned(problem, travel, planned_by)
    routes = [kept.get(name) or _route(problem, travel, shifts[name], calls) for name, calls in planned_by.items()]
    planned = {stop.visit for route in routes for stop in route.stops}
    value = sum(visits[stop.visit].value_on(route.shift) for route in routes for stop in route.stops)
    left = tuple(Unplanned(name, Reason("left_by_hand")) for name in sorted(visits.keys() - planned))
    cost = sum(shifts[route.shift].overtime_cost(route.end) for route in routes)
    return Plan(tuple(routes), left, value, ENGINE, cost)


def _as_planned(problem: Problem, travel: Travel, order: Mapping[str, Sequence[Visit]]) -> dict[str, Route]:
    """The routes of those shifts whose order can be kept, timed as the planner times them."""
    calls = {visit.id: visit for visits in order.values() for visit in visits}
    instance = instance_of(problem, list(calls.values()), travel)
    number = {visit.id: x for x, visit in enumerate(instance.visits)}
    schedules = [
        Schedule(instance, k, tuple(number[visit.id] for visit in order[shift.id]))
        for k, shift in enumerate(instance.shifts)
        if shift.id in order
    ]
    feasible = [schedule for schedule in schedules if schedule.feasible]
    return {route.shift: route for route in plan_of(problem, feasible, travel, ()).routes}


def _route(problem: Problem, travel: Travel, shift: Shift, visits: Sequence[Visit]) -> Route:
    points = [start_of(shift), *(point_of_visit(visit, problem.villages) for visit in visits), end_of(shift)]
    legs = travel.between(points, points).seconds
    clock, rested = shift.start, None
    stops = []
    for number, visit in enumerate(visits):
        clock, rested = _travelled(shift, clock, _seconds(int(legs[number, number + 1])), rested)
        begin = _call(visit.windows, clock)
        if rested is None and (rest := _rest_before(shift, clock, begin, begin + visit.service)) is not None:
            rested, clock = rest
            begin = _call(visit.windows, clock)
        stops.append(Stop(visit.id, begin, begin + visit.service))
        clock = begin + visit.service
    clock, rested = _travelled(shift, clock, _seconds(int(legs[-2, -1])), rested)
    if rested is None and shift.rest is not None and shift.rest.seconds > 0:
        rested = max(clock, shift.rest.earliest)  # after the return
    journey = journey_of(shift, visits, problem.villages, travel)
    return Route(
        shift.id, tuple(stops), shift.start, clock, rested, journey.drive_seconds, journey.walk_seconds, journey.metres
    )  # fmt: skip


def _seconds(leg: int) -> int:
    """A leg that cannot be travelled takes no time here: the checker names it."""
    return 0 if leg >= UNREACHABLE else leg


def _travelled(shift: Shift, leave: int, leg: int, rested: int | None) -> tuple[int, int | None]:
    """When a leg is over, and when the rest began if it was taken on it, as soon as it may be."""
    rest = shift.rest
    if rested is not None or rest is None or rest.seconds <= 0 or leave + leg < rest.earliest:
        return leave + leg, rested
    begin = max(leave, rest.earliest)
    return leave + leg + rest.seconds, begin


def _rest_before(shift: Shift, clock: int, begin: int, leave: int) -> tuple[int, int] | None:
    """When a rest at the door begins and ends: while waiting there, or because it would be too late after the call."""
    rest = shift.rest
    if rest is None or rest.seconds <= 0:
        return None
    start = max(clock, rest.earliest)
    over = start + rest.seconds
    if over <= begin or (over <= rest.latest < leave + rest.seconds):
        return start, over
    return None


def _call(windows: Sequence[TimeWindow], clock: int) -> int:
    """When the call begins: at once where it may or where no window will open any more, else when one opens."""
    open_now = any(window.open <= clock <= window.close for window in windows)
    coming = [window.open for window in windows if window.open > clock]
    return clock if open_now or not coming else min(coming)
