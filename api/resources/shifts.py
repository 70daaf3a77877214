"""/api/v1/shifts"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import created, required_version, tagged
from api.usecases import keep_shifts
from schemas.shifts import NewShift, ShiftChange, ShiftPage, ShiftQuery, ShiftSchema

blp = Blueprint("shifts", __name__, url_prefix="/api/v1/shifts", description="Who goes out when")
READERS = (Role.COORDINATOR,)
WRITERS = (Role.COORDINATOR,)


@blp.route("", methods=["GET"])
@allow(*READERS)
@blp.arguments(ShiftQuery, location="query")
@blp.response(200, ShiftPage)
def list_shifts(query: dict[str, Any]) -> Any:
    """List the shifts of your area"""
    return keep_shifts.list_shifts(me(), query)


@blp.route("", methods=["POST"])
@allow(*WRITERS)
@blp.arguments(NewShift)
@blp.response(201, ShiftSchema)
def create_shift(new: dict[str, Any]) -> Any:
    """Create a shift"""
    shift = keep_shifts.create_shift(me(), new)
    return created(shift, f"/api/v1/shifts/{shift.id}")


@blp.route("/<shift_id>", methods=["GET"])
@allow(*READERS)
@blp.response(200, ShiftSchema)
def get_shift(shift_id: str) -> Any:
    """Get one shift"""
    return tagged(keep_shifts.one_shift(me(), shift_id))


@blp.route("/<shift_id>", methods=["PATCH"])
@allow(*WRITERS)
@blp.arguments(ShiftChange)
@blp.response(200, ShiftSchema)
def change_shift(change: dict[str, Any], shift_id: str) -> Any:
    """Change a shift (send its version as If-Match)"""
    return tagged(keep_shifts.change_shift(me(), shift_id, change, required_version()))
