"""What is different between two plans of the same visits: for people who must tell a team why its day changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from routing.problem import Plan


@dataclass(frozen=True, slots=True)
class Differences:
    """From one plan to another; every list is in order of the visits' ids.

    ``added`` and ``removed`` are visits planned only after, only before. ``moved`` are planned on
    another shift: (visit, from, to). ``reordered`` keep their shift and change their place among
    those that stay there (as few as explain the new order). ``retimed`` keep shift and order and
    begin at another time: (visit, before, after) in seconds. Figures are after less before.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[tuple[str, str, str], ...]
    reordered: tuple[str, ...]
    retimed: tuple[tuple[str, int, int], ...]
    value: int
    drive_seconds: int
    walk_seconds: int
    metres: int

    @property
    def kept(self) -> bool:
        """Whether nobody's visits, teams or order changed (times may have)."""
        return not (self.added or self.removed or self.moved or self.reordered)


def differences(before: Plan, after: Plan) -> Differences:
    """What changed from ``before`` to ``after``."""
    old, new = _shifts(before), _shifts(after)
    arrivals, later = _arrivals(before), _arrivals(after)
    stayed = {visit for visit in old.keys() & new.keys() if old[visit] == new[visit]}
    reordered = _reordered(before, after, stayed)
    return Differences(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        moved=tuple((v, old[v], new[v]) for v in sorted(old.keys() & new.keys()) if old[v] != new[v]),
        reordered=tuple(sorted(reordered)),
        retimed=tuple((v, arrivals[v], later[v]) for v in sorted(stayed - reordered) if arrivals[v] != later[v]),
        value=after.value - before.value,
        drive_seconds=_sum(after, "drive_seconds") - _sum(before, "drive_seconds"),
        walk_seconds=_sum(after, "walk_seconds") - _sum(before, "walk_seconds"),
        metres=_sum(after, "metres") - _sum(before, "metres"),
    )


def _shifts(plan: Plan) -> dict[str, str]:
    return {stop.visit: route.shift for route in plan.routes for stop in route.stops}


def _arrivals(plan: Plan) -> dict[str, int]:
    return {stop.visit: stop.arrival for route in plan.routes for stop in route.stops}


def _sum(plan: Plan, figure: str) -> int:
    return sum(int(getattr(route, figure)) for route in plan.routes)


def _reordered(before: Plan, after: Plan, stayed: set[str]) -> set[str]:
    """The fewest visits whose change of place explains the new order of those that kept their shift."""
    place = {
        visit: n
        for route in before.routes
        for n, visit in enumerate(stop.visit for stop in route.stops if stop.visit in stayed)
    }
    changed: set[str] = set()
    for route in after.routes:
        visits = [stop.visit for stop in route.stops if stop.visit in stayed]
        kept = _longest_rising([place[visit] for visit in visits])
        changed |= {visit for n, visit in enumerate(visits) if n not in kept}
    return changed


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """Positions of a longest rising subsequence (patience sorting; Fredman, Discrete Mathematics 11, 1975)."""
    tops: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for position, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        previous.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [number]
        ends[pile : pile + 1] = [position]
    found: set[int] = set()
    position = ends[-1] if ends else -1
    while position >= 0:
        found.add(position)
        position = previous[position]
    return found
