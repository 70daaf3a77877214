"""What a plan does and must not do, rule by rule; every plan is judged by the independent checker too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import check, notes
from routing.explain import UNPLANNED, reasons_planned
from routing.problem import Plan, Problem, Visit
from routing.solve import Progress, SolveOptions, solve
from routing.travel import Travel
from tests.unit.routing.days import (
    BRANCH,
    HOUR,
    LUNCH,
    MINUTE,
    QUICK,
    TRAVEL,
    SetTravel,
    at,
    day,
    days,
    shift,
    village,
    visit,
)


def planned(problem: Problem, travel: Travel = TRAVEL, options: SolveOptions = QUICK) -> Plan:
    """The plan, which the checker has nothing against."""
    plan = solve(problem, travel, options)
    assert check(problem, travel, plan) == []
    return plan


def stops(plan: Plan) -> dict[str, list[str]]:
    """Names of the stops by shift."""
    return {route.shift: [stop.visit for stop in route.stops] for route in plan.routes}


def why(plan: Plan) -> dict[str, str]:
    """The code of the reason of every unplanned visit."""
    return {item.visit: item.reason.code for item in plan.unplanned}


@settings(max_examples=120)
@given(days(), st.integers(0, 2))
def test_every_plan_passes_the_checker(problem: Problem, seed: int) -> None:
    """Whatever the day looks like there is a plan, it breaks no rule, and its reasons have the facts they promise."""
    plan = planned(problem, options=SolveOptions(seconds=None, iterations=25, seed=seed))
    for item in plan.unplanned:
        meaning = UNPLANNED[item.reason.code]
        assert set(meaning.facts) - set(item.reason.facts) <= {"late_seconds"}
        assert set(item.reason.facts) <= set(meaning.facts)
        assert item.reason.facts.get("late_seconds", 1) > 0


@settings(max_examples=25)
@given(days(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(problem: Problem, rng: object) -> None:
    """Ties are broken by id, so a shuffled input gives the same plan; so does the same input again."""
    visits, shifts = list(problem.visits), list(problem.shifts)
    rng.shuffle(visits)  # type: ignore[attr-defined]
    rng.shuffle(shifts)  # type: ignore[attr-defined]
    other = replace(problem, visits=tuple(visits), shifts=tuple(shifts))
    assert solve(problem, TRAVEL, QUICK) == solve(other, TRAVEL, QUICK)


def test_the_more_valuable_visit_is_chosen() -> None:
    """Where there is time for one of two, value decides."""
    problem = day(
        [visit("a", value=100, service=HOUR), visit("b", value=200, service=HOUR)], shifts=[shift("s", 9, 11)]
    )
    plan = planned(problem)
    assert stops(plan) == {"s": ["b"]}
    assert why(plan) == {"a": "no_room"}
    assert plan.value == 200


def test_all_that_fits_is_planned_on_the_shortest_way() -> None:
    """With time to spare every visit is made and the team does not drive to and fro."""
    problem = day(
        [visit("a", "far"), visit("b", "near"), visit("c", "mid")],
        [village("far", 12), village("near", 3), village("mid", 7)],
    )
    order = stops(planned(problem))["s"]
    assert order in (["b", "c", "a"], ["a", "c", "b"])


def test_a_call_begins_inside_a_window() -> None:
    """With several windows a visit may use any of them; the route waits or leaves later."""
    problem = day([visit("a", windows=[(6, 7), (15, 15.25)])])
    (route,) = planned(problem).routes
    assert 15 * HOUR <= route.stops[0].arrival <= 15.25 * HOUR
    assert route.start > 14 * HOUR


def test_a_team_makes_only_the_visits_it_may() -> None:
    """A conflict of interest keeps a team from a door, not from the village next to it."""
    problem = day(
        [visit("a", "v", shifts=["t"]), visit("b", "w", shifts=["s"]), visit("c", "w")],
        [village("v", 4), village("w", 5)],
        [shift("s"), shift("t")],
    )
    plan = stops(planned(problem))
    assert "a" in plan["t"]
    assert set(plan["s"]) == {"b", "c"}


def test_start_and_end_may_be_different_places() -> None:
    """The last leg goes to the end place, not back to the start."""
    problem = day([visit("a")], shifts=[shift(from_place=at(4), to_place=at(30))])
    (route,) = planned(problem).routes
    assert route.metres > 25_000
    assert route.end - route.stops[-1].leave > route.stops[0].arrival - route.start


def test_the_rest_is_whole_and_inside_its_bounds() -> None:
    """Calls of an hour around noon make way for lunch; the checker has the rule in full."""
    problem = day([visit(f"x{n}", service=HOUR) for n in range(9)])
    (route,) = planned(problem).routes
    assert route.rest_start is not None
    assert 12 * HOUR <= route.rest_start <= 13.5 * HOUR - 45 * MINUTE
    assert len(route.stops) == 7


def test_the_rest_may_be_on_the_road() -> None:
    """A long drive over noon is interrupted for lunch: no call is lost for it."""
    problem = day(
        [visit("a", "v", windows=[(11.5, 11.5)]), visit("b", "w", windows=[(14.75, 14.75)])],
        [village("v", 0.5), village("w", 45)],
        [shift(rest=(12.5, 13.25, 45), start=8, end=18)],
    )
    (route,) = planned(problem).routes
    assert [stop.visit for stop in route.stops] == ["a", "b"]
    assert route.rest_start == 12.5 * HOUR


@pytest.mark.parametrize("seed", range(3))
def test_a_village_is_done_in_one_run_by_one_team(seed: int) -> None:
    """Two teams that could share three villages do not: each village has one team and one stretch of its route."""
    problem = day(
        [visit(f"{v}{n}", v, service=25 * MINUTE, value=900 + n) for v in "uvw" for n in range(9)],
        [village("u", 5), village("v", 6), village("w", 7)],
        [shift("s", rest=LUNCH), shift("t", rest=LUNCH)],
    )
    plan = planned(problem, options=SolveOptions(seconds=None, iterations=80, seed=seed))
    teams = {v: {s for s, names in stops(plan).items() for name in names if name[0] == v} for v in "uvw"}
    assert max(len(found) for found in teams.values()) == 1
    for names in stops(plan).values():
        villages = [name[0] for name in names]
        assert sum(a != b for a, b in pairwise(villages)) == len(set(villages)) - 1
    assert "village_kept_whole" in why(plan).values() or all(code == "no_room" for code in why(plan).values())


#: A morning and a late appointment in one village, a long one in another between them.
TWO_APPOINTMENTS = day(
    [
        visit("a", "v", windows=[(9, 9.25)]),
        visit("m", "w", windows=[(11, 11)], service=3 * HOUR),
        visit("z", "v", windows=[(16, 16.25)]),
    ],
    [village("v", 3), village("w", 8)],
    [shift()],
)


def test_a_window_may_split_a_village_for_enough_value() -> None:
    """An appointment worth more than the price of a second run is kept, and the checker notes the split."""
    plan = planned(TWO_APPOINTMENTS, options=replace(QUICK, split_cost=0.5))
    assert stops(plan) == {"s": ["a", "m", "z"]}
    found = [(note.code, note.facts["runs"]) for note in notes(TWO_APPOINTMENTS, plan)]
    assert found == [("village_split_for_window", 2)]


def test_a_split_that_is_not_worth_its_price_is_not_made() -> None:
    """The price of a second run is weighed against the visit, and the reason says so."""
    plan = planned(TWO_APPOINTMENTS, options=replace(QUICK, split_cost=1.5))
    assert list(why(plan).values()) == ["village_kept_whole"]
    assert notes(TWO_APPOINTMENTS, plan) == []


def test_windows_as_wide_as_the_shift_split_no_village() -> None:
    """Contact hours that cover the working day are no appointment."""
    problem = day(
        [visit(f"{v}{n}", v, service=30 * MINUTE, windows=[(8, 20)]) for v in "vw" for n in range(10)],
        [village("v", 5), village("w", 6)],
        [shift("s"), shift("t")],
    )
    assert notes(problem, planned(problem)) == []


def test_a_call_is_made_by_a_team_that_can() -> None:
    """Of two teams the one that speaks the language goes, and takes the neighbours along, whose language all speak."""
    problem = day(
        [visit("x", skills=["Yi"]), visit("y"), visit("z", skills=["Yi", "boat"])],
        shifts=[shift("s", skills=["boat"]), shift("t", skills=["Yi"])],
    )
    plan = planned(problem)
    assert {name: set(visits) for name, visits in stops(plan).items()} == {"t": {"x", "y"}}
    assert why(plan) == {"z": "no_team_has_skill"}


def test_a_poor_village_is_still_visited() -> None:
    """Entering a village is no reason to stay away while there is time."""
    problem = day([visit("rich", "v", value=10**8), visit("poor", "w", value=1)], [village("v", 3), village("w", 9)])
    assert set(stops(planned(problem))["s"]) == {"rich", "poor"}


IMPOSSIBLE: list[tuple[str, Visit, str]] = [
    ("no_place", visit("x", "nowhere"), "neither door nor village placed"),
    ("no_place", visit("x", "unheard of"), "a village the problem does not hold"),
    ("shift_not_allowed", visit("x", shifts=["other"]), "only a shift that does not work today"),
    ("shift_not_allowed", visit("x", shifts=[]), "no shift at all"),
    ("no_team_has_skill", visit("x", skills=["Yi"]), "nobody speaks the language"),
    ("no_value", visit("x", value=0), "worth nothing"),
    ("no_value", visit("x", value=-1), "worth less than nothing"),
    ("window_outside_shift", visit("x", windows=[(5, 8), (18, 20)]), "hours before and after work"),
    ("service_exceeds_shift", visit("x", service=10 * HOUR), "a call of ten hours in a day of nine"),
    ("too_far", visit("x", None, place=at(130)), "two drives and the call are longer than the day"),
    ("not_even_alone", visit("x", None, place=at(60), windows=[(8, 9)]), "there only after its hours"),
    ("not_even_alone", visit("x", service=2 * HOUR, windows=[(11.75, 11.75)]), "a call over the whole lunch"),
]


@pytest.mark.parametrize(("code", "x", "case"), IMPOSSIBLE, ids=[f"{c[0]}: {c[2]}" for c in IMPOSSIBLE])
def test_what_cannot_be_done_is_named_and_the_rest_is_planned(code: str, x: Visit, case: str) -> None:
    """One impossible door never fails a plan: it is left out by the rule that excludes it."""
    problem = day([visit("good"), x], [village("v", 5), village("nowhere")])
    plan = planned(problem)
    assert why(plan) == {"x": code}
    assert stops(plan) == {"s": ["good"]}
    assert UNPLANNED[code].provable


def test_a_door_without_a_way_does_not_fail_the_plan() -> None:
    """A map with a hole: the door behind it is left out, as is one that nobody can return from."""
    travel = SetTravel({(None, "h-cut"): None, ("h-trap", None): None})
    problem = day([visit("cut", "v"), visit("fine", "w"), visit("trap", "u")], [], [shift()])
    problem = day([replace(v, household=replace(v.household, place=at(3))) for v in problem.visits], [], [shift()])
    plan = planned(problem, travel)
    assert why(plan) == {"cut": "no_way", "trap": "no_way"}


def test_one_way_roads_are_respected() -> None:
    """Legs need not be symmetric: down the valley is quick, up is slow."""
    down = {("h-a", "h-b"): 5, ("h-b", "h-a"): 200, (None, "h-a"): 5, ("h-b", None): 5, (None, "h-b"): 60}
    visits = [visit("a", None, place=at(3)), visit("b", None, place=at(4))]
    plan = planned(day(visits, [], [shift("s", 9, 11)]), SetTravel(down))
    assert stops(plan) == {"s": ["a", "b"]}


def test_ways_that_break_the_triangle_inequality_are_planned() -> None:
    """Where the only good road leads past a third door, taking that door out must not break the route."""
    quick = {("h-a", "h-b"): 200, ("h-b", "h-a"): 200, (None, "h-b"): 60, ("h-b", None): 60}
    visits = [visit(n, None, place=at(3), value=v) for n, v in (("a", 500), ("b", 500), ("c", 1))]
    plan = planned(day(visits, [], [shift("s", 9, 12)]), SetTravel(quick))
    assert sorted(stops(plan)["s"]) == ["a", "b", "c"]


def test_a_shift_shorter_than_the_drive_is_an_empty_day() -> None:
    """No exception, no route: a reason for every visit."""
    plan = planned(day([visit("a"), visit("b")], [village("v", 40)], [shift("s", 9, 10)]))
    assert plan.routes == ()
    assert set(why(plan).values()) == {"too_far"}


def test_a_rest_that_cannot_be_taken_leaves_the_shift_out() -> None:
    """A rest longer than its bounds: the shift is not planned, another one is."""
    broken = shift("s", rest=(12, 12.5, 45))
    assert why(planned(day([visit("a")], shifts=[broken]))) == {"a": "rest_does_not_fit"}
    assert stops(planned(day([visit("a")], shifts=[broken, shift("t")]))) == {"t": ["a"]}


@pytest.mark.parametrize(
    ("visits", "shifts", "reasons"),
    [([], [shift()], {}), ([visit("a")], [], {"a": "no_shift"}), ([], [], {})],
    ids=["no visit", "no shift", "nothing"],
)
def test_an_empty_day_is_a_plan(visits: Sequence[Visit], shifts: list, reasons: dict[str, str]) -> None:
    """Nothing to do, or nobody to do it, is answered like any other day."""
    plan = planned(day(visits, shifts=shifts))
    assert (plan.routes, plan.value, why(plan)) == ((), 0, reasons)


def test_two_visits_at_one_point_are_both_made() -> None:
    """Two loans behind one door, and two doors at one coordinate."""
    problem = day(
        [
            visit("a", place=at(5), household="h"),
            visit("b", place=at(5), household="h"),
            visit("c", place=at(5), household="k"),
        ]
    )
    assert sorted(stops(planned(problem))["s"]) == ["a", "b", "c"]


def test_values_of_a_billion_yuan_neither_overflow_nor_drown_the_small_ones() -> None:
    """Values are weighed relative to their mean; a single fen is still worth a call when there is time."""
    problem = day([visit("bank", value=10**11), visit("fen", value=1), visit("mean", value=10**11 - 7)])
    plan = planned(problem)
    assert plan.value == 2 * 10**11 - 6


def test_thousands_of_visits_for_one_team() -> None:
    """The best few hundred enter the search; all others are tried at the end and told that they do not fit."""
    villages = [village(f"v{n}", 1 + n / 4) for n in range(100)]
    visits = [visit(f"x{n:04}", f"v{n % 100}", value=1_000 + 37 * n % 9_001) for n in range(5_000)]
    plan = planned(day(visits, villages), options=replace(QUICK, iterations=20))
    assert len(plan.routes[0].stops) > 12
    assert set(why(plan).values()) <= {"no_room", "village_kept_whole"}


def test_what_was_passed_over_is_planned_where_it_fits() -> None:
    """With fewer candidates than visits the others still get what room is left."""
    problem = day([visit(f"x{n:02}", service=5 * MINUTE) for n in range(50)], shifts=[shift()])
    few = planned(problem, options=replace(QUICK, candidates=1, iterations=5))
    assert len(few.routes[0].stops) > 45


def test_the_seed_is_where_chance_comes_from() -> None:
    """Same seed, same plan; other seeds may differ, and all are valid."""
    problem = day(
        [visit(f"x{n:02}", f"v{n % 6}", value=100 + n * 37 % 91) for n in range(36)],
        [village(f"v{n}", 3 + 2 * n) for n in range(6)],
    )
    plans = [planned(problem, options=SolveOptions(seconds=None, iterations=40, seed=s)) for s in (1, 1, 2)]
    assert plans[0] == plans[1]
    assert plans[2].value > 0


def test_seconds_are_a_budget_too() -> None:
    """A budget by the clock gives a valid plan and reports its progress to the end."""
    told: list[Progress] = []
    problem = day([visit(f"x{n:02}") for n in range(40)])
    plan = solve(problem, TRAVEL, SolveOptions(seconds=0.3), told.append)
    assert check(problem, TRAVEL, plan) == []
    assert (told[-1].done, told[-1].of, told[-1].value) == (1_000, 1_000, plan.value)
    for measure in ("done", "iterations", "seconds", "value"):
        course = [getattr(progress, measure) for progress in told]
        assert course == sorted(course)
    assert told[-1].iterations > 0


def test_a_search_that_is_stopped_gives_the_best_plan_so_far() -> None:
    """Asked to stop at its first sign of life, a search for a day ends at once with a plan that may be stored."""
    told: list[Progress] = []
    problem = day([visit(f"x{n:02}") for n in range(40)])
    plan = solve(problem, TRAVEL, SolveOptions(seconds=86_000), told.append, stopped=lambda: bool(told))
    assert check(problem, TRAVEL, plan) == []
    assert told[-1].done == told[-1].of


@pytest.mark.parametrize(
    "budget",
    [{"seconds": 1.0, "iterations": 5}, {"seconds": None}, {"seconds": 0.0}, {"seconds": None, "iterations": 0}],
)
def test_a_budget_is_one_positive_number(budget: dict[str, float | None]) -> None:
    """Two budgets, none, or nothing to spend are refused."""
    with pytest.raises(ValueError, match="budget"):
        SolveOptions(**budget)  # type: ignore[arg-type]


def test_planned_visits_have_reasons_that_hold() -> None:
    """Rank of value, the village it is done with, the hours asked for: each read off problem and plan."""
    problem = day([visit("a", value=5, windows=[(9, 12)]), visit("b", value=7), visit("c", None, place=at(2), value=6)])
    plan = planned(problem)
    found = {name: [reason.code for reason in why] for name, why in reasons_planned(problem, plan).items()}
    assert found == {
        "a": ["value_rank", "with_village", "appointment"],
        "b": ["value_rank", "with_village"],
        "c": ["value_rank"],
    }
    ranks = {name: why[0].facts["rank"] for name, why in reasons_planned(problem, plan).items()}
    assert ranks == {"b": 1, "c": 2, "a": 3}


def test_a_branch_can_be_anywhere() -> None:
    """A door at the branch itself is no distance away and still a visit."""
    assert stops(planned(day([visit("a", None, place=BRANCH)]))) == {"s": ["a"]}
