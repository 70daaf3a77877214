"""Publish a plan: from then on phones get it."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem
from api.store.columns import now
from api.store.models import Plan, Team
from api.usecases import audit
from api.usecases.context import store, today
from api.usecases.draw_up_plan import visible_plan
from api.usecases.field_days import rebuild_days
from api.usecases.withdraw import withdraw_unfit


def publish_plan(actor: Actor, plan_id: str) -> Plan:
    """Publish a ready plan; publishing it again changes nothing. Raises 404, 409.

    What no longer fits (a village moved, a person swapped, a household paused since it was drawn up) is
    withdrawn at once.
    """
    with store().write() as session:
        plan = visible_plan(session, actor, plan_id, lock=True)
        if plan.status == "published":
            return plan
        if plan.status != "ready":
            raise Problem(409, "not-ready", _("Only a plan that is ready can be published."))
        plan.status, plan.published_at = "published", now()
        session.flush()
        rebuild_days(session, _teams_of(session, plan), plan.from_date)
        withdraw_unfit(session, today())
        audit.record(session, actor.pseudonym, "plan.published", plan.id, number=plan.number)
        return plan


def _teams_of(session: Session, plan: Plan) -> list[str]:
    return list(session.scalars(select(Team.id).where(Team.territory_id.in_(plan.territories))))
