"""Putting visits into routes where they fit, keeping villages whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from routing.solve.instance import Instance
from routing.solve.schedule import Schedule
from routing.solve.villages import There, runs_by_village


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for a visit: before ``position`` on the route of ``shift``; ``effort`` seconds of call and travel.

    Where the visit is worth less than elsewhere its seconds count for more. ``cost`` is what it adds to the
    cost of overtime, fen.
    """

    effort: float
    cost: int
    shift: int
    position: int
    splits: bool


class Routes:
    """One schedule per shift, and which villages they call on. Changes by :meth:`insert` only."""

    def __init__(self, instance: Instance, schedules: Sequence[Schedule]) -> None:
        self.instance = instance
        self.schedules = list(schedules)
        self._shifts_in: dict[There, set[int]] = {}
        self._all_bound: dict[There, bool] = {}
        for there, runs in runs_by_village(instance, self.schedules).items():
            self._shifts_in[there] = {run.shift for run in runs}
            self._all_bound[there] = all(run.bound for run in runs)

    def insert(self, visit: int, spot: Spot) -> None:
        """Put ``visit`` where ``spot`` says."""
        there = self._there(visit, spot.shift)
        self.schedules[spot.shift] = self.schedules[spot.shift].with_stop(visit, spot.position)
        bound = spot.shift in self.instance.bound[visit]
        new_run = spot.splits or there not in self._shifts_in
        self._shifts_in.setdefault(there, set()).add(spot.shift)
        if new_run:
            self._all_bound[there] = self._all_bound.get(there, True) and bound
        elif bound and not self._all_bound[there]:
            # Which run the visit joined decides; asking anew is rare and exact.
            runs = runs_by_village(self.instance, self.schedules)[there]
            self._all_bound[there] = all(run.bound for run in runs)

    def _there(self, visit: int, shift: int) -> There:
        return self.instance.village[visit], self.instance.day[shift]

    def best_spot(self, visit: int, shifts: Iterable[int], dearest_split: int | None = None) -> Spot | None:
        """The feasible spot with the least overtime, then effort; one that splits the village only for want of others.

        ``dearest_split``: a visit worth no more than that splits no village, unless it must be made. Nor does
        one go where overtime costs as much as it is worth.
        """
        inst = self.instance
        best: Spot | None = None
        service, varies = inst.service[visit] + 1, bool(inst.visits[visit].worth)
        for shift, position, splits in self.positions(visit, shifts):
            if (
                splits
                and dearest_split is not None
                and inst.value[visit][shift] <= dearest_split
                and not inst.must[visit]
            ):
                continue
            schedule = self.schedules[shift]
            effort: float = schedule.detour(visit, position) + service
            if varies:
                effort *= inst.dearer(visit, shift)
            if best is not None and (splits, 0, effort) >= (best.splits, best.cost, best.effort):
                continue
            if schedule.overrun(visit, position) > 0:
                continue
            cost = self.added_cost(visit, shift, position)
            if cost >= inst.value[visit][shift] and cost > 0 and not inst.must[visit]:
                continue
            if best is None or (splits, cost, effort) < (best.splits, best.cost, best.effort):
                best = Spot(effort, cost, shift, position, splits)
        return best

    def added_cost(self, visit: int, shift: int, position: int) -> int:
        """What a visit that fits there adds to the cost of overtime, fen; less than nothing where it spares some."""
        if not self.instance.shifts[shift].overtime_cost(self.instance.shifts[shift].latest_end):
            return 0
        schedule = self.schedules[shift]
        return schedule.with_stop(visit, position).cost - schedule.cost

    def positions(self, visit: int, shifts: Iterable[int]) -> Iterator[tuple[int, int, bool]]:
        """(shift, position, splits the village) that the rule of villages allows for ``visit``."""
        villages, village = self.instance.village, self.instance.village[visit]
        for shift in shifts:
            if shift not in self.instance.allowed[visit]:
                continue
            stops = self.schedules[shift].stops
            there = self._there(visit, shift)
            home = self._shifts_in.get(there)
            here = home is not None and shift in home
            new_run = home is None or self._all_bound[there] or shift in self.instance.bound[visit]
            if not here and not new_run:
                continue
            left = -1
            for position in range(len(stops) + 1):
                right = villages[stops[position]] if position < len(stops) else -1
                if position < self.instance.locked[shift]:
                    pass
                elif here and village in (left, right):
                    yield shift, position, False
                elif new_run and (left != right or left == -1):
                    yield shift, position, home is not None
                left = right
