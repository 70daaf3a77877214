"""The optimiser: chooses visits and draws up the day of every shift.

:func:`solve` works in the calling process; the service uses :mod:`routing.solve.process`.
"""

from routing.solve.options import OnProgress, SolveOptions
from routing.solve.planner import PlanRefused, solve

__all__ = ["OnProgress", "PlanRefused", "SolveOptions", "solve"]
