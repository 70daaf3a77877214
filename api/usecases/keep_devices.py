"""Give out enrolment codes, list phones and end them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from api.auth import secrets
from api.auth.actor import Actor, Role
from api.problems import Problem, not_found
from api.store.columns import now
from api.store.models import Device, Enrolment, Person
from api.usecases import audit, rows, sign_in
from api.usecases.context import settings, store


@dataclass(frozen=True, slots=True)
class Code:
    """A fresh enrolment code, in clear this once."""

    code: str
    expires_at: datetime


def make_enrolment(actor: Actor, person_id: str) -> Code:
    """Make a one-time code for a person's phone. Raises 404, and 409 for a person who no longer works here."""
    code = secrets.new_code()
    with store().write() as session:
        person: Person = rows.in_area(session.get(Person, person_id), actor)
        if not person.active:
            raise Problem(409, "inactive", _("This person no longer works here."))
        ends = now() + timedelta(hours=settings().enrolment_hours)
        enrolment = Enrolment(person_id=person.id, code_hash=secrets.code_digest(code), expires_at=ends)
        session.add(enrolment)
        session.flush()
        audit.record(session, actor.pseudonym, "enrolment.made", enrolment.id, person=person.pseudonym)
    return Code(code, ends)


def list_devices(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the phones of the actor's area."""
    wanted = rows.branches_of(select(Device).join(Person, Person.id == Device.person_id), Person.branch_id, actor)
    if query["person"]:
        wanted = wanted.where(Device.person_id == query["person"])
    if query["active"] is not None:
        wanted = wanted.where(Device.revoked_at.is_(None) if query["active"] else Device.revoked_at.is_not(None))
    with store().read() as session:
        found, following = rows.page(session, wanted, Device.id, query["limit"], query["cursor"])
        return {"items": [row[0] for row in found], "next": following}


def revoke_device(actor: Actor, device_id: str) -> None:
    """End a phone: its tokens stop working at once. Raises 404. Safe to repeat."""
    with store().write() as session:
        device = session.get(Device, device_id, with_for_update=True)
        person = session.get_one(Person, device.person_id) if device is not None else None
        if device is None or person is None or not (actor.role is Role.ADMIN or actor.covers(person.branch_id)):
            raise not_found()
        if device.revoked_at is None:
            device.revoked_at = now()
            sign_in.end_access(session, device_ids=[device.id])
            audit.record(session, actor.pseudonym, "device.revoked", device.id)
