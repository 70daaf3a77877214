"""The compiled search: ruin and recreate as in :mod:`routing.solve.search`, some thirty times the steps.

Needs numba and its compiler. Where either is missing or switched off (``NUMBA_DISABLE_JIT=1``),
:func:`compiled` says no and the planner uses the search in plain Python, with the same rules.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache

from routing.solve.budget import Steps
from routing.solve.instance import Instance
from routing.solve.parameters import SearchParameters
from routing.solve.schedule import Schedule
from routing.solve.search import Objective


@cache
def compiled() -> bool:
    """Whether the compiled search can be used in this process; loads it, or compiles it the first time.

    Compiling takes ten to twenty seconds once per machine and version of the code; the result is kept beside
    the code or, where that is read-only, in the user's cache (``NUMBA_CACHE_DIR`` names another place).
    """
    try:
        import numba
    except ImportError:
        return False
    if vars(numba.config)["DISABLE_JIT"]:
        return False
    try:
        from routing.solve.core.driver import warm_up
    except RuntimeError as error:
        # Numba found no writable place for what it compiles: compiling for every plan takes longer than planning.
        if "no locator available" in str(error):
            return False
        raise
    warm_up()
    return True


def improve(
    instance: Instance,
    start: Sequence[Schedule],
    objective: Objective,
    rng: random.Random,
    steps: Steps,
    on_best: Callable[[Sequence[Schedule]], None],
    parameters: SearchParameters,
) -> list[Schedule]:
    """As :func:`routing.solve.search.improve`, compiled. Only where :func:`compiled` says yes."""
    from routing.solve.core.driver import improve as run

    return run(instance, start, objective, rng, steps, on_best, parameters)
