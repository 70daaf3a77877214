"""/api/v1/households"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import created, required_version, tagged
from api.usecases import keep_households
from schemas.households import (
    DisclosureSchema,
    HouseholdChange,
    HouseholdDetails,
    HouseholdPage,
    HouseholdQuery,
    NewDisclosure,
    NewHousehold,
)

blp = Blueprint("households", __name__, url_prefix="/api/v1/households", description="Doors, masked")
READERS = (Role.COORDINATOR, Role.LEGAL, Role.REVIEWER)
WRITERS = (Role.COORDINATOR,)


@blp.route("", methods=["GET"])
@allow(*READERS)
@blp.arguments(HouseholdQuery, location="query")
@blp.response(200, HouseholdPage)
def list_households(query: dict[str, Any]) -> Any:
    """List the households of your area, names masked"""
    return keep_households.list_households(me(), query)


@blp.route("", methods=["POST"])
@allow(*WRITERS)
@blp.arguments(NewHousehold)
@blp.response(201, HouseholdDetails)
def create_household(new: dict[str, Any]) -> Any:
    """Create a household"""
    household = keep_households.create_household(me(), new)
    return created(household, f"/api/v1/households/{household.id}")


@blp.route("/<household_id>", methods=["GET"])
@allow(*READERS)
@blp.response(200, HouseholdDetails)
def get_household(household_id: str) -> Any:
    """Get one household with its accounts"""
    return tagged(keep_households.one_household(me(), household_id))


@blp.route("/<household_id>", methods=["PATCH"])
@allow(*WRITERS)
@blp.arguments(HouseholdChange)
@blp.response(200, HouseholdDetails)
def change_household(change: dict[str, Any], household_id: str) -> Any:
    """Change a household (send its version as If-Match)"""
    return tagged(keep_households.change_household(me(), household_id, change, required_version()))


@blp.route("/<household_id>/disclosures", methods=["POST"])
@allow(Role.COORDINATOR, Role.LEGAL)
@blp.arguments(NewDisclosure)
@blp.response(201, DisclosureSchema)
def disclose(new: dict[str, Any], household_id: str) -> Any:
    """Read names, phone and id numbers in clear; who read them and why is kept for the auditor"""
    return keep_households.disclose(me(), household_id, new["reason"])
