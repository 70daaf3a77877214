"""An instance and its routes as arrays, for compiled code.

Rows are those of :class:`routing.solve.instance.Instance`. Values are in units of the mean value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.solve.instance import NEVER, Instance
from routing.solve.schedule import Rest
from routing.solve.search import Objective

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: So many of the nearest visits are known to each.
NEAREST: Final = 120


class Day(NamedTuple):
    """What does not change: n visits, m shifts, g villages, at most w windows a visit; N = n + 2m rows.

    ``split`` is what a second run into a village costs, ``second`` a second of travel.
    """

    seconds: Ints  #: (N, N) legs
    service: Ints  #: (N,)
    value: Floats  #: (n, m) what a visit gains on a shift
    most: Floats  #: (n,) the highest of them; 0 where no shift may make it
    dearer: Floats  #: (n, m) how much dearer its seconds are there than where it gains most
    must: Flags  #: (n,)
    windows: Ints  #: (N, w, 2), filled up with windows that never open
    closes: Ints  #: (n,) when the last window closes
    span: Ints  #: (m, 2) start and end
    rest: Ints  #: (m, 3) earliest, latest, length; no length: none
    allowed: Flags  #: (n, m)
    bound: Flags  #: (n, m)
    village: Ints  #: (n,)
    date: Ints  #: (m,) number of the day
    near: Ints  #: (n, ≤ NEAREST) nearest visits first, itself among them
    split: float
    second: float


class Routes(NamedTuple):
    """What changes. ``stops[k, :length[k]]`` are the rows of shift k's route, its two ends included.

    The four times are those of :class:`routing.solve.schedule.Schedule`; ``runs``, ``loose`` (runs
    without a window as their cause) and ``here`` count the runs of each village, in all and by shift.
    """

    stops: Ints  #: (m, n + 2)
    length: Ints  #: (m,)
    leave_before: Ints
    leave_after: Ints
    reach_before: Ints
    reach_after: Ints
    travel: Ints  #: (m,) seconds
    prize: Floats  #: (m,) value of the stops
    shift_of: Ints  #: (n,), −1 where left out
    runs: Ints  #: (g, days)
    loose: Ints  #: (g, days)
    here: Ints  #: (g, m)
    extra: Ints  #: (1,) runs beyond the first of each village and day


def day_of(instance: Instance, objective: Objective) -> Day:
    """The arrays of an instance with at least one visit and one shift."""
    mean = objective.mean
    visits, shifts = len(instance.visits), len(instance.shifts)
    rows = visits + 2 * shifts
    seconds = np.array([[instance.seconds[a][b] for b in range(rows)] for a in range(rows)], dtype=np.int64)
    most = max(len(windows) for windows in instance.windows)
    windows = np.empty((rows, most, 2), dtype=np.int64)
    windows[:] = (2 * NEVER, -2 * NEVER)
    for x, spans in enumerate(instance.windows):
        windows[x, : len(spans)] = spans
    windows[visits:, 0] = (-NEVER, NEVER)
    allowed = np.zeros((visits, shifts), dtype=np.bool_)
    bound = np.zeros((visits, shifts), dtype=np.bool_)
    for x in range(visits):
        allowed[x, list(instance.allowed[x])] = True
        bound[x, list(instance.bound[x])] = True
    between = seconds[:visits, :visits] + seconds[:visits, :visits].T
    np.fill_diagonal(between, -1)
    rests = [Rest.of(shift) for shift in instance.shifts]
    return Day(
        seconds=seconds,
        service=np.array([*instance.service[:visits], *[0] * (2 * shifts)], dtype=np.int64),
        value=np.array([[objective.prize(x, k) / mean for k in range(shifts)] for x in range(visits)]),
        most=np.array([objective.highest(x) / mean if instance.allowed[x] else 0.0 for x in range(visits)]),
        dearer=np.array([[instance.dearer(x, k) for k in range(shifts)] for x in range(visits)]),
        must=np.array(instance.must, dtype=np.bool_),
        windows=windows,
        closes=np.array([spans[-1][1] for spans in instance.windows[:visits]], dtype=np.int64),
        span=np.array([(shift.start, shift.end) for shift in instance.shifts], dtype=np.int64),
        rest=np.array([(rest.earliest, rest.latest, rest.length) for rest in rests], dtype=np.int64),
        allowed=allowed,
        bound=bound,
        village=np.array(instance.village, dtype=np.int64),
        near=np.ascontiguousarray(np.argsort(between, axis=1, kind="stable")[:, :NEAREST]),
        date=np.array(instance.day, dtype=np.int64),
        split=objective.split / mean,
        second=1.0 / objective.SCALE,
    )


def routes_of(day: Day, stops: Sequence[Sequence[int]]) -> Routes:
    """Routes with these visits, one sequence per shift; their times and counts are still to be reckoned."""
    visits, shifts = day.allowed.shape
    villages, dates = int(day.village.max()) + 1, int(day.date.max()) + 1

    def table() -> Ints:
        return np.zeros((shifts, visits + 2), dtype=np.int64)

    routes = Routes(
        stops=table(),
        length=np.zeros(shifts, dtype=np.int64),
        leave_before=table(),
        leave_after=table(),
        reach_before=table(),
        reach_after=table(),
        travel=np.zeros(shifts, dtype=np.int64),
        prize=np.zeros(shifts, dtype=np.float64),
        shift_of=np.full(visits, -1, dtype=np.int64),
        runs=np.zeros((villages, dates), dtype=np.int64),
        loose=np.zeros((villages, dates), dtype=np.int64),
        here=np.zeros((villages, shifts), dtype=np.int64),
        extra=np.zeros(1, dtype=np.int64),
    )
    for k, chosen in enumerate(stops):
        rows = [visits + k, *chosen, visits + shifts + k]
        routes.stops[k, : len(rows)] = rows
        routes.length[k] = len(rows)
        routes.shift_of[list(chosen)] = k
    return routes


def stops_of(stops: Ints, length: Ints) -> list[list[int]]:
    """The visits of each route."""
    return [row[1 : count - 1].tolist() for row, count in zip(stops, length.tolist(), strict=True)]
