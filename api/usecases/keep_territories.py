"""List, create and rename territories."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.store.models import Account, Branch, Household, Placement, Territory, Village
from api.usecases import audit, rows
from api.usecases.context import store, today
from api.usecases.groups import valid_on
from routing.classification import NON_PERFORMING


def list_territories(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the territories of the actor's area, each with its size and its group of today."""
    wanted = select(Territory).where(Territory.branch_id.in_(actor.branches))
    if query["branch"]:
        wanted = wanted.where(Territory.branch_id == query["branch"])
    with store().read() as session:
        found, following = rows.page(session, wanted, Territory.id, query["limit"], query["cursor"])
        return {"items": _described(session, [row[0] for row in found]), "next": following}


def one_territory(actor: Actor, territory_id: str) -> Territory:
    """Return a territory of the actor's area. Raises 404."""
    with store().read() as session:
        territory = rows.in_area(session.get(Territory, territory_id), actor)
        return _described(session, [territory])[0]


def create_territory(actor: Actor, new: dict[str, Any]) -> Territory:
    """Create a territory without villages. Raises 409 if its branch has one of that name."""
    with store().write() as session:
        return add_territory(session, actor, new)


def add_territory(session: Session, actor: Actor, new: dict[str, Any]) -> Territory:
    """As :func:`create_territory`, inside the caller's transaction."""
    rows.referenced(session, Branch, new["branch"], actor, "branch")
    territory = Territory(branch_id=new["branch"], name=new["name"])
    session.add(territory)
    _flush(session)
    audit.record(session, actor.pseudonym, "territory.created", territory.id)
    return _described(session, [territory])[0]


def change_territory(actor: Actor, territory_id: str, change: dict[str, Any], version: int) -> Territory:
    """Rename a territory that still has ``version``. Raises 404, 409, 412."""
    with store().write() as session:
        return alter_territory(session, actor, territory_id, change, version)


def alter_territory(
    session: Session, actor: Actor, territory_id: str, change: dict[str, Any], version: int
) -> Territory:
    """As :func:`change_territory`, inside the caller's transaction."""
    territory: Territory = rows.in_area(session.get(Territory, territory_id, with_for_update=True), actor)
    rows.expect_version(territory, version)
    for name, value in change.items():
        setattr(territory, name, value)
    _flush(session)
    audit.record(session, actor.pseudonym, "territory.changed", territory.id, fields=sorted(change))
    return _described(session, [territory])[0]


def _described(session: Session, territories: list[Any]) -> list[Any]:
    """Give each territory its ``villages``, ``households``, ``non_performing`` and today's ``group``."""
    ids = [territory.id for territory in territories]
    bad = case((Account.five_tier_class.in_(NON_PERFORMING), Household.id))
    counted = session.execute(
        select(
            Village.territory_id,
            func.count(Village.id.distinct()),
            func.count(Household.id.distinct()),
            func.count(bad.distinct()),
        )
        .outerjoin(Household, Household.village_id == Village.id)
        .outerjoin(Account, Account.household_id == Household.id)
        .where(Village.territory_id.in_(ids))
        .group_by(Village.territory_id)
    )
    numbers = {territory_id: tuple(figures) for territory_id, *figures in counted}
    placed = session.scalars(
        select(Placement).where(Placement.territory_id.in_(ids), valid_on(today())).order_by(Placement.id)
    )
    group = sorted(placed, key=lambda row: row.role != "leader")
    for territory in territories:
        territory.villages, territory.households, territory.non_performing = numbers.get(territory.id, (0, 0, 0))
        territory.group = [row for row in group if row.territory_id == territory.id]
    return territories


def _flush(session: Session) -> None:
    rows.flush(session, "territory-exists", _("The branch already has a territory of that name."), "name")
