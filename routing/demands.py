"""What a household can be asked for at its door: its own debts and those it stands surety for.

Each debt either asks for a visit (a :class:`Demand`) or says why not; the codes stand in the tables
of :mod:`routing.visits`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from routing.classification import State, standing
from routing.deadlines import Limitation, guarantee_standing, limitation
from routing.debts import AccountFacts, GuaranteeFacts, HouseholdFacts
from routing.problem import Reason
from routing.rules import Rules

# Where no debt asks for a visit, the household is told the first of these that holds for one of them.
_REFUSALS = (
    "lapsed", "account_in_court", "account_missing", "guarantee_lapsed", "guarantee_general",
    "guarantee_unknown", "guarantor_too_early", "class_unknown", "nothing_owed", "performing",
    "account_closed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Demand:
    """A debt that asks for a visit: its state, the deadline to plan by (None: unknown) and flags."""

    account: AccountFacts
    state: State
    as_guarantor: bool = False
    end: date | None = None
    derived: bool = False
    overdue_days: int | None = None
    flags: tuple[Reason, ...] = ()


def demands_on(
    household: HouseholdFacts, on: date, rules: Rules
) -> tuple[tuple[Demand, ...], tuple[Reason, ...]]:
    """The household's demands and the refusals of its other debts, in the order of their ids.

    A loan for which the household is both borrower and guarantor counts once, as its own.
    """
    own = {account.id for account in household.accounts}
    found = [_own(account, on, rules) for account in sorted(household.accounts, key=lambda a: a.id)]
    surety = sorted(household.guarantees, key=lambda guarantee: (guarantee.account.id, guarantee.id))
    seen: set[str] = set()
    for guarantee in surety:
        if guarantee.account.id in own:
            continue
        answer = _as_guarantor(guarantee, on, rules)
        # Two guarantors at one door for one loan: it is still one debt to ask for.
        if isinstance(answer, Reason) or guarantee.account.id not in seen:
            found.append(answer)
        if isinstance(answer, Demand):
            seen.add(guarantee.account.id)
    demands = tuple(answer for answer in found if isinstance(answer, Demand))
    return demands, tuple(answer for answer in found if isinstance(answer, Reason))


def refusal_of(refusals: Iterable[Reason]) -> Reason:
    """The one reason to give for a household of whose debts none asks for a visit."""
    return min(refusals, key=lambda reason: _REFUSALS.index(reason.code), default=Reason("no_accounts"))


def _asks(account: AccountFacts, on: date, rules: Rules) -> Demand | Reason:
    """Whether the account's status, balance and class ask for a visit, before any clock is read."""
    if account.status != "active":
        return Reason(f"account_{account.status}")
    stands = standing(account, rules.classification, on)
    if stands.state is None:
        return Reason(stands.refusal or "performing")
    if account.outstanding <= 0:
        return Reason("nothing_owed")
    return Demand(account, stands.state, derived=stands.derived, overdue_days=stands.overdue_days)


def _own(account: AccountFacts, on: date, rules: Rules) -> Demand | Reason:
    asked = _asks(account, on, rules)
    if isinstance(asked, Reason) or rules.deadlines is None:
        return asked
    clock = limitation(account, on, rules.deadlines)
    if clock.state == "lapsed":
        return _lapsed(asked, clock)
    flags = (_unproven(account, clock),) if clock.state == "unproven" else ()
    return replace(asked, end=clock.near, flags=flags)


def _lapsed(asked: Demand, clock: Limitation) -> Demand | Reason:
    """A debt whose period has ended is visited only where the legal role has approved it."""
    account = asked.account
    if account.lapsed_approved:
        return replace(asked, flags=(Reason("lapsed_approved", {"account": account.id}),))
    ended = clock.end or clock.claimed
    return Reason("lapsed", {} if ended is None else {"on": ended.isoformat()})


def _unproven(account: AccountFacts, clock: Limitation) -> Reason:
    facts: dict[str, str | int] = {"account": account.id}
    if clock.claimed is not None:
        facts["claimed"] = clock.claimed.isoformat()
    if clock.end is not None:
        facts["recomputed"] = clock.end.isoformat()
    return Reason("limitation_unproven", facts)


def _as_guarantor(guarantee: GuaranteeFacts, on: date, rules: Rules) -> Demand | Reason:
    account = guarantee.account
    asked = _asks(account, on, rules)
    if isinstance(asked, Reason):
        return asked
    if asked.state not in rules.strategies.guarantors_of:
        return Reason("guarantor_too_early")
    if guarantee.kind == "general":
        return Reason("guarantee_general")
    if rules.deadlines is None:
        # Without the law nobody can say what an unstated kind means; so nobody knocks.
        known = guarantee.kind == "joint"
        return replace(asked, as_guarantor=True) if known else Reason("guarantee_unknown")
    principal = limitation(account, on, rules.deadlines)
    if principal.state == "lapsed":
        # The guarantor may raise whatever the debtor may (Civil Code 701).
        return Reason("lapsed", {} if principal.end is None else {"on": principal.end.isoformat()})
    stands = guarantee_standing(guarantee, on, rules.deadlines)
    if stands.end is None or stands.kind is None:
        return Reason("guarantee_unknown")
    if stands.state == "lapsed":
        return Reason("guarantee_lapsed", {"on": stands.end.isoformat()})
    if stands.kind == "general":
        return Reason("guarantee_general")
    facts = {"account": account.id, "claimed": stands.end.isoformat()}
    flags = (Reason("guarantee_unproven", facts),) if stands.state == "unproven" else ()
    return replace(asked, as_guarantor=True, end=stands.end, flags=flags)
