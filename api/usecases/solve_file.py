"""Plan a problem from a file, without the store: for whoever plans by themselves or compares planners."""

from __future__ import annotations

from marshmallow import ValidationError

from routing.check import check
from routing.solve.options import OnProgress, SolveOptions
from routing.solve.process import SolverError, solve_in_child
from schemas.planner import read_problem, write_plan
from schemas.problems import by_path

_LIMIT_SECONDS = 24 * 3600.0


class NotSolved(RuntimeError):
    """There is no plan. ``lines`` say why, ``exit_code`` whose fault it is."""

    def __init__(self, exit_code: int, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.exit_code, self.lines = exit_code, lines


PROBLEM_NOT_READ, PLANNER_FAILED, PLAN_WRONG = 2, 3, 4


def solve_file(data: bytes, options: SolveOptions, on_progress: OnProgress) -> bytes:
    """Return the file of a plan for the problem in ``data``. Raises :class:`NotSolved`."""
    try:
        given = read_problem(data)
    except ValidationError as error:
        found = by_path(error.normalized_messages())
        raise NotSolved(PROBLEM_NOT_READ, [f"{path or 'the file'}: {text}" for path, text in found]) from error
    except ValueError as error:
        raise NotSolved(PROBLEM_NOT_READ, [f"The file is not JSON in UTF-8: {error}"]) from error
    try:
        plan = solve_in_child(given.problem, given.travel, options, _LIMIT_SECONDS, on_progress)
    except SolverError as error:
        raise NotSolved(PLANNER_FAILED, [str(error)]) from error
    violations = check(given.problem, given.travel, plan)
    if violations:
        raise NotSolved(PLAN_WRONG, [f"{one.code} {dict(one.facts)}" for one in violations])
    return write_plan(plan)
