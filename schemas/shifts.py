"""Shifts: who goes out in which team on which day, when, from where and back to where."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.base import LATITUDE, LONGITUDE, Clock, Contract, Day, PageQuery, Reference, page_of

_OVERTIME: dict[str, Any] = {
    "validate": validate.Range(min=0, max=240),
    "metadata": {"description": "The team may be back so much after `end`, where plans find that it pays"},
}
_PEOPLE = validate.Length(min=1, max=20)


class Rest(Contract):
    """A break of ``minutes`` in one piece, wholly between ``earliest`` and ``latest``."""

    earliest = Clock(required=True)
    latest = Clock(required=True)
    minutes = fields.Integer(required=True, validate=validate.Range(min=5, max=240))

    @validates_schema
    def fits(self, data: dict[str, Any], **_: object) -> None:
        if data["latest"] <= data["earliest"]:
            raise ValidationError("The break must end after it begins.", "latest")
        if data["latest"] - data["earliest"] < data["minutes"]:
            raise ValidationError("The break is longer than the time it may lie in.", "minutes")


class RestField(fields.Nested):
    """A break, or null for none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Rest, data_key="break", allow_none=True, **kwargs)


class ExactPlace(Contract):
    """A point, WGS-84."""

    lat = fields.Float(required=True, validate=LATITUDE)
    lon = fields.Float(required=True, validate=LONGITUDE)


class StartPlace(fields.Field[Any]):
    """``"branch"`` or ``{"lat": …, "lon": …}``."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "type": ["string", "object"],
            "description": '"branch", or {"lat": …, "lon": …}',
            "examples": ["branch", {"lat": 29.56, "lon": 106.55}],
        }
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == "branch":
            return value
        if isinstance(value, dict):
            return ExactPlace().load(value)
        raise ValidationError('Write "branch" or {"lat": …, "lon": …}.')


class NewShift(Contract):
    """A team's working time on one date."""

    team = Reference(required=True)
    date = Day(required=True)
    people = fields.List(Reference(), required=True, validate=_PEOPLE)
    start = Clock(required=True)
    end = Clock(required=True)
    overtime_minutes = fields.Integer(load_default=0, **_OVERTIME)
    rest = RestField(load_default=None)
    from_place = StartPlace(load_default="branch")
    to_place = StartPlace(load_default="branch")


class ShiftChange(Contract):
    """What may be changed of a shift. For another team or date, make another shift."""

    people = fields.List(Reference(), validate=_PEOPLE)
    start = Clock()
    end = Clock()
    overtime_minutes = fields.Integer(**_OVERTIME)
    rest = RestField()
    from_place = StartPlace()
    to_place = StartPlace()


class ShiftSchema(Contract):
    """A shift."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    team = fields.String(attribute="team_id")
    date = fields.Date()
    people = fields.Function(lambda shift: [row.person_id for row in shift.people])
    start = Clock(attribute="start_minute")
    end = Clock(attribute="end_minute")
    overtime_minutes = fields.Integer()
    rest = RestField()
    from_place = fields.Raw(metadata={"type": ["string", "object"]})
    to_place = fields.Raw(metadata={"type": ["string", "object"]})


class ShiftQuery(PageQuery):
    """Filters of the list of shifts; ``from`` and ``to`` are both included."""

    team = Reference(load_default=None)
    territory = Reference(load_default=None)
    date = Day(load_default=None)
    from_date = Day(data_key="from", load_default=None)
    to_date = Day(data_key="to", load_default=None)


ShiftPage = page_of(ShiftSchema)
