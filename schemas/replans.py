"""The rest of a day planned again: what happened, how much may change, and what came of it."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import ValidationError, fields, validate

from routing.replan import MayChange
from schemas.base import Clock, Contract, Day, Reference
from schemas.plan_questions import ChangedVisit
from schemas.plans import PlanSummary

_FEW = validate.Length(max=100)
MAY_CHANGE = tuple(choice.value for choice in MayChange)
_MINUTES = validate.Range(min=0, max=24 * 60)


def _a_price(amount: Decimal) -> None:
    # Not a Range: apispec would write its bounds as texts, which is no JSON Schema.
    if not 0 <= amount <= 10**9:
        raise ValidationError("Must be greater than or equal to 0 and less than or equal to 1000000000.")


class TeamWord(Contract):
    """What is known of a team beside its phones' reports."""

    team = Reference(required=True)
    late_min = fields.Integer(
        load_default=None, allow_none=True, validate=_MINUTES,
        metadata={"description": "Minutes behind its plan; null: as its reports tell"},
    )  # fmt: skip
    free_at = Clock(
        load_default=None, allow_none=True, metadata={"description": "When it can go on, HH:MM; null: as it stands"}
    )
    absent = fields.Boolean(load_default=False, metadata={"description": "Goes no further today"})


class AskedVisit(Contract):
    """A visit to put in: an urgent one must be made, another is made where there is room."""

    household = Reference(required=True)
    urgent = fields.Boolean(load_default=True)


class ClosedRoad(Contract):
    """The direct way between two villages, closed in both directions; null is where the teams start."""

    village = Reference(required=True)
    to = Reference(load_default=None, allow_none=True)


class NewReplan(Contract):
    """What happened on a published day, and how much of its rest may change.

    Where the teams stand is derived from what they reported, and from the plan where nothing is heard of them;
    ``teams`` says otherwise. ``may_change``: ``nothing`` (visits are only put in, or left out where the day no
    longer holds them), ``order`` (each visit stays with its team), ``teams`` (all).
    """

    territory = Reference(required=True)
    date = Day(load_default=None, allow_none=True, metadata={"description": "By default today"})
    at = Clock(load_default=None, allow_none=True, metadata={"description": "The time of day; by default now"})
    teams = fields.List(fields.Nested(TeamWord), load_default=list, validate=_FEW)
    absent_people = fields.List(Reference(), load_default=list, validate=_FEW)
    visits = fields.List(fields.Nested(AskedVisit), load_default=list, validate=_FEW)
    closed_villages = fields.List(Reference(), load_default=list, validate=_FEW)
    closed_roads = fields.List(fields.Nested(ClosedRoad), load_default=list, validate=_FEW)
    pinned = fields.List(
        Reference(), load_default=list, validate=_FEW,
        metadata={"description": "Stops (ids) that stay with their team and must be made"},
    )  # fmt: skip
    may_change = fields.String(required=True, validate=validate.OneOf(MAY_CHANGE))
    price = fields.Decimal(
        load_default=None, allow_none=True, places=2, as_string=True, allow_nan=False,
        validate=_a_price,
        metadata={"description": "What a change of team or order costs, currency units; by default that of the rules"},
    )  # fmt: skip
    expect = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=64),
        metadata={"description": "`digest` of the preview that was accepted: another outcome is not stored, 409"},
    )  # fmt: skip


class ReplanQuery(Contract):
    """``dry_run=true`` answers what would change and stores nothing."""

    dry_run = fields.Boolean(load_default=False)
    lang = fields.String(load_default=None, validate=validate.Length(max=20))


class ReplanChange(ChangedVisit):
    """A visit that changes, and why."""

    code = fields.String(required=True)
    sentence = fields.String(required=True)


class TeamStands(Contract):
    """Where a team stands: stops done or begun, stops still to come, and when it goes on."""

    team = fields.String(required=True)
    team_name = fields.String()
    begun = fields.Integer(required=True)
    to_come = fields.Integer(required=True)
    goes_on_at = fields.String(allow_none=True, metadata={"description": "HH:MM; null: it goes no further"})


class ReplanSchema(Contract):
    """What changes in the rest of the day, and why. ``plan`` is there once it is stored and published.

    Of the stops that were still to come (``of``), ``kept`` keep team and order. Figures are after less before.
    """

    plan = fields.Nested(PlanSummary, allow_none=True)
    digest = fields.String(required=True, metadata={"description": "Send it as `expect` to accept just this"})
    at = fields.String(required=True)
    teams = fields.List(fields.Nested(TeamStands), required=True)
    added = fields.List(fields.Nested(ReplanChange), required=True)
    removed = fields.List(fields.Nested(ReplanChange), required=True)
    moved = fields.List(fields.Nested(ReplanChange), required=True)
    reordered = fields.List(fields.Nested(ReplanChange), required=True)
    retimed = fields.List(fields.Nested(ReplanChange), required=True)
    left_out = fields.List(
        fields.Nested(ReplanChange), required=True,
        metadata={"description": "Visits that were asked for and cannot be made today, with the reason"},
    )  # fmt: skip
    kept = fields.Integer(required=True)
    of = fields.Integer(required=True)
    value = fields.String(required=True)
    drive_min = fields.Integer(required=True)
    walk_min = fields.Integer(required=True)
    km = fields.Float(required=True)


class FieldReplanSchema(ReplanSchema):
    """What changes in the rest of one's own team's day. ``plan_version`` is there once phones get it."""

    class Meta(Contract.Meta):
        exclude = ("plan", "value")

    plan_version = fields.Integer(allow_none=True)


class NewFieldReplan(Contract):
    """What happened to one's own team today. Its visits stay with it: those that no longer fit are left out."""

    at = Clock(load_default=None, allow_none=True, metadata={"description": "The time of day; by default now"})
    late_min = fields.Integer(load_default=None, allow_none=True, validate=_MINUTES)
    closed_villages = fields.List(Reference(), load_default=list, validate=_FEW)
    may_change = fields.String(
        load_default=MayChange.NOTHING.value,
        validate=validate.OneOf((MayChange.NOTHING.value, MayChange.ORDER.value)),
    )
    expect = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
