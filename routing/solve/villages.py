"""A village is done in one run by one team a day; what may break that, and mending what broke it without cause.

A *run* is an unbroken stretch of a route inside one village. A village may have a second run on a day only
because of an explicit time window: of all its runs at most one may be without a visit whose window
leaves out part of the shift. Even then a second run has its price (``SolveOptions.split_cost``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.solve.instance import Instance
from routing.solve.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Run:
    """Stops ``first`` to ``last`` (exclusive) of the route of ``shift``; ``bound``: a window explains it.

    ``pinned`` of the calls stay where they are and ``musts`` must be made; all together are worth ``value``.
    """

    shift: int
    first: int
    last: int
    bound: bool
    pinned: int
    musts: int
    value: int


#: A village on a day.
There = tuple[int, int]


def runs_by_village(instance: Instance, schedules: Iterable[Schedule]) -> dict[There, list[Run]]:
    """Every run of every (village, day) that is called on, in order of shift and time."""
    runs: dict[There, list[Run]] = {}
    for schedule in schedules:
        first = 0
        for stop in range(1, len(schedule.stops) + 1):
            village = instance.village[schedule.stops[first]]
            if stop < len(schedule.stops) and instance.village[schedule.stops[stop]] == village:
                continue
            members = schedule.stops[first:stop]
            bound = any(schedule.shift in instance.bound[x] for x in members)
            pinned = sum(x in instance.pinned for x in members)
            musts = sum(instance.must[x] for x in members)
            value = sum(instance.value[x][schedule.shift] for x in members)
            there = (village, instance.day[schedule.shift])
            runs.setdefault(there, []).append(Run(schedule.shift, first, stop, bound, pinned, musts, value))
            first = stop
    return runs


def extra_runs(instance: Instance, schedules: Iterable[Schedule]) -> int:
    """How many runs there are beyond the first of each village and day."""
    return sum(len(runs) - 1 for runs in runs_by_village(instance, schedules).values())


def mended(instance: Instance, schedules: Sequence[Schedule]) -> list[Schedule]:
    """The schedules without the runs that split a village for no reason: the most valuable one stays.

    Taking stops out may join or part other runs, so it is repeated until nothing is split without cause.
    """
    current = list(schedules)
    while True:
        superfluous: list[Run] = []
        for _, runs in sorted(runs_by_village(instance, current).items()):
            loose = sorted(
                (r for r in runs if not r.bound), key=lambda r: (-r.pinned, -r.musts, -r.value, r.shift, r.first)
            )
            superfluous += loose[1:]
        if not superfluous:
            return current
        for run in sorted(superfluous, key=lambda r: (r.shift, -r.first)):
            schedule = next(s for s in current if s.shift == run.shift)
            kept = schedule.stops[: run.first] + schedule.stops[run.last :]
            current[current.index(schedule)] = Schedule(instance, run.shift, kept)
