"""Moves of villages and people, and what they would do."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.base import Contract, Day, Reference, Text


class Move(Contract):
    """Give a village to another territory."""

    village = Reference(required=True)
    to_territory = Reference(required=True)


class Swap(Contract):
    """Let two people change places, from today on: territory, role and shifts."""

    person = Reference(required=True)
    with_person = Reference(required=True, data_key="with")


class PlacePerson(Contract):
    """Put a person into a territory's group from a day on (default today)."""

    person = Reference(required=True)
    territory = Reference(required=True)
    starts_on = Day(data_key="from", load_default=None, allow_none=True)
    role = fields.String(load_default="member", validate=validate.OneOf(("leader", "member")))
    handover = fields.Boolean(load_default=False, metadata={"description": "Has the leader's handover notes"})


_MANY = validate.Length(max=1000)


class NewReassignment(Contract):
    """Any mix of changes, all or nothing."""

    moves = fields.List(fields.Nested(Move), load_default=list, validate=_MANY)
    swaps = fields.List(fields.Nested(Swap), load_default=list, validate=_MANY)
    places = fields.List(fields.Nested(PlacePerson), load_default=list, validate=_MANY)
    reason = Text(required=True, least=1, most=300)

    @validates_schema
    def something(self, data: dict[str, list[object]], **_: object) -> None:
        if not (data["moves"] or data["swaps"] or data["places"]):
            raise ValidationError("Name at least one move, swap or place.", "moves")


class ReassignmentQuery(Contract):
    """``dry_run=true`` answers the impact and changes nothing."""

    dry_run = fields.Boolean(load_default=False)
    lang = fields.String(load_default=None)


class TerritoryImpact(Contract):
    """What a territory gains or loses. Minutes are an estimate of the work a round of its doors takes."""

    id = fields.String(required=True)
    name = fields.String()
    households_before = fields.Integer()
    households_after = fields.Integer()
    minutes_before = fields.Integer()
    minutes_after = fields.Integer()
    leader_familiar = fields.Boolean(allow_none=True, metadata={"description": "null: it has no leader"})
    leader_familiar_before = fields.Boolean(allow_none=True)


class WarningSchema(Contract):
    """A rule that the change would touch: stable code and sentence."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class DeadlineAtRisk(Contract):
    """A door whose visit would be taken away although a limitation or guarantee period ends soon."""

    household = fields.String(required=True)
    code = fields.String(validate=validate.OneOf(("limitation_near", "guarantee_near")))
    on = fields.String(metadata={"format": "date"})
    days = fields.Integer()


class Impact(Contract):
    """What a change does."""

    households = fields.Integer(required=True, metadata={"description": "Households that change hands"})
    territories = fields.List(fields.Nested(TerritoryImpact), required=True)
    plans_touched = fields.List(fields.String(), required=True)
    stops_withdrawn = fields.Integer()
    shifts_changed = fields.Integer()
    deadlines_at_risk = fields.List(fields.Nested(DeadlineAtRisk), required=True)
    warnings = fields.List(fields.Nested(WarningSchema), required=True)
    minutes_are = fields.String(metadata={"description": "Always 'estimate': no route was planned for this figure"})


class ReassignmentSchema(Contract):
    """The impact; ``version`` of who works where is there once it is committed."""

    id = fields.String()
    impact = fields.Nested(Impact, required=True)
    version = fields.Integer()
