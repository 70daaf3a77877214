"""/api/v1/territories"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import created, required_version, tagged
from api.usecases import keep_territories
from schemas.territories import NewTerritory, TerritoryChange, TerritoryPage, TerritoryQuery, TerritorySchema

blp = Blueprint("territories", __name__, url_prefix="/api/v1/territories", description="Territories and their groups")
READERS = (Role.COORDINATOR, Role.LEGAL, Role.REVIEWER, Role.MANAGER)
WRITERS = (Role.COORDINATOR,)


@blp.route("", methods=["GET"])
@allow(*READERS)
@blp.arguments(TerritoryQuery, location="query")
@blp.response(200, TerritoryPage)
def list_territories(query: dict[str, Any]) -> Any:
    """List the territories of your area"""
    return keep_territories.list_territories(me(), query)


@blp.route("", methods=["POST"])
@allow(*WRITERS)
@blp.arguments(NewTerritory)
@blp.response(201, TerritorySchema)
def create_territory(new: dict[str, Any]) -> Any:
    """Create a territory"""
    territory = keep_territories.create_territory(me(), new)
    return created(territory, f"/api/v1/territories/{territory.id}")


@blp.route("/<territory_id>", methods=["GET"])
@allow(*READERS)
@blp.response(200, TerritorySchema)
def get_territory(territory_id: str) -> Any:
    """Get one territory and its group of today"""
    return tagged(keep_territories.one_territory(me(), territory_id))


@blp.route("/<territory_id>", methods=["PATCH"])
@allow(*WRITERS)
@blp.arguments(TerritoryChange)
@blp.response(200, TerritorySchema)
def change_territory(change: dict[str, Any], territory_id: str) -> Any:
    """Change a territory (send its version as If-Match)"""
    return tagged(keep_territories.change_territory(me(), territory_id, change, required_version()))
