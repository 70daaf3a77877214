"""/api/v1/devices"""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me, public
from api.usecases import keep_devices, sign_in
from schemas.devices import DevicePage, DeviceQuery, EnrolmentCode
from schemas.tokens import TokensSchema

blp = Blueprint("devices", __name__, url_prefix="/api/v1/devices", description="Phones")


@blp.route("", methods=["POST"])
@public
@blp.arguments(EnrolmentCode)
@blp.response(201, TokensSchema)
def enrol_device(given: dict[str, Any]) -> Any:
    """Enrol a phone with the one-time code of a coordinator"""
    return sign_in.enrol_device(given["code"], request.remote_addr or "")


@blp.route("", methods=["GET"])
@allow(Role.COORDINATOR, Role.ADMIN)
@blp.arguments(DeviceQuery, location="query")
@blp.response(200, DevicePage)
def list_devices(query: dict[str, Any]) -> Any:
    """List the phones of your area (an admin: all)"""
    return keep_devices.list_devices(me(), query)


@blp.route("/<device_id>", methods=["DELETE"])
@allow(Role.COORDINATOR, Role.ADMIN)
@blp.response(204)
def revoke_device(device_id: str) -> Any:
    """End a lost phone: its tokens stop working at once; what was recorded with it stays"""
    keep_devices.revoke_device(me(), device_id)
    return ""
