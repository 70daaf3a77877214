"""One JSON line per request and event, without a name, number or address of anybody."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

from api.store.ids import new_id

log = structlog.get_logger()


def configure() -> None:
    """Set up structlog: JSON lines on standard error, moments in UTC."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def init_app(app: Flask) -> None:
    """Log every request by its route (never its path: ids and queries stay out) and its outcome."""

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()
        g.request_id = new_id()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        rule = request.url_rule.rule if request.url_rule else "-"
        if not rule.startswith(("/static", "/healthz")):
            facts: dict[str, Any] = {"status": response.status_code, "request": g.get("request_id")}
            facts["ms"] = round((time.perf_counter() - g.get("begun", time.perf_counter())) * 1000, 1)
            actor = g.get("actor")
            if actor is not None:
                facts["by"] = actor.pseudonym
            log.info("request", method=request.method, route=rule, **facts)
        return response
