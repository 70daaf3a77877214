"""What a change of territories or people does, measured by doing it and looking: before, after, difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from api.store.models import Account, Branch, Household, Route, Shift, ShiftPerson, Stop, Territory, Village
from api.usecases.groups import group_on, households_by_village, villages_known
from api.usecases.published import route_is_published
from routing.classification import NON_PERFORMING
from routing.problem import Place
from routing.rotation import PersonPlace
from routing.territories import VillageWork, estimate_work, familiar

_DAY_MINUTES = 480


@dataclass(slots=True)
class TerritoryState:
    """A territory as it stands: its work (an estimate), its households, whether its leader knows it."""

    name: str
    households: int
    minutes: int
    leader_familiar: bool | None


@dataclass(slots=True)
class Effects:
    """What happened while the change was made."""

    households: set[str] = field(default_factory=set)
    plans: set[str] = field(default_factory=set)
    withdrawn: list[Stop] = field(default_factory=list)
    shifts_changed: int = 0
    warnings: list[dict[str, str]] = field(default_factory=list)


def state_of(session: Session, territories: Iterable[str], on: date) -> dict[str, TerritoryState]:
    """Return how each territory stands in this transaction."""
    found = {}
    for territory_id in sorted(set(territories)):
        territory = session.get_one(Territory, territory_id)
        villages = households_by_village(session, territory_id)
        group = group_on(session, territory_id, on)
        leader = next((row.person_id for row in group if row.role == "leader"), None)
        known = villages_known(session, [leader])[leader] if leader else set()
        found[territory_id] = TerritoryState(
            name=territory.name,
            households=sum(villages.values()),
            minutes=minutes_of_work(session, territory),
            leader_familiar=familiar(known, villages) if leader else None,
        )
    return found


def minutes_of_work(session: Session, territory: Territory) -> int:
    """Return the estimated minutes of one round of a territory's non-performing doors (routing.territories)."""
    branch = session.get_one(Branch, territory.branch_id)
    work = village_work(session, territory.id)
    if branch.lat is None or branch.lon is None:
        places = [one.place for one in work if one.place is not None]
        if not places:
            return 0
        start = places[0]
    else:
        start = Place(branch.lat, branch.lon)
    return round(estimate_work(work, start, _DAY_MINUTES).minutes)


def village_work(session: Session, territory_id: str) -> list[VillageWork]:
    """Return the villages of a territory with the number of doors that have a non-performing account."""
    query = (
        select(Village.id, Village.lat, Village.lon, func.count(Household.id.distinct()))
        .outerjoin(Household, Household.village_id == Village.id)
        .outerjoin(
            Account,
            (Account.household_id == Household.id)
            & (Account.status == "active")
            & Account.five_tier_class.in_(tuple(NON_PERFORMING)),
        )
        .where(Village.territory_id == territory_id, or_(Household.id.is_(None), Account.id.is_not(None)))
        .group_by(Village.id, Village.lat, Village.lon)
        .order_by(Village.id)
    )
    return [
        VillageWork(id_, None if lat is None or lon is None else Place(lat, lon), count, None)
        for id_, lat, lon, count in session.execute(query)
    ]


def places_on(session: Session, territories: Iterable[str], on: date) -> tuple[PersonPlace, ...]:
    """Return who is placed in these territories on a day."""
    return tuple(
        PersonPlace(row.person_id, territory_id, row.role == "leader")
        for territory_id in sorted(set(territories))
        for row in group_on(session, territory_id, on)
    )


def plans_of_teams(session: Session, teams: Iterable[str], today: date) -> set[str]:
    """Return the published plans from today on in which these teams have a route."""
    query = (
        select(Route.plan_id)
        .where(route_is_published(), Route.date >= today, Route.team_id.in_(list(teams)))
        .distinct()
    )
    return set(session.scalars(query))


def teams_of_people(session: Session, people: Iterable[str], starts_on: date) -> set[str]:
    """Return the teams in whose shifts these people are from a day on."""
    query = (
        select(Shift.team_id)
        .join(ShiftPerson, ShiftPerson.shift_id == Shift.id)
        .where(ShiftPerson.person_id.in_(list(people)), Shift.date >= starts_on)
    )
    return set(session.scalars(query))


def describe(before: dict[str, TerritoryState], after: dict[str, TerritoryState], effects: Effects) -> dict[str, Any]:
    """Return the impact as the contract has it."""
    return {
        "households": len(effects.households),
        "territories": [
            {
                "id": id_,
                "name": now.name,
                "households_before": before[id_].households,
                "households_after": now.households,
                "minutes_before": before[id_].minutes,
                "minutes_after": now.minutes,
                "leader_familiar": now.leader_familiar,
                "leader_familiar_before": before[id_].leader_familiar,
            }
            for id_, now in after.items()
        ],
        "plans_touched": sorted(effects.plans | {stop.plan_id for stop in effects.withdrawn}),
        "stops_withdrawn": len(effects.withdrawn),
        "shifts_changed": effects.shifts_changed,
        "deadlines_at_risk": list(_deadlines(effects.withdrawn)),
        "warnings": effects.warnings,
        "minutes_are": "estimate",
    }


def _deadlines(withdrawn: Iterable[Stop]) -> Iterator[dict[str, Any]]:
    """Yield the doors whose visit is taken away although a limitation or guarantee period ends soon."""
    for stop in withdrawn:
        for reason in stop.reasons:
            if reason["code"] in ("limitation_near", "guarantee_near"):
                facts = reason["facts"]
                yield {"household": stop.household_id, "code": reason["code"], "on": facts["on"], "days": facts["days"]}
