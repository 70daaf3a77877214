"""Put people, territories and history as a problem of rotation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.store.models import Account, Branch, Household, Person, Placement, Territory, Village
from api.usecases import impact
from api.usecases.groups import households_by_village, villages_known
from routing import rotation
from routing.problem import Place
from routing.territories import VillageWork, commute_minutes, familiarity


def rotation_problem(
    session: Session,
    territories: Iterable[str],
    people: Iterable[str],
    starts_on: date,
    leave: dict[str, dict[int, float]] | None = None,
) -> rotation.RotationProblem:
    """Return the problem of placing these people on these territories from a day on."""
    territory_ids, person_ids = sorted(set(territories)), sorted(set(people))
    work = {id_: impact.village_work(session, id_) for id_ in territory_ids}
    villages = {id_: households_by_village(session, id_) for id_ in territory_ids}
    known = villages_known(session, person_ids)
    conflicts = _conflicts(session, territory_ids, person_ids)
    rows = [session.get_one(Person, id_) for id_ in person_ids]
    return rotation.RotationProblem(
        people=tuple(
            rotation.Person(
                id=row.id,
                knows={id_: familiarity(known[row.id], villages[id_]) for id_ in territory_ids},
                travel_minutes=_commutes(session, row, work),
                conflicts=conflicts[row.id],
                leave=(leave or {}).get(row.id, {}),
            )
            for row in rows
        ),
        territories=tuple(_demand(session, id_) for id_ in territory_ids),
        history=tuple(_history(session, person_ids, set(territory_ids), starts_on)),
    )


def _demand(session: Session, territory_id: str) -> rotation.TerritoryDemand:
    territory = session.get_one(Territory, territory_id)
    accounts, outstanding = session.execute(
        select(func.count(Account.id), func.sum(Account.outstanding))
        .join(Household, Household.id == Account.household_id)
        .join(Village, Village.id == Household.village_id)
        .where(Village.territory_id == territory_id, Account.status == "active")
    ).one()
    return rotation.TerritoryDemand(
        id=territory_id,
        work_minutes=impact.minutes_of_work(session, territory),
        value=int((outstanding or 0) * 100),
        accounts=accounts,
    )


def _commutes(session: Session, person: Person, work: dict[str, list[VillageWork]]) -> dict[str, int]:
    """Return the minutes from home (the home village, else the branch) to each territory that has a place."""
    home = session.get(Village, person.home_village_id) if person.home_village_id else None
    row: Village | Branch = home if home is not None and home.lat is not None else session.get_one(
        Branch, person.branch_id
    )  # fmt: skip
    if row.lat is None or row.lon is None:
        return {}
    place = Place(row.lat, row.lon)
    found = {id_: commute_minutes(place, villages) for id_, villages in work.items()}
    return {id_: minutes for id_, minutes in found.items() if minutes is not None}


def _conflicts(session: Session, territories: list[str], people: list[str]) -> dict[str, dict[str, rotation.Conflict]]:
    granted: Counter[tuple[str, str]] = Counter()
    home: Counter[tuple[str, str]] = Counter()
    union: Counter[tuple[str, str]] = Counter()
    homes = dict(session.execute(select(Person.id, Person.home_village_id).where(Person.id.in_(people))).all())
    query = (
        select(Account.granted_by_id, Household.village_id, Village.territory_id)
        .join(Household, Household.id == Account.household_id)
        .join(Village, Village.id == Household.village_id)
        .where(Village.territory_id.in_(territories), Account.status == "active")
    )
    by_village: dict[str, set[str]] = defaultdict(set)
    for person, village in homes.items():
        if village is not None:
            by_village[village].add(person)
    for granter, village_id, territory_id in session.execute(query):
        neighbours = by_village.get(village_id or "", set())
        if territory_id is None:
            continue
        if granter is not None and granter in homes:
            granted[granter, territory_id] += 1
        for person in neighbours:
            home[person, territory_id] += 1
        for person in neighbours | ({granter} if granter is not None and granter in homes else set()):
            union[person, territory_id] += 1
    found: dict[str, dict[str, rotation.Conflict]] = defaultdict(dict)
    for (person, territory_id), accounts in union.items():
        pair = (person, territory_id)
        found[person][territory_id] = rotation.Conflict(granted[pair], home[pair], accounts)
    return found


def _history(
    session: Session, people: list[str], territories: set[str], starts_on: date
) -> Iterable[rotation.PastPlace]:
    """Yield where people were before, counted back in periods: a period ends where anybody's place ended."""
    query = (
        select(Placement)
        .where(Placement.person_id.in_(people), Placement.starts_on < starts_on)
        .order_by(Placement.person_id, Placement.starts_on.desc())
    )
    counted: Counter[str] = Counter()
    last: dict[str, tuple[str, str]] = {}
    for row in session.scalars(query):
        # A change of role inside one territory is no new period.
        if last.get(row.person_id, ("", ""))[0] == row.territory_id:
            continue
        counted[row.person_id] += 1
        last[row.person_id] = (row.territory_id, row.role)
        if row.territory_id in territories:
            yield rotation.PastPlace(
                row.person_id, row.territory_id, counted[row.person_id], leader=row.role == "leader"
            )
