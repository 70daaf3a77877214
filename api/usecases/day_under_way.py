"""A published day as it stands: its routes as the planner knows them, what was reported, where every team is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.problems import Problem
from api.store.columns import now
from api.store.models import Household, Outcome, Plan, Route, Stop, Team
from api.usecases.calls import WRONG_CLOCK
from api.usecases.context import rules, settings, today
from api.usecases.gather_problem import TerritoryPeriod, gather
from api.usecases.household_facts import place
from api.usecases.published import newest_published
from api.usecases.reported import reported_on
from routing import problem as planning
from routing.period import Period
from routing.standing import NO_WORD, Stands, Word, standing
from routing.visits import visit_id

_NOBODY = "team "


@dataclass(frozen=True, slots=True)
class DayUnderWay:
    """One territory's day by the plan that holds it.

    ``gathered`` is what is wanted as of now. ``routes`` and ``stops`` are the stored rows, by shift; a team without a
    shift any more has a made-up one. ``doors`` are all visits of the routes; ``reported`` says by visit which team
    reported it, and when (seconds).
    """

    plan: Plan
    territory: str
    on: date
    gathered: TerritoryPeriod
    routes: Mapping[str, Route]
    stops: Mapping[str, tuple[Stop, ...]]
    doors: Mapping[str, planning.Visit]
    reported: Mapping[str, tuple[str | None, int]]
    teams: Mapping[str, str]

    @property
    def problem(self) -> planning.Problem:
        """What the planner would be given."""
        return self.gathered.problem

    def visit(self, stop: Stop) -> str:
        """Return the id of a stop's visit."""
        return visit_id(stop.household_id, self.on)

    def shift_of(self, team: str) -> str | None:
        """Return the shift of a team that day, made up where it has only a route."""
        own = next((shift.id for shift in self.problem.shifts if shift.team.id == team), None)
        return own or next((shift for shift, route in self.routes.items() if route.team_id == team), None)

    def team_of(self, shift: str) -> str:
        """Return the team of a shift."""
        if shift in self.routes:
            return self.routes[shift].team_id
        return next(one.team.id for one in self.problem.shifts if one.id == shift)

    def route(self, shift: str, begun: Collection[str] = ()) -> planning.Route:
        """Return a route as the planner knows it, what was begun before the rest."""
        row = self.routes[shift]
        stops = [planning.Stop(self.visit(stop), stop.arrival, stop.leave) for stop in self.stops[shift]]
        in_order = sorted(stops, key=lambda stop: stop.visit not in begun)
        return planning.Route(
            shift, tuple(in_order), row.start, row.end, row.rest_start,
            row.drive_seconds, row.walk_seconds, row.metres,
        )  # fmt: skip

    def standing(self, at: int, words: Mapping[str, Word], cut_off: Collection[str]) -> dict[str, Stands]:
        """Return where every team stands at ``at``, by shift; who has no shift any more goes no further."""
        shifts = {shift.id: shift for shift in self.problem.shifts}
        found = {}
        for name in sorted(shifts.keys() | self.routes.keys()):
            shift = shifts.get(name) or self._made_up(name)
            word = words.get(name, NO_WORD) if name in shifts else Word(absent=True)
            route = self.route(name) if name in self.routes else None
            own = {visit: when for visit, (team, when) in self.reported.items() if team == shift.team.id}
            others = self.reported.keys() - own.keys()
            found[name] = standing(self.problem, self.doors, shift, route, at, own, word, cut_off, others)
        return found

    def _made_up(self, shift: str) -> planning.Shift:
        row = self.routes[shift]
        start, end = planning.Place(**row.from_place), planning.Place(**row.to_place)
        return planning.Shift(shift, planning.Team(row.team_id, ()), row.start, row.end, start, end)

    def narrowed(self, shift: str) -> DayUnderWay:
        """Return the day of one team alone: with its own visits and nobody else's."""
        own = {self.visit(stop) for stop in self.stops.get(shift, ())}
        problem = replace(
            self.problem,
            visits=tuple(visit for visit in self.problem.visits if visit.id in own),
            shifts=tuple(one for one in self.problem.shifts if one.id == shift),
        )
        gathered = replace(self.gathered, of=replace(self.gathered.of, problem=problem))
        routes = {name: row for name, row in self.routes.items() if name == shift}
        return replace(self, gathered=gathered, routes=routes)


def day_under_way(
    session: Session,
    plan: Plan,
    territory_id: str,
    on: date,
    asked_for: Mapping[str, bool] | None = None,
    away: Collection[str] = (),
) -> DayUnderWay:
    """Return the day of a territory as it stands. Raises 409 where the plan does not hold it, or it is over."""
    expect_holding(session, plan, territory_id, on)
    found = gather(
        session, territory_id, Period(on, on), rules(), settings().zone, asked_for=asked_for, away=away
    )  # fmt: skip
    shifts = {shift.team.id: shift.id for shift in found.problem.shifts}
    query = (
        select(Route, Stop, Household)
        .join(Stop, Stop.route_id == Route.id)
        .join(Household, Household.id == Stop.household_id)
        .where(Route.plan_id == plan.id, Route.territory_id == territory_id, Route.date == on)
        .where(Stop.withdrawn_at.is_(None))
        .order_by(Route.id, Stop.order)
    )
    routes: dict[str, Route] = {}
    stops: dict[str, list[Stop]] = defaultdict(list)
    doors = {visit.id: visit for visit in found.problem.visits}
    for route, stop, household in session.execute(query):
        shift = shifts.get(route.team_id, _NOBODY + route.team_id)
        routes[shift] = route
        stops[shift].append(stop)
        name = visit_id(household.id, on)
        door = planning.Household(household.id, household.village_id, place(household.lat, household.lon))
        doors.setdefault(name, planning.Visit(name, door, stop.leave - stop.arrival, 0))
    reports = reported_on(session, on, [doors[name].household.id for name in doors])
    reported = {visit_id(door, on): (report.team_id, _seconds(report, on)) for door, report in reports.items()}
    teams = {*shifts, *(route.team_id for route in routes.values())}
    names = dict(session.execute(select(Team.id, Team.name).where(Team.id.in_(teams))).all())
    kept = {shift: tuple(of_shift) for shift, of_shift in stops.items()}
    return DayUnderWay(plan, territory_id, on, found, routes, kept, doors, reported, names)


def expect_holding(session: Session, plan: Plan, territory_id: str, on: date) -> None:
    """Raise 409 unless the plan's day was published and holds for the territory, today or later."""
    if on < today():
        raise Problem(409, "day-over", _("This day is over. Plan today or a later day again."))
    if on not in {day.date for day in plan.days}:
        raise Problem(409, "not-published", _("This day of the plan is not published. Publish it first."))
    holds = newest_published(session, territory_id, on)
    if holds is not None and holds.id != plan.id:
        raise Problem(
            409, "replaced", _("Plan %(version)s holds this day by now. Plan its rest again.", version=holds.number),
            holds=holds.id,
        )  # fmt: skip


def clock_now(on: date) -> int:
    """Return the county's time of day in seconds, and its midnight for a day to come."""
    return _of_day(now(), on) if on <= today() else 0


def _seconds(report: Outcome, on: date) -> int:
    return _of_day(report.server_time if report.flags.keys() & WRONG_CLOCK else report.device_time, on)


def _of_day(moment: datetime, on: date) -> int:
    """A moment as seconds of the day, of its first or last one where it is of another."""
    midnight = datetime.combine(on, time.min, settings().zone)
    return max(0, min(planning.DAY - 1, int((moment - midnight).total_seconds())))
