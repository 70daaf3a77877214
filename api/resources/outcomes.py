"""/api/v1/outcomes: what came in from the doors."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.usecases import read_outcomes
from schemas.outcomes import OutcomePage, OutcomeQuery

blp = Blueprint("outcomes", __name__, url_prefix="/api/v1/outcomes", description="What happened at the doors")


@blp.route("", methods=["GET"])
@allow(Role.COORDINATOR, Role.REVIEWER)
@blp.arguments(OutcomeQuery, location="query")
@blp.response(200, OutcomePage)
def list_outcomes(query: dict[str, Any]) -> Any:
    """List the outcomes of your area"""
    return read_outcomes.list_outcomes(me(), query)
