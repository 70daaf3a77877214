"""/api/v1/work-items"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import required_version
from api.usecases import work_items
from schemas.work_items import NewDecision, WorkCountQuery, WorkCounts, WorkItemPage, WorkItemQuery, WorkItemSchema

blp = Blueprint("work-items", __name__, url_prefix="/api/v1/work-items", description="What waits for a person to judge")


@blp.route("", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(WorkItemQuery, location="query")
@blp.response(200, WorkItemPage)
def list_work_items(query: dict[str, Any]) -> Any:
    """List what waits for you to judge, kind by kind (settled=true: what was decided)"""
    return work_items.list_items(me(), query)


@blp.route("/counts", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(WorkCountQuery, location="query")
@blp.response(200, WorkCounts)
def count_work_items(query: dict[str, Any]) -> Any:
    """Count what waits for you, by kind"""
    return work_items.count_items(me(), query["branch"])


@blp.route("/<kind>/<item_id>/settlement", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(NewDecision)
@blp.response(200, WorkItemSchema)
def settle(new: dict[str, Any], kind: str, item_id: str) -> Any:
    """Settle an item with one of its choices, or reopen it (send its version as If-Match)"""
    item = work_items.settle(me(), kind, item_id, new["choice"], new["note"], required_version())
    return item, 200, {"ETag": f'"{item["version"]}"'}
