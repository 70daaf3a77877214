"""/api/v1/villages"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.uploads import sent_file, takes_file
from api.resources.versions import created, required_version, tagged
from api.usecases import keep_villages, village_places
from api.usecases.load_place_list import load_place_list
from schemas.place_lists import PlaceListQuery, PlaceListReport
from schemas.villages import NewVillage, VillageChange, VillagePage, VillagePlace, VillageQuery, VillageSchema

blp = Blueprint("villages", __name__, url_prefix="/api/v1/villages", description="Villages and their places")
READERS = (Role.COORDINATOR, Role.LEGAL, Role.REVIEWER, Role.MANAGER)


@blp.route("", methods=["GET"])
@allow(*READERS)
@blp.arguments(VillageQuery, location="query")
@blp.response(200, VillagePage)
def list_villages(query: dict[str, Any]) -> Any:
    """List the villages of your area"""
    return keep_villages.list_villages(me(), query)


@blp.route("", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(NewVillage)
@blp.response(201, VillageSchema)
def create_village(new: dict[str, Any]) -> Any:
    """Create a village"""
    village = keep_villages.create_village(me(), new)
    return created(village, f"/api/v1/villages/{village.id}")


@blp.route("/places", methods=["POST"])
@allow(Role.COORDINATOR, takes="multipart/form-data")
@blp.arguments(PlaceListQuery, location="query")
@blp.doc(**takes_file("CSV"))
@blp.response(200, PlaceListReport)
def upload_places(query: dict[str, Any]) -> dict[str, Any]:
    """Place villages that have none out of a table of places (or preview it with dry_run)"""
    file, filename = sent_file(_("Send the table as the multipart field “file”."))
    options = {name: query[name] for name in ("datum", "by_name", "dry_run")}
    return load_place_list(me(), file.stream, filename, **options)


@blp.route("/<village_id>", methods=["GET"])
@allow(*READERS)
@blp.response(200, VillageSchema)
def get_village(village_id: str) -> Any:
    """Get one village"""
    return tagged(keep_villages.one_village(me(), village_id))


@blp.route("/<village_id>", methods=["PATCH"])
@allow(Role.COORDINATOR)
@blp.arguments(VillageChange)
@blp.response(200, VillageSchema)
def change_village(change: dict[str, Any], village_id: str) -> Any:
    """Change a village (send its version as If-Match)"""
    return tagged(keep_villages.change_village(me(), village_id, change, required_version()))


@blp.route("/<village_id>/place", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.response(200, VillagePlace)
def get_place(village_id: str) -> Any:
    """Get what helps to place a village: its town, candidates of lists that were loaded"""
    return village_places.read_place(me(), village_id)


@blp.route("/<village_id>/place/undo", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.response(200, VillageSchema)
def undo_place(village_id: str) -> Any:
    """Take the last change of a village's place back (send its version as If-Match)"""
    return tagged(keep_villages.undo_placing(me(), village_id, required_version()))
