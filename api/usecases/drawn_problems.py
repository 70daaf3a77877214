"""What a plan was drawn up from, and the planner's answer: kept, so that questions are answered on the same facts.

Ways are reckoned anew: by the roads that the plan recorded, and where something has to be assumed by the figures that
it recorded. Roads may be gone by then, or a service may answer otherwise; then the answer says so.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store.models import DrawnProblem, Plan
from api.usecases.travel import noted, source_of, travel_for
from routing import problem as planning
from routing.problem import Reason
from routing.travel import TravelParameters
from routing.travel.closed import ClosedRoads
from routing.travel.legs import Travel
from schemas.planner import read_plan, read_problem, write_plan, write_problem


@dataclass(frozen=True, slots=True)
class Drawn:
    """One territory's problem and its plan, with what it recorded of travel: roads, figures, notes, what was closed."""

    territory: str
    problem: planning.Problem
    plan: planning.Plan
    roads: str | None
    figures: TravelParameters
    notes: tuple[dict[str, Any], ...]
    closed: dict[str, list[Any]]

    def travel(self) -> Reckoned:
        """Return travel as it was, as far as that is still there. May ask a service: not inside a transaction."""
        source = source_of(self.roads)
        made = travel_for(self.problem, source, self.figures)
        same = source is None or source.version == self.roads
        same = same and _about_travel(noted(self.territory, made.notes)) == _about_travel(self.notes)
        differs = None if same else Reason("travel_differs", {"roads": self.roads or ""})
        return Reckoned(with_closed(made.travel, self.closed), differs)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Travel of a plan reckoned anew; ``differs`` says that it is not what the plan was drawn up with."""

    travel: Travel
    differs: Reason | None


@dataclass(frozen=True, slots=True)
class Written:
    """A problem and its plan as they are kept."""

    problem: bytes
    plan: bytes


def written(problem: planning.Problem, plan: planning.Plan) -> Written:
    """Write a problem and its plan down. Takes a while: not inside a transaction."""
    return Written(zlib.compress(write_problem(problem)), zlib.compress(write_plan(plan)))


def keep(session: Session, plan_id: str, territory_id: str, kept: Written) -> None:
    """Keep a territory's problem and plan in place of what was kept before."""
    session.execute(
        delete(DrawnProblem).where(DrawnProblem.plan_id == plan_id, DrawnProblem.territory_id == territory_id)
    )
    session.add(DrawnProblem(plan_id=plan_id, territory_id=territory_id, problem=kept.problem, plan=kept.plan))


def of_plan(session: Session, plan_id: str) -> list[Drawn]:
    """Return what a plan was drawn up from, territory by territory."""
    query = select(DrawnProblem).where(DrawnProblem.plan_id == plan_id).order_by(DrawnProblem.territory_id)
    return [_read(session, row) for row in session.scalars(query)]


def of_territory(session: Session, plan_id: str, territory_id: str) -> Drawn | None:
    """Return what a plan was drawn up from in one territory; None where the plan does not cover it."""
    row = session.get(DrawnProblem, (plan_id, territory_id))
    return None if row is None else _read(session, row)


def _read(session: Session, row: DrawnProblem) -> Drawn:
    plan = session.get_one(Plan, row.plan_id)
    notes = [note for note in plan.figures.get("travel_notes", []) if note["territory"] == row.territory_id]
    return Drawn(
        territory=row.territory_id,
        problem=read_problem(zlib.decompress(row.problem)).problem,
        plan=read_plan(zlib.decompress(row.plan)),
        roads=plan.rules.get("roads"),
        figures=TravelParameters(**plan.options["travel"]),
        notes=tuple(notes),
        closed=plan.options.get("closed") or {},
    )


def with_closed(travel: Travel, closed: Mapping[str, Sequence[Any]]) -> Travel:
    """Return travel while ``villages`` are cut off and ``roads`` between two of them (null: the start) are closed."""
    villages, roads = frozenset(closed.get("villages", ())), frozenset(map(tuple, closed.get("roads", ())))
    return ClosedRoads(travel, villages, roads) if villages or roads else travel


def _about_travel(notes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The notes that say by what ways a plan goes; whether they could be kept on disk is not among them."""
    return [note for note in notes if note["code"] != "legs_not_kept"]
