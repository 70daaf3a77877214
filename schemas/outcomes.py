"""Outcomes as the office reads them."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Contract, Day, PageQuery, page_of


class OutcomeSchema(Contract):
    """What happened at a door. The note stays with those who need the household's record."""

    id = fields.String(required=True)
    household = fields.String(required=True)
    name = fields.String(metadata={"description": "Masked"})
    village = fields.String(allow_none=True)
    village_name = fields.String(allow_none=True)
    team = fields.String(allow_none=True)
    team_name = fields.String(allow_none=True)
    stop = fields.String(allow_none=True)
    plan_version = fields.Integer(allow_none=True)
    kind = fields.String(required=True)
    device_time = fields.AwareDateTime(metadata={"description": "By the phone's clock"})
    server_time = fields.AwareDateTime(metadata={"description": "When it arrived here"})
    promise_on = fields.Date(allow_none=True)
    promise_amount = fields.Decimal(as_string=True, places=2, allow_none=True)
    paid_amount = fields.Decimal(as_string=True, places=2, allow_none=True)
    review = fields.String(
        allow_none=True, metadata={"description": "Why a person must look: conflict or reassigned; null: nothing open"}
    )


class OutcomeQuery(PageQuery):
    """``date``: the day, in the county's time zone, on which the outcomes arrived."""

    date = Day(load_default=None)


OutcomePage = page_of(OutcomeSchema)
