"""/api/v1/teams"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import created, required_version, tagged
from api.usecases import keep_teams
from schemas.teams import NewTeam, TeamChange, TeamPage, TeamQuery, TeamSchema

blp = Blueprint("teams", __name__, url_prefix="/api/v1/teams", description="Teams of territories")
READERS = (Role.COORDINATOR, Role.MANAGER)
WRITERS = (Role.COORDINATOR,)


@blp.route("", methods=["GET"])
@allow(*READERS)
@blp.arguments(TeamQuery, location="query")
@blp.response(200, TeamPage)
def list_teams(query: dict[str, Any]) -> Any:
    """List the teams of your area"""
    return keep_teams.list_teams(me(), query)


@blp.route("", methods=["POST"])
@allow(*WRITERS)
@blp.arguments(NewTeam)
@blp.response(201, TeamSchema)
def create_team(new: dict[str, Any]) -> Any:
    """Create a team"""
    team = keep_teams.create_team(me(), new)
    return created(team, f"/api/v1/teams/{team.id}")


@blp.route("/<team_id>", methods=["GET"])
@allow(*READERS)
@blp.response(200, TeamSchema)
def get_team(team_id: str) -> Any:
    """Get one team"""
    return tagged(keep_teams.one_team(me(), team_id))


@blp.route("/<team_id>", methods=["PATCH"])
@allow(*WRITERS)
@blp.arguments(TeamChange)
@blp.response(200, TeamSchema)
def change_team(change: dict[str, Any], team_id: str) -> Any:
    """Change a team (send its version as If-Match)"""
    return tagged(keep_teams.change_team(me(), team_id, change, required_version()))
