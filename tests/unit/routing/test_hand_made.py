"""A plan made by hand gets the times that would come about, and the checker says what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from routing.check import check
from routing.hand_made import timed
from routing.problem import Problem
from routing.solve import SolveOptions, solve
from tests.unit.routing.days import HOUR, LUNCH, QUICK, TRAVEL, day, days, shift, village, visit


def wrong(problem: Problem, order: dict[str, list[str]]) -> set[str]:
    """The codes of what the checker finds."""
    return {violation.code for violation in check(problem, TRAVEL, timed(problem, TRAVEL, order))}


@settings(max_examples=80, deadline=None)
@given(days())
def test_a_good_order_is_found_good(problem: Problem) -> None:
    """The planner's own order, given by hand, breaks no rule: the times found are good wherever any are."""
    plan = solve(problem, TRAVEL, SolveOptions(seconds=None, iterations=10))
    assert wrong(problem, plan.order()) == set()


@settings(max_examples=80, deadline=None)
@given(days())
def test_any_order_gets_times_and_an_honest_answer(problem: Problem) -> None:
    """Every visit on the first shift, however absurd: never an exception, and figures that add up."""
    if not problem.shifts:
        return
    order = {problem.shifts[0].id: [visit.id for visit in problem.visits]}
    found = {violation.code for violation in check(problem, TRAVEL, timed(problem, TRAVEL, order))}
    assert not {code for code in found if code.startswith("wrong_")}
    assert "too_fast" not in found


def test_too_much_for_a_day_is_named_with_the_return() -> None:
    """Eleven hours of calls in a shift of nine: the team would be back late."""
    problem = day([visit(f"x{n}", service=HOUR) for n in range(11)])
    assert "after_shift" in wrong(problem, {"s": [f"x{n}" for n in range(11)]})


def test_hours_that_are_missed_are_named() -> None:
    """A call put behind others so that its hours are over."""
    problem = day([visit("a", service=3 * HOUR), visit("b", windows=[(9, 10)])], shifts=[shift()])
    assert wrong(problem, {"s": ["a", "b"]}) == {"outside_windows"}
    assert wrong(problem, {"s": ["b", "a"]}) == set()


def test_a_village_done_twice_is_named() -> None:
    """Leaving a village and coming back breaks the rule of whole villages."""
    problem = day([visit("a"), visit("b", "w"), visit("c")], [village("v", 5), village("w", 9)], [shift()])
    assert "village_split" in wrong(problem, {"s": ["a", "b", "c"]})


def test_the_rest_is_taken_when_it_may_be() -> None:
    """The rest falls between two calls as soon as its hours begin."""
    problem = day([visit(f"x{n}", service=HOUR) for n in range(5)], shifts=[shift(rest=LUNCH)])
    plan = timed(problem, TRAVEL, {"s": [f"x{n}" for n in range(5)]})
    assert check(problem, TRAVEL, plan) == []
    assert plan.routes[0].rest_start is not None


def test_who_is_not_known_is_an_error() -> None:
    """A visit or shift that the problem has not is the caller's mistake."""
    problem = day([visit("x")])
    with pytest.raises(KeyError):
        timed(problem, TRAVEL, {"s": ["y"]})
    with pytest.raises(KeyError):
        timed(problem, TRAVEL, {"t": ["x"]})


def test_what_the_planner_left_out_may_be_left_out_by_hand() -> None:
    """Visits that nobody put into a route are accounted for."""
    problem = day([visit("x"), visit("y")])
    assert [left.reason.code for left in timed(problem, TRAVEL, {"s": ["x"]}).unplanned] == ["left_by_hand"]
    assert solve(problem, TRAVEL, QUICK).unplanned == ()
