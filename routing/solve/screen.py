"""What provably cannot be planned is taken out first, each with the rule that excludes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.problem import Break, Problem, Reason, Shift, Unplanned, Visit
from routing.solve.instance import Windows, merged, rest_of
from routing.solve.schedule import earliest_return, first_start
from routing.travel.legs import UNREACHABLE, Point, Travel, end_of, point_of_visit, start_of


@dataclass(frozen=True, slots=True)
class Screened:
    """``visits`` fit at least alone into one of ``shifts``; ``impossible`` says why each other one does not.

    ``trip[x]`` is the least travel there and back for ``visits[x]``, seconds.
    """

    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    trip: tuple[int, ...]
    impossible: tuple[Unplanned, ...]


def screen(problem: Problem, travel: Travel) -> Screened:
    """Separate the visits that cannot be made, whatever else is planned, from those that can."""
    shifts = sorted(problem.shifts, key=lambda shift: shift.id)
    visits = sorted(problem.visits, key=lambda visit: visit.id)
    points = [point_of_visit(visit, problem.villages) for visit in visits]
    starts, ends = [start_of(s) for s in shifts], [end_of(s) for s in shifts]
    there = travel.between(starts, points).seconds.tolist()
    back = travel.between(points, ends).seconds.tolist()
    kept: list[Visit] = []
    trips: list[int] = []
    impossible: list[Unplanned] = []
    for number, visit in enumerate(visits):
        ways = [
            _Way(shift, there[k][number], back[number][k])
            for k, shift in enumerate(shifts)
            if visit.may(shift)
        ]
        gainful = [way for way in ways if visit.must or visit.value_on(way.shift.id) > 0]
        reason = _unworthy(visit, points[number], shifts, ways, gainful) or _impossible(visit, gainful)
        if reason is None:
            kept.append(visit)
            trips.append(min(way.there + way.back for way in gainful))
        else:
            impossible.append(Unplanned(visit.id, reason))
    usable = tuple(shift for shift in shifts if _rest_fits(shift))
    return Screened(tuple(kept), usable, tuple(trips), tuple(impossible))


@dataclass(frozen=True, slots=True)
class _Way:
    """An allowed shift and its legs to the door and from it, seconds."""

    shift: Shift
    there: int
    back: int

    @property
    def span(self) -> int:
        return self.shift.latest_end - self.shift.start


def _rest_fits(shift: Shift) -> bool:
    rest = rest_of(shift)
    return rest is None or rest.earliest + rest.seconds <= rest.latest


def _unworthy(
    visit: Visit, point: Point, shifts: Sequence[Shift], ways: Sequence[_Way], gainful: Sequence[_Way]
) -> Reason | None:
    """Rules that need no time of day."""
    if not shifts:
        return Reason("no_shift")
    if not ways:
        allowed = sum(visit.shifts is None or shift.id in visit.shifts for shift in shifts)
        if allowed:
            return Reason("no_team_has_skill", {"skills": ", ".join(sorted(visit.skills)), "shifts": allowed})
        return Reason("shift_not_allowed", {"shifts": len(shifts)})
    if point.place is None:
        return Reason("no_place", {"village": visit.household.village or ""})
    if not gainful:
        return Reason("no_value", {"value": max(visit.value_on(way.shift.id) for way in ways)})
    return None


def _impossible(visit: Visit, ways: Sequence[_Way]) -> Reason | None:
    """The first rule that excludes ``visit`` from every allowed shift, from the plainest to the exact one."""
    windows = merged(visit.windows)
    if all(first_start(windows, way.shift.start) > way.shift.latest_end for way in ways):
        return Reason(
            "window_outside_shift",
            {
                "opens_at": min(window.open for window in visit.windows),
                "closes_at": max(window.close for window in visit.windows),
                "starts_at": min(way.shift.start for way in ways),
                "ends_at": max(way.shift.latest_end for way in ways),
            },
        )
    longest = max(way.span for way in ways)
    if visit.service > longest:
        return Reason("service_exceeds_shift", {"service_seconds": visit.service, "shift_seconds": longest})
    tried = len(ways)
    ways = [way for way in ways if max(way.there, way.back) < UNREACHABLE]
    if not ways:
        return Reason("no_way", {"shifts": tried})
    near = min(ways, key=lambda way: (way.there + visit.service + way.back - way.span, way.shift.id))
    needs = near.there + visit.service + near.back
    if needs > near.span:
        facts: dict[str, str | int] = {"shift": near.shift.id, "needs_seconds": needs}
        return Reason("too_far", {**facts, "shift_seconds": near.span})
    rested = [way for way in ways if _rest_fits(way.shift)]
    if not rested:
        return _rest_reason(ways[0].shift)
    return _late(visit, windows, rested)


def _rest_reason(shift: Shift) -> Reason:
    rest = rest_of(shift) or Break(0, 0, 0)
    return Reason(
        "rest_does_not_fit",
        {
            "shift": shift.id,
            "earliest_at": rest.earliest,
            "latest_at": rest.latest,
            "rest_seconds": rest.seconds,
        },
    )


def _late(visit: Visit, windows: Windows, ways: Sequence[_Way]) -> Reason | None:
    """What an exact schedule with the one call says."""
    late, shift = min(
        (
            earliest_return(way.shift, way.there, windows, visit.service, way.back) - way.shift.latest_end,
            way.shift.id,
        )
        for way in ways
    )
    if late <= 0:
        return None
    facts: dict[str, str | int] = {"shift": shift}
    if late < UNREACHABLE:
        facts["late_seconds"] = late
    return Reason("not_even_alone", facts)
