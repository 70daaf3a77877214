"""Putting visits into routes where they fit, keeping villages whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from routing.solve.instance import Instance
from routing.solve.schedule import Schedule
from routing.solve.villages import runs_by_village


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for a visit: before ``position`` on the route of ``shift``; ``extra`` seconds of travel."""

    extra: int
    shift: int
    position: int
    splits: bool


class Routes:
    """One schedule per shift, and which villages they call on. Changes by :meth:`insert` only."""

    def __init__(self, instance: Instance, schedules: Sequence[Schedule]) -> None:
        self.instance = instance
        self.schedules = list(schedules)
        self._shifts_in: dict[int, set[int]] = {}
        self._all_bound: dict[int, bool] = {}
        for village, runs in runs_by_village(instance, self.schedules).items():
            self._shifts_in[village] = {run.shift for run in runs}
            self._all_bound[village] = all(run.bound for run in runs)

    def insert(self, visit: int, spot: Spot) -> None:
        """Put ``visit`` where ``spot`` says."""
        village = self.instance.village[visit]
        self.schedules[spot.shift] = self.schedules[spot.shift].with_stop(visit, spot.position)
        bound = spot.shift in self.instance.bound[visit]
        new_run = spot.splits or village not in self._shifts_in
        self._shifts_in.setdefault(village, set()).add(spot.shift)
        if new_run:
            self._all_bound[village] = self._all_bound.get(village, True) and bound
        elif bound and not self._all_bound[village]:
            # Which run the visit joined decides; asking anew is rare and exact.
            runs = runs_by_village(self.instance, self.schedules)[village]
            self._all_bound[village] = all(run.bound for run in runs)

    def best_spot(self, visit: int, shifts: Iterable[int], may_split: bool = True) -> Spot | None:
        """The feasible spot with the least extra travel; one that splits the village only for want of others."""
        best: Spot | None = None
        for shift, position, splits in self.positions(visit, shifts):
            if splits and not may_split:
                continue
            schedule = self.schedules[shift]
            extra = schedule.detour(visit, position)
            if best is not None and (splits, extra) >= (best.splits, best.extra):
                continue
            if schedule.overrun(visit, position) <= 0:
                best = Spot(extra, shift, position, splits)
        return best

    def positions(self, visit: int, shifts: Iterable[int]) -> Iterator[tuple[int, int, bool]]:
        """(shift, position, splits the village) that the rule of villages allows for ``visit``."""
        villages, village = self.instance.village, self.instance.village[visit]
        home = self._shifts_in.get(village)
        for shift in shifts:
            if shift not in self.instance.allowed[visit]:
                continue
            stops = self.schedules[shift].stops
            here = home is not None and shift in home
            new_run = home is None or self._all_bound[village] or shift in self.instance.bound[visit]
            if not here and not new_run:
                continue
            left = -1
            for position in range(len(stops) + 1):
                right = villages[stops[position]] if position < len(stops) else -1
                if here and village in (left, right):
                    yield shift, position, False
                elif new_run and (left != right or left == -1):
                    yield shift, position, home is not None
                left = right
