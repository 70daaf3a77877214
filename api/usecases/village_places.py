"""Where a village lies: given by hand, from a list or by a phone that stood there; each change can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem
from api.store.columns import now
from api.store.models import Household, PlaceCandidate, Placing, Route, Stop, Village
from api.usecases import audit, rows
from api.usecases.context import store, today
from api.usecases.doubt_places import weigh_places
from api.usecases.field_days import rebuild_days
from api.usecases.known_towns import KnownTowns
from api.usecases.published import route_is_published
from routing.places import Datum, metres, to_wgs84
from routing.problem import Place, Precision

# As it stands once whoever is changing it has done so.
_NOW: Any = {"with_for_update": {"key_share": True}, "populate_existing": True}
_HELD = ("lat", "lon", "datum", "place_source", "place_accuracy")


def read_place(actor: Actor, village_id: str) -> dict[str, Any]:
    """Return what helps to place a village: its town, candidates of lists that were loaded, whether there is an undo.

    Raises 404.
    """
    with store().read() as session:
        village: Village = rows.in_area(session.get(Village, village_id), actor)
        town = KnownTowns(session, village.branch_id).place(village.town)
        query = select(PlaceCandidate).where(PlaceCandidate.village_id == village.id)
        far = (lambda one: 0.0) if town is None else (lambda one: metres(town, Place(one.lat, one.lon)))
        candidates = [
            {
                "id": one.id, "name": one.name, "within": one.within, "kind": one.kind, "lat": one.lat, "lon": one.lon,
                "source": one.source,
                "km_from_town": None if town is None else round(far(one) / 1000, 1),
            }
            for one in sorted(session.scalars(query), key=lambda one: (far(one), one.lat, one.lon))
        ]  # fmt: skip
        return {
            "town": None if town is None else {"name": village.town, "lat": town.lat, "lon": town.lon},
            "candidates": candidates,
            "undoable": _last(session, village.id) is not None,
        }


def set_place(
    session: Session,
    village: Village,
    place: Place | None,
    source: str,
    *,
    datum: Datum = "wgs84",
    accuracy: int | None = None,
    household: Household | None = None,
) -> None:
    """Give a village a place (WGS-84) or take it away, so that it can be undone. The caller raises the version.

    ``datum`` is the one that the place was said in; ``household`` the door that was marked along with it.
    """
    session.add(
        Placing(
            village_id=village.id, before={name: getattr(village, name) for name in _HELD} | _moment(village),
            source=None if place is None else source, household_id=household.id if household else None,
        )
    )  # fmt: skip
    village.lat, village.lon = (None, None) if place is None else (place.lat, place.lon)
    village.datum = None if place is None else datum
    village.place_source = None if place is None else source
    village.place_accuracy = None if place is None else accuracy
    village.placed_at = None if place is None else now()
    tell_doors(session, village)


def stated_place(lat: float | None, lon: float | None, datum: Datum) -> Place | None:
    """Return the WGS-84 place of coordinates said in a datum. Raises 422 for half a place."""
    rows.check_place(lat, lon)
    return None if lat is None or lon is None else Place(*to_wgs84(lat, lon, datum))


def candidate_place(session: Session, village: Village, candidate_id: str) -> tuple[Place, Datum]:
    """Return the place of one of the village's candidates. Raises 422 if it is none of them."""
    found = session.get(PlaceCandidate, candidate_id)
    if found is None or found.village_id != village.id:
        raise rows.unknown_reference("candidate")
    return Place(found.lat, found.lon), found.datum  # type: ignore[return-value]


def take_back(session: Session, actor: Actor, village: Village) -> None:
    """Take the last change of a village's place back, with the door that was marked by it. Raises 409 without one."""
    last = _last(session, village.id)
    if last is None:
        raise Problem(409, "no-placing", _("The place of this village was not changed, so there is nothing to undo."))
    for name in _HELD:
        setattr(village, name, last.before[name])
    placed_at = last.before["placed_at"]
    village.placed_at = None if placed_at is None else datetime.fromisoformat(placed_at)
    last.undone_at = now()
    tell_doors(session, village)
    door = session.get(Household, last.household_id, **_NOW) if last.household_id else None
    # A place that somebody gave the door since is no longer the phone's to take.
    if door is not None and door.place_source == "phone":
        door.lat = door.lon = door.datum = door.place_source = None
        door.precision = village_precision(village)
        door.version += 1
    audit.record(session, actor.pseudonym, "village.place_undone", village.id, source=last.source)
    show_on_phones(session, [village.id])


def village_precision(village: Village | None) -> Precision:
    """Return how well the place of a door is known that has none of its own."""
    if village is None:
        return "none"
    return "village" if village.lat is not None else "town" if village.town else "none"


def show_on_phones(session: Session, villages: Iterable[str | None]) -> None:
    """Write the published days anew that lead to these villages or to doors of theirs, from today on."""
    query = (
        select(Route.team_id, Route.date)
        .join(Stop, Stop.route_id == Route.id)
        .where(route_is_published(), Route.date >= today(), Stop.village_id.in_([one for one in villages if one]))
        .distinct()
        .order_by(Route.date, Route.team_id)
    )
    session.flush()
    for team_id, day in session.execute(query).all():
        rebuild_days(session, [team_id], day)


def _last(session: Session, village_id: str) -> Placing | None:
    query = select(Placing).where(Placing.village_id == village_id, Placing.undone_at.is_(None))
    return session.scalar(query.order_by(Placing.created_at.desc(), Placing.id.desc()).limit(1))


def tell_doors(session: Session, village: Village) -> None:
    """Let the doors that have no place of their own say how well theirs is known now, and weigh those that have one."""
    session.flush()
    doors = update(Household).where(Household.village_id == village.id, Household.lat.is_(None))
    session.execute(doors.values(precision=village_precision(village)))
    weigh_places(session, village.branch_id, [village.id])


def _moment(village: Village) -> dict[str, str | None]:
    return {"placed_at": village.placed_at.isoformat() if village.placed_at else None}
