"""Proposals of who works where in the coming periods."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.base import Contract, Day, PageQuery, Reference, page_of
from schemas.reassignments import Impact


class Period(Contract):
    """Days of a rotation period, both included."""

    from_date = Day(required=True, data_key="from")
    to_date = Day(required=True, data_key="to")

    @validates_schema
    def forward(self, data: dict[str, object], **_: object) -> None:
        if data["from_date"] > data["to_date"]:  # type: ignore[operator]
            raise ValidationError("A period ends before it begins.", "to")


class Leave(Contract):
    """A person is away in a period (counted from 1)."""

    person = Reference(required=True)
    period = fields.Integer(required=True, validate=validate.Range(min=1, max=12))


class NewRotationProposal(Contract):
    """Ask for the next periods' groups. Without periods: one, the three months from the first of next month."""

    periods = fields.List(fields.Nested(Period), load_default=list, validate=validate.Length(max=12))
    territories = fields.List(Reference(), load_default=None, allow_none=True, validate=validate.Length(min=1, max=500))
    leave = fields.List(fields.Nested(Leave), load_default=list, validate=validate.Length(max=1000))
    seed = fields.Integer(load_default=1, validate=validate.Range(min=0, max=2**31 - 1))


class ProposedGroup(Contract):
    """Who would work a territory in a period."""

    territory = fields.String(required=True)
    name = fields.String()
    leader = fields.String(required=True)
    members = fields.List(fields.String(), required=True)


class ProposedPeriod(Contract):
    """The groups of one period."""

    from_date = fields.Date(required=True, data_key="from")
    to_date = fields.Date(required=True, data_key="to")
    groups = fields.List(fields.Nested(ProposedGroup), required=True)


class RotationProposalSchema(Contract):
    """A proposal: groups for every period, figures, and what committing it would do."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("ready", "committed")))
    periods = fields.List(fields.Nested(ProposedPeriod), required=True)
    figures = fields.Dict()
    impact = fields.Nested(Impact)
    created_at = fields.DateTime()


class RotationQuery(PageQuery):
    """Paging of proposals."""


RotationPage = page_of(RotationProposalSchema)
