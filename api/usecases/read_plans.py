"""Read plans, their routes and what they left out, in the reader's language."""

from __future__ import annotations

import base64
from collections import defaultdict
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from api.auth.actor import Actor
from api.problems import invalid
from api.store.models import Household, Plan, Route, Shift, Stop, Team, Unplanned, Village
from api.usecases import rows
from api.usecases.context import store
from api.usecases.draw_up_plan import visible_plan
from api.usecases.field_days import clock
from api.usecases.store_plan import money
from api.vault import mask_name
from api.wording import sentence, sentences
from api.wording.places import village_label
from routing.period import Period


def list_plans(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of plans in the actor's area, the newest first."""
    wanted = select(Plan).order_by(Plan.number.desc())
    if query["date"]:
        wanted = wanted.where(Plan.from_date <= query["date"], Plan.to_date >= query["date"])
    if query["from_date"]:
        wanted = wanted.where(Plan.to_date >= query["from_date"])
    if query["until"]:
        wanted = wanted.where(Plan.from_date <= query["until"])
    if query["status"]:
        wanted = wanted.where(Plan.status == query["status"])
    if query["cursor"]:
        wanted = wanted.where(Plan.number < _number(query["cursor"]))
    with store().read() as session:
        found: list[Plan] = []
        for plan in session.scalars(wanted):
            if set(plan.branches) <= actor.branches:
                found.append(plan)
            if len(found) > query["limit"]:
                break
        more = len(found) > query["limit"]
        found = found[: query["limit"]]
        following = base64.urlsafe_b64encode(str(found[-1].number).encode()).decode() if more else None
        return {"items": [summary(plan) for plan in found], "next": following}


def one_plan(actor: Actor, plan_id: str, on: date | None = None) -> dict[str, Any]:
    """Return a plan with its routes, of all days or of one. Raises 404."""
    with store().read() as session:
        plan = visible_plan(session, actor, plan_id)
        routes = _routes(session, plan, on)
        return {**summary(plan), "superseded_by": _superseded_by(session, plan), "routes": routes}


def _superseded_by(session: Session, plan: Plan) -> int | None:
    """Return the newest plan that was drawn up later for a territory and day that this one has as a draft."""
    drafts = set(Period(plan.from_date, plan.to_date).days) - {day.date for day in plan.days}
    later = (
        select(Plan)
        .where(Plan.number > plan.number, Plan.status.in_(("ready", "published")))
        .where(Plan.from_date <= plan.to_date, Plan.to_date >= plan.from_date)
        .order_by(Plan.number.desc())
    )
    return next(
        (
            other.number
            for other in session.scalars(later)
            if set(other.territories) & set(plan.territories)
            and any(other.from_date <= day <= other.to_date for day in drafts)
        ),
        None,
    )


def list_unplanned(actor: Actor, plan_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the visits that a plan left out, each with its reason. Raises 404."""
    with store().read() as session:
        plan = visible_plan(session, actor, plan_id)
        wanted = (
            select(Unplanned, Household, Village)
            .join(Household, Household.id == Unplanned.household_id)
            .outerjoin(Village, Village.id == Unplanned.village_id)
            .where(Unplanned.plan_id == plan.id)
        )
        if query["code"]:
            wanted = wanted.where(Unplanned.code == query["code"])
        if query["territory"]:
            wanted = wanted.where(Unplanned.territory_id == query["territory"])
        found, following = rows.page(session, wanted, Unplanned.id, query["limit"], query["cursor"])
        items = [
            {
                "household": household.id,
                "village": village.id if village else None,
                "village_name": village_label(village) or None,
                "territory": left.territory_id,
                "name": mask_name(household.name),
                "from_date": left.from_date,
                "to_date": left.to_date,
                "value": money(left.value),
                "code": left.code,
                "reason": sentence(left.code, left.facts),
                "wanted_because": sentences(left.reasons),
            }
            for left, household, village in found
        ]
        return {"items": items, "next": following}


def summary(plan: Plan) -> dict[str, Any]:
    """Return a plan without its routes."""
    return {
        "id": plan.id,
        "version": plan.number,
        "status": plan.status,
        "from_date": plan.from_date,
        "to_date": plan.to_date,
        "territories": plan.territories,
        "progress": plan.progress,
        "figures": {key: value for key, value in plan.figures.items() if key in _FIGURES},
        "teams_left_out": [
            {
                "team": one["team"],
                "territory": one["territory"],
                "date": one["date"],
                "code": one["code"],
                "reason": sentence(one["code"], {}),
            }
            for one in plan.figures.get("teams_left_out", [])
        ],
        "travel_notes": [
            {"territory": one["territory"], "code": one["code"], "note": sentence(one["code"], one["facts"])}
            for one in plan.figures.get("travel_notes", [])
        ],
        "rules": plan.rules,
        "error": sentence(plan.error["code"], plan.error.get("facts", {})) if plan.error else None,
        "created_at": plan.created_at,
        "published_at": plan.published_at,
        "replans": plan.options.get("replans"),
        "published_days": [day.date for day in plan.days],
    }


_FIGURES = (
    "planned", "unplanned", "not_wanted", "value", "drive_min", "walk_min", "km", "villages", "teams", "routes",
    "by_day",
)  # fmt: skip


def _routes(session: Session, plan: Plan, on: date | None) -> list[dict[str, Any]]:
    days = (Route.plan_id == plan.id) if on is None else (Route.plan_id == plan.id) & (Route.date == on)
    stops: dict[str, list[dict[str, Any]]] = defaultdict(list)
    query = (
        select(Stop, Household.name, Village)
        .join(Household, Household.id == Stop.household_id)
        .outerjoin(Village, Village.id == Stop.village_id)
        .join(Route, Route.id == Stop.route_id)
        .where(days)
        .order_by(Stop.route_id, Stop.order)
    )
    for stop, name, village in session.execute(query):
        stops[stop.route_id].append(_stop(stop, name, village))
    routes = session.execute(
        select(Route, Team.name)
        .join(Team, Team.id == Route.team_id)
        .where(days)
        .order_by(Route.date, Team.name)
    )
    people = {
        (shift.team_id, shift.date): [member.person_id for member in shift.people]
        for shift in session.scalars(
            select(Shift)
            .where(Shift.date >= (on or plan.from_date), Shift.date <= (on or plan.to_date))
            .options(selectinload(Shift.people))
        )
    }
    return [
        {
            "team": route.team_id,
            "team_name": team_name,
            "territory": route.territory_id,
            "people": people.get((route.team_id, route.date), []),
            "date": route.date,
            "start": route.start // 60,
            "end": -(-route.end // 60),
            "rest_start": None if route.rest_start is None else route.rest_start // 60,
            "drive_min": round(route.drive_seconds / 60),
            "walk_min": round(route.walk_seconds / 60),
            "km": round(route.metres / 1000, 1),
            "from_place": route.from_place,
            "to_place": route.to_place,
            "line_back": route.line_back,
            "stops": stops[route.id],
        }
        for route, team_name in routes
    ]


def _stop(stop: Stop, name: str, village: Village | None) -> dict[str, Any]:
    return {
        "id": stop.id,
        "order": stop.order,
        "village": stop.village_id,
        "village_name": village_label(village) or None,
        "household": stop.household_id,
        "name": mask_name(name),
        "arrival": clock(stop.arrival),
        "leave": clock(stop.leave),
        "value": money(stop.value),
        "reasons": sentences(stop.reasons),
        "lat": stop.lat,
        "lon": stop.lon,
        "line": stop.line,
        "precision": stop.precision,
        "withdrawn": stop.withdrawn_at is not None,
    }


def _number(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor.encode("ascii")).decode())
    except ValueError as error:
        raise invalid("cursor", "cursor", _("This cursor is not one of ours; start without it.")) from error
