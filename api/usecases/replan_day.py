"""Plan the rest of a published day again: shown first, then stored and published in one step.

The planner works in a child process between two transactions. Its answer depends on nothing but what it is asked, so a
preview can be accepted as it was: where the day has moved on meanwhile, its digest differs and nothing is stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem, invalid
from api.store.models import Household, Plan, Territory, Village
from api.usecases import drawn_problems, read_plans, rows
from api.usecases.context import rules, store, today
from api.usecases.day_under_way import DayUnderWay, clock_now, day_under_way, expect_holding
from api.usecases.draw_up_plan import visible_plan
from api.usecases.field_days import clock
from api.usecases.question_plan import person
from api.usecases.store_plan import money
from api.usecases.store_replan import Rest, store_replan
from api.usecases.travel import noted, source_of, travel_for
from api.wording import sentence
from routing.check import check
from routing.problem import Plan as PlannedDay
from routing.problem import Reason
from routing.replan import MayChange, Replanned, replan_in_child
from routing.replan_reasons import why_changed
from routing.solve.options import SolveOptions
from routing.solve.process import SolverError, SolverTimedOut
from routing.standing import Stands, Word
from routing.travel.parameters import TravelParameters
from routing.travel.table import name_beyond_roads
from routing.travel.ways import ways_of

log = structlog.get_logger()
#: The search takes half a second; a machine that needs longer than this has no answer for somebody who waits.
HARD_LIMIT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened and what may change, as the planner's library understands it."""

    at: int
    words: Mapping[str, Word]
    may_change: MayChange
    price: int
    urgent: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    villages: frozenset[str] = frozenset()
    roads: frozenset[tuple[str | None, str | None]] = frozenset()


def replan_day(actor: Actor, plan_id: str, new: dict[str, Any], *, dry_run: bool) -> dict[str, Any]:
    """Return what changes in the rest of a day, stored and published unless ``dry_run``. Raises 404, 409, 422, 503."""
    with store().read() as session:
        plan = visible_plan(session, actor, plan_id)
        day, happened = _understood(session, actor, plan, new)
    rest = plan_rest(day, happened)
    version = None if dry_run else accept(actor, day, rest, happened, new["expect"])
    return answer(day, happened, rest, version)


def _understood(session: Session, actor: Actor, plan: Plan, new: dict[str, Any]) -> tuple[DayUnderWay, Happened]:
    territory: Territory = rows.referenced(session, Territory, new["territory"], actor, "territory")
    on = new["date"] or today()
    if territory.id not in plan.territories or not plan.from_date <= on <= plan.to_date:
        field = "date" if territory.id in plan.territories else "territory"
        raise invalid(field, "not-in-plan", _("The plan does not cover this territory on this day."))
    asked = _asked_for(session, actor, territory, new["visits"])
    day = day_under_way(session, plan, territory.id, on, asked, frozenset(new["absent_people"]))
    _expect_wanted(day, list(asked))
    closed = [
        rows.referenced(session, Village, id_, actor, f"closed_villages.{n}").id
        for n, id_ in enumerate(new["closed_villages"])
    ]
    roads = [
        tuple(rows.referenced(session, Village, id_, actor, f"closed_roads.{n}").id if id_ else None for id_ in pair)
        for n, road in enumerate(new["closed_roads"])
        for pair in [(road["village"], road["to"])]
    ]
    visits = {door: visit.id for visit in day.problem.visits for door in [visit.household.id]}
    happened = Happened(
        at=clock_now(on) if new["at"] is None else new["at"] * 60,
        words=_words(day, new["teams"]),
        may_change=MayChange(new["may_change"]),
        price=rules().replan.price if new["price"] is None else int(new["price"] * 100),
        urgent=frozenset(visits[door] for door, must in asked.items() if must),
        asked=frozenset(visits[door] for door in asked),
        villages=frozenset(closed),
        roads=frozenset((one[0], one[1]) for one in roads),
    )
    return day, replace(happened, pinned=_pinned(session, day, happened, new["pinned"]))


def _asked_for(
    session: Session, actor: Actor, territory: Territory, visits: Sequence[dict[str, Any]]
) -> dict[str, bool]:
    asked = {}
    for n, one in enumerate(visits):
        household: Household = rows.referenced(session, Household, one["household"], actor, f"visits.{n}.household")
        village = session.get(Village, household.village_id) if household.village_id else None
        if village is None or village.territory_id != territory.id:
            raise invalid(
                f"visits.{n}.household", "other-territory",
                _("This household is not in the territory. Choose the territory that its village belongs to."),
            )  # fmt: skip
        asked[household.id] = one["urgent"]
    return asked


def _expect_wanted(day: DayUnderWay, asked: Sequence[str]) -> None:
    """Raise 422 for a visit that was asked for and that a rule forbids: a pause, a cap, the hours."""
    wanted = {visit.household.id for visit in day.problem.visits}
    against = {one.household: one.reason for one in day.gathered.of.not_wanted}
    for n, door in enumerate(asked):
        if door not in wanted:
            reason = against.get(door, Reason("change_fell_away"))
            raise invalid(f"visits.{n}.household", "visit-forbidden", sentence(reason.code, reason.facts))


def _words(day: DayUnderWay, teams: Sequence[dict[str, Any]]) -> dict[str, Word]:
    words = {}
    for n, one in enumerate(teams):
        shift = day.shift_of(one["team"])
        if shift is None:
            raise invalid(f"teams.{n}.team", "no-shift", _("This team has no shift in the plan on that day."))
        words[shift] = Word(
            late=None if one["late_min"] is None else one["late_min"] * 60,
            free_at=None if one["free_at"] is None else one["free_at"] * 60,
            absent=one["absent"],
        )
    return words


def _pinned(session: Session, day: DayUnderWay, happened: Happened, pinned: Sequence[str]) -> frozenset[str]:
    """The pinned visits. Raises 422 for a stop that is not on these routes, and for one that cannot be kept."""
    works = {shift.id for shift in day.problem.shifts}
    found = set()
    for n, id_ in enumerate(pinned):
        shift, stop = next(((s, one) for s, stops in day.stops.items() for one in stops if one.id == id_), ("", None))
        if stop is None:
            raise rows.unknown_reference(f"pinned.{n}")
        word = happened.words.get(shift)
        why = (
            _("Its team goes no further today.")
            if shift not in works or (word is not None and word.absent)
            else _("Its village is closed.")
            if stop.village_id in happened.villages
            else _("No visit is wanted there any more.")
            if day.visit(stop) not in {visit.id for visit in day.problem.visits} | day.reported.keys()
            else None
        )
        if why is not None:
            detail = _("This stop cannot be kept: %(why)s Take it out of the pinned stops.", why=why)
            raise invalid(f"pinned.{n}", "pin-impossible", detail)
        found.add(day.visit(stop))
    return frozenset(found)


def plan_rest(day: DayUnderWay, happened: Happened) -> Rest:
    """Plan the rest of the day in a child process. Raises 409 where nothing is left of it, 503 where it fails."""
    shifts = day.problem.shifts
    if shifts and happened.at >= max(shift.end for shift in shifts):
        raise Problem(409, "day-over", _("This day is over. Plan today or a later day again."))
    stands = day.standing(happened.at, happened.words, happened.villages)
    routes = [day.route(shift, stands[shift].begun) for shift in day.routes]
    if not happened.asked and all(len(one.stops) == len(stands[one.shift].begun) for one in routes):
        raise Problem(409, "nothing-left", _("Nothing is left of this day: every stop is done or begun."))
    source = source_of(day.plan.rules.get("roads"))
    made = travel_for(day.problem, source, TravelParameters(**day.plan.options["travel"]))
    roads = sorted(map(list, happened.roads), key=str)
    closed: dict[str, list[Any]] = {"villages": sorted(happened.villages), "roads": roads}
    travel = drawn_problems.with_closed(made.travel, closed)
    under_way = {shift: one.under_way for shift, one in stands.items() if one.under_way is not None}
    try:
        found = replan_in_child(
            day.problem, travel, PlannedDay(tuple(routes), (), 0, "stored"), under_way, happened.may_change,
            price=happened.price, pinned=happened.pinned,
            options=SolveOptions(seconds=None, iterations=rules().replan.steps), hard_limit_seconds=HARD_LIMIT_SECONDS,
        )  # fmt: skip
    except SolverTimedOut as error:
        raise _unsolved("solver_timed_out") from error
    except SolverError as error:
        log.error("replan failed", plan=day.plan.id, error=type(error).__name__, exc_info=error)
        raise _unsolved("solver_crashed") from error
    found = replace(found, plan=name_beyond_roads(found.problem, travel, found.plan))
    violations = check(found.problem, travel, found.plan)
    if violations:
        log.error("replan rejected", plan=day.plan.id, violations=[one.code for one in violations])
        raise _unsolved("plan_rejected")
    ways = ways_of(found.problem, travel, found.plan, source)
    drawn = drawn_problems.written(found.problem, found.plan)
    return Rest(stands, found, ways, noted(day.territory, made.notes), closed, drawn, _digest(day, stands, found))


def _unsolved(code: str) -> Problem:
    return Problem(503, "replan-failed", sentence(code, {}))


def _digest(day: DayUnderWay, stands: Mapping[str, Stands], found: Replanned) -> str:
    """What tells whether an answer is the one that was seen: who does what in which order, what is begun."""
    begun = {shift: one.begun for shift, one in stands.items()}
    said = json.dumps([day.plan.id, day.territory, begun, found.plan.order()], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def accept(
    actor: Actor, day: DayUnderWay, rest: Rest, happened: Happened, expect: str | None
) -> Plan:
    """Store and publish the rest of the day as a plan that takes the place of the one before."""
    if expect is not None and expect != rest.digest:
        detail = _("The day has moved on since you looked. Look at what would change now, and accept that.")
        raise Problem(409, "replan-changed", detail)
    with store().write() as session:
        plan = session.get_one(Plan, day.plan.id, with_for_update=True)
        expect_holding(session, plan, day.territory, day.on)
        return store_replan(session, actor, day, rest, happened.may_change)


def answer(
    day: DayUnderWay, happened: Happened, rest: Rest, version: Plan | None, because: bool = True
) -> dict[str, Any]:
    """Return what changed, each change with its reason; people's names masked.

    Without ``because`` it is not told which rule stands against a visit that is not wanted any more.
    """
    found = rest.found
    before = {stop.visit: (route.shift, stop) for route in found.before.routes for stop in route.stops}
    after = {stop.visit: (route.shift, stop) for route in found.plan.routes for stop in route.stops}
    why = why_changed(found, happened.urgent, happened.pinned)
    fell = fell_away(day, rest)
    if not because:
        fell = dict.fromkeys(fell, Reason("change_fell_away"))
    moved = [visit for visit, *_shifts in found.changes.moved]
    kept = len(before.keys() - {*found.changes.removed, *moved, *found.changes.reordered})

    with store().read() as session:

        def changed(visit: str, reason: Reason) -> dict[str, Any]:
            facts = dict(reason.facts)
            if "shift" in facts:
                facts["team"] = day.teams.get(day.team_of(str(facts["shift"])), "")
            entry = person(session, day.doors[visit].household.id)
            for prefix, places in (("before_", before), ("", after)):
                shift, stop = places.get(visit, (None, None))
                entry[f"{prefix}team_name"] = None if shift is None else day.teams.get(day.team_of(shift))
                entry[f"{prefix}arrival"] = None if stop is None else clock(stop.arrival)
            return {**entry, "code": reason.code, "sentence": sentence(reason.code, facts)}

        changes = {
            "added": found.changes.added,
            "removed": found.changes.removed,
            "moved": moved,
            "reordered": found.changes.reordered,
            "retimed": [visit for visit, *_times in found.changes.retimed],
        }
        said = {kind: [changed(visit, why[visit]) for visit in visits] for kind, visits in changes.items()}
        out = {one.visit: one.reason for one in found.plan.unplanned}
        said["left_out"] = [changed(one, out[one]) for one in sorted(happened.asked & out.keys() - before.keys())]
        said["removed"] += [changed(visit, reason) for visit, reason in fell.items()]
    return {
        "plan": None if version is None else read_plans.summary(version),
        "digest": rest.digest,
        "at": clock(happened.at),
        "teams": [_team(day, shift, rest) for shift in sorted(rest.stands)],
        **said,
        "kept": kept,
        "of": len(before) + len(fell),
        "value": money(found.changes.value),
        "drive_min": round(found.changes.drive_seconds / 60),
        "walk_min": round(found.changes.walk_seconds / 60),
        "km": round(found.changes.metres / 1000, 1),
    }


def fell_away(day: DayUnderWay, rest: Rest) -> dict[str, Reason]:
    """Return the planned visits that are not begun and not wanted any more, with the rule."""
    wanted = {visit.id for visit in day.problem.visits}
    against = {one.household: one.reason for one in day.gathered.of.not_wanted}
    return {
        name: against.get(stop.household_id, Reason("change_fell_away"))
        for shift in day.routes
        for stop in day.stops[shift]
        for name in [day.visit(stop)]
        if name not in wanted and name not in rest.stands[shift].begun
    }


def _team(day: DayUnderWay, shift: str, rest: Rest) -> dict[str, Any]:
    stands = rest.stands[shift]
    route = next((one for one in rest.found.plan.routes if one.shift == shift), None)
    own = next((one for one in rest.found.problem.shifts if one.id == shift), None)
    goes = own if stands.under_way is None or not stands.under_way.absent else None
    return {
        "team": day.team_of(shift),
        "team_name": day.teams.get(day.team_of(shift), ""),
        "begun": len(stands.begun),
        "to_come": len(route.stops) if route is not None else 0,
        "goes_on_at": None if goes is None else clock(goes.start),
    }
