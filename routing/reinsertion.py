"""What would it take to plan a visit after all: put in by force, and what would have to give way.

Every answer is a plan that works: the visit was put into the routes, calls were taken out until the
day could be kept, and those taken out were tried everywhere else. A cheaper way may exist (whole
routes are not drawn up anew), so a cost is what this way costs, never the least possible one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from routing.problem import Problem
from routing.solve.insertion import Routes
from routing.solve.instance import Instance, instance_of
from routing.solve.schedule import Schedule, times_of
from routing.solve.villages import There, mended, runs_by_village
from routing.travel.legs import Travel


@dataclass(frozen=True, slots=True)
class Fit:
    """One way to plan a visit after all.

    It is made on ``shift`` from ``arrival`` to ``leave`` (seconds), after the call ``after`` (None: the
    first). ``displaced`` are the visits that lose their place and ``cost`` is what those are worth, and
    what more overtime costs (fen); ``moved`` are those that find another place, each with its shift.
    ``extra_seconds`` is travel more than now; less than none where what gave way saves it.
    """

    shift: str
    after: str | None
    arrival: int
    leave: int
    displaced: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    cost: int
    extra_seconds: int


class Reinsertion:
    """Feasible routes in which visits can be tried. Keeps what it has worked out: ask it many times.

    ``routes`` are ids of visits by shift (:meth:`routing.problem.Plan.order`); ``kept`` are visits that
    may not give way: started, pinned, or wanted by a deadline. Memory and time of set-up grow with the
    square of planned and asked visits: some thousands at most.
    """

    def __init__(
        self,
        problem: Problem,
        routes: Mapping[str, Sequence[str]],
        travel: Travel,
        asked: Collection[str],
        kept: Collection[str] = (),
    ) -> None:
        planned = {visit for stops in routes.values() for visit in stops}
        visits = [visit for visit in problem.visits if visit.id in planned or visit.id in asked]
        self._instance: Instance = instance_of(problem, visits, travel)
        self._number = {visit.id: x for x, visit in enumerate(self._instance.visits)}
        self._kept = {self._number[name] for name in kept if name in self._number}
        self._kept |= {x for x, visit in enumerate(self._instance.visits) if visit.must}
        stops = {shift: tuple(self._number[visit] for visit in order) for shift, order in routes.items()}
        shifts = enumerate(self._instance.shifts)
        self._schedules = [Schedule(self._instance, k, stops.get(shift.id, ())) for k, shift in shifts]
        self._gaps = [self._gaps_in(schedule) for schedule in self._schedules]
        self._loose = self._loose_among(self._schedules)

    def fits(self, visit: str, most: int = 5) -> tuple[Fit, ...]:
        """Ways to plan ``visit``, at most one a shift, the cheapest first; none where it fits into no shift.

        A visit that is planned already is taken out first. Raises KeyError for a visit that was not asked for.
        """
        x = self._number[visit]
        loose = self._loose
        if any(x in schedule.stops for schedule in self._schedules):
            loose = self._loose_among([self._without(schedule, x) for schedule in self._schedules])
        found = []
        for k in self._instance.allowed[x]:
            elsewhere = loose.get((self._instance.village[x], self._instance.day[k]), frozenset())
            if fit := self._on_shift(x, k, elsewhere):
                found.append(fit)
        return tuple(sorted(found, key=lambda fit: (fit.cost, fit.extra_seconds, fit.shift))[:most])

    def _on_shift(self, x: int, k: int, elsewhere: frozenset[int]) -> Fit | None:
        """The cheapest way on one shift: the first gap, in order of what gives way, in which the day still works."""
        gaps = self._gaps[k]
        if x in self._schedules[k].stops:
            gaps = self._gaps_in(self._without(self._schedules[k], x))
        for gap in gaps:
            rest = gap.schedule()
            if not rest.feasible:
                continue
            spots = (p for p in gap.positions(rest) if self._may(x, k, elsewhere, rest, p) and rest.overrun(x, p) <= 0)
            for position in sorted(spots, key=lambda p: (rest.detour(x, p), p)):
                schedules = self._with(rest.with_stop(x, position), x, k)
                if self._whole(schedules):
                    return self._fit(x, k, gap.out, schedules)
        return None

    def _loose_among(self, schedules: Sequence[Schedule]) -> dict[There, frozenset[int]]:
        """By village and day the shifts that have a run there which no window explains."""
        runs = runs_by_village(self._instance, schedules)
        return {there: frozenset(run.shift for run in found if not run.bound) for there, found in runs.items()}

    def _gaps_in(self, schedule: Schedule) -> list[_Gap]:
        """All gaps that may be made in a route, the least valuable first."""
        gaps = [_Gap(schedule, first, last) for first, last in _stretches(len(schedule.stops))]
        may = [gap for gap in gaps if not self._kept & set(gap.out)]
        return sorted(may, key=lambda gap: (self._worth(gap.out, schedule.shift), len(gap.out), gap.first))

    def _may(self, x: int, k: int, elsewhere: frozenset[int], rest: Schedule, position: int) -> bool:
        """Whether a spot can keep villages whole, as far as one can tell without reckoning all routes."""
        village, villages = self._instance.village[x], self._instance.village
        left = villages[rest.stops[position - 1]] if position else -1
        right = villages[rest.stops[position]] if position < len(rest.stops) else -2
        if village in (left, right):
            return True
        if left == right:
            return False
        return k in self._instance.bound[x] or not (
            elsewhere - {k} or any(villages[stop] == village for stop in rest.stops)
        )

    def _with(self, changed: Schedule, x: int, k: int) -> list[Schedule]:
        """All schedules with one changed, and without the other place of a visit that has one already."""
        return [
            changed if n == k else self._without(schedule, x) if x in schedule.stops else schedule
            for n, schedule in enumerate(self._schedules)
        ]

    def _without(self, schedule: Schedule, x: int) -> Schedule:
        return Schedule(self._instance, schedule.shift, tuple(stop for stop in schedule.stops if stop != x))

    def _whole(self, schedules: Sequence[Schedule]) -> bool:
        """Whether every route can be kept and no village is split without cause."""
        return all(s.feasible for s in schedules) and mended(self._instance, schedules) == list(schedules)

    def _fit(self, x: int, k: int, out: Sequence[int], schedules: list[Schedule]) -> Fit:
        before = sum(schedule.travel for schedule in self._schedules)
        overtime = sum(schedule.cost for schedule in self._schedules)
        routes = Routes(self._instance, schedules)
        moved, displaced = [], []
        for other in sorted(out, key=lambda o: (-self._worth([o], k), self._instance.visits[o].id)):
            spot = routes.best_spot(other, range(len(schedules)))
            if spot is None or spot.splits:
                displaced.append(other)
            else:
                routes.insert(other, spot)
                moved.append((self._instance.visits[other].id, self._instance.shifts[spot.shift].id))
        schedule = routes.schedules[k]
        place = schedule.stops.index(x)
        arrival = times_of(schedule).arrivals[place]
        return Fit(
            shift=self._instance.shifts[k].id,
            after=self._instance.visits[schedule.stops[place - 1]].id if place else None,
            arrival=arrival,
            leave=arrival + self._instance.service[x],
            displaced=tuple(self._instance.visits[o].id for o in displaced),
            moved=tuple(moved),
            cost=self._worth(displaced, k) + sum(schedule.cost for schedule in routes.schedules) - overtime,
            extra_seconds=sum(schedule.travel for schedule in routes.schedules) - before,
        )

    def _worth(self, stops: Sequence[int], k: int) -> int:
        return sum(self._instance.value[x][k] for x in stops)


class _Gap:
    """A route without its stops ``first`` to ``last`` (exclusive); its schedule is reckoned when asked for."""

    __slots__ = ("_schedule", "_whole", "first", "last", "out")

    def __init__(self, whole: Schedule, first: int, last: int) -> None:
        self.first, self.last = first, last
        self.out = whole.stops[first:last]
        self._whole = whole
        self._schedule: Schedule | None = None

    def schedule(self) -> Schedule:
        """The route without those stops."""
        if self._schedule is None:
            whole = self._whole
            left = whole.stops[: self.first] + whole.stops[self.last :]
            self._schedule = Schedule(whole.instance, whole.shift, left)
        return self._schedule

    def positions(self, rest: Schedule) -> Iterator[int]:
        """Where a visit may go: anywhere where at most one stop gave way, else into the gap."""
        if self.last - self.first > 1:
            return iter((self.first,))
        return iter(range(len(rest.stops) + 1))


def _stretches(stops: int) -> Iterator[tuple[int, int]]:
    """Every unbroken stretch of a route, none of it first: the gaps that may be made."""
    yield 0, 0
    for length in range(1, stops + 1):
        for first in range(stops - length + 1):
            yield first, first + length
