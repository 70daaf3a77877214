"""Villages as the API takes and gives them."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.base import LATITUDE, LONGITUDE, Contract, PageQuery, Reference, Text, page_of
from schemas.market_days import MarketDaysForm

DATUMS = ("wgs84", "gcj02", "bd09")
PLACE_SOURCES = ("hand", "workbook", "gazetteer", "doors", "phone")


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
    datum = fields.String(load_default="wgs84", validate=validate.OneOf(DATUMS))
    arrival_minutes = fields.Integer(load_default=5, validate=validate.Range(min=0, max=120))
    market_days = fields.Nested(MarketDaysForm, load_default=None, allow_none=True)


class VillageChange(Contract):
    """What may be changed of a village. Its territory changes by a reassignment, which shows the effect first."""

    town = Text(most=60)
    admin_village = Text(most=60)
    name = Text(least=1, most=60)
    aliases = fields.List(Text(least=1, most=60), validate=validate.Length(max=20))
    lat = fields.Float(allow_none=True, validate=LATITUDE)
    lon = fields.Float(allow_none=True, validate=LONGITUDE)
    datum = fields.String(
        validate=validate.OneOf(DATUMS), metadata={"description": "The datum of lat and lon here; answers are WGS-84"}
    )
    candidate = Reference(metadata={"description": "Take the place of this candidate, instead of lat and lon"})
    arrival_minutes = fields.Integer(validate=validate.Range(min=0, max=120))
    market_days = fields.Nested(
        MarketDaysForm, allow_none=True, metadata={"description": "When it goes to market; null: not known"}
    )

    @validates_schema
    def one_place(self, data: dict[str, object], **_: object) -> None:
        if "datum" in data and not {"lat", "lon"} <= data.keys():
            raise ValidationError("A datum comes with both lat and lon.", "datum")
        if "candidate" in data and {"lat", "lon", "datum"} & data.keys():
            raise ValidationError("Send either a candidate or coordinates.", "candidate")


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
    datum = fields.String(allow_none=True, metadata={"description": "The datum in which the place was said"})
    place_source = fields.String(allow_none=True, validate=validate.OneOf(PLACE_SOURCES))
    place_accuracy = fields.Integer(allow_none=True, metadata={"description": "Metres, where a phone marked it"})
    placed_at = fields.DateTime(allow_none=True)
    arrival_minutes = fields.Integer()
    market_days = fields.Nested(MarketDaysForm, allow_none=True)
    households = fields.Integer(dump_default=0)
    non_performing = fields.Integer(dump_default=0)


class VillageQuery(PageQuery):
    """Filters of the list of villages."""

    territory = Reference(load_default=None)
    branch = Reference(load_default=None)
    missing_place = fields.Boolean(load_default=None)
    place_source = fields.String(load_default=None, validate=validate.OneOf(PLACE_SOURCES))


class TownPlace(Contract):
    """Where a village's town lies."""

    name = fields.String(required=True)
    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class Candidate(Contract):
    """A place of a loaded list that may be the village's (WGS-84)."""

    id = fields.String(required=True)
    name = fields.String()
    within = fields.String()
    kind = fields.String()
    lat = fields.Float(required=True)
    lon = fields.Float(required=True)
    source = fields.String()
    km_from_town = fields.Float(allow_none=True)


class VillagePlace(Contract):
    """What helps to place a village. ``undoable``: its place was changed and the last change can be taken back."""

    town = fields.Nested(TownPlace, allow_none=True)
    candidates = fields.List(fields.Nested(Candidate))
    undoable = fields.Boolean()


VillagePage = page_of(VillageSchema)
