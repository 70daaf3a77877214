"""Putting visits in greedily by an order drawn at random, with blinks (Christiaens and Vanden Berghe, 2020)."""

from __future__ import annotations

import numpy as np

from routing.solve.core.arrays import (
    DATE,
    END,
    LAST,
    MUST,
    OPENS,
    SERVICE,
    START,
    VILLAGE,
    Day,
    Ints,
    Rates,
    Routes,
    Work,
)
from routing.solve.core.jit import counted, uncounted
from routing.solve.core.ruin import remember
from routing.solve.core.timing import JOIN, LAST_RESORT, NEW, NOWHERE, SPLIT, cheapest, insert, take_out

_FEW = 2  # up to so many routes, all are tried for every visit
_FIRST = 1e10  # taken off the rank of what must be made
_NEIGHBOURS = 30  # the routes of so many of the nearest visits are tried for one just taken out,
_NEARBY = 6  # at most so many of them
_PICKY = 0.8  # in such a share of the steps nothing goes in whose overtime costs more than it gains
_SHARED = 6  # the way to a village is shared by at most so many of its visits


@uncounted
def candidates(day: Day, routes: Routes, work: Work, rates: Rates, found: int) -> int:
    """Write the visits to try into ``work.chosen``; how many.

    All that are left out or, of very many, those near what was taken out and some more.
    """
    visits, count = day.near.shape[0], 0
    if visits <= rates.all:
        for x in range(visits):
            if routes.shift_of[x] < 0 and day.most[x] > 0.0:
                work.chosen[count] = x
                count += 1
        return count
    for q in range(found):
        for r in range(min(rates.near, day.near.shape[1])):
            x = day.near[work.removed[q], r]
            if not work.seen[x] and routes.shift_of[x] < 0 and day.most[x] > 0.0:
                work.seen[x] = True
                work.chosen[count] = x
                count += 1
    for _ in range(rates.random):
        x = np.random.randint(0, visits)
        if not work.seen[x] and routes.shift_of[x] < 0 and day.most[x] > 0.0:
            work.seen[x] = True
            work.chosen[count] = x
            count += 1
    for q in range(count):
        work.seen[work.chosen[q]] = False
    return count


@uncounted
def always_tried(routes: Routes, work: Work) -> int:
    """Write the touched routes and an empty one into ``work.always``: they are tried for every visit; how many."""
    shifts, count, empty = work.touched.shape[0], 0, False
    for k in range(shifts):
        if shifts <= _FEW or work.touched[k] or (not empty and routes.length[k] == 2):
            empty = empty or routes.length[k] == 2
            work.always[count] = k
            count += 1
    return int(min(count, work.tried.shape[1]))


@uncounted
def routes_to_try(day: Day, routes: Routes, work: Work, x: int, q: int, always: int) -> int:
    """Write into ``work.tried[q]`` the routes to try for x: those always tried, its village's, some near; how many."""
    shifts, most, count = work.touched.shape[0], work.tried.shape[1], always
    tried, marked, village = work.tried, work.marked, day.visit[x, VILLAGE]
    for c in range(always):
        tried[q, c] = work.always[c]
        marked[tried[q, c]] = True
    if village >= 0:
        for k in range(shifts):
            if routes.here[village, k] > 0 and not marked[k] and count < most:
                tried[q, count] = k
                marked[k] = True
                count += 1
    if work.out[x]:
        limit = min(most, count + _NEARBY)
        for r in range(min(_NEIGHBOURS, day.near.shape[1])):
            k = routes.shift_of[day.near[x, r]]
            if k >= 0 and not marked[k] and count < limit:
                tried[q, count] = k
                marked[k] = True
                count += 1
    if count < most and (work.out[x] or np.random.random() < 0.1):
        k = np.random.randint(0, shifts)
        if not marked[k]:
            tried[q, count] = k
            marked[k] = True
            count += 1
    for c in range(count):
        marked[tried[q, c]] = False
    return count


@uncounted
def rule_on(day: Day, routes: Routes, x: int, k: int) -> int:
    """What the rule of villages allows for x on route k; 0: nothing."""
    if day.dearer[x, k] == 0.0:
        return 0
    village = day.visit[x, VILLAGE]
    if village < 0:
        return NEW
    date = day.shift[k, DATE]
    if routes.runs[village, date, 0] == 0:
        return NEW
    rule = JOIN if routes.here[village, k] > 0 else 0
    if day.value[x, k] > day.split and (routes.runs[village, date, 1] == 0 or day.bound[x, k]):
        rule |= NEW | SPLIT
    return rule


@uncounted
def look(day: Day, routes: Routes, work: Work, q: int, c: int, by_delay: bool, but: int) -> None:
    """Find the cheapest spot of candidate q on the c-th of its routes, position ``but`` passed over."""
    x, k = work.chosen[q], work.tried[q, c]
    work.rule[q, c] = rule_on(day, routes, x, k)
    work.cost[q, c], work.spot[q, c] = NOWHERE, -1
    if work.rule[q, c] > 0:
        cost, spot = cheapest(
            day.seconds,
            day.visit,
            day.windows,
            day.shift,
            routes.stops,
            routes.times,
            routes.length[k] - 1,
            x,
            k,
            work.rule[q, c],
            by_delay,
            but,
        )
        if spot >= 0 and day.dearer[x, k] > 1.0:
            effort = day.visit[x, SERVICE] + 1.0
            cost = (cost + effort) * day.dearer[x, k] - effort
        work.cost[q, c], work.spot[q, c] = cost, spot


@uncounted
def rank(day: Day, routes: Routes, work: Work, rates: Rates, count: int, by_delay: bool, tries: Ints) -> int:
    """Keep the candidates that fit anywhere and draw their keys: the smallest is put in first; how many are kept."""
    rule, noise = np.random.random(), 0.1 + 0.9 * np.random.random()
    power = rates.least_power + (rates.most_power - rates.least_power) * np.random.random()
    shared = draw_villages(day, work, rates, count)
    always = always_tried(routes, work)
    opens, closes = day.shift[0, START], day.shift[0, END]
    for k in range(day.shift.shape[0]):
        opens, closes = min(opens, day.shift[k, START]), max(closes, day.shift[k, END])
    left = 0
    for q in range(count):
        x = work.chosen[q]
        work.chosen[left] = x
        tries[left] = routes_to_try(day, routes, work, x, left, always)
        best, k = NOWHERE, -1
        for c in range(tries[left]):
            look(day, routes, work, left, c, by_delay, -1)
            if work.cost[left, c] < best:
                best, k = work.cost[left, c], work.tried[left, c]
        if k < 0:
            continue
        swing, village = 1.0 + noise * (np.random.random() - 0.5), day.visit[x, VILLAGE]
        if rule < rates.by_ratio:
            best = max(0.0, best - LAST_RESORT if best > LAST_RESORT / 2 else best)
            if shared and village >= 0 and routes.runs[village, day.shift[k, DATE], 0] == 0:
                best /= min(_SHARED, work.waiting[village])
            effort = best + 1.0 if by_delay else best + day.visit[x, SERVICE] + 1.0
            key = -(day.most[x] ** power) / effort * swing
            if village >= 0:
                key *= work.liking[village]
        elif rule < rates.by_ratio + rates.by_value:
            key = -day.most[x] * swing
        elif rule < rates.by_ratio + rates.by_value + rates.by_chance:
            key = swing
        else:
            key = (min(day.visit[x, LAST], closes) - max(day.visit[x, OPENS], opens)) * swing
        work.keys[left] = key - _FIRST * day.visit[x, MUST]
        left += 1
    return left


@uncounted
def draw_villages(day: Day, work: Work, rates: Rates, count: int) -> bool:
    """Draw how much each village is liked, as they are won or lost whole; whether the way to one is shared."""
    villages = work.liking.shape[0]
    if villages == 0:
        return False
    spread = np.random.random() if np.random.random() < rates.liking else 0.0
    for village in range(villages):
        work.waiting[village] = 0
        work.liking[village] = np.exp(spread * np.random.standard_normal()) if spread > 0.0 else 1.0
    for q in range(count):
        village = day.visit[work.chosen[q], VILLAGE]
        if village >= 0:
            work.waiting[village] += 1
    if count > 0 and np.random.random() < rates.favour:
        village = day.visit[work.chosen[np.random.randint(0, count)], VILLAGE]
        if village >= 0:
            work.liking[village] *= 4.0
    return np.random.random() < 0.5


@uncounted
def forgo(day: Day, routes: Routes, work: Work, q: int, c: int, last: int) -> None:
    """Take candidate q off the c-th of its routes again, and that route off those to try for it."""
    take_out(day, routes, work.tried[q, c], work.spot[q, c] + 1)
    work.tried[q, c], work.rule[q, c] = work.tried[q, last], work.rule[q, last]
    work.cost[q, c], work.spot[q, c] = work.cost[q, last], work.spot[q, last]


@counted
def recreate(day: Day, routes: Routes, work: Work, rates: Rates, count: int) -> None:
    """Put in whatever of ``work.chosen`` fits, in an order drawn at random."""
    by_delay = np.random.random() < rates.by_delay
    tries = np.empty(count, np.int64)
    left = rank(day, routes, work, rates, count, by_delay, tries)
    work.changes[:] = 0
    picky = day.paid and np.random.random() < _PICKY
    for q in np.argsort(work.keys[:left]):
        x, unsettled = work.chosen[q], True
        while unsettled:
            best, chosen, unsettled = NOWHERE, -1, False
            for c in range(tries[q]):
                k = work.tried[q, c]
                if work.changes[k] > 0 or rule_on(day, routes, x, k) != work.rule[q, c]:
                    look(day, routes, work, q, c, by_delay, -1)
                if work.cost[q, c] < best and np.random.random() < rates.blink:
                    look(day, routes, work, q, c, by_delay, work.spot[q, c])
                if work.cost[q, c] < best:
                    best, chosen = work.cost[q, c], c
            if chosen < 0:
                continue
            k = work.tried[q, chosen]
            remember(routes, work, k)
            before = routes.prize[k]
            insert(day, routes, x, k, work.spot[q, chosen])
            if picky and routes.prize[k] <= before:
                tries[q] -= 1
                forgo(day, routes, work, q, chosen, tries[q])
                unsettled = True
            else:
                work.changes[k] += 1
