"""What routes of whatever solver are worth, by our own timing alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.solve.instance import Instance
from routing.solve.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Judged:
    """Routes that can be kept: one schedule per shift, what they are worth together, and what was dropped for that."""

    schedules: list[Schedule]
    value: int
    stops: int
    dropped: int


def judged(instance: Instance, routes: Sequence[Sequence[int]]) -> Judged:
    """The routes as far as they can be kept, a rest put in where it fits.

    Of a route that cannot be kept the stop worth least is dropped until it can, so a solver that knows no rest loses
    a call and not a day. Raises ``ValueError`` where a visit is made twice or by a shift that may not make it.
    """
    stops = [x for route in routes for x in route]
    if len(set(stops)) < len(stops):
        raise ValueError("a visit is made twice")
    if any(k not in instance.allowed[x] for k, route in enumerate(routes) for x in route):
        raise ValueError("a visit is made by a shift that may not make it")
    schedules = [_kept(instance, k, tuple(route)) for k, route in enumerate(routes)]
    value = sum(instance.value[x][schedule.shift] for schedule in schedules for x in schedule.stops)
    left = sum(len(schedule.stops) for schedule in schedules)
    return Judged(schedules, value, left, len(stops) - left)


def _kept(instance: Instance, shift: int, stops: tuple[int, ...]) -> Schedule:
    schedule = Schedule(instance, shift, stops)
    while not schedule.feasible:
        least = min(schedule.stops, key=lambda x: (instance.value[x][shift], x))
        schedule = Schedule(instance, shift, tuple(x for x in schedule.stops if x != least))
    return schedule
