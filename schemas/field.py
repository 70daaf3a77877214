"""What phones send and get."""

from __future__ import annotations

from datetime import UTC, datetime

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.base import LATITUDE, LONGITUDE, PRECISIONS, Contract, Day, Reference, Text

KINDS = (
    "met", "not_met", "paid", "promise", "refuses", "moved", "deceased_to_verify", "asked_to_be_left_alone",
)  # fmt: skip
MONEY = validate.Range(min=0, max=10**12)
# Wide enough for every wrong clock, narrow enough to be a moment in every time zone.
MOMENT = validate.Range(min=datetime(1900, 1, 1, tzinfo=UTC), max=datetime(2200, 1, 1, tzinfo=UTC))
RESULTS = ("stored", "duplicate", "conflict", "review", "refused")


class Position(Contract):
    """Where the phone was, WGS-84, accuracy in metres."""

    lat = fields.Float(required=True, validate=LATITUDE)
    lon = fields.Float(required=True, validate=LONGITUDE)
    accuracy = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=1e6))
    time = fields.AwareDateTime(load_default=None, allow_none=True, validate=MOMENT)


class Promise(Contract):
    """A promise to pay: the day and the amount in currency units."""

    on = Day(required=True)
    amount = fields.Decimal(required=True, places=2, as_string=True, allow_nan=False, validate=MONEY)


class Payment(Contract):
    """Money that was paid, in currency units."""

    amount = fields.Decimal(required=True, places=2, as_string=True, allow_nan=False, validate=MONEY)
    receipt = Text(load_default=None, allow_none=True, most=40)


class NewOutcome(Contract):
    """What happened at one door. The phone mints ``id``; the same id and content is the same outcome."""

    id = fields.UUID(required=True)
    stop = Reference(load_default=None, allow_none=True)
    household = Reference(required=True)
    plan_version = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0, max=2**31 - 1))
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    device_time = fields.AwareDateTime(required=True, validate=MOMENT)
    gps = fields.Nested(Position, load_default=None, allow_none=True)
    promise = fields.Nested(Promise, load_default=None, allow_none=True)
    paid = fields.Nested(Payment, load_default=None, allow_none=True)
    note = Text(load_default="", allow_none=True, most=1000)
    replaces = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def fitting(self, data: dict[str, object], **_: object) -> None:
        if data["kind"] == "promise" and not data["promise"]:
            raise ValidationError("A promise needs its day and amount.", "promise")
        if data["kind"] != "promise" and data["promise"]:
            raise ValidationError("Only an outcome of the kind promise carries a promise.", "promise")
        if data["kind"] == "paid" and not data["paid"]:
            raise ValidationError("A payment needs its amount.", "paid")


class OutcomeBatch(Contract):
    """Several outcomes; each is checked by itself (against NewOutcome), so one bad item stops no other."""

    outcomes = fields.List(
        fields.Raw(allow_none=True), required=True, validate=validate.Length(min=1),
        metadata={"items": {"$ref": "#/components/schemas/NewOutcome"}},
    )  # fmt: skip


class OutcomeResult(Contract):
    """What became of one outcome of the batch. ``problem`` is there unless it was stored or known."""

    id = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(RESULTS))
    problem = fields.Dict()


class OutcomeResults(Contract):
    """One result per item, in the order of the batch."""

    results = fields.List(fields.Nested(OutcomeResult), required=True)


class FieldVillage(Contract):
    """The village of a stop."""

    id = fields.String(allow_none=True)
    name = fields.String()
    town = fields.String()
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)


class FieldVisit(Contract):
    """What the team may know before the identity step: no debt, a masked name, reasons, where to go."""

    household = fields.String(required=True)
    name = fields.String(metadata={"description": "Masked"})
    door = fields.String()
    reasons = fields.List(fields.String())
    minutes = fields.Integer()
    precision = fields.String(validate=validate.OneOf(PRECISIONS))
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    navigate = fields.String(
        allow_none=True, metadata={"description": "Link that opens the phone's map app; no name in it"}
    )


class StopOutcome(Contract):
    """What has been reported of a stop already, by whichever phone of the team."""

    kind = fields.String(required=True)
    time = fields.AwareDateTime(required=True)


class FieldStop(Contract):
    """A stop of today's route, in order."""

    id = fields.String(required=True)
    order = fields.Integer(required=True)
    arrival = fields.String(required=True)
    leave = fields.String(required=True)
    drive_min = fields.Integer()
    km = fields.Float()
    line = fields.String(
        allow_none=True,
        metadata={"description": "The road from the stop before as an encoded polyline; null: draw it straight"},
    )
    village = fields.Nested(FieldVillage)
    outcome = fields.Nested(StopOutcome, allow_none=True, metadata={"description": "null: nothing reported yet"})
    visit = fields.Nested(FieldVisit)


class FieldDay(Contract):
    """A team's day as its phones get it."""

    date = fields.Date(required=True)
    plan_version = fields.Integer(required=True, allow_none=True)
    team = fields.Dict(required=True)
    start = fields.String(allow_none=True)
    end = fields.String(allow_none=True)
    rest = fields.Dict(allow_none=True)
    from_place = fields.Dict(allow_none=True)
    to_place = fields.Dict(allow_none=True)
    line_back = fields.String(
        allow_none=True, metadata={"description": "As a stop's line, from the last stop to the end"}
    )
    stops = fields.List(fields.Nested(FieldStop), required=True)


class DayAtHand(Contract):
    """A published day that a phone may fetch: a copy with this ETag is current."""

    date = fields.Date(required=True)
    etag = fields.String(required=True)


class FieldDays(Contract):
    """The published days of a team from today on, in order."""

    days = fields.List(fields.Nested(DayAtHand), required=True)


class DoorDetails(Contract):
    """What is shown after the identity step; each reading is audited."""

    stop = fields.String(required=True)
    name = fields.String()
    phones = fields.List(fields.String())
    accounts = fields.List(fields.Dict())
