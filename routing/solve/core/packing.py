"""The best selection of the routes met on the way: set packing, solved by OR-Tools' CP-SAT.

Each visit at most once, of each class of shifts at most as many routes as it has shifts, and villages done in one
run a day unless a window is the cause. Routes are columns as in the set partitioning heuristics of Rochat and
Taillard ("Probabilistic diversification and intensification in local search for vehicle routing", J. Heuristics 1,
1995).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
from ortools.sat.python import cp_model_helper

from routing.solve.core.arrays import (
    CLASS,
    DATE,
    LEAVE_AFTER,
    PAID,
    PINNED,
    VILLAGE,
    Best,
    Day,
    Pool,
    routes_of,
    stops_of,
)
from routing.solve.core.kernel import begin

#: One mean visit in units of the model's objective.
_MEAN: Final = 1_000_000

Run = tuple[int, int]  # a village and a day


@dataclass(frozen=True, slots=True)
class Column:
    """A route of ``shift``: its visits, its gain in units of the model, its runs (True: a window is the cause)."""

    shift: int
    stops: tuple[int, ...]
    gain: int
    runs: tuple[tuple[Run, bool], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """How long CP-SAT may take: seconds by the clock or its own deterministic time."""

    seconds: float | None
    effort: float | None


def packed(day: Day, pool: Pool, newest: int, best: Best, limit: Limit, seed: int) -> list[tuple[int, ...]] | None:
    """The visits of each shift in the best selection found; None where it is not better than ``best``."""
    now = stops_of(best.stops, best.length)
    paid = _overtime(day, now)
    incumbent = [_column(day, k, stops, paid[k]) for k, stops in enumerate(now)]
    last = int(pool.size[0])
    pooled = [
        _column(
            day, int(pool.shift[row]), pool.stops[row, 1 : pool.length[row] - 1].tolist(), float(pool.overtime[row])
        )
        for row in range(max(0, last - newest), last)
    ]
    columns = [column for column in [*incumbent, *pooled] if column.stops]
    chosen = _selected(day, columns, sum(1 for column in incumbent if column.stops), limit, seed)
    if chosen is None:
        return None
    return _assigned(day, chosen)


def _overtime(day: Day, stops: Sequence[Sequence[int]]) -> list[float]:
    """What the overtime of each route costs."""
    if not day.paid:
        return [0.0] * len(stops)
    routes = routes_of(day, stops)
    begin(day, routes)
    backs = routes.times[np.arange(len(stops)), routes.length - 1, LEAVE_AFTER]
    late = np.where(routes.length > 2, np.maximum(0, backs - day.shift[:, PAID]), 0)
    dear: list[float] = (late * day.overtime).tolist()
    return dear


def _column(day: Day, k: int, stops: Sequence[int], overtime: float = 0.0) -> Column:
    visits, shifts = day.value.shape
    rows = [visits + k, *stops, visits + shifts + k]
    travel = int(day.seconds[rows[:-1], rows[1:]].sum())
    gain = float(day.value[list(stops), k].sum()) - day.second * travel - overtime
    date = int(day.shift[k, DATE])
    runs = tuple(
        ((village, date), any(bool(day.bound[x, k]) for x in members))
        for village, members in groupby(stops, key=lambda x: int(day.visit[x, VILLAGE]))
        if village >= 0
    )
    return Column(k, tuple(stops), round(_MEAN * gain), runs)


def _selected(day: Day, columns: Sequence[Column], hinted: int, limit: Limit, seed: int) -> list[Column] | None:
    """The best selection; None where CP-SAT finds none better than the first ``hinted`` columns."""
    model = _Model(len(columns))
    by_visit: dict[int, list[int]] = defaultdict(list)
    by_class: dict[int, list[int]] = defaultdict(list)
    for number, column in enumerate(columns):
        by_class[int(day.shift[column.shift, CLASS])].append(number)
        for x in column.stops:
            by_visit[x].append(number)
    for some in by_visit.values():
        model.at_most(some, 1)
    classes = day.shift[:, CLASS].tolist()
    for kind, some in by_class.items():
        if any(day.visit[x, PINNED] for number in some for x in columns[number].stops):
            # A shift with pinned stops is a class of its own, and each of its routes has them all: one must be taken.
            model.exactly_one(some)
        else:
            model.at_most(some, classes.count(kind))
    gains = dict(enumerate(column.gain for column in columns))
    _keep_whole(day, model, columns, gains)
    chosen = model.best(gains, range(hinted), limit, seed)
    if chosen is None:
        return None
    taken = [number for number in chosen if number < len(columns)]
    return None if taken == list(range(hinted)) else [columns[number] for number in taken]


def _keep_whole(day: Day, model: _Model, columns: Sequence[Column], gains: dict[int, int]) -> None:
    """Let a village have one run a day without a window as its cause; further runs cost."""
    price = round(_MEAN * day.split)
    loose: dict[Run, list[int]] = defaultdict(list)
    every: dict[Run, list[int]] = defaultdict(list)
    for number, column in enumerate(columns):
        for run, bound in column.runs:
            every[run].append(number)
            if not bound:
                loose[run].append(number)
    for run, some in every.items():
        model.at_most(loose[run], 1)
        if len(loose[run]) == len(some):
            continue
        for number in some:
            gains[number] -= price
        first = model.variable()
        gains[first] = price
        model.only_if_any(first, sorted(set(some)))


class _Model:
    """A model of yes and no: CP-SAT by its protocol buffers, as its Python layer loads pandas, half a second's work."""

    def __init__(self, variables: int) -> None:
        self._proto: Any = cp_model_helper.CpModelProto()
        for _ in range(variables):
            self.variable()

    def variable(self) -> int:
        """A further variable."""
        self._proto.variables.add().domain.extend([0, 1])
        return len(self._proto.variables) - 1

    def at_most(self, some: Sequence[int], number: int) -> None:
        """Of these at most so many, each as often as it is listed."""
        if len(some) <= number:
            return
        if number == 1 and len(set(some)) == len(some):
            self._proto.constraints.add().at_most_one.literals.extend(some)
            return
        linear = self._proto.constraints.add().linear
        counts = Counter(some)
        linear.vars.extend(counts.keys())
        linear.coeffs.extend(counts.values())
        linear.domain.extend([0, number])

    def exactly_one(self, some: Sequence[int]) -> None:
        """One of these."""
        self._proto.constraints.add().exactly_one.literals.extend(some)

    def only_if_any(self, variable: int, some: Sequence[int]) -> None:
        """This one only if any of those."""
        self._proto.constraints.add().bool_or.literals.extend([-variable - 1, *some])

    def best(self, gains: Mapping[int, int], hinted: Collection[int], limit: Limit, seed: int) -> list[int] | None:
        """The variables that are true in the solution with the highest gain that was found."""
        proto = self._proto
        proto.objective.vars.extend(gains.keys())
        proto.objective.coeffs.extend([-gain for gain in gains.values()])
        variables = range(len(proto.variables))
        proto.solution_hint.vars.extend(variables)
        proto.solution_hint.values.extend([int(number in hinted) for number in variables])
        parameters: Any = cp_model_helper.SatParameters()
        parameters.num_workers = 1
        parameters.symmetry_level = 0
        parameters.random_seed = seed
        if limit.seconds is not None:
            parameters.max_time_in_seconds = limit.seconds
        if limit.effort is not None:
            parameters.max_deterministic_time = limit.effort
        solver: Any = cp_model_helper.SolveWrapper()
        solver.set_parameters(parameters)
        answer = solver.solve(proto)
        if answer.status not in (cp_model_helper.OPTIMAL, cp_model_helper.FEASIBLE):
            return None
        return [number for number, value in enumerate(answer.solution) if value]


def _assigned(day: Day, chosen: Sequence[Column]) -> list[tuple[int, ...]]:
    """A shift for each route: the one it was met on where that is free, else another of its class."""
    classes = day.shift[:, CLASS].tolist()
    routes: list[tuple[int, ...]] = [()] * len(classes)
    waiting = []
    for column in chosen:
        if routes[column.shift]:
            waiting.append(column)
        else:
            routes[column.shift] = column.stops
    for column in waiting:
        free = (k for k, number in enumerate(classes) if number == classes[column.shift] and not routes[k])
        routes[next(free)] = column.stops
    return routes
