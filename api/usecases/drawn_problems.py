"""What a plan was drawn up from, and the planner's answer: kept, so that questions are answered on the same facts.

Ways are reckoned anew, with the roads that the plan recorded where they are still there, and with the figures in use
today where something has to be assumed.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store.models import DrawnProblem, Plan
from api.usecases.travel import source_of, travel_for
from routing import problem as planning
from routing.travel.legs import Travel
from schemas.planner import read_plan, read_problem, write_plan, write_problem


@dataclass(frozen=True, slots=True)
class Drawn:
    """One territory's problem, its plan, and the name of the roads that it recorded."""

    territory: str
    problem: planning.Problem
    plan: planning.Plan
    roads: str | None

    def travel(self) -> Travel:
        """Return travel as it was, as far as that is still there. May ask a service: not inside a transaction."""
        return travel_for(self.problem, source_of(self.roads)).travel


def keep(session: Session, plan_id: str, territory_id: str, problem: planning.Problem, plan: planning.Plan) -> None:
    """Keep a territory's problem and plan in place of what was kept before."""
    forget(session, plan_id, territory_id)
    session.add(
        DrawnProblem(
            plan_id=plan_id,
            territory_id=territory_id,
            problem=zlib.compress(write_problem(problem)),
            plan=zlib.compress(write_plan(plan)),
        )
    )


def forget(session: Session, plan_id: str, territory_id: str) -> None:
    """Forget a territory's problem: it is about to be drawn up again."""
    session.execute(
        delete(DrawnProblem).where(DrawnProblem.plan_id == plan_id, DrawnProblem.territory_id == territory_id)
    )


def of_plan(session: Session, plan_id: str) -> list[Drawn]:
    """Return what a plan was drawn up from, territory by territory."""
    query = select(DrawnProblem).where(DrawnProblem.plan_id == plan_id).order_by(DrawnProblem.territory_id)
    return [_read(session, row) for row in session.scalars(query)]


def of_territory(session: Session, plan_id: str, territory_id: str) -> Drawn | None:
    """Return what a plan was drawn up from in one territory; None where the plan does not cover it."""
    row = session.get(DrawnProblem, (plan_id, territory_id))
    return None if row is None else _read(session, row)


def _read(session: Session, row: DrawnProblem) -> Drawn:
    problem, plan = read_problem(zlib.decompress(row.problem)).problem, read_plan(zlib.decompress(row.plan))
    return Drawn(row.territory_id, problem, plan, session.get_one(Plan, row.plan_id).rules.get("roads"))
