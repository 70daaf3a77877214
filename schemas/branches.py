"""Branches as the API takes and gives them."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import LATITUDE, LONGITUDE, Contract, PageQuery, Text, page_of


class NewBranch(Contract):
    """An office of the lender: where teams start and end."""

    code = Text(required=True, least=1, most=40)
    name = Text(required=True, least=1, most=120)
    lat = fields.Float(load_default=None, allow_none=True, validate=LATITUDE)
    lon = fields.Float(load_default=None, allow_none=True, validate=LONGITUDE)


class BranchChange(Contract):
    """What may be changed of a branch. Ledgers name it by its code, which stays."""

    name = Text(least=1, most=120)
    lat = fields.Float(allow_none=True, validate=LATITUDE)
    lon = fields.Float(allow_none=True, validate=LONGITUDE)


class BranchSchema(Contract):
    """A branch."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)


class BranchQuery(PageQuery):
    """Paging of branches."""


BranchPage = page_of(BranchSchema)
