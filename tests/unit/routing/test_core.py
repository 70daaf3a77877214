"""The compiled search keeps the rules of the plain one, and the same seed gives the same plan."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import check
from routing.problem import Problem, Shift, Visit
from routing.solve import SolveOptions, core, solve
from routing.solve.budget import Steps
from routing.solve.instance import Instance, instance_of
from routing.solve.parameters import SearchParameters
from routing.solve.schedule import Schedule
from routing.solve.screen import screen
from routing.solve.search import Objective
from routing.solve.villages import extra_runs, runs_by_village
from tests.unit.routing.days import HOUR, LUNCH, TRAVEL, SetTravel, day, days, shift, village, visit

PARAMETERS = SearchParameters()
compiled = pytest.mark.skipif(not core.compiled(), reason="numba is missing or switched off")


def screened_instance(problem: Problem) -> Instance | None:
    """The instance the planner would search, None where nothing is left to search."""
    screened = screen(problem, TRAVEL)
    if not screened.visits or not screened.shifts:
        return None
    usable = Problem(problem.date, screened.visits, problem.villages, screened.shifts)
    return instance_of(usable, screened.visits, TRAVEL)


@compiled
def test_what_is_compiled_belongs_to_one_state_of_the_code(tmp_path: Path) -> None:
    """A change of any file of the search is compiled anew, though numba looks at a called function's file only."""
    from routing.solve.core.jit import digest_of
    from routing.solve.core.kernel import search
    from routing.solve.core.recreate import recreate
    from routing.solve.core.timing import overrun

    folder = Path(core.__file__).parent
    for function in (search, recreate, overrun):
        assert digest_of(folder) in function.stats.cache_path
    for file in folder.glob("*.py"):
        shutil.copy(file, tmp_path)
    assert digest_of(tmp_path) == digest_of(folder)
    with (tmp_path / "timing.py").open("a", encoding="utf-8") as called:
        called.write("# another rule\n")
    assert digest_of(tmp_path) != digest_of(folder)


@compiled
@settings(deadline=None, max_examples=40)
@given(days(), st.randoms(use_true_random=False))
def test_insertion_is_judged_as_by_the_plain_schedule(problem: Problem, rng: random.Random) -> None:
    """Compiled and plain timing agree on every insertion into a random route: how late, whether feasible, its gain."""
    from routing.solve.core.arrays import day_of, routes_of
    from routing.solve.core.timing import overrun, reckon

    instance = screened_instance(problem)
    if instance is None:
        return
    shifts = range(len(instance.shifts))
    visits = [*range(len(instance.visits))]
    rng.shuffle(visits)
    half = visits[: len(visits) // 2]
    stops: list[list[int]] = [half[k :: len(shifts)] for k in shifts]
    objective = Objective(instance, 0.0)
    arrays = day_of(instance, objective, 120)
    routes = routes_of(arrays, stops)
    for k in shifts:
        plain = Schedule(instance, k, tuple(stops[k]))
        assert reckon(arrays, routes, k) == plain.feasible
        assert routes.travel[k] == plain.travel
        if not plain.feasible:
            continue  # times after a broken rule are of no use to anybody
        value = sum(instance.value[x][k] for x in stops[k]) + objective.must * sum(instance.must[x] for x in stops[k])
        assert routes.prize[k] * objective.mean == pytest.approx(value - plain.cost, rel=1e-9, abs=1.5)
        positions = range(len(stops[k]) + 1)
        for x in visits[len(half) :]:
            for p in positions:
                late = overrun(arrays, routes, x, k, p)
                assert (late <= 0) == (plain.overrun(x, p) <= 0) == plain.with_stop(x, p).feasible
                assert late == plain.overrun(x, p)


@compiled
@settings(deadline=None, max_examples=40)
@given(days(most_visits=12, most_shifts=3), st.integers(0, 1000))
def test_every_compiled_plan_passes_the_checker(problem: Problem, seed: int) -> None:
    """Whatever the day, a plan of the compiled search breaks no rule, village integrity included."""
    plan = solve(problem, TRAVEL, SolveOptions(seconds=None, iterations=120, seed=seed))
    assert check(problem, TRAVEL, plan) == []


@compiled
@settings(deadline=None, max_examples=30)
@given(days(most_visits=12, most_shifts=3), st.integers(0, 1000))
def test_what_the_search_returns_is_feasible_and_counted_right(problem: Problem, seed: int) -> None:
    """Before anything is closed or judged: feasible, no village split without a cause, nothing planned twice,
    and worth at least what it started from."""
    instance = screened_instance(problem)
    if instance is None:
        return
    start = [Schedule(instance, k, ()) for k in range(len(instance.shifts))]
    objective = Objective(instance, 3.0)
    best = core.improve(instance, start, objective, random.Random(seed), Steps(150, None), lambda _: None, PARAMETERS)
    planned = [x for schedule in best for x in schedule.stops]
    assert all(schedule.feasible for schedule in best)
    assert len(planned) == len(set(planned))
    for runs in runs_by_village(instance, best).values():
        assert sum(not run.bound for run in runs) <= 1
    assert all(schedule.shift in instance.allowed[x] for schedule in best for x in schedule.stops)
    assert objective.of(best) >= 0
    assert extra_runs(instance, best) <= len(planned)


@compiled
def test_the_same_seed_and_steps_give_the_same_plan() -> None:
    """Twice the same budget in steps is the same plan; another seed draws other chances but loses nothing big."""
    villages = [village(f"v{n}", 2 + 3 * n) for n in range(6)]
    visits = [visit(f"x{n}", f"v{n % 6}", value=1_000 + 997 * (n * 7 % 31)) for n in range(48)]
    problem = day(visits, villages, [shift("a", rest=LUNCH), shift("b", rest=LUNCH)])
    options = SolveOptions(seconds=None, iterations=300, seed=4)
    first = solve(problem, TRAVEL, options)
    assert solve(problem, TRAVEL, options) == first
    assert solve(problem, TRAVEL, replace(options, seed=5)).value >= 0.9 * first.value


@compiled
def test_routes_that_break_without_a_stop_are_left_as_they_are() -> None:
    """With a shortcut through one door, taking it out would make the day too long: the search undoes that."""
    doors = ("a", "b", "c", "d")
    minutes: dict[tuple[str | None, str | None], int | None] = {}
    for one in (None, *(f"h-{d}" for d in doors)):
        for other in (None, *(f"h-{d}" for d in doors)):
            minutes[one, other] = 200
    for step in ((None, "h-a"), ("h-a", "h-b"), ("h-b", "h-c"), ("h-c", "h-d"), ("h-d", None)):
        minutes[step] = 5
    travel = SetTravel(minutes)
    problem = day([visit(d, None, service=600) for d in doors], [], [shift("s", 8.5, 8.5 + 90 * 60 / HOUR)])
    plan = solve(problem, travel, SolveOptions(seconds=None, iterations=200))
    assert check(problem, travel, plan) == []
    screened = screen(problem, travel)
    assert {stop.visit for route in plan.routes for stop in route.stops} | {
        item.visit for item in plan.unplanned
    } == set(doors)
    assert len(screened.visits) + len(screened.impossible) == len(doors)


def test_a_budget_of_steps_is_spent_to_the_last() -> None:
    """However large the chunks asked for, exactly the number of steps is granted, then none."""
    steps = Steps(10, None)
    assert [steps.take(4) for _ in range(4)] == [4, 4, 2, 0]
    assert steps.spent == 1.0
    assert not steps.timed


def test_without_compiled_code_the_plain_search_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba cannot be used the same call gives a plan by the plain search, and says so."""
    monkeypatch.setattr(core, "compiled", lambda: False)
    problem = day([visit(f"x{n}") for n in range(4)])
    plan = solve(problem, TRAVEL, SolveOptions(seconds=None, iterations=20))
    assert check(problem, TRAVEL, plan) == []
    assert len(plan.routes[0].stops) == 4
    assert "numba" not in plan.engine
    assert plan.engine.startswith("first routes (ortools) + ruin and recreate (plain) + insertion")


@compiled
def test_a_plan_names_what_drew_it_up_and_nothing_else() -> None:
    """Set packing is named where it ran: not for one team-day, nor in so short a time; without visits nothing is."""
    many = [visit(f"x{n}") for n in range(8)]
    steps = SolveOptions(seconds=None, iterations=400)

    def engine(visits: list[Visit], shifts: list[Shift], options: SolveOptions = steps) -> list[str]:
        return [part.split(" (")[0] for part in solve(day(visits, shifts=shifts), TRAVEL, options).engine.split(" + ")]

    end = f"insertion, judged by ortools {version('ortools')}"
    two = [shift("s"), shift("t")]
    assert engine(many, two) == ["ruin and recreate", "set packing", end]
    assert engine(many, two[:1]) == ["ruin and recreate", end]
    assert engine(many, two, SolveOptions(seconds=0.2)) == ["ruin and recreate", end]
    assert engine([], two) == [end]
