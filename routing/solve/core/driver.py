"""Runs the compiled search in chunks, so that budget and progress are looked at about twenty times a second."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Final

from routing.problem import Household, Place, Shift, Team, Visit
from routing.solve.budget import Steps
from routing.solve.core.arrays import best_of, day_of, pool_of, rates_of, routes_of, stops_of, work_of
from routing.solve.core.kernel import begin, keep, objective, search
from routing.solve.core.packing import Limit, packed
from routing.solve.instance import Instance, described
from routing.solve.parameters import Master, SearchParameters
from routing.solve.schedule import Schedule
from routing.solve.search import Objective
from routing.solve.villages import mended

_CHUNK: Final = 250
_CHUNK_SECONDS: Final = 0.05

OnBest = Callable[[Sequence[Schedule]], None]


def improve(
    instance: Instance,
    start: Sequence[Schedule],
    weights: Objective,
    rng: random.Random,
    steps: Steps,
    on_best: OnBest,
    parameters: SearchParameters,
) -> list[Schedule]:
    """The best schedules met within ``steps``; at least as good as ``start`` once mended."""
    search = _Search(instance, start, weights, rng, parameters)
    score, chunk, spent = float("-inf"), _CHUNK, 0.0
    due = _Due(parameters.master, steps) if len(instance.shifts) > 1 else None
    while count := steps.take(chunk):
        began = time.perf_counter()
        search.anneal(count, spent, steps.spent)
        spent = steps.spent
        if steps.timed:
            rate = count / max(1e-6, time.perf_counter() - began)
            chunk = max(1, int(rate * min(_CHUNK_SECONDS, steps.seconds_left)))
        if due is not None and due.now():
            search.pack(due.limit())
            steps.packings += 1
        if search.best.score[0] > score:
            score = search.best.score[0]
            on_best(search.schedules())
    return search.schedules()


class _Due:
    """When the master is to be solved next and for how long."""

    def __init__(self, master: Master, steps: Steps) -> None:
        self._master = master
        self._steps = steps
        self._next = master.first
        seconds = steps.seconds_left if steps.timed else None
        if seconds is not None and seconds < master.least_seconds:
            self._next = 2.0
        self._seconds = None if seconds is None else seconds * master.share
        self._effort = None if seconds is not None else steps.most * master.effort / 1_000

    def now(self) -> bool:
        """Whether it is due; if so, it is due again a while later."""
        if self._steps.spent < self._next or self._steps.spent >= 1.0:
            return False
        self._next = self._steps.spent + self._master.every
        return True

    def limit(self) -> Limit:
        """How long it may take."""
        return Limit(None if self._seconds is None else min(self._seconds, self._steps.seconds_left), self._effort)


class _Search:
    """The state of one search."""

    def __init__(
        self,
        instance: Instance,
        start: Sequence[Schedule],
        weights: Objective,
        rng: random.Random,
        parameters: SearchParameters,
    ) -> None:
        self._instance = instance
        self._rng = rng
        self._parameters = parameters
        self._rates = rates_of(parameters)
        self._day = day_of(instance, weights, parameters.ruin.nearest)
        self._routes = routes_of(self._day, [schedule.stops for schedule in _sound(instance, start)])
        if not begin(self._day, self._routes):
            raise ValueError("the compiled timing refuses routes that the plain timing finds feasible")
        self.best = best_of(self._routes, objective(self._day, self._routes))
        self._work = work_of(self._day, self._routes)
        pooled = parameters.master.most if len(instance.shifts) > 1 else 0
        self._pool = pool_of(self._day, self._routes, pooled, rng)

    def anneal(self, count: int, spent: float, then: float) -> None:
        """So many steps while the budget goes from ``spent`` to ``then``."""
        annealing = self._parameters.annealing
        hot, cold = (annealing.hot * (annealing.cold / annealing.hot) ** done for done in (spent, then))
        seed = self._rng.getrandbits(31)
        search(
            self._day, self._routes, self.best, self._pool, self._work, self._rates, seed, count, hot, cold
        )

    def pack(self, limit: Limit) -> None:
        """Solve the master and go on from what it finds, if that is better."""
        seed, master = self._rng.getrandbits(31), self._parameters.master
        stops = packed(self._day, self._pool, master.newest, self.best, limit, seed)
        if self._pool.size[0] > 0.8 * master.most:
            self._pool.size[0] = 0
            self._pool.seen[:] = 0
        if stops is None:
            return
        found = routes_of(self._day, stops)
        if not begin(self._day, found):
            raise ValueError("the pool had a route that cannot be kept")
        score = objective(self._day, found)
        if score <= self.best.score[0] + 1e-9:
            return
        for now, new in zip(self._routes, found, strict=True):
            if now.shape != new.shape:
                raise ValueError("the width of the routes has changed")
            now[...] = new
        self.best.stale[:] = True
        keep(self._routes, self.best, score)

    def schedules(self) -> list[Schedule]:
        """The best routes so far."""
        stops = stops_of(self.best.stops, self.best.length)
        return [Schedule(self._instance, k, tuple(visits)) for k, visits in enumerate(stops)]


def _sound(instance: Instance, start: Sequence[Schedule]) -> list[Schedule]:
    """The schedules without what splits villages or cannot be kept."""
    schedules = mended(instance, start)
    if all(schedule.feasible for schedule in schedules):
        return schedules
    # Taking a run out broke a route: its times break the triangle inequality. It is filled anew.
    return mended(instance, [s if s.feasible else Schedule(instance, s.shift, ()) for s in schedules])


def warm_up() -> None:
    """Load the compiled code, compiling it if need be, by a search over one invented visit."""
    here = Place(0.0, 0.0)
    visit = Visit("x", Household("h", None, here), 0, 1)
    shift = Shift("s", Team("t", ()), 0, 1, here, here)
    instance = described((visit,), (shift,), [[0] * 3 for _ in range(3)])
    start, weights = [Schedule(instance, 0, ())], Objective(instance, 0.0)
    improve(instance, start, weights, random.Random(0), Steps.of_number(1), lambda _: None, SearchParameters())
