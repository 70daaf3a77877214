"""From a problem to a plan: screen, choose candidates, search, close, judge."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Final

from routing.problem import Plan, Problem, Route, Stop, Unplanned
from routing.solve import core
from routing.solve.budget import Steps
from routing.solve.candidates import candidates
from routing.solve.closing import close
from routing.solve.instance import Instance, instance_of
from routing.solve.options import OnProgress, Progress, SolveOptions
from routing.solve.routing_model import RoutingModel
from routing.solve.schedule import Schedule, Times, times_of
from routing.solve.screen import Screened, screen
from routing.solve.search import Objective, improve
from routing.solve.start import PinsImpossible, Start, started
from routing.travel.journey import journey_of
from routing.travel.legs import Travel

#: The share of the seconds that OR-Tools' search may use; its descent mostly ends long before.
_ROUTING_SHARE: Final = 0.25
_OF: Final = 1_000
#: A search on few visits has seen everything long before its seconds are over.
_STEPS_PER_VISIT: Final = 100
_COMPILED_STEPS_PER_VISIT: Final = 20_000


class PlanRefused(RuntimeError):
    """OR-Tools finds routes infeasible that our own schedule calls feasible: a fault of ours, never stored."""


def solve(
    problem: Problem,
    travel: Travel,
    options: SolveOptions,
    on_progress: OnProgress | None = None,
    *,
    start: Start | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Plan:
    """A plan for ``problem``: which visits, by which shift, in which order, at what time, and why not the others.

    Every valid problem has a plan, if only one without routes. The result does not depend on the order
    of visits and shifts. The search begins from ``start`` where there is one. ``stopped`` is asked about twenty
    times a second; once it says yes, the best plan so far is finished. Holds the GIL for much of its time.
    Raises :class:`PlanRefused`, and :class:`routing.solve.start.PinsImpossible` where pins cannot be kept.
    """
    core.compiled()  # may compile, once on a machine: no part of anybody's budget
    budget = _Budget(options, on_progress, stopped)
    screened = screen(problem, travel)
    if start is not None:
        _must_know(start, screened)
    routes: list[list[str]] = [[] for _ in screened.shifts]
    split_price = 0
    if screened.visits and screened.shifts:
        usable = Problem(problem.date, screened.visits, problem.villages, screened.shifts)
        visits = candidates(screened, options.candidates, start.visits if start is not None else ())
        instance = instance_of(usable, visits, travel, start)
        objective = Objective(instance, options.split_cost)
        split_price = objective.split
        best = _searched(instance, objective, options, budget, start)
        routes = [[instance.visits[x].id for x in schedule.stops] for schedule in best]
    plan = finished(problem, travel, screened, routes, split_price, start)
    budget.report_value(plan.value, 1.0)
    return replace(plan, engine=_engine(budget.ran))


def _must_know(start: Start, screened: Screened) -> None:
    """Raise PinsImpossible where a pinned visit or its shift cannot be planned at all."""
    visits, shifts = {visit.id for visit in screened.visits}, {shift.id for shift in screened.shifts}
    for shift, names in sorted(start.routes.items()):
        pinned = [name for name in names if name in start.pinned]
        if pinned and not (shift in shifts and visits.issuperset(pinned)):
            raise PinsImpossible(shift, pinned)


def finished(
    problem: Problem,
    travel: Travel,
    screened: Screened,
    routes: Sequence[Sequence[str]],
    split_price: int,
    start: Start | None = None,
) -> Plan:
    """The plan with these routes (ids of visits, one for each shift of ``screened``), and whatever else fits into them.

    ``split_price`` is what splitting a village costs, fen. Raises :class:`PlanRefused`.
    """
    schedules, left_out = close(problem, screened.visits, screened.shifts, routes, travel, split_price, start)
    _judge(problem, schedules, travel)
    return plan_of(problem, schedules, travel, (*screened.impossible, *left_out))


class _Budget:
    """What is spent of the budget, and telling how far it is."""

    def __init__(
        self, options: SolveOptions, on_progress: OnProgress | None, stopped: Callable[[], bool] | None
    ) -> None:
        self._options = options
        self._on_progress = on_progress
        self._stopped = stopped
        self._steps: Steps | None = None
        self._began = time.monotonic()
        self._told = 0.0
        #: What took part in the search, in order.
        self.ran: list[str] = []

    def routing(self) -> tuple[float | None, int | None]:
        """Seconds and solutions for OR-Tools, which mostly ends before that by itself."""
        seconds, iterations = self._options.seconds, self._options.iterations
        if seconds is None:
            return None, iterations
        used = time.monotonic() - self._began
        return max(0.01, seconds * _ROUTING_SHARE - used), None

    def improvement(self, visits: int) -> Steps:
        """What is left for ruin and recreate."""
        seconds, iterations = self._options.seconds, self._options.iterations
        if seconds is None:
            self._steps = Steps(iterations or 1, None, self._stopped)
        else:
            per_visit = _COMPILED_STEPS_PER_VISIT if core.compiled() else _STEPS_PER_VISIT
            left = max(0.01, self._began + seconds - time.monotonic())
            self._steps = Steps(visits * per_visit, left, self._stopped)
        return self._steps

    def report(self, schedules: Sequence[Schedule], done: float) -> None:
        """Tell how far it is, not more than ten times a second."""
        self.report_value(_value(schedules), done)

    def report_value(self, value: int, done: float) -> None:
        """Tell how far it is and what the plan is worth, not more than ten times a second."""
        now = time.monotonic()
        if self._on_progress is None or (done < 1.0 and now - self._told < 0.1):
            return
        self._told = now
        taken = self._steps.taken if self._steps is not None else 0
        self._on_progress(Progress(round(min(1.0, done) * _OF), _OF, value, taken, now - self._began))


def _searched(
    instance: Instance, objective: Objective, options: SolveOptions, budget: _Budget, start: Start | None
) -> list[Schedule]:
    """The best routes of the search that can be used here."""
    rng = random.Random(options.seed)
    share = 0.0
    if start is not None:
        begun = started(instance, start)
    elif core.compiled():
        begun = [Schedule(instance, k, ()) for k in range(len(instance.shifts))]
    else:
        # Plain Python makes too few steps to do without good routes to begin from.
        share = _ROUTING_SHARE
        begun = _first_routes(instance, objective, options, budget, rng)
        budget.ran.append("first routes (ortools)")
    budget.report(begun, share)
    steps = budget.improvement(len(instance.visits))

    def on_best(best: Sequence[Schedule]) -> None:
        budget.report(best, min(0.999, share + (1 - share) * steps.spent))

    search = core.improve if core.compiled() else improve
    found = search(instance, begun, objective, rng, steps, on_best, options.parameters)
    how = f"numba {version('numba')}" if core.compiled() else "plain"
    budget.ran.append(f"ruin and recreate ({how})")
    if steps.packings:
        budget.ran.append("set packing (ortools)")
    return found


def _first_routes(
    instance: Instance, objective: Objective, options: SolveOptions, budget: _Budget, rng: random.Random
) -> list[Schedule]:
    """OR-Tools' routes."""
    order = list(range(len(instance.visits)))
    if options.seed:
        rng.shuffle(order)

    def schedules_of(routes: Sequence[Sequence[int]]) -> list[Schedule]:
        return [Schedule(instance, k, tuple(stops)) for k, stops in enumerate(routes)]

    model = RoutingModel(instance, order, objective, options.split_cost)
    seconds, solutions = budget.routing()
    found = model.solve(seconds, solutions, lambda routes: budget.report(schedules_of(routes), _ROUTING_SHARE / 2))
    return schedules_of(found)


def _judge(problem: Problem, schedules: Sequence[Schedule], travel: Travel) -> None:
    """Let OR-Tools find the finished routes feasible on a model of their own, or raise PlanRefused."""
    busy = [schedule for schedule in schedules if schedule.stops]
    if not busy:
        return
    planned = [s.instance.visits[x] for s in busy for x in s.stops]
    shifts = tuple(schedule.instance.shifts[schedule.shift] for schedule in busy)
    instance = instance_of(Problem(problem.date, (), problem.villages, shifts), planned, travel)
    number = {visit.id: x for x, visit in enumerate(instance.visits)}
    routes = [[number[s.instance.visits[x].id] for x in s.stops] for s in busy]
    judge = RoutingModel(instance, range(len(instance.visits)), Objective(instance, 0.0), 0.0)
    if not judge.accepts(routes):
        raise PlanRefused(f"OR-Tools refuses the routes of {problem.date}: {routes}")


def plan_of(problem: Problem, schedules: Sequence[Schedule], travel: Travel, left_out: Sequence[Unplanned]) -> Plan:
    """The plan of feasible schedules, with times, figures and the reasons of those left out."""
    routes = tuple(_route(problem, schedule, travel) for schedule in schedules if schedule.stops)
    cost = sum(schedule.cost for schedule in schedules)
    return Plan(routes, tuple(sorted(left_out, key=lambda item: item.visit)), _value(schedules), _engine(), cost)


def _value(schedules: Sequence[Schedule]) -> int:
    return sum(s.instance.value[x][s.shift] for s in schedules for x in s.stops)


def _engine(ran: Sequence[str] = ()) -> str:
    """What drew a plan up: what took part in its search, then insertion, and OR-Tools that judged it."""
    return " + ".join([*ran, f"insertion, judged by ortools {version('ortools')}"])


def _route(problem: Problem, schedule: Schedule, travel: Travel) -> Route:
    inst, shift = schedule.instance, schedule.instance.shifts[schedule.shift]
    visits = [inst.visits[x] for x in schedule.stops]
    journey = journey_of(shift, visits, problem.villages, travel)
    times: Times = times_of(schedule)
    return Route(
        shift=shift.id,
        stops=tuple(
            Stop(visit.id, begin, begin + visit.service) for visit, begin in zip(visits, times.arrivals, strict=True)
        ),
        start=times.start,
        end=times.end,
        rest_start=times.rest,
        drive_seconds=journey.drive_seconds,
        walk_seconds=journey.walk_seconds,
        metres=journey.metres,
    )
