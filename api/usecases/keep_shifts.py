"""List, create and change shifts."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from api.auth.actor import Actor
from api.problems import invalid, not_found
from api.store.models import Person, Placement, Shift, ShiftPast, ShiftPerson, Team, Territory
from api.usecases import audit, rows
from api.usecases.context import rules, store, today
from api.usecases.groups import valid_on
from api.usecases.withdraw import withdraw_unfit

_MIDNIGHT = 24 * 60


def list_shifts(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the shifts of the actor's area."""
    wanted = (
        select(Shift)
        .join(Team, Team.id == Shift.team_id)
        .join(Territory, Territory.id == Team.territory_id)
        .where(Territory.branch_id.in_(actor.branches))
        .options(selectinload(Shift.people))
    )
    if query["team"]:
        wanted = wanted.where(Shift.team_id == query["team"])
    if query["territory"]:
        wanted = wanted.where(Team.territory_id == query["territory"])
    if query["date"]:
        wanted = wanted.where(Shift.date == query["date"])
    if query["from_date"]:
        wanted = wanted.where(Shift.date >= query["from_date"])
    if query["to_date"]:
        wanted = wanted.where(Shift.date <= query["to_date"])
    with store().read() as session:
        found, following = rows.page(session, wanted, Shift.id, query["limit"], query["cursor"])
        return {"items": [row[0] for row in found], "next": following}


def one_shift(actor: Actor, shift_id: str) -> Shift:
    """Return a shift of the actor's area. Raises 404."""
    with store().read() as session:
        return _in_area(session, session.get(Shift, shift_id, options=[selectinload(Shift.people)]), actor)[0]


def create_shift(actor: Actor, new: dict[str, Any]) -> Shift:
    """Create a team's shift on a date.

    Raises 409 if the team has one, or a person is in another; 422 for people who cannot be in it and
    for times that do not fit.
    """
    with store().write() as session:
        return add_shift(session, actor, new)


def add_shift(session: Session, actor: Actor, new: dict[str, Any]) -> Shift:
    """As :func:`create_shift`, inside the caller's transaction."""
    _check_times(new["start"], new["end"], new["rest"], new["overtime_minutes"])
    team, territory = _team(session, actor, new["team"])
    _refuse_second(session, team, new["date"])
    _check_people(session, actor, territory, new["date"], new["people"])
    shift = Shift(
        team_id=team.id, date=new["date"], start_minute=new["start"], end_minute=new["end"],
        overtime_minutes=new["overtime_minutes"], rest=new["rest"],
        from_place=new["from_place"], to_place=new["to_place"], people=[],
    )  # fmt: skip
    shift.people = [ShiftPerson(person_id=person, date=shift.date) for person in sorted(new["people"])]
    session.add(shift)
    rows.flush(session, "shift-exists", _second_shift(team, shift.date), "date")
    audit.record(session, actor.pseudonym, "shift.created", shift.id)
    return shift


def change_shift(actor: Actor, shift_id: str, change: dict[str, Any], version: int) -> Shift:
    """Change a shift that still has ``version``. Raises 404, 409, 412, 422.

    Published stops that the new people may not do are withdrawn, and the phones' day follows.
    """
    with store().write() as session:
        return alter_shift(session, actor, shift_id, change, version)


def alter_shift(session: Session, actor: Actor, shift_id: str, change: dict[str, Any], version: int) -> Shift:
    """As :func:`change_shift`, inside the caller's transaction."""
    found = session.get(Shift, shift_id, options=[selectinload(Shift.people)], with_for_update=True)
    shift, territory = _in_area(session, found, actor)
    rows.expect_version(shift, version)
    shift.start_minute = change.get("start", shift.start_minute)
    shift.end_minute = change.get("end", shift.end_minute)
    shift.overtime_minutes = change.get("overtime_minutes", shift.overtime_minutes)
    shift.rest = change.get("rest", shift.rest)
    shift.from_place = change.get("from_place", shift.from_place)
    shift.to_place = change.get("to_place", shift.to_place)
    _check_times(shift.start_minute, shift.end_minute, shift.rest, shift.overtime_minutes)
    if "people" in change:
        _check_people(session, actor, territory, shift.date, change["people"], shift)
        _set_people(session, shift, change["people"])
    rows.flush(session, "person-busy", _("Somebody was put into another team meanwhile."), "people")
    if "people" in change and shift.date >= today():
        withdraw_unfit(session, today())
    audit.record(session, actor.pseudonym, "shift.changed", shift.id, fields=sorted(change))
    return shift


def _in_area(session: Session, shift: Shift | None, actor: Actor) -> tuple[Shift, Territory]:
    if shift is None:
        raise not_found()
    territory = session.get_one(Territory, session.get_one(Team, shift.team_id).territory_id)
    return rows.in_area(shift, actor, territory.branch_id), territory


def _team(session: Session, actor: Actor, team_id: str) -> tuple[Team, Territory]:
    team = session.get(Team, team_id)
    territory = session.get_one(Territory, team.territory_id) if team is not None else None
    if team is None or territory is None or not actor.covers(territory.branch_id):
        raise invalid("team", "unknown-reference", _("There is no such row in your area."))
    if not team.active:
        raise invalid("team", "inactive", _("The team %(team)s is no longer in use.", team=team.name))
    return team, territory


def _check_times(start: int, end: int, rest: dict[str, int] | None, overtime: int) -> None:
    if end <= start:
        raise invalid("end", "shift-backwards", _("A shift must end after it starts."))
    if overtime and end + overtime > _MIDNIGHT:
        raise invalid("overtime_minutes", "overtime-too-late", _("A team is back before midnight, overtime included."))
    if rest is not None and rest["earliest"] < start:
        raise invalid("break.earliest", "break-outside", _("The break lies before the shift starts."))
    if rest is not None and rest["latest"] > end:
        raise invalid("break.latest", "break-outside", _("The break lies after the shift ends."))


def _refuse_second(session: Session, team: Team, on: date) -> None:
    query = select(Shift.id).where(Shift.team_id == team.id, Shift.date == on)
    if session.scalar(query) is not None:
        raise invalid("date", "shift-exists", _second_shift(team, on), 409)


def _second_shift(team: Team, on: date) -> str:
    return _("%(team)s already has a shift on %(day)s. Change that one.", team=team.name, day=on.isoformat())


def _check_people(
    session: Session, actor: Actor, territory: Territory, on: date, people: list[str], shift: Shift | None = None
) -> None:
    """Refuse people who cannot be in this team on this day, naming the first who cannot."""
    for position, person_id in enumerate(people):
        field = f"people.{position}"
        if person_id in people[:position]:
            raise invalid(field, "person-twice", _("This person stands twice in the team."))
        person = rows.referenced(session, Person, person_id, actor, field)
        _check_person(session, territory, on, person, field)
        _refuse_busy(session, on, person, field, shift)
    least = rules().policy.min_people
    if len(people) < least:
        raise invalid("people", "alone", _("No one works alone: a team needs %(count)s people.", count=least))


def _check_person(session: Session, territory: Territory, on: date, person: Person, field: str) -> None:
    if not person.active:
        raise invalid(field, "inactive", _("%(name)s no longer works here.", name=person.name))
    if person.branch_id == territory.branch_id:
        return
    # The county exchanges people between branches: whoever is placed in the territory may go out there.
    placed = select(Placement.id).where(
        Placement.person_id == person.id, Placement.territory_id == territory.id, valid_on(on)
    )
    if session.scalar(placed) is None:
        raise invalid(
            field, "other-branch",
            _("%(name)s belongs to another branch and has no place in this territory then.", name=person.name),
        )  # fmt: skip


def _refuse_busy(session: Session, on: date, person: Person, field: str, shift: Shift | None) -> None:
    query = (
        select(Team.name)
        .join(Shift, Shift.team_id == Team.id)
        .join(ShiftPerson, ShiftPerson.shift_id == Shift.id)
        .where(ShiftPerson.person_id == person.id, ShiftPerson.date == on)
    )
    if shift is not None:
        query = query.where(Shift.id != shift.id)
    other = session.scalar(query)
    if other is not None:
        detail = _(
            "%(name)s is already in %(team)s on %(day)s; nobody is in two teams on one day.",
            name=person.name, team=other, day=on.isoformat(),
        )  # fmt: skip
        raise invalid(field, "person-busy", detail, 409)


def _set_people(session: Session, shift: Shift, people: list[str]) -> None:
    for row in shift.people:
        if row.person_id not in people:
            # What they did that day before they were taken out still counts.
            session.add(ShiftPast(team_id=shift.team_id, person_id=row.person_id, date=shift.date))
    kept = [row for row in shift.people if row.person_id in people]
    have = {row.person_id for row in kept}
    added = [ShiftPerson(person_id=person, date=shift.date) for person in sorted(people) if person not in have]
    shift.people = sorted(kept + added, key=lambda row: row.person_id)
