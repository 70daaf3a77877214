"""Counts and times of requests for Prometheus, by route and status: never a path, name or address.

With several gunicorn workers each writes to a folder of its own kind (PROMETHEUS_MULTIPROC_DIR, wiped by
gunicorn.conf.py at start) and whichever worker is asked adds them up.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"))

if _FOLDER in os.environ:
    Path(os.environ[_FOLDER]).mkdir(parents=True, exist_ok=True)

REQUESTS = Counter("rounds_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "rounds_request_seconds", "Seconds from a request to its answer.", ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Count every request by its route (the pattern, not the path)."""

    @app.before_request
    def begin() -> None:
        g.metrics_begun = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        # Whoever calls chooses the method's name: only known ones become a series.
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(method, route).observe(time.perf_counter() - g.get("metrics_begun", time.perf_counter()))
        return response


def render() -> tuple[bytes, str]:
    """Return all metrics in Prometheus' text format, and its media type."""
    registry = REGISTRY
    if _FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return generate_latest(registry), CONTENT_TYPE_LATEST
