"""Ruin, recreate and annealing, compiled.

Ruin removes strings of stops around a door (Christiaens and Vanden Berghe, "Slack induction by string
removals for vehicle routing problems", Transportation Science 54, 2020) or whole villages; recreate puts
visits in greedily by an order drawn at random, with blinks (same paper).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from routing.solve.core.arrays import Day, Flags, Floats, Ints, Routes
from routing.solve.core.timing import count_runs, first_start, insert, lateness, reckon

_STRING = 10  # longest string taken out of one route
_RUIN = 14  # up to about so many stops are taken out at once
_VILLAGES = 0.25  # share of the ruins that take out whole villages
_BLINK = 0.01
_FEW = 2  # up to so many routes, all are tried for every visit
_FIRST = 1e10  # taken off the rank of what must be made
_ALL = 1_200  # up to so many visits, all that are left out are tried in every step


@njit(cache=True)
def objective(day: Day, routes: Routes) -> float:
    """Value less the price of split villages and a trifle for travel, in units of the mean value."""
    return float(routes.prize.sum() - day.split * routes.extra[0] - day.second * routes.travel.sum())


@njit(cache=True)
def remember(routes: Routes, kept: Ints, kept_length: Ints, touched: Flags, k: int) -> None:
    """Note route k as it was before the first change of this step."""
    if not touched[k]:
        touched[k] = True
        kept_length[k] = routes.length[k]
        kept[k, : kept_length[k]] = routes.stops[k, : kept_length[k]]


@njit(cache=True)
def restore(day: Day, routes: Routes, stops: Ints, length: Ints, touched: Flags) -> None:
    """Make the touched routes what ``stops`` and ``length`` say."""
    for k in range(touched.shape[0]):
        if touched[k]:
            count_runs(day, routes, k, -1)
            routes.shift_of[routes.stops[k, 1 : routes.length[k] - 1]] = -1
    for k in range(touched.shape[0]):
        if touched[k]:
            routes.length[k] = length[k]
            routes.stops[k, : length[k]] = stops[k, : length[k]]
            routes.shift_of[stops[k, 1 : length[k] - 1]] = k
            count_runs(day, routes, k, 1)
            reckon(day, routes, k)


@njit(cache=True)
def cut(day: Day, routes: Routes, k: int, out: Flags, removed: Ints, found: int) -> int:
    """Take the stops with ``out`` off route k; how many visits are then in ``removed``.

    Nothing is taken where that would break the route (times without the triangle inequality) or
    leave a village split without a cause.
    """
    before = routes.stops[k].copy()
    length = routes.length[k]
    count_runs(day, routes, k, -1)
    now, to = found, 1
    for p in range(1, length):
        x = before[p]
        if p < length - 1 and out[x]:
            removed[now] = x
            now += 1
        else:
            routes.stops[k, to] = x
            to += 1
    routes.length[k] = to
    count_runs(day, routes, k, 1)
    right = reckon(day, routes, k)
    for q in range(found, now):
        right = right and routes.loose[day.village[removed[q]], day.date[k]] <= 1
    if not right:
        count_runs(day, routes, k, -1)
        routes.stops[k] = before
        routes.length[k] = length
        count_runs(day, routes, k, 1)
        reckon(day, routes, k)
        return found
    for q in range(found, now):
        routes.shift_of[removed[q]] = -1
    return now


@njit(cache=True)
def ruin(day: Day, routes: Routes, kept: Ints, kept_length: Ints, touched: Flags, out: Flags, removed: Ints) -> int:
    """Take stops out around a visit drawn at random (planned or not); how many are in ``removed``."""
    seed = np.random.randint(0, day.near.shape[0])
    wanted = 1 + np.random.random() * _RUIN
    longest = 1 + np.random.random() * (_STRING - 1)
    villages = np.random.random() < _VILLAGES
    found = 0
    for q in range(day.near.shape[1]):
        centre = day.near[seed, q]
        k = routes.shift_of[centre]
        if k < 0 or (touched[k] and not villages):
            continue
        stops, last = routes.stops, routes.length[k] - 1
        at = 1
        while stops[k, at] != centre:
            at += 1
        remember(routes, kept, kept_length, touched, k)
        first, end = at, at + 1
        if villages:
            for p in range(1, last):
                out[stops[k, p]] = day.village[stops[k, p]] == day.village[centre]
        else:
            size = 1 + int(np.random.random() * min(longest, last - 1))
            first = max(1, at - int(np.random.random() * size))
            end = min(first + size, last)
            for p in range(1, last):
                out[stops[k, p]] = first <= p < end
            if size >= 3 and np.random.random() < 0.3:
                # A piece inside the string stays.
                for p in range(first + 1, min(end - 1, first + 1 + int(np.random.random() * (size - 1)))):
                    out[stops[k, p]] = False
        found = cut(day, routes, k, out, removed, found)
        if found >= wanted:
            break
    return found


@njit(cache=True)
def routes_to_try(day: Day, routes: Routes, x: int, out: bool, touched: Flags, chosen: Ints, marked: Flags) -> int:
    """Write into ``chosen`` the routes to try for x: touched ones, its village's, an empty one, some nearby."""
    shifts = touched.shape[0]
    village = day.village[x]
    count, empty = 0, -1
    for k in range(shifts):
        marked[k] = shifts <= _FEW or touched[k] or routes.here[village, k] > 0
        if not marked[k] and empty < 0 and routes.length[k] == 2:
            empty, marked[k] = k, True
        if marked[k]:
            chosen[count] = k
            count += 1
    if count < shifts and out:
        most = count + 6
        for q in range(min(30, day.near.shape[1])):
            k = routes.shift_of[day.near[x, q]]
            if k >= 0 and not marked[k] and count < most:
                marked[k] = True
                chosen[count] = k
                count += 1
    if count < shifts and (out or np.random.random() < 0.1):
        k = np.random.randint(0, shifts)
        if not marked[k]:
            chosen[count] = k
            count += 1
    return count


@njit(cache=True)
def best_spot(
    day: Day, routes: Routes, x: int, chosen: Ints, count: int, by_start: bool, blink: float
) -> tuple[float, int, int]:
    """(cost, route, position) of the cheapest spot after which x fits, as the rule of villages allows.

    Cost is the detour or, ``by_start``, by how much the next call begins later. A spot that splits the
    village is taken only for want of others and where x is worth more than the price. Route −1: none.
    """
    seconds, windows, villages, stops = day.seconds, day.windows, day.village, routes.stops
    leave_before, leave_after = routes.leave_before, routes.leave_after
    reach_before, reach_after = routes.reach_before, routes.reach_after
    village, service, closes = villages[x], day.service[x], day.closes[x]
    best, best_k, best_p, best_splits = 1e18, -1, -1, True
    for c in range(count):
        k = chosen[c]
        if not day.allowed[x, k]:
            continue
        here, runs = routes.here[village, k] > 0, routes.runs[village, day.date[k]]
        may_split = day.value[x, k] > day.split and (routes.loose[village, day.date[k]] == 0 or day.bound[x, k])
        new_run = runs == 0 or may_split
        dearer = day.dearer[x, k]
        if not here and not new_run:
            continue
        last = routes.length[k] - 1
        earliest, latest, pause = day.rest[k, 0], day.rest[k, 1], day.rest[k, 2]
        left = -1
        for p in range(last):
            before, after = leave_before[k, p], leave_after[k, p]
            leave = min(before, after)
            if leave > closes:
                break
            at, to = stops[k, p], stops[k, p + 1]
            right = villages[to] if p + 1 < last else -1
            joins = here and (left == village or right == village)
            free = new_run and (left != right or left == -1)
            left = right
            if not joins and not free:
                continue
            splits = not joins and runs > 0
            if splits and not best_splits:
                continue
            there, on = seconds[at, x], seconds[x, to]
            cost = float(there + on - seconds[at, to])
            if by_start:
                # The wait for a window counts, the service does not.
                cost = 0.1 * cost + max(0.0, cost + max(0, first_start(windows, x, leave + there) - leave - there))
            if dearer > 1.0:
                cost = (cost + service + 1.0) * dearer - service - 1.0
            if splits == best_splits and cost >= best and best_k >= 0:
                continue
            if lateness(
                windows,
                x,
                service,
                before,
                after,
                reach_before[k, p + 1],
                reach_after[k, p + 1],
                there,
                on,
                earliest,
                latest,
                pause,
            ) > 0 or (blink > 0.0 and np.random.random() < blink):
                continue
            best, best_k, best_p, best_splits = cost, k, p, splits
    return best, best_k, best_p


@njit(cache=True)
def candidates(day: Day, routes: Routes, removed: Ints, found: int, chosen: Ints, seen: Flags) -> int:
    """Write the visits to try into ``chosen``: all that are left out or, of very many, those near and some more."""
    visits = day.value.shape[0]
    count = 0
    if visits <= _ALL:
        for x in range(visits):
            if routes.shift_of[x] < 0 and day.most[x] > 0.0:
                chosen[count] = x
                count += 1
        return count
    seen[:] = False
    for q in range(found):
        for r in range(min(60, day.near.shape[1])):
            x = day.near[removed[q], r]
            if not seen[x] and routes.shift_of[x] < 0 and day.most[x] > 0.0:
                seen[x] = True
                chosen[count] = x
                count += 1
    for _ in range(300):
        x = np.random.randint(0, visits)
        if not seen[x] and routes.shift_of[x] < 0 and day.most[x] > 0.0:
            seen[x] = True
            chosen[count] = x
            count += 1
    return count


@njit(cache=True)
def recreate(
    day: Day,
    routes: Routes,
    kept: Ints,
    kept_length: Ints,
    touched: Flags,
    out: Flags,
    chosen: Ints,
    count: int,
    keys: Floats,
) -> None:
    """Put in whatever of ``chosen`` fits, in an order drawn at random; ``out``: just taken out."""
    shifts = touched.shape[0]
    tried, marked = np.empty(shifts, np.int64), np.zeros(shifts, np.bool_)
    by_start = np.random.random() < 0.5
    rule, noise, power = np.random.random(), 0.1 + 0.9 * np.random.random(), np.random.uniform(0.5, 2.0)
    favoured, shared = -1, np.random.random() < 0.5
    if count > 0 and np.random.random() < 0.3:
        favoured = day.village[chosen[np.random.randint(0, count)]]
    spread = np.random.random() if np.random.random() < 0.6 else 0.0
    liking = np.exp(spread * np.random.standard_normal(routes.runs.shape[0]))  # villages are won or lost whole
    waiting = np.zeros(routes.runs.shape[0], np.int64)
    for q in range(count):
        waiting[day.village[chosen[q]]] += 1
    opens, closes = day.span[:, 0].min(), day.span[:, 1].max()
    left = 0
    for q in range(count):
        x = chosen[q]
        swing = 1.0 + noise * (np.random.random() - 0.5)
        if rule < 0.7:
            some = routes_to_try(day, routes, x, out[x], touched, tried, marked)
            cost, k, _ = best_spot(day, routes, x, tried, some, by_start, 0.0)
            if k < 0:
                continue
            if shared and routes.runs[day.village[x], day.date[k]] == 0:
                cost /= min(6, waiting[day.village[x]])  # the way to a village is shared by its visits
            keys[left] = -(day.most[x] ** power) / (max(0.0, cost) + day.service[x] + 1.0) * swing
            keys[left] *= liking[day.village[x]]
            if day.village[x] == favoured:
                keys[left] *= 4.0
        elif rule < 0.85:
            keys[left] = -day.most[x] * swing
        elif rule < 0.95:
            keys[left] = swing
        else:
            keys[left] = (min(day.closes[x], closes) - max(day.windows[x, 0, 0], opens)) * swing
        if day.must[x]:
            keys[left] -= _FIRST
        chosen[left] = x
        left += 1
    order = np.argsort(keys[:left])
    for q in range(left):
        x = chosen[order[q]]
        some = routes_to_try(day, routes, x, out[x], touched, tried, marked)
        _, k, p = best_spot(day, routes, x, tried, some, by_start, _BLINK)
        if k >= 0:
            remember(routes, kept, kept_length, touched, k)
            insert(day, routes, x, k, p)


@njit(cache=True)
def begin(day: Day, routes: Routes) -> bool:
    """Reckon all routes; whether all can be kept."""
    routes.runs[:] = 0
    routes.loose[:] = 0
    routes.here[:] = 0
    routes.extra[:] = 0
    right = True
    for k in range(routes.length.shape[0]):
        count_runs(day, routes, k, 1)
        right = reckon(day, routes, k) and right
    return right


@njit(cache=True)
def search(
    day: Day, routes: Routes, best: Ints, best_length: Ints, seed: int, steps: int, hot: float, cold: float
) -> float:
    """So many steps from ``routes``, cooled from ``hot`` to ``cold``; the objective of the best met.

    ``best`` and ``best_length`` hold the best so far and become the best met. They are feasible throughout.
    """
    np.random.seed(seed)
    visits, shifts = day.allowed.shape
    kept, kept_length = np.zeros_like(routes.stops), np.zeros_like(routes.length)
    touched, everyone = np.zeros(shifts, np.bool_), np.ones(shifts, np.bool_)
    out, seen = np.zeros(visits, np.bool_), np.zeros(visits, np.bool_)
    removed, chosen, keys = np.empty(visits, np.int64), np.empty(visits, np.int64), np.empty(visits, np.float64)
    # What the best so far is worth, by the same arithmetic.
    kept_length[:] = routes.length
    kept[:] = routes.stops
    restore(day, routes, best, best_length, everyone)
    best_score = objective(day, routes)
    restore(day, routes, kept, kept_length, everyone)
    score = objective(day, routes)
    for step in range(steps):
        temperature = hot * (cold / hot) ** (step / steps)
        touched[:] = False
        found = ruin(day, routes, kept, kept_length, touched, out, removed)
        out[:] = False
        for q in range(found):
            out[removed[q]] = True
        count = candidates(day, routes, removed, found, chosen, seen)
        recreate(day, routes, kept, kept_length, touched, out, chosen, count, keys)
        new = objective(day, routes)
        if new >= score or np.random.random() < np.exp((new - score) / temperature):
            score = new
            if score > best_score + 1e-9:
                best_score = score
                best_length[:] = routes.length
                best[:] = routes.stops
        else:
            restore(day, routes, kept, kept_length, touched)
    return best_score
