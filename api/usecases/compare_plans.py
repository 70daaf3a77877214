"""What changed from one plan to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.store.models import Plan, Route, Stop, Team
from api.usecases.context import store
from api.usecases.draw_up_plan import visible_plan
from api.usecases.field_days import clock
from api.usecases.question_plan import person
from api.usecases.store_plan import money
from routing import problem as planning
from routing.differences import differences

_KINDS = ("added", "removed", "reordered")


def compare_plans(actor: Actor, plan_id: str, since: str) -> dict[str, Any]:
    """Return what is different in a plan from an earlier one, both as drawn up, on days and territories of both.

    Raises 404.
    """
    with store().read() as session:
        after, before = visible_plan(session, actor, plan_id), visible_plan(session, actor, since)
        shared = set(before.territories) & set(after.territories)
        days = max(before.from_date, after.from_date), min(before.to_date, after.to_date)
        old, new = _Stored.of(session, before, shared, days), _Stored.of(session, after, shared, days)
        found = differences(old.plan, new.plan)
        teams = dict(session.execute(select(Team.id, Team.name)).all())

        def changed(visit: str) -> dict[str, Any]:
            household, _, _ = visit.partition("|")
            entry: dict[str, Any] = person(session, household)
            for prefix, one in (("before_", old), ("", new)):
                shift, stop = one.places.get(visit, ("", None))
                entry[f"{prefix}team_name"] = teams.get(shift.partition("|")[0])
                entry[f"{prefix}arrival"] = None if stop is None else clock(stop.arrival)
            return entry

        return {
            **{kind: [changed(visit) for visit in getattr(found, kind)] for kind in _KINDS},
            "moved": [changed(visit) for visit, _, _ in found.moved],
            "retimed": [changed(visit) for visit, _, _ in found.retimed],
            "value": money(found.value),
            "drive_min": round(found.drive_seconds / 60),
            "walk_min": round(found.walk_seconds / 60),
            "km": round(found.metres / 1000, 1),
        }


@dataclass(frozen=True, slots=True)
class _Stored:
    """A stored plan's routes as the planner's: shifts are team|day, visits household|day."""

    plan: planning.Plan
    places: dict[str, tuple[str, planning.Stop]]

    @classmethod
    def of(cls, session: Session, plan: Plan, territories: set[str], days: tuple[date, date]) -> _Stored:
        query = (
            select(Route, Stop)
            .join(Stop, Stop.route_id == Route.id)
            .where(Route.plan_id == plan.id, Route.territory_id.in_(territories))
            .where(Route.date >= days[0], Route.date <= days[1])
            .order_by(Route.date, Route.team_id, Stop.order)
        )
        found: dict[str, tuple[Route, list[planning.Stop]]] = {}
        value = 0
        for route, stop in session.execute(query):
            shift, visit = f"{route.team_id}|{route.date}", f"{stop.household_id}|{route.date}"
            found.setdefault(shift, (route, []))[1].append(planning.Stop(visit, stop.arrival, stop.leave))
            value += stop.value
        routes = [
            planning.Route(
                shift, tuple(stops), row.start, row.end, row.rest_start,
                row.drive_seconds, row.walk_seconds, row.metres,
            )
            for shift, (row, stops) in found.items()
        ]  # fmt: skip
        places = {stop.visit: (route.shift, stop) for route in routes for stop in route.stops}
        return cls(planning.Plan(tuple(routes), (), value, "stored"), places)
