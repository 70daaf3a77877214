"""Rotation: who works where in which period, fairly, with a leader who knows each territory.

Importing this package loads no optimiser; :mod:`routing.rotation.propose` does.
"""

from routing.rotation.check import PlacesCheck, check_places, check_rotation, place, swap
from routing.rotation.problem import (
    Conflict,
    Group,
    Move,
    PastPlace,
    PeriodGroups,
    Person,
    PersonPlace,
    RotationFigures,
    RotationInfeasible,
    RotationProblem,
    RotationProposal,
    RotationUndecided,
    RuleFact,
    TerritoryDemand,
)
from routing.rotation.rules import RULES, RotationRules, Weights, load_rotation_rules, read_rotation_rules

__all__ = [
    "RULES",
    "Conflict",
    "Group",
    "Move",
    "PastPlace",
    "PeriodGroups",
    "Person",
    "PersonPlace",
    "PlacesCheck",
    "RotationFigures",
    "RotationInfeasible",
    "RotationProblem",
    "RotationProposal",
    "RotationRules",
    "RotationUndecided",
    "RuleFact",
    "TerritoryDemand",
    "Weights",
    "check_places",
    "check_rotation",
    "load_rotation_rules",
    "place",
    "read_rotation_rules",
    "swap",
]
