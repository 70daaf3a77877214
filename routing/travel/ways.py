"""The ways of a finished plan, leg by leg, as they are stored and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from routing.problem import Place, Plan, Problem, Shift, Visit
from routing.travel.legs import UNREACHABLE, Block, Mode, Point, Travel, end_of, point_of_visit, precision_of, start_of
from routing.travel.roads import RoadSource, RoadTravel, road_travel


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a stop or to the end, from the stop before or the start. ``line``: see :mod:`routing.travel.lines`.

    A way without a line is drawn straight: it is walked, assumed without roads, or leads to a place that is not the
    door's or its village's.
    """

    seconds: int
    metres: int
    line: str | None = None


def ways_of(problem: Problem, travel: Travel, plan: Plan, source: RoadSource | None) -> dict[str, list[Way]]:
    """For each route, by shift, the way to every stop and at last the way to the end."""
    visits, roads = {visit.id: visit for visit in problem.visits}, road_travel(travel)
    shifts = {shift.id: shift for shift in problem.shifts}
    ways: dict[str, list[Way]] = {}
    wanted: list[tuple[str, int, tuple[Place, Place]]] = []
    for route in plan.routes:
        called = [visits[stop.visit] for stop in route.stops]
        points = _points(problem, shifts[route.shift], called)
        legs = [travel.between([start], [end]) for start, end in pairwise(points)]
        ways[route.shift] = [Way(int(leg.seconds[0, 0]), int(leg.metres[0, 0])) for leg in legs]
        shown = [True, *(precision_of(visit, problem.villages) != "town" for visit in called), True]
        for number, (leg, ends) in enumerate(zip(legs, pairwise(points), strict=True)):
            pair = _on_road(roads, *ends) if _is_driven(leg) else None
            if pair is not None and shown[number] and shown[number + 1]:
                wanted.append((route.shift, number, pair))
    if source is not None and wanted:
        lines = source.lines([pair for _, _, pair in wanted])
        for (shift, number, _), line in zip(wanted, lines, strict=True):
            ways[shift][number] = replace(ways[shift][number], line=line)
    return ways


def _points(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> list[Point]:
    return [start_of(shift), *(point_of_visit(visit, problem.villages) for visit in visits), end_of(shift)]


def _is_driven(leg: Block) -> bool:
    return bool(leg.mode[0, 0] == Mode.DRIVE and leg.seconds[0, 0] < UNREACHABLE)


def _on_road(roads: RoadTravel | None, start: Point, end: Point) -> tuple[Place, Place] | None:
    """The ends of a leg that was taken from roads."""
    if roads is None or start.place is None or end.place is None:
        return None
    if start.place == end.place or not roads.knows(start.place, end.place):
        return None
    return start.place, end.place
