"""The exact timing of :mod:`routing.solve.schedule` and the rule of :mod:`routing.solve.villages`, compiled.

Two states along a route: the rest still ahead (``before``) or behind (``after``). A test holds both
against the plain code.
"""

from __future__ import annotations

from numba import njit

from routing.solve.core.arrays import Day, Ints, Routes
from routing.solve.instance import NEVER


@njit(cache=True)
def first_start(windows: Ints, x: int, ready: int) -> int:
    """The earliest start of service at row x at or after ``ready``; NEVER where every window has closed."""
    for w in range(windows.shape[1]):
        if ready <= windows[x, w, 1]:
            return int(max(ready, windows[x, w, 0]))
    return NEVER


@njit(cache=True)
def last_start(windows: Ints, x: int, by: int) -> int:
    """The latest start of service at row x at or before ``by``; −NEVER where no window has opened."""
    for w in range(windows.shape[1] - 1, -1, -1):
        if by >= windows[x, w, 0]:
            return int(min(by, windows[x, w, 1]))
    return -NEVER


@njit(cache=True)
def on_leg(earliest: int, latest: int, pause: int, leave: int, leg: int) -> int:
    """When the next door is reached if the rest is taken on a leg begun at ``leave``; NEVER if it cannot be."""
    if max(leave, earliest) + pause > latest:
        return NEVER
    return max(leave + leg, earliest) + pause


@njit(cache=True)
def reckon(day: Day, routes: Routes, k: int) -> bool:
    """Times, travel and value of route k anew; whether it can be kept."""
    stops, rest, last = routes.stops, day.rest, routes.length[k] - 1
    start, end, pause = day.span[k, 0], day.span[k, 1], rest[k, 2]
    before, after = start, max(start, rest[k, 0] + pause)
    if pause == 0:
        before, after = NEVER, start
    elif rest[k, 0] + pause > rest[k, 1]:
        before, after = NEVER, NEVER
    routes.leave_before[k, 0], routes.leave_after[k, 0] = before, after
    travel, prize = 0, 0.0
    for p in range(1, last):
        x = stops[k, p]
        leg = day.seconds[stops[k, p - 1], x]
        ready = min(after + leg, on_leg(rest[k, 0], rest[k, 1], pause, before, leg))
        before = first_start(day.windows, x, before + leg) + day.service[x]
        after = first_start(day.windows, x, ready) + day.service[x]
        routes.leave_before[k, p], routes.leave_after[k, p] = before, after
        travel += leg
        prize += day.value[x, k]
    leg = day.seconds[stops[k, last - 1], stops[k, last]]
    routes.travel[k], routes.prize[k] = travel + leg, prize
    back = min(after + leg, on_leg(rest[k, 0], rest[k, 1], pause, before, leg))
    if before + leg + pause <= rest[k, 1]:
        back = min(back, before + leg)
    after = end
    before = min(end, rest[k, 1] - pause) if pause > 0 else -NEVER
    routes.reach_before[k, last], routes.reach_after[k, last] = before, after
    for p in range(last - 1, 0, -1):
        x = stops[k, p]
        before, after = leave_by(rest[k, 0], rest[k, 1], pause, before, after, day.seconds[x, stops[k, p + 1]])
        before = last_start(day.windows, x, before - day.service[x])
        after = last_start(day.windows, x, after - day.service[x])
        routes.reach_before[k, p], routes.reach_after[k, p] = before, after
    return bool(last == 1 or back <= end)


@njit(cache=True)
def leave_by(earliest: int, latest: int, pause: int, reach_before: int, reach_after: int, leg: int) -> tuple[int, int]:
    """The latest leaving (rest ahead, rest behind) for a leg to a point to be reached by these times."""
    by = reach_before - leg
    if pause > 0 and earliest + pause <= reach_after:
        by = max(by, min(reach_after - leg, latest) - pause)
    return by, reach_after - leg


@njit(cache=True)
def lateness(
    windows: Ints,
    x: int,
    service: int,
    before: int,
    after: int,
    reach_before: int,
    reach_after: int,
    there: int,
    on: int,
    earliest: int,
    latest: int,
    pause: int,
) -> int:
    """By how many seconds a call at x between two stops is too late. Numbers only: arrays cost where they pass."""
    ready = min(after + there, on_leg(earliest, latest, pause, before, there))
    by_before, by_after = leave_by(earliest, latest, pause, reach_before, reach_after, on)
    late = first_start(windows, x, ready) + service - by_after
    return min(late, first_start(windows, x, before + there) + service - by_before)


@njit(cache=True)
def overrun(day: Day, routes: Routes, x: int, k: int, p: int) -> int:
    """By how many seconds visit x after position p of route k would be too late; ≤ 0: it fits. O(1)."""
    return lateness(
        day.windows,
        x,
        day.service[x],
        routes.leave_before[k, p],
        routes.leave_after[k, p],
        routes.reach_before[k, p + 1],
        routes.reach_after[k, p + 1],
        day.seconds[routes.stops[k, p], x],
        day.seconds[x, routes.stops[k, p + 1]],
        day.rest[k, 0],
        day.rest[k, 1],
        day.rest[k, 2],
    )


@njit(cache=True)
def count_runs(day: Day, routes: Routes, k: int, by: int) -> None:
    """Add (by = 1) or take off (by = −1) the runs of route k from the counts of the villages."""
    last, date = routes.length[k] - 1, day.date[k]
    bound = False
    for p in range(1, last):
        x = routes.stops[k, p]
        village = day.village[x]
        bound = bound or day.bound[x, k]
        if p + 1 < last and day.village[routes.stops[k, p + 1]] == village:
            continue
        if (by > 0 and routes.runs[village, date] > 0) or (by < 0 and routes.runs[village, date] > 1):
            routes.extra[0] += by
        routes.runs[village, date] += by
        routes.here[village, k] += by
        if not bound:
            routes.loose[village, date] += by
        bound = False


@njit(cache=True)
def insert(day: Day, routes: Routes, x: int, k: int, p: int) -> None:
    """Put visit x after position p of route k."""
    count_runs(day, routes, k, -1)
    for q in range(routes.length[k], p + 1, -1):
        routes.stops[k, q] = routes.stops[k, q - 1]
    routes.stops[k, p + 1] = x
    routes.length[k] += 1
    routes.shift_of[x] = k
    count_runs(day, routes, k, 1)
    reckon(day, routes, k)
