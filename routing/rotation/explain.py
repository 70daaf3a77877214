"""Why no rotation obeys the rules: the first period that fails, the rules that fail it, and ways out.

The period is found first (each start of the horizon in turn, then the shortest stretch that ends
there), which keeps the rest small. Every rule instance then stands behind a literal; an unsatisfiable
core under assumptions is thinned by deletion until each rule left is needed (a minimal unsatisfiable
set). Ways out are the cheapest sets of rules found whose loss makes the *whole* horizon possible; they
are solved, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ortools.sat.python import cp_model

from routing.rotation.model import RotationModel, RuleKey, build_model, on_leave
from routing.rotation.problem import (
    RotationInfeasible,
    RotationProblem,
    RotationUndecided,
    RuleFact,
    people_range,
    percent,
)
from routing.rotation.rules import RULES
from routing.rotation.solve import Search

REMEDIES = 3
"""How many alternatives are sought at most."""


def explain(problem: RotationProblem, periods: int, search: Search) -> RotationInfeasible:
    """The reason why ``periods`` periods cannot be filled; or RotationUndecided."""
    window = _first_failure(problem, periods, search)
    keys, minimal = _conflicting(build_model(problem, window, traced=True), search)
    return RotationInfeasible(
        period=window[-1],
        since=window[0],
        rules=_facts(problem, keys),
        remedies=_remedies(problem, periods, search),
        minimal=minimal,
    )


def _first_failure(problem: RotationProblem, periods: int, search: Search) -> range:
    for last in range(periods):
        if _impossible(problem, range(last + 1), search):
            starts = (first for first in range(last, 0, -1) if _impossible(problem, range(first, last + 1), search))
            return range(next(starts, 0), last + 1)
    raise RotationUndecided("the horizon was proved impossible, but none of its beginnings")


def _impossible(problem: RotationProblem, periods: Sequence[int], search: Search) -> bool:
    status = search.solve(build_model(problem, periods).cp).status
    if status == cp_model.UNKNOWN:
        raise RotationUndecided(f"periods {periods[0]} to {periods[-1]} were neither filled nor proved impossible")
    return bool(status == cp_model.INFEASIBLE)


def _conflicting(model: RotationModel, search: Search) -> tuple[list[RuleKey], bool]:
    """Rules that cannot hold together, and whether each is known to be needed for that."""
    status, kept = _contradiction(model, sorted(model.literals, key=_order), search)
    if status != cp_model.INFEASIBLE:
        raise RotationUndecided("the rules that fail could not be told apart")
    minimal, chunk = True, max(1, len(kept) // 4)
    while True:
        position = 0
        while position < len(kept):
            status, core = _contradiction(model, kept[:position] + kept[position + chunk :], search)
            if status == cp_model.INFEASIBLE:
                # A core may also lose rules before this position that a larger chunk had kept.
                position = sum(key in core for key in kept[:position])
                kept = core
            else:
                minimal = minimal and (chunk > 1 or status != cp_model.UNKNOWN)
                position += chunk
        if chunk == 1:
            return kept, minimal
        chunk = max(1, chunk // 3)


def _contradiction(
    model: RotationModel, keys: Sequence[RuleKey], search: Search
) -> tuple[cp_model.CpSolverStatus, list[RuleKey]]:
    """Whether these rules contradict one another; if so, some of them that already do, in their order."""
    by_index = {model.literals[key].index: key for key in keys}
    model.cp.clear_assumptions()
    model.cp.add_assumptions([model.literals[key] for key in keys])
    run = search.solve(model.cp)
    if run.status != cp_model.INFEASIBLE:
        return run.status, []
    core = {by_index[index] for index in run.solver.sufficient_assumptions_for_infeasibility()}
    return run.status, [key for key in keys if key in core] if core else list(keys)


def _remedies(problem: RotationProblem, periods: int, search: Search) -> tuple[tuple[RuleFact, ...], ...]:
    """Alternatives, the cheapest first; none within the budget: none is given."""
    model = build_model(problem, range(periods), traced=True)
    price = problem.rules.remedies
    model.cp.minimize(sum(price[key.code] * literal.negated() for key, literal in model.literals.items()))
    for literal in model.literals.values():
        model.cp.add_hint(literal, True)
    found: list[tuple[RuleFact, ...]] = []
    for _ in range(REMEDIES):
        run = search.share(0.25).solve(model.cp)
        if not run.found:
            break
        lost = [key for key, literal in model.literals.items() if not run.value(literal)]
        found.append(_facts(problem, lost))
        # The next way out keeps at least one of these rules.
        model.cp.add_bool_or(model.literals[key] for key in lost)
    return tuple(found)


def _order(key: RuleKey) -> tuple[int, RuleKey]:
    return RULES.index(key.code), key


def _facts(problem: RotationProblem, keys: Iterable[RuleKey]) -> tuple[RuleFact, ...]:
    """Rule instances told as facts: those that differ in one respect only are told together."""
    by_territory = {"people_min", "people_max", "leader", "skill"}
    bundles: dict[tuple[object, ...], list[RuleKey]] = {}
    for key in sorted(keys, key=_order):
        same: tuple[object, ...] = (key.code, key.period, key.skill)
        same += () if key.code in by_territory else (key.territory,)
        same += (key.people,) if key.code == "apart" else ()
        bundles.setdefault(same, []).append(key)
    return tuple(_fact(problem, bundle) for bundle in bundles.values())


def _fact(problem: RotationProblem, keys: Sequence[RuleKey]) -> RuleFact:
    first, rules = keys[0], problem.rules
    named = {key.territory for key in keys}
    territories = [t for t in problem.territories if t.id in named]
    facts: dict[str, str | int] = {}
    match first.code:
        case "people_min" | "people_max" as code:
            ranges = [people_range(t, rules) for t in territories]
            facts = {code: sum(low if code == "people_min" else high for low, high in ranges)}
            facts["available"] = sum(not on_leave(problem, p, first.period) for p in problem.people)
        case "leader":
            knowing = [p for p in problem.people if any(p.knows.get(t, 0.0) >= rules.knows_min_share for t in named)]
            facts = {"needed_percent": percent(rules.knows_min_share), "knowing": len(knowing)}
        case "skill":
            facts = {"skill": first.skill, "holders": sum(first.skill in p.skills for p in problem.people)}
        case "cool_off":
            facts = {"cool_off_periods": rules.cool_off_periods}
        case "conflict":
            facts = {"max_percent": percent(rules.conflict_max_share)}
        case "commute":
            facts = {"max_minutes": rules.commute_max_minutes}
        case "leave":
            facts = {"max_percent": percent(rules.leave_max_share)}
    return RuleFact(
        code=first.code,
        period=None if first.period < 0 else first.period,
        territories=tuple(t.id for t in territories),
        people=tuple(p.id for p in problem.people if any(p.id in key.people for key in keys)),
        facts=facts,
    )
