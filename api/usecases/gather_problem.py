"""Read one territory's days from the store and put them as a problem for the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from api.store.models import Account, Branch, Household, Person, Shift, Team, Territory, Village
from api.usecases.acquainted import acquainted
from api.usecases.groups import group_on, knows_territory
from api.usecases.household_facts import household_facts, place
from api.usecases.known_towns import KnownTowns
from routing import problem as planning
from routing.horizon import PeriodProblem, period_problem
from routing.period import Period
from routing.rules import Rules
from routing.towns import by_town


@dataclass(frozen=True, slots=True)
class TeamLeftOut:
    """A shift that cannot be offered, and the rule it breaks."""

    team: str
    on: date
    code: str


@dataclass(frozen=True, slots=True)
class TerritoryPeriod:
    """A territory's problem for a period, and what never reached the planner."""

    of: PeriodProblem
    teams_left_out: tuple[TeamLeftOut, ...]
    households: dict[str, Household]

    @property
    def problem(self) -> planning.Problem:
        """What the planner is given."""
        return self.of.problem

    def reasons_on(self, visit: planning.Visit, day: date) -> tuple[planning.Reason, ...]:
        """Return why a visit is wanted on a day, and that only its village's town is known, where that is so."""
        return (*self.of.reasons_on(visit.id, day), *by_town(visit, self.problem.villages))


def gather(
    session: Session,
    territory_id: str,
    period: Period,
    rules: Rules,
    zone: ZoneInfo,
    *,
    asked_for: Mapping[str, bool] | None = None,
    away: Collection[str] = (),
) -> TerritoryPeriod:
    """Return the problem of one territory for a period, with conflicts of interest already barred.

    ``asked_for``: see :func:`routing.horizon.period_problem`; ``away`` are people who are not there.
    """
    territory = session.get_one(Territory, territory_id)
    villages = list(session.scalars(select(Village).where(Village.territory_id == territory_id).order_by(Village.id)))
    village_ids = [village.id for village in villages]
    households = list(
        session.scalars(select(Household).where(Household.village_id.in_(village_ids)).order_by(Household.id))
    )
    shifts, left_out = _shifts(session, territory, period, rules, away)
    found = period_problem(
        period,
        household_facts(session, households, period, zone).values(),
        _villages(session, territory, villages, rules),
        shifts,
        rules,
        barred=_barred_people(session, households),
        acquainted=acquainted(session, territory_id, households, period, zone),
        asked_for=asked_for,
    )
    return TerritoryPeriod(found, tuple(left_out), {row.id: row for row in households})


def _barred_people(session: Session, households: Sequence[Household]) -> dict[str, frozenset[str]]:
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
    return {household_id: frozenset(people) for household_id, people in barred.items()}


def _shifts(
    session: Session, territory: Territory, period: Period, rules: Rules, away: Collection[str]
) -> tuple[dict[date, list[planning.Shift]], list[TeamLeftOut]]:
    """Return the shifts that may be offered on each day, and those left out with the rule."""
    branch = session.get_one(Branch, territory.branch_id)
    rows = session.scalars(
        select(Shift)
        .join(Team, Team.id == Shift.team_id)
        .where(Team.territory_id == territory.id, Team.active, Shift.date.between(period.first, period.last))
        .options(selectinload(Shift.people))
        .order_by(Shift.date, Team.name, Shift.id)
    )
    offered: dict[date, list[planning.Shift]] = {}
    left_out: list[TeamLeftOut] = []
    for day, of_day in groupby(rows, key=lambda row: row.date):
        group = group_on(session, territory.id, day)
        for row in of_day:
            people = tuple(member.person_id for member in row.people if member.person_id not in away)
            start, end = place_of(row.from_place, branch), place_of(row.to_place, branch)
            if len(people) < rules.policy.min_people:
                left_out.append(TeamLeftOut(row.team_id, day, "alone"))
            elif start is None or end is None:
                left_out.append(TeamLeftOut(row.team_id, day, "start_without_place"))
            elif not knows_territory(session, territory.id, people, group):
                left_out.append(TeamLeftOut(row.team_id, day, "nobody_knows_the_territory"))
            else:
                offered.setdefault(day, []).append(_shift(row, people, start, end, rules))
    return offered, left_out


def _shift(
    row: Shift, people: tuple[str, ...], start: planning.Place, end: planning.Place, rules: Rules
) -> planning.Shift:
    return planning.Shift(
        id=row.id,
        team=planning.Team(row.team_id, people),
        start=row.start_minute * 60,
        end=row.end_minute * 60,
        from_place=start,
        to_place=end,
        rest=_rest(row.rest),
        overtime=row.overtime_minutes * 60,
        overtime_rate=rules.values.overtime,
    )


def place_of(given: object, branch: Branch) -> planning.Place | None:
    """Return where a shift starts or ends: its branch, or a place of its own."""
    if isinstance(given, dict):
        return planning.Place(given["lat"], given["lon"])
    return place(branch.lat, branch.lon)


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
        own = place(row.lat, row.lon)
        its_town = None if own is not None else towns.place(row.town)
        known[row.id] = planning.Village(
            row.id, row.name, own, row.arrival_minutes * 60,
            None if its_town is None else planning.Town(row.town, its_town, rules.places.finding_seconds),
        )  # fmt: skip
    return known
