"""/api/v1/field: what phones get and send."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.language import current
from api.problems import invalid
from api.usecases import read_field_day, replan_own_day, take_in_outcomes
from schemas.field import DoorDetails, FieldDay, FieldDays, OutcomeBatch, OutcomeResults
from schemas.replans import FieldReplanSchema, NewFieldReplan, ReplanQuery

blp = Blueprint("field", __name__, url_prefix="/api/v1/field", description="What phones get and send")


@blp.route("/days", methods=["GET"])
@allow(Role.COLLECTOR)
@blp.response(200, FieldDays)
def list_days() -> Any:
    """List your team's published days from today on, each with the ETag of its body (a week ahead at most)"""
    return {"days": read_field_day.list_field_days(me())}


@blp.route("/days/<day>", methods=["GET"])
@allow(Role.COLLECTOR)
@blp.doc(parameters=[{"in": "header", "name": "If-None-Match", "schema": {"type": "string"}}])
@blp.alt_response(304, description="The phone's copy is current")
@blp.response(200, FieldDay)
def get_day(day: str) -> Any:
    """Get your team's day (send the ETag you have as If-None-Match)"""
    found = read_field_day.read_field_day(me(), _date(day))
    response = Response(found.body, mimetype="application/json")
    response.set_etag(found.etag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Language"] = current()
    response.headers["Vary"] = "Accept-Language, Authorization"
    return response.make_conditional(request)


@blp.route("/stops/<stop_id>/details", methods=["GET"])
@allow(Role.COLLECTOR)
@blp.response(200, DoorDetails)
def get_door(stop_id: str) -> Any:
    """Get the name and debts of a door, after the identity step (each reading is noted)"""
    return read_field_day.read_door(me(), stop_id)


@blp.route("/outcomes", methods=["POST"])
@allow(Role.COLLECTOR)
@blp.arguments(OutcomeBatch)
@blp.response(200, OutcomeResults)
def send_outcomes(batch: dict[str, Any]) -> Any:
    """Send outcomes; each gets its own result, a resend of the same id and content is safe"""
    return {"results": take_in_outcomes.take_in_outcomes(me(), batch["outcomes"])}


@blp.route("/replans", methods=["POST"])
@allow(Role.COLLECTOR)
@blp.arguments(ReplanQuery, location="query")
@blp.arguments(NewFieldReplan)
@blp.alt_response(200, schema=FieldReplanSchema, description="What would change (dry run): nothing was stored")
@blp.response(201, FieldReplanSchema)
def replan(query: dict[str, Any], new: dict[str, Any]) -> Any:
    """Show what no longer fits into the rest of your team's day today (dry_run), or let phones have it so

    Send the preview's `at` and its digest as `expect` to accept only what you have seen.
    """
    done = replan_own_day.replan_own_day(me(), new, dry_run=query["dry_run"])
    return done, 200 if query["dry_run"] else 201


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise invalid("date", "date", _("Write the date as YYYY-MM-DD.")) from error
