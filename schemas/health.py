"""What the health addresses answer."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract


class HealthSchema(Contract):
    """All is well."""

    status = fields.String(required=True, validate=validate.OneOf(("ok",)))
