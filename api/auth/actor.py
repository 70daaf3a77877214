"""The one who asks: a user or a phone, their role and their areas."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of decision 11 in DESIGN; each sees the least that its work needs."""

    COLLECTOR = "collector"
    COORDINATOR = "coordinator"
    LEGAL = "legal"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


USER_ROLES = tuple(role for role in Role if role is not Role.COLLECTOR)


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone signed in. ``branches`` is their area; a collector's area is their own team's days."""

    pseudonym: str
    role: Role
    branches: frozenset[str] = frozenset()
    user_id: str | None = None
    person_id: str | None = None
    device_id: str | None = None

    def covers(self, branch: str | None) -> bool:
        """Say whether a row of ``branch`` is in this actor's area."""
        return branch in self.branches
