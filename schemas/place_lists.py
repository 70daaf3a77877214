"""What becomes of a list of places that is uploaded."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract, LanguageQuery
from schemas.villages import DATUMS

OUTCOMES = ("placed", "ambiguous", "unconfirmed", "unknown")


class PlaceListQuery(LanguageQuery):
    """``dry_run=true`` previews. ``datum`` is what the coordinates are in; ``by_name`` trusts a name alone."""

    dry_run = fields.Boolean(load_default=False)
    datum = fields.String(load_default="wgs84", validate=validate.OneOf(DATUMS))
    by_name = fields.Boolean(
        load_default=False, metadata={"description": "Also trust a name that stands once, where no town is said"}
    )


class ListedVillage(Contract):
    """What the list says of one village; ``places`` counts those of its name."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    places = fields.Integer(required=True)


class ListProblemSchema(Contract):
    """A row of the list that is no place: where, what, why, and what to do about it."""

    row = fields.Integer(required=True)
    cell = fields.String(required=True, metadata={"description": "As a spreadsheet names it: C5"})
    column = fields.String(required=True)
    value = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)
    reason = fields.String(required=True)
    remedy = fields.String(required=True)


class PlaceListReport(Contract):
    """What was stored, or would be (dry run)."""

    dry_run = fields.Boolean(required=True)
    summary = fields.List(fields.String(), required=True)
    counts = fields.Dict(
        keys=fields.String(validate=validate.OneOf(OUTCOMES)), values=fields.Integer(), required=True,
        metadata={"description": "Villages without a place, by what the list says of them"},
    )  # fmt: skip
    read = fields.Integer(required=True, metadata={"description": "Places in the list"})
    towns = fields.Integer(required=True, metadata={"description": "Towns whose place the list tells"})
    left_out = fields.Integer(required=True, metadata={"description": "Rows that are no place"})
    villages = fields.List(fields.Nested(ListedVillage), required=True)
    villages_left_out = fields.Integer(required=True)
    problems = fields.List(fields.Nested(ListProblemSchema), required=True)
    problems_left_out = fields.Integer(required=True)
