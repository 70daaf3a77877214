"""Limitation and guarantee clocks: until when a debt can be claimed.

Sources: Civil Code of the PRC art. 188, 189, 195, 201-203 (limitation), 686, 692-694 (guarantee);
Supreme Court, limitation rules (2020), guarantee interpretation (2020) art. 29, 32, 34, time-effect
rules (2020) art. 27; Guarantee Law (1995) art. 19. The figures are data
(``data/deadlines/*.toml``). A period includes its last day. That a last day on a holiday rolls on
to the next working day is never relied on: planning by the earlier day is always safe.

Not decided here: suspension (force majeure), what counts as evidence of an interruption, extensions
and accelerations. The caller passes the maturity in force and evidenced interruptions only.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from routing.debts import AccountFacts, GuaranteeFacts
from routing.rulefile import Table

LimitationState = Literal["unknown", "not_started", "running", "unproven", "lapsed"]
GuaranteeState = Literal["unknown", "running", "unproven", "lapsed"]


@dataclass(frozen=True, slots=True)
class LimitationLaw:
    """``years`` from the day after maturity or interruption, never beyond ``cap_years`` from maturity.

    A period of ``earlier_years`` that had ended before ``in_force`` stays ended.
    """

    years: int
    cap_years: int
    earlier_years: int
    in_force: date


@dataclass(frozen=True, slots=True)
class GuaranteeLaw:
    """Months after maturity that a guarantee lasts where its contract states no period.

    Contracts before ``in_force`` follow the old law: joint where the kind is unstated, and
    ``earlier_until_repaid_months`` where it says "until repaid".
    """

    in_force: date
    months: int
    earlier_until_repaid_months: int


@dataclass(frozen=True, slots=True)
class DeadlineLaw:
    """The clocks of one jurisdiction. ``trust_ledger`` decides what an unproven claim is worth:
    with it, a debt whose period ended by evidence but runs by the ledger's claim is still planned,
    flagged ``unproven``; without it, the debt counts as lapsed until evidence is recorded.
    """

    limitation: LimitationLaw
    guarantee: GuaranteeLaw
    trust_ledger: bool


@dataclass(frozen=True, slots=True)
class Limitation:
    """Where a debt's limitation period stands on a day.

    ``end`` is computed from maturity and evidence, ``claimed`` is the ledger's own date; ``near`` is
    the date to plan by: the earliest of both that has not passed (None: unknown, or lapsed).
    """

    state: LimitationState
    end: date | None
    claimed: date | None
    near: date | None

    @property
    def mismatch(self) -> bool:
        """True where the ledger says another date than the computation."""
        return self.end is not None and self.claimed is not None and self.end != self.claimed


@dataclass(frozen=True, slots=True)
class GuaranteeEnd:
    """A guarantee period: ``end`` its last day; ``kind`` after the law has filled what the contract
    leaves open. A *general* guarantee asks for suit against the debtor, not for a demand at the door.
    """

    end: date
    kind: Literal["joint", "general"]


def months_later(day: date, months: int) -> date:
    """The same calendar day ``months`` later, or that month's last day if it has none (Civil Code 202)."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def limitation_end(maturity: date, interruptions: Iterable[date], law: LimitationLaw) -> date:
    """The last day on which the debt can still be claimed.

    An interruption after maturity and on or before the end then in force restarts a full period; an
    earlier one interrupts nothing that runs, a later one comes too late. The start day does not
    count, so the end is the same calendar day ``law.years`` later.
    """
    end = _one_period(maturity, law)
    for day in sorted(set(interruptions)):
        if maturity < day <= end:
            end = max(end, _one_period(day, law))
    return min(end, months_later(maturity, 12 * law.cap_years))


def _one_period(start: date, law: LimitationLaw) -> date:
    earlier = months_later(start, 12 * law.earlier_years)
    return earlier if earlier < law.in_force else months_later(start, 12 * law.years)


def limitation(account: AccountFacts, on: date, law: DeadlineLaw) -> Limitation:
    """Where the account's limitation period stands on ``on``, by evidence and by the ledger's claim."""
    claimed = account.claimed_limitation
    if account.due_date is None:
        return _claim_alone(claimed, on, law)
    end = limitation_end(account.due_date, account.interruptions, law.limitation)
    runs_by_claim = claimed is not None and claimed >= on and claimed <= _cap(account.due_date, law)
    if on <= end:
        near = claimed if claimed is not None and runs_by_claim and claimed < end else end
        return Limitation("running" if on > account.due_date else "not_started", end, claimed, near)
    if runs_by_claim and law.trust_ledger:
        return Limitation("unproven", end, claimed, claimed)
    return Limitation("lapsed", end, claimed, None)


def _cap(maturity: date, law: DeadlineLaw) -> date:
    return months_later(maturity, 12 * law.limitation.cap_years)


def _claim_alone(claimed: date | None, on: date, law: DeadlineLaw) -> Limitation:
    """Without a maturity there is no clock: the ledger's word, against the lender without condition."""
    if claimed is None:
        return Limitation("unknown", None, None, None)
    if claimed < on or not law.trust_ledger:
        return Limitation("lapsed", None, claimed, None)
    return Limitation("unproven", None, claimed, claimed)


def guarantee_end(guarantee: GuaranteeFacts, law: GuaranteeLaw) -> GuaranteeEnd | None:
    """The guarantee period's last day and kind, None where contract date or maturity are unknown.

    Nothing suspends, interrupts or extends it (Civil Code 692). An agreed end that is not after
    maturity counts as no agreement.
    """
    maturity = guarantee.account.due_date
    signed = guarantee.contract_date or guarantee.account.loan_date
    if maturity is None or signed is None:
        return None
    old_law = signed < law.in_force
    agreed = guarantee.agreed_end if guarantee.term == "agreed" else None
    months = law.earlier_until_repaid_months if old_law and guarantee.term == "until_repaid" else law.months
    end = agreed if agreed is not None and agreed > maturity else months_later(maturity, months)
    if guarantee.kind == "unstated":
        return GuaranteeEnd(end, "joint" if old_law else "general")
    return GuaranteeEnd(end, guarantee.kind)


@dataclass(frozen=True, slots=True)
class GuaranteeStanding:
    """Where a guarantee stands on a day: ``end`` is the last day to act (None: unknown)."""

    state: GuaranteeState
    kind: Literal["joint", "general"] | None
    end: date | None


def guarantee_standing(guarantee: GuaranteeFacts, on: date, law: DeadlineLaw) -> GuaranteeStanding:
    """Where the guarantee stands on ``on``.

    A demand on a joint guarantor inside the period starts the guarantee debt's own limitation period
    (Civil Code 694). An agreed period that nobody has looked up stands or falls with the ledger's
    claim, if it is trusted.
    """
    computed = guarantee_end(guarantee, law.guarantee)
    if computed is None:
        return GuaranteeStanding("unknown", None, None)
    demanded, end = guarantee.demanded_on, computed.end
    if computed.kind == "joint" and demanded is not None and demanded <= end:
        end = limitation_end(demanded, (), law.limitation)
    claimed = guarantee.claimed_end
    if on <= end:
        return GuaranteeStanding("running", computed.kind, end)
    agreed_when = guarantee.term != "agreed" or guarantee.agreed_end is not None
    looked_up = guarantee.term != "unknown" and agreed_when
    if not looked_up and law.trust_ledger and claimed is not None and on <= claimed:
        return GuaranteeStanding("unproven", computed.kind, claimed)
    return GuaranteeStanding("lapsed", computed.kind, end)


def read_deadlines(table: Table) -> DeadlineLaw:
    """A jurisdiction's clocks from its rule file. Raises :class:`routing.rulefile.RulesError`."""
    limits, guarantees = table.table("limitation"), table.table("guarantee")
    law = DeadlineLaw(
        LimitationLaw(
            years=limits.whole("years", 1, 30),
            cap_years=limits.whole("cap_years", 1, 60),
            earlier_years=limits.whole("earlier_years", 1, 30),
            in_force=limits.day("in_force"),
        ),
        GuaranteeLaw(
            in_force=guarantees.day("in_force"),
            months=guarantees.whole("months", 1, 120),
            earlier_until_repaid_months=guarantees.whole("earlier_until_repaid_months", 1, 120),
        ),
        trust_ledger=table.flag("trust_ledger"),
    )
    limits.done()
    guarantees.done()
    return law
