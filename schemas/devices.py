"""Phones and the codes that enrol them."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract, PageQuery, Reference, page_of


class EnrolmentCode(Contract):
    """The one-time code that a coordinator gave; case, blanks and dashes do not matter."""

    code = fields.String(required=True, validate=validate.Length(min=1, max=60))


class EnrolmentSchema(Contract):
    """A fresh one-time code. It is shown this once and kept only as a hash."""

    code = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class DeviceSchema(Contract):
    """A phone, whose it is, and until when it could sign in."""

    id = fields.String(required=True)
    person = fields.String(attribute="person_id", required=True)
    created_at = fields.AwareDateTime()
    last_seen_at = fields.AwareDateTime(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)


class DeviceQuery(PageQuery):
    """Filters of the list of phones."""

    person = Reference(load_default=None)
    active = fields.Boolean(load_default=None, metadata={"description": "Only those not revoked (or revoked)"})


DevicePage = page_of(DeviceSchema)
