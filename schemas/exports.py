"""What comes out of the service, and in which form."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract, LanguageQuery
from schemas.writing.csv_file import ENCODINGS

FORMATS = ("csv", "xlsx")


class ExportQuery(LanguageQuery):
    """How a table is written. ``headers=fields`` names columns by their stable names and values by their codes."""

    format = fields.String(load_default=None, validate=validate.OneOf(FORMATS))
    encoding = fields.String(
        load_default="utf-8", validate=validate.OneOf(ENCODINGS), metadata={"description": "Of CSV"}
    )
    headers = fields.String(load_default="words", validate=validate.OneOf(("words", "fields")))
    personal = fields.String(
        load_default="clear", validate=validate.OneOf(("clear", "masked")),
        metadata={"description": "masked: also for a role that may read names and numbers"},
    )  # fmt: skip


class ExportTable(Contract):
    """A table that you may export. ``personal``: whether it tells of people, and how you get it."""

    id = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In your language"})
    count = fields.Integer(required=True, metadata={"description": "Rows"})
    formats = fields.List(fields.String(), required=True)
    personal = fields.String(required=True, validate=validate.OneOf(("none", "clear", "masked")))


class ExportList(Contract):
    """The tables that you may export; the last one is the workbook of all of them."""

    items = fields.List(fields.Nested(ExportTable), required=True)
