"""Draw up a plan: asked for by a coordinator, done by the worker in steps that can be repeated.

Every step deletes what it wrote before and writes anew, so a worker that was killed goes on safely.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date, timedelta
from threading import Lock
from typing import Any

import structlog
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import invalid, not_found
from api.store.columns import now
from api.store.models import Plan, Shift, Stop, Team, Territory
from api.usecases import audit, drawn_problems, rows
from api.usecases.context import settings, store
from api.usecases.gather_problem import gather
from api.usecases.store_plan import (
    doors_outside_territories,
    figures_of,
    money,
    store_doors_outside_territories,
    store_territory,
)
from api.usecases.travel import noted, parameters, roads_in_use, source_of, travel_for
from routing import problem as planning
from routing.check import check
from routing.period import Period
from routing.rules import load_rules
from routing.solve.options import SolveOptions
from routing.solve.process import SolveCancelled, SolverCrashed, SolverFailed, SolverTimedOut, solve_in_child
from routing.travel.parameters import TravelParameters
from routing.travel.table import name_beyond_roads
from routing.travel.ways import ways_of

log = structlog.get_logger()
MOST_WORKING_DAYS = 20


class WorkerLost(RuntimeError):
    """The worker died and its job was not taken up again."""


class PlanCancelled(RuntimeError):
    """Somebody asked to stop."""


class PlanRejected(RuntimeError):
    """The independent checker found a rule broken; such a plan is never stored."""


# --- asked for ---------------------------------------------------------------------------------------------------


def request_plan(actor: Actor, new: dict[str, Any]) -> Plan:
    """Queue a plan for the actor's territories. Raises 422 for a territory that is not theirs, or too many days."""
    with store().write() as session:
        if new["territories"] is None:
            query = select(Territory).where(Territory.branch_id.in_(actor.branches)).order_by(Territory.id)
            territories = list(session.scalars(query))
        else:
            territories = [
                rows.referenced(session, Territory, id_, actor, f"territories.{position}")
                for position, id_ in enumerate(dict.fromkeys(new["territories"]))
            ]
        _not_too_many_days(session, [territory.id for territory in territories], new["from_date"], new["to_date"])
        whole = new["territories"] is None
        plan = Plan(
            number=next_number(session),
            from_date=new["from_date"],
            to_date=new["to_date"],
            territories=[territory.id for territory in territories],
            branches=sorted(actor.branches if whole else {territory.branch_id for territory in territories}),
            progress={"done": 0, "of": len(territories), "value": "0.00", "under_way": []},
            options={"seconds": new["seconds"], "seed": new["seed"], "whole": whole},
            by=actor.pseudonym,
            days=[],
        )
        session.add(plan)
        session.flush()
        audit.record(session, actor.pseudonym, "plan.requested", plan.id)
        return plan


def _not_too_many_days(session: Session, territories: list[str], first: date, last: date) -> None:
    """A plan has at most so many working days: days on which some team of these territories has a shift."""
    query = (
        select(func.count(Shift.date.distinct()))
        .join(Team, Team.id == Shift.team_id)
        .where(Team.active, Team.territory_id.in_(territories), Shift.date.between(first, last))
    )
    if (session.scalar(query) or 0) > MOST_WORKING_DAYS:
        raise invalid("to", "too-many-days", _("A plan covers at most %(most)s working days.", most=MOST_WORKING_DAYS))


def next_number(session: Session) -> int:
    """Return the number of the next plan. Call it while writing: two plans never share one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(7201)))
    return (session.scalar(select(func.max(Plan.number))) or 0) + 1


def cancel_plan(actor: Actor, plan_id: str) -> Plan:
    """Ask a queued or running plan to stop. Raises 404."""
    with store().write() as session:
        plan: Plan = visible_plan(session, actor, plan_id)
        if plan.status == "queued":
            plan.status, plan.finished_at = "cancelled", now()
        elif plan.status == "running":
            plan.cancel_requested = True
        audit.record(session, actor.pseudonym, "plan.cancelled", plan.id)
        return plan


def visible_plan(session: Session, actor: Actor, plan_id: str, lock: bool = False) -> Plan:
    """Return a plan all of whose branches are in the actor's area. Raises 404."""
    plan = session.get(Plan, plan_id, with_for_update=lock)
    if plan is None or not set(plan.branches) <= actor.branches:
        raise not_found()
    return plan


# --- done by the worker ------------------------------------------------------------------------------------------


def next_queued() -> str | None:
    """Return the id of the plan that has waited longest."""
    with store().read() as session:
        return session.scalar(select(Plan.id).where(Plan.status == "queued").order_by(Plan.number).limit(1))


def running_plans() -> list[str]:
    """Return the ids of plans under way."""
    with store().read() as session:
        return list(session.scalars(select(Plan.id).where(Plan.status == "running")))


def status_of(plan_id: str) -> str:
    """Return a plan's status."""
    with store().read() as session:
        return session.get_one(Plan, plan_id).status


def begin(plan_id: str) -> list[list[str]]:
    """Mark a plan as running and return its territories in batches that are solved at the same time."""
    with store().write() as session:
        plan = session.get_one(Plan, plan_id)
        if plan.status not in ("queued", "running"):
            raise PlanCancelled
        plan.status, plan.started_at, plan.heartbeat_at = "running", now(), now()
        plan.rules = {**load_rules(settings().policy).versions, **roads_in_use()}
        plan.options = {**plan.options, "travel": asdict(parameters())}
        size = settings().solve_processes
        territories = plan.territories
    return [territories[start : start + size] for start in range(0, len(territories), size)]


def solve_territories(plan_id: str, territories: Sequence[str]) -> None:
    """Solve these territories at the same time, each in a child process, and store each result."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    progress = _Progress(plan_id)

    def one(territory_id: str) -> None:
        with app.app_context():
            _solve_territory(plan_id, territory_id, progress)

    with ThreadPoolExecutor(max_workers=len(territories) or 1) as pool:
        for done in [pool.submit(one, territory_id) for territory_id in territories]:
            done.result()


def finish(plan_id: str) -> str:
    """Add up the figures of a plan whose territories are done, and mark it ready."""
    with store().read() as session:
        plan = session.get_one(Plan, plan_id)
        outside = doors_outside_territories(session, plan) if plan.options.get("whole") else None
    with store().write() as session:
        plan = session.get_one(Plan, plan_id, with_for_update=True)
        if plan.status != "running":
            return plan.status  # this step is repeated, and somebody may have published the plan meanwhile
        if plan.cancel_requested:
            raise PlanCancelled
        if outside is not None:
            store_doors_outside_territories(session, plan, outside)
        plan.figures = {**plan.figures, **figures_of(session, plan.id)}
        of = len(plan.territories)
        plan.progress = {"done": of, "of": of, "value": plan.figures["value"], "under_way": []}
        plan.status, plan.finished_at = "ready", now()
        log.info("plan ready", plan=plan.id, planned=plan.figures["planned"], unplanned=plan.figures["unplanned"])
        return plan.status


def fail(plan_id: str, error: Exception) -> str:
    """Mark a plan as failed (or cancelled) with a code that says why."""
    codes: dict[type[Exception], str] = {
        SolverTimedOut: "solver_timed_out",
        SolverCrashed: "solver_crashed",
        SolverFailed: "solver_crashed",
        PlanRejected: "plan_rejected",
        WorkerLost: "worker_lost",
    }
    with store().write() as session:
        plan = session.get_one(Plan, plan_id, with_for_update=True)
        if plan.status in ("queued", "running"):
            cancelled = isinstance(error, PlanCancelled | SolveCancelled)
            plan.status = "cancelled" if cancelled else "failed"
            plan.error = None if cancelled else {"code": codes.get(type(error), "unexpected")}
            plan.finished_at = now()
        return plan.status


class _Progress:
    """How far each territory is and the value it has found so far, written at most once a second."""

    def __init__(self, plan_id: str) -> None:
        self.plan_id = plan_id
        self.found: dict[str, dict[str, int]] = {}
        self.lock = Lock()
        self.written = now() - timedelta(seconds=10)

    def report(self, territory_id: str, percent: int, value: int) -> None:
        with self.lock:
            self.found[territory_id] = {"percent": percent, "value": value}
            if now() - self.written < timedelta(seconds=1):
                return
            self.written = now()
            under_way = dict(self.found)
        with store().write() as session:
            plan = session.get_one(Plan, self.plan_id, with_for_update=True)
            stored = session.scalar(select(func.sum(Stop.value)).where(Stop.plan_id == self.plan_id)) or 0
            value = stored + sum(one["value"] for one in under_way.values())
            plan.progress = {
                **plan.progress,
                "value": money(value),
                "under_way": [
                    {"territory": id_, "percent": one["percent"], "value": money(one["value"])}
                    for id_, one in sorted(under_way.items())
                ],
            }
            plan.heartbeat_at = now()

    def done(self, territory_id: str) -> None:
        with self.lock:
            self.found.pop(territory_id, None)

    def cancelled(self) -> bool:
        with store().read() as session:
            return bool(session.scalar(select(Plan.cancel_requested).where(Plan.id == self.plan_id)))


def _solve_territory(plan_id: str, territory_id: str, progress: _Progress) -> None:
    rules = load_rules(settings().policy)
    with store().read() as session:
        plan = session.get_one(Plan, plan_id)
        period, source = Period(plan.from_date, plan.to_date), source_of(plan.rules.get("roads"))
        options, found = plan.options, gather(session, territory_id, period, rules, settings().zone)
    made = travel_for(found.problem, source, TravelParameters(**options["travel"]))
    travel, days = made.travel, _working_days(found.problem, period)
    seconds = float(options.get("seconds") or settings().plan_seconds * (1 + days) / 2)
    solved = solve_in_child(
        found.problem,
        travel,
        SolveOptions(seconds=seconds, seed=options["seed"]),
        hard_limit_seconds=settings().plan_limit_seconds * (1 + days) / 2,
        on_progress=lambda step: progress.report(territory_id, 100 * step.done // step.of, step.value),
        cancelled=progress.cancelled,
    )
    solved = name_beyond_roads(found.problem, travel, solved)
    violations = check(found.problem, travel, solved)
    if violations:
        log.error("plan rejected", plan=plan_id, violations=[violation.code for violation in violations])
        raise PlanRejected
    ways = ways_of(found.problem, travel, solved, source)
    kept = drawn_problems.written(found.problem, solved)
    progress.done(territory_id)
    with store().write() as session:
        if session.get_one(Plan, plan_id, with_for_update=True).cancel_requested:
            raise PlanCancelled
        store_territory(session, plan_id, territory_id, found, solved, ways)
        drawn_problems.keep(session, plan_id, territory_id, kept)
        plan = session.get_one(Plan, plan_id)
        notes = [one for one in plan.figures.get("travel_notes", []) if one["territory"] != territory_id]
        plan.figures = {**plan.figures, "travel_notes": [*notes, *noted(territory_id, made.notes)]}
        under_way = [one for one in plan.progress.get("under_way", []) if one["territory"] != territory_id]
        done = len(plan.figures["not_wanted_by_territory"])
        plan.progress = {**plan.progress, "done": done, "under_way": under_way}
        plan.heartbeat_at = now()


def _working_days(problem: planning.Problem, period: Period) -> int:
    return max(1, len({period.day_of(shift.start) for shift in problem.shifts}))
