"""What is known of a household's debts when its visit is considered.

Money is ``Decimal`` yuan (the currency's major unit). What the ledger merely *claims*
(``last_collection``, ``claimed_limitation``, ``claimed_end``) is kept apart from what is evidenced
(``interruptions``, ``demanded_on``): a claim is shown, never taken for proof (DOMAIN.md, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from routing.problem import Place, TimeWindow

FiveTier = Literal["normal", "special_mention", "substandard", "doubtful", "loss"]
AccountStatus = Literal["active", "missing", "closed", "in_court"]
Security = Literal["none", "guarantee", "mortgage", "pledge", "unknown"]
GuaranteeKind = Literal["joint", "general", "unstated"]
GuaranteeTerm = Literal["agreed", "none", "until_repaid", "unknown"]


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One loan of the household.

    ``due_date`` is the maturity now in force (of instalments: the last one). ``interruptions`` are
    the dates of *evidenced* acts that restart the limitation period. ``lapsed_approved`` is set when
    the legal role approved, with a reason, visiting for a debt whose period has ended.
    """

    id: str
    outstanding: Decimal
    five_tier: FiveTier | None = None
    overdue_days: int | None = None
    due_date: date | None = None
    loan_date: date | None = None
    last_collection: date | None = None
    claimed_limitation: date | None = None
    interruptions: tuple[date, ...] = ()
    status: AccountStatus = "active"
    security: Security = "unknown"
    lapsed_approved: bool = False


@dataclass(frozen=True, slots=True)
class GuaranteeFacts:
    """A guarantee that somebody of this household gave for ``account``, a loan of another household.

    ``term`` says what the contract states of the guarantee period: ``agreed`` (until
    ``agreed_end``), ``none``, ``until_repaid`` (and the like), or ``unknown`` where nobody has
    looked. ``contract_date`` chooses the law; without it the loan's date is taken.
    ``demanded_on`` is an evidenced demand on this guarantor.
    """

    id: str
    account: AccountFacts
    kind: GuaranteeKind = "unstated"
    term: GuaranteeTerm = "unknown"
    contract_date: date | None = None
    agreed_end: date | None = None
    claimed_end: date | None = None
    demanded_on: date | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """When somebody is at home: a profile by name (``availability.toml``) and the household's own limits.

    ``windows`` and ``weekdays`` (ISO, Monday = 1) narrow the profile. ``market_dates`` are the days
    on which the village goes to market, for profiles that ask for them.
    """

    profile: str = "any"
    windows: tuple[TimeWindow, ...] = ()
    weekdays: frozenset[int] | None = None
    market_dates: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """One door with its debts, and what has passed between it and the lender.

    ``visits`` are the dates of every call at the door, answered or not, and of calls already
    published on other days: all of them count against the caps. ``expected`` are those of them that
    are published only: nobody knows yet what will come of them. ``last_visit`` serves where single
    dates are not known. ``paused`` is a code (dispute, complaint, hardship, illness, bereavement,
    distress, asked_to_be_left_alone, deceased_to_verify …); any code pauses until a person has
    reviewed it. ``strategy`` overrides the choice by class. ``granted_by`` is for the caller, who
    bars those people's teams.
    """

    id: str
    village: str | None = None
    place: Place | None = None
    accounts: tuple[AccountFacts, ...] = ()
    guarantees: tuple[GuaranteeFacts, ...] = ()
    visits: tuple[date, ...] = ()
    expected: frozenset[date] = frozenset()
    last_visit: date | None = None
    promise_due: date | None = None
    promise_amount: Decimal | None = None
    paused: str | None = None
    availability: Availability = Availability()
    focus: bool = False
    strategy: str | None = None
    granted_by: frozenset[str] = frozenset()

    def call_dates(self) -> tuple[date, ...]:
        """Every known date of a call at this door, sorted."""
        known = set(self.visits)
        if self.last_visit is not None:
            known.add(self.last_visit)
        return tuple(sorted(known))

    def last_call(self, on: date) -> date | None:
        """The latest call on or before ``on``."""
        return max((day for day in self.call_dates() if day <= on), default=None)
