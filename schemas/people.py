"""People who visit."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract, PageQuery, Reference, Text, page_of

PHONE = validate.Regexp(r"\+?[0-9][0-9 -]{4,22}[0-9]\Z", error="A phone number has digits, blanks and dashes.")
_VILLAGES = validate.Length(max=5000)


class NewPerson(Contract):
    """A collector: their branch, the villages they know, and the one they live in."""

    branch = Reference(required=True)
    name = Text(required=True, least=1, most=60)
    staff_number = Text(required=True, least=1, most=40)
    home_village = Reference(load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True, validate=PHONE)
    knows = fields.List(Reference(), load_default=list, validate=_VILLAGES)


class PersonChange(Contract):
    """What may be changed of a person. Where they work changes by a reassignment, which shows the effect first."""

    name = Text(least=1, most=60)
    staff_number = Text(least=1, most=40)
    home_village = Reference(allow_none=True)
    phone = fields.String(allow_none=True, validate=PHONE)
    knows = fields.List(Reference(), validate=_VILLAGES)
    active = fields.Boolean()


class PersonSchema(Contract):
    """A person; the phone number shows its first and last digits only."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    branch = fields.String(attribute="branch_id")
    name = fields.String()
    staff_number = fields.String()
    home_village = fields.String(attribute="home_village_id", allow_none=True)
    phone = fields.String(attribute="phone_masked", allow_none=True)
    knows = fields.Function(lambda person: sorted(row.village_id for row in person.knows))
    active = fields.Boolean()


class PersonQuery(PageQuery):
    """Filters of the list of people."""

    branch = Reference(load_default=None)
    active = fields.Boolean(load_default=None)


PersonPage = page_of(PersonSchema)
