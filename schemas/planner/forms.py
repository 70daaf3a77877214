"""The parts of a planner's files, each the JSON of one value object of :mod:`routing.problem`."""

from __future__ import annotations

from typing import Any

import numpy as np
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from routing import problem as planning
from routing.travel import UNREACHABLE, MatrixTravel
from schemas.base import Contract, Day
from schemas.planner.coherence import incoherences
from schemas.planner.kinds import (
    MOST_VALUE,
    FactField,
    Form,
    LegsField,
    NamesField,
    PlaceField,
    moment_field,
    name_field,
    seconds_field,
    value_field,
    whole_field,
)


class ReasonForm(Form):
    """Why something is as it is: a code of docs/reference/reasons.md and its facts."""

    makes = planning.Reason
    code = name_field("Stable code")
    facts = fields.Dict(
        keys=fields.String(), values=FactField(), load_default=dict,
        metadata={"description": "Texts and whole numbers by name"},
    )  # fmt: skip


class WindowForm(Form):
    """Hours in which a call may begin, both ends included."""

    makes = planning.TimeWindow
    open = moment_field("From")
    close = moment_field("Until")

    @validates_schema
    def opens_first(self, data: dict[str, Any], **_: object) -> None:
        if data["open"] > data["close"]:
            raise ValidationError("It closes before it opens; let close be open or later.", "close")


class TownForm(Form):
    """Stands in for a village whose place is not known."""

    makes = planning.Town
    name = name_field("Name for people")
    place = PlaceField("Its centre")
    finding_seconds = seconds_field("Spent on finding the village from there")


class VillageForm(Form):
    """A natural village, whose chosen visits are made in one run by one team."""

    makes = planning.Village
    id = name_field("Its name for this file")
    name = name_field("Name for people", load_default="", validate=validate.Length(max=200))
    place = PlaceField("Where doors without a place of their own are looked for", load_default=None, allow_none=True)
    arrival_seconds = seconds_field("Spent once on every entry: parking, asking the way", load_default=0)
    town = fields.Nested(
        TownForm, load_default=None, allow_none=True,
        metadata={"description": "Stands in where the village has no place"},
    )  # fmt: skip


class VisitForm(Form):
    """A wanted call at one household's door."""

    makes = planning.Visit
    id = name_field("Its name for this file")
    household = name_field("Id of the household; two calls at one door: no way between", attribute="household.id")
    village = name_field(
        "Id of its village; null: none", attribute="household.village", load_default=None, allow_none=True
    )
    place = PlaceField(
        "The door; null: only the village is known", attribute="household.place", load_default=None, allow_none=True
    )
    service = seconds_field("How long the call lasts")
    value = value_field("What the call is worth; at 0 or less it is never planned")
    windows = fields.List(
        fields.Nested(WindowForm), load_default=(), metadata={"description": "When it may begin; empty: any time"}
    )
    shifts = NamesField(
        fields.String(), load_default=None, allow_none=True,
        metadata={"description": "Ids of the only shifts that may make it; null: any"},
    )  # fmt: skip
    worth = fields.Dict(
        keys=fields.String(), values=value_field("On that shift"), load_default=dict,
        metadata={"description": "Value on some shifts, by their ids, in place of `value`; minor unit of the currency"},
    )  # fmt: skip
    skills = NamesField(
        fields.String(), load_default=frozenset(), metadata={"description": "What the team must be able to do"}
    )
    must = fields.Boolean(
        load_default=False, metadata={"description": "Planned before all others whenever a shift can reach it"}
    )
    reasons = fields.List(
        fields.Nested(ReasonForm), load_default=(), metadata={"description": "Why it is wanted; for people"}
    )

    @post_load
    def made(self, data: dict[str, Any], **_: object) -> Any:
        return super().made({**data, "household": planning.Household(**data["household"])})


class RestForm(Form):
    """A break in one piece, wholly between ``earliest`` and ``latest``, between two calls or on the road."""

    makes = planning.Break
    earliest = moment_field("It begins then or later")
    latest = moment_field("It has ended by then")
    seconds = seconds_field("Its length")


class ShiftForm(Form):
    """A team's working time on one day, from leaving ``from_place`` to reaching ``to_place``."""

    makes = planning.Shift
    id = name_field("Its name for this file")
    team = name_field("Id of the team", attribute="team.id")
    people = fields.List(
        fields.String(), load_default=(), attribute="team.people", metadata={"description": "Ids of the team's people"}
    )
    skills = NamesField(
        fields.String(), load_default=frozenset(), attribute="team.skills",
        metadata={"description": "What at least one of its people can, in words of your own: a language, a licence"},
    )  # fmt: skip
    start = moment_field("It leaves then or later")
    end = moment_field("It is back by then")
    from_place = PlaceField("Where it leaves")
    to_place = PlaceField("Where it must be at the end")
    rest = fields.Nested(RestForm, load_default=None, allow_none=True, metadata={"description": "Break; null: none"})
    from_village = name_field("Village it stands in at the start; null: none", load_default=None, allow_none=True)
    overtime = seconds_field("It may be back so much later", load_default=0)
    overtime_rate = whole_field(
        "What an hour of overtime costs; minor unit of the currency (fen)", 0, MOST_VALUE, load_default=0
    )

    @validates_schema
    def ends_after_start(self, data: dict[str, Any], **_: object) -> None:
        if data["end"] < data["start"]:
            raise ValidationError("It ends before it starts; let end be start or later.", "end")

    @post_load
    def made(self, data: dict[str, Any], **_: object) -> Any:
        team = planning.Team(data["team"]["id"], tuple(data["team"]["people"]), data["team"]["skills"])
        return super().made({**data, "team": team})


class MatrixForm(Form):
    """Travel between places given as rows; it need be neither symmetric nor obey the triangle inequality."""

    makes = MatrixTravel
    seconds = LegsField(
        required=True, metadata={"description": "From row to column; seconds, null: no way. Square, arrivals not in it"}
    )
    metres = LegsField(
        load_default=None, allow_none=True, metadata={"description": "Likewise; metres. Null: every way counts 0"}
    )

    @validates_schema
    def same_size(self, data: dict[str, Any], **_: object) -> None:
        if data["metres"] is not None and data["metres"].shape != data["seconds"].shape:
            raise ValidationError("Not of the size of seconds; give both for the same places.", "metres")

    @post_load
    def made(self, data: dict[str, Any], **_: object) -> Any:
        metres = data["metres"] if data["metres"] is not None else np.zeros_like(data["seconds"])
        return MatrixTravel(data["seconds"], metres)


class ProblemForm(Contract):
    """A problem: who works when, who is to be visited, and where."""

    date = Day(required=True, metadata={"description": "The first day, ISO; its midnight is second 0"})
    shifts = fields.List(fields.Nested(ShiftForm), required=True, metadata={"description": "Of all days side by side"})
    villages = fields.List(fields.Nested(VillageForm), load_default=(), metadata={"description": "Named by visits"})
    visits = fields.List(fields.Nested(VisitForm), required=True, metadata={"description": "All that are wanted"})
    matrix = fields.Nested(
        MatrixForm, load_default=None, allow_none=True,
        metadata={"description": "Travel of your own; null: from coordinates. With it every place is a row of it"},
    )  # fmt: skip

    @validates_schema
    def holds_together(self, data: dict[str, Any], **_: object) -> None:
        wrong = incoherences(data)
        if wrong:
            raise ValidationError(wrong)


class StopForm(Form):
    """A visit placed in a route."""

    makes = planning.Stop
    visit = name_field("Id of the visit")
    arrival = moment_field("The call begins")
    leave = moment_field("The call ends")


class RouteForm(Form):
    """One shift's day."""

    makes = planning.Route
    shift = name_field("Id of the shift")
    stops = fields.List(fields.Nested(StopForm), required=True, metadata={"description": "In the order of the way"})
    start = moment_field("The team leaves")
    end = moment_field("The team is back")
    rest_start = moment_field("The break begins; null: there is none", load_default=None, allow_none=True)
    drive_seconds = seconds_field("On the road, arrivals in villages included")
    walk_seconds = seconds_field("On foot inside villages")
    metres = whole_field("Length of the way; metres", 0, UNREACHABLE)


class UnplannedForm(Form):
    """A visit left out, and why."""

    makes = planning.Unplanned
    visit = name_field("Id of the visit")
    reason = fields.Nested(ReasonForm, required=True, metadata={"description": "Why"})


class PlanForm(Form):
    """A plan: routes for shifts that have stops, and a reason for every visit that has none."""

    makes = planning.Plan
    routes = fields.List(fields.Nested(RouteForm), required=True, metadata={"description": "One a shift at most"})
    unplanned = fields.List(fields.Nested(UnplannedForm), required=True, metadata={"description": "All others"})
    value = whole_field("Sum of the planned visits' values; minor unit of the currency", -(2**62), 2**62)
    cost = whole_field("What overtime costs; minor unit of the currency", 0, 2**62, load_default=0)
    engine = name_field("What drew it up")
