"""The planner's files say a problem and a plan completely, and whoever gets one wrong is told where and how."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from marshmallow import Schema, ValidationError

from api.app import create_app
from api.settings import Settings
from api.usecases import solve_file
from routing import problem as planning
from routing.period import MOST_DAYS
from routing.problem import Household, Plan, Problem, Reason, Shift, Team, Village, Visit
from routing.solve import SolveOptions, solve
from routing.solve.process import SolverTimedOut
from routing.travel import GeodesicTravel, MatrixPlace, MatrixTravel
from schemas.planner import forms, read_plan, read_problem, write_plan, write_problem
from schemas.problems import by_path
from tests.unit.routing.days import HOUR, LUNCH, MINUTE, TRAVEL, at, day, days, shift, village, visit


def known(problem: Problem) -> Problem:
    """The problem without names that it does not hold: a file that has them is refused."""
    shifts = {one.id for one in problem.shifts}

    def told(one: Visit) -> Visit:
        village = one.household.village if one.household.village in problem.villages else None
        allowed = None if one.shifts is None else one.shifts & shifts
        worth = {name: value for name, value in one.worth.items() if name in shifts}
        return replace(one, household=replace(one.household, village=village), shifts=allowed, worth=worth)

    return replace(problem, visits=tuple(map(told, problem.visits)))


def full() -> Problem:
    """A problem in which nothing has its default value."""
    wanted = replace(
        visit("x", place=at(5, 0.1), windows=[(9, 11), (14, 16)], shifts=["s"]),
        reasons=(Reason("promise_due", {"on": "2026-11-24"}), Reason("focus")),
        worth={"s": 12_000},
        must=True,
        skills=frozenset({"Yi"}),
    )
    rested = shift("s", rest=LUNCH, to_place=at(2), skills=["Yi"])
    return day([wanted], shifts=[replace(rested, from_village="v", overtime=1800, overtime_rate=6_000)])


@given(days())
def test_a_problem_is_the_same_when_it_has_been_written_and_read(problem: Problem) -> None:
    """Nothing is lost or added on the way through a file, whatever the problem."""
    told = known(problem)
    given_back = read_problem(write_problem(told))
    assert given_back.problem == told
    assert isinstance(given_back.travel, GeodesicTravel)


def test_a_problem_with_everything_keeps_everything() -> None:
    """Also what most problems leave at its default: value by shift, must, skills, reasons, a start inside a village."""
    assert read_problem(write_problem(full())).problem == full()


def test_the_last_day_of_the_longest_period_can_be_written_and_read() -> None:
    """What the service may plan it can also keep and read again."""
    begins = (MOST_DAYS - 1) * planning.DAY
    last = replace(shift(), start=begins + 8 * HOUR, end=begins + 20 * HOUR)
    problem = day([visit("x")], shifts=[last])
    assert read_problem(write_problem(problem)).problem == problem


@pytest.mark.parametrize(
    ("form", "kind", "others"),
    [
        (forms.ShiftForm, Shift, [Team]), (forms.VisitForm, Visit, [Household]), (forms.VillageForm, Village, []),
        (forms.TownForm, planning.Town, []),
        (forms.RestForm, planning.Break, []), (forms.WindowForm, planning.TimeWindow, []),
        (forms.ReasonForm, Reason, []), (forms.PlanForm, Plan, []), (forms.RouteForm, planning.Route, []),
        (forms.StopForm, planning.Stop, []), (forms.UnplannedForm, planning.Unplanned, []),
    ],
)  # fmt: skip
def test_every_field_of_a_problem_and_a_plan_has_its_place_in_the_file(
    form: type[Schema], kind: Any, others: list[Any]
) -> None:
    """A field that is added to the planner's values and forgotten here would be lost in silence."""
    inner = {f"{other.__name__.lower()}.{one.name}" for other in others for one in fields(other)}
    wanted = {one.name for one in fields(kind)} - {other.__name__.lower() for other in others} | inner
    assert {field.attribute or name for name, field in form().fields.items()} == wanted


@settings(max_examples=25)
@given(days())
def test_a_plan_is_the_same_when_it_has_been_written_and_read(problem: Problem) -> None:
    """Routes, times, breaks, reasons with their facts, value and engine."""
    plan = solve(problem, TRAVEL, SolveOptions(seconds=None, iterations=5))
    assert read_plan(write_plan(plan)) == plan


def body() -> dict[str, Any]:
    """The file of a small problem, to be spoilt."""
    found: dict[str, Any] = json.loads(write_problem(full()))
    return found


def said(spoilt: object) -> dict[str, str]:
    """What is said of a file, by path."""
    with pytest.raises(ValidationError) as caught:
        read_problem(json.dumps(spoilt).encode())
    return dict(by_path(caught.value.normalized_messages()))


def _put(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def spoil(problem: dict[str, Any]) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        inner: Any = problem
        for step in steps:
            inner = inner[step]
        inner[last] = value

    return spoil


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("date", "soon", "date"),
        ("visits.0.value", "many", "visits.0.value"),
        ("visits.0.service", 1.5, "visits.0.service"),
        ("visits.0.service", -1, "visits.0.service"),
        ("visits.0.windows.1.close", 9 * HOUR, "visits.0.windows.1.close"),
        ("visits.0.village", "unheard of", "visits.0.village"),
        ("visits.0.shifts", ["other"], "visits.0.shifts"),
        ("visits.0.worth", {"other": 5}, "visits.0.worth.other"),
        ("visits.0.place", {"lat": 95, "lon": 0}, "visits.0.place.lat"),
        ("visits.0.place", "here", "visits.0.place"),
        ("visits.0.place", 0, "visits.0.place"),
        ("visits.0.colour", "red", "visits.0.colour"),
        ("visits.0.reasons.0.facts", {"x": [1]}, "visits.0.reasons.0.facts.x.value"),
        ("shifts.0.end", HOUR, "shifts.0.end"),
        ("shifts.0.from_village", "unheard of", "shifts.0.from_village"),
        ("shifts.0.from_place", None, "shifts.0.from_place"),
        ("matrix", {"seconds": []}, "matrix.seconds"),
        ("matrix", {"seconds": [[0, 1], [1]]}, "matrix.seconds.1"),
        ("matrix", {"seconds": [[0, 1], [1, -1]]}, "matrix.seconds.1"),
        ("matrix", {"seconds": [[0, 1], [1, 0.5]]}, "matrix.seconds.1"),
        ("matrix", {"seconds": [[0, 1], [1, 0]], "metres": [[0]]}, "matrix.metres"),
        ("matrix", {"seconds": [[0]]}, "shifts.0.from_place"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(path: str, value: object, told: str) -> None:
    """Who writes a file by hand or by a script of their own finds the one field that is wrong."""
    spoilt = body()
    _put(path, value)(spoilt)
    assert said(spoilt)[told]


def test_two_things_of_one_id_are_refused() -> None:
    """A plan could not say which of them it means."""
    spoilt = body()
    spoilt["visits"] *= 2
    spoilt["shifts"] *= 2
    assert said(spoilt).keys() == {"visits.1.id", "shifts.1.id"}


def by_matrix(seconds: list[list[int | None]], arrival: int = 0) -> tuple[bytes, Problem]:
    """A file of three places: the branch is row 0, doors of one village are rows 1 and 2."""
    spoilt = body()
    spoilt["shifts"][0] |= {"from_place": 0, "to_place": 0, "from_village": None, "rest": None}
    spoilt["villages"] = [{"id": "v", "arrival_seconds": arrival}]
    door = {"village": "v", "service": 600, "value": 100}
    spoilt["visits"] = [
        {**door, "id": f"x{row}", "household": f"h{row}", "place": row} for row in range(1, len(seconds))
    ]
    spoilt["matrix"] = {"seconds": seconds}
    data = json.dumps(spoilt).encode()
    return data, read_problem(data).problem


def planned(data: bytes) -> Plan:
    """The plan of a file."""
    found = read_problem(data)
    return solve(found.problem, found.travel, SolveOptions(seconds=None, iterations=50))


def test_a_matrix_may_differ_by_direction() -> None:
    """The plan goes round the way that is short: 0 → 2 → 1 → 0 takes three minutes, the other way an hour."""
    hour = 20 * MINUTE
    data, _ = by_matrix([[0, hour, MINUTE], [MINUTE, 0, hour], [hour, MINUTE, 0]])
    (route,) = planned(data).routes
    assert [stop.visit for stop in route.stops] == ["x2", "x1"]
    assert (route.end - route.start, route.walk_seconds) == (3 * MINUTE + 2 * 600, MINUTE)


def test_entering_a_village_costs_its_arrival_beside_the_matrix() -> None:
    """A leg of the matrix is the way alone; the arrival comes once, not between two doors of the village."""
    data, _ = by_matrix([[0, 60, 60], [60, 0, 60], [60, 60, 0]], arrival=300)
    (route,) = planned(data).routes
    assert (route.drive_seconds, route.walk_seconds) == (60 + 300 + 60, 60)


def test_null_is_no_way() -> None:
    """What no road leads to is told as that, with no number made up for it."""
    data, _ = by_matrix([[0, 60, None], [60, 0, None], [None, None, 0]])
    plan = planned(data)
    assert {one.visit: one.reason.code for one in plan.unplanned} == {"x2": "no_way"}


def test_a_problem_on_a_matrix_is_the_same_when_it_has_been_written_and_read() -> None:
    """The matrix with its holes, and each place as its row."""
    data, problem = by_matrix([[0, 60, None], [70, 0, 5], [80, 6, 0]])
    travel = read_problem(data).travel
    assert isinstance(travel, MatrixTravel)
    again = read_problem(write_problem(problem, travel))
    assert again.problem == problem
    assert isinstance(again.travel, MatrixTravel)
    assert np.array_equal(again.travel.seconds, travel.seconds)
    assert problem.visits[0].household.place == MatrixPlace(0.0, 0.0, 1)


def run(*words: str) -> Any:
    """Run the command as a shell would."""
    app = create_app(Settings(database_url="sqlite://"))
    return app.test_cli_runner().invoke(args=["solve", *words])


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    """A file of a problem that has room for everything."""
    wanted = [visit(f"x{n}", place=at(5, n / 10), value=1_000 + n) for n in range(6)]
    path = tmp_path / "problem.json"
    path.write_bytes(write_problem(day(wanted, [village("v", 5)])))
    return path


def test_solve_writes_the_plan_that_python_makes(problem_file: Path, tmp_path: Path) -> None:
    """The same steps and seed give the same plan from the command line and from Python; progress is beside it."""
    out = tmp_path / "plan.json"
    ran = run(str(problem_file), "--iterations", "80", "--seed", "3", "--out", str(out))
    assert (ran.exit_code, ran.stdout) == (0, "")
    found = read_problem(problem_file.read_bytes())
    assert read_plan(out.read_bytes()) == solve(found.problem, found.travel, SolveOptions(None, 80, seed=3))
    assert "100 %  80 iterations  value 6015" in ran.stderr


def test_solve_without_a_file_for_the_plan_prints_it(problem_file: Path) -> None:
    """So that it can be piped on."""
    ran = run(str(problem_file), "--iterations", "10")
    assert read_plan(ran.stdout_bytes).value == 6015


@pytest.mark.parametrize(
    ("content", "told"),
    [("{", "not JSON"), ("[]", "the file: Invalid"), ('{"date": 1}', "shifts: Missing"), ('{"a":1,"a":2}', "twice")],
)
def test_a_file_that_cannot_be_read_ends_with_2(tmp_path: Path, content: str, told: str) -> None:
    """And says what is wrong with it, one line for each field, on standard error."""
    path = tmp_path / "problem.json"
    path.write_text(content, encoding="utf-8")
    ran = run(str(path))
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert told in ran.stderr


def test_two_budgets_are_refused(problem_file: Path) -> None:
    """Which of them should hold?"""
    ran = run(str(problem_file), "--seconds", "1", "--iterations", "5")
    assert ran.exit_code == 2
    assert "either" in ran.stderr


def test_a_planner_that_fails_ends_with_3_and_a_wrong_plan_with_4(
    problem_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither writes a plan. Both are faults of ours, which no file can provoke: so they are put in here."""

    def late(*_: object) -> Plan:
        raise SolverTimedOut("too late")

    for planner, code, told in ((late, 3, "too late"), (lambda *_: Plan((), (), 0, "none"), 4, "unaccounted")):
        monkeypatch.setattr(solve_file, "solve_in_child", planner)
        ran = run(str(problem_file))
        assert (ran.exit_code, ran.stdout) == (code, "")
        assert told in ran.stderr
