"""An instance and its routes as arrays, for compiled code.

Rows are those of :class:`routing.solve.instance.Instance`. Values are in units of the mean value. What is
asked for together lies together, and few arrays are passed: each costs where it passes.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.solve.instance import NEVER, Instance
from routing.solve.parameters import SearchParameters
from routing.solve.schedule import Rest
from routing.solve.search import Objective

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Columns of :attr:`Day.visit`: service; first window; when the last one closes; village, −1 where no other
#: visit shares it; whether it must be made; whether it is pinned to where it is.
SERVICE, OPENS, CLOSES, LAST, VILLAGE, MUST, PINNED = range(7)
#: Columns of :attr:`Day.shift`: working time, overtime included; rest (no length: none); from when on overtime is
#: paid; number of the day; how many of the first stops nothing may come between; class of shifts that may swap routes.
START, END, EARLIEST, LATEST, PAUSE, PAID, DATE, LOCKED, CLASS = range(9)
#: At most so many routes are tried for one visit in one step.
_TRIES: Final = 40

#: Columns of :attr:`Routes.times`, those of :class:`routing.solve.schedule.Schedule`.
LEAVE_BEFORE, LEAVE_AFTER, REACH_BEFORE, REACH_AFTER = range(4)


class Day(NamedTuple):
    """What does not change: n visits, m shifts, at most w windows a visit; N = n + 2m rows.

    ``split`` is what a second run into a village costs, ``second`` a second of travel, ``overtime`` one of overtime.
    """

    seconds: Ints  #: (N, N) legs
    visit: Ints  #: (N, 7) see :data:`SERVICE`
    windows: Ints  #: (N, w, 2), filled up with windows that never open
    shift: Ints  #: (m, 9) see :data:`START`
    overtime: Floats  #: (m,)
    value: Floats  #: (n, m) what a visit gains on a shift
    most: Floats  #: (n,) the highest of them; 0 where no shift may make it
    dearer: Floats  #: (n, m) how much dearer its seconds are than where it gains most; 0: not allowed
    bound: Flags  #: (n, m)
    near: Ints  #: (n, ≤ nearest) nearest visits first, itself among them
    split: float
    second: float
    paid: bool  #: whether any overtime costs something


class Routes(NamedTuple):
    """What changes. ``stops[k, :length[k]]`` are the rows of shift k's route, its two ends included.

    ``runs`` counts for each village and day all runs and those without a window as their cause.
    """

    stops: Ints  #: (m, width)
    length: Ints  #: (m,)
    times: Ints  #: (m, width, 4) see :data:`LEAVE_BEFORE`
    travel: Ints  #: (m,) seconds
    prize: Floats  #: (m,) value of the stops less what overtime costs
    shift_of: Ints  #: (n,), −1 where left out
    runs: Ints  #: (g, days, 2)
    here: Ints  #: (g, m) runs by shift
    extra: Ints  #: (1,) runs beyond the first of each village and day


class Best(NamedTuple):
    """The best routes met; ``stale[k]``: route k has changed since."""

    stops: Ints  #: (m, width)
    length: Ints  #: (m,)
    stale: Flags  #: (m,)
    score: Floats  #: (1,) their objective


class Pool(NamedTuple):
    """Routes met on the way, each set of visits once for each class of shifts."""

    shift: Ints  #: (most,)
    stops: NDArray[np.int32]  #: (most, width), the two ends included
    length: Ints  #: (most,)
    overtime: Floats  #: (most,) what their overtime costs
    size: Ints  #: (1,) how many there are
    seen: NDArray[np.uint64]  #: hashes with open addressing, a power of two of them; 0: free
    mark: NDArray[np.uint64]  #: (n + m,) random numbers: a hash is those of the visits and of the class


class Rates(NamedTuple):
    """The parameters of :class:`routing.solve.options.SearchParameters` that compiled code needs."""

    ruin: float
    string: float
    spare: float
    villages: float
    all: int
    near: int
    random: int
    by_ratio: float
    by_value: float
    by_chance: float
    least_power: float
    most_power: float
    by_delay: float
    blink: float
    liking: float
    favour: float
    within: float


class Work(NamedTuple):
    """Room to work in, so that no step asks for memory. What it holds between steps means nothing."""

    stops: Ints  #: (m, width) touched routes as they were before the step
    length: Ints
    times: Ints
    travel: Ints
    prize: Floats
    touched: Flags  #: (m,)
    marked: Flags  #: (m,)
    always: Ints  #: (m,) routes tried for every candidate
    changes: Ints  #: (m,) insertions in this step
    out: Flags  #: (n,) visits taken out in this step
    seen: Flags  #: (n,)
    line: Ints  #: (width,)
    removed: Ints  #: (n,)
    chosen: Ints  #: (n,)
    keys: Floats  #: (n,)
    tried: Ints  #: (n, t) routes to try for a candidate, and for each of them
    rule: Ints  #: (n, t) the rule of villages,
    cost: Floats  #: (n, t) the cost of the cheapest spot
    spot: Ints  #: (n, t) and its position, −1 for none
    waiting: Ints  #: (g,) candidates of each village
    liking: Floats  #: (g,)


def day_of(instance: Instance, objective: Objective, nearest: int) -> Day:
    """The arrays of an instance with at least one visit and one shift; so many ``nearest`` visits are known to each."""
    mean, visits, shifts = objective.mean, len(instance.visits), len(instance.shifts)
    seconds = np.array(instance.seconds, dtype=np.int64)
    windows = _windows(instance)
    visit = np.zeros((len(seconds), 7), dtype=np.int64)
    visit[:visits, SERVICE] = instance.service[:visits]
    visit[:, OPENS], visit[:, CLOSES] = windows[:, 0, 0], windows[:, 0, 1]
    visit[:, LAST] = windows[:, :, 1].max(axis=1)
    visit[:, VILLAGE] = -1
    visit[:visits, VILLAGE] = _shared(instance.village)
    visit[:visits, MUST] = instance.must
    visit[sorted(instance.pinned), PINNED] = 1
    dearer = np.zeros((visits, shifts))
    bound = np.zeros((visits, shifts), dtype=np.bool_)
    for x in range(visits):
        for k in instance.allowed[x]:
            dearer[x, k] = instance.dearer(x, k)
        bound[x, list(instance.bound[x])] = True
    value = np.array(instance.value, dtype=np.float64) + objective.must * visit[:visits, MUST : MUST + 1]
    between = seconds[:visits, :visits] + seconds[:visits, :visits].T
    np.fill_diagonal(between, -1)
    day = Day(
        seconds=seconds,
        visit=visit,
        windows=windows,
        shift=_shifts(instance),
        overtime=np.array([s.overtime_rate / 3600 / mean if s.overtime else 0.0 for s in instance.shifts]),
        value=value / mean,
        most=np.where(dearer > 0.0, value, 0.0).max(axis=1) / mean,
        dearer=dearer,
        bound=bound,
        near=np.ascontiguousarray(np.argsort(between, axis=1, kind="stable")[:, :nearest]),
        split=objective.split / mean,
        second=1.0 / objective.SCALE,
        paid=any(shift.overtime and shift.overtime_rate for shift in instance.shifts),
    )
    day.shift[:, CLASS] = _classes(day, set(instance.pinned.values()))
    return day


def rates_of(parameters: SearchParameters) -> Rates:
    """The parameters as compiled code wants them."""
    ruin, recreate = parameters.ruin, parameters.recreate
    return Rates(
        ruin=ruin.most,
        string=ruin.string,
        spare=ruin.spare,
        villages=ruin.villages,
        all=recreate.all,
        near=recreate.near,
        random=recreate.random,
        by_ratio=recreate.by_ratio,
        by_value=recreate.by_value,
        by_chance=recreate.by_chance,
        least_power=recreate.least_power,
        most_power=recreate.most_power,
        by_delay=recreate.by_delay,
        blink=recreate.blink,
        liking=recreate.liking,
        favour=recreate.favour,
        within=parameters.master.within,
    )


def _windows(instance: Instance) -> Ints:
    visits = len(instance.visits)
    most = max(len(windows) for windows in instance.windows)
    table = np.empty((visits + 2 * len(instance.shifts), most, 2), dtype=np.int64)
    table[:] = (2 * NEVER, -2 * NEVER)
    table[visits:, 0] = (-NEVER, NEVER)
    for x, spans in enumerate(instance.windows):
        table[x, : len(spans)] = spans
    return table


def _shared(village: Sequence[int]) -> Ints:
    """The villages with more than one visit, numbered anew; −1 for a visit that is alone in its village."""
    names, inverse, count = np.unique(np.array(village), return_inverse=True, return_counts=True)
    number = np.full(len(names), -1, dtype=np.int64)
    number[count > 1] = np.arange(int((count > 1).sum()))
    return number[inverse]


def _shifts(instance: Instance) -> Ints:
    table = np.zeros((len(instance.shifts), 9), dtype=np.int64)
    for k, shift in enumerate(instance.shifts):
        rest = Rest.of(shift)
        table[k, :DATE] = (shift.start, shift.latest_end, rest.earliest, rest.latest, rest.length, shift.end)
    table[:, DATE], table[:, LOCKED] = instance.day, instance.locked
    return table


def _classes(day: Day, pinned: Collection[int]) -> list[int]:
    """A number for each shift, equal where each can make the routes of the other for the same gain.

    A shift with pinned stops is alone in its class.
    """
    visits, shifts = day.value.shape
    numbers: dict[tuple[bytes, ...], int] = {}
    classes = []
    for k in range(shifts):
        start, end = visits + k, visits + shifts + k
        columns = (day.value, day.dearer, day.bound)
        same = (
            day.shift[k, :LOCKED].tobytes(),
            day.overtime[k].tobytes(),
            str(k if k in pinned else -1).encode(),
            day.seconds[start, :visits].tobytes(),
            day.seconds[:visits, end].tobytes(),
            *(column[:, k].tobytes() for column in columns),
        )
        classes.append(numbers.setdefault(same, len(numbers)))
    return classes


def routes_of(day: Day, stops: Sequence[Sequence[int]]) -> Routes:
    """Routes with these visits, one sequence per shift; their times and counts are still to be reckoned."""
    visits, shifts = day.value.shape
    villages, dates = int(day.visit[:, VILLAGE].max()) + 1, int(day.shift[:, DATE].max()) + 1
    width = _width(day, max(len(chosen) for chosen in stops))
    routes = Routes(
        stops=np.zeros((shifts, width), dtype=np.int64),
        length=np.zeros(shifts, dtype=np.int64),
        times=np.zeros((shifts, width, 4), dtype=np.int64),
        travel=np.zeros(shifts, dtype=np.int64),
        prize=np.zeros(shifts, dtype=np.float64),
        shift_of=np.full(visits, -1, dtype=np.int64),
        runs=np.zeros((villages, dates, 2), dtype=np.int64),
        here=np.zeros((villages, shifts), dtype=np.int64),
        extra=np.zeros(1, dtype=np.int64),
    )
    for k, chosen in enumerate(stops):
        rows = [visits + k, *chosen, visits + shifts + k]
        routes.stops[k, : len(rows)] = rows
        routes.length[k] = len(rows)
        routes.shift_of[list(chosen)] = k
    return routes


def _width(day: Day, now: int) -> int:
    """Room for a route: as many visits as the longest shift could hold if each were the shortest, and the two ends."""
    visits = day.value.shape[0]
    into = np.where(np.eye(len(day.seconds), visits, dtype=bool), NEVER, day.seconds[:, :visits]).min(axis=0)
    shortest = np.cumsum(np.sort(into + day.visit[:visits, SERVICE]))
    longest = int((day.shift[:, END] - day.shift[:, START]).max())
    return max(now, int(np.searchsorted(shortest, longest, side="right"))) + 3


def best_of(routes: Routes, score: float) -> Best:
    """These routes as the best so far."""
    return Best(
        routes.stops.copy(), routes.length.copy(), np.zeros(len(routes.length), dtype=np.bool_), np.array([score])
    )


def pool_of(day: Day, routes: Routes, most: int, rng: random.Random) -> Pool:
    """An empty pool for at most so many routes."""
    marks = [rng.getrandbits(64) | 1 for _ in range(sum(day.value.shape))]
    slots = 1 << max(1, 4 * most).bit_length()
    return Pool(
        shift=np.zeros(most, dtype=np.int64),
        stops=np.zeros((most, routes.stops.shape[1]), dtype=np.int32),
        length=np.zeros(most, dtype=np.int64),
        overtime=np.zeros(most, dtype=np.float64),
        size=np.zeros(1, dtype=np.int64),
        seen=np.zeros(slots, dtype=np.uint64),
        mark=np.array(marks, dtype=np.uint64),
    )


def work_of(day: Day, routes: Routes) -> Work:
    """Room for a search over these routes."""
    visits, shifts = day.value.shape
    tries = min(shifts, _TRIES)
    villages = len(routes.runs)
    return Work(
        stops=routes.stops.copy(),
        length=routes.length.copy(),
        times=routes.times.copy(),
        travel=routes.travel.copy(),
        prize=routes.prize.copy(),
        touched=np.zeros(shifts, dtype=np.bool_),
        marked=np.zeros(shifts, dtype=np.bool_),
        always=np.zeros(shifts, dtype=np.int64),
        changes=np.zeros(shifts, dtype=np.int64),
        out=np.zeros(visits, dtype=np.bool_),
        seen=np.zeros(visits, dtype=np.bool_),
        line=np.zeros(routes.stops.shape[1], dtype=np.int64),
        removed=np.zeros(visits, dtype=np.int64),
        chosen=np.zeros(visits, dtype=np.int64),
        keys=np.zeros(visits, dtype=np.float64),
        tried=np.zeros((visits, tries), dtype=np.int64),
        rule=np.zeros((visits, tries), dtype=np.int64),
        cost=np.zeros((visits, tries), dtype=np.float64),
        spot=np.zeros((visits, tries), dtype=np.int64),
        waiting=np.zeros(villages, dtype=np.int64),
        liking=np.ones(villages, dtype=np.float64),
    )


def stops_of(stops: Ints, length: Ints) -> list[list[int]]:
    """The visits of each route."""
    return [row[1 : count - 1].tolist() for row, count in zip(stops, length.tolist(), strict=True)]
