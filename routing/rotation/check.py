"""Checks rotations against the rules, knowing nothing of how they were found.

Written apart from the solver's model on purpose: a slip in one is caught by the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from routing.rotation.problem import (
    Person,
    PersonPlace,
    RotationProblem,
    RotationProposal,
    RuleFact,
    TerritoryDemand,
    conflict_share,
    people_range,
    percent,
)

# (person, territory, period) where somebody worked, periods of history counted below zero.
_Worked = frozenset[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class PlacesCheck:
    """Rules that hand-made places break, and what breaks none but deserves a look."""

    violations: tuple[RuleFact, ...]
    warnings: tuple[RuleFact, ...]


def check_rotation(problem: RotationProblem, proposal: RotationProposal) -> tuple[RuleFact, ...]:
    """Every hard rule the proposal breaks, period by period; empty when it obeys all of them."""
    found: list[RuleFact] = []
    worked = {(h.person, h.territory, -h.periods_ago) for h in problem.history}
    for number, groups in enumerate(proposal.periods):
        if groups.period != number:
            raise ValueError(f"period {groups.period} stands in the place of period {number}")
        places = proposal.places(number)
        found += _violations(problem, places, number, frozenset(worked))
        worked |= {(p.person, p.territory, number) for p in places}
    return tuple(found)


def check_places(
    problem: RotationProblem,
    places: Sequence[PersonPlace],
    *,
    before: Sequence[PersonPlace] | None = None,
    period: int = 0,
) -> PlacesCheck:
    """Check hand-made places of one period against the rules a proposal obeys.

    ``problem.history`` holds what went before the period (``periods_ago`` counted from period 0). With
    ``before``, the places as they were, only what is new since then is reported, so that a coordinator is
    told of this change alone. Warnings: ``granted_loans`` and ``home_village`` (accounts the person
    may not visit; another team of the group goes), ``blocked_households`` (the group is too small for
    another team), ``commute_unknown``, ``leave_part``, ``repeat`` (a member who was there before).
    """
    worked = frozenset((h.person, h.territory, -h.periods_ago) for h in problem.history)

    def check(some: Sequence[PersonPlace]) -> PlacesCheck:
        violations = _violations(problem, some, period, worked)
        return PlacesCheck(tuple(violations), tuple(_warnings(problem, some, period, worked)))

    now = check(places)
    if before is None:
        return now
    then = check(before)
    return PlacesCheck(
        tuple(fact for fact in now.violations if fact not in then.violations),
        tuple(fact for fact in now.warnings if fact not in then.warnings),
    )


def swap(places: Sequence[PersonPlace], a: str, b: str) -> tuple[PersonPlace, ...]:
    """The places after two people exchanged theirs, the role included. ValueError if one has none."""
    missing = {a, b} - {p.person for p in places}
    if missing or a == b:
        raise ValueError(f"cannot exchange the places of {a!r} and {b!r}")
    other = {a: b, b: a}
    return tuple(replace(p, person=other.get(p.person, p.person)) for p in places)


def place(
    places: Sequence[PersonPlace], person: str, territory: str, *, leader: bool = False
) -> tuple[PersonPlace, ...]:
    """The places after a person came to a territory from wherever they were.

    Who comes as leader takes the role over; who led there so far becomes a member.
    """
    others = [p for p in places if p.person != person]
    if leader:
        others = [replace(p, leader=p.leader and p.territory != territory) for p in others]
    return (*others, PersonPlace(person, territory, leader))


def warnings_of(
    problem: RotationProblem, places: Sequence[PersonPlace], period: int, earlier: Sequence[tuple[str, str]]
) -> tuple[RuleFact, ...]:
    """Warnings on one period of a proposal; ``earlier`` are (person, territory) of its periods before."""
    worked = {(h.person, h.territory, -h.periods_ago) for h in problem.history}
    return tuple(_warnings(problem, places, period, frozenset(worked | {(*e, period - 1) for e in earlier})))


def _violations(
    problem: RotationProblem, places: Sequence[PersonPlace], period: int, worked: _Worked
) -> Iterator[RuleFact]:
    people = {p.id: p for p in problem.people}
    territories = {t.id: t for t in problem.territories}
    seen: set[str] = set()
    for p in places:
        if p.person not in people:
            yield RuleFact("person_unknown", period, (p.territory,), (p.person,))
        if p.territory not in territories:
            yield RuleFact("territory_unknown", period, (p.territory,), (p.person,))
        if p.person in seen:
            yield RuleFact("person_twice", period, (p.territory,), (p.person,))
        seen.add(p.person)
        if p.person in people and p.territory in territories:
            yield from _of_place(problem, people[p.person], territories[p.territory], p.leader, period, worked)
    for person in problem.people:
        if person.id not in seen and person.leave.get(period, 0.0) <= problem.rules.leave_max_share:
            yield RuleFact("unplaced", period, (), (person.id,))
    for territory in problem.territories:
        here = [p for p in places if p.territory == territory.id and p.person in people]
        yield from _of_group(problem, people, territory, here, period)
    for a, b in problem.apart:
        shared = {p.territory for p in places if p.person == a} & {p.territory for p in places if p.person == b}
        for name in sorted(shared):
            yield RuleFact("apart", period, (name,), (a, b))


def _of_place(
    problem: RotationProblem,
    person: Person,
    territory: TerritoryDemand,
    leader: bool,
    period: int,
    worked: _Worked,
) -> Iterator[RuleFact]:
    """Rules between one person and one territory."""
    rules, who, where = problem.rules, (person.id,), (territory.id,)
    away = person.leave.get(period, 0.0)
    if away > rules.leave_max_share:
        yield RuleFact("leave", period, where, who, {"away_percent": percent(away)})
    if territory.id in person.banned:
        yield RuleFact("banned", period, where, who)
    closed = conflict_share(person, territory)
    if closed > rules.conflict_max_share:
        facts = {"percent": percent(closed), "max_percent": percent(rules.conflict_max_share)}
        yield RuleFact("conflict", period, where, who, facts)
    minutes = person.travel_minutes.get(territory.id)
    if minutes is not None and minutes > rules.commute_max_minutes:
        yield RuleFact("commute", period, where, who, {"minutes": minutes, "max_minutes": rules.commute_max_minutes})
    if leader:
        knows = person.knows.get(territory.id, 0.0)
        if knows < rules.knows_min_share:
            facts = {"knows_percent": percent(knows), "needed_percent": percent(rules.knows_min_share)}
            yield RuleFact("leader", period, where, who, facts)
        else:
            return
    last = max((n for p, t, n in worked if p == person.id and t == territory.id and n < period), default=None)
    if last is not None and period - last <= rules.cool_off_periods:
        facts = {"periods_ago": period - last, "cool_off_periods": rules.cool_off_periods}
        yield RuleFact("cool_off", period, where, who, facts)


def _of_group(
    problem: RotationProblem,
    people: dict[str, Person],
    territory: TerritoryDemand,
    here: Sequence[PersonPlace],
    period: int,
) -> Iterator[RuleFact]:
    """Rules of a territory's group as a whole."""
    where = (territory.id,)
    low, high = people_range(territory, problem.rules)
    if len(here) < low:
        yield RuleFact("people_min", period, where, (), {"people": len(here), "people_min": low})
    if len(here) > high:
        yield RuleFact("people_max", period, where, (), {"people": len(here), "people_max": high})
    leaders = tuple(p.person for p in here if p.leader)
    if len(leaders) != 1:
        could = [
            p.person for p in here if people[p.person].knows.get(territory.id, 0.0) >= problem.rules.knows_min_share
        ]
        facts: dict[str, str | int] = {"leaders": len(leaders), "could_lead": len(could)}
        yield RuleFact("leader", period, where, leaders or tuple(could), facts)
    for skill in sorted(territory.skills):
        if not any(skill in people[p.person].skills for p in here):
            yield RuleFact("skill", period, where, (), {"skill": skill})


def _warnings(
    problem: RotationProblem, places: Sequence[PersonPlace], period: int, worked: _Worked
) -> Iterator[RuleFact]:
    people = {p.id: p for p in problem.people}
    territories = {t.id: t for t in problem.territories}
    for p in places:
        if p.person not in people or p.territory not in territories:
            continue
        person, territory, where, who = (
            people[p.person],
            territories[p.territory],
            (p.territory,),
            (p.person,),
        )
        if conflict := person.conflicts.get(p.territory):
            of = {"of_accounts": territory.accounts}
            if conflict.granted:
                yield RuleFact("granted_loans", period, where, who, {"accounts": conflict.granted, **of})
            if conflict.home_village:
                yield RuleFact("home_village", period, where, who, {"accounts": conflict.home_village, **of})
            group = sum(other.territory == p.territory for other in places)
            if conflict.accounts and group <= problem.rules.team_size:
                yield RuleFact(
                    "blocked_households", period, where, who, {"accounts": conflict.accounts, "people": group}
                )
        if p.territory not in person.travel_minutes:
            yield RuleFact("commute_unknown", period, where, who)
        away = person.leave.get(period, 0.0)
        if 0.0 < away <= problem.rules.leave_max_share:
            yield RuleFact("leave_part", period, where, who, {"away_percent": percent(away)})
        if not p.leader and any((p.person, p.territory) == (who_, where_) for who_, where_, _ in worked):
            yield RuleFact("repeat", period, where, who)
