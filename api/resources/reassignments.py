"""/api/v1/reassignments"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import expected_version
from api.usecases.reassign import reassign
from schemas.reassignments import NewReassignment, ReassignmentQuery, ReassignmentSchema

blp = Blueprint(
    "reassignments", __name__, url_prefix="/api/v1/reassignments", description="Move villages, swap and place people"
)


@blp.route("", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(ReassignmentQuery, location="query")
@blp.arguments(NewReassignment)
@blp.alt_response(200, schema=ReassignmentSchema, description="The impact (dry run): nothing was changed")
@blp.response(201, ReassignmentSchema)
def create_reassignment(query: dict[str, Any], new: dict[str, Any]) -> Any:
    """Show the effect of a change (dry_run) or commit it

    The ETag is the version of who works where; send it as If-Match to commit only what you have seen.
    """
    done = reassign(me(), new, dry_run=query["dry_run"], version=expected_version(required=False))
    headers = {"ETag": f'"{done.pop("current_version")}"'}
    return done, 200 if query["dry_run"] else 201, headers
