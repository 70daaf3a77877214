"""How a household is visited: cadence, length and purpose of a call, and the caps that bind them all.

One household, one strategy: the shortest cadence among those its debts call for, or the one a person
has chosen for it. ``focus`` and ``deadline`` shorten the cadence, never the caps (DESIGN.md, "Harms
we refuse"). Everything is data: ``data/strategy.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from routing.problem import Reason
from routing.rulefile import Table

REQUIRED = ("early", "substandard", "doubtful", "loss", "guarantor", "focus", "deadline", "promise")
PURPOSES = (
    "understand_delay", "collect", "regular_sieve", "demand_guarantor", "key_breakthrough",
    "keep_period_alive", "promise_follow_up",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Strategy:
    """``cadence_days`` after a call the next is due, not before ``not_before_days``; ``service`` in seconds.

    ``door_visits`` false: letters, calls or suit, but nobody at the door.
    """

    name: str
    purpose: str
    cadence_days: int
    not_before_days: int
    service: int
    door_visits: bool = True


@dataclass(frozen=True, slots=True)
class Caps:
    """At most so many calls at one door within any ``week_days`` (``month_days``) days in a row."""

    week_days: int
    month_days: int
    per_week: int
    per_month: int
    focus_per_week: int
    focus_per_month: int


@dataclass(frozen=True, slots=True)
class Strategies:
    """All strategies by name, the caps, and the thresholds that go with them."""

    by_name: dict[str, Strategy]
    caps: Caps
    large_debt: Decimal
    hold_while_promised_days: int
    deadline_near_days: int
    guarantors_of: frozenset[str]


class UnknownStrategy(ValueError):
    """A household names a strategy that no rule file describes."""


def strategy_for(
    strategies: Strategies, names: Iterable[str], chosen: str | None = None, joining: Iterable[str] = ()
) -> Strategy:
    """The strategy of one household.

    ``names`` are what its debts call for (at least one, unless ``chosen`` overrides them), ``joining``
    those that may only shorten it (focus, deadline). Raises :class:`UnknownStrategy`.
    """
    wanted = [chosen] if chosen is not None else sorted(set(names))
    found = [_named(strategies, name) for name in wanted]
    if not all(strategy.door_visits for strategy in found):
        return next(strategy for strategy in found if not strategy.door_visits)
    found += [_named(strategies, name) for name in joining]
    return min(found, key=lambda strategy: (strategy.cadence_days, strategy.not_before_days, strategy.name))


def _named(strategies: Strategies, name: str) -> Strategy:
    try:
        return strategies.by_name[name]
    except KeyError:
        known = ", ".join(sorted(strategies.by_name))
        raise UnknownStrategy(f"no strategy {name!r} (known: {known})") from None


def cap_reached(caps: Caps, calls: Sequence[date], on: date, focus: bool) -> Reason | None:
    """Why one more call on ``on`` would be too many: ``cap_week`` or ``cap_month``; None if it is allowed.

    Facts: ``cap``, ``days``, ``last`` (the call nearest to ``on`` that counts). Windows slide, so
    that the last day of one month and the first of the next are not two months; ``calls`` may lie
    ahead (already published).
    """
    week = ("cap_week", caps.week_days, caps.focus_per_week if focus else caps.per_week)
    month = ("cap_month", caps.month_days, caps.focus_per_month if focus else caps.per_month)
    for code, days, cap in (week, month):
        around = [day for day in calls if abs((day - on).days) < days]
        if len(around) >= cap and _most_calls(around, on, days) >= cap:
            nearest = min(around, key=lambda day: (abs((day - on).days), day))
            return Reason(code, {"cap": cap, "days": days, "last": nearest.isoformat()})
    return None


def _most_calls(calls: Sequence[date], on: date, days: int) -> int:
    """The most calls in any ``days`` days in a row that contain ``on``."""
    starts = [on - timedelta(days=before) for before in range(days)]
    return max(sum(start <= day < start + timedelta(days=days) for day in calls) for start in starts)


def read_strategies(table: Table) -> Strategies:
    """The strategies from their rule file. Raises :class:`routing.rulefile.RulesError`."""
    by_name = {name: _read_strategy(name, inner) for name, inner in table.named_tables("strategy").items()}
    for name in REQUIRED:
        if name not in by_name:
            raise table.error(f"strategy.{name}", "is missing")
    return Strategies(
        by_name=by_name,
        caps=_read_caps(table.table("caps")),
        large_debt=Decimal(table.whole("large_debt_yuan", 1)),
        hold_while_promised_days=table.whole("hold_while_promised_days", 0, 366),
        deadline_near_days=table.whole("deadline_near_days", 1, 1096),
        guarantors_of=frozenset(table.texts("guarantors_of", ("early", "substandard", "doubtful", "loss"))),
    )


def _read_caps(table: Table) -> Caps:
    caps = Caps(
        week_days=table.whole("week_days", 7, 14),
        month_days=table.whole("month_days", 28, 62),
        per_week=table.whole("per_week", 1, 7),
        per_month=table.whole("per_month", 1, 31),
        focus_per_week=table.whole("focus_per_week", 1, 1),
        focus_per_month=table.whole("focus_per_month", 1, 5),
    )
    table.done()
    return caps


def _read_strategy(name: str, table: Table) -> Strategy:
    if "door_visits" in table and not table.flag("door_visits"):
        table.done()
        return Strategy(name, "none", 0, 0, 0, door_visits=False)
    cadence = table.whole("cadence_days", 1, 3660)
    strategy = Strategy(
        name=name,
        purpose=table.text("purpose", PURPOSES),
        cadence_days=cadence,
        not_before_days=table.whole("not_before_days", 0, cadence),
        service=60 * table.whole("service_minutes", 1, 240),
    )
    table.done()
    return strategy
