"""Ruin and recreate over whole days, with villages kept whole by construction.

Improves what OR-Tools found: some stops are taken out (a stretch of a route, a whole village, or
single doors), then visits are put in again greedily by an order drawn at random, and the result is
kept by the rule of annealing. Schrimpf et al., "Record breaking optimization results using the
ruin and recreate principle", J. Comput. Phys. 159 (2000).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from routing.solve.budget import Steps
from routing.solve.insertion import Routes
from routing.solve.instance import Instance
from routing.solve.parameters import SearchParameters
from routing.solve.schedule import Schedule
from routing.solve.villages import extra_runs, mended

_NEARBY_ROUTES = 3


class Objective:
    """Value of the planned visits less the price of split villages and overtime, and a trifle for travel.

    First of all comes what must be made.

    In units of value / :attr:`SCALE`; a mean visit is worth as much as SCALE seconds of travel, so travel
    decides between plans of equal value and against a worthless detour only.
    """

    SCALE = 100_000

    def __init__(self, instance: Instance, split_cost: float) -> None:
        worth = [value for value in instance.most if value > 0]
        self.mean = max(1, sum(worth) // max(1, len(worth)))
        self.split = int(split_cost * self.mean)
        # More than all other visits, all prices of splits, all overtime and all travel together.
        rest = len(instance.visits) * (self.split + 1) + len(instance.shifts) * self.mean
        rest += sum(shift.overtime_cost(shift.latest_end) for shift in instance.shifts)
        self.must = sum(worth) + rest if any(instance.must) else 0
        self._instance = instance

    def prize(self, visit: int, shift: int) -> int:
        """What planning ``visit`` on ``shift`` gains, fen: its value, and far more than that where it must be made."""
        return self._instance.value[visit][shift] + (self.must if self._instance.must[visit] else 0)

    def highest(self, visit: int) -> int:
        """The highest :meth:`prize` on any shift that may make the visit."""
        return self._instance.most[visit] + (self.must if self._instance.must[visit] else 0)

    def of(self, schedules: Sequence[Schedule]) -> int:
        """The objective, to be maximised."""
        value = sum(self.prize(x, schedule.shift) for schedule in schedules for x in schedule.stops)
        value -= self.split * extra_runs(self._instance, schedules)
        value -= sum(schedule.cost for schedule in schedules)
        return self.SCALE * value - self.mean * sum(schedule.travel for schedule in schedules)


def improve(
    instance: Instance,
    start: Sequence[Schedule],
    objective: Objective,
    rng: random.Random,
    steps: Steps,
    on_best: Callable[[Sequence[Schedule]], None],
    parameters: SearchParameters,
) -> list[Schedule]:
    """The best schedules met within ``steps``; at least as good as ``start`` once mended.

    Of the parameters only those of annealing count here.
    """
    hot, cold = parameters.annealing.hot, parameters.annealing.cold
    search = _Search(instance, objective, rng)
    current = search.recreate(mended(instance, start), range(len(instance.shifts)))
    best, score = list(current), objective.of(current)
    best_score = score
    while instance.visits and instance.shifts and steps.take(1):
        temperature = objective.SCALE * objective.mean * hot * (cold / hot) ** steps.spent
        ruined = search.ruin(current)
        if ruined is None:
            continue
        kept, touched = ruined
        candidate = search.recreate(kept, touched)
        new_score = objective.of(candidate)
        if new_score >= score or rng.random() < math.exp((new_score - score) / temperature):
            current, score = candidate, new_score
            if score > best_score:
                best, best_score = list(current), score
                on_best(best)
    return best


class _Search:
    def __init__(self, instance: Instance, objective: Objective, rng: random.Random) -> None:
        self.instance = instance
        self.objective = objective
        self.rng = rng
        self.worth = [x for x, allowed in enumerate(instance.allowed) if allowed]

    def ruin(self, schedules: Sequence[Schedule]) -> tuple[list[Schedule], list[int]] | None:
        """Schedules with stops taken out and the shifts to refill; None where that broke a route."""
        rng = self.rng
        ruined = list(schedules)
        busy = [s.shift for s in schedules if s.stops]
        touched = set(rng.sample(busy, min(len(busy), rng.randint(1, 2))))
        for shift in sorted(touched):
            stops = schedules[shift].stops
            draw = rng.random()
            if draw < 0.5:
                length = rng.randint(1, min(10, len(stops)))
                first = rng.randint(0, len(stops) - length)
                kept = stops[:first] + stops[first + length :]
            elif draw < 0.8:
                gone = {self.instance.village[rng.choice(stops)] for _ in range(rng.randint(1, 2))}
                kept = tuple(x for x in stops if self.instance.village[x] not in gone)
            else:
                out = set(rng.sample(stops, rng.randint(1, min(5, len(stops)))))
                kept = tuple(x for x in stops if x not in out)
            if self.instance.pinned:
                stay = {*kept, *self.instance.pinned}
                kept = tuple(x for x in stops if x in stay)
            ruined[shift] = Schedule(self.instance, shift, kept)
        ruined = mended(self.instance, ruined)
        if not all(schedule.feasible for schedule in ruined):
            return None  # travel times that break the triangle inequality
        others = [k for k in range(len(schedules)) if k not in touched]
        touched.update(rng.sample(others, min(len(others), _NEARBY_ROUTES)))
        return ruined, sorted(touched)

    def recreate(self, schedules: Sequence[Schedule], shifts: Sequence[int]) -> list[Schedule]:
        """Fill the routes of ``shifts`` with every visit that fits, in an order drawn at random."""
        routes = Routes(self.instance, schedules)
        planned = {x for schedule in schedules for x in schedule.stops}
        for x in self._order([x for x in self.worth if x not in planned], routes, shifts):
            spot = routes.best_spot(x, shifts, self.objective.split)
            if spot is not None:
                routes.insert(x, spot)
        return routes.schedules

    def _order(self, visits: list[int], routes: Routes, shifts: Sequence[int]) -> list[int]:
        """What must be made first, else drawn at random."""
        drawn = self._drawn(visits, routes, shifts)
        return sorted(drawn, key=lambda x: not self.instance.must[x]) if self.objective.must else drawn

    def _drawn(self, visits: list[int], routes: Routes, shifts: Sequence[int]) -> list[int]:
        rng, inst = self.rng, self.instance
        draw = rng.random()
        if draw < 0.1:
            rng.shuffle(visits)
            return visits
        if draw < 0.3:
            return sorted(visits, key=lambda x: (-inst.most[x], x))
        power = rng.uniform(0.5, 2.0)
        favoured = inst.village[rng.choice(visits)] if visits and draw < 0.65 else -1
        weighed = []
        for x in visits:
            spot = routes.best_spot(x, shifts)
            if spot is None:
                continue
            weight = max(1, inst.most[x]) ** power / max(1.0, spot.effort) * rng.uniform(0.7, 1.0)
            weighed.append((-weight * (4.0 if inst.village[x] == favoured else 1.0), x))
        return [x for _, x in sorted(weighed)]
