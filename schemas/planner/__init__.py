"""A planning problem and its plan as JSON files, for whoever plans without the service or compares planners.

Names and units are those of :mod:`routing.problem`: times are whole seconds since midnight of the problem's
first day (a second day begins at 86,400), durations seconds, distances metres, places WGS-84, values the
minor unit of the currency. A place may instead be a row of the problem's own travel ``matrix``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from routing import problem as planning
from routing.travel import GeodesicTravel, MatrixTravel, Travel
from schemas import strict_json
from schemas.planner.forms import PlanForm, ProblemForm

__all__ = ["GivenProblem", "read_plan", "read_problem", "write_plan", "write_problem"]


@dataclass(frozen=True, slots=True)
class GivenProblem:
    """A problem and how its places are travelled between."""

    problem: planning.Problem
    travel: Travel


def read_problem(data: bytes) -> GivenProblem:
    """Return the problem of a file. Raises ``ValueError`` where it is not JSON, else ``ValidationError`` by path."""
    found = ProblemForm().load(strict_json.parse(data))
    villages = {village.id: village for village in found["villages"]}
    problem = planning.Problem(found["date"], tuple(found["visits"]), villages, tuple(found["shifts"]))
    return GivenProblem(problem, found["matrix"] or GeodesicTravel())


def write_problem(problem: planning.Problem, matrix: MatrixTravel | None = None) -> bytes:
    """Return the file of a problem; ``matrix`` where its places are rows of one."""
    body = {
        "date": problem.date,
        "shifts": problem.shifts,
        "villages": list(problem.villages.values()),
        "visits": problem.visits,
        "matrix": matrix,
    }
    return _text(ProblemForm().dump(body))


def read_plan(data: bytes) -> planning.Plan:
    """Return the plan of a file. Raises like :func:`read_problem`."""
    plan: planning.Plan = PlanForm().load(strict_json.parse(data))
    return plan


def write_plan(plan: planning.Plan) -> bytes:
    """Return the file of a plan."""
    return _text(PlanForm().dump(plan))


def _text(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
