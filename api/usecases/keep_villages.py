"""List, create and change villages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, selectinload

from api.auth.actor import Actor
from api.store.models import Account, Branch, Household, Territory, Village, VillageAlias
from api.usecases import audit, rows
from api.usecases.context import store
from routing.villages import normalise


def list_villages(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the villages in the actor's area, with their numbers of households."""
    wanted = select(Village).where(Village.branch_id.in_(actor.branches)).options(selectinload(Village.aliases))
    if query["territory"]:
        wanted = wanted.where(Village.territory_id == query["territory"])
    if query["branch"]:
        wanted = wanted.where(Village.branch_id == query["branch"])
    if query["missing_place"] is not None:
        wanted = wanted.where(Village.lat.is_(None) if query["missing_place"] else Village.lat.is_not(None))
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


def add_village(session: Session, actor: Actor, new: dict[str, Any]) -> Village:
    """As :func:`create_village`, inside the caller's transaction."""
    new = dict(new)
    aliases, branch_id, territory_id = new.pop("aliases"), new.pop("branch"), new.pop("territory")
    rows.referenced(session, Branch, branch_id, actor, "branch")
    if territory_id is not None:
        rows.referenced(session, Territory, territory_id, actor, "territory")
    rows.check_place(new.get("lat"), new.get("lon"))
    village = Village(branch_id=branch_id, territory_id=territory_id, datum="wgs84", **new)
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


def alter_village(session: Session, actor: Actor, village_id: str, change: dict[str, Any], version: int) -> Village:
    """As :func:`change_village`, inside the caller's transaction."""
    change = dict(change)
    found = session.get(Village, village_id, options=[selectinload(Village.aliases)], with_for_update=True)
    village: Village = rows.in_area(found, actor)
    rows.expect_version(village, version)
    aliases = change.pop("aliases", None)
    for name, value in change.items():
        setattr(village, name, value)
    rows.check_place(village.lat, village.lon)
    if {"lat", "lon"} & change.keys():
        village.datum = "wgs84"
    if aliases is not None:
        village.aliases = [VillageAlias(name=alias) for alias in dict.fromkeys(aliases)]
    village.match_key = match_key(village)
    _flush(session)
    audit.record(session, actor.pseudonym, "village.changed", village.id, fields=sorted(change))
    count_households(session, [village])
    return village


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
