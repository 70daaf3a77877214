"""What is stored of an office, as the rows of the setup workbook."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor, Role
from api.store.models import Person
from api.usecases.context import today
from api.usecases.exports.office import OFFICE
from api.usecases.exports.source import Area, Values
from schemas.setup_sheets import setup_sheets


def stored_rows(session: Session, actor: Actor) -> dict[str, list[Values]]:
    """Return the rows of every sheet that the actor keeps, by sheet; groups and shifts from today on.

    Telephone numbers stay out: an empty cell leaves them as they are when the workbook comes back.
    """
    area = Area(session, actor)
    keys = [key for key in setup_sheets().sheets if actor.role is not Role.ADMIN or key == "branches"]
    found = {key: list(OFFICE[key].values(area)) for key in keys}
    for person in found.get("people", ()):
        person["phone"] = None
    # Shifts of people from elsewhere could not be read back; nor could what has passed in another office.
    mine = set(session.scalars(select(Person.staff_number).where(area.covers(Person.branch_id))))
    found["shifts"] = [
        shift for shift in found.get("shifts", ()) if shift["date"] >= today() and mine.issuperset(shift["people"])
    ]
    return found
