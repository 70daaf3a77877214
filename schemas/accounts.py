"""Loans as a list of work: those that a complete ledger left out, and what became of them."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract, PageQuery, Reference, Text, page_of
from schemas.households import AccountSchema, names_no_number

STATUSES = ("active", "missing", "closed")
SETTLEMENTS = ("repaid", "sold", "off_balance", "mistake")


class ListedAccount(AccountSchema):
    """A loan with its door. ``missing_at``: when a complete ledger left it out; ``settlement``: what became of it."""

    version = fields.Integer(required=True)
    branch = fields.String(attribute="branch_id", required=True)
    household = fields.String(attribute="household_id", required=True)
    name = fields.String(attribute="household_name", metadata={"description": "Of the household, masked"})
    village = fields.String(attribute="village_id", allow_none=True)
    missing_at = fields.AwareDateTime(allow_none=True)
    settlement = fields.String(allow_none=True, validate=validate.OneOf(SETTLEMENTS))


ListedAccountPage = page_of(ListedAccount)


class AccountQuery(PageQuery):
    """Filters of the list of loans."""

    branch = Reference(load_default=None)
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class NewSettlement(Contract):
    """What became of a missing loan. ``mistake`` makes it active again; all else closes it. Name nobody in the note."""

    what = fields.String(required=True, validate=validate.OneOf(SETTLEMENTS))
    note = Text(load_default="", most=300, also=names_no_number)
