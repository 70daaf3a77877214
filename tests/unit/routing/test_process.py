"""Solving in a child process: the answer, the limits, and every way it can go wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from routing.check import check
from routing.problem import Plan, Reason
from routing.solve import Progress, SolveOptions, solve
from routing.solve.process import (
    SolveCancelled,
    SolverCrashed,
    SolverFailed,
    SolverTimedOut,
    solve_in_child,
    solve_many,
)
from tests.unit.routing.days import (
    QUICK,
    TRAVEL,
    CrashingTravel,
    RaisingTravel,
    SleepingTravel,
    day,
    visit,
)

LONG = SolveOptions(seconds=600)
PROBLEM = day([visit(f"x{n:02}", value=100 + n) for n in range(30)])


def test_the_child_gives_the_same_plan() -> None:
    """Same problem, seed and iterations: it does not matter where it is solved. Progress arrives on the way."""
    told: list[Progress] = []
    plan = solve_in_child(PROBLEM, TRAVEL, QUICK, 60, told.append)
    assert plan == solve(PROBLEM, TRAVEL, QUICK)
    assert (told[-1].done, told[-1].of, told[-1].value) == (1_000, 1_000, plan.value)


def test_at_the_hard_limit_the_child_is_killed() -> None:
    """A search that goes on and on ends as a named error."""
    with pytest.raises(SolverTimedOut, match=r"0\.8"):
        solve_in_child(PROBLEM, SleepingTravel(), LONG, 0.8)


def test_a_crash_is_named_with_its_last_words() -> None:
    """A child that dies of a signal says which, and what it printed."""
    with pytest.raises(SolverCrashed) as error:
        solve_in_child(PROBLEM, CrashingTravel(), LONG, 60)
    assert error.value.returncode == -signal.SIGABRT
    assert "last words" in error.value.output


def test_an_exception_of_the_solver_is_named() -> None:
    """The class and message of what was raised arrive, with the child's traceback."""
    with pytest.raises(SolverFailed, match=r"^LookupError: ") as error:
        solve_in_child(PROBLEM, RaisingTravel(), LONG, 60)
    assert error.value.kind == "LookupError"
    assert "between" in error.value.trace


def test_a_solve_can_be_cancelled() -> None:
    """The caller changes their mind while the child is at work."""
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with pytest.raises(SolveCancelled):
        solve_in_child(PROBLEM, SleepingTravel(), LONG, 60, cancelled=cancelled)


def test_territories_side_by_side_do_not_disturb_one_another() -> None:
    """One that fails leaves its error in its place; the others have their plans."""
    problems = [PROBLEM, day([visit("a", shifts=["s"])])]
    plans = solve_many(problems, TRAVEL, QUICK, 60)
    assert [check(p, TRAVEL, plan) for p, plan in zip(problems, plans, strict=True) if isinstance(plan, Plan)] == [
        [],
        [],
    ]
    assert [type(error) for error in solve_many(problems, RaisingTravel(), QUICK, 60)] == [SolverFailed] * 2


def test_territories_side_by_side_have_the_plans_that_they_have_one_by_one() -> None:
    """How many are solved at once changes no plan: a county by a budget of steps is the same on any machine."""
    problems = [PROBLEM, day([visit(f"y{n}", value=10 * n + 1) for n in range(12)])]
    plans = [solve_many(problems, TRAVEL, QUICK, 60, at_once=count) for count in (1, 2)]
    assert plans[0] == plans[1]


def test_what_cannot_be_pickled_and_is_not_needed_stays_behind() -> None:
    """A caller's read-only mappings (villages, facts of reasons) do no harm."""
    problem = day([replace(visit("a"), reasons=(Reason("due", MappingProxyType({"days": 3})),))])
    problem = replace(problem, villages=MappingProxyType(dict(problem.villages)))
    assert solve_in_child(problem, TRAVEL, QUICK, 60).value == problem.visits[0].value


_PARENT = """
import os, sys
from routing.solve import SolveOptions
from routing.solve.process import solve_in_child
from tests.unit.routing.days import TRAVEL, day, visit
problem = day([visit(f"x{n:02}") for n in range(30)])
solve_in_child(problem, TRAVEL, SolveOptions(seconds=60), 60, lambda *_: (print("at work", flush=True)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux ties a child to its parent")
def test_the_child_dies_with_its_parent() -> None:
    """A service that is killed leaves no solver behind, although that one never comes to look."""
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT], cwd=root, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)}
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"at work\n"
        (child,) = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text(encoding="ascii").split()
        parent.kill()
    for _ in range(200):
        if not _runs(int(child)):
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"
