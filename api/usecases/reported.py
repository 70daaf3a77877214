"""What teams reported on a day, by door: the plan that holds may be another than the one that was reported for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from api.store.models import Outcome, Route, Stop


def reported_on(session: Session, on: date, doors: Collection[str]) -> dict[str, Outcome]:
    """Return the last outcome of each of these doors that was sent for a stop of that day, of whichever plan."""
    query = (
        select(Stop.household_id, Outcome)
        .join(Outcome, Outcome.stop_id == Stop.id)
        .join(Route, Route.id == Stop.route_id)
        .where(Route.date == on, Stop.household_id.in_(doors))
        .order_by(Outcome.server_time, Outcome.id)
    )
    return dict(session.execute(query).all())


def is_reported() -> ColumnElement[bool]:
    """Return the condition that somebody reported a stop's door on its route's day, for whichever plan's stop."""
    stop, route = aliased(Stop), aliased(Route)
    return exists().where(
        Outcome.stop_id == stop.id,
        route.id == stop.route_id,
        stop.household_id == Stop.household_id,
        route.date == Route.date,
    )


def teams_calling(session: Session, outcomes: Collection[str]) -> list[tuple[str, date]]:
    """Return the teams and days that have a stop, in whichever plan, at a door that these outcomes are about."""
    stop, route = aliased(Stop), aliased(Route)
    query = (
        select(route.team_id, route.date)
        .join(stop, stop.route_id == route.id)
        .join(Stop, Stop.household_id == stop.household_id)
        .join(Route, (Route.id == Stop.route_id) & (Route.date == route.date))
        .join(Outcome, Outcome.stop_id == Stop.id)
        .where(Outcome.id.in_(outcomes))
        .distinct()
        .order_by(route.date, route.team_id)
    )
    return [(team_id, day) for team_id, day in session.execute(query)]
