"""The hard rules of rotation as a CP-SAT model.

Each rule *instance* (this pair apart, this person away in that period …) has a key. The model either
holds all of them, or puts each behind a literal that may be assumed or given up: with the literals a
contradiction can be traced to rules, which is how :mod:`routing.rotation.explain` works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from ortools.sat.python import cp_model

from routing.rotation.problem import Person, RotationProblem, TerritoryDemand, conflict_share, people_range


@dataclass(frozen=True, slots=True, order=True)
class RuleKey:
    """One instance of a hard rule; empty fields do not matter to its code."""

    code: str
    period: int = -1
    territory: str = ""
    people: tuple[str, ...] = ()
    skill: str = ""


@dataclass(frozen=True)
class RotationModel:
    """The model with its decisions, by (person, territory, period).

    ``works`` is true where the person works in the territory, ``leads`` where the person leads there
    (only for who knows it). A combination that a rule forbids has no variable. ``literals`` is empty
    in a model without them.
    """

    problem: RotationProblem
    periods: tuple[int, ...]
    traced: bool
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    works: dict[tuple[str, str, int], cp_model.IntVar] = field(default_factory=dict)
    leads: dict[tuple[str, str, int], cp_model.IntVar] = field(default_factory=dict)
    literals: dict[RuleKey, cp_model.IntVar] = field(default_factory=dict)

    def literal(self, key: RuleKey) -> cp_model.IntVar:
        """True where the rule instance is to hold."""
        if key not in self.literals:
            self.literals[key] = self.cp.new_bool_var("")
        return self.literals[key]

    def require(self, key: RuleKey, constraint: cp_model.Constraint) -> None:
        """Let the constraint hold: always, or while the rule instance does."""
        if self.traced:
            constraint.only_enforce_if(self.literal(key))

    def in_group(self, territory: str, period: int) -> list[tuple[Person, cp_model.IntVar]]:
        """Everybody who could work there then."""
        found = ((p, self.works.get((p.id, territory, period))) for p in self.problem.people)
        return [(p, var) for p, var in found if var is not None]


def build_model(problem: RotationProblem, periods: Sequence[int], *, traced: bool = False) -> RotationModel:
    """All hard rules over ``periods`` (consecutive), with literals where ``traced``.

    Periods before the first are taken to be free: only history binds them.
    """
    model = RotationModel(problem, tuple(periods), traced)
    for period in periods:
        for person in problem.people:
            _place_once(model, person, period)
        for territory in problem.territories:
            _fill_group(model, territory, period)
        _keep_apart(model, period)
    _cool_off(model)
    return model


def barriers(problem: RotationProblem, person: Person, territory: TerritoryDemand) -> Iterator[RuleKey]:
    """Rules that keep the person out of the territory in every period."""
    rules = problem.rules
    if territory.id in person.banned:
        yield RuleKey("banned", territory=territory.id, people=(person.id,))
    if conflict_share(person, territory) > rules.conflict_max_share:
        yield RuleKey("conflict", territory=territory.id, people=(person.id,))
    if person.travel_minutes.get(territory.id, 0) > rules.commute_max_minutes:
        yield RuleKey("commute", territory=territory.id, people=(person.id,))


def on_leave(problem: RotationProblem, person: Person, period: int) -> bool:
    """Whether the person is away for too much of the period to be placed."""
    return person.leave.get(period, 0.0) > problem.rules.leave_max_share


def _place_once(model: RotationModel, person: Person, period: int) -> None:
    problem, cp = model.problem, model.cp
    away = on_leave(problem, person, period)
    row = []
    for territory in problem.territories:
        keys = list(barriers(problem, person, territory))
        if away:
            keys.append(RuleKey("leave", period, people=(person.id,)))
        if keys and not model.traced:
            continue
        works = cp.new_bool_var("")
        for key in keys:
            cp.add_implication(works, model.literal(key).negated())
        if person.knows.get(territory.id, 0.0) >= problem.rules.knows_min_share:
            leads = cp.new_bool_var("")
            cp.add_implication(leads, works)
            model.leads[person.id, territory.id, period] = leads
        model.works[person.id, territory.id, period] = works
        row.append(works)
    cp.add_at_most_one(row)
    if not away:
        model.require(RuleKey("unplaced", period, people=(person.id,)), cp.add(sum(row) >= 1))


def _fill_group(model: RotationModel, territory: TerritoryDemand, period: int) -> None:
    cp, group = model.cp, model.in_group(territory.id, period)
    low, high = people_range(territory, model.problem.rules)
    size = sum(var for _, var in group)
    model.require(RuleKey("people_min", period, territory.id), cp.add(size >= low))
    model.require(RuleKey("people_max", period, territory.id), cp.add(size <= high))
    leaders = [model.leads[p.id, territory.id, period] for p, _ in group if (p.id, territory.id, period) in model.leads]
    cp.add_at_most_one(leaders)
    model.require(RuleKey("leader", period, territory.id), cp.add(sum(leaders) >= 1))
    for skill in sorted(territory.skills):
        holders = sum(var for p, var in group if skill in p.skills)
        model.require(RuleKey("skill", period, territory.id, skill=skill), cp.add(holders >= 1))


def _keep_apart(model: RotationModel, period: int) -> None:
    for (a, b), territory in product(model.problem.apart, model.problem.territories):
        first, second = (model.works.get((p, territory.id, period)) for p in (a, b))
        if first is not None and second is not None:
            key = RuleKey("apart", people=(a, b))
            model.require(key, model.cp.add_bool_or(first.negated(), second.negated()))


def _cool_off(model: RotationModel) -> None:
    """Who worked there within the cool-off, in whatever role, works there now only as its leader."""
    problem, cool_off = model.problem, model.problem.rules.cool_off_periods
    past = {(h.person, h.territory, -h.periods_ago) for h in problem.history}
    for (person, territory, period), works in model.works.items():
        may = [works.negated()]
        if (leads := model.leads.get((person, territory, period))) is not None:
            may.append(leads)
        key = RuleKey("cool_off", period, territory, (person,))
        for earlier in range(period - cool_off, period):
            before = model.works.get((person, territory, earlier))
            if before is not None:
                model.require(key, model.cp.add_bool_or(*may, before.negated()))
            elif (person, territory, earlier) in past:
                model.require(key, model.cp.add_bool_or(*may))
