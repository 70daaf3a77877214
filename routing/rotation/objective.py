"""What makes one rotation fairer than another, as a cost to be minimised.

Unit of cost: one minute of one person's commute; weights are data. Terms: commute, and commute above
what is possible from the person's home; work per head off the period's mean; value over recent history
and the horizon off the mean; members who return; leaders who change; accounts nobody of a group of two
may visit; distance from a proposal that is being repaired.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from ortools.sat.python import cp_model

from routing.rotation.model import RotationModel, barriers, on_leave
from routing.rotation.problem import Person, RotationProblem, conflict_share, people_range, percent

Term = tuple[cp_model.IntVar, int]
_VALUE_CAP = 400
"""A territory counts at most as four times as rich as the mean: one outlier must not rule the rotation."""


@dataclass(frozen=True)
class Fairness:
    """What people are measured against. Minutes one way; values in per cent of the mean per period."""

    travel: dict[tuple[str, str], int]
    fair_travel: dict[str, int]
    value: dict[str, int]


def measure(problem: RotationProblem) -> Fairness:
    """Commute of everybody to everywhere, everybody's fair commute, value per unit of work of territories."""
    travel: dict[tuple[str, str], int] = {}
    fair: dict[str, int] = {}
    for person in problem.people:
        known = sorted(person.travel_minutes.get(t.id, -1) for t in problem.territories)
        known = [minutes for minutes in known if minutes >= 0]
        mean = round(sum(known) / len(known)) if known else 0
        open_to = [t.id for t in problem.territories if not any(barriers(problem, person, t))]
        for territory in problem.territories:
            travel[person.id, territory.id] = person.travel_minutes.get(territory.id, mean)
        reach = sorted(travel[person.id, t] for t in open_to)
        fair[person.id] = reach[max(0, ceil(len(reach) * problem.rules.travel_quantile) - 1)] if reach else 0
    work, value = (sum(v) for v in zip(*((t.work_minutes, t.value) for t in problem.territories), strict=True))
    rich = {
        t.id: min(_VALUE_CAP, round(100 * t.value * work / (t.work_minutes * value)))
        if t.work_minutes and value
        else 100
        for t in problem.territories
    }
    return Fairness(travel, fair, rich)


def cost_terms(model: RotationModel, near: dict[tuple[str, int], str] | None = None) -> list[Term]:
    """All terms of the cost. ``near`` maps (person, period) to the territory of a proposal under repair."""
    fairness = measure(model.problem)
    terms = _work(model) + _new_faces(model) + _leader_changes(model)
    for person in model.problem.people:
        terms += _travel(model, person, fairness) + _value(model, person, fairness)
    if near is not None:
        weight = model.problem.rules.weights.stability
        terms += [(v, weight) for (p, t, n), v in model.works.items() if near.get((p, n), t) != t]
    return terms


def _travel(model: RotationModel, person: Person, fairness: Fairness) -> list[Term]:
    weights = model.problem.rules.weights
    mine = [(v, fairness.travel[p, t]) for (p, t, _), v in model.works.items() if p == person.id]
    if not mine:
        return []
    past = [fairness.travel[person.id, t] for t in _recent(model.problem, person)]
    fair = fairness.fair_travel[person.id]
    # What the past lacked is no credit for a longer way now: only what was too much is carried on.
    carried = max(0, sum(past) - fair * len(past))
    over = model.cp.new_int_var(0, carried + sum(minutes for _, minutes in mine), "")
    model.cp.add(over >= carried + sum(v * (minutes - fair) for v, minutes in mine))
    return [(v, minutes * weights.travel_minute) for v, minutes in mine] + [(over, weights.travel_over_minute)]


def _value(model: RotationModel, person: Person, fairness: Fairness) -> list[Term]:
    mine = [(v, fairness.value[t] - 100) for (p, t, _), v in model.works.items() if p == person.id]
    if not mine:
        return []
    past = _recent(model.problem, person)
    off = sum(fairness.value[t] - 100 for t in past) + sum(v * d for v, d in mine)
    band = model.problem.rules.value_band_percent * (len(past) + len(model.periods))
    gap = model.cp.new_int_var(0, _VALUE_CAP * (len(past) + len(model.periods)), "")
    model.cp.add(gap >= off - band)
    model.cp.add(gap >= -off - band)
    return [(gap, model.problem.rules.weights.value_percent)]


def _work(model: RotationModel) -> list[Term]:
    """Square of the distance from mean work, for every size a group may have; and accounts left closed."""
    problem, cp, terms = model.problem, model.cp, list[Term]()
    weights, total = problem.rules.weights, sum(t.work_minutes for t in problem.territories)
    for period in model.periods:
        mean = total / max(1, sum(not on_leave(problem, p, period) for p in problem.people))
        for territory in problem.territories:
            group = model.in_group(territory.id, period)
            low, high = people_range(territory, problem.rules)
            sizes = {n: cp.new_bool_var("") for n in range(low, high + 1)}
            cp.add_exactly_one(sizes.values())
            cp.add(sum(v for _, v in group) == sum(n * v for n, v in sizes.items()))
            for n, size in sizes.items():
                off = 100 * (territory.work_minutes / n - mean) / mean if mean else 0.0
                terms.append((size, round(n * off * off / 25) * weights.work_percent))
                if n <= problem.rules.team_size:
                    for person, works in group:
                        if closed := percent(conflict_share(person, territory)):
                            both = cp.new_bool_var("")
                            cp.add_bool_or(works.negated(), size.negated(), both)
                            terms.append((both, closed * weights.blocked_percent))
    return terms


def _new_faces(model: RotationModel) -> list[Term]:
    """Members who worked there before: known from history, or earlier within the horizon."""
    weight, terms = model.problem.rules.weights.repeat, list[Term]()
    seen = {(h.person, h.territory) for h in model.problem.history}
    for (person, territory, period), works in model.works.items():
        earlier = [
            v for n in model.periods if n < period and (v := model.works.get((person, territory, n))) is not None
        ]
        leads = model.leads.get((person, territory, period))
        as_leader = [] if leads is None else [leads]
        if (person, territory) not in seen and not earlier:
            continue
        again = model.cp.new_bool_var("")
        for before in [None] if (person, territory) in seen else earlier:
            past = [] if before is None else [before.negated()]
            model.cp.add_bool_or(works.negated(), again, *as_leader, *past)
        terms.append((again, weight))
    return terms


def _leader_changes(model: RotationModel) -> list[Term]:
    weight, terms = model.problem.rules.weights.leader_change, list[Term]()
    led = {(h.person, h.territory) for h in model.problem.history if h.leader and h.periods_ago == 1}
    for (person, territory, period), leads in model.leads.items():
        before = model.leads.get((person, territory, period - 1))
        if before is not None:
            change = model.cp.new_bool_var("")
            model.cp.add_bool_or(leads.negated(), before, change)
            terms.append((change, weight))
        elif period > 0 or (person, territory) not in led:
            terms.append((leads, weight))
    return terms


def _recent(problem: RotationProblem, person: Person) -> list[str]:
    """Territories of the person's last periods, as far back as fairness looks, where they still exist."""
    there = {t.id for t in problem.territories}
    return [
        h.territory
        for h in problem.history
        if h.person == person.id and h.periods_ago <= problem.rules.history_periods and h.territory in there
    ]
