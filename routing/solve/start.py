"""Routes to begin from, and what of them must stay: yesterday's plan, or the rest of a day under way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from routing.problem import Plan
from routing.solve.instance import Instance
from routing.solve.schedule import Schedule
from routing.solve.villages import mended


class PinsImpossible(ValueError):
    """The pinned stops of a shift cannot be kept as they are. ``shift`` names it, ``visits`` the stops in order."""

    def __init__(self, shift: str, visits: Collection[str]) -> None:
        self.shift = shift
        self.visits = tuple(visits)
        super().__init__(f"shift {shift} cannot keep its pinned stops {', '.join(self.visits)}")


@dataclass(frozen=True, slots=True)
class Start:
    """Visits by shift, in order, to begin the search from.

    ``pinned`` visits stay on their shift and in their order among themselves; between the first
    ``locked[shift]`` stops of a shift, all of them pinned, nothing is put in. What is not pinned and no
    longer fits, is not known or cannot be made is left out.
    """

    routes: Mapping[str, tuple[str, ...]]
    pinned: frozenset[str] = frozenset()
    locked: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for shift, number in self.locked.items():
            if not self.pinned.issuperset(self.routes.get(shift, ())[:number]):
                raise ValueError(f"the first {number} stops of shift {shift} are locked and not all pinned")

    @classmethod
    def of_plan(cls, plan: Plan, pinned: Collection[str] = (), locked: Mapping[str, int] | None = None) -> Start:
        """The routes of a plan."""
        routes = {route.shift: tuple(stop.visit for stop in route.stops) for route in plan.routes}
        return cls(routes, frozenset(pinned), locked or {})

    @property
    def visits(self) -> frozenset[str]:
        """Every visit of the routes."""
        return frozenset(name for names in self.routes.values() for name in names)


def started(instance: Instance, start: Start) -> list[Schedule]:
    """The schedules to begin from, one per shift, villages whole. Raises :class:`PinsImpossible`."""
    number = {visit.id: x for x, visit in enumerate(instance.visits)}
    schedules = []
    for k, shift in enumerate(instance.shifts):
        names = start.routes.get(shift.id, ())
        pinned = [name for name in names if name in start.pinned]
        if not all(name in number and k in instance.allowed[number[name]] for name in pinned):
            raise PinsImpossible(shift.id, pinned)
        may = [number[name] for name in names if name in number and k in instance.allowed[number[name]]]
        schedule = _fitting(instance, k, may)
        if schedule is None:
            raise PinsImpossible(shift.id, pinned)
        schedules.append(schedule)
    whole = mended(instance, schedules)
    for schedule, before in zip(whole, schedules, strict=True):
        lost = [x for x in before.stops if x in instance.pinned and x not in schedule.stops]
        if lost or not schedule.feasible:
            raise PinsImpossible(instance.shifts[schedule.shift].id, [instance.visits[x].id for x in lost])
    return whole


def _fitting(instance: Instance, shift: int, stops: list[int]) -> Schedule | None:
    """The pinned stops, and of the others those that fit, one after the other; None where not even those do."""
    whole = Schedule(instance, shift, tuple(stops))
    if whole.feasible:
        return whole
    schedule = Schedule(instance, shift, tuple(x for x in stops if x in instance.pinned))
    if not schedule.feasible:
        return None
    for place, x in enumerate(stops):
        if x in instance.pinned:
            continue
        before = set(stops[:place])
        position = sum(stop in before for stop in schedule.stops)
        if position >= instance.locked[shift] and schedule.overrun(x, position) <= 0:
            schedule = schedule.with_stop(x, position)
    return schedule
