"""Withdraw published stops that no longer fit, so that nobody is sent where they must not go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.columns import now
from api.store.models import (
    Account,
    Guarantee,
    Household,
    Obligor,
    Person,
    Route,
    Shift,
    ShiftPerson,
    Stop,
    Village,
)
from api.usecases.assignments import MIN_PEOPLE
from api.usecases.field_days import rebuild_days
from api.usecases.published import route_is_published
from api.usecases.reported import is_reported


def withdraw_unfit(session: Session, today: date) -> list[Stop]:
    """Withdraw published stops from today on that no longer fit, and write the phones' days anew; returns them.

    A stop fits while its village belongs to the route's territory, its team still goes out with enough
    people, nobody of the team granted the household's loan or lives in its village, no pause stands for the
    household, and a loan that it owes or guarantees is active. Stops with an outcome are done and stay.
    """
    query = (
        select(Stop, Route, Village.territory_id, Household.village_id, Household.paused)
        .join(Route, Route.id == Stop.route_id)
        .join(Household, Household.id == Stop.household_id)
        .outerjoin(Village, Village.id == Household.village_id)
        .where(route_is_published(), Route.date >= today, Stop.withdrawn_at.is_(None), ~is_reported())
    )
    found = session.execute(query).all()
    people = _people_by_team(session, today)
    owing = _owing(session, [stop.household_id for stop, *_ in found])
    granted = _granted_by(session, [stop.household_id for stop, *_ in found])
    homes = dict(session.execute(select(Person.id, Person.home_village_id)).all())
    withdrawn = []
    for stop, route, territory_id, village_id, paused in found:
        team = people.get((route.team_id, route.date), set())
        conflicted = any(
            person in granted[stop.household_id] or (village_id is not None and homes.get(person) == village_id)
            for person in team
        )
        if (
            territory_id != route.territory_id
            or len(team) < MIN_PEOPLE
            or conflicted
            or paused
            or stop.household_id not in owing
        ):
            stop.withdrawn_at = now()
            withdrawn.append(stop)
    session.flush()
    for day, teams in _days_of(session, withdrawn).items():
        rebuild_days(session, teams, day)
    return withdrawn


def _days_of(session: Session, stops: Iterable[Stop]) -> dict[date, set[str]]:
    """Return the teams, by date, whose routes hold these stops."""
    routes = {stop.route_id for stop in stops}
    found: dict[date, set[str]] = defaultdict(set)
    for team_id, day in session.execute(select(Route.team_id, Route.date).where(Route.id.in_(routes))):
        found[day].add(team_id)
    return found


def _people_by_team(session: Session, today: date) -> dict[tuple[str, date], set[str]]:
    found: dict[tuple[str, date], set[str]] = defaultdict(set)
    query = (
        select(Shift.team_id, Shift.date, ShiftPerson.person_id)
        .join(ShiftPerson, ShiftPerson.shift_id == Shift.id)
        .where(Shift.date >= today)
    )
    for team_id, day, person_id in session.execute(query):
        found[team_id, day].add(person_id)
    return found


def _owing(session: Session, households: list[str]) -> set[str]:
    """Return those of the households that owe or guarantee a loan that is active, neither missing nor closed."""
    guaranteed = (
        select(Obligor.household_id)
        .join(Guarantee, Guarantee.obligor_id == Obligor.id)
        .join(Account, Account.id == Guarantee.account_id)
        .where(Obligor.household_id.in_(households), Account.status == "active")
    )
    own = select(Account.household_id).where(Account.household_id.in_(households), Account.status == "active")
    return set(session.scalars(own.union(guaranteed)))


def _granted_by(session: Session, households: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    query = select(Account.household_id, Account.granted_by_id).where(
        Account.household_id.in_(households), Account.granted_by_id.is_not(None)
    )
    for household_id, person_id in session.execute(query):
        found[household_id].add(str(person_id))
    return found
