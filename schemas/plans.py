"""Plans as the API takes and gives them."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.base import PRECISIONS, Clock, Contract, Day, PageQuery, Reference, page_of

STATUSES = ("queued", "running", "ready", "published", "failed", "cancelled")


class NewPlan(Contract):
    """Ask for a plan of one day (``from`` = ``to``) for some territories, by default all of one's area."""

    from_date = Day(required=True, data_key="from")
    to_date = Day(required=True, data_key="to")
    territories = fields.List(Reference(), load_default=None, allow_none=True, validate=validate.Length(min=1, max=500))
    seconds = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1, max=300))
    seed = fields.Integer(load_default=1, validate=validate.Range(min=0, max=2**31 - 1))

    @validates_schema
    def one_day(self, data: dict[str, object], **_: object) -> None:
        if data["from_date"] != data["to_date"]:
            raise ValidationError("A plan covers one day: let from and to be the same date.", "to")


class ProgressSchema(Contract):
    """How far the planner is: territories done, and the value found so far (currency units)."""

    done = fields.Integer()
    of = fields.Integer()
    value = fields.String()


class FiguresSchema(Contract):
    """The figures of a plan; value in currency units, times in minutes."""

    planned = fields.Integer()
    unplanned = fields.Integer()
    not_wanted = fields.Integer()
    value = fields.String()
    drive_min = fields.Integer()
    walk_min = fields.Integer()
    km = fields.Float()
    villages = fields.Integer()
    teams = fields.Integer()


LINE = "The road from the stop before as an encoded polyline (5 decimals); null: draw it straight"


class PlannedStop(Contract):
    """A visit in a route. ``reasons`` say why, in the reader's language."""

    id = fields.String(required=True)
    order = fields.Integer(required=True)
    village = fields.String(allow_none=True)
    village_name = fields.String(allow_none=True)
    household = fields.String(required=True)
    name = fields.String(metadata={"description": "Masked"})
    arrival = fields.String(required=True, metadata={"description": "HH:MM, county time"})
    leave = fields.String(required=True)
    value = fields.String()
    reasons = fields.List(fields.String())
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    precision = fields.String(
        validate=validate.OneOf(PRECISIONS),
        metadata={"description": "What the place is that it was planned by; only door and village have lat and lon"},
    )
    line = fields.String(allow_none=True, metadata={"description": LINE})
    withdrawn = fields.Boolean()


class PlannedRoute(Contract):
    """One team's day."""

    team = fields.String(required=True)
    team_name = fields.String()
    territory = fields.String()
    people = fields.List(fields.String())
    date = fields.Date(required=True)
    start = Clock(required=True)
    end = Clock(required=True)
    rest_start = Clock(allow_none=True)
    drive_min = fields.Integer()
    walk_min = fields.Integer()
    km = fields.Float()
    from_place = fields.Dict()
    to_place = fields.Dict()
    line_back = fields.String(allow_none=True, metadata={"description": "As a stop's line, from the last stop"})
    stops = fields.List(fields.Nested(PlannedStop))


class TeamLeftOut(Contract):
    """A team with a shift that was not offered, and the rule it breaks."""

    team = fields.String(required=True)
    territory = fields.String()
    code = fields.String(required=True)
    reason = fields.String(required=True)


class TravelNote(Contract):
    """What a plan had to assume of roads in a territory: a stable code, and the sentence."""

    territory = fields.String(required=True)
    code = fields.String(required=True)
    note = fields.String(required=True)


class PlanSummary(Contract):
    """A plan without its routes. ``version`` is its number: plans are never changed, only followed by others."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    from_date = fields.Date(data_key="from")
    to_date = fields.Date(data_key="to")
    territories = fields.List(fields.String())
    progress = fields.Nested(ProgressSchema)
    figures = fields.Nested(FiguresSchema)
    teams_left_out = fields.List(fields.Nested(TeamLeftOut))
    travel_notes = fields.List(fields.Nested(TravelNote))
    rules = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Versions of what the plan was made by; `roads` names its road data, absent without"},
    )
    error = fields.String(allow_none=True, metadata={"description": "Why it failed, in the reader's language"})
    created_at = fields.DateTime()
    published_at = fields.DateTime(allow_none=True)


class PlanSchema(PlanSummary):
    """A plan with its routes."""

    routes = fields.List(fields.Nested(PlannedRoute))


class UnplannedSchema(Contract):
    """A visit that was wanted and left out: a stable code, and the sentence."""

    household = fields.String(required=True)
    village = fields.String(allow_none=True)
    village_name = fields.String(allow_none=True)
    territory = fields.String(allow_none=True)
    name = fields.String(metadata={"description": "Masked"})
    value = fields.String()
    code = fields.String(required=True)
    reason = fields.String(required=True)
    wanted_because = fields.List(fields.String())


class PlanQuery(PageQuery):
    """Filters of the list of plans."""

    date = Day(load_default=None)
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class UnplannedQuery(PageQuery):
    """Filters of the visits left out."""

    code = fields.String(load_default=None, validate=validate.Length(max=60))
    territory = Reference(load_default=None)


PlanPage = page_of(PlanSummary)
UnplannedPage = page_of(UnplannedSchema)
