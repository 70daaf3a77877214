"""Questions about a plan that is drawn up: where a visit would fit, and whether a plan made by hand would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import invalid
from api.store.models import Household, Team, Village
from api.usecases import audit, drawn_problems, rows
from api.usecases.context import store
from api.usecases.draw_up_plan import visible_plan
from api.usecases.drawn_problems import Drawn
from api.usecases.field_days import clock
from api.usecases.store_plan import money
from api.vault import mask_name
from api.wording import sentence
from api.wording.places import village_label
from routing.check import Violation, check
from routing.hand_made import timed
from routing.problem import DAY, Plan, Reason, Route, Shift, Visit
from routing.reinsertion import Fit, Reinsertion
from routing.relaxation import Relaxations, relaxations
from routing.travel.table import plainly


def fits(actor: Actor, plan_id: str, household_id: str) -> dict[str, Any]:
    """Return where a household's visit is, or would fit and what would give way for it. Raises 404, 422."""
    with store().write() as session:
        audit.record(session, actor.pseudonym, "plan.questioned", visible_plan(session, actor, plan_id).id)
    with store().read() as session:
        plan = visible_plan(session, actor, plan_id)
        household = rows.referenced(session, Household, household_id, actor, "household")
        village = session.get(Village, household.village_id) if household.village_id else None
        territory = village.territory_id if village else None
        drawn = drawn_problems.of_territory(session, plan.id, territory) if territory else None
        visits = [] if drawn is None else [v for v in drawn.problem.visits if v.household.id == household.id]
        answer: dict[str, Any] = {
            "household": household.id, "value": None, "planned": [], "impossible": None, "would_do": [], "fits": [],
            "travel_note": None,
        }  # fmt: skip
    if drawn is None or not visits:
        return {**answer, "impossible": sentence("not_in_plan" if drawn is None else "not_wanted", {})}
    found = _asked(drawn, visits[0])
    with store().read() as session:
        return {**answer, "value": money(visits[0].value), **_Answer(session, drawn).about(visits, found)}


@dataclass(frozen=True, slots=True)
class _Found:
    """What the planner's library says of one visit: what stands against it, else where it fits."""

    stands_against: Relaxations
    fits: tuple[Fit, ...]
    travel_differs: Reason | None


def _asked(drawn: Drawn, visit: Visit) -> _Found:
    reckoned = drawn.travel()
    travel, differs = reckoned.travel, reckoned.differs
    against = relaxations(drawn.problem, travel, visit.id)
    if against.reason is not None:
        reason = plainly(drawn.problem, travel, visit, against.reason)
        return _Found(replace(against, reason=reason), (), differs)
    return _Found(against, Reinsertion(drawn.problem, drawn.plan.order(), travel, [visit.id]).fits(visit.id), differs)


class _Answer:
    """Says what the planner's library found about one territory's plan, with people's names masked."""

    def __init__(self, session: Session, drawn: Drawn) -> None:
        self.session, self.drawn = session, drawn
        self.shifts = {shift.id: shift for shift in drawn.problem.shifts}
        self.visits = {visit.id: visit for visit in drawn.problem.visits}
        teams = {shift.team.id for shift in drawn.problem.shifts}
        self.teams = dict(session.execute(select(Team.id, Team.name).where(Team.id.in_(teams))).all())
        self.places = {stop.visit: (route.shift, stop) for route in drawn.plan.routes for stop in route.stops}

    def about(self, visits: Sequence[Visit], found: _Found) -> dict[str, Any]:
        """Answer for the visits of one household: where they stand, or what would let the first of them in."""
        answer: dict[str, Any] = {
            "planned": [self._planned(visit) for visit in visits if visit.id in self.places],
            "travel_note": _said(found.travel_differs),
        }
        against = found.stands_against
        if against.reason is None:
            return answer | {"fits": [self._fit(fit) for fit in found.fits]}
        return answer | {
            "impossible": sentence(against.reason.code, against.reason.facts),
            "would_do": [
                {"code": one.code, "sentence": sentence(one.code, self._named(one.facts))} for one in against.would_do
            ],
        }

    def _planned(self, visit: Visit) -> str:
        shift, stop = self.places[visit.id]
        on, team = self._day(shift), self._team(shift)
        return _("%(team)s, %(date)s at %(time)s", team=team, date=on.isoformat(), time=clock(stop.arrival % DAY))

    def _fit(self, fit: Fit) -> dict[str, Any]:
        displaced = [self._person(name) for name in fit.displaced]
        moved = [{**self._person(name), "to_team_name": self._team(shift)} for name, shift in fit.moved]
        cost = format_decimal(Decimal(money(fit.cost)), "#,##0")
        summary = (
            _("It fits as the plan stands.")
            if not fit.displaced and not fit.moved
            else _("It works if visits worth %(cost)s give way.", cost=cost)
            if fit.displaced
            else _("It works if other visits change teams; nothing is lost.")
        )
        return {
            "team": self.shifts[fit.shift].team.id,
            "team_name": self._team(fit.shift),
            "date": self._day(fit.shift),
            "arrival": clock(fit.arrival % DAY),
            "leave": clock(fit.leave % DAY),
            "after": None if fit.after is None else self._person(fit.after),
            "cost": money(fit.cost),
            "displaced": displaced,
            "moved": moved,
            "extra_min": round(fit.extra_seconds / 60),
            "summary": summary,
        }

    def _person(self, name: str) -> dict[str, Any]:
        visit = self.visits[name]
        return {**person(self.session, visit.household.id), "value": money(visit.value)}

    def _named(self, facts: Mapping[str, str | int]) -> dict[str, str | int]:
        """The facts with the team's name for its shift."""
        named = {**facts, "team": self._team(str(facts["shift"]))}
        if "seconds" in facts:
            named["need_seconds"] = facts["seconds"]
        return named

    def _team(self, shift: str) -> str:
        return self.teams.get(self.shifts[shift].team.id, "")

    def _day(self, shift: str) -> date:
        return day_of(self.drawn, self.shifts[shift])


def _said(reason: Reason | None) -> str | None:
    return None if reason is None else sentence(reason.code, reason.facts)


def day_of(drawn: Drawn, shift: Shift) -> date:
    """Return the day of a shift."""
    return drawn.problem.date + timedelta(days=shift.start // DAY)


def person(session: Session, household_id: str) -> dict[str, Any]:
    """Return a household as a plan names it: masked."""
    household = session.get_one(Household, household_id)
    village = session.get(Village, household.village_id) if household.village_id else None
    return {
        "household": household.id,
        "name": mask_name(household.name),
        "village_name": village_label(village) or None,
    }


def check_by_hand(actor: Actor, plan_id: str, hand_made: dict[str, Any]) -> dict[str, Any]:
    """Return what is wrong with routes made by hand, and their times. Nothing is stored. Raises 404, 422."""
    with store().read() as session:
        drawn = drawn_problems.of_plan(session, visible_plan(session, actor, plan_id).id)
    orders = _orders(drawn, hand_made["routes"])
    judged = [_judged(one, orders[one.territory]) for one in drawn if one.territory in orders]
    with store().read() as session:
        answers = [(_Answer(session, one.drawn), one) for one in judged]
        value = sum(one.made.value for one in judged)
        return {
            "violations": [_violation(answer, found) for answer, one in answers for found in one.violations],
            "routes": [_timed(answer, route) for answer, one in answers for route in one.made.routes],
            "value": money(value),
            "value_difference": money(value - sum(one.drawn.plan.value for one in judged)),
            "travel_note": next((_said(one.travel_differs) for one in judged if one.travel_differs), None),
        }


@dataclass(frozen=True, slots=True)
class _Judged:
    """A territory's plan as somebody would have it, and what the checker says."""

    drawn: Drawn
    made: Plan
    violations: list[Violation]
    travel_differs: Reason | None


def _judged(drawn: Drawn, order: Mapping[str, Sequence[str]]) -> _Judged:
    reckoned = drawn.travel()
    made = timed(drawn.problem, reckoned.travel, order)
    return _Judged(drawn, made, check(drawn.problem, reckoned.travel, made), reckoned.differs)


def _orders(drawn: Iterable[Drawn], routes: Sequence[dict[str, Any]]) -> dict[str, dict[str, list[str]]]:
    """The order of visits by shift, by territory: the plan's own where nothing else was asked for."""
    shifts = {(s.team.id, day_of(one, s)): (one, s) for one in drawn for s in one.problem.shifts}
    orders: dict[str, dict[str, list[str]]] = {}
    for number, route in enumerate(routes):
        if (route["team"], route["date"]) not in shifts:
            raise invalid(f"routes.{number}.team", "no-shift", _("This team has no shift in the plan on that day."))
        one, shift = shifts[route["team"], route["date"]]
        order = orders.setdefault(one.territory, one.plan.order())
        visits = _visits_for(one, shift)
        for place, household in enumerate(route["households"]):
            if household not in visits:
                raise invalid(
                    f"routes.{number}.households.{place}",
                    "not-wanted",
                    _("This household is not among the visits that the plan was drawn up from."),
                )
        order[shift.id] = [visits[household] for household in route["households"]]
    return orders


def _visits_for(drawn: Drawn, shift: Shift) -> dict[str, str]:
    """By household the visit that a shift would make: of several that one which it makes or may make."""
    own = set(drawn.plan.order().get(shift.id, ()))

    def suits(visit: Visit) -> tuple[bool, bool]:
        return visit.id in own, visit.shifts is None or shift.id in visit.shifts

    best: dict[str, Visit] = {}
    for visit in drawn.problem.visits:
        known = best.get(visit.household.id)
        if known is None or suits(visit) > suits(known):
            best[visit.household.id] = visit
    return {household: visit.id for household, visit in best.items()}


def _violation(answer: _Answer, found: Violation) -> dict[str, Any]:
    facts = dict(found.facts)
    shift = answer.shifts.get(str(facts.get("shift", "")))
    visit = answer.visits.get(str(facts.get("visit", "")))
    if shift is not None:
        facts["team"] = answer.teams.get(shift.team.id, "")
    return {
        "code": found.code,
        "sentence": sentence(found.code, facts),
        "team": shift.team.id if shift else None,
        "date": day_of(answer.drawn, shift) if shift else None,
        "household": visit.household.id if visit else None,
    }


def _timed(answer: _Answer, route: Route) -> dict[str, Any]:
    shift = answer.shifts[route.shift]
    return {
        "team": shift.team.id,
        "team_name": answer.teams.get(shift.team.id, ""),
        "date": day_of(answer.drawn, shift),
        "start": clock(route.start % DAY),
        "end": clock(route.end % DAY),
        "drive_min": round(route.drive_seconds / 60),
        "walk_min": round(route.walk_seconds / 60),
        "km": round(route.metres / 1000, 1),
        "arrivals": [clock(stop.arrival % DAY) for stop in route.stops],
    }
