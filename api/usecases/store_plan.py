"""Store what the planner found for a territory, and add up a plan's figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from api.store.models import Household, Plan, Route, Stop, Unplanned, Village
from api.usecases.context import settings
from api.usecases.gather_problem import TerritoryPeriod
from api.usecases.household_facts import household_facts
from api.usecases.merges import joined_into
from routing import problem as planning
from routing.horizon import PeriodProblem, period_problem
from routing.period import Period
from routing.rules import load_rules
from routing.travel.legs import precision_of
from routing.travel.ways import Way


def store_territory(
    session: Session,
    plan_id: str,
    territory_id: str,
    found: TerritoryPeriod,
    solved: planning.Plan,
    ways: Mapping[str, Sequence[Way]],
    before: Mapping[str, int] | None = None,
) -> None:
    """Write a territory's routes, and what was left out, in place of what an interrupted run wrote before.

    ``before``: how many stops stand before these on a shift's route.
    """
    _forget_territory(session, plan_id, territory_id)
    # Somebody may have joined two villages while the planner was at work.
    joined = joined_into(session, session.get_one(Plan, plan_id).branches)
    shifts = {shift.id: shift for shift in found.problem.shifts}
    for route in solved.routes:
        *to_stops, back = ways[route.shift]
        row = _store_route(session, plan_id, territory_id, found, route, shifts[route.shift])
        row.line_back = back.line
        _store_stops(session, row, found, route, to_stops, joined, 1 + (before or {}).get(route.shift, 0))
    visits = {visit.id: visit for visit in found.problem.visits}
    for left in solved.unplanned:
        visit, why, days = visits[left.visit], found.of.why(left), found.of.calls[left.visit]
        reasons = found.reasons_on(visit, min(days))
        why = planning.Reason(why.code, _own_day(why.facts))
        session.add(_left_out(plan_id, territory_id, visit, days, why, reasons, joined))
    plan = session.get_one(Plan, plan_id)
    left_out = [entry for entry in plan.figures.get("teams_left_out", []) if entry["territory"] != territory_id]
    left_out += [
        {"territory": territory_id, "team": one.team, "date": one.on.isoformat(), "code": one.code}
        for one in found.teams_left_out
    ]
    not_wanted = {**plan.figures.get("not_wanted_by_territory", {}), territory_id: len(found.of.not_wanted)}
    plan.figures = {**plan.figures, "teams_left_out": left_out, "not_wanted_by_territory": not_wanted}


def _store_route(
    session: Session,
    plan_id: str,
    territory_id: str,
    found: TerritoryPeriod,
    given: planning.Route,
    shift: planning.Shift,
) -> Route:
    """A route's times are stored as its own day's clock shows them."""
    day = found.of.period.day_of(shift.start)
    midnight = found.of.period.midnight(day)
    route = Route(
        plan_id=plan_id, team_id=shift.team.id, territory_id=territory_id, date=day,
        start=given.start - midnight, end=given.end - midnight,
        rest_start=None if given.rest_start is None else given.rest_start - midnight,
        rest_seconds=shift.rest.seconds if shift.rest and given.rest_start is not None else 0,
        drive_seconds=given.drive_seconds, walk_seconds=given.walk_seconds, metres=given.metres,
        from_place=_pair(shift.from_place), to_place=_pair(shift.to_place),
    )  # fmt: skip
    session.add(route)
    session.flush()
    return route


def _store_stops(
    session: Session,
    route: Route,
    found: TerritoryPeriod,
    given: planning.Route,
    ways: Sequence[Way],
    joined: Mapping[str, str],
    first: int,
) -> None:
    midnight = found.of.period.midnight(route.date)
    visits = {visit.id: visit for visit in found.problem.visits}
    for order, (stop, way) in enumerate(zip(given.stops, ways, strict=True), start=first):
        visit = visits[stop.visit]
        row = found.households[visit.household.id]
        village = found.problem.villages.get(visit.household.village or "")
        # A village's town stands in for travel only: nobody is shown a pin there.
        place = visit.household.place or (village.place if village else None)
        session.add(
            Stop(
                plan_id=route.plan_id, route_id=route.id, order=order, household_id=row.id,
                village_id=joined.get(row.village_id or "", row.village_id),
                arrival=stop.arrival - midnight, leave=stop.leave - midnight, travel_seconds=way.seconds,
                metres=way.metres, line=way.line,
                value=visit.value_on(given.shift), reasons=_codes(found.reasons_on(visit, route.date)),
                lat=place.lat if place else None, lon=place.lon if place else None,
                precision=precision_of(visit, found.problem.villages),
            )
        )  # fmt: skip


def _left_out(
    plan_id: str,
    territory_id: str | None,
    visit: planning.Visit,
    days: Collection[date],
    why: planning.Reason,
    reasons: Sequence[planning.Reason],
    joined: Mapping[str, str],
) -> Unplanned:
    village = visit.household.village
    return Unplanned(
        plan_id=plan_id, household_id=visit.household.id, village_id=joined.get(village or "", village),
        territory_id=territory_id, from_date=min(days), to_date=max(days), value=visit.value, code=why.code,
        facts=dict(why.facts), reasons=_codes(reasons),
    )  # fmt: skip


def _own_day(facts: Mapping[str, str | int]) -> dict[str, str | int]:
    """Moments of the problem's clock as the clock on the wall shows them."""
    return {
        name: fact % planning.DAY if name.endswith("_at") and isinstance(fact, int) else fact
        for name, fact in facts.items()
    }


def _forget_territory(session: Session, plan_id: str, territory_id: str) -> None:
    mine = select(Route.id).where(Route.plan_id == plan_id, Route.territory_id == territory_id)
    session.execute(delete(Stop).where(Stop.route_id.in_(mine)))
    session.execute(delete(Route).where(Route.plan_id == plan_id, Route.territory_id == territory_id))
    session.execute(delete(Unplanned).where(Unplanned.plan_id == plan_id, Unplanned.territory_id == territory_id))


def doors_outside_territories(session: Session, plan: Plan) -> PeriodProblem:
    """Return what is wanted at doors without a village, or in a village without a territory: they belong to no team."""
    query = (
        select(Household)
        .outerjoin(Village, Village.id == Household.village_id)
        .where(
            Household.branch_id.in_(plan.branches), Village.territory_id.is_(None), Household.merged_into_id.is_(None)
        )
        .order_by(Household.id)
    )
    households, period = list(session.scalars(query)), Period(plan.from_date, plan.to_date)
    facts = household_facts(session, households, period, settings().zone)
    return period_problem(period, facts.values(), {}, {}, load_rules(settings().policy))


def store_doors_outside_territories(session: Session, plan: Plan, found: PeriodProblem) -> None:
    """Say of each visit that no team can make why that is: nobody is lost."""
    session.execute(delete(Unplanned).where(Unplanned.plan_id == plan.id, Unplanned.territory_id.is_(None)))
    joined = joined_into(session, plan.branches)
    for visit in found.problem.visits:
        code = "no_village" if visit.household.village is None else "no_territory"
        why, days = planning.Reason(code), found.calls[visit.id]
        session.add(_left_out(plan.id, None, visit, days, why, visit.reasons, joined))
    plan.figures = {
        **plan.figures,
        "not_wanted_by_territory": {**plan.figures.get("not_wanted_by_territory", {}), "": len(found.not_wanted)},
    }


def figures_of(session: Session, plan_id: str) -> dict[str, Any]:
    """Return the figures of a plan from its rows; ``by_day`` those of each day that has a route."""
    unplanned = session.scalar(select(func.count(Unplanned.id)).where(Unplanned.plan_id == plan_id)) or 0
    not_wanted = session.get_one(Plan, plan_id).figures.get("not_wanted_by_territory", {})
    days = session.scalars(select(Route.date).where(Route.plan_id == plan_id).distinct().order_by(Route.date))
    return {
        **_routes_figures(session, Route.plan_id == plan_id),
        "unplanned": unplanned,
        "not_wanted": sum(not_wanted.values()),
        "by_day": [
            {"date": day.isoformat(), **_routes_figures(session, (Route.plan_id == plan_id) & (Route.date == day))}
            for day in days
        ],
    }


def _routes_figures(session: Session, those: ColumnElement[bool]) -> dict[str, Any]:
    planned, value, villages = session.execute(
        select(func.count(Stop.id), func.sum(Stop.value), func.count(Stop.village_id.distinct()))
        .join(Route, Route.id == Stop.route_id)
        .where(those)
    ).one()
    drive, walk, metres, teams, routes = session.execute(
        select(
            func.sum(Route.drive_seconds), func.sum(Route.walk_seconds), func.sum(Route.metres),
            func.count(Route.team_id.distinct()), func.count(Route.id),
        ).where(those)
    ).one()  # fmt: skip
    return {
        "planned": planned,
        "value": money(int(value or 0)),
        "drive_min": round(int(drive or 0) / 60),
        "walk_min": round(int(walk or 0) / 60),
        "km": round(int(metres or 0) / 1000, 1),
        "villages": villages,
        "teams": teams,
        "routes": routes,
    }


def money(fen: int) -> str:
    """Return an amount in currency units with two decimals."""
    return f"{Decimal(int(fen)).scaleb(-2):.2f}"


def _codes(reasons: Sequence[planning.Reason]) -> list[dict[str, Any]]:
    return [{"code": reason.code, "facts": dict(reason.facts)} for reason in reasons]


def _pair(place: planning.Place) -> dict[str, float]:
    return {"lat": place.lat, "lon": place.lon}
