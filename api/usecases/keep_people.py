"""List, create and change the people who visit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from api.auth.actor import Actor
from api.problems import invalid
from api.store.columns import now
from api.store.models import Branch, Device, Familiarity, Person, ShiftPerson, Village
from api.usecases import assignments, audit, rows, sign_in
from api.usecases.context import store, today, vault
from api.usecases.keep_users import new_pseudonym
from api.vault import mask_number


def list_people(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the people of the actor's area."""
    wanted = select(Person).where(Person.branch_id.in_(actor.branches)).options(selectinload(Person.knows))
    if query["branch"]:
        wanted = wanted.where(Person.branch_id == query["branch"])
    if query["active"] is not None:
        wanted = wanted.where(Person.active == query["active"])
    with store().read() as session:
        found, following = rows.page(session, wanted, Person.id, query["limit"], query["cursor"])
        return {"items": _masked([row[0] for row in found]), "next": following}


def one_person(actor: Actor, person_id: str) -> Person:
    """Return a person of the actor's area. Raises 404."""
    with store().read() as session:
        person = rows.in_area(session.get(Person, person_id, options=[selectinload(Person.knows)]), actor)
        return _masked([person])[0]


def create_person(actor: Actor, new: dict[str, Any]) -> Person:
    """Create a person. Raises 409 if the staff number is taken."""
    with store().write() as session:
        return add_person(session, actor, new)


def add_person(session: Session, actor: Actor, new: dict[str, Any]) -> Person:
    """As :func:`create_person`, inside the caller's transaction."""
    rows.referenced(session, Branch, new["branch"], actor, "branch")
    person = Person(
        branch_id=new["branch"], name=new["name"], staff_number=new["staff_number"],
        pseudonym=new_pseudonym("p"), phone_sealed=_seal(new["phone"]), knows=[],
    )  # fmt: skip
    _set_home(session, actor, person, new["home_village"])
    _set_known(session, actor, person, new["knows"])
    session.add(person)
    _flush(session)
    audit.record(session, actor.pseudonym, "person.created", person.id)
    return _masked([person])[0]


def change_person(actor: Actor, person_id: str, change: dict[str, Any], version: int) -> Person:
    """Change a person who still has ``version``. Raises 404, 409, 412, 422."""
    with store().write() as session:
        return alter_person(session, actor, person_id, change, version)


def alter_person(session: Session, actor: Actor, person_id: str, change: dict[str, Any], version: int) -> Person:
    """As :func:`change_person`, inside the caller's transaction."""
    change = dict(change)
    found = session.get(Person, person_id, options=[selectinload(Person.knows)], with_for_update=True)
    person: Person = rows.in_area(found, actor)
    rows.expect_version(person, version)
    named = sorted(change)
    if "phone" in change:
        person.phone_sealed = _seal(change.pop("phone"))
    if "home_village" in change:
        _set_home(session, actor, person, change.pop("home_village"))
    if "knows" in change:
        _set_known(session, actor, person, change.pop("knows"))
    if change.get("active") is False and person.active:
        _leave(session, person)
    for name, value in change.items():
        setattr(person, name, value)
    _flush(session)
    audit.record(session, actor.pseudonym, "person.changed", person.id, fields=named)
    return _masked([person])[0]


def _leave(session: Session, person: Person) -> None:
    """End what a person who leaves could still do. Raises 409 while a team counts on them."""
    day = session.scalar(
        select(func.min(ShiftPerson.date)).where(ShiftPerson.person_id == person.id, ShiftPerson.date >= today())
    )
    if day is not None:
        detail = _(
            "%(name)s is in a shift on %(day)s. Put somebody else there first.", name=person.name, day=day.isoformat()
        )
        raise invalid("active", "still-in-shifts", detail, 409)
    # Nor is anybody placed who is not there: the next shifts are drawn from the group.
    assignments.lock_version(session, None).version += 1
    assignments.end_placements(session, person.id, today())
    devices = session.scalars(select(Device).where(Device.person_id == person.id, Device.revoked_at.is_(None))).all()
    for device in devices:
        device.revoked_at = now()
    sign_in.end_access(session, device_ids=[device.id for device in devices])


def _set_home(session: Session, actor: Actor, person: Person, village_id: str | None) -> None:
    if village_id is not None:
        rows.referenced(session, Village, village_id, actor, "home_village")
    person.home_village_id = village_id


def _set_known(session: Session, actor: Actor, person: Person, village_ids: list[str]) -> None:
    wanted = list(dict.fromkeys(village_ids))
    query = select(Village.id).where(Village.id.in_(wanted), Village.branch_id.in_(actor.branches))
    known = set(session.scalars(query))
    for position, village_id in enumerate(village_ids):
        if village_id not in known:
            raise invalid(f"knows.{position}", "unknown-reference", _("There is no such row in your area."))
    kept = [row for row in person.knows if row.village_id in known]
    have = {row.village_id for row in kept}
    person.knows = kept + [Familiarity(village_id=id_) for id_ in sorted(wanted) if id_ not in have]


def _seal(phone: str | None) -> bytes | None:
    return None if phone is None else vault().seal(phone)


def _masked(people: Iterable[Any]) -> list[Any]:
    """Give each person ``phone_masked``; the number in clear never leaves the use case."""
    found = list(people)
    for person in found:
        sealed = person.phone_sealed
        person.phone_masked = None if sealed is None else mask_number(vault().open(sealed))
    return found


def _flush(session: Session) -> None:
    rows.flush(session, "staff-number-exists", _("Somebody else has that staff number."), "staff_number")
