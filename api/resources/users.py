"""/api/v1/users"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import created, required_version, tagged
from api.usecases import keep_users
from schemas.users import NewUser, UserChange, UserPage, UserQuery, UserSchema

blp = Blueprint("users", __name__, url_prefix="/api/v1/users", description="Those who sign in with a password")
READERS = (Role.ADMIN,)
WRITERS = (Role.ADMIN,)


@blp.route("", methods=["GET"])
@allow(*READERS)
@blp.arguments(UserQuery, location="query")
@blp.response(200, UserPage)
def list_users(query: dict[str, Any]) -> Any:
    """List users"""
    return keep_users.list_users(me(), query)


@blp.route("", methods=["POST"])
@allow(*WRITERS)
@blp.arguments(NewUser)
@blp.response(201, UserSchema)
def create_user(new: dict[str, Any]) -> Any:
    """Create a user"""
    user = keep_users.create_user(me(), new)
    return created(user, f"/api/v1/users/{user.id}")


@blp.route("/<user_id>", methods=["GET"])
@allow(*READERS)
@blp.response(200, UserSchema)
def get_user(user_id: str) -> Any:
    """Get one user"""
    return tagged(keep_users.one_user(me(), user_id))


@blp.route("/<user_id>", methods=["PATCH"])
@allow(*WRITERS)
@blp.arguments(UserChange)
@blp.response(200, UserSchema)
def change_user(change: dict[str, Any], user_id: str) -> Any:
    """Change a user (send its version as If-Match)"""
    return tagged(keep_users.change_user(me(), user_id, change, required_version()))
