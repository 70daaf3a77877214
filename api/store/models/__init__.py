"""The tables, a module per subject."""

from api.store.models.base import Base
from api.store.models.debts import Account, Guarantee, Import, ImportChange, ImportRow, LedgerMapping, Obligor
from api.store.models.field import AuditEntry, Outcome, OutcomeReview
from api.store.models.people import (
    Attempts,
    Branch,
    ConsoleSession,
    Device,
    Enrolment,
    Familiarity,
    Person,
    Token,
    User,
    UserBranch,
)
from api.store.models.places import Household, PlaceCandidate, Placing, Territory, Town, Village, VillageAlias
from api.store.models.plans import Plan, PublishedDay, Route, Stop, Unplanned
from api.store.models.teams import (
    AssignmentState,
    Placement,
    Reassignment,
    RotationProposal,
    Shift,
    ShiftPast,
    ShiftPerson,
    Team,
)

__all__ = [
    "Account",
    "AssignmentState",
    "Attempts",
    "AuditEntry",
    "Base",
    "Branch",
    "ConsoleSession",
    "Device",
    "Enrolment",
    "Familiarity",
    "Guarantee",
    "Household",
    "Import",
    "ImportChange",
    "ImportRow",
    "LedgerMapping",
    "Obligor",
    "Outcome",
    "OutcomeReview",
    "Person",
    "PlaceCandidate",
    "Placement",
    "Placing",
    "Plan",
    "PublishedDay",
    "Reassignment",
    "RotationProposal",
    "Route",
    "Shift",
    "ShiftPast",
    "ShiftPerson",
    "Stop",
    "Team",
    "Territory",
    "Token",
    "Town",
    "Unplanned",
    "User",
    "UserBranch",
    "Village",
    "VillageAlias",
]
