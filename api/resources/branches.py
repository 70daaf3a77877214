"""/api/v1/branches"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import created, required_version, tagged
from api.usecases import keep_branches
from schemas.branches import BranchChange, BranchPage, BranchQuery, BranchSchema, NewBranch

blp = Blueprint("branches", __name__, url_prefix="/api/v1/branches", description="Offices of the lender")
READERS = (Role.COORDINATOR, Role.LEGAL, Role.REVIEWER, Role.MANAGER, Role.AUDITOR, Role.ADMIN)
WRITERS = (Role.ADMIN,)


@blp.route("", methods=["GET"])
@allow(*READERS)
@blp.arguments(BranchQuery, location="query")
@blp.response(200, BranchPage)
def list_branches(query: dict[str, Any]) -> Any:
    """List your branches (an admin: all)"""
    return keep_branches.list_branches(me(), query)


@blp.route("", methods=["POST"])
@allow(*WRITERS)
@blp.arguments(NewBranch)
@blp.response(201, BranchSchema)
def create_branch(new: dict[str, Any]) -> Any:
    """Create a branch"""
    branch = keep_branches.create_branch(me(), new)
    return created(branch, f"/api/v1/branches/{branch.id}")


@blp.route("/<branch_id>", methods=["GET"])
@allow(*READERS)
@blp.response(200, BranchSchema)
def get_branch(branch_id: str) -> Any:
    """Get one branch"""
    return tagged(keep_branches.one_branch(me(), branch_id))


@blp.route("/<branch_id>", methods=["PATCH"])
@allow(*WRITERS)
@blp.arguments(BranchChange)
@blp.response(200, BranchSchema)
def change_branch(change: dict[str, Any], branch_id: str) -> Any:
    """Change a branch (send its version as If-Match)"""
    return tagged(keep_branches.change_branch(me(), branch_id, change, required_version()))
