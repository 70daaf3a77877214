"""Territories and who works them today."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract, PageQuery, Reference, Text, page_of


class NewTerritory(Contract):
    """A set of villages of one branch; villages join it when they are created or moved."""

    branch = Reference(required=True)
    name = Text(required=True, least=1, most=60)


class TerritoryChange(Contract):
    """What may be changed of a territory. Its villages and people change by reassignments."""

    name = Text(least=1, most=60)


class GroupMember(Contract):
    """Someone placed in a territory; ``handover``: they have the leader's notes. ``to`` null: until further notice."""

    person = fields.String(attribute="person_id", required=True)
    role = fields.String(required=True, validate=validate.OneOf(("leader", "member")))
    from_date = fields.Date(attribute="starts_on", data_key="from", required=True)
    to_date = fields.Date(attribute="ends_on", data_key="to", allow_none=True)
    handover = fields.Boolean()


class TerritorySchema(Contract):
    """A territory, its size, and its group of today with the leader first."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    branch = fields.String(attribute="branch_id")
    name = fields.String()
    villages = fields.Integer()
    households = fields.Integer()
    non_performing = fields.Integer(metadata={"description": "Households with a non-performing account"})
    group = fields.List(fields.Nested(GroupMember))


class TerritoryQuery(PageQuery):
    """Filters of the list of territories."""

    branch = Reference(load_default=None)


TerritoryPage = page_of(TerritorySchema)
