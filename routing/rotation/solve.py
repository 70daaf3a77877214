"""Running CP-SAT so that the same input gives the same answer.

One worker, a fixed seed and a *deterministic* limit make a run repeatable on any machine; a wall limit
stands behind it as a stop for machines far slower than expected. CP-SAT releases the GIL while it
searches, so a thread beside it keeps answering.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from time import monotonic

from ortools.sat.python import cp_model

from routing.rotation.model import RotationModel
from routing.rotation.problem import PersonPlace

Places = Mapping[int, tuple[PersonPlace, ...]]
"""Where everybody works, by period."""

WALL_FACTOR = 8.0
"""The wall limit of a whole search, as a multiple of its deterministic one."""

WALL_LEAST = 20.0
"""Seconds that every search gets: on a busy machine the deterministic limit shall end a small one, not the clock."""


class Clock:
    """The wall limit of everything one question asks, and whether it ever ended a search."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds
        self.stopped = False

    def left(self) -> float:
        """Seconds until the limit; never quite nothing, which the solver would take for no limit."""
        return max(0.01, self._end - monotonic())


@dataclass(frozen=True)
class Search:
    """How long and from which seed to search. ``seconds`` are deterministic: about those of one core."""

    seconds: float
    seed: int
    clock: Clock

    @classmethod
    def begin(cls, seconds: float, seed: int) -> Search:
        """A search whose wall limit starts to run now."""
        return cls(seconds, seed, Clock(max(seconds * WALL_FACTOR, WALL_LEAST)))

    def share(self, part: float) -> Search:
        """The same search with part of the time."""
        return replace(self, seconds=self.seconds * part)

    def within(self, seconds: float) -> Search:
        """The same search, ending earlier where ``seconds`` are fewer."""
        return replace(self, seconds=min(self.seconds, seconds))

    def solve(self, model: cp_model.CpModel, *, fixed: bool = False) -> Run:
        """Solve; with ``fixed``, only complete the values that are hinted."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        # Assignment with a strong linear relaxation: one period of 60 people is proved in 0.2 s with
        # all constraints in the LP; without, or with strategies taking turns, not in 3 s.
        solver.parameters.linearization_level = 2
        solver.parameters.random_seed = self.seed
        solver.parameters.max_deterministic_time = self.seconds
        solver.parameters.max_time_in_seconds = self.clock.left()
        solver.parameters.fix_variables_to_their_hinted_value = fixed
        status = solver.solve(model)
        decided = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        if not decided and solver.wall_time >= solver.parameters.max_time_in_seconds:
            self.clock.stopped = True
        if status == cp_model.MODEL_INVALID:
            raise AssertionError(f"the model of rotation is not valid: {model.validate()}")
        return Run(status, solver)


@dataclass(frozen=True)
class Run:
    """How one search ended."""

    status: cp_model.CpSolverStatus
    solver: cp_model.CpSolver

    @property
    def found(self) -> bool:
        """Whether there is a solution."""
        return self.status in (cp_model.OPTIMAL, cp_model.FEASIBLE)

    @property
    def cost(self) -> int:
        """Cost of the solution."""
        return round(self.solver.objective_value)

    def value(self, variable: cp_model.IntVar) -> bool:
        """Value of a decision in the solution."""
        return bool(self.solver.boolean_value(variable))


def places_found(model: RotationModel, run: Run) -> Places:
    """The solution as places of every period, in the order of the model's variables."""
    found: dict[int, list[PersonPlace]] = {period: [] for period in model.periods}
    for (person, territory, period), works in model.works.items():
        if run.value(works):
            leads = model.leads.get((person, territory, period))
            leader = leads is not None and run.value(leads)
            found[period].append(PersonPlace(person, territory, leader))
    return {period: tuple(places) for period, places in found.items()}


def hint(model: RotationModel, places: Places, search: Search) -> int | None:
    """Let the search start from these places; their cost, or None, and no hint, where they break a rule.

    A hint on the decisions alone is lost in presolve: the variables that follow from them are
    computed first, then every variable is hinted.
    """
    cp = model.cp
    cp.clear_hints()  # type: ignore[no-untyped-call]
    if not _expressible(model, places):
        return None
    for variable, value in _decisions(model, places):
        cp.add_hint(variable, value)
    run = search.solve(cp, fixed=True)
    cp.clear_hints()  # type: ignore[no-untyped-call]
    if not run.found:
        return None
    for index, value in enumerate(run.solver.response_proto.solution):
        cp.add_hint(cp.get_int_var_from_proto_index(index), value)
    return run.cost


def improve(model: RotationModel, places: Places, search: Search) -> Places:
    """Better places: one period after another is solved anew within the rest, then pairs of periods.

    Ends when nothing of this helps any more or the budget is spent. Places that break a rule come back
    as they are.
    """
    cost, left = hint(model, places, search), search.seconds
    ones = [(period,) for period in model.periods]
    pairs = list(combinations(model.periods, 2))
    for freed in (ones, pairs if len(model.periods) > 2 else []):
        position = idle = 0
        while cost is not None and idle < len(freed) and left > 0:
            part = search.share(0.1 * len(freed[position])).within(left)
            run = _solve_freed(model, places, freed[position], part)
            left -= run.solver.response_proto.deterministic_time
            position, idle = (position + 1) % len(freed), idle + 1
            # Presolve may lose the hint: then what comes back can be worse.
            if run.found and run.cost < cost:
                places, idle = places_found(model, run), 0
                cost = hint(model, places, search)
    return places


def _solve_freed(model: RotationModel, places: Places, freed: Collection[int], search: Search) -> Run:
    """Solve with every decision outside the freed periods as it is."""
    part = model.cp.clone()
    kept = {period: some for period, some in places.items() if period not in freed}
    for variable, value in _decisions(model, kept):
        part.add(part.get_bool_var_from_proto_index(variable.index) == value)
    return search.solve(part)


def _expressible(model: RotationModel, places: Places) -> bool:
    """Whether there is a decision for each of the places: what a rule forbids has none."""
    return all(
        (p.person, p.territory, period) in (model.leads if p.leader else model.works)
        for period, some in places.items()
        for p in some
    )


def _decisions(model: RotationModel, places: Places) -> Iterator[tuple[cp_model.IntVar, bool]]:
    """Value of every decision in the periods that the places speak of."""
    at = {(p.person, p.territory, period): p.leader for period, some in places.items() for p in some}
    for key, works in model.works.items():
        if key[2] in places:
            yield works, key in at
    for key, leads in model.leads.items():
        if key[2] in places:
            yield leads, at.get(key, False)
