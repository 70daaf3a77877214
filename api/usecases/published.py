"""Which days of which plans were published, and which plan holds."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from api.store.models import Plan, PlanDay, Route


def route_is_published() -> ColumnElement[bool]:
    """Return the condition that a route's day of its plan was published, whichever plan holds now."""
    return exists().where(PlanDay.plan_id == Route.plan_id, PlanDay.date == Route.date)


def newest_published(session: Session, territory_id: str, on: date) -> Plan | None:
    """Return the plan whose day was published last for a territory: the one that holds on that day."""
    query = (
        select(Plan)
        .join(PlanDay, PlanDay.plan_id == Plan.id)
        .where(PlanDay.date == on)
        .order_by(PlanDay.published_at.desc(), Plan.number.desc())
    )
    return next((plan for plan in session.scalars(query) if territory_id in plan.territories), None)
