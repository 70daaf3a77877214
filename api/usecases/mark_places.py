"""A village without a place gets it from the first phone that stands there. Only the place is kept, no trace."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.store.models import Household, Village
from api.usecases import audit
from api.usecases.calls import WRONG_CLOCK
from api.usecases.context import rules
from api.usecases.known_towns import KnownTowns
from api.usecases.village_places import set_place
from routing.phone_places import Fix, marks_village
from routing.problem import Place

# Storing an outcome holds its household's key already; two phones of one door would wait for each other.
_CHANGED = {"key_share": True}


def mark_place(session: Session, actor: Actor, outcome: dict[str, Any], flags: dict[str, Any]) -> str | None:
    """Give the village of an outcome's door its place, if it has none and the fix is good; returns the village marked.

    The door is marked along, if it has no place and somebody was met there. A phone whose clock is wrong
    marks nothing, nor does a correction, which is written wherever its author sits. The caller shows the
    village on the phones (:func:`api.usecases.village_places.show_on_phones`) when it has taken its other locks.
    """
    gps = outcome["gps"]
    if gps is None or outcome["replaces"] is not None or flags.keys() & {*WRONG_CLOCK, "gps_null"}:
        return None
    village = session.scalar(
        select(Village)
        .join(Household, Household.village_id == Village.id)
        .where(Household.id == outcome["household"], Village.lat.is_(None))
        .with_for_update(of=Village, key_share=True)
        .execution_options(populate_existing=True)
    )
    if village is None or village.lat is not None:
        return None
    age = None if gps["time"] is None else (outcome["device_time"] - gps["time"]).total_seconds()
    fix = Fix(Place(gps["lat"], gps["lon"]), gps["accuracy"], age)
    phone = rules().places.phone
    if not marks_village(fix, KnownTowns(session, village.branch_id).place(village.town), phone):
        return None
    household = session.get_one(Household, outcome["household"], with_for_update=_CHANGED)
    met = household.lat is None and outcome["kind"] in phone.met
    accuracy = round(fix.accuracy or 0)
    village.version += 1
    set_place(session, village, fix.place, "phone", accuracy=accuracy, household=household if met else None)
    audit.record(
        session, actor.pseudonym, "village.placed", village.id, source="phone", accuracy=accuracy,
        outcome=str(outcome["id"]),
    )  # fmt: skip
    if met:
        household.lat, household.lon, household.datum = fix.place.lat, fix.place.lon, "wgs84"
        household.precision, household.place_source = "door", "phone"
        household.version += 1
        audit.record(session, actor.pseudonym, "household.placed", household.id, source="phone", accuracy=accuracy)
    return str(village.id)
