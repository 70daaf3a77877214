"""Publish a plan, or its first days: from then on phones get them."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem, invalid
from api.store.columns import now
from api.store.models import Plan, PlanDay, Team
from api.usecases import audit
from api.usecases.context import store, today
from api.usecases.draw_up_plan import visible_plan
from api.usecases.field_days import rebuild_days
from api.usecases.withdraw import withdraw_unfit
from routing.period import Period


def publish_plan(actor: Actor, plan_id: str, until: date | None = None) -> Plan:
    """Publish a ready plan from its first day to ``until`` (all of it if not given). Raises 404, 409, 422.

    The other days stay a draft and can be published later; days that are published already stay as they are.
    What no longer fits (a village moved, a person swapped, a household paused since it was drawn up) is
    withdrawn at once.
    """
    with store().write() as session:
        plan = visible_plan(session, actor, plan_id, lock=True)
        if plan.status not in ("ready", "published"):
            raise Problem(409, "not-ready", _("Only a plan that is ready can be published."))
        last = plan.to_date if until is None else until
        if not plan.from_date <= last <= plan.to_date:
            raise invalid("until", "invalid", _("This day is not in the plan."))
        publish_days(session, actor, plan, last)
        return plan


def publish_days(session: Session, actor: Actor, plan: Plan, last: date) -> None:
    """Publish those of a plan's days up to ``last`` that are not yet, inside the caller's transaction."""
    published = {day.date for day in plan.days}
    days = [day for day in Period(plan.from_date, last).days if day not in published]
    if not days:
        return
    at = now()
    plan.status, plan.published_at = "published", plan.published_at or at
    plan.days += [PlanDay(plan_id=plan.id, date=day, published_at=at) for day in days]
    session.flush()
    teams = _teams_of(session, plan)
    for day in days:
        rebuild_days(session, teams, day)
    withdraw_unfit(session, today())
    audit.record(
        session, actor.pseudonym, "plan.published", plan.id,
        number=plan.number, first=days[0].isoformat(), last=days[-1].isoformat(),
    )  # fmt: skip


def _teams_of(session: Session, plan: Plan) -> list[str]:
    return list(session.scalars(select(Team.id).where(Team.territory_id.in_(plan.territories))))
