"""List, create and change teams."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.store.models import Team, Territory
from api.usecases import audit, rows
from api.usecases.context import store


def list_teams(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the teams of the actor's area."""
    wanted = (
        select(Team).join(Territory, Territory.id == Team.territory_id).where(Territory.branch_id.in_(actor.branches))
    )
    if query["territory"]:
        wanted = wanted.where(Team.territory_id == query["territory"])
    if query["active"] is not None:
        wanted = wanted.where(Team.active == query["active"])
    with store().read() as session:
        found, following = rows.page(session, wanted, Team.id, query["limit"], query["cursor"])
        return {"items": [row[0] for row in found], "next": following}


def one_team(actor: Actor, team_id: str) -> Team:
    """Return a team of the actor's area. Raises 404."""
    with store().read() as session:
        return team_in_area(session, session.get(Team, team_id), actor)


def create_team(actor: Actor, new: dict[str, Any]) -> Team:
    """Create a team. Raises 409 if its territory has one of that name."""
    with store().write() as session:
        return add_team(session, actor, new)


def add_team(session: Session, actor: Actor, new: dict[str, Any]) -> Team:
    """As :func:`create_team`, inside the caller's transaction."""
    rows.referenced(session, Territory, new["territory"], actor, "territory")
    team = Team(territory_id=new["territory"], name=new["name"])
    session.add(team)
    _flush(session)
    audit.record(session, actor.pseudonym, "team.created", team.id)
    return team


def change_team(actor: Actor, team_id: str, change: dict[str, Any], version: int) -> Team:
    """Change a team that still has ``version``. Raises 404, 409, 412."""
    with store().write() as session:
        return alter_team(session, actor, team_id, change, version)


def alter_team(session: Session, actor: Actor, team_id: str, change: dict[str, Any], version: int) -> Team:
    """As :func:`change_team`, inside the caller's transaction."""
    team = team_in_area(session, session.get(Team, team_id, with_for_update=True), actor)
    rows.expect_version(team, version)
    for name, value in change.items():
        setattr(team, name, value)
    _flush(session)
    audit.record(session, actor.pseudonym, "team.changed", team.id, fields=sorted(change))
    return team


def team_in_area(session: Session, team: Team | None, actor: Actor) -> Team:
    """Return the team if its territory is in the actor's area. Raises 404."""
    territory = session.get_one(Territory, team.territory_id) if team is not None else None
    return rows.in_area(team, actor, territory.branch_id if territory is not None else None)


def _flush(session: Session) -> None:
    rows.flush(session, "team-exists", _("The territory already has a team of that name."), "name")
