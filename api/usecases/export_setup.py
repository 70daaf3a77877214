"""What is stored of an office, as the rows of the setup workbook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from api.auth.actor import Actor, Role
from api.store.models import Branch, Person, Placement, Shift, Team, Territory, Village
from api.usecases.context import today
from api.usecases.set_up_names import full_name
from schemas.setup_cells import MOST_TEXT

Rows = list[dict[str, Any]]


def stored_rows(session: Session, actor: Actor) -> dict[str, Rows]:
    """Return the rows of every sheet that the actor keeps, by sheet; groups and shifts from today on.

    Telephone numbers stay out: an empty cell leaves them as they are when the workbook comes back.
    """
    if actor.role is Role.ADMIN:
        return {"branches": [_place_of(row) for row in session.scalars(select(Branch).order_by(Branch.code))]}
    area = actor.branches
    branches = list(session.scalars(select(Branch).where(Branch.id.in_(area)).order_by(Branch.code)))
    codes = {branch.id: branch.code for branch in branches}
    territories = list(
        session.scalars(select(Territory).where(Territory.branch_id.in_(area)).order_by(Territory.name, Territory.id))
    )
    villages = list(
        session.scalars(
            select(Village)
            .where(Village.branch_id.in_(area))
            .order_by(Village.town, Village.admin_village, Village.name, Village.id)
            .options(selectinload(Village.aliases))
        )
    )
    people = list(
        session.scalars(
            select(Person)
            .where(Person.branch_id.in_(area))
            .order_by(Person.staff_number)
            .options(selectinload(Person.knows))
        )
    )
    names = {village.id: full_name(village) for village in villages}
    of_territory = {one.id: {"branch": codes[one.branch_id], "territory": one.name} for one in territories}
    teams = _teams(session, of_territory)
    return {
        "branches": [_place_of(branch) for branch in branches],
        "territories": [{"branch": codes[one.branch_id], "name": one.name} for one in territories],
        "villages": [_village(one, codes, of_territory) for one in villages],
        "people": [_person(one, codes, names) for one in people],
        "groups": _groups(session, people, of_territory),
        "teams": [of_territory[team.territory_id] | {"name": team.name, "active": team.active} for team in teams],
        "shifts": _shifts(session, teams, people, of_territory),
    }


def _place_of(branch: Branch) -> dict[str, Any]:
    return {"code": branch.code, "name": branch.name, "lat": branch.lat, "lon": branch.lon}


def _village(village: Village, codes: dict[str, str], of_territory: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "branch": codes[village.branch_id],
        "territory": of_territory.get(village.territory_id or "", {}).get("territory"),
        "town": village.town or None,
        "admin_village": village.admin_village or None,
        "name": village.name,
        "aliases": [alias.name for alias in village.aliases] or None,
        "lat": village.lat,
        "lon": village.lon,
        "arrival_minutes": village.arrival_minutes,
    }


def _person(person: Person, codes: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    knows = [names[row.village_id] for row in person.knows if row.village_id in names]
    whole = len(knows) == len(person.knows) and sum(len(name) + 3 for name in knows) < MOST_TEXT
    return {
        "branch": codes[person.branch_id],
        "staff_number": person.staff_number,
        "name": person.name,
        "home_village": names.get(person.home_village_id or ""),
        "knows": knows if knows and whole else None,
        "active": person.active,
    }


def _teams(session: Session, territories: Iterable[str]) -> list[Team]:
    query = select(Team).where(Team.territory_id.in_(list(territories))).order_by(Team.territory_id, Team.name)
    return list(session.scalars(query))


def _groups(session: Session, people: list[Person], of_territory: dict[str, dict[str, str]]) -> Rows:
    numbers = {person.id: person.staff_number for person in people}
    query = (
        select(Placement)
        .where(
            Placement.person_id.in_(numbers),
            Placement.territory_id.in_(of_territory),
            or_(Placement.ends_on.is_(None), Placement.ends_on >= today()),
        )
        .order_by(Placement.starts_on, Placement.territory_id, Placement.role, Placement.id)
    )
    return [
        of_territory[row.territory_id]
        | {
            "staff_number": numbers[row.person_id], "role": row.role, "handover": row.handover,
            "from": max(row.starts_on, today()).isoformat(),
        }
        for row in session.scalars(query)
    ]  # fmt: skip


def _shifts(session: Session, teams: list[Team], people: list[Person], of_territory: dict[str, dict[str, str]]) -> Rows:
    """The shifts whose people are all of the actor's area: others could not be read back."""
    numbers = {person.id: person.staff_number for person in people}
    by_id = {team.id: team for team in teams if team.active}
    query = (
        select(Shift)
        .where(Shift.team_id.in_(by_id), Shift.date >= today())
        .order_by(Shift.date, Shift.team_id)
        .options(selectinload(Shift.people))
    )
    return [
        of_territory[by_id[shift.team_id].territory_id]
        | {
            "team": by_id[shift.team_id].name,
            "date": shift.date.isoformat(),
            "people": [numbers[row.person_id] for row in shift.people],
            "start": _clock(shift.start_minute),
            "end": _clock(shift.end_minute),
            "break_earliest": _clock(shift.rest["earliest"]) if shift.rest else None,
            "break_latest": _clock(shift.rest["latest"]) if shift.rest else None,
            "break_minutes": shift.rest["minutes"] if shift.rest else None,
            "from_place": shift.from_place,
            "to_place": shift.to_place,
        }
        for shift in session.scalars(query)
        if all(row.person_id in numbers for row in shift.people)
    ]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
