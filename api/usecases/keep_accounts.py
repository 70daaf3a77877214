"""List loans, and settle what became of those that a complete ledger left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem
from api.store.columns import now
from api.store.models import Account, Household, Import, ImportChange
from api.usecases import audit, rows
from api.usecases.context import store
from api.vault import mask_name


def list_accounts(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the loans of the actor's area, numbers and names masked."""
    wanted = select(Account, Household).join(Household, Household.id == Account.household_id)
    wanted = wanted.where(Account.branch_id.in_(actor.branches))
    if query["branch"]:
        wanted = wanted.where(Account.branch_id == query["branch"])
    if query["status"]:
        wanted = wanted.where(Account.status == query["status"])
    with store().read() as session:
        found, following = rows.page(session, wanted, Account.id, query["limit"], query["cursor"])
        return {"items": [_described(account, household) for account, household in found], "next": following}


def one_account(actor: Actor, account_id: str) -> Account:
    """Return a loan of the actor's area. Raises 404."""
    with store().read() as session:
        account = rows.in_area(session.get(Account, account_id), actor)
        return _described(account, _household(session, account))


def settle(actor: Actor, account_id: str, what: str, note: str, version: int) -> Account:
    """Say what became of a missing loan: a mistake makes it active again, all else closes it.

    The note stays in the audit trail. Raises 404, 412, and 409 if the loan is not missing.
    """
    with store().write() as session:
        account: Account = rows.in_area(session.get(Account, account_id, with_for_update=True), actor)
        rows.expect_version(account, version)
        if account.status != "missing":
            raise Problem(409, "not-missing", _("This loan is not missing, so there is nothing to settle."))
        account.status = "active" if what == "mistake" else "closed"
        account.settlement, account.missing_at = what, None
        session.flush()
        audit.record(session, actor.pseudonym, "account.settled", account.id, what=what, note=note)
        return _described(account, _household(session, account))


def reopen(actor: Actor, account_id: str, note: str, version: int) -> Account:
    """Take back what was said to have become of a loan: it is missing again.

    Raises 404, 412, and 409 if nobody settled it or a ledger has brought it since.
    """
    with store().write() as session:
        account: Account = rows.in_area(session.get(Account, account_id, with_for_update=True), actor)
        rows.expect_version(account, version)
        if account.settlement is None:
            raise Problem(409, "work-open", _("Nothing was decided here, so there is nothing to take back."))
        account.status, account.settlement, account.missing_at = "missing", None, _left_out_at(session, account)
        session.flush()
        audit.record(session, actor.pseudonym, "account.reopened", account.id, note=note)
        return _described(account, _household(session, account))


def _left_out_at(session: Session, account: Account) -> datetime:
    """When a complete ledger last left the loan out."""
    query = (
        select(func.max(Import.created_at))
        .join(ImportChange, ImportChange.import_id == Import.id)
        .where(ImportChange.kind == "accounts", ImportChange.row_id == account.id, Import.status == "stored")
    )
    return session.scalar(query) or now()


def _household(session: Session, account: Account) -> Household:
    return session.get_one(Household, account.household_id)


def _described(account: Account, household: Household) -> Any:
    account.loan_masked = "…" + account.loan_number[-4:]  # type: ignore[attr-defined]
    account.household_name = mask_name(household.name)  # type: ignore[attr-defined]
    account.village_id = household.village_id  # type: ignore[attr-defined]
    return account
