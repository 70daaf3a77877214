"""/api/v1/accounts"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import required_version, tagged
from api.usecases import keep_accounts
from schemas.accounts import AccountQuery, ListedAccount, ListedAccountPage, NewSettlement

blp = Blueprint("accounts", __name__, url_prefix="/api/v1/accounts", description="Loans, and what became of them")
READERS = (Role.COORDINATOR, Role.LEGAL, Role.REVIEWER)


@blp.route("", methods=["GET"])
@allow(*READERS)
@blp.arguments(AccountQuery, location="query")
@blp.response(200, ListedAccountPage)
def list_accounts(query: dict[str, Any]) -> Any:
    """List the loans of your area (status=missing: those whose fate a person must settle)"""
    return keep_accounts.list_accounts(me(), query)


@blp.route("/<account_id>", methods=["GET"])
@allow(*READERS)
@blp.response(200, ListedAccount)
def get_account(account_id: str) -> Any:
    """Get one loan"""
    return tagged(keep_accounts.one_account(me(), account_id))


@blp.route("/<account_id>/settlement", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(NewSettlement)
@blp.response(200, ListedAccount)
def settle(new: dict[str, Any], account_id: str) -> Any:
    """Say what became of a missing loan (send its version as If-Match)"""
    return tagged(keep_accounts.settle(me(), account_id, new["what"], new["note"], required_version()))
