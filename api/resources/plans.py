"""/api/v1/plans"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.usecases import draw_up_plan, publish_plan, read_plans
from schemas.plans import NewPlan, PlanPage, PlanQuery, PlanSchema, PlanSummary, UnplannedPage, UnplannedQuery

blp = Blueprint("plans", __name__, url_prefix="/api/v1/plans", description="Plans: ask, watch, publish")


@blp.route("", methods=["GET"])
@allow(Role.COORDINATOR, Role.MANAGER)
@blp.arguments(PlanQuery, location="query")
@blp.response(200, PlanPage)
def list_plans(query: dict[str, Any]) -> Any:
    """List plans, the newest first"""
    return read_plans.list_plans(me(), query)


@blp.route("", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(NewPlan)
@blp.response(202, PlanSummary)
def request_plan(new: dict[str, Any]) -> Any:
    """Ask for a plan of one day; follow its Location until it is ready"""
    plan = draw_up_plan.request_plan(me(), new)
    return read_plans.summary(plan), 202, {"Location": f"/api/v1/plans/{plan.id}"}


@blp.route("/<plan_id>", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.response(200, PlanSchema)
def get_plan(plan_id: str) -> Any:
    """Get a plan: status, progress, figures, routes"""
    return read_plans.one_plan(me(), plan_id)


@blp.route("/<plan_id>/unplanned", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(UnplannedQuery, location="query")
@blp.response(200, UnplannedPage)
def list_unplanned(query: dict[str, Any], plan_id: str) -> Any:
    """List the visits that were wanted and left out, each with its reason"""
    return read_plans.list_unplanned(me(), plan_id, query)


@blp.route("/<plan_id>/publish", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.response(200, PlanSummary)
def publish(plan_id: str) -> Any:
    """Publish a plan: phones get it from now on"""
    return read_plans.summary(publish_plan.publish_plan(me(), plan_id))


@blp.route("/<plan_id>/cancel", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.response(200, PlanSummary)
def cancel(plan_id: str) -> Any:
    """Stop a plan that is queued or being drawn up"""
    return read_plans.summary(draw_up_plan.cancel_plan(me(), plan_id))
