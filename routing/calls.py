"""Whether a household may and should be called on one day, by the rules: the first half of a visit.

What was found out on the way is a :class:`Call`; :mod:`routing.horizon` makes visits of the calls of
all days, and :mod:`routing.visits` lists the codes of the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from routing.availability import Presence, at_home, season
from routing.debts import HouseholdFacts
from routing.demands import Demand, demands_on, refusal_of
from routing.policy import closed_reason, contact_windows
from routing.problem import Reason, TimeWindow
from routing.rules import Rules
from routing.strategy import Strategy, cap_reached, strategy_for


@dataclass(frozen=True, slots=True)
class Call:
    """A visit being made: what was found out about the household on the way.

    ``nearest`` is the demand whose deadline comes first, if one is near; ``promise`` says that a
    promise fell due and nobody has been at the door since; ``windows`` are seconds since midnight of
    the day.
    """

    household: HouseholdFacts
    on: date
    demands: tuple[Demand, ...]
    nearest: Demand | None
    promise: bool
    strategy: Strategy
    presence: Presence
    windows: tuple[TimeWindow, ...] = ()


def consider(household: HouseholdFacts, on: date, rules: Rules, asked_for: bool = False) -> Call | Reason:
    """The household's call on ``on``, or the first rule that forbids or spares it.

    One that is ``asked_for`` by a person waits neither for its cadence nor for a promise or a season; what protects the
    household (pauses, caps, hours) holds all the same.

    Raises :class:`routing.strategy.UnknownStrategy` and :class:`routing.availability.UnknownProfile`.
    """
    if household.paused is not None:
        return Reason("paused", {"why": household.paused})
    demands, refusals = demands_on(household, on, rules)
    if not demands:
        return refusal_of(refusals)
    nearest = _nearest(demands, on, rules.strategies.deadline_near_days)
    promise = _promise_is_due(household, on)
    strategy = _strategy(household, demands, nearest is not None, promise, rules)
    if not strategy.door_visits:
        return Reason("no_door_visit", {"strategy": strategy.name})
    presence = season(household.availability, rules.availability, on)
    call = Call(household, on, demands, nearest, promise, strategy, presence)
    if asked_for:
        caps = cap_reached(rules.strategies.caps, household.call_dates(), on, household.focus)
        return caps or _with_windows(call, rules)
    return _too_soon(call, rules) or _nobody_home(call) or _with_windows(call, rules)


def _nearest(demands: Iterable[Demand], on: date, near_days: int) -> Demand | None:
    """The debt whose deadline comes first among those that are near."""
    horizon = on + timedelta(days=near_days)
    near = [demand for demand in demands if demand.end is not None and demand.end <= horizon]
    return min(near, key=lambda demand: (demand.end or horizon, demand.account.id), default=None)


def _promise_is_due(household: HouseholdFacts, on: date) -> bool:
    """A promise fell due and nobody has been at the door since."""
    due = household.promise_due
    if due is None or due > on:
        return False
    last = household.last_call(on)
    return last is None or last < due


def _strategy(
    household: HouseholdFacts, demands: tuple[Demand, ...], near: bool, promise: bool, rules: Rules
) -> Strategy:
    names = {"guarantor" if demand.as_guarantor else demand.state for demand in demands}
    if len(names) > 1:
        names.discard("guarantor")  # their own debts decide
    joining = [name for name, joins in (("focus", household.focus), ("deadline", near)) if joins]
    usual = strategy_for(rules.strategies, names, household.strategy, joining)
    if promise and usual.door_visits:
        return rules.strategies.by_name["promise"]
    return usual


def _too_soon(call: Call, rules: Rules) -> Reason | None:
    """Promises that run, calls made lately, caps. A promise that fell due waits for the caps only."""
    household, on = call.household, call.on
    due = household.promise_due
    latest = on + timedelta(days=rules.strategies.hold_while_promised_days)
    if due is not None and on < due <= latest and not _ends_by(call.nearest, due):
        return Reason("promise_pending", {"on": due.isoformat()})
    last = household.last_call(on)
    if last is not None and not call.promise:
        earliest = last + timedelta(days=call.strategy.not_before_days)
        if on < earliest:
            code, day = ("visit_planned", "on") if last in household.expected else ("visited_recently", "last")
            return Reason(code, {day: last.isoformat(), "from": earliest.isoformat()})
    return cap_reached(rules.strategies.caps, household.call_dates(), on, household.focus)


def _ends_by(demand: Demand | None, day: date) -> bool:
    return demand is not None and demand.end is not None and demand.end <= day


def _nobody_home(call: Call) -> Reason | None:
    """Who works far away is not sought, but for a deadline: a relative living there can take a notice."""
    if call.presence.home or call.nearest is not None:
        return None
    back = call.presence.back_on
    return Reason("away", {} if back is None else {"back": back.isoformat()})


def _with_windows(call: Call, rules: Rules) -> Call | Reason:
    closed = closed_reason(rules.policy, call.on)
    if closed is not None:
        return closed
    home = at_home(call.household.availability, rules.availability, call.on)
    windows = contact_windows(rules.policy, call.on, home, call.strategy.service)
    if not windows:
        return Reason("no_contact_hours")
    return replace(call, windows=windows)
