"""Plans as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from routing.period import MOST_DAYS
from schemas.base import PRECISIONS, Clock, Contract, Day, LanguageQuery, PageQuery, Reference, page_of

STATUSES = ("queued", "running", "ready", "published", "failed", "cancelled")


class NewPlan(Contract):
    """Ask for a plan of the days ``from`` … ``to`` for some territories, by default all of one's area.

    At most 28 days in a row with at most 20 working days (days on which one of these teams has a shift).
    """

    from_date = Day(required=True, data_key="from")
    to_date = Day(required=True, data_key="to")
    territories = fields.List(Reference(), load_default=None, allow_none=True, validate=validate.Length(min=1, max=500))
    seconds = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1, max=300))
    seed = fields.Integer(load_default=1, validate=validate.Range(min=0, max=2**31 - 1))

    @validates_schema
    def a_period(self, data: dict[str, Any], **_: object) -> None:
        days = (data["to_date"] - data["from_date"]).days + 1
        if days < 1:
            raise ValidationError("The last day comes before the first; let to be from or later.", "to")
        if days > MOST_DAYS:
            raise ValidationError("A plan covers at most four weeks; let to be 27 days after from or earlier.", "to")


class TerritoryProgress(Contract):
    """How far a territory under way is, and the value found so far (currency units)."""

    territory = fields.String(required=True)
    percent = fields.Integer(required=True)
    value = fields.String(required=True)


class ProgressSchema(Contract):
    """How far the planner is: territories done and under way, and the value found so far (currency units)."""

    done = fields.Integer()
    of = fields.Integer()
    value = fields.String()
    under_way = fields.List(fields.Nested(TerritoryProgress))


class DayFigures(Contract):
    """The figures of a plan's routes; value in currency units, times in minutes, ``routes`` counts team-days."""

    date = fields.String(metadata={"description": "The day, among the days of a plan"})
    planned = fields.Integer()
    value = fields.String()
    drive_min = fields.Integer()
    walk_min = fields.Integer()
    km = fields.Float()
    villages = fields.Integer()
    teams = fields.Integer()
    routes = fields.Integer()


class FiguresSchema(DayFigures):
    """The figures of a plan, as a whole and by day (days without a route are left out)."""

    class Meta(Contract.Meta):
        exclude = ("date",)

    unplanned = fields.Integer()
    not_wanted = fields.Integer()
    by_day = fields.List(fields.Nested(DayFigures))


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
    """A team whose shift on a day was not offered, and the rule it breaks."""

    team = fields.String(required=True)
    territory = fields.String()
    date = fields.String()
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
    replans = fields.String(
        allow_none=True, metadata={"description": "The plan whose day this one plans again from the middle on"}
    )
    published_days = fields.List(fields.Date(), metadata={"description": "Days that phones have; others are a draft"})


class PlanSchema(PlanSummary):
    """A plan with its routes, of all its days or of the one asked for."""

    superseded_by = fields.Integer(
        allow_none=True,
        metadata={"description": "Version of the newest later plan for days of this one that are still a draft"},
    )
    routes = fields.List(fields.Nested(PlannedRoute))


class UnplannedSchema(Contract):
    """A visit that was wanted on some day from ``from`` to ``until`` and left out: a stable code, and the sentence."""

    household = fields.String(required=True)
    village = fields.String(allow_none=True)
    village_name = fields.String(allow_none=True)
    territory = fields.String(allow_none=True)
    name = fields.String(metadata={"description": "Masked"})
    from_date = fields.Date(data_key="from")
    to_date = fields.Date(data_key="until")
    value = fields.String()
    code = fields.String(required=True)
    reason = fields.String(required=True)
    wanted_because = fields.List(fields.String())


class PlanQuery(PageQuery):
    """Filters of the list of plans: those of a ``date``, or of any day ``from`` … ``until``."""

    date = Day(load_default=None)
    from_date = Day(load_default=None, data_key="from")
    until = Day(load_default=None)
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class OnePlanQuery(LanguageQuery):
    """One day of a plan."""

    date = Day(load_default=None)


class PublishQuery(LanguageQuery):
    """Publish up to a day; without it all of the plan."""

    until = Day(load_default=None)


class UnplannedQuery(PageQuery):
    """Filters of the visits left out."""

    code = fields.String(load_default=None, validate=validate.Length(max=60))
    territory = Reference(load_default=None)


PlanPage = page_of(PlanSummary)
UnplannedPage = page_of(UnplannedSchema)
