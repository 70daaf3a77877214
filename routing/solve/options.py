"""How much the optimiser may spend and what it weighs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from routing.solve.parameters import SearchParameters


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solve is: ``done`` of ``of`` parts of its budget, the best plan's ``value`` so far (fen),
    ``iterations`` of the search and ``seconds`` since it began."""

    done: int
    of: int
    value: int
    iterations: int
    seconds: float


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """Budget and weights of one solve. Exactly one of ``seconds`` and ``iterations`` is set.

    Parameters
    ----------
    seconds
        Wall clock for choosing and ordering, seconds; small set-up and closing steps come on top.
        What it yields depends on the machine.
    iterations
        Budget in steps of the search: same problem, seed and iterations give the same plan.
    seed
        Where chance is used it is drawn from this.
    split_cost
        What a second run into a village costs, in units of the mean value of the visits. Only an
        explicit time window may cause one at all, see :mod:`routing.solve.villages`.
    candidates
        At most this many visits per shift enter the search, see :mod:`routing.solve.candidates`.
    parameters
        What the search weighs and how it draws.
    """

    seconds: float | None = 3.0
    iterations: int | None = None
    seed: int = 0
    split_cost: float = 3.0
    candidates: int = 250
    parameters: SearchParameters = field(default_factory=SearchParameters)

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.iterations is None):
            raise ValueError("give a budget either in seconds or in iterations")
        if self.seconds is not None and not 0 < self.seconds < 86_400:
            raise ValueError(f"a budget of {self.seconds} seconds is not between 0 and a day")
        if self.iterations is not None and self.iterations < 1:
            raise ValueError(f"a budget of {self.iterations} iterations is less than one")
        if self.split_cost < 0:
            raise ValueError("a split village cannot be worth something")
        if self.candidates < 1:
            raise ValueError("no visit could be planned with less than one candidate per shift")
