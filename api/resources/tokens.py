"""/api/v1/tokens"""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest import Blueprint

from api.auth.guard import public
from api.usecases import sign_in
from schemas.tokens import Credentials, RefreshToken, TokensSchema

blp = Blueprint("tokens", __name__, url_prefix="/api/v1/tokens", description="Sign in, stay signed in, sign out")


@blp.route("", methods=["POST"])
@public
@blp.arguments(Credentials)
@blp.response(200, TokensSchema)
def sign_in_user(credentials: dict[str, Any]) -> Any:
    """Sign in with user name and password"""
    return sign_in.with_password(credentials["username"], credentials["password"], request.remote_addr or "")


@blp.route("/refresh", methods=["POST"])
@public
@blp.arguments(RefreshToken)
@blp.response(200, TokensSchema)
def refresh_tokens(given: dict[str, Any]) -> Any:
    """Change a refresh token for a fresh pair; using one twice ends the whole sign-in"""
    return sign_in.refresh(given["refresh_token"])


@blp.route("/revoke", methods=["POST"])
@public
@blp.arguments(RefreshToken)
@blp.response(204)
def revoke_tokens(given: dict[str, Any]) -> Any:
    """Sign out: every token of this sign-in ends at once. An unknown token is no error (RFC 7009)"""
    sign_in.revoke(given["refresh_token"])
    return ""
