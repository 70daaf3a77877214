"""Which days of which plans were published, which plan holds, and who is to be called on by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from api.store.models import Device, Plan, PlanDay, Route, Shift, ShiftPerson, Stop
from routing.period import Period


def route_is_published() -> ColumnElement[bool]:
    """Return the condition that a route's day of its plan was published, whichever plan holds now."""
    return exists().where(PlanDay.plan_id == Route.plan_id, PlanDay.date == Route.date)


def newest_published(session: Session, territory_id: str, on: date) -> Plan | None:
    """Return the plan whose day was published last for a territory: the one that holds on that day."""
    query = (
        select(Plan)
        .join(PlanDay, PlanDay.plan_id == Plan.id)
        .where(PlanDay.date == on)
        .order_by(PlanDay.published_at.desc(), Plan.number.desc())
    )
    return next((plan for plan in session.scalars(query) if territory_id in plan.territories), None)


def published_elsewhere(
    session: Session, households: list[str], period: Period, at: datetime, zone: ZoneInfo
) -> Iterable[tuple[str, date]]:
    """Yield the doors that a team will call at, outside the period, by the plan that holds that day, as known ``at``.

    A published stop of a day that is over counts only through its outcome: what was not done was no visit. Today is
    over for a team once it is back and has reported; until then its doors count as called on, for nobody is to be
    called on twice because a phone has been without a network.
    """
    on = at.astimezone(zone).date()
    query = (
        select(Stop.household_id, Route.date, Route.territory_id, Route.plan_id, Route.team_id)
        .join(Route, Route.id == Stop.route_id)
        .where(
            route_is_published(),
            Stop.withdrawn_at.is_(None),
            Stop.household_id.in_(households),
            Route.date >= on,
            (Route.date < period.first) | (Route.date > period.last),
        )
    )
    holds = cache(lambda territory, day: newest_published(session, territory, day))
    back = cache(lambda team: _has_reported(session, team, on, at, zone))
    for household_id, day, territory_id, plan_id, team_id in session.execute(query).all():
        plan = holds(territory_id, day)
        if plan is not None and plan.id == plan_id and not (day == on and back(team_id)):
            yield household_id, day


def _has_reported(session: Session, team: str, on: date, at: datetime, zone: ZoneInfo) -> bool:
    """Whether a team's shift has ended and all its phones were heard of since: what it did is known then."""
    shift = session.scalar(select(Shift).where(Shift.team_id == team, Shift.date == on))
    if shift is None:
        return False
    ended = Period(on, on).moment((shift.end_minute + shift.overtime_minutes) * 60, zone)
    heard = session.scalars(
        select(Device.last_seen_at)
        .join(ShiftPerson, ShiftPerson.person_id == Device.person_id)
        .where(ShiftPerson.shift_id == shift.id, Device.revoked_at.is_(None))
    ).all()
    return at >= ended and bool(heard) and all(moment is not None and moment >= ended for moment in heard)
