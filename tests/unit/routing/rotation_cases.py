"""Small rotation problems for tests, and the truth about them by trying everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from routing.rotation import (
    Person,
    PersonPlace,
    RotationProblem,
    RotationRules,
    RuleFact,
    TerritoryDemand,
    check_places,
    load_rotation_rules,
)
from routing.rotation.propose import advance

RULES = load_rotation_rules()


def rules(**changes: int | float) -> RotationRules:
    """The shipped rules with some of them changed."""
    return replace(RULES, **changes)  # type: ignore[arg-type]


def person(name: str, *knows: str, **more: object) -> Person:
    """A person who knows the named territories wholly and no other."""
    return Person(name, knows=dict.fromkeys(knows, 1.0), **more)  # type: ignore[arg-type]


def territories(*names: str, **more: object) -> tuple[TerritoryDemand, ...]:
    """Territories alike in all but their names."""
    return tuple(TerritoryDemand(n, 1200, 1000, 100, **more) for n in names)  # type: ignore[arg-type]


def two_by_two(**changes: object) -> RotationProblem:
    """Four people, two territories; Ann and Bo know A, Cy and Di know B. Any group is a pair."""
    four = (person("Ann", "A"), person("Bo", "A"), person("Cy", "B"), person("Di", "B"))
    return replace(RotationProblem(four, territories("A", "B")), **changes)  # type: ignore[arg-type]


def with_person(problem: RotationProblem, name: str, **changes: object) -> RotationProblem:
    """The problem with one person changed."""
    people = (replace(p, **changes) if p.id == name else p for p in problem.people)  # type: ignore[arg-type]
    return replace(problem, people=tuple(people))


def excused(fact: RuleFact, by: Sequence[RuleFact]) -> bool:
    """Whether giving up one of the rules named in ``by`` makes up for what the checker found."""

    def covers(rule: RuleFact) -> bool:
        return (
            rule.code == fact.code
            and rule.period in (None, fact.period)
            and (not rule.territories or not fact.territories or set(fact.territories) <= set(rule.territories))
            and (not rule.people or fact.code in GROUP or set(fact.people) <= set(rule.people))
            and rule.facts.get("skill") == fact.facts.get("skill")
        )

    return any(covers(rule) for rule in by)


GROUP = ("leader", "people_min", "people_max", "skill")


def possible(problem: RotationProblem, periods: Sequence[int], forgive: Callable[[RuleFact], bool]) -> bool:
    """Whether some placing of everybody over consecutive ``periods`` breaks only what is forgiven.

    Tries all of them with the checker; periods before the first leave no trace. Tiny problems only.
    """
    for _ in range(periods[0]):
        problem = advance(problem, ())
    return _possible(problem, tuple(periods), forgive)


def _possible(problem: RotationProblem, periods: tuple[int, ...], forgive: Callable[[RuleFact], bool]) -> bool:
    if not periods:
        return True
    for places in _everything(problem):
        found = check_places(problem, places).violations
        if all(forgive(replace(fact, period=periods[0])) for fact in found) and _possible(
            advance(problem, places), periods[1:], forgive
        ):
            return True
    return False


def _everything(problem: RotationProblem) -> Iterator[tuple[PersonPlace, ...]]:
    names = [t.id for t in problem.territories]
    for where in product([None, *names], repeat=len(problem.people)):
        at = [(p.id, t) for p, t in zip(problem.people, where, strict=True) if t is not None]
        for leaders in product(*([None, *(p for p, t in at if t == name)] for name in names)):
            yield tuple(PersonPlace(p, t, p in leaders) for p, t in at)
