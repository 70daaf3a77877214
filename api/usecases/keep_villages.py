"""List, create and change villages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, selectinload

from api.auth.actor import Actor
from api.store.columns import now
from api.store.models import Account, Branch, Household, Territory, Village, VillageAlias
from api.usecases import audit, rows
from api.usecases.context import store
from api.usecases.village_places import candidate_place, set_place, show_on_phones, stated_place, take_back, tell_doors
from routing.places import Datum
from routing.problem import Place
from routing.villages import normalise

_PLACE = ("lat", "lon", "datum", "candidate")


def list_villages(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the villages in the actor's area, with their numbers of households."""
    wanted = select(Village).where(Village.branch_id.in_(actor.branches)).options(selectinload(Village.aliases))
    if query["territory"]:
        wanted = wanted.where(Village.territory_id == query["territory"])
    if query["branch"]:
        wanted = wanted.where(Village.branch_id == query["branch"])
    if query["missing_place"] is not None:
        wanted = wanted.where(Village.lat.is_(None) if query["missing_place"] else Village.lat.is_not(None))
    if query["place_source"]:
        wanted = wanted.where(Village.place_source == query["place_source"])
    with store().read() as session:
        found, following = rows.page(session, wanted, Village.id, query["limit"], query["cursor"])
        villages = [row[0] for row in found]
        count_households(session, villages)
        return {"items": villages, "next": following}


def one_village(actor: Actor, village_id: str) -> Village:
    """Return a village of the actor's area. Raises 404."""
    with store().read() as session:
        village = rows.in_area(session.get(Village, village_id, options=[selectinload(Village.aliases)]), actor)
        count_households(session, [village])
        return village


def create_village(actor: Actor, new: dict[str, Any]) -> Village:
    """Create a village. Raises 409 if its town and village already have one of that name."""
    with store().write() as session:
        return add_village(session, actor, new)


def add_village(session: Session, actor: Actor, new: dict[str, Any], source: str = "hand") -> Village:
    """As :func:`create_village`, inside the caller's transaction; ``source`` says where a place comes from."""
    new = dict(new)
    aliases, branch_id, territory_id = new.pop("aliases"), new.pop("branch"), new.pop("territory")
    rows.referenced(session, Branch, branch_id, actor, "branch")
    if territory_id is not None:
        rows.referenced(session, Territory, territory_id, actor, "territory")
    datum = new.pop("datum", "wgs84")
    place = stated_place(new.pop("lat", None), new.pop("lon", None), datum)
    village = Village(branch_id=branch_id, territory_id=territory_id, **new)
    if place is not None:
        village.lat, village.lon, village.datum = place.lat, place.lon, datum
        village.place_source, village.placed_at = source, now()
    village.match_key = match_key(village)
    village.aliases = [VillageAlias(name=alias) for alias in dict.fromkeys(aliases)]
    session.add(village)
    _flush(session)
    audit.record(session, actor.pseudonym, "village.created", village.id)
    return village


def change_village(actor: Actor, village_id: str, change: dict[str, Any], version: int) -> Village:
    """Change a village that still has ``version``. Raises 404, 409, 412."""
    with store().write() as session:
        return alter_village(session, actor, village_id, change, version)


def alter_village(
    session: Session, actor: Actor, village_id: str, change: dict[str, Any], version: int, source: str = "hand"
) -> Village:
    """As :func:`change_village`, inside the caller's transaction; ``source`` says where a place comes from."""
    change = dict(change)
    named = sorted(change)
    place: dict[str, Any] = {name: change.pop(name) for name in _PLACE if name in change}
    found = session.get(Village, village_id, options=[selectinload(Village.aliases)], with_for_update=True)
    village: Village = rows.in_area(found, actor)
    rows.expect_version(village, version)
    aliases = change.pop("aliases", None)
    for name, value in change.items():
        setattr(village, name, value)
    if aliases is not None:
        village.aliases = [VillageAlias(name=alias) for alias in dict.fromkeys(aliases)]
    village.match_key = match_key(village)
    _flush(session)
    audit.record(session, actor.pseudonym, "village.changed", village.id, fields=named)
    if "town" in change:
        tell_doors(session, village)
    if place:
        place_village(session, actor, village, place, source)
    count_households(session, [village])
    return village


def undo_placing(actor: Actor, village_id: str, version: int) -> Village:
    """Take the last change of a village's place back. Raises 404, 409 if there was none, 412."""
    with store().write() as session:
        found = session.get(Village, village_id, options=[selectinload(Village.aliases)], with_for_update=True)
        village: Village = rows.in_area(found, actor)
        rows.expect_version(village, version)
        take_back(session, actor, village)
        count_households(session, [village])
        return village


def place_village(session: Session, actor: Actor, village: Village, said: dict[str, Any], source: str) -> None:
    """Give a village that is held the place that is said, or take it away; the caller raises the version."""
    datum: Datum = said.get("datum", "wgs84")
    place: Place | None
    if "candidate" in said:
        place, datum = candidate_place(session, village, said["candidate"])
        source = "gazetteer"
    else:
        place = stated_place(said.get("lat", village.lat), said.get("lon", village.lon), datum)
    set_place(session, village, place, source, datum=datum)
    audit.record(session, actor.pseudonym, "village.placed" if place else "village.unplaced", village.id, source=source)
    show_on_phones(session, [village.id])


def match_key(village: Village) -> str:
    """Return the key under which a village is unique in its branch: normalised town, village and name."""
    return "/".join(normalise(part) for part in (village.town, village.admin_village, village.name))


def count_households(session: Session, villages: list[Village]) -> None:
    """Give each village its ``households`` and ``non_performing`` (households with such an account)."""
    bad = case((Account.five_tier_class.in_(("substandard", "doubtful", "loss")), Household.id))
    counted = session.execute(
        select(Household.village_id, func.count(Household.id.distinct()), func.count(bad.distinct()))
        .outerjoin(Account, Account.household_id == Household.id)
        .where(Household.village_id.in_([village.id for village in villages]))
        .group_by(Household.village_id)
    )
    numbers = {village_id: (households, owing) for village_id, households, owing in counted}
    for village in villages:
        village.households, village.non_performing = numbers.get(village.id, (0, 0))  # type: ignore[attr-defined]


def _flush(session: Session) -> None:
    rows.flush(session, "village-exists", _("There is already a village of that name in that place."), "name")
