"""Why a household wants a visit on a day and what it is worth, or why it wants none.

:mod:`routing.horizon` makes the visits of a day or of several; what they say of themselves is found here.

Codes and facts only; sentences are made where the reader's language is known. Dates are ISO texts,
money is text in yuan, ``account`` is an account's id.

Reasons of a wanted visit, the most pressing first:

==================== ==================================== =========================================
code                 facts                                meaning
==================== ==================================== =========================================
promise_due          on, amount (if known)                a promise to pay fell due, nobody has asked
limitation_near      on, days, account                    the debt's limitation period ends soon
guarantee_near       on, days, account                    the guarantee's period ends soon
focus                -                                    on the list of key debts
never_visited        -                                    no call at this door is known
cadence_due          last, days, due                      as many days have passed as the strategy sets
cadence_coming       last, days, due                      due soon, may be made already
cadence_planned      planned, days                        due again, after a call that is published already
cadence_again        days                                 due again, after an earlier call of this plan
home_season          until                                people who work far away are home now
market_day           -                                    the village is at market: home afterwards only
lapsed_approved      account                              period ended; legal role approved the visit
limitation_unproven  account, claimed, recomputed         period runs by the ledger, not by evidence
                     (if known)
guarantee_unproven   account, claimed                     likewise for a guarantee
large_debt           outstanding                          owes at least the lender's threshold
non_performing       class, outstanding, accounts         worst class, sum and number of own debts
class_from_overdue   class, days                          the ledger states no class; it follows from
                                                          the days overdue
overdue_early        days, outstanding, accounts          early stage only
guarantor            outstanding, accounts                called on as a guarantor
==================== ==================================== =========================================

Why no visit is wanted, the first that holds:

==================== ==================================== =========================================
code                 facts                                meaning
==================== ==================================== =========================================
paused               why                                  a pause stands until a person reviews it
no_accounts          -                                    neither debt nor guarantee is known
lapsed               on (if known)                        period ended; needs the legal role
account_in_court     -                                    before a court: not visited
account_missing      -                                    absent from a complete ledger, unconfirmed
guarantee_lapsed     on                                   the guarantee's period ended
guarantee_general    -                                    a general guarantee: matter of a suit
guarantee_unknown    -                                    contract date or maturity unknown
guarantor_too_early  -                                    guarantors are called on in later stages
class_unknown        -                                    neither class nor days overdue are known
nothing_owed         -                                    nothing is outstanding
performing           -                                    performing: kept, never visited
account_closed       -                                    closed
no_door_visit        strategy                             its strategy sends nobody to the door
promise_pending      on                                   a promise is running; wait for its day
visited_recently     last, from                           too soon; ``from`` is the earliest day
visit_planned        on, from                             likewise, after a call that is published already
cap_week, cap_month  cap, days, last                      one more call would be too many
away                 back (if known)                      works far away, not home in this season
blackout_day         on                                   the policy allows no visit that day
closed_weekday       weekday                              nor on that day of the week
no_contact_hours     -                                    at home only outside the hours allowed
==================== ==================================== =========================================

From ``lapsed`` to ``account_closed``: said of a household of whose debts none asks for a visit, the
first in this order that holds for one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from routing.calls import Call
from routing.classification import NON_PERFORMING, standing
from routing.debts import AccountFacts, HouseholdFacts
from routing.demands import Demand
from routing.problem import Reason
from routing.rules import Rules
from routing.value import Nearing, Owed, Timing, ValuePart, visit_value


@dataclass(frozen=True, slots=True)
class NotWanted:
    """A household (its id) that is not to be visited that day, and why."""

    household: str
    reason: Reason


def visit_id(household: str, on: date) -> str:
    """The id of the one visit that a household can want on a day."""
    return f"{household}/{on.isoformat()}"


def is_eligible(account: AccountFacts, rules: Rules, on: date) -> bool:
    """Whether the account's state asks for visits at all (DESIGN.md, decisions 1 and 3)."""
    return account.status == "active" and standing(account, rules.classification, on).state is not None


def in_order(households: Iterable[HouseholdFacts]) -> list[HouseholdFacts]:
    """The households by id. Raises ``ValueError`` for two of one id."""
    ordered = sorted(households, key=lambda household: household.id)
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise ValueError(f"household {one.id!r} was given twice")
    return ordered


def value_of(call: Call, rules: Rules, among: Sequence[Call] = ()) -> tuple[int, tuple[ValuePart, ...]]:
    """What the call is worth on its day, in fen, and of which parts.

    ``among`` are the calls on all days on which the same visit could be made, by day. What falls due
    is worth more from day to day until it is due; nothing else gains by waiting: a deadline counts
    as on the last of these days whenever it is met, and every day of waiting costs its share.
    """
    first, last = (among[0], among[-1]) if among else (call, call)
    return visit_value(
        rules.values,
        owed=[Owed(d.account.outstanding, "guarantor" if d.as_guarantor else d.state) for d in call.demands],
        timing=_timing(call, first),
        promised=_promised(call),
        nearing=_nearing(call, last.on, rules.strategies.deadline_near_days),
        in_season=call.presence.until is not None,
        waited=(call.on - first.on).days,
        percent=rules.availability.percent_on(call.household.availability, call.on),
    )


def _timing(call: Call, first: Call) -> Timing:
    """Since when it is due. Nobody gains by letting wait what is due already, or was promised."""
    cadence, not_before = call.strategy.cadence_days, call.strategy.not_before_days
    last = call.household.last_call(call.on)
    if last is None:
        return Timing(None, not_before, cadence)
    days, at_first = (call.on - last).days, (first.on - last).days
    most = at_first if call.promise else max(cadence, at_first)
    return Timing(min(days, most), not_before, cadence)


def _owed(demands: Iterable[Demand]) -> Decimal:
    return sum((demand.account.outstanding for demand in demands), Decimal(0))


def _promised(call: Call) -> Decimal | None:
    """The promised sum that counts: never more than is owed."""
    amount = call.household.promise_amount
    return None if not call.promise or amount is None else min(amount, _owed(call.demands))


def _nearing(call: Call, on: date, near_days: int) -> Nearing | None:
    nearest = call.nearest
    if nearest is None or nearest.end is None:
        return None
    return Nearing(nearest.account.outstanding, (nearest.end - on).days, near_days)


def reasons_of(call: Call, rules: Rules, again: bool = False) -> tuple[Reason, ...]:
    """The visit's reasons in the order of the table above; ``again``: after another one of the same plan."""
    return tuple(_reasons(call, rules, again))


def _reasons(call: Call, rules: Rules, again: bool) -> Iterable[Reason]:
    household = call.household
    if call.promise and household.promise_due is not None:
        amount = {} if household.promise_amount is None else {"amount": _yuan(household.promise_amount)}
        yield Reason("promise_due", {"on": household.promise_due.isoformat(), **amount})
    if call.nearest is not None and call.nearest.end is not None:
        yield Reason(
            "guarantee_near" if call.nearest.as_guarantor else "limitation_near",
            {
                "on": call.nearest.end.isoformat(),
                "days": (call.nearest.end - call.on).days,
                "account": call.nearest.account.id,
            },
        )
    if household.focus:
        yield Reason("focus")
    yield Reason("cadence_again", {"days": call.strategy.cadence_days}) if again else _cadence_reason(call)
    if call.presence.until is not None:
        yield Reason("home_season", {"until": call.presence.until.isoformat()})
    if rules.availability.market_on(household.availability, call.on):
        yield Reason("market_day")
    for demand in call.demands:
        yield from demand.flags
    total = _owed(call.demands)
    if total >= rules.strategies.large_debt:
        yield Reason("large_debt", {"outstanding": _yuan(total)})
    yield from _debt_reasons(call.demands)


def _cadence_reason(call: Call) -> Reason:
    last = call.household.last_call(call.on)
    if last is None:
        return Reason("never_visited")
    if last in call.household.expected:
        return Reason("cadence_planned", {"planned": last.isoformat(), "days": call.strategy.cadence_days})
    due = last + timedelta(days=call.strategy.cadence_days)
    code = "cadence_due" if due <= call.on else "cadence_coming"
    days = call.strategy.cadence_days
    return Reason(code, {"last": last.isoformat(), "days": days, "due": due.isoformat()})


def _debt_reasons(demands: tuple[Demand, ...]) -> Iterable[Reason]:
    own = [demand for demand in demands if not demand.as_guarantor]
    bad = [demand for demand in own if demand.state in NON_PERFORMING]
    early = [demand for demand in own if demand.state == "early"]
    bound = [demand for demand in demands if demand.as_guarantor]
    if bad:
        worst = max(bad, key=lambda demand: NON_PERFORMING.index(demand.state))
        yield Reason("non_performing", {"class": worst.state, **_sum(bad)})
        if worst.derived:
            yield Reason("class_from_overdue", {"class": worst.state, "days": worst.overdue_days or 0})
    if early:
        yield Reason("overdue_early", {"days": max(d.overdue_days or 0 for d in early), **_sum(early)})
    if bound:
        yield Reason("guarantor", _sum(bound))


def _sum(demands: list[Demand]) -> dict[str, str | int]:
    return {"outstanding": _yuan(_owed(demands)), "accounts": len(demands)}


def _yuan(amount: Decimal) -> str:
    return f"{amount:.2f}"
