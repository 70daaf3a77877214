"""Read one territory's day from the store and put it as a problem for the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased, selectinload

from api.store.models import (
    Account,
    Branch,
    Guarantee,
    Household,
    Obligor,
    Outcome,
    Person,
    Plan,
    Route,
    Shift,
    Stop,
    Team,
    Territory,
    Village,
)
from api.usecases.field_days import newest_published
from api.usecases.groups import group_on, knows_territory
from api.usecases.known_towns import KnownTowns
from routing import problem as planning
from routing.debts import AccountFacts, Availability, GuaranteeFacts, HouseholdFacts
from routing.rules import Rules
from routing.towns import by_town
from routing.visits import NotWanted, make_visits

WRONG_CLOCK = frozenset({"clock_ahead_seconds", "clock_behind_seconds"})


@dataclass(frozen=True, slots=True)
class TeamLeftOut:
    """A shift that cannot be offered, and the rule it breaks."""

    team: str
    code: str


@dataclass(frozen=True, slots=True)
class TerritoryDay:
    """A territory's problem for one day, and what never reached the planner."""

    problem: planning.Problem
    not_wanted: tuple[NotWanted, ...]
    teams_left_out: tuple[TeamLeftOut, ...] = ()
    households: dict[str, Household] = field(default_factory=dict)
    shift_of: dict[str, Shift] = field(default_factory=dict)


def gather(session: Session, territory_id: str, on: date, rules: Rules, zone: ZoneInfo) -> TerritoryDay:
    """Return the problem of one territory on one day, with conflicts of interest already barred."""
    territory = session.get_one(Territory, territory_id)
    villages = list(session.scalars(select(Village).where(Village.territory_id == territory_id).order_by(Village.id)))
    village_ids = [village.id for village in villages]
    households = list(
        session.scalars(select(Household).where(Household.village_id.in_(village_ids)).order_by(Household.id))
    )
    facts = household_facts(session, households, on, zone)
    wanted = make_visits(facts.values(), on, rules)
    shifts, left_out, shift_rows = _shifts(session, territory, on, rules)
    barred = _barred_people(session, households)
    people_of = {shift.id: set(shift.team.people) for shift in shifts}
    known = _villages(session, territory, villages, rules)
    visits = tuple(
        replace(
            visit,
            shifts=_allowed(people_of, barred.get(visit.household.id, set())),
            reasons=(*visit.reasons, *by_town(visit, known)),
        )
        for visit in wanted.visits
    )
    problem = planning.Problem(
        date=on,
        visits=visits,
        villages=known,
        shifts=tuple(shifts),
    )
    return TerritoryDay(
        problem, wanted.not_wanted, tuple(left_out), {row.id: row for row in households}, shift_rows
    )  # fmt: skip


def household_facts(
    session: Session, households: Sequence[Household], on: date, zone: ZoneInfo
) -> dict[str, HouseholdFacts]:
    """Return what the rules need to know of each household: its debts, guarantees, visits and promises."""
    ids = [household.id for household in households]
    accounts = _accounts(session, ids)
    guarantees = _guarantees(session, ids)
    visits, promises = _calls(session, ids, on, zone)
    for household_id, day in _published_elsewhere(session, ids, on):
        visits[household_id].add(day)
    return {
        household.id: HouseholdFacts(
            id=household.id,
            village=household.village_id,
            place=_place(household.lat, household.lon),
            accounts=tuple(accounts[household.id]),
            guarantees=tuple(guarantees[household.id]),
            visits=tuple(sorted(visits[household.id])),
            promise_due=promises[household.id][0] if household.id in promises else None,
            promise_amount=promises[household.id][1] if household.id in promises else None,
            paused=household.paused,
            availability=Availability(profile=household.availability),
            focus=household.focus,
        )
        for household in households
    }


def account_facts(row: Account) -> AccountFacts:
    """Return an account as the rules know it."""
    kinds = {"guarantee": "guarantee", "mortgage": "mortgage", "pledge": "pledge", "credit": "none"}
    return AccountFacts(
        id=row.id,
        outstanding=row.outstanding,
        five_tier=row.five_tier_class,  # type: ignore[arg-type]
        overdue_days=row.overdue_days,
        due_date=row.due_date,
        loan_date=row.loan_date,
        last_collection=row.last_collection_date,
        claimed_limitation=row.claimed_limitation,
        status=row.status,  # type: ignore[arg-type]
        security=kinds.get(row.guarantee_kind or "", "unknown"),  # type: ignore[arg-type]
    )


def _accounts(session: Session, households: list[str]) -> dict[str, list[AccountFacts]]:
    found: dict[str, list[AccountFacts]] = defaultdict(list)
    for row in session.scalars(select(Account).where(Account.household_id.in_(households)).order_by(Account.id)):
        found[row.household_id].append(account_facts(row))
    return found


def _guarantees(session: Session, households: list[str]) -> dict[str, list[GuaranteeFacts]]:
    found: dict[str, list[GuaranteeFacts]] = defaultdict(list)
    query = (
        select(Guarantee, Obligor.household_id, Account)
        .join(Obligor, Obligor.id == Guarantee.obligor_id)
        .join(Account, Account.id == Guarantee.account_id)
        .where(Obligor.household_id.in_(households))
        .order_by(Guarantee.id)
    )
    for guarantee, household_id, account in session.execute(query):
        found[household_id].append(
            GuaranteeFacts(guarantee.id, account_facts(account), kind=guarantee.kind or "unstated")  # type: ignore[arg-type]
        )
    return found


def _calls(session: Session, households: list[str], on: date, zone: ZoneInfo):  # type: ignore[no-untyped-def]
    """Return the days each household was called on, and its open promise (day, amount).

    A phone whose clock is known to be wrong does not say when it was there; the server does.
    """
    visits: dict[str, set[date]] = defaultdict(set)
    promises: dict[str, tuple[date | None, Decimal | None]] = {}
    correction = aliased(Outcome)
    corrected = exists().where(correction.replaces == Outcome.id, correction.household_id == Outcome.household_id)
    joined = select(Household.id, Household.merged_into_id).where(Household.merged_into_id.in_(households))
    door_of = {id_: id_ for id_ in households} | {id_: str(into) for id_, into in session.execute(joined)}
    query = select(Outcome).where(Outcome.household_id.in_(door_of), ~corrected)
    called = [
        (row.server_time if row.flags.keys() & WRONG_CLOCK else row.device_time, row)
        for row in session.scalars(query)
    ]
    for moment, row in sorted(called, key=lambda pair: (pair[0], pair[1].server_time, pair[1].id)):
        door = door_of[row.household_id]
        visits[door].add(moment.astimezone(zone).date())
        if row.kind == "promise":
            promises[door] = (row.promise_on, row.promise_amount)
        elif row.kind == "paid":
            promises.pop(door, None)
    return visits, promises


def _published_elsewhere(session: Session, households: list[str], on: date) -> Iterable[tuple[str, date]]:
    """Yield the doors that a team will call at on a later day, by the plan that holds there on that day.

    A published stop of the past counts only through its outcome: what was not done was no visit.
    """
    query = (
        select(Stop.household_id, Route.date, Route.territory_id, Route.plan_id)
        .join(Route, Route.id == Stop.route_id)
        .join(Plan, Plan.id == Route.plan_id)
        .where(
            Plan.status == "published",
            Stop.withdrawn_at.is_(None),
            Stop.household_id.in_(households),
            Route.date > on,
        )
    )
    holds: dict[tuple[str, date], Plan | None] = {}
    for household_id, day, territory_id, plan_id in session.execute(query).all():
        if (territory_id, day) not in holds:
            holds[territory_id, day] = newest_published(session, territory_id, day)
        plan = holds[territory_id, day]
        if plan is not None and plan.id == plan_id:
            yield household_id, day


def _barred_people(session: Session, households: Sequence[Household]) -> dict[str, set[str]]:
    """Return who may not visit whom: those who granted a loan of the household, and its neighbours."""
    barred: dict[str, set[str]] = defaultdict(set)
    ids = [household.id for household in households]
    for household_id, person_id in session.execute(
        select(Account.household_id, Account.granted_by_id).where(
            Account.household_id.in_(ids), Account.granted_by_id.is_not(None)
        )
    ):
        barred[household_id].add(str(person_id))
    at_home: dict[str | None, set[str]] = defaultdict(set)
    for person_id, village_id in session.execute(select(Person.id, Person.home_village_id)):
        if village_id is not None:
            at_home[village_id].add(person_id)
    for household in households:
        barred[household.id] |= at_home.get(household.village_id, set())
    return barred


def _allowed(people_of: dict[str, set[str]], barred: set[str]) -> frozenset[str] | None:
    if not barred:
        return None
    return frozenset(shift for shift, people in people_of.items() if not people & barred)


def _shifts(session: Session, territory: Territory, on: date, rules: Rules):  # type: ignore[no-untyped-def]
    """Return the shifts that may be offered that day, those left out with the rule, and the rows by id."""
    branch = session.get_one(Branch, territory.branch_id)
    rows = session.scalars(
        select(Shift)
        .join(Team, Team.id == Shift.team_id)
        .where(Team.territory_id == territory.id, Team.active, Shift.date == on)
        .options(selectinload(Shift.people))
        .order_by(Team.name, Shift.id)
    )
    offered: list[planning.Shift] = []
    left_out: list[TeamLeftOut] = []
    by_id: dict[str, Shift] = {}
    group = group_on(session, territory.id, on)
    for row in rows:
        people = tuple(member.person_id for member in row.people)
        start, end = place_of(row.from_place, branch), place_of(row.to_place, branch)
        if len(people) < rules.policy.min_people:
            left_out.append(TeamLeftOut(row.team_id, "alone"))
        elif start is None or end is None:
            left_out.append(TeamLeftOut(row.team_id, "start_without_place"))
        elif not knows_territory(session, territory.id, people, group):
            left_out.append(TeamLeftOut(row.team_id, "nobody_knows_the_territory"))
        else:
            by_id[row.id] = row
            offered.append(
                planning.Shift(
                    id=row.id,
                    team=planning.Team(row.team_id, people),
                    start=row.start_minute * 60,
                    end=row.end_minute * 60,
                    from_place=start,
                    to_place=end,
                    rest=_rest(row.rest),
                )
            )
    return offered, left_out, by_id


def place_of(place: object, branch: Branch) -> planning.Place | None:
    """Return where a shift starts or ends: its branch, or a place of its own."""
    if isinstance(place, dict):
        return planning.Place(place["lat"], place["lon"])
    return _place(branch.lat, branch.lon)


def _rest(rest: dict[str, int] | None) -> planning.Break | None:
    if not rest:
        return None
    return planning.Break(rest["earliest"] * 60, rest["latest"] * 60, rest["minutes"] * 60)


def _villages(
    session: Session, territory: Territory, rows: Iterable[Village], rules: Rules
) -> dict[str, planning.Village]:
    """Return the villages as the planner knows them: one without a place stands at its town, where that is known."""
    towns = KnownTowns(session, territory.branch_id)
    known = {}
    for row in rows:
        own = _place(row.lat, row.lon)
        its_town = None if own is not None else towns.place(row.town)
        known[row.id] = planning.Village(
            row.id, row.name, own, row.arrival_minutes * 60,
            None if its_town is None else planning.Town(row.town, its_town, rules.places.finding_seconds),
        )  # fmt: skip
    return known


def _place(lat: float | None, lon: float | None) -> planning.Place | None:
    return None if lat is None or lon is None else planning.Place(lat, lon)
