"""Runs the compiled search in chunks, so that budget and progress are looked at about twenty times a second."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Final

from routing.problem import Household, Place, Shift, Team, Visit
from routing.solve.budget import Steps
from routing.solve.core.arrays import day_of, routes_of, stops_of
from routing.solve.core.kernel import begin, search
from routing.solve.instance import Instance, described
from routing.solve.schedule import Schedule
from routing.solve.search import Objective
from routing.solve.villages import mended

_HOT, _COLD = 0.5, 0.01  # temperatures in units of the mean value
_CHUNK: Final = 50
_CHUNK_SECONDS: Final = 0.05


def improve(
    instance: Instance,
    start: Sequence[Schedule],
    objective: Objective,
    rng: random.Random,
    steps: Steps,
    on_best: Callable[[Sequence[Schedule]], None],
) -> list[Schedule]:
    """The best schedules met within ``steps``; at least as good as ``start`` once mended."""
    schedules = mended(instance, start)
    if not all(schedule.feasible for schedule in schedules):
        # Taking a run out broke a route: its times break the triangle inequality. It is filled anew.
        schedules = [s if s.feasible else Schedule(instance, s.shift, ()) for s in schedules]
        schedules = mended(instance, schedules)
    day = day_of(instance, objective)
    routes = routes_of(day, [schedule.stops for schedule in schedules])
    if not begin(day, routes):
        raise ValueError("the compiled timing refuses routes that the plain timing finds feasible")
    best, best_length = routes.stops.copy(), routes.length.copy()
    score, chunk = float("-inf"), _CHUNK
    spent = 0.0
    while count := steps.take(chunk):
        hot, cold = (_HOT * (_COLD / _HOT) ** done for done in (spent, steps.spent))
        spent, began = steps.spent, time.perf_counter()
        found = search(day, routes, best, best_length, rng.getrandbits(31), count, hot, cold)
        if steps.timed:
            rate = count / max(1e-6, time.perf_counter() - began)
            chunk = max(1, int(rate * min(_CHUNK_SECONDS, steps.seconds_left)))
        if found > score:
            score = found
            on_best(_schedules(instance, stops_of(best, best_length)))
    return _schedules(instance, stops_of(best, best_length))


def _schedules(instance: Instance, routes: Sequence[Sequence[int]]) -> list[Schedule]:
    return [Schedule(instance, k, tuple(stops)) for k, stops in enumerate(routes)]


def warm_up() -> None:
    """Load the compiled code, compiling it if need be, by a search over one invented visit."""
    here = Place(0.0, 0.0)
    visit = Visit("x", Household("h", None, here), 0, 1)
    shift = Shift("s", Team("t", ()), 0, 1, here, here)
    instance = described((visit,), (shift,), [[0] * 3 for _ in range(3)])
    steps = Steps.of_number(1)
    improve(instance, [Schedule(instance, 0, ())], Objective(instance, 0.0), random.Random(0), steps, lambda _: None)
