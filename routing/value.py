"""What a visit is worth, in fen, and of which parts (DESIGN.md, decision 8).

=========== ==========================================================================================
part        meaning
=========== ==========================================================================================
recovery    sum over debts of outstanding × rate of its state, at most ``recovery_cap``
promise     share of the sum promised for a day that has come, at most ``promise_cap``
due         grows evenly from 0 at the earliest day to ``due`` at the cadence's end and on to ``due_max``
limitation  share of what the deadline would lose, growing evenly as it nears, at most ``limitation_cap``
season      migrants who are home now
=========== ==========================================================================================

Each part is at least 0 and bounded, so that ``0 <= value <= upper_bound(values)``: about 15,000 yuan
with the packaged figures. The figures are data (``data/values.toml``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from routing.rulefile import Table

RATES = ("early", "substandard", "doubtful", "loss", "guarantor")

_FEN_PER_YUAN = 100
_BASIS = 10_000


@dataclass(frozen=True, slots=True)
class ValuePart:
    """One part of a visit's value: a code of the table above and its amount in fen."""

    code: str
    fen: int


@dataclass(frozen=True, slots=True)
class Values:
    """The figures behind a value. Amounts in fen, rates in basis points (1/100 of a per cent).

    ``overtime`` is what an hour of a team's overtime costs.
    """

    rate_bp: Mapping[str, int]
    recovery_cap: int
    promise_keep_bp: int
    promise_cap: int
    due: int
    due_max: int
    limitation_bp: int
    limitation_cap: int
    season: int
    wait_bp: int
    overtime: int


@dataclass(frozen=True, slots=True)
class Owed:
    """An amount outstanding (yuan) and the rate that applies to it, by name."""

    outstanding: Decimal
    rate: str


@dataclass(frozen=True, slots=True)
class Timing:
    """When a call falls due: days since the last one (None: never), earliest and regular days."""

    days_since: int | None
    not_before_days: int
    cadence_days: int


@dataclass(frozen=True, slots=True)
class Nearing:
    """A deadline: what it would lose (yuan), days left, days over which it counts as near."""

    outstanding: Decimal
    days_left: int
    near_days: int


def visit_value(
    values: Values,
    owed: Sequence[Owed],
    timing: Timing,
    promised: Decimal | None = None,
    nearing: Nearing | None = None,
    in_season: bool = False,
    waited: int = 0,
    percent: int = 100,
) -> tuple[int, tuple[ValuePart, ...]]:
    """A visit's value in fen and its parts, which sum to it; parts of 0 are left out.

    ``waited`` are the days since it could have been made first in the period that is planned; each
    takes ``values.wait_bp`` off every part but ``due``. ``percent`` of all is what the day is good for.
    """
    whole = (
        ValuePart("recovery", _recovery(values, owed)),
        ValuePart("promise", _share(promised or Decimal(0), values.promise_keep_bp, values.promise_cap)),
        ValuePart("due", _due(values, timing)),
        ValuePart("limitation", 0 if nearing is None else _limitation(values, nearing)),
        ValuePart("season", values.season if in_season else 0),
    )
    kept = max(0, _BASIS - values.wait_bp * waited)
    parts = tuple(
        ValuePart(part.code, part.fen * percent * (_BASIS if part.code == "due" else kept) // (100 * _BASIS))
        for part in whole
    )
    return sum(part.fen for part in parts), tuple(part for part in parts if part.fen)


def upper_bound(values: Values) -> int:
    """No visit is worth more than this, in fen."""
    return values.recovery_cap + values.promise_cap + values.due_max + values.limitation_cap + values.season


def fen(yuan: Decimal) -> int:
    """Yuan as whole fen, a fraction of a fen dropped."""
    return int((yuan * _FEN_PER_YUAN).to_integral_value(rounding=ROUND_DOWN))


def _share(yuan: Decimal, basis_points: int, cap: int) -> int:
    return min(cap, max(0, fen(yuan)) * basis_points // _BASIS)


def _recovery(values: Values, owed: Sequence[Owed]) -> int:
    each = (_share(debt.outstanding, values.rate_bp[debt.rate], values.recovery_cap) for debt in owed)
    return min(values.recovery_cap, sum(each))


def _due(values: Values, timing: Timing) -> int:
    if timing.days_since is None:
        return values.due_max
    span = max(1, timing.cadence_days - timing.not_before_days)
    grown = max(0, timing.days_since - timing.not_before_days)
    return min(values.due_max, values.due * grown // span)


def _limitation(values: Values, nearing: Nearing) -> int:
    full = _share(nearing.outstanding, values.limitation_bp, values.limitation_cap)
    gone = min(nearing.near_days, max(0, nearing.near_days - nearing.days_left))
    return full * gone // nearing.near_days


def read_values(table: Table) -> Values:
    """The figures from their rule file. Raises :class:`routing.rulefile.RulesError`."""
    values = Values(
        rate_bp=table.numbers("rate_bp", RATES, 0, _BASIS),
        recovery_cap=_yuan(table, "recovery_cap_yuan"),
        promise_keep_bp=table.whole("promise_keep_bp", 0, _BASIS),
        promise_cap=_yuan(table, "promise_cap_yuan"),
        due=_yuan(table, "due_yuan"),
        due_max=_yuan(table, "due_max_yuan"),
        limitation_bp=table.whole("limitation_bp", 0, _BASIS),
        limitation_cap=_yuan(table, "limitation_cap_yuan"),
        season=_yuan(table, "season_yuan"),
        wait_bp=table.whole("wait_bp", 0, 500),
        overtime=_yuan(table, "overtime_yuan_per_hour"),
    )
    if values.due_max < values.due:
        raise table.error("due_max_yuan", "must not be less than due_yuan")
    return values


def _yuan(table: Table, key: str) -> int:
    # 1e7 yuan a part keeps the sum of 20,000 visits far below 2**53.
    return _FEN_PER_YUAN * table.whole(key, 0, 10_000_000)
