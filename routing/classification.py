"""Which state a debt is in: non-performing by its five-tier class, early overdue, or performing.

The rule is data (``data/classification.toml``; DESIGN.md, decision 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from routing.debts import AccountFacts
from routing.rulefile import Table

State = Literal["early", "substandard", "doubtful", "loss"]
NotEligible = Literal["performing", "class_unknown"]

NON_PERFORMING: tuple[State, ...] = ("substandard", "doubtful", "loss")


@dataclass(frozen=True, slots=True)
class Classification:
    """``non_performing`` classes are visited; with ``early_from_days`` also accounts overdue so long.

    ``class_from_overdue`` (days, class), longest first, fills in a class the ledger leaves out.
    """

    non_performing: frozenset[str]
    early_from_days: int | None
    class_from_overdue: tuple[tuple[int, State], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A debt's state, or why it is not eligible. ``derived``: the class came from the days overdue."""

    state: State | None
    refusal: NotEligible | None = None
    derived: bool = False
    overdue_days: int | None = None


def overdue_days(account: AccountFacts, on: date) -> int | None:
    """Days overdue by the ledger, else since maturity; None where neither is known."""
    if account.overdue_days is not None:
        return account.overdue_days
    return None if account.due_date is None else max(0, (on - account.due_date).days)


def standing(account: AccountFacts, rules: Classification, on: date) -> Standing:
    """The account's state on ``on``. The ledger's class goes before the days overdue."""
    days = overdue_days(account, on)
    if account.five_tier in rules.non_performing:
        return Standing(cast(State, account.five_tier), overdue_days=days)
    if account.five_tier is None and days is not None:
        for from_days, state in rules.class_from_overdue:
            if days >= from_days and state in rules.non_performing:
                return Standing(state, derived=True, overdue_days=days)
    if rules.early_from_days is not None and days is not None and days >= rules.early_from_days:
        return Standing("early", overdue_days=days)
    known = account.five_tier is not None or days is not None
    return Standing(None, "performing" if known else "class_unknown", overdue_days=days)


def read_classification(table: Table) -> Classification:
    """The rule from its file. Raises :class:`routing.rulefile.RulesError`."""
    non_performing = table.texts("non_performing", NON_PERFORMING)
    if not non_performing:
        raise table.error("non_performing", "names no class, so nobody would ever be visited")
    early, derive = table.table("early_stages"), table.table("class_from_overdue")
    early_days = early.whole("from_days", 1, 90)
    early_from = early_days if early.flag("enabled") else None
    derived = tuple((derive.whole(state, 1, 10_000), state) for state in reversed(NON_PERFORMING))
    if sorted(derived, reverse=True) != list(derived):
        raise derive.error("loss", "the days must grow from substandard over doubtful to loss")
    rules = Classification(frozenset(non_performing), early_from, derived if derive.flag("enabled") else ())
    early.done()
    derive.done()
    return rules
