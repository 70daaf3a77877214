"""Villages as the API takes and gives them."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import LATITUDE, LONGITUDE, Contract, PageQuery, Reference, Text, page_of


class NewVillage(Contract):
    """A village to be known before ledgers name it."""

    branch = Reference(required=True)
    territory = Reference(load_default=None, allow_none=True)
    town = Text(load_default="", most=60)
    admin_village = Text(load_default="", most=60)
    name = Text(required=True, least=1, most=60)
    aliases = fields.List(Text(least=1, most=60), load_default=list, validate=validate.Length(max=20))
    lat = fields.Float(load_default=None, allow_none=True, validate=LATITUDE)
    lon = fields.Float(load_default=None, allow_none=True, validate=LONGITUDE)
    arrival_minutes = fields.Integer(load_default=5, validate=validate.Range(min=0, max=120))


class VillageChange(Contract):
    """What may be changed of a village. Its territory changes by a reassignment, which shows the effect first."""

    town = Text(most=60)
    admin_village = Text(most=60)
    name = Text(least=1, most=60)
    aliases = fields.List(Text(least=1, most=60), validate=validate.Length(max=20))
    lat = fields.Float(allow_none=True, validate=LATITUDE)
    lon = fields.Float(allow_none=True, validate=LONGITUDE)
    arrival_minutes = fields.Integer(validate=validate.Range(min=0, max=120))


class VillageSchema(Contract):
    """A village, with how many households and non-performing borrowers it has."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    branch = fields.String(attribute="branch_id")
    territory = fields.String(attribute="territory_id", allow_none=True)
    town = fields.String()
    admin_village = fields.String()
    name = fields.String()
    aliases = fields.Function(lambda village: [alias.name for alias in village.aliases])
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    arrival_minutes = fields.Integer()
    households = fields.Integer(dump_default=0)
    non_performing = fields.Integer(dump_default=0)


class VillageQuery(PageQuery):
    """Filters of the list of villages."""

    territory = Reference(load_default=None)
    branch = Reference(load_default=None)
    missing_place = fields.Boolean(load_default=None)


VillagePage = page_of(VillageSchema)
