"""The office: branches, territories, villages, people, and who works where; rows as the setup workbook has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from api.auth.actor import Role
from api.store.models import Branch, Person, Placement, Shift, Team, Territory, Town, User, Village
from api.usecases.context import today, vault
from api.usecases.exports.source import Area, Query, Source, Values
from api.usecases.village_places import village_precision
from schemas.setup_cells import MOST_TEXT

_OFFICE = frozenset({Role.COORDINATOR, Role.MANAGER})
_COORDINATOR = frozenset({Role.COORDINATOR})


def _branches(area: Area) -> Query:
    return select(Branch).where(area.covers(Branch.id)).order_by(Branch.code)


def _branch_rows(_area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        yield {"code": one.code, "name": one.name, "lat": one.lat, "lon": one.lon, "id": one.id}


def _territories(area: Area) -> Query:
    return select(Territory).where(area.covers(Territory.branch_id)).order_by(Territory.name, Territory.id)


def _territory_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        yield {"branch": area.codes[one.branch_id], "name": one.name, "id": one.id}


def _villages(area: Area) -> Query:
    return (
        select(Village)
        .where(area.covers(Village.branch_id))
        .order_by(Village.town, Village.admin_village, Village.name, Village.id)
        .options(selectinload(Village.aliases))
    )


def _village_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        yield {
            "branch": area.codes[one.branch_id],
            "territory": area.territories.get(one.territory_id or "", {}).get("territory"),
            "town": one.town or None,
            "admin_village": one.admin_village or None,
            "name": one.name,
            "aliases": [alias.name for alias in one.aliases] or None,
            "lat": one.lat,
            "lon": one.lon,
            "arrival_minutes": one.arrival_minutes,
            "market_days": one.market_days,
            "precision": village_precision(one),
            "place_source": one.place_source,
            "stated_datum": one.datum,
            "place_accuracy": one.place_accuracy,
            "placed_at": one.placed_at,
            "id": one.id,
        }


def _towns(area: Area) -> Query:
    return select(Town).where(area.covers(Town.branch_id)).order_by(Town.branch_id, Town.name, Town.id)


def _town_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        yield {
            "branch": area.codes[one.branch_id], "name": one.name, "lat": one.lat, "lon": one.lon,
            "source": one.source, "id": one.id,
        }  # fmt: skip


def _people(area: Area) -> Query:
    query = select(Person).where(area.covers(Person.branch_id)).order_by(Person.staff_number)
    return query.options(selectinload(Person.knows))


def _person_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        knows = sorted(area.villages[row.village_id] for row in one.knows if row.village_id in area.villages)
        # A list that names only a part would take the rest away when it comes back.
        whole = len(knows) == len(one.knows) and sum(len(name) + 3 for name in knows) < MOST_TEXT
        yield {
            "branch": area.codes[one.branch_id],
            "staff_number": one.staff_number,
            "name": one.name,
            "phone": None if one.phone_sealed is None else vault().open(one.phone_sealed),
            "home_village": area.villages.get(one.home_village_id or ""),
            "knows": knows if knows and whole else None,
            "active": one.active,
            "id": one.id,
            "pseudonym": one.pseudonym,
        }


def _placements(area: Area) -> Query:
    return (
        select(Placement)
        .where(Placement.territory_id.in_(area.territories))
        .order_by(Placement.starts_on, Placement.territory_id, Placement.role, Placement.id)
    )


def _placement_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        yield area.territories[one.territory_id] | {
            "staff_number": area.staff_numbers[one.person_id], "role": one.role, "handover": one.handover,
            "from": one.starts_on, "until": one.ends_on,
        }  # fmt: skip


def _groups(area: Area) -> Query:
    """The places of today and later: a workbook that comes back does not change the past."""
    mine = select(Person.id).where(area.covers(Person.branch_id))
    still = or_(Placement.ends_on.is_(None), Placement.ends_on >= today())
    return _placements(area).where(Placement.person_id.in_(mine), still)


def _group_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for values in _placement_rows(area, batch):
        yield values | {"from": max(values["from"], today())}


def _teams(area: Area) -> Query:
    return select(Team).where(Team.territory_id.in_(area.territories)).order_by(Team.territory_id, Team.name)


def _team_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        yield area.territories[one.territory_id] | {"name": one.name, "active": one.active, "id": one.id}


def _shifts(area: Area) -> Query:
    query = select(Shift).where(Shift.team_id.in_(area.teams)).order_by(Shift.date, Shift.team_id)
    return query.options(selectinload(Shift.people))


def _shift_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        rest = one.rest or {}
        yield area.teams[one.team_id] | {
            "date": one.date,
            "people": [area.staff_numbers[row.person_id] for row in one.people],
            "start": clock(one.start_minute),
            "end": clock(one.end_minute),
            "break_earliest": clock(rest["earliest"]) if rest else None,
            "break_latest": clock(rest["latest"]) if rest else None,
            "break_minutes": rest.get("minutes"),
            "from_place": one.from_place,
            "to_place": one.to_place,
            "overtime_minutes": one.overtime_minutes,
            "id": one.id,
        }


def _users(_area: Area) -> Query:
    return select(User).order_by(User.username).options(selectinload(User.branches))


def _user_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        yield {
            "username": one.username, "role": one.role, "language": one.language, "active": one.active,
            "branches": sorted(area.codes[row.branch_id] for row in one.branches) or None,
            "pseudonym": one.pseudonym, "id": one.id,
        }  # fmt: skip


def clock(minutes: int) -> str:
    """Return minutes since midnight as HH:MM."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


OFFICE = {
    "branches": Source(frozenset(Role) - {Role.COLLECTOR}, _branches, _branch_rows),
    "territories": Source(_OFFICE, _territories, _territory_rows),
    "villages": Source(_OFFICE | {Role.LEGAL}, _villages, _village_rows),
    "towns": Source(_OFFICE | {Role.LEGAL}, _towns, _town_rows),
    "people": Source(_COORDINATOR, _people, _person_rows),
    "groups": Source(_COORDINATOR, _groups, _group_rows),
    "teams": Source(_OFFICE, _teams, _team_rows),
    "shifts": Source(_COORDINATOR, _shifts, _shift_rows),
    "placements": Source(_COORDINATOR, _placements, _placement_rows),
    "users": Source(frozenset({Role.ADMIN}), _users, _user_rows),
}
