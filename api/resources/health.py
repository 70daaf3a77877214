"""/healthz, /readyz, /metrics: for those who operate the service."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from api import metrics
from api.auth.guard import public
from api.usecases.check_readiness import require_ready
from schemas.health import HealthSchema

blp = Blueprint("health", __name__, description="For those who operate the service")


@blp.route("/healthz", methods=["GET"])
@public
@blp.response(200, HealthSchema)
def is_alive() -> Any:
    """Say that the process answers"""
    return {"status": "ok"}


@blp.route("/readyz", methods=["GET"])
@public
@blp.response(200, HealthSchema)
def is_ready() -> Any:
    """Say whether the database answers and holds the current schema (503 if not)"""
    require_ready()
    return {"status": "ok"}


@blp.route("/metrics", methods=["GET"])
@public
@blp.response(200, {"type": "string"}, content_type="text/plain")
def show_metrics() -> Any:
    """Show counts and times of requests in Prometheus' text format; no personal data is in them"""
    body, kind = metrics.render()
    return Response(body, content_type=kind)
