"""/api/v1/plans"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.usecases import compare_plans, draw_up_plan, publish_plan, question_plan, read_plans, replan_day
from schemas.plan_questions import CheckedPlan, DifferencesQuery, DifferencesSchema, FitsQuery, FitsSchema, HandMadePlan
from schemas.plans import (
    NewPlan,
    OnePlanQuery,
    PlanPage,
    PlanQuery,
    PlanSchema,
    PlanSummary,
    PublishQuery,
    UnplannedPage,
    UnplannedQuery,
)
from schemas.replans import NewReplan, ReplanQuery, ReplanSchema

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
    """Ask for a plan of one to twenty working days; follow its Location until it is ready"""
    plan = draw_up_plan.request_plan(me(), new)
    return read_plans.summary(plan), 202, {"Location": f"/api/v1/plans/{plan.id}"}


@blp.route("/<plan_id>", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(OnePlanQuery, location="query")
@blp.response(200, PlanSchema)
def get_plan(query: dict[str, Any], plan_id: str) -> Any:
    """Get a plan: status, progress, figures, routes (of one day with date)"""
    return read_plans.one_plan(me(), plan_id, query["date"])


@blp.route("/<plan_id>/unplanned", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(UnplannedQuery, location="query")
@blp.response(200, UnplannedPage)
def list_unplanned(query: dict[str, Any], plan_id: str) -> Any:
    """List the visits that were wanted and left out, each with its reason"""
    return read_plans.list_unplanned(me(), plan_id, query)


@blp.route("/<plan_id>/fits", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(FitsQuery, location="query")
@blp.response(200, FitsSchema)
def fits(query: dict[str, Any], plan_id: str) -> Any:
    """Say where a household's visit is, or would fit, what would give way for it, or which rule keeps it out"""
    return question_plan.fits(me(), plan_id, query["household"])


@blp.route("/<plan_id>/check", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(HandMadePlan)
@blp.response(200, CheckedPlan)
def check(hand_made: dict[str, Any], plan_id: str) -> Any:
    """Judge routes made by hand: their times, and every rule that they break; nothing is stored"""
    return question_plan.check_by_hand(me(), plan_id, hand_made)


@blp.route("/<plan_id>/differences", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(DifferencesQuery, location="query")
@blp.response(200, DifferencesSchema)
def differences(query: dict[str, Any], plan_id: str) -> Any:
    """Say what changed since another plan"""
    return compare_plans.compare_plans(me(), plan_id, query["since"])


@blp.route("/<plan_id>/publish", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(PublishQuery, location="query")
@blp.response(200, PlanSummary)
def publish(query: dict[str, Any], plan_id: str) -> Any:
    """Publish a plan, or its days up to one: phones get them from now on"""
    return read_plans.summary(publish_plan.publish_plan(me(), plan_id, query["until"]))


@blp.route("/<plan_id>/replans", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(ReplanQuery, location="query")
@blp.arguments(NewReplan)
@blp.alt_response(200, schema=ReplanSchema, description="What would change (dry run): nothing was stored")
@blp.response(201, ReplanSchema)
def replan(query: dict[str, Any], new: dict[str, Any], plan_id: str) -> Any:
    """Show what changes if the rest of a published day is planned again (dry_run), or publish it

    Send the preview's digest as `expect` to publish only what you have seen.
    """
    done = replan_day.replan_day(me(), plan_id, new, dry_run=query["dry_run"])
    if query["dry_run"]:
        return done, 200
    return done, 201, {"Location": f"/api/v1/plans/{done['plan']['id']}"}


@blp.route("/<plan_id>/cancel", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.response(200, PlanSummary)
def cancel(plan_id: str) -> Any:
    """Stop a plan that is queued or being drawn up"""
    return read_plans.summary(draw_up_plan.cancel_plan(me(), plan_id))
