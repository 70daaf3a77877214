"""The rest of a day again, changing as little as asked.

What was begun stays as it is: every team goes on from where it stands, at the moment it is free. What is
left of the day is then a problem like any other, whose shifts begin on the way, and how much may change
is one of three plain choices (:class:`MayChange`). Every change costs ``price``, so that one is made only
for what is worth more (Groër, Golden and Wasil, "The consistent
vehicle routing problem", M&SOM 11, 2009, measure consistency; the price is ours).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

from routing.differences import Differences, differences
from routing.problem import Break, Place, Plan, Problem, Shift, Visit
from routing.reinsertion import Fit, Reinsertion
from routing.solve.instance import described, instance_of
from routing.solve.options import SolveOptions
from routing.solve.planner import finished, solve
from routing.solve.process import in_child, plain
from routing.solve.schedule import Schedule
from routing.solve.screen import screen
from routing.solve.search import Objective
from routing.solve.start import Start
from routing.solve.villages import mended
from routing.travel.journey import Journey, journey_of
from routing.travel.legs import Travel


class MayChange(StrEnum):
    """How much of the rest of the day may change.

    ``nothing``: teams and order stay, visits are only put in, and left out where the day no longer holds
    them. ``order``: every planned visit stays with its team. ``teams``: all may change, at a price.
    """

    NOTHING = "nothing"
    ORDER = "order"
    TEAMS = "teams"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Where a team stands.

    ``done`` of its planned stops are over or begun; it is free for the next at ``free_at`` (seconds) at
    ``place``, in ``village`` where that is a door. ``rested``: its rest is over or begun. A team that is
    ``absent`` goes no further.
    """

    done: int
    free_at: int
    place: Place
    village: str | None = None
    rested: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Replanned:
    """The rest of the day: the problem that was solved, its plan, and what is different from the plan before.

    ``problem`` has the visits not yet begun and the shifts from where they stand, so that the plan can be
    checked; ``plan`` has the stops still to come, and why each other visit is left out. ``before`` is what the
    plan before had still to come, and ``lost`` what of it would be left out if nothing else changed.
    """

    problem: Problem
    plan: Plan
    before: Plan
    changes: Differences
    lost: frozenset[str]


DEFAULT_OPTIONS: Final = SolveOptions(seconds=0.5)


def replan(
    problem: Problem,
    travel: Travel,
    plan: Plan,
    under_way: Mapping[str, UnderWay],
    may_change: MayChange,
    *,
    price: int = 0,
    pinned: Collection[str] = (),
    options: SolveOptions = DEFAULT_OPTIONS,
) -> Replanned:
    """Plan the rest of the day of ``plan`` again.

    Parameters
    ----------
    problem
        The day as it is now: urgent visits added, those that fell away taken out. Visits of ``plan`` that it has
        no longer are simply gone.
    travel
        Travel as it is now, with what is closed (see :class:`routing.travel.closed.ClosedRoads`).
    under_way
        By shift where each team that has begun stands; one that is not named has not begun.
    price
        What it costs that a visit changes its team or its place in the order, fen. The day is drawn up anew only
        where that gains more than its changes cost.
    pinned
        Visits that stay with their team whatever happens, or are named as left out where that cannot be.
    """
    rest = _rest_of(problem, plan, under_way)
    before = _still_to_come(rest, travel, plan, under_way)
    team = {stop.visit: route.shift for route in before.routes for stop in route.stops}
    free = _held(rest, team, frozenset(pinned))
    held = _within_teams(free, team)

    def settled(held: Problem, routes: Mapping[str, Sequence[str]]) -> Replanned:
        # What is left out is explained, and what the plan is worth is told, on the day as it is, without our prices.
        screened = screen(held, travel)
        order = [routes.get(shift.id, []) for shift in screened.shifts]
        described_only = described(screened.visits, screened.shifts, [])
        split_price = Objective(described_only, options.split_cost).split if screened.visits else 0
        after = finished(held, travel, screened, order, split_price)
        return Replanned(held, after, before, differences(before, after), lost)

    lost: frozenset[str] = frozenset()
    least = settled(held, _with_what_must(held, travel, _kept(held, travel, before), pinned))
    lost = frozenset(least.changes.removed)
    least = replace(least, lost=lost)
    if may_change is MayChange.NOTHING:
        return least
    within = free if may_change is MayChange.TEAMS else held
    order = {shift: tuple(visits) for shift, visits in least.plan.order().items()}
    solved = solve(_at_a_price(within, team, price), travel, options, start=Start(order))
    anew = settled(within, solved.order())
    return max(least, anew, key=lambda found: _gain(found, price))


def replan_in_child(
    problem: Problem,
    travel: Travel,
    plan: Plan,
    under_way: Mapping[str, UnderWay],
    may_change: MayChange,
    *,
    price: int,
    pinned: Collection[str],
    options: SolveOptions,
    hard_limit_seconds: float,
) -> Replanned:
    """Like :func:`replan`, in a process of its own. Raises like :func:`routing.solve.process.solve_in_child`."""
    given = plain(problem), travel, plan, under_way, may_change, price, frozenset(pinned), options
    found: Replanned = in_child(partial(_replan, *given), hard_limit_seconds)
    reasons = {visit.id: visit.reasons for visit in problem.visits}
    visits = tuple(replace(visit, reasons=reasons[visit.id]) for visit in found.problem.visits)
    return replace(found, problem=replace(found.problem, visits=visits))


def _replan(
    problem: Problem,
    travel: Travel,
    plan: Plan,
    under_way: Mapping[str, UnderWay],
    may_change: MayChange,
    price: int,
    pinned: frozenset[str],
    options: SolveOptions,
    _on_progress: object,
) -> Replanned:
    return replan(problem, travel, plan, under_way, may_change, price=price, pinned=pinned, options=options)


def _gain(found: Replanned, price: int) -> tuple[int, int, int]:
    """What a new plan is worth, the visits that must be made first, then value less the price of every change."""
    planned = {visit for visits in found.plan.order().values() for visit in visits}
    musts = sum(visit.must for visit in found.problem.visits if visit.id in planned)
    changed = len(found.changes.moved) + len(found.changes.reordered)
    travel = sum(route.drive_seconds + route.walk_seconds for route in found.plan.routes)
    return musts, found.plan.value - found.plan.cost - price * changed, -travel


def _rest_of(problem: Problem, plan: Plan, under_way: Mapping[str, UnderWay]) -> Problem:
    """The visits not begun, and the shifts from where they stand."""
    begun = {
        stop.visit
        for route in plan.routes
        if route.shift in under_way
        for stop in route.stops[: under_way[route.shift].done]
    }
    shifts = [
        _from_here(shift, under_way[shift.id]) if shift.id in under_way else shift
        for shift in problem.shifts
        if shift.id not in under_way or not under_way[shift.id].absent
    ]
    return replace(
        problem,
        visits=tuple(visit for visit in problem.visits if visit.id not in begun),
        shifts=tuple(shift for shift in shifts if shift.start <= shift.end),
    )


def _from_here(shift: Shift, stands: UnderWay) -> Shift:
    start = max(shift.start, stands.free_at)
    rest = None if stands.rested else shift.rest
    if rest is not None and start + rest.seconds > rest.latest:
        rest = Break(start, start + rest.seconds, rest.seconds)  # overdue: at once
    return replace(shift, start=start, from_place=stands.place, from_village=stands.village, rest=rest)


def _still_to_come(rest: Problem, travel: Travel, plan: Plan, under_way: Mapping[str, UnderWay]) -> Plan:
    """The plan's stops that were not begun, with the figures of the way from where the teams stand."""
    visits, shifts = {visit.id: visit for visit in rest.visits}, {shift.id: shift for shift in rest.shifts}
    routes, value = [], 0
    for route in plan.routes:
        done = under_way[route.shift].done if route.shift in under_way else 0
        stops = tuple(stop for stop in route.stops[done:] if stop.visit in visits)
        value += sum(visits[stop.visit].value_on(route.shift) for stop in stops)
        if stops:
            calls = [visits[stop.visit] for stop in stops]
            shift = shifts.get(route.shift)
            journey = Journey(0, 0, 0) if shift is None else journey_of(shift, calls, rest.villages, travel)
            routes.append(replace(route, stops=stops, **asdict(journey)))
    return replace(plan, routes=tuple(routes), unplanned=(), value=value)


def _held(problem: Problem, team: Mapping[str, str], pinned: frozenset[str]) -> Problem:
    """Pinned visits must be made by the team that has them."""

    def hold(visit: Visit) -> Visit:
        if visit.id not in pinned or visit.id not in team:
            return visit
        return replace(visit, shifts=frozenset({team[visit.id]}), must=True)

    return replace(problem, visits=tuple(hold(visit) for visit in problem.visits))


def _within_teams(problem: Problem, team: Mapping[str, str]) -> Problem:
    """Every planned visit may be made by its own team alone, as long as that still works."""
    working = {shift.id for shift in problem.shifts}

    def hold(visit: Visit) -> Visit:
        own = team.get(visit.id)
        return replace(visit, shifts=frozenset({own})) if own in working and own is not None else visit

    return replace(problem, visits=tuple(hold(visit) for visit in problem.visits))


def _at_a_price(problem: Problem, team: Mapping[str, str], price: int) -> Problem:
    """A planned visit gains ``price`` by staying with its team; one that is worth nothing there any more does not."""

    def prized(visit: Visit) -> Visit:
        own = team.get(visit.id)
        if own is None or visit.value_on(own) <= 0:
            return visit
        return replace(visit, worth={**visit.worth, own: visit.value_on(own) + price})

    return replace(problem, visits=tuple(prized(visit) for visit in problem.visits)) if price else problem


def _kept(problem: Problem, travel: Travel, before: Plan) -> dict[str, list[str]]:
    """The old order on every shift that still works; where the day is too short, the least valuable stretch goes."""
    planned = {visit for visits in before.order().values() for visit in visits}
    possible = screen(replace(problem, visits=tuple(v for v in problem.visits if v.id in planned)), travel)
    instance = instance_of(replace(problem, shifts=possible.shifts), possible.visits, travel)
    number = {visit.id: x for x, visit in enumerate(instance.visits)}
    order = {shift: [number[v] for v in visits if v in number] for shift, visits in before.order().items()}
    kept = []
    for k, shift in enumerate(instance.shifts):
        stops = tuple(x for x in order.get(shift.id, ()) if k in instance.allowed[x])
        gaps = ((first, last) for last in range(len(stops) + 1) for first in range(last + 1))

        def loses(gap: tuple[int, int], stops: tuple[int, ...] = stops, k: int = k) -> tuple[int, int, int, int]:
            out = stops[gap[0] : gap[1]]
            held = sum(instance.must[x] for x in out)
            return held, sum(instance.value[x][k] for x in out), len(out), gap[0]

        tried = (Schedule(instance, k, stops[:first] + stops[last:]) for first, last in sorted(gaps, key=loses))
        kept.append(next(schedule for schedule in tried if schedule.feasible))
    # What explained a second run into a village may be done by now, or have fallen away.
    whole = mended(instance, kept)
    return {
        instance.shifts[schedule.shift].id: [instance.visits[x].id for x in schedule.stops]
        for schedule in whole
        if schedule.feasible
    }


def _with_what_must(
    problem: Problem, travel: Travel, routes: dict[str, list[str]], pinned: Collection[str]
) -> dict[str, list[str]]:
    """The routes with every visit that must be made put in, at the least cost, where it fits at all."""
    planned = {visit for stops in routes.values() for visit in stops}
    urgent = sorted(
        (visit for visit in problem.visits if visit.must and visit.id not in planned),
        key=lambda visit: (-visit.value, visit.id),
    )
    for visit in urgent:
        trial = Reinsertion(problem, routes, travel, [visit.id], pinned)
        for fit in trial.fits(visit.id, most=1):
            routes = _carried_out(routes, visit.id, fit)
    return routes


def _carried_out(routes: Mapping[str, Sequence[str]], visit: str, fit: Fit) -> dict[str, list[str]]:
    """The routes with a visit where the fit says; what gave way is put in again later, where there is room."""
    gone = {*fit.displaced, *dict(fit.moved)}
    changed = {shift: [stop for stop in stops if stop not in gone] for shift, stops in routes.items()}
    stops = changed.setdefault(fit.shift, [])
    stops.insert(stops.index(fit.after) + 1 if fit.after is not None else 0, visit)
    return changed
