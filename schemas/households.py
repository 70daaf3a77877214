"""Households: the doors, masked unless somebody says why they must read more."""

from __future__ import annotations

import re

from marshmallow import ValidationError, fields, validate

from schemas.base import LATITUDE, LONGITUDE, Contract, PageQuery, Reference, Text, page_of

CLASSES = ("normal", "special_mention", "substandard", "doubtful", "loss")
PAUSES = (
    "dispute", "complaint", "hardship", "illness", "bereavement", "distress", "asked_to_be_left_alone",
    "deceased_to_verify",
)  # fmt: skip
_PROFILE = validate.Length(min=1, max=40)


class NewHousehold(Contract):
    """A door that no ledger has named yet."""

    branch = Reference(required=True)
    village = Reference(required=True)
    name = Text(required=True, least=1, most=60)
    door = Text(load_default="", most=120)
    lat = fields.Float(load_default=None, allow_none=True, validate=LATITUDE)
    lon = fields.Float(load_default=None, allow_none=True, validate=LONGITUDE)
    availability = fields.String(load_default="any", validate=_PROFILE)


class HouseholdChange(Contract):
    """What may be changed of a household. ``paused`` null: a person has looked at it, visits may go on."""

    village = Reference()
    door = Text(most=120)
    lat = fields.Float(allow_none=True, validate=LATITUDE)
    lon = fields.Float(allow_none=True, validate=LONGITUDE)
    availability = fields.String(validate=_PROFILE, metadata={"description": "A profile: any, mornings, evenings, …"})
    focus = fields.Boolean()
    paused = fields.String(allow_none=True, validate=validate.OneOf(PAUSES))


class AccountSchema(Contract):
    """A loan; its number shows the last four characters only. Amounts in currency units."""

    id = fields.String(required=True)
    loan = fields.String(attribute="loan_masked", required=True)
    status = fields.String(required=True)
    principal = fields.Decimal(as_string=True, places=2, allow_none=True)
    outstanding = fields.Decimal(as_string=True, places=2, required=True)
    overdue_interest = fields.Decimal(as_string=True, places=2, allow_none=True)
    class_ = fields.String(attribute="five_tier_class", data_key="class", allow_none=True)
    overdue_days = fields.Integer(allow_none=True)
    loan_date = fields.Date(allow_none=True)
    due_date = fields.Date(allow_none=True)
    last_collection_date = fields.Date(allow_none=True)
    claimed_limitation = fields.Date(allow_none=True)


class HouseholdSchema(Contract):
    """A household with its name masked. ``class`` is the worst of its accounts, ``outstanding`` their sum."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    branch = fields.String(attribute="branch_id")
    village = fields.String(attribute="village_id", allow_none=True)
    name = fields.String(attribute="name_masked")
    door = fields.String()
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    precision = fields.String(metadata={"description": "What the place is: door, village, town or none"})
    availability = fields.String()
    focus = fields.Boolean()
    paused = fields.String(allow_none=True)
    paused_at = fields.AwareDateTime(allow_none=True)
    accounts_count = fields.Integer()
    outstanding = fields.Decimal(as_string=True, places=2)
    class_ = fields.String(attribute="worst_class", data_key="class", allow_none=True)
    eligible = fields.Boolean(metadata={"description": "One of its own accounts asks for visits"})


class HouseholdDetails(HouseholdSchema):
    """A household with its accounts."""

    accounts = fields.List(fields.Nested(AccountSchema), required=True)


class HouseholdQuery(PageQuery):
    """Filters of the list of households. ``q`` is the beginning of a name."""

    branch = Reference(load_default=None)
    territory = Reference(load_default=None)
    village = Reference(load_default=None)
    missing_place = fields.Boolean(load_default=None)
    eligible = fields.Boolean(load_default=None)
    class_ = fields.String(data_key="class", load_default=None, validate=validate.OneOf(CLASSES))
    paused = fields.Boolean(load_default=None)
    q = Text(load_default=None, most=60)


HouseholdPage = page_of(HouseholdSchema)


def names_no_number(text: str) -> None:
    if re.search(r"\d{7,}", text):
        raise ValidationError("Leave phone and id numbers out of the reason; it is kept for good.")


class NewDisclosure(Contract):
    """Why somebody must read the names and numbers. The reason is kept in the audit trail: name nobody in it."""

    reason = Text(required=True, least=3, most=300, also=names_no_number)


class DisclosedObligor(Contract):
    """A person who owes or guarantees, in clear."""

    name = fields.String(required=True)
    phone = fields.String(allow_none=True)
    id_number = fields.String(allow_none=True)


class DisclosureSchema(Contract):
    """What is known of the people of one household, in clear."""

    household = fields.String(required=True)
    name = fields.String(required=True)
    door = fields.String()
    phones = fields.List(fields.String(), required=True)
    id_numbers = fields.List(fields.String(), required=True)
    obligors = fields.List(fields.Nested(DisclosedObligor), required=True)
