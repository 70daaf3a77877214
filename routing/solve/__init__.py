"""The optimiser: chooses visits and draws up the day of every shift.

:func:`solve` works in the calling process; the service uses :mod:`routing.solve.process`.
"""

from routing.solve.options import OnProgress, Progress, SolveOptions
from routing.solve.parameters import SearchParameters
from routing.solve.planner import PlanRefused, solve
from routing.solve.start import PinsImpossible, Start

__all__ = [
    "OnProgress",
    "PinsImpossible",
    "PlanRefused",
    "Progress",
    "SearchParameters",
    "SolveOptions",
    "Start",
    "solve",
]
