"""/api/v1/rotations/proposals"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import expected_version
from api.usecases import rotate
from schemas.rotations import NewRotationProposal, RotationPage, RotationProposalSchema, RotationQuery

blp = Blueprint(
    "rotations", __name__, url_prefix="/api/v1/rotations/proposals", description="Who works where in coming periods"
)


@blp.route("", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(RotationQuery, location="query")
@blp.response(200, RotationPage)
def list_proposals(query: dict[str, Any]) -> Any:
    """List proposals, the oldest first"""
    return rotate.list_proposals(me(), query)


@blp.route("", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(NewRotationProposal)
@blp.response(201, RotationProposalSchema)
def propose(new: dict[str, Any]) -> Any:
    """Propose groups for the coming periods, with what committing them would do"""
    proposal = rotate.propose_rotation(me(), new)
    headers = {"Location": f"/api/v1/rotations/proposals/{proposal['id']}", "ETag": f'"{proposal["version"]}"'}
    return proposal, 201, headers


@blp.route("/<proposal_id>", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.response(200, RotationProposalSchema)
def get_proposal(proposal_id: str) -> Any:
    """Get a proposal and what committing it would do now"""
    proposal = rotate.one_proposal(me(), proposal_id)
    return proposal, 200, {"ETag": f'"{proposal["version"]}"'}


@blp.route("/<proposal_id>/commit", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.response(200, RotationProposalSchema)
def commit(proposal_id: str) -> Any:
    """Put a proposal into force (send its version as If-Match)"""
    proposal = rotate.commit_rotation(me(), proposal_id, expected_version(required=False))
    return proposal, 200, {"ETag": f'"{proposal["version"]}"'}
