"""Ruin, recreate and annealing, compiled (Schrimpf et al., J. Comput. Phys. 159, 2000)."""

from __future__ import annotations

import numpy as np

from routing.solve.core.arrays import CLASS, Best, Day, Pool, Rates, Routes, Work
from routing.solve.core.jit import counted, uncounted
from routing.solve.core.recreate import candidates, recreate
from routing.solve.core.ruin import forget, ruin
from routing.solve.core.timing import count_runs, overtime, reckon

_PROBES = 8  # places looked at for a hash


@uncounted
def objective(day: Day, routes: Routes) -> float:
    """Value less the price of split villages and a trifle for travel, in units of the mean value."""
    prize, travel = 0.0, 0
    for k in range(routes.length.shape[0]):
        prize += routes.prize[k]
        travel += routes.travel[k]
    return float(prize - day.split * routes.extra[0] - day.second * travel)


@counted
def begin(day: Day, routes: Routes) -> bool:
    """Reckon all routes; whether all can be kept."""
    routes.runs[:] = 0
    routes.here[:] = 0
    routes.extra[:] = 0
    right = True
    for k in range(routes.length.shape[0]):
        count_runs(day, routes, k, 1)
        right = reckon(day, routes, k) and right
    return right


@uncounted
def collect(day: Day, routes: Routes, work: Work, pool: Pool) -> None:
    """Put the touched routes into the pool, unless their visits are known to it for this class of shifts."""
    slots = pool.seen.shape[0]
    for k in range(work.touched.shape[0]):
        if not work.touched[k] or pool.size[0] >= pool.shift.shape[0]:
            continue
        value = pool.mark[day.near.shape[0] + day.shift[k, CLASS]]
        for p in range(1, routes.length[k] - 1):
            value ^= pool.mark[routes.stops[k, p]]
        slot, known = np.int64(value % np.uint64(slots)), False
        for _ in range(_PROBES):
            if pool.seen[slot] == 0 or pool.seen[slot] == value:
                known = pool.seen[slot] == value
                break
            slot = (slot + 1) % slots
        if known:
            continue
        pool.seen[slot] = value
        row = pool.size[0]
        pool.shift[row], pool.length[row] = k, routes.length[k]
        pool.overtime[row] = overtime(day, routes, k)
        for p in range(routes.length[k]):
            pool.stops[row, p] = routes.stops[k, p]
        pool.size[0] = row + 1


@uncounted
def keep(routes: Routes, best: Best, score: float) -> None:
    """Make these routes the best."""
    best.score[0] = score
    for k in range(best.stale.shape[0]):
        if best.stale[k]:
            best.stale[k] = False
            best.length[k] = routes.length[k]
            for p in range(routes.length[k]):
                best.stops[k, p] = routes.stops[k, p]


@counted
def search(
    day: Day,
    routes: Routes,
    best: Best,
    pool: Pool,
    work: Work,
    rates: Rates,
    seed: int,
    steps: int,
    hot: float,
    cold: float,
) -> None:
    """So many steps from ``routes``, cooled from ``hot`` to ``cold``. ``best`` becomes the best met."""
    np.random.seed(seed)
    score = objective(day, routes)
    for step in range(steps):
        temperature = hot * (cold / hot) ** (step / steps)
        work.touched[:] = False
        found = ruin(day, routes, work, rates)
        for x in range(work.out.shape[0]):
            work.out[x] = False
        for q in range(found):
            work.out[work.removed[q]] = True
        count = candidates(day, routes, work, rates, found)
        recreate(day, routes, work, rates, count)
        new = objective(day, routes)
        if new > best.score[0] - rates.within * abs(best.score[0]):
            collect(day, routes, work, pool)
        if new >= score or np.random.random() < np.exp((new - score) / temperature):
            score = new
            for k in range(work.touched.shape[0]):
                best.stale[k] = best.stale[k] or work.touched[k]
            if score > best.score[0] + 1e-9:
                keep(routes, best, score)
        else:
            forget(day, routes, work)
