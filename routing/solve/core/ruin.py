"""Taking stops out: strings around a door (Christiaens and Vanden Berghe, "Slack induction by string removals
for vehicle routing problems", Transportation Science 54, 2020), or whole villages.
"""

from __future__ import annotations

import numpy as np

from routing.solve.core.arrays import DATE, LOCKED, PINNED, VILLAGE, Day, Rates, Routes, Work
from routing.solve.core.jit import uncounted
from routing.solve.core.timing import count_runs, reckon


@uncounted
def remember(routes: Routes, work: Work, k: int) -> None:
    """Note route k as it was before the first change of this step."""
    if work.touched[k]:
        return
    work.touched[k] = True
    work.length[k], work.travel[k], work.prize[k] = routes.length[k], routes.travel[k], routes.prize[k]
    for p in range(routes.length[k]):
        work.stops[k, p] = routes.stops[k, p]
        for state in range(4):
            work.times[k, p, state] = routes.times[k, p, state]


@uncounted
def forget(day: Day, routes: Routes, work: Work) -> None:
    """Undo what this step has done to the touched routes."""
    for k in range(work.touched.shape[0]):
        if work.touched[k]:
            count_runs(day, routes, k, -1)
            for p in range(1, routes.length[k] - 1):
                routes.shift_of[routes.stops[k, p]] = -1
    for k in range(work.touched.shape[0]):
        if work.touched[k]:
            routes.length[k], routes.travel[k], routes.prize[k] = work.length[k], work.travel[k], work.prize[k]
            for p in range(work.length[k]):
                routes.stops[k, p] = work.stops[k, p]
                for state in range(4):
                    routes.times[k, p, state] = work.times[k, p, state]
            for p in range(1, work.length[k] - 1):
                routes.shift_of[routes.stops[k, p]] = k
            count_runs(day, routes, k, 1)


@uncounted
def cut(day: Day, routes: Routes, work: Work, k: int, found: int) -> int:
    """Take the stops with ``work.out`` off route k; how many visits are then in ``work.removed``.

    Nothing is taken where that would break the route (times without the triangle inequality) or
    leave a village split without a cause.
    """
    stops, length = routes.stops, routes.length[k]
    count_runs(day, routes, k, -1)
    now, to = found, 1
    for p in range(1, length):
        x = stops[k, p]
        work.line[p] = x
        if p < length - 1 and work.out[x]:
            work.removed[now] = x
            now += 1
        else:
            stops[k, to] = x
            to += 1
    routes.length[k] = to
    count_runs(day, routes, k, 1)
    right = reckon(day, routes, k)
    for q in range(found, now):
        village = day.visit[work.removed[q], VILLAGE]
        right = right and (village < 0 or routes.runs[village, day.shift[k, DATE], 1] <= 1)
    if not right:
        count_runs(day, routes, k, -1)
        for p in range(1, length):
            stops[k, p] = work.line[p]
        routes.length[k] = length
        count_runs(day, routes, k, 1)
        reckon(day, routes, k)
        return found
    for q in range(found, now):
        routes.shift_of[work.removed[q]] = -1
    return now


@uncounted
def mark_string(day: Day, routes: Routes, work: Work, rates: Rates, k: int, at: int, longest: float) -> None:
    """Mark a string of stops around position ``at`` of route k, sometimes without a piece inside it."""
    stops, last, locked = routes.stops, routes.length[k] - 1, day.shift[k, LOCKED]
    size = 1 + int(np.random.random() * min(longest, last - 1.0))
    first = max(1 + locked, at - int(np.random.random() * size))
    end = min(first + size, last)
    keep, kept = 0, 0
    if size >= 3 and np.random.random() < rates.spare:
        keep, kept = first + 1, min(end - 1, first + 1 + int(np.random.random() * (size - 1)))
    for p in range(1, last):
        x = stops[k, p]
        work.out[x] = first <= p < end and not keep <= p < kept and day.visit[x, PINNED] == 0


@uncounted
def mark_village(day: Day, routes: Routes, work: Work, k: int, at: int) -> None:
    """Mark the stops on route k in the village of position ``at``; that stop alone where it shares no village."""
    stops, locked = routes.stops, day.shift[k, LOCKED]
    centre = day.visit[stops[k, at], VILLAGE]
    for p in range(1, routes.length[k] - 1):
        x = stops[k, p]
        same = p == at or (centre >= 0 and day.visit[x, VILLAGE] == centre)
        work.out[x] = same and p > locked and day.visit[x, PINNED] == 0


@uncounted
def ruin(day: Day, routes: Routes, work: Work, rates: Rates) -> int:
    """Take stops out around a visit drawn at random (planned or not); how many are in ``work.removed``."""
    seed = np.random.randint(0, day.near.shape[0])
    wanted = 1 + np.random.random() * rates.ruin
    longest = 1 + np.random.random() * (rates.string - 1)
    villages = np.random.random() < rates.villages
    stops, found = routes.stops, 0
    for q in range(day.near.shape[1]):
        centre = day.near[seed, q]
        k = routes.shift_of[centre]
        if k < 0 or (work.touched[k] and not villages):
            continue
        at = 1
        while stops[k, at] != centre:
            at += 1
        if at <= day.shift[k, LOCKED]:
            continue
        remember(routes, work, k)
        if villages:
            mark_village(day, routes, work, k, at)
        else:
            mark_string(day, routes, work, rates, k, at, longest)
        found = cut(day, routes, work, k, found)
        if found >= wanted:
            break
    return found
