"""VROOM (vroom-project.org) by pyvroom: fast heuristics and a local search, breaks and several windows.

It has no values but priorities, whole numbers up to 100, whose sum it maximises before anything else. Values are
heavy-tailed, so the mapping is linear up to a cap, and what is worth more than the cap counts as much as the cap:
priority = 100 · value / cap, at least 1. The cap is the highest value where that is at most ``_LIGHT`` times the
median; else nearly all visits would be worth 1, and it is a percentile (``_CAP``; 90, 95, 98 and 100 did no better on
invented days). Cut short, its higher levels of exploration yield less than its lowest: it runs at the lowest, and at
the highest in the time that is left.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import numpy as np
import vroom

from bench.peers import RouteLists
from bench.peers.fleet import Fleet
from routing.solve.instance import Instance, rest_of

#: Percentile of the values that gets the highest priority.
_CAP = 99.0
_LIGHT = 20
_LEVELS = (0, 5)
_LEAST_SECONDS = 0.05

Skills = dict[tuple[int, ...], int]


def routes(instance: Instance, seconds: float, seed: int) -> RouteLists:
    """See :data:`bench.peers.Solve`; it draws nothing by chance, so the seed does nothing."""
    until = time.perf_counter() + seconds
    fleet = Fleet(instance)
    skill, priority = _skills(fleet), _priorities(fleet)
    vehicles = [_vehicle(fleet, k, skill) for k in range(len(instance.shifts))]
    jobs = [_job(fleet, x, priority[x], skill) for x in fleet.wanted]
    durations = fleet.matrix.astype(np.uint32)
    best: RouteLists = [[] for _ in instance.shifts]
    for level in _LEVELS:
        left = until - time.perf_counter()
        if level != _LEVELS[0] and left < _LEAST_SECONDS:
            break
        model = vroom.Input()
        model.set_durations_matrix("car", durations)
        model.add_vehicle(vehicles)
        model.add_job(jobs)
        solution = model.solve(level, nb_threads=1, timeout=timedelta(seconds=max(_LEAST_SECONDS, left)))
        found = _routes(instance, solution.routes)
        best = max(best, found, key=lambda routes: sum(priority[x] for route in routes for x in route))
    return best


def _routes(instance: Instance, table: Any) -> RouteLists:
    found: RouteLists = [[] for _ in instance.shifts]
    for vehicle, job in table.loc[table["type"] == "job", ["vehicle_id", "id"]].itertuples(index=False):
        found[int(vehicle) - 1].append(int(job) - 1)
    return found


def _priorities(fleet: Fleet) -> dict[int, int]:
    """A priority from 1 to 100 for each visit that is wanted."""
    worth = np.array([fleet.instance.most[x] for x in fleet.wanted], dtype=float)
    if not len(worth):
        return {}
    light = worth.max() <= _LIGHT * np.median(worth)
    cap = max(1.0, float(worth.max() if light else np.percentile(worth, _CAP)))
    priorities = np.clip(np.rint(100 * worth / cap), 1, 100).astype(int)
    return dict(zip(fleet.wanted, priorities.tolist(), strict=True))


def _vehicle(fleet: Fleet, k: int, skill: Skills) -> vroom.Vehicle:
    shift = fleet.instance.shifts[k]
    rest = rest_of(shift)
    breaks = []
    if rest is not None:
        # A break's window is when it may begin.
        window = vroom.TimeWindow(rest.earliest, rest.latest - rest.seconds)
        breaks = [vroom.Break(k + 1, time_windows=[window], service=rest.seconds)]
    return vroom.Vehicle(
        k + 1,
        start=fleet.start(k),
        end=fleet.end(k),
        time_window=vroom.TimeWindow(shift.start, shift.end),
        breaks=breaks,
        skills={n for allowed, n in skill.items() if k in allowed},
    )


def _job(fleet: Fleet, x: int, priority: int, skill: Skills) -> vroom.Job:
    allowed = fleet.instance.allowed[x]
    return vroom.Job(
        x + 1,
        location=fleet.location(x),
        default_service=fleet.instance.service[x],
        priority=priority,
        time_windows=[vroom.TimeWindow(*window) for window in fleet.windows(x)],
        skills={skill[allowed]} if allowed in skill else set(),
    )


def _skills(fleet: Fleet) -> Skills:
    """A skill for each set of shifts, other than all, that is allowed to some visit."""
    some = (allowed for allowed in fleet.instance.allowed if len(allowed) < len(fleet.instance.shifts))
    return {allowed: n + 1 for n, allowed in enumerate(sorted(set(some)))}
