"""Is a plan right? Judged from problem and travel alone, with no code of the solver.

:func:`check` finds what a plan must never do, :func:`notes` what it may do for a reason and somebody
should know. Codes and their facts are listed in :data:`VIOLATIONS` and :data:`NOTES`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from routing.explain import UNPLANNED
from routing.problem import DAY, Break, Plan, Problem, Route, Shift, Stop, Visit
from routing.travel.legs import UNREACHABLE, Block, Mode, Travel, end_of, point_of_visit, start_of

Facts = Mapping[str, str | int]

#: What :func:`check` may find; seconds are durations, ``…_at`` seconds since midnight.
VIOLATIONS: Mapping[str, str] = {
    "unknown_visit": "A stop or an unplanned entry names no visit of the problem (visit).",
    "visited_twice": "A visit has more than one stop (visit, times).",
    "planned_and_unplanned": "A visit has a stop and is listed as unplanned (visit).",
    "unaccounted": "A visit has neither a stop nor a reason (visit).",
    "unplanned_twice": "A visit is listed as unplanned more than once (visit, times).",
    "unknown_reason": "An unplanned visit has a reason that no table explains (visit, reason).",
    "unknown_shift": "A route belongs to no shift of the problem (shift).",
    "two_routes": "A shift has more than one route (shift, times).",
    "empty_route": "A route has no stop (shift).",
    "shift_not_allowed": "A visit is made by a shift that may not make it (visit, shift).",
    "skill_missing": "A visit is made by a team that lacks a skill it asks for (visit, shift, skill).",
    "before_shift": "The team leaves before its shift begins (shift, starts_at, shift_starts_at).",
    "after_shift": "The team is back after its shift and any overtime have ended (shift, ends_at, shift_ends_at).",
    "outside_windows": "A call begins outside every window of the visit (visit, arrives_at).",
    "wrong_service_time": "A call does not last as long as it should (visit, seconds, should_be).",
    "no_way": "A leg of the route cannot be travelled (shift, visit: the stop it leads to, or the end).",
    "too_fast": "There is less time between two points than the way takes (shift, visit, seconds, should_be).",
    "no_rest": "The shift has a rest and the route has none (shift).",
    "rest_without_cause": "The route has a rest and the shift has none (shift).",
    "rest_outside_bounds": "The rest is not wholly inside its bounds (shift, rest_at).",
    "rest_during_call": "The rest overlaps a call (shift, visit, rest_at).",
    "rest_over_start_or_end": "The rest lies half inside and half outside the route (shift, rest_at).",
    "village_split": "A village has several runs on one day and no window explains it (village, runs).",
    "wrong_drive_time": "The route's driving time is not the sum of its legs (shift, seconds, should_be).",
    "wrong_walk_time": "The route's walking time is not the sum of its legs (shift, seconds, should_be).",
    "wrong_distance": "The route's distance is not the sum of its legs (shift, metres, should_be).",
    "wrong_cost": "The plan's cost is not that of its routes' overtime (cost, should_be).",
    "wrong_value": "The plan's value is not the sum of its visits' (value, should_be).",
}

#: What :func:`notes` may find.
NOTES: Mapping[str, str] = {
    "village_split_for_window": "A village has several runs on one day because of explicit windows (village, runs).",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """Something a plan must not do: a code of :data:`VIOLATIONS` and its facts."""

    code: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Something a plan may do for a reason: a code of :data:`NOTES` and its facts."""

    code: str
    facts: Facts = field(default_factory=dict)


def check(problem: Problem, travel: Travel, plan: Plan) -> list[Violation]:
    """Every violation of the plan, in a fixed order; an empty list means that it may be stored."""
    visits = {visit.id: visit for visit in problem.visits}
    shifts = {shift.id: shift for shift in problem.shifts}
    found = [*_accounts(plan, visits), *_shares(plan, shifts), *_cost(plan, shifts)]
    for route in plan.routes:
        if route.shift in shifts and route.stops and all(stop.visit in visits for stop in route.stops):
            found += _Day(problem, travel, route, visits, shifts[route.shift]).violations()
    found += [
        Violation("village_split", {"village": village, "runs": len(runs)})
        for village, runs in _split(problem, plan)
        if len(runs) - sum(runs) > 1
    ]
    return found


def notes(problem: Problem, plan: Plan) -> list[Note]:
    """What is unusual but allowed."""
    return [
        Note("village_split_for_window", {"village": village, "runs": len(runs)})
        for village, runs in _split(problem, plan)
        if len(runs) - sum(runs) <= 1
    ]


def _accounts(plan: Plan, visits: Mapping[str, Visit]) -> Iterator[Violation]:
    """Each visit is planned once or unplanned once, and the value is theirs."""
    stops = Counter(stop.visit for route in plan.routes for stop in route.stops)
    left_out = Counter(item.visit for item in plan.unplanned)
    for name in sorted((stops.keys() | left_out.keys()) - visits.keys()):
        yield Violation("unknown_visit", {"visit": name})
    for name in sorted(visits):
        if stops[name] > 1:
            yield Violation("visited_twice", {"visit": name, "times": stops[name]})
        if left_out[name] > 1:
            yield Violation("unplanned_twice", {"visit": name, "times": left_out[name]})
        if stops[name] and left_out[name]:
            yield Violation("planned_and_unplanned", {"visit": name})
        if not stops[name] and not left_out[name]:
            yield Violation("unaccounted", {"visit": name})
    for item in plan.unplanned:
        if item.reason.code not in UNPLANNED:
            yield Violation("unknown_reason", {"visit": item.visit, "reason": item.reason.code})
    value = sum(
        visits[name].worth.get(route.shift, visits[name].value)
        for route in plan.routes
        for name in {stop.visit for stop in route.stops} & visits.keys()
    )
    if plan.value != value:
        yield Violation("wrong_value", {"value": plan.value, "should_be": value})


def _shares(plan: Plan, shifts: Mapping[str, Shift]) -> Iterator[Violation]:
    """Each route belongs to one shift that has no other."""
    for name, times in sorted(Counter(route.shift for route in plan.routes).items()):
        if name not in shifts:
            yield Violation("unknown_shift", {"shift": name})
        if times > 1:
            yield Violation("two_routes", {"shift": name, "times": times})
    for route in plan.routes:
        if not route.stops:
            yield Violation("empty_route", {"shift": route.shift})


def _cost(plan: Plan, shifts: Mapping[str, Shift]) -> Iterator[Violation]:
    """The cost is that of all overtime, each route's in whole fen, rounded up."""
    cost = 0
    for route in plan.routes:
        shift = shifts.get(route.shift)
        if shift is not None and route.end > shift.end:
            fen, part = divmod((route.end - shift.end) * shift.overtime_rate, 3600)
            cost += fen + (part > 0)
    if plan.cost != cost:
        yield Violation("wrong_cost", {"cost": plan.cost, "should_be": cost})


def _split(problem: Problem, plan: Plan) -> list[tuple[str, list[bool]]]:
    """The villages with several runs on one day, and for each run whether a window may be its cause.

    A window may split a village if it leaves out part of the shift. Of the runs of a village one
    needs no cause.
    """
    visits = {visit.id: visit for visit in problem.visits}
    shifts = {shift.id: shift for shift in problem.shifts}
    runs: dict[tuple[str, int], list[bool]] = {}
    for route in plan.routes:
        before: str | None = None
        for stop in route.stops:
            visit, shift = visits.get(stop.visit), shifts.get(route.shift)
            village = visit.household.village if visit is not None else None
            if visit is not None and village is not None:
                caused = shift is not None and _bites(visit, shift)
                of_day = runs.setdefault((village, shift.start // DAY if shift is not None else 0), [])
                if village != before:
                    of_day.append(caused)
                else:
                    of_day[-1] = of_day[-1] or caused
            before = village
    return [(village, causes) for (village, _), causes in sorted(runs.items()) if len(causes) > 1]


def _bites(visit: Visit, shift: Shift) -> bool:
    """Whether some moment of the shift lies outside every window of the visit."""
    reached = shift.start
    for window in sorted(visit.windows, key=lambda w: w.open):
        if window.open <= reached <= window.close:
            reached = window.close + 1
    return bool(visit.windows) and reached <= shift.end


class _Day:
    """One route against its shift."""

    def __init__(
        self, problem: Problem, travel: Travel, route: Route, visits: Mapping[str, Visit], shift: Shift
    ) -> None:
        self.route = route
        self.shift = shift
        self.visits = [visits[stop.visit] for stop in route.stops]
        points = [
            start_of(shift),
            *(point_of_visit(visit, problem.villages) for visit in self.visits),
            end_of(shift),
        ]
        self.legs: Block = travel.between(points, points)

    def violations(self) -> Iterator[Violation]:
        yield from self._working_time()
        for stop, visit in zip(self.route.stops, self.visits, strict=True):
            yield from self._call(stop, visit)
        yield from self._ways()
        yield from self._rest()
        yield from self._figures()

    def _working_time(self) -> Iterator[Violation]:
        route, shift = self.route, self.shift
        if route.start < shift.start:
            facts = {"starts_at": route.start, "shift_starts_at": shift.start}
            yield Violation("before_shift", {"shift": shift.id, **facts})
        latest = shift.end + shift.overtime
        if route.end > latest:
            yield Violation("after_shift", {"shift": shift.id, "ends_at": route.end, "shift_ends_at": latest})

    def _call(self, stop: Stop, visit: Visit) -> Iterator[Violation]:
        if visit.shifts is not None and self.shift.id not in visit.shifts:
            yield Violation("shift_not_allowed", {"visit": visit.id, "shift": self.shift.id})
        for skill in sorted(visit.skills - self.shift.team.skills):
            yield Violation("skill_missing", {"visit": visit.id, "shift": self.shift.id, "skill": skill})
        if visit.windows and not any(w.open <= stop.arrival <= w.close for w in visit.windows):
            yield Violation("outside_windows", {"visit": visit.id, "arrives_at": stop.arrival})
        if stop.leave - stop.arrival != visit.service:
            seconds = stop.leave - stop.arrival
            yield Violation("wrong_service_time", {"visit": visit.id, "seconds": seconds, "should_be": visit.service})

    def _ways(self) -> Iterator[Violation]:
        """Between leaving one point and reaching the next there is time for the way, the rest apart."""
        route = self.route
        left = [route.start, *(stop.leave for stop in route.stops)]
        reached = [*(stop.arrival for stop in route.stops), route.end]
        names = [*(stop.visit for stop in route.stops), "end"]
        for leg, (leave, reach, name) in enumerate(zip(left, reached, names, strict=True)):
            needed = int(self.legs.seconds[leg, leg + 1])
            if needed >= UNREACHABLE:
                yield Violation("no_way", {"shift": self.shift.id, "visit": name})
                continue
            have = reach - leave - self._resting(leave, reach)
            if have < needed:
                facts = {"seconds": have, "should_be": needed}
                yield Violation("too_fast", {"shift": self.shift.id, "visit": name, **facts})

    def _resting(self, leave: int, reach: int) -> int:
        """Seconds of the rest between two moments."""
        if self.shift.rest is None or self.route.rest_start is None:
            return 0
        begin = self.route.rest_start
        return max(0, min(reach, begin + self.shift.rest.seconds) - max(leave, begin))

    def _rest(self) -> Iterator[Violation]:
        rest, begin = self.shift.rest, self.route.rest_start
        if rest is None or rest.seconds <= 0:
            if begin is not None:
                yield Violation("rest_without_cause", {"shift": self.shift.id})
        elif begin is None:
            yield Violation("no_rest", {"shift": self.shift.id})
        else:
            yield from self._rest_time(rest, begin)

    def _rest_time(self, rest: Break, begin: int) -> Iterator[Violation]:
        route, end = self.route, begin + rest.seconds
        facts: Facts = {"shift": self.shift.id, "rest_at": begin}
        if begin < rest.earliest or end > rest.latest:
            yield Violation("rest_outside_bounds", facts)
        for stop in route.stops:
            if begin < stop.leave and stop.arrival < end:
                yield Violation("rest_during_call", {**facts, "visit": stop.visit})
        for edge in (route.start, route.end):
            if begin < edge < end:
                yield Violation("rest_over_start_or_end", facts)

    def _figures(self) -> Iterator[Violation]:
        route, legs = self.route, self.legs
        steps = list(pairwise(range(len(self.visits) + 2)))
        if any(legs.seconds[step] >= UNREACHABLE for step in steps):
            return
        drive = sum(int(legs.seconds[step]) for step in steps if legs.mode[step] == Mode.DRIVE)
        walk = sum(int(legs.seconds[step]) for step in steps if legs.mode[step] == Mode.WALK)
        metres = sum(int(legs.metres[step]) for step in steps)
        for code, unit, says, should_be in (
            ("wrong_drive_time", "seconds", route.drive_seconds, drive),
            ("wrong_walk_time", "seconds", route.walk_seconds, walk),
            ("wrong_distance", "metres", route.metres, metres),
        ):
            if says != should_be:
                yield Violation(code, {"shift": self.shift.id, unit: says, "should_be": should_be})
