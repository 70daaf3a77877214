"""/api/v1/setup"""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.uploads import sent_file, takes_file
from api.usecases import set_up
from schemas.setup import SetupQuery, SetupRefused, SetupReport, SetupTemplateQuery

blp = Blueprint("setup", __name__, url_prefix="/api/v1/setup", description="Set up an office from a workbook")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blp.route("", methods=["GET"])
@allow(Role.COORDINATOR, Role.ADMIN)
@blp.arguments(SetupTemplateQuery, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def get_setup(query: dict[str, Any]) -> Response:
    """Get the workbook to set up an office: with examples, or filled with what is stored"""
    data = set_up.template(me(), filled=query["filled"])
    name = "rounds-office.xlsx" if query["filled"] else "rounds-setup.xlsx"
    return Response(
        data, mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )  # fmt: skip


@blp.route("", methods=["POST"])
@allow(Role.COORDINATOR, Role.ADMIN, takes="multipart/form-data")
@blp.arguments(SetupQuery, location="query")
@blp.doc(**takes_file("XLSX"))
@blp.alt_response(
    422, schema=SetupRefused, content_type="application/problem+json", description="The errors; nothing was stored"
)
@blp.response(200, SetupReport)
def upload_setup(query: dict[str, Any]) -> dict[str, Any]:
    """Set up an office from a workbook (or preview it with dry_run): all of it, or nothing and every error"""
    file, _filename = sent_file(_("Send the workbook as the multipart field “file”."))
    return set_up.set_up(me(), file.stream, dry_run=query["dry_run"])
