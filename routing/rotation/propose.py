"""Proposes who works where: CP-SAT places everybody, the checker confirms it.

Importing this module loads OR-Tools. A proposal for 60 people, 15 territories and 4 periods takes some
seconds: run it in a child process or a request's own thread (CP-SAT releases the GIL).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ortools.sat.python import cp_model

from routing.rotation.check import check_rotation, warnings_of
from routing.rotation.explain import explain
from routing.rotation.model import RotationModel, build_model
from routing.rotation.objective import cost_terms
from routing.rotation.problem import (
    PastPlace,
    PersonPlace,
    RotationProblem,
    RotationProposal,
    RotationUndecided,
    RuleFact,
)
from routing.rotation.report import describe
from routing.rotation.solve import Places, Run, Search, hint, improve, places_found


def propose(
    problem: RotationProblem,
    *,
    periods: int = 1,
    seconds: float = 4.0,
    seed: int = 1,
    near: RotationProposal | None = None,
) -> RotationProposal:
    """Groups for the next ``periods`` that obey every rule and are as fair as the time allows.

    ``seconds`` is a deterministic budget (about seconds of one core), so the same problem, seed and
    budget give the same proposal; a wall limit of a few times as much stands behind it. With ``near``,
    a proposal over the same periods, as few people as possible are placed elsewhere than there.

    Raises RotationInfeasible, with the first period and the rules that fail, where no rotation obeys
    them; RotationUndecided where the budget ended before either was known; ValueError for fewer than
    one period.
    """
    if periods < 1 or seconds <= 0:
        raise ValueError(f"a rotation of {periods} periods in {seconds} seconds")
    search = Search.begin(seconds, seed)
    model = _costed(problem, periods, near)
    places = _begin(problem, periods, search.share(0.4)) if near is None else _places(near, periods)
    if places is None and periods > 1:
        # A dead end on the way is no proof. Without a cost, a rotation or the proof is found sooner.
        plain = build_model(problem, range(periods))
        found = search.share(0.5).solve(plain.cp)
        if found.status == cp_model.INFEASIBLE:
            raise explain(problem, periods, Search.begin(seconds, seed))
        places = places_found(plain, found) if found.found else None
    if places is not None and periods > 1:
        places = improve(model, places, search.share(0.4))
    cost = None if places is None else hint(model, places, search)
    run = search.share(1.0 if cost is None or periods == 1 else 0.2).solve(model.cp)
    if run.status == cp_model.INFEASIBLE:
        raise explain(problem, periods, Search.begin(seconds, seed))
    if run.found and (cost is None or run.cost < cost):
        places, cost = places_found(model, run), run.cost
    if places is None or cost is None:
        raise RotationUndecided(f"neither a rotation nor a proof against one in {seconds} seconds")
    return _proposal(problem, places, cost, run, search)


def advance(problem: RotationProblem, places: Sequence[PersonPlace]) -> RotationProblem:
    """The problem as it stands one period later, after these places: history and leave move on."""
    past = tuple(replace(h, periods_ago=h.periods_ago + 1) for h in problem.history)
    people = (replace(p, leave={n - 1: s for n, s in p.leave.items() if n}) for p in problem.people)
    return replace(
        problem,
        people=tuple(people),
        history=(*past, *(PastPlace(p.person, p.territory, 1, p.leader) for p in places)),
    )


def _costed(problem: RotationProblem, periods: int, near: RotationProposal | None = None) -> RotationModel:
    """The model of the hard rules with its cost to be minimised."""
    model = build_model(problem, range(periods))
    terms = cost_terms(model, None if near is None else _by_person(near))
    model.cp.minimize(cp_model.LinearExpr.weighted_sum([v for v, _ in terms], [w for _, w in terms]))
    return model


def _begin(problem: RotationProblem, periods: int, search: Search) -> Places | None:
    """A rotation put together period by period; None where that runs into a dead end, or for one period."""
    if periods == 1:
        return None
    found: dict[int, tuple[PersonPlace, ...]] = {}
    for period in range(periods):
        model = _costed(problem, 1)
        run = search.share(1 / periods).solve(model.cp)
        if not run.found:
            return None
        found[period] = places_found(model, run)[0]
        problem = advance(problem, found[period])
    return found


def _proposal(problem: RotationProblem, places: Places, cost: int, run: Run, search: Search) -> RotationProposal:
    proved, bound = run.status == cp_model.OPTIMAL, run.solver.best_objective_bound
    groups, figures = describe(problem, places)
    earlier: list[tuple[str, str]] = []
    warnings: list[RuleFact] = []
    for period, some in places.items():
        warnings += warnings_of(problem, some, period, earlier)
        earlier += [(p.person, p.territory) for p in some]
    proposal = RotationProposal(
        periods=groups,
        figures=figures,
        warnings=tuple(warnings),
        cost=cost,
        proved=proved,
        gap_percent=0 if proved or cost <= 0 else max(0, round(100 * (cost - bound) / cost)),
        reproducible=not search.clock.stopped,
        rules_version=problem.rules.version,
        seed=search.seed,
    )
    if broken := check_rotation(problem, proposal):
        # The model and the checker disagree: a fault of the program, never to be shown as a proposal.
        raise AssertionError(f"a proposal breaks rules: {broken}")
    return proposal


def _by_person(proposal: RotationProposal) -> dict[tuple[str, int], str]:
    return {(p.person, n): p.territory for n, some in _places(proposal, None).items() for p in some}


def _places(proposal: RotationProposal, periods: int | None) -> Places:
    count = len(proposal.periods) if periods is None else min(periods, len(proposal.periods))
    return {period: proposal.places(period) for period in range(count)}
