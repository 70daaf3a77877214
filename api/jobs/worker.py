"""The worker process: takes queued plans one after the other, survives being killed at any moment."""

from __future__ import annotations

import os
import signal
import threading
import time

import structlog
from dbos import DBOS, DBOSConfig, SetWorkflowID
from flask import Flask

from api.jobs.serializer import JsonSerializer
from api.settings import Settings
from api.usecases import draw_up_plan

log = structlog.get_logger()
POLL_SECONDS = 0.25
_app: Flask | None = None


@DBOS.workflow()
def plan_workflow(plan_id: str) -> str:
    """Draw up one plan: a step for each batch of territories, so that a restart goes on where it was."""
    try:
        for batch in _territories(plan_id):
            _solve(plan_id, batch)
        return _finish(plan_id)
    except Exception as error:
        log.error("plan failed", plan=plan_id, error=type(error).__name__, exc_info=error)
        return _fail(plan_id, error)


@DBOS.step()
def _territories(plan_id: str) -> list[list[str]]:
    with _context():
        return draw_up_plan.begin(plan_id)


@DBOS.step()
def _solve(plan_id: str, territories: list[str]) -> None:
    with _context():
        draw_up_plan.solve_territories(plan_id, territories)


@DBOS.step()
def _finish(plan_id: str) -> str:
    with _context():
        return draw_up_plan.finish(plan_id)


def _fail(plan_id: str, error: Exception) -> str:
    with _context():
        return draw_up_plan.fail(plan_id, error)


def _context():  # type: ignore[no-untyped-def]
    assert _app is not None
    return _app.app_context()


def _configuration(settings: Settings) -> DBOSConfig:
    return {
        "name": "rounds",
        "system_database_url": settings.jobs_url,
        # Pinned: recovery only takes up work of the same version and executor.
        "application_version": "1",
        "executor_id": "worker",
        "serializer": JsonSerializer(),
        "log_level": "WARNING",
        "enable_otlp": False,
    }


def run(app: Flask, stop: threading.Event | None = None) -> None:
    """Work until SIGTERM, SIGINT or ``stop``. One worker per database.

    As a process it leaves a plan under way at once and where it stands: whatever a step returned or raised now
    would be kept as its result, while a step that never ended is taken up by the next worker.
    """
    global _app
    _app = app
    stop = stop or threading.Event()
    is_process = threading.current_thread() is threading.main_thread()
    if is_process:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda _signal, _frame: stop.set())
    DBOS(config=_configuration(app.config["SETTINGS"]))
    DBOS.launch()
    log.info("worker ready")
    try:
        while not stop.is_set():
            busy = _take_next(app)
            stop.wait(POLL_SECONDS if not busy else POLL_SECONDS / 5)
        if is_process and _is_busy(app):
            log.info("worker leaves a plan to the next one")
            os._exit(0)  # the kernel ends the solvers with it
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=app.config["SETTINGS"].plan_limit_seconds)
        app.extensions["store"].dispose()


def _is_busy(app: Flask) -> bool:
    with app.app_context():
        return bool(draw_up_plan.running_plans())


def _take_next(app: Flask) -> bool:
    """Start the oldest queued plan unless one is under way; end plans whose workflow is gone."""
    with app.app_context():
        running = draw_up_plan.running_plans()
        for plan_id in running:
            status = DBOS.get_workflow_status(plan_id)
            if status is None or status.status not in ("PENDING", "ENQUEUED", "DELAYED"):
                draw_up_plan.fail(plan_id, draw_up_plan.WorkerLost())
        if running:
            return False
        waiting = draw_up_plan.next_queued()
        if waiting is None:
            return False
        with SetWorkflowID(waiting):
            DBOS.start_workflow(plan_workflow, waiting)
        _await_start(waiting)
        return True


def _await_start(plan_id: str) -> None:
    for _ in range(200):
        if draw_up_plan.status_of(plan_id) != "queued":
            return
        time.sleep(0.05)
