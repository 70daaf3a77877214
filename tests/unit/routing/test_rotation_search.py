"""Rotation as a search: what it finds obeys the rules, what it calls impossible is, and it repeats itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.rotation import (
    Conflict,
    PastPlace,
    Person,
    RotationInfeasible,
    RotationProblem,
    RotationProposal,
    RuleFact,
    TerritoryDemand,
    check_rotation,
)
from routing.rotation.propose import advance, propose
from tests.unit.routing.rotation_cases import excused, possible, rules

NAMES = ("A", "B")


def _person(name: str) -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        st.just(name),
        knows=st.dictionaries(st.sampled_from(NAMES), st.sampled_from([0.4, 0.5, 1.0])),
        travel_minutes=st.dictionaries(st.sampled_from(NAMES), st.sampled_from([20, 60, 121])),
        conflicts=st.dictionaries(st.sampled_from(NAMES), st.sampled_from([Conflict(5, 5, 8), Conflict(9, 0, 9)])),
        banned=st.frozensets(st.sampled_from(NAMES), max_size=1),
        leave=st.dictionaries(st.integers(0, 1), st.sampled_from([0.3, 1.0]), max_size=1),
        skills=st.frozensets(st.just("Yi")),
    )


@st.composite
def tiny(draw: st.DrawFn) -> RotationProblem:
    """At most four people and two territories, with every kind of rule in play."""
    people = tuple(draw(_person(name)) for name in "abcd"[: draw(st.integers(2, 4))])
    names = NAMES[: draw(st.integers(1, 2))]
    demand = st.builds(
        TerritoryDemand,
        st.just(""),
        work_minutes=st.integers(0, 900),
        value=st.integers(0, 900),
        accounts=st.just(20),
        people_min=st.sampled_from([None, 1]),
        people_max=st.sampled_from([None, 2]),
        skills=st.frozensets(st.just("Yi")),
    )
    known = st.sampled_from([p.id for p in people])
    past = st.builds(PastPlace, known, st.sampled_from(names), st.integers(1, 2), st.booleans())
    return RotationProblem(
        people,
        tuple(replace(draw(demand), id=name) for name in names),
        tuple(draw(st.lists(past, max_size=3))),
        draw(st.sampled_from([(), ((people[0].id, people[1].id),)])),
        rules(cool_off_periods=draw(st.integers(0, 2))),
    )


def _nothing(_fact: RuleFact) -> bool:
    return False


def _all_but(needed: tuple[RuleFact, ...]) -> Callable[[RuleFact], bool]:
    return lambda fact: not excused(fact, needed)


@given(tiny(), st.integers(1, 2))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_proposal_obeys_the_rules_or_the_reason_why_there_is_none_is_true(
    problem: RotationProblem, periods: int
) -> None:
    """Checked against trying everything.

    A proposal passes the checker. A failure is one: the rules named contradict one another in the
    stretch named, each of them is needed for that, no earlier period fails, and each remedy suffices.
    """
    answer = _answer(problem, periods)
    if isinstance(answer, RotationProposal):
        assert check_rotation(problem, answer) == ()
        assert answer.proved
        return
    stretch = range(answer.since, answer.period + 1)
    assert not possible(problem, stretch, _all_but(answer.rules))
    for index in range(len(answer.rules)):
        rest = answer.rules[:index] + answer.rules[index + 1 :]
        assert possible(problem, stretch, _all_but(rest))
    if answer.period:
        assert possible(problem, range(answer.period), _nothing)
    assert answer.remedies
    for remedy in answer.remedies:
        assert possible(problem, range(periods), partial(excused, by=remedy))


def _answer(problem: RotationProblem, periods: int) -> RotationProposal | RotationInfeasible:
    try:
        return propose(problem, periods=periods)
    except RotationInfeasible as failure:
        return failure


def county(people: int, territories: int, seed: int, leave: float = 0.05) -> RotationProblem:
    """An invented county: homes and territories on a plane, everybody knows some near their home."""
    r, size = Random(seed), 80.0 * (territories / 60) ** 0.5
    places = [(r.uniform(0, size), r.uniform(0, size)) for _ in range(territories)]
    homes = [(r.uniform(0.1 * size, 0.9 * size), r.uniform(0.1 * size, 0.9 * size)) for _ in range(people)]
    names = [f"T{k}" for k in range(territories)]
    minutes = [
        {n: round(8 + 2 * ((x - a) ** 2 + (y - b) ** 2) ** 0.5) for n, (a, b) in zip(names, places, strict=True)}
        for x, y in homes
    ]
    knows: list[dict[str, float]] = [
        {n: r.uniform(0.3, 1.0) for n in r.sample(sorted(way, key=way.__getitem__)[:5], min(3, territories))}
        for way in minutes
    ]
    for name in names:
        for near in sorted(range(people), key=lambda p: minutes[p][name])[:3]:
            knows[near][name] = max(0.6, knows[near].get(name, 0.0))
    crowd = tuple(
        Person(f"P{p}", knows[p], minutes[p], leave={n: 1.0 for n in range(4) if r.random() < leave})
        for p in range(people)
    )
    demands = tuple(
        TerritoryDemand(n, round(3000 * r.lognormvariate(0, 0.25)), round(1e6 * r.lognormvariate(0, 0.5)), 100)
        for n in names
    )
    history = []
    for ago in (1, 2, 3):
        for index, p in enumerate(r.sample(range(people), people)):
            history.append(PastPlace(f"P{p}", names[index % territories], ago))
    return RotationProblem(crowd, demands, tuple(history), (("P0", "P1"),) if people > 20 else ())


def _told(proposal: RotationProposal) -> list[object]:
    return [proposal.periods, proposal.figures, proposal.cost]


def test_a_small_office_gets_a_proved_rotation() -> None:
    """Twelve people, three territories, two periods: the best there is, and known to be."""
    problem = county(12, 3, seed=1, leave=0.0)
    problem = replace(problem, rules=rules(cool_off_periods=1))
    proposal = propose(problem, periods=2)
    assert proposal.proved
    assert check_rotation(problem, proposal) == ()


def test_the_same_question_gets_the_same_answer() -> None:
    """Also where the budget, not a proof, ends the search: it is not counted by the clock."""
    problem = county(24, 6, seed=3)
    one, other = (propose(problem, periods=3, seconds=0.3, seed=5) for _ in range(2))
    assert one.reproducible
    assert other.reproducible
    assert _told(one) == _told(other)


def test_a_county_of_sixty_people_gets_a_rotation_of_four_periods() -> None:
    """Everybody is placed in each of the periods they are there for, also on a short budget."""
    problem = county(60, 15, seed=2)
    proposal = propose(problem, periods=4, seconds=1.0)
    assert check_rotation(problem, proposal) == ()
    placed = sum(len(g.people) for p in proposal.periods for g in p.groups)
    assert placed == 240 - sum(len(p.leave) for p in problem.people)


def test_one_period_after_another_is_as_the_problem_advances() -> None:
    """History and leave move on by one; what was proposed becomes the past that the cool-off looks at."""
    problem = county(12, 4, seed=4)
    first = propose(problem)
    later = advance(problem, first.places(0))
    assert {(h.person, h.territory) for h in later.history if h.periods_ago == 1} == {
        (p.person, p.territory) for p in first.places(0)
    }
    assert [{n + 1 for n in p.leave} for p in later.people] == [set(p.leave) - {0} for p in problem.people]
    assert check_rotation(later, propose(later)) == ()
