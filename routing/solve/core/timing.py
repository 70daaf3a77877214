"""The exact timing of :mod:`routing.solve.schedule` and the rule of :mod:`routing.solve.villages`, compiled.

Two states along a route: the rest still ahead (``before``) or behind (``after``); only the latter where a shift
has none. A test holds both against the plain code.

What runs in the innermost loops takes its arrays one by one: a record of many arrays costs where it passes.
"""

from __future__ import annotations

from routing.solve.core.arrays import (
    CLOSES,
    DATE,
    EARLIEST,
    END,
    LAST,
    LATEST,
    LEAVE_AFTER,
    LEAVE_BEFORE,
    LOCKED,
    OPENS,
    PAID,
    PAUSE,
    REACH_AFTER,
    REACH_BEFORE,
    SERVICE,
    START,
    VILLAGE,
    Day,
    Ints,
    Routes,
)
from routing.solve.core.jit import uncounted
from routing.solve.instance import NEVER

#: What the rule of villages allows on a route: a spot beside the village's own run; a spot between other
#: villages; the latter only where there is no other, as it splits the village.
JOIN, NEW, SPLIT = 1, 2, 4
#: Added to the cost of a spot that splits a village: it is taken only for want of others.
LAST_RESORT = 1e9
NOWHERE = 1e18


@uncounted
def first_start(windows: Ints, x: int, ready: int) -> int:
    """The earliest start of service at row x at or after ``ready``; NEVER where every window has closed."""
    for w in range(windows.shape[1]):
        if ready <= windows[x, w, 1]:
            return int(max(ready, windows[x, w, 0]))
    return NEVER


@uncounted
def last_start(windows: Ints, x: int, by: int) -> int:
    """The latest start of service at row x at or before ``by``; −NEVER where no window has opened."""
    for w in range(windows.shape[1] - 1, -1, -1):
        if by >= windows[x, w, 0]:
            return int(min(by, windows[x, w, 1]))
    return -NEVER


@uncounted
def on_leg(earliest: int, latest: int, pause: int, leave: int, leg: int) -> int:
    """When the next door is reached if the rest is taken on a leg begun at ``leave``; NEVER if it cannot be."""
    if max(leave, earliest) + pause > latest:
        return NEVER
    return max(leave + leg, earliest) + pause


@uncounted
def leave_by(earliest: int, latest: int, pause: int, reach_before: int, reach_after: int, leg: int) -> tuple[int, int]:
    """The latest leaving (rest ahead, rest behind) for a leg to a point to be reached by these times."""
    by = reach_before - leg
    if pause > 0 and earliest + pause <= reach_after:
        by = max(by, min(reach_after - leg, latest) - pause)
    return by, reach_after - leg


@uncounted
def time_forward(
    seconds: Ints, visit: Ints, windows: Ints, shift: Ints, stops: Ints, times: Ints, last: int, k: int
) -> int:
    """The earliest leaving of each stop of route k; when the team is back, NEVER or later where it cannot be."""
    earliest, latest, pause = shift[k, EARLIEST], shift[k, LATEST], shift[k, PAUSE]
    before, after = shift[k, START], shift[k, START]
    if pause > 0:
        after = max(after, earliest + pause)
        if earliest + pause > latest:
            before, after = NEVER, NEVER
    times[k, 0, LEAVE_BEFORE], times[k, 0, LEAVE_AFTER] = before, after
    for p in range(1, last):
        x = stops[k, p]
        leg = seconds[stops[k, p - 1], x]
        ready = after + leg
        if pause > 0:
            ready = min(ready, on_leg(earliest, latest, pause, before, leg))
            before = first_start(windows, x, before + leg) + visit[x, SERVICE]
            times[k, p, LEAVE_BEFORE] = before
        after = first_start(windows, x, ready) + visit[x, SERVICE]
        times[k, p, LEAVE_AFTER] = after
    leg = seconds[stops[k, last - 1], stops[k, last]]
    back = after + leg
    if pause > 0:
        back = min(back, on_leg(earliest, latest, pause, before, leg))
        home = before + leg if before + leg + pause <= latest else NEVER
        times[k, last, LEAVE_BEFORE] = home
        back = min(back, home)
    times[k, last, LEAVE_AFTER] = back
    return int(back)


@uncounted
def time_backward(
    seconds: Ints, visit: Ints, windows: Ints, shift: Ints, stops: Ints, times: Ints, last: int, k: int
) -> None:
    """The latest harmless reaching of each stop of route k."""
    earliest, latest, pause = shift[k, EARLIEST], shift[k, LATEST], shift[k, PAUSE]
    after = shift[k, END]
    before = min(after, latest - pause) if pause > 0 else -NEVER
    times[k, last, REACH_BEFORE], times[k, last, REACH_AFTER] = before, after
    for p in range(last - 1, 0, -1):
        x = stops[k, p]
        leg = seconds[x, stops[k, p + 1]]
        if pause > 0:
            before, after = leave_by(earliest, latest, pause, before, after, leg)
            before = last_start(windows, x, before - visit[x, SERVICE])
            times[k, p, REACH_BEFORE] = before
        else:
            after -= leg
        after = last_start(windows, x, after - visit[x, SERVICE])
        times[k, p, REACH_AFTER] = after


@uncounted
def reckon(day: Day, routes: Routes, k: int) -> bool:
    """Times, travel and value of route k anew; whether it can be kept."""
    stops, last = routes.stops, routes.length[k] - 1
    back = time_forward(day.seconds, day.visit, day.windows, day.shift, stops, routes.times, last, k)
    time_backward(day.seconds, day.visit, day.windows, day.shift, stops, routes.times, last, k)
    travel, prize = day.seconds[stops[k, last - 1], stops[k, last]], 0.0
    for p in range(1, last):
        travel += day.seconds[stops[k, p - 1], stops[k, p]]
        prize += day.value[stops[k, p], k]
    routes.travel[k], routes.prize[k] = travel, prize - overtime(day, routes, k)
    return bool(last == 1 or back <= day.shift[k, END])


@uncounted
def overtime(day: Day, routes: Routes, k: int) -> float:
    """What the overtime of route k costs, its times reckoned."""
    last = routes.length[k] - 1
    if last == 1 or day.overtime[k] == 0.0:
        return 0.0
    return float(day.overtime[k] * max(0, routes.times[k, last, LEAVE_AFTER] - day.shift[k, PAID]))


@uncounted
def overrun(day: Day, routes: Routes, x: int, k: int, p: int) -> int:
    """By how many seconds visit x after position p of route k would be too late; ≤ 0: it fits. O(1)."""
    there, on = day.seconds[routes.stops[k, p], x], day.seconds[x, routes.stops[k, p + 1]]
    earliest, latest, pause = day.shift[k, EARLIEST], day.shift[k, LATEST], day.shift[k, PAUSE]
    before, after = routes.times[k, p, LEAVE_BEFORE], routes.times[k, p, LEAVE_AFTER]
    reach_before, reach_after = routes.times[k, p + 1, REACH_BEFORE], routes.times[k, p + 1, REACH_AFTER]
    service = day.visit[x, SERVICE]
    if pause == 0:
        return int(first_start(day.windows, x, after + there) + service + on - reach_after)
    ready = min(after + there, on_leg(earliest, latest, pause, before, there))
    by_before, by_after = leave_by(earliest, latest, pause, reach_before, reach_after, on)
    late = first_start(day.windows, x, ready) + service - by_after
    return int(min(late, first_start(day.windows, x, before + there) + service - by_before))


@uncounted
def cheapest(
    seconds: Ints,
    visit: Ints,
    windows: Ints,
    shift: Ints,
    stops: Ints,
    times: Ints,
    last: int,
    x: int,
    k: int,
    rule: int,
    by_delay: bool,
    but: int,
) -> tuple[float, int]:
    """(cost, position) of the cheapest spot on route k after which x fits and ``rule`` allows it; −1: none.

    Position ``but`` is passed over.

    Cost is the detour or, ``by_delay``, by how much the next call begins later and a tenth of the detour.
    """
    service, opens, closes = visit[x, SERVICE], visit[x, OPENS], visit[x, CLOSES]
    over, village = visit[x, LAST], visit[x, VILLAGE]
    earliest, latest, pause = shift[k, EARLIEST], shift[k, LATEST], shift[k, PAUSE]
    best, at = NOWHERE, -1
    right = visit[stops[k, shift[k, LOCKED]], VILLAGE]
    for p in range(shift[k, LOCKED], last):
        to = stops[k, p + 1]
        left, right = right, visit[to, VILLAGE]
        leave = times[k, p, LEAVE_AFTER]
        if pause > 0:
            leave = min(leave, times[k, p, LEAVE_BEFORE])
        if leave > over:
            break
        if p == but:
            continue
        joins = rule & JOIN != 0 and (left == village or right == village)
        if not joins and (rule & NEW == 0 or (left == right and left >= 0)):
            continue
        there, on = seconds[stops[k, p], x], seconds[x, to]
        reach = times[k, p + 1, REACH_AFTER] - on
        if pause == 0:
            begin = leave + there
            if begin <= closes:
                begin = max(begin, opens)
            elif begin > over:
                continue
            else:
                begin = first_start(windows, x, begin)
            if begin + service > reach:
                continue
            delay = begin + service + on - times[k, p + 1, LEAVE_AFTER]
        else:
            before, after = times[k, p, LEAVE_BEFORE], times[k, p, LEAVE_AFTER]
            ready = min(after + there, on_leg(earliest, latest, pause, before, there))
            by_before, by_after = leave_by(earliest, latest, pause, times[k, p + 1, REACH_BEFORE], reach + on, on)
            after = first_start(windows, x, ready) + service
            before = first_start(windows, x, before + there) + service
            if before > by_before and after > by_after:
                continue
            delay = before + on - times[k, p + 1, LEAVE_BEFORE]
            if before + on >= NEVER or times[k, p + 1, LEAVE_BEFORE] >= NEVER:
                after = min(after + on, on_leg(earliest, latest, pause, before, on))
                delay = after - times[k, p + 1, LEAVE_AFTER]
        cost = float(there + on - seconds[stops[k, p], to])
        if by_delay:
            cost = 0.1 * cost + max(0, delay + visit[to, SERVICE])
        if rule & SPLIT != 0 and not joins:
            cost += LAST_RESORT
        if cost < best:
            best, at = cost, p
    return best, at


@uncounted
def count_runs(day: Day, routes: Routes, k: int, by: int) -> None:
    """Add (by = 1) or take off (by = −1) the runs of route k from the counts of the villages."""
    if routes.runs.shape[0] == 0:
        return
    stops, runs, last, date = routes.stops, routes.runs, routes.length[k] - 1, day.shift[k, DATE]
    bound = False
    for p in range(1, last):
        x = stops[k, p]
        village = day.visit[x, VILLAGE]
        if village < 0:
            continue
        bound = bound or day.bound[x, k]
        if day.visit[stops[k, p + 1], VILLAGE] == village:
            continue
        if (by > 0 and runs[village, date, 0] > 0) or (by < 0 and runs[village, date, 0] > 1):
            routes.extra[0] += by
        runs[village, date, 0] += by
        routes.here[village, k] += by
        if not bound:
            runs[village, date, 1] += by
        bound = False


@uncounted
def insert(day: Day, routes: Routes, x: int, k: int, p: int) -> None:
    """Put visit x after position p of route k."""
    count_runs(day, routes, k, -1)
    stops = routes.stops
    for q in range(routes.length[k], p + 1, -1):
        stops[k, q] = stops[k, q - 1]
    stops[k, p + 1] = x
    routes.length[k] += 1
    routes.shift_of[x] = k
    count_runs(day, routes, k, 1)
    reckon(day, routes, k)


@uncounted
def take_out(day: Day, routes: Routes, k: int, p: int) -> None:
    """Undo an insertion: take the stop at position p off route k, which worked without it."""
    count_runs(day, routes, k, -1)
    stops = routes.stops
    routes.shift_of[stops[k, p]] = -1
    for q in range(p, routes.length[k] - 1):
        stops[k, q] = stops[k, q + 1]
    routes.length[k] -= 1
    count_runs(day, routes, k, 1)
    reckon(day, routes, k)
