"""The one shape of every error (RFC 9457, application/problem+json)."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields


class FieldErrorSchema(Schema):
    """One field at fault, by its path in the request."""

    field = fields.String(metadata={"description": "Path of the field, e.g. outcomes.3.kind"})
    message = fields.String()


class ProblemSchema(Schema):
    """What went wrong, in words for the user and with a stable type for programs. Some types add facts of their own."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata={"description": "Stable; ends in the problem's code"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(metadata={"description": "A sentence in the caller's language"})
    errors = fields.List(fields.Nested(FieldErrorSchema))
