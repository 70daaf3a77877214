"""A search may begin from a plan, of which some stops must stay; what cannot be kept is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import check
from routing.problem import Plan, Problem
from routing.solve import PinsImpossible, SolveOptions, Start, core, solve
from tests.unit.routing.days import BRANCH, HOUR, LUNCH, MINUTE, QUICK, TRAVEL, day, days, shift, village, visit


@pytest.fixture(params=["compiled", "plain"])
def search(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each rule holds with the compiled and with the plain search."""
    if request.param == "plain":
        monkeypatch.setattr(core, "compiled", lambda: False)
    elif not core.compiled():
        pytest.skip("numba is missing or switched off")


def planned(problem: Problem, start: Start, options: SolveOptions = QUICK) -> Plan:
    """The plan from ``start``, which the checker has nothing against."""
    plan = solve(problem, TRAVEL, options, start=start)
    assert check(problem, TRAVEL, plan) == []
    return plan


def stops(plan: Plan) -> dict[str, list[str]]:
    """Names of the stops by shift."""
    return {route.shift: [stop.visit for stop in route.stops] for route in plan.routes}


def in_order(wanted: list[str], found: list[str]) -> bool:
    """Whether ``wanted`` are all in ``found``, in this order."""
    return [name for name in found if name in wanted] == wanted


@pytest.mark.usefixtures("search")
def test_pinned_stops_keep_team_and_order() -> None:
    """However much more the others are worth and however long the way round: pinned stays, the rest is filled up."""
    villages = [village(f"v{n}", 2 + 6 * n) for n in range(6)]
    visits = [visit(f"x{n}", f"v{n}", value=100 if n < 3 else 10**6) for n in range(6)]
    problem = day(visits, villages, [shift("s", rest=LUNCH), shift("t", rest=LUNCH)])
    start = Start({"s": ("x2", "x0", "x1"), "t": ()}, frozenset({"x2", "x0", "x1"}))
    plan = planned(problem, start)
    assert in_order(["x2", "x0", "x1"], stops(plan)["s"])
    assert sum(len(names) for names in stops(plan).values()) == 6


@pytest.mark.usefixtures("search")
def test_nothing_comes_between_locked_stops() -> None:
    """What a team is doing now is done first: others come after, though there is room on the way."""
    visits = [visit(name, None, place=BRANCH, service=30 * MINUTE) for name in "abcdef"]
    start = Start({"s": ("f", "e")}, frozenset("fe"), {"s": 2})
    plan = planned(day(visits, [], [shift("s")]), start)
    assert stops(plan)["s"][:2] == ["f", "e"]
    assert len(stops(plan)["s"]) == 6


@pytest.mark.usefixtures("search")
def test_a_start_is_not_made_worse() -> None:
    """With next to no search the plan begun from is what comes out, filled up."""
    villages = [village(f"v{n}", 2 + 3 * n) for n in range(5)]
    visits = [visit(f"x{n:02}", f"v{n % 5}", value=1_000 + 997 * (n * 7 % 31)) for n in range(40)]
    problem = day(visits, villages, [shift("s", rest=LUNCH), shift("t", rest=LUNCH)])
    good = solve(problem, TRAVEL, replace(QUICK, iterations=400))
    again = planned(problem, Start.of_plan(good), replace(QUICK, iterations=1))
    assert again.value >= good.value


@pytest.mark.usefixtures("search")
def test_of_a_start_that_no_longer_fits_what_fits_is_kept() -> None:
    """Unknown visits and those too many for the day are left out; pinned ones are not among them."""
    visits = [visit(name, None, place=BRANCH, service=HOUR) for name in "abcd"]
    start = Start({"s": ("a", "gone", "b", "c", "d"), "elsewhere": ("x",)}, frozenset("d"))
    plan = planned(day(visits, [], [shift("s", 9, 11)]), start)
    assert len(stops(plan)["s"]) == 2
    assert "d" in stops(plan)["s"]


@pytest.mark.parametrize(
    ("routes", "shifts"),
    [
        ({"s": ("a", "b", "c")}, [shift("s", 9, 11)]),
        ({"s": ("gone",)}, [shift("s")]),
        ({"t": ("a",)}, [shift("s")]),
        ({"s": ("a",)}, [shift("s", rest=(12, 12.5, 45))]),
        ({"s": ("only t",)}, [shift("s"), shift("t")]),
        ({"s": ("late", "early")}, [shift("s")]),
    ],
    ids=["too much", "unknown visit", "unknown shift", "shift without a rest", "not allowed", "hours missed"],
)
def test_pins_that_contradict_are_named(routes: dict[str, tuple[str, ...]], shifts: list) -> None:  # type: ignore[type-arg]
    """Pinned stops that cannot be kept are an error with the shift, never a broken plan."""
    visits = [visit(name, None, place=BRANCH, service=HOUR) for name in "abc"]
    visits.append(visit("only t", None, place=BRANCH, shifts=["t"]))
    visits.append(visit("early", None, place=BRANCH, windows=[(9, 10)]))
    visits.append(visit("late", None, place=BRANCH, windows=[(15, 16)]))
    pinned = frozenset(name for names in routes.values() for name in names)
    with pytest.raises(PinsImpossible) as refused:
        solve(day(visits, [], shifts), TRAVEL, QUICK, start=Start(routes, pinned))
    assert refused.value.shift in routes
    assert set(refused.value.visits) <= pinned


def test_what_is_locked_must_be_pinned() -> None:
    """A lock over a stop that may go away would lock nothing."""
    with pytest.raises(ValueError, match="locked"):
        Start({"s": ("a", "b")}, frozenset("a"), {"s": 2})


@settings(max_examples=60)
@given(days(most_visits=10, most_shifts=3), st.randoms(use_true_random=False))
def test_any_plan_can_be_begun_from(problem: Problem, rng: object) -> None:
    """Of any plan any stops can be pinned: they stay, in order, and the plan is right."""
    plan = solve(problem, TRAVEL, replace(QUICK, iterations=30))
    pinned = [s.visit for route in plan.routes for s in route.stops if rng.random() < 0.4]  # type: ignore[attr-defined]
    again = planned(problem, Start.of_plan(plan, pinned), replace(QUICK, iterations=40, seed=3))
    for shift_id, names in stops(plan).items():
        kept = [name for name in names if name in pinned]
        assert in_order(kept, stops(again).get(shift_id, []))
