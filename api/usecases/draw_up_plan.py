"""Draw up a plan: asked for by a coordinator, done by the worker in steps that can be repeated.

Every step deletes what it wrote before and writes anew, so a worker that was killed goes on safely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Lock
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import not_found
from api.store.columns import now
from api.store.models import Household, Plan, Route, Stop, Territory, Unplanned, Village
from api.usecases import audit, drawn_problems, rows
from api.usecases.context import settings, store
from api.usecases.gather_problem import TerritoryDay, gather
from api.usecases.merges import joined_into
from api.usecases.travel import noted, roads_in_use, source_of, travel_for
from routing import problem as planning
from routing.check import check
from routing.rules import load_rules
from routing.solve.options import SolveOptions
from routing.solve.process import SolveCancelled, SolverCrashed, SolverFailed, SolverTimedOut, solve_in_child
from routing.travel.legs import precision_of
from routing.travel.table import name_beyond_roads
from routing.travel.ways import Way, ways_of

log = structlog.get_logger()


class WorkerLost(RuntimeError):
    """The worker died and its job was not taken up again."""


class PlanCancelled(RuntimeError):
    """Somebody asked to stop."""


class PlanRejected(RuntimeError):
    """The independent checker found a rule broken; such a plan is never stored."""


# --- asked for ---------------------------------------------------------------------------------------------------


def request_plan(actor: Actor, new: dict[str, Any]) -> Plan:
    """Queue a plan for the actor's territories. Raises 422 for a territory that is not theirs."""
    with store().write() as session:
        if new["territories"] is None:
            query = select(Territory).where(Territory.branch_id.in_(actor.branches)).order_by(Territory.id)
            territories = list(session.scalars(query))
        else:
            territories = [
                rows.referenced(session, Territory, id_, actor, f"territories.{position}")
                for position, id_ in enumerate(dict.fromkeys(new["territories"]))
            ]
        whole = new["territories"] is None
        plan = Plan(
            number=next_number(session),
            from_date=new["from_date"],
            to_date=new["to_date"],
            territories=[territory.id for territory in territories],
            branches=sorted(actor.branches if whole else {territory.branch_id for territory in territories}),
            progress={"done": 0, "of": len(territories), "value": "0.00"},
            options={"seconds": new["seconds"], "seed": new["seed"], "whole": whole},
            by=actor.pseudonym,
        )
        session.add(plan)
        session.flush()
        audit.record(session, actor.pseudonym, "plan.requested", plan.id)
        return plan


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
    with store().write() as session:
        plan = session.get_one(Plan, plan_id, with_for_update=True)
        if plan.status != "running":
            return plan.status  # this step is repeated, and somebody may have published the plan meanwhile
        if plan.cancel_requested:
            raise PlanCancelled
        if plan.options.get("whole"):
            _store_doors_outside_territories(session, plan)
        plan.figures = {**plan.figures, **figures_of(session, plan.id)}
        plan.progress = {"done": len(plan.territories), "of": len(plan.territories), "value": plan.figures["value"]}
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
    """Adds up the value that each territory has found so far, and writes it at most once a second."""

    def __init__(self, plan_id: str) -> None:
        self.plan_id = plan_id
        self.values: dict[str, int] = {}
        self.lock = Lock()
        self.written = now() - timedelta(seconds=10)

    def report(self, territory_id: str, value: int) -> None:
        with self.lock:
            self.values[territory_id] = value
            if now() - self.written < timedelta(seconds=1):
                return
            self.written = now()
        with store().write() as session:
            plan = session.get_one(Plan, self.plan_id, with_for_update=True)
            stored = session.scalar(select(func.sum(Stop.value)).where(Stop.plan_id == self.plan_id)) or 0
            plan.progress = {**plan.progress, "value": money(stored + sum(self.values.values()))}
            plan.heartbeat_at = now()

    def cancelled(self) -> bool:
        with store().read() as session:
            return bool(session.scalar(select(Plan.cancel_requested).where(Plan.id == self.plan_id)))


def _solve_territory(plan_id: str, territory_id: str, progress: _Progress) -> None:
    rules = load_rules(settings().policy)
    with store().read() as session:
        plan = session.get_one(Plan, plan_id)
        options, on, source = plan.options, plan.from_date, source_of(plan.rules.get("roads"))
        day = gather(session, territory_id, on, rules, settings().zone)
    made = travel_for(day.problem, source)
    travel = made.travel
    solved = solve_in_child(
        day.problem,
        travel,
        SolveOptions(seconds=float(options.get("seconds") or settings().plan_seconds), seed=options["seed"]),
        hard_limit_seconds=settings().plan_limit_seconds,
        on_progress=lambda _done, _of, value: progress.report(territory_id, value),
        cancelled=progress.cancelled,
    )
    solved = name_beyond_roads(day.problem, travel, solved)
    violations = check(day.problem, travel, solved)
    if violations:
        log.error("plan rejected", plan=plan_id, violations=[violation.code for violation in violations])
        raise PlanRejected
    ways = ways_of(day.problem, travel, solved, source)
    with store().write() as session:
        if session.get_one(Plan, plan_id, with_for_update=True).cancel_requested:
            raise PlanCancelled
        _store_territory(session, plan_id, territory_id, day, solved, ways)
        plan = session.get_one(Plan, plan_id)
        notes = [one for one in plan.figures.get("travel_notes", []) if one["territory"] != territory_id]
        plan.figures = {**plan.figures, "travel_notes": [*notes, *noted(territory_id, made.notes)]}
        plan.progress = {**plan.progress, "done": len(plan.figures["not_wanted_by_territory"])}
        plan.heartbeat_at = now()
    progress.values.pop(territory_id, None)


def _store_territory(
    session: Session,
    plan_id: str,
    territory_id: str,
    day: TerritoryDay,
    solved: planning.Plan,
    ways: Mapping[str, Sequence[Way]],
) -> None:
    _forget_territory(session, plan_id, territory_id)
    drawn_problems.keep(session, plan_id, territory_id, day.problem, solved)
    visits = {visit.id: visit for visit in day.problem.visits}
    shifts = {shift.id: shift for shift in day.problem.shifts}
    # Somebody may have joined two villages while the planner was at work.
    joined = joined_into(session, session.get_one(Plan, plan_id).branches)
    for found in solved.routes:
        shift = shifts[found.shift]
        *to_stops, back = ways[found.shift]
        route = Route(
            plan_id=plan_id, team_id=shift.team.id, territory_id=territory_id, date=day.problem.date,
            start=found.start, end=found.end, rest_start=found.rest_start,
            rest_seconds=shift.rest.seconds if shift.rest and found.rest_start is not None else 0,
            drive_seconds=found.drive_seconds, walk_seconds=found.walk_seconds, metres=found.metres,
            from_place=_pair(shift.from_place), to_place=_pair(shift.to_place), line_back=back.line,
        )  # fmt: skip
        session.add(route)
        session.flush()
        for order, (stop, way) in enumerate(zip(found.stops, to_stops, strict=True), start=1):
            visit = visits[stop.visit]
            row = day.households[visit.household.id]
            village = day.problem.villages.get(visit.household.village or "")
            # A village's town stands in for travel only: nobody is shown a pin there.
            place = visit.household.place or (village.place if village else None)
            session.add(
                Stop(
                    plan_id=plan_id, route_id=route.id, order=order, household_id=row.id,
                    village_id=joined.get(row.village_id or "", row.village_id),
                    arrival=stop.arrival, leave=stop.leave, travel_seconds=way.seconds, metres=way.metres,
                    line=way.line, value=visit.value, reasons=_codes(visit.reasons),
                    lat=place.lat if place else None, lon=place.lon if place else None,
                    precision=precision_of(visit, day.problem.villages),
                )
            )  # fmt: skip
    for left in solved.unplanned:
        visit = visits[left.visit]
        session.add(
            Unplanned(
                plan_id=plan_id, household_id=visit.household.id,
                village_id=joined.get(visit.household.village or "", visit.household.village),
                territory_id=territory_id, value=visit.value, code=left.reason.code, facts=dict(left.reason.facts),
                reasons=_codes(visit.reasons),
            )
        )  # fmt: skip
    plan = session.get_one(Plan, plan_id)
    left_out = [entry for entry in plan.figures.get("teams_left_out", []) if entry["territory"] != territory_id]
    left_out += [{"territory": territory_id, "team": one.team, "code": one.code} for one in day.teams_left_out]
    not_wanted = {**plan.figures.get("not_wanted_by_territory", {}), territory_id: len(day.not_wanted)}
    plan.figures = {**plan.figures, "teams_left_out": left_out, "not_wanted_by_territory": not_wanted}


def _forget_territory(session: Session, plan_id: str, territory_id: str) -> None:
    mine = select(Route.id).where(Route.plan_id == plan_id, Route.territory_id == territory_id)
    session.execute(delete(Stop).where(Stop.route_id.in_(mine)))
    session.execute(delete(Route).where(Route.plan_id == plan_id, Route.territory_id == territory_id))
    session.execute(delete(Unplanned).where(Unplanned.plan_id == plan_id, Unplanned.territory_id == territory_id))


def _store_doors_outside_territories(session: Session, plan: Plan) -> None:
    """A door without a village, or in a village without a territory, belongs to no team: say so, lose nobody."""
    from api.usecases.gather_problem import household_facts
    from routing.visits import make_visits

    session.execute(delete(Unplanned).where(Unplanned.plan_id == plan.id, Unplanned.territory_id.is_(None)))
    query = (
        select(Household)
        .outerjoin(Village, Village.id == Household.village_id)
        .where(
            Household.branch_id.in_(plan.branches), Village.territory_id.is_(None), Household.merged_into_id.is_(None)
        )
        .order_by(Household.id)
    )
    households = list(session.scalars(query))
    facts = household_facts(session, households, plan.from_date, settings().zone)
    wanted = make_visits(facts.values(), plan.from_date, load_rules(settings().policy))
    for visit in wanted.visits:
        code = "no_village" if visit.household.village is None else "no_territory"
        session.add(
            Unplanned(
                plan_id=plan.id, household_id=visit.household.id, village_id=visit.household.village,
                value=visit.value, code=code, reasons=_codes(visit.reasons),
            )
        )  # fmt: skip
    plan.figures = {
        **plan.figures,
        "not_wanted_by_territory": {**plan.figures.get("not_wanted_by_territory", {}), "": len(wanted.not_wanted)},
    }


def figures_of(session: Session, plan_id: str) -> dict[str, Any]:
    """Return the figures of a plan from its rows."""
    planned, value, villages = session.execute(
        select(func.count(Stop.id), func.sum(Stop.value), func.count(Stop.village_id.distinct())).where(
            Stop.plan_id == plan_id
        )
    ).one()
    drive, walk, metres, teams = session.execute(
        select(
            func.sum(Route.drive_seconds), func.sum(Route.walk_seconds), func.sum(Route.metres), func.count(Route.id)
        ).where(Route.plan_id == plan_id)
    ).one()
    unplanned = session.scalar(select(func.count(Unplanned.id)).where(Unplanned.plan_id == plan_id)) or 0
    not_wanted = session.get_one(Plan, plan_id).figures.get("not_wanted_by_territory", {})
    return {
        "planned": planned,
        "unplanned": unplanned,
        "not_wanted": sum(not_wanted.values()),
        "value": money(int(value or 0)),
        "drive_min": round(int(drive or 0) / 60),
        "walk_min": round(int(walk or 0) / 60),
        "km": round(int(metres or 0) / 1000, 1),
        "villages": villages,
        "teams": teams,
    }


def money(fen: int) -> str:
    """Return an amount in currency units with two decimals."""
    return f"{Decimal(int(fen)).scaleb(-2):.2f}"


def _codes(reasons: Sequence[planning.Reason]) -> list[dict[str, Any]]:
    return [{"code": reason.code, "facts": dict(reason.facts)} for reason in reasons]


def _pair(place: planning.Place) -> dict[str, float]:
    return {"lat": place.lat, "lon": place.lon}
