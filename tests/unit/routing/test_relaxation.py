"""Which single rule keeps a visit out, shown by relaxing it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from routing.problem import Problem, Reason
from routing.relaxation import RELAXATIONS, relaxations
from routing.solve.screen import screen
from tests.unit.routing.days import TRAVEL, day, days, shift, village, visit


def would_do(problem: Problem, name: str = "x") -> dict[str, dict[str, str | int]]:
    """The rules that would do, with their facts."""
    return {reason.code: dict(reason.facts) for reason in relaxations(problem, TRAVEL, name).would_do}


def test_a_visit_that_can_be_planned_needs_nothing_relaxed() -> None:
    """What is possible has no rule against it."""
    answer = relaxations(day([visit("x")]), TRAVEL, "x")
    assert answer.reason is None
    assert answer.would_do == ()


def test_hours_outside_the_shift_are_the_cause() -> None:
    """Only the hours stand against it: without them it could be made, a longer shift would do too."""
    found = would_do(day([visit("x", windows=[(18, 19)])], shifts=[shift(end=17.5)]))
    assert set(found) == {"other_hours", "longer_shift"}


def test_a_shift_that_may_not_come_is_the_cause() -> None:
    """A conflict of interest on the only shift that works: nothing but another shift helps."""
    found = would_do(day([visit("x", shifts=["gone"])]))
    assert found == {"other_shift": {"shift": "s"}}


def test_a_skill_that_nobody_has_is_the_cause() -> None:
    """What is lacking is named, not what the team has; leave to go changes nothing."""
    found = would_do(day([visit("x", skills=["Yi", "boat"])], shifts=[shift(skills=["boat"])]))
    assert found == {"without_skills": {"shift": "s", "skills": "Yi"}}


def test_the_measure_is_exact_to_the_minute() -> None:
    """With the seconds that are named it fits, with a minute less it does not."""
    problem = day([visit("x", service=3 * 3600)], [village("v", 30)], [shift(start=9, end=12)])
    found = would_do(problem)
    seconds = int(found["longer_shift"]["seconds"])
    for extra, fits in ((seconds, True), (seconds - 60, False)):
        longer = replace(problem.shifts[0], end=problem.shifts[0].end + extra)
        assert (relaxations(replace(problem, shifts=(longer,)), TRAVEL, "x").reason is None) is fits
    call = int(found["shorter_call"]["seconds"])
    for service, fits in ((call, True), (call + 60, False)):
        shorter = replace(problem.visits[0], service=service)
        assert (relaxations(replace(problem, visits=(shorter,)), TRAVEL, "x").reason is None) is fits


def test_two_causes_at_once_are_no_single_rule() -> None:
    """Hours that are missed and a call that is too long: no one rule relaxed alone would do, and nothing is claimed."""
    problem = day([visit("x", windows=[(5, 6)], service=20 * 3600)])
    answer = relaxations(problem, TRAVEL, "x")
    assert answer.reason is not None
    assert answer.would_do == ()


@settings(max_examples=80, deadline=None)
@given(days())
def test_each_claim_holds_when_carried_out(problem: Problem) -> None:
    """Whatever the day, a rule that is said to be the cause lets the visit in when it is relaxed."""
    for out in screen(problem, TRAVEL).impossible:
        wanted = next(v for v in problem.visits if v.id == out.visit)
        answer = relaxations(problem, TRAVEL, out.visit)
        assert answer.reason is not None
        for claim in answer.would_do:
            assert set(claim.facts) == set(RELAXATIONS[claim.code][0])
            assert screen(relaxed(problem, wanted.id, claim), TRAVEL).impossible == ()


def relaxed(problem: Problem, name: str, claim: Reason) -> Problem:
    """The problem with the one visit, and the rule relaxed as the claim says."""
    wanted = next(v for v in problem.visits if v.id == name)
    (on,) = (s for s in problem.shifts if s.id == claim.facts["shift"])
    seconds = int(claim.facts.get("seconds", 0))
    if claim.code == "other_shift":
        wanted = replace(wanted, shifts=None)
    elif claim.code == "without_skills":
        wanted = replace(wanted, skills=wanted.skills - set(str(claim.facts["skills"]).split(", ")))
    elif claim.code == "other_hours":
        wanted = replace(wanted, windows=())
    elif claim.code == "shorter_call":
        wanted = replace(wanted, service=seconds)
    elif claim.code == "longer_shift":
        on = replace(on, end=on.end + seconds)
    else:
        on = replace(on, rest=None)
    return replace(problem, visits=(wanted,), shifts=(on,))


def test_an_unheard_of_visit_is_an_error() -> None:
    """A visit that the problem has not is the caller's mistake."""
    with pytest.raises(KeyError):
        relaxations(day([]), TRAVEL, "x")
