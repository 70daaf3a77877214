"""Questions about a plan: where a visit would fit, what is wrong with a plan made by hand, what changed."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract, Day, Reference

TRAVEL_NOTE = {"description": "Said where ways are not reckoned as in the plan: its roads are gone or answer otherwise"}


class FitsQuery(Contract):
    """The household that is asked about."""

    household = Reference(required=True)


class VisitInPlan(Contract):
    """A visit by its household; names are masked."""

    household = fields.String(required=True)
    name = fields.String(metadata={"description": "Masked"})
    village_name = fields.String(allow_none=True)
    value = fields.String()
    to_team_name = fields.String(allow_none=True, metadata={"description": "The team that it moves to, if it moves"})


class FitSchema(Contract):
    """A place in the plan where the visit works, and what would have to give way for it.

    It was tried and works as it stands here; a cheaper way may exist.
    """

    team = fields.String(required=True)
    team_name = fields.String()
    date = fields.Date(required=True)
    arrival = fields.String(metadata={"description": "HH:MM, county time"})
    leave = fields.String()
    after = fields.Nested(VisitInPlan, allow_none=True, metadata={"description": "The stop before it; null: the first"})
    cost = fields.String(metadata={"description": "Worth of the visits that lose their place, currency units"})
    displaced = fields.List(fields.Nested(VisitInPlan))
    moved = fields.List(fields.Nested(VisitInPlan))
    extra_min = fields.Integer(metadata={"description": "Travel more (or less) than now, minutes"})
    summary = fields.String(metadata={"description": "The same as one sentence"})


class RelaxationSchema(Contract):
    """A rule that, relaxed alone, would let the visit in: shown by calculating without it."""

    code = fields.String(required=True)
    sentence = fields.String(required=True)


class FitsSchema(Contract):
    """Where a household's visit is, or would fit.

    ``planned``: where it stands now. ``impossible``: the rule that keeps it out of every shift, whatever else
    is planned; ``would_do`` then names the rules that are the cause. Else ``fits``, the cheapest first.
    """

    household = fields.String(required=True)
    value = fields.String(allow_none=True)
    planned = fields.List(fields.String(), metadata={"description": "Where it is planned, as sentences"})
    travel_note = fields.String(allow_none=True, metadata=TRAVEL_NOTE)
    impossible = fields.String(allow_none=True)
    would_do = fields.List(fields.Nested(RelaxationSchema))
    fits = fields.List(fields.Nested(FitSchema))


class HandMadeRoute(Contract):
    """One team's day as somebody would have it: households in order."""

    team = Reference(required=True)
    date = Day(required=True)
    households = fields.List(Reference(), required=True, validate=validate.Length(max=500))


class HandMadePlan(Contract):
    """Routes to be judged in place of the plan's; a team that is not named keeps its route."""

    routes = fields.List(fields.Nested(HandMadeRoute), required=True, validate=validate.Length(min=1, max=500))


class ViolationSchema(Contract):
    """A rule that the plan breaks."""

    code = fields.String(required=True)
    sentence = fields.String(required=True)
    team = fields.String(allow_none=True)
    date = fields.Date(allow_none=True)
    household = fields.String(allow_none=True)


class CheckedRoute(Contract):
    """The times that come about."""

    team = fields.String(required=True)
    team_name = fields.String()
    date = fields.Date(required=True)
    start = fields.String()
    end = fields.String()
    drive_min = fields.Integer()
    walk_min = fields.Integer()
    km = fields.Float()
    arrivals = fields.List(fields.String())


class CheckedPlan(Contract):
    """What the independent checker says, the times, and the worth against the plan's own."""

    violations = fields.List(fields.Nested(ViolationSchema))
    routes = fields.List(fields.Nested(CheckedRoute))
    travel_note = fields.String(allow_none=True, metadata=TRAVEL_NOTE)
    value = fields.String()
    value_difference = fields.String(metadata={"description": "Against the plan as it is, currency units"})


class DifferencesQuery(Contract):
    """The earlier plan."""

    since = Reference(required=True, metadata={"description": "The plan to compare with"})


class ChangedVisit(VisitInPlan):
    """A visit that changed, and how."""

    team_name = fields.String(allow_none=True)
    before_team_name = fields.String(allow_none=True)
    arrival = fields.String(allow_none=True)
    before_arrival = fields.String(allow_none=True)


class DifferencesSchema(Contract):
    """From an earlier plan to this one: visits added, removed, with another team, elsewhere in the order, retimed.

    Figures are this plan's less the earlier one's.
    """

    added = fields.List(fields.Nested(ChangedVisit))
    removed = fields.List(fields.Nested(ChangedVisit))
    moved = fields.List(fields.Nested(ChangedVisit))
    reordered = fields.List(fields.Nested(ChangedVisit))
    retimed = fields.List(fields.Nested(ChangedVisit))
    value = fields.String()
    drive_min = fields.Integer()
    walk_min = fields.Integer()
    km = fields.Float()
