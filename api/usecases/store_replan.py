"""Store the rest of a day that was planned again as a plan of its own, with what was begun, and publish it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.store.columns import now
from api.store.models import DrawnProblem, Plan, Route, Stop, Territory, Unplanned
from api.usecases import audit, drawn_problems
from api.usecases.context import rules
from api.usecases.day_under_way import DayUnderWay
from api.usecases.draw_up_plan import next_number
from api.usecases.drawn_problems import Written
from api.usecases.publish_plan import publish_days
from api.usecases.store_plan import figures_of, store_territory
from routing.replan import MayChange, Replanned
from routing.standing import Stands
from routing.travel.ways import Way


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest of a day planned again: where the teams stood, what came out, its ways, and notes about the roads.

    ``closed`` is what was cut off or closed (see :func:`api.usecases.drawn_problems.with_closed`), ``drawn`` what came
    out, written down; ``digest`` tells whether another answer is the same.
    """

    stands: Mapping[str, Stands]
    found: Replanned
    ways: Mapping[str, Sequence[Way]]
    notes: list[dict[str, Any]]
    closed: dict[str, list[Any]]
    drawn: Written
    digest: str


def store_replan(session: Session, actor: Actor, day: DayUnderWay, rest: Rest, may_change: MayChange) -> Plan:
    """Write and publish the plan that takes the place of ``day.plan`` on the day.

    What was begun is carried over as it was, and so is every route that was not planned again.
    """
    plan, stands, found = _new_plan(session, actor, day, rest.closed), rest.stands, rest.found
    gathered = replace(day.gathered, of=replace(day.gathered.of, problem=found.problem))
    before = {shift: len(one.begun) for shift, one in stands.items()}
    store_territory(session, plan.id, day.territory, gathered, found.plan, rest.ways, before)
    _keep_drawn(session, plan, day, rest.drawn)
    session.flush()
    written = {row.team_id: row for row in session.scalars(select(Route).where(Route.plan_id == plan.id))}
    for shift, stood in stands.items():
        if shift in day.routes and stood.begun:
            _carry_begun(session, plan, day, shift, stood, found, written.get(day.team_of(shift)))
    _carry_others(session, plan, day)
    session.flush()
    plan.figures = {**plan.figures, **figures_of(session, plan.id), "travel_notes": rest.notes}
    plan.progress = {"done": 1, "of": 1, "value": plan.figures["value"], "under_way": []}
    plan.status, plan.finished_at = "ready", now()
    changes = found.changes
    audit.record(
        session, actor.pseudonym, "plan.replanned", plan.id, replans=day.plan.id, may_change=may_change.value,
        added=len(changes.added), removed=len(changes.removed), moved=len(changes.moved),
        reordered=len(changes.reordered),
    )  # fmt: skip
    publish_days(session, actor, plan, day.on)
    return plan


def _new_plan(session: Session, actor: Actor, day: DayUnderWay, closed: dict[str, list[Any]]) -> Plan:
    branch = session.get_one(Territory, day.territory).branch_id
    plan = Plan(
        number=next_number(session), from_date=day.on, to_date=day.on, territories=[day.territory], branches=[branch],
        status="running", rules={**day.plan.rules, **rules().versions}, by=actor.pseudonym, started_at=now(), days=[],
        options={"seconds": None, "seed": 0, "whole": False, "replans": day.plan.id,
                 "travel": day.plan.options["travel"], "closed": closed},
    )  # fmt: skip
    session.add(plan)
    session.flush()
    return plan


def _carry_begun(
    session: Session,
    plan: Plan,
    day: DayUnderWay,
    shift: str,
    stood: Stands,
    found: Replanned,
    rest: Route | None,
) -> None:
    """Put what a team has begun before the rest of its route, and let the route's figures be those of the whole day."""
    old = day.routes[shift]
    begun = [stop for stop in day.stops[shift] if day.visit(stop) in stood.begun]
    driven = _driven(old, begun, shift, found)
    if rest is None:
        rest = _copy(old, plan, end=max(stop.leave for stop in begun), line_back=None, **_NOTHING)
        session.add(rest)
        session.flush()
    rest.start, rest.from_place = old.start, old.from_place
    if stood.under_way is not None and stood.under_way.rested:
        rest.rest_start, rest.rest_seconds = old.rest_start, old.rest_seconds
    for figure, seconds in driven.items():
        setattr(rest, figure, getattr(rest, figure) + seconds)
    session.add_all(_copied_stops(begun, plan, rest))


_NOTHING: dict[str, Any] = {"drive_seconds": 0, "walk_seconds": 0, "metres": 0}


def _driven(old: Route, begun: Sequence[Stop], shift: str, found: Replanned) -> dict[str, int]:
    """What of a route was on the way so far: all of it less what was still to come, or the ways to what was begun."""
    to_come = next((route for route in found.before.routes if route.shift == shift), None)
    if to_come is None or not any(one.id == shift for one in found.problem.shifts):
        seconds = sum(stop.travel_seconds for stop in begun)
        return {"drive_seconds": seconds, "metres": sum(stop.metres for stop in begun)}
    return {figure: max(0, getattr(old, figure) - getattr(to_come, figure)) for figure in _NOTHING}


def _carry_others(session: Session, plan: Plan, day: DayUnderWay) -> None:
    """Copy the routes of the day that were not planned again, and what was left out beside them."""
    others = [shift for shift in day.stops if shift not in day.routes]
    if not others:
        return
    of_day = select(Route).where(
        Route.plan_id == day.plan.id, Route.territory_id == day.territory, Route.date == day.on
    )  # fmt: skip
    ids = {stops[0].route_id for shift, stops in day.stops.items() if shift in others and stops}
    for old in session.scalars(of_day.where(Route.id.in_(ids))).all():
        row = _copy(old, plan)
        session.add(row)
        session.flush()
        stops = [stop for shift in others for stop in day.stops[shift] if stop.route_id == old.id]
        session.add_all(_copied_stops(stops, plan, row))
    known = set(session.scalars(select(Unplanned.household_id).where(Unplanned.plan_id == plan.id)))
    left = select(Unplanned).where(
        Unplanned.plan_id == day.plan.id, Unplanned.territory_id == day.territory,
        Unplanned.from_date <= day.on, Unplanned.to_date >= day.on,
    )  # fmt: skip
    for one in session.scalars(left.order_by(Unplanned.from_date)).all():
        if one.household_id not in known:
            known.add(one.household_id)
            session.add(_copy(one, plan, from_date=day.on, to_date=day.on))


def _keep_drawn(session: Session, plan: Plan, day: DayUnderWay, kept: Written) -> None:
    """Keep what questions are answered from: the rest of the day, or what the whole of it was drawn up from before."""
    drawn = session.get(DrawnProblem, (day.plan.id, day.territory))
    if drawn is not None and not day.stops.keys() <= day.routes.keys():
        kept = Written(drawn.problem, drawn.plan)
    drawn_problems.keep(session, plan.id, day.territory, kept)


def _copied_stops(stops: Sequence[Stop], plan: Plan, route: Route) -> list[Stop]:
    return [_copy(stop, plan, route_id=route.id, order=order) for order, stop in enumerate(stops, start=1)]


_OWN = ("id", "created_at", "updated_at", "version", "plan_id")


def _copy(row: Any, plan: Plan, **changes: Any) -> Any:
    """Return a row like another, for another plan."""
    kept = {column.key: getattr(row, column.key) for column in type(row).__table__.columns if column.key not in _OWN}
    return type(row)(**{**kept, "plan_id": plan.id, **changes})
