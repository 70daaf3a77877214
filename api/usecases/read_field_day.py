"""Give a phone its days, and the details of one door after the identity step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.language import current
from api.problems import not_found
from api.store.models import (
    Account,
    Household,
    Obligor,
    PublishedDay,
    Route,
    Shift,
    ShiftPerson,
    Stop,
)
from api.usecases import audit
from api.usecases.context import store, today, vault
from api.usecases.published import newest_published, route_is_published

DAYS_AHEAD = 7
"""A phone keeps no more days than this beyond today: a week that begins without a network, and no more at a loss."""


@dataclass(frozen=True, slots=True)
class Day:
    """A ready answer: the JSON body and its ETag."""

    body: bytes
    etag: str


_DAY_OF_PERSON = (
    select(PublishedDay.body, PublishedDay.etag)
    .join(Shift, (Shift.team_id == PublishedDay.team_id) & (Shift.date == PublishedDay.date))
    .join(ShiftPerson, ShiftPerson.shift_id == Shift.id)
    .where(
        ShiftPerson.person_id == bindparam("person"),
        PublishedDay.date == bindparam("on"),
        PublishedDay.language == bindparam("language"),
    )
)
_DAYS_OF_PERSON = (
    select(PublishedDay.date, PublishedDay.etag)
    .join(Shift, (Shift.team_id == PublishedDay.team_id) & (Shift.date == PublishedDay.date))
    .join(ShiftPerson, ShiftPerson.shift_id == Shift.id)
    .where(
        ShiftPerson.person_id == bindparam("person"),
        PublishedDay.date.between(bindparam("first"), bindparam("last")),
        PublishedDay.language == bindparam("language"),
    )
    .order_by(PublishedDay.date)
)


def read_field_day(actor: Actor, on: date) -> Day:
    """Return the day of the team that the person is in on that date. Raises 404 without a shift or a published plan."""
    row = store().fetch_one(_DAY_OF_PERSON, {"person": actor.person_id, "on": on, "language": current()})
    if row is None:
        raise not_found()
    return Day(row.body, row.etag)


def list_field_days(actor: Actor) -> list[dict[str, Any]]:
    """Return date and ETag of the person's published days from today to :data:`DAYS_AHEAD`, in order."""
    first = today()
    asked = {"person": actor.person_id, "first": first, "last": first + timedelta(days=DAYS_AHEAD)}
    with store().read() as session:
        found = session.execute(_DAYS_OF_PERSON, {**asked, "language": current()})
        return [{"date": on, "etag": etag} for on, etag in found]


def read_door(actor: Actor, stop_id: str) -> dict[str, Any]:
    """Return name, phones and debts of a stop of the person's own day, and note who saw them. Raises 404.

    Only for stops of today's or a later date that are still theirs: the least that the work needs. A phone may name a
    stop by the plan that it has; the door must be its team's by the plan that holds.
    """
    query = (
        select(Stop, Household, Route)
        .join(Route, Route.id == Stop.route_id)
        .join(Household, Household.id == Stop.household_id)
        .join(Shift, (Shift.team_id == Route.team_id) & (Shift.date == Route.date))
        .join(ShiftPerson, ShiftPerson.shift_id == Shift.id)
        .where(
            Stop.id == stop_id,
            Stop.withdrawn_at.is_(None),
            route_is_published(),
            Route.date >= today(),
            ShiftPerson.person_id == actor.person_id,
        )
    )
    with store().write() as session:
        row = session.execute(query).one_or_none()
        if row is None or not _calls_there(session, row.Route, row.Household):
            raise not_found()
        stop, household, _route = row
        obligors = session.scalars(select(Obligor).where(Obligor.household_id == household.id).order_by(Obligor.id))
        accounts = session.scalars(
            select(Account)
            .where(Account.household_id == household.id, Account.status == "active")
            .order_by(Account.loan_number)
        )
        audit.record(session, actor.pseudonym, "door.read", stop.id)
        return {
            "stop": stop.id,
            "name": household.name,
            "phones": [vault().open(one.phone_sealed) for one in obligors if one.phone_sealed is not None],
            "accounts": [
                {
                    "loan": "…" + account.loan_number[-4:],
                    "outstanding": f"{account.outstanding:.2f}",
                    "due_date": account.due_date.isoformat() if account.due_date else None,
                }
                for account in accounts
            ],
        }


def _calls_there(session: Session, route: Route, household: Household) -> bool:
    """Whether the team of a route calls at a door on the route's day, by the plan that holds."""
    holds = newest_published(session, route.territory_id, route.date)
    if holds is None:
        return False
    mine = (Route.plan_id == holds.id) & (Route.team_id == route.team_id) & (Route.date == route.date)
    query = select(Stop.id).join(Route, Route.id == Stop.route_id).where(mine, Stop.withdrawn_at.is_(None))
    return session.scalars(query.where(Stop.household_id == household.id)).first() is not None
