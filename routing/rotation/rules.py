"""The rules of rotation as data: loading and checking ``routing/data/rotation_rules.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from routing.rulefile import Table, read_rule_file

RULES: tuple[str, ...] = (
    "leader",
    "people_min",
    "people_max",
    "skill",
    "apart",
    "cool_off",
    "conflict",
    "commute",
    "banned",
    "leave",
    "unplaced",
)
"""Codes of the hard rules, the order in which an explanation names them.

``leader``: a territory has one leader who knows it. ``people_min``, ``people_max``: size of its group.
``skill``: somebody of the group has each skill it needs. ``apart``: a pair is not in one group.
``cool_off``: no member returns within the cool-off. ``conflict``: too large a share of accounts granted
or in the home village. ``commute``: too far from home. ``banned``: closed to the person on record.
``leave``: away for the period. ``unplaced``: everybody available works in exactly one territory.
"""


@dataclass(frozen=True, slots=True)
class Weights:
    """Cost of each thing a fair rotation avoids; unit: one minute of one person's commute."""

    travel_minute: int
    travel_over_minute: int
    work_percent: int
    value_percent: int
    repeat: int
    leader_change: int
    blocked_percent: int
    stability: int


@dataclass(frozen=True)
class RotationRules:
    """One version of the rules; fields as explained beside the data. Shares run from 0 to 1."""

    version: str
    people_min: int
    people_max: int
    team_size: int
    knows_min_share: float
    cool_off_periods: int
    conflict_max_share: float
    commute_max_minutes: int
    leave_max_share: float
    history_periods: int
    value_band_percent: int
    travel_quantile: float
    weights: Weights
    remedies: Mapping[str, int]


def read_rotation_rules(file: Path) -> RotationRules:
    """One rule file. Raises :class:`routing.rulefile.RulesError`, naming the key at fault."""
    table, version = read_rule_file(file)
    group, fairness = table.table("group"), table.table("fairness")
    people_min = group.whole("people_min", 1, 100)
    rules = RotationRules(
        version=version,
        people_min=people_min,
        people_max=group.whole("people_max", people_min, 100),
        team_size=group.whole("team_size", 1, 10),
        knows_min_share=_alone(table, "leader", "knows_min_percent", 100) / 100,
        cool_off_periods=_alone(table, "cool_off", "periods", 100),
        conflict_max_share=_alone(table, "conflict", "max_percent", 100) / 100,
        commute_max_minutes=_alone(table, "commute", "max_minutes", 1440),
        leave_max_share=_alone(table, "leave", "max_percent", 100) / 100,
        history_periods=fairness.whole("history_periods", 0, 100),
        value_band_percent=fairness.whole("value_band_percent", 0, 1000),
        travel_quantile=fairness.whole("travel_quantile_percent", 0, 100) / 100,
        weights=Weights(**table.numbers("weights", (f.name for f in fields(Weights)), 0, 100_000)),
        remedies=table.numbers("remedies", RULES, 1, 100_000),
    )
    for inner in (group, fairness, table):
        inner.done()
    return rules


@cache
def load_rotation_rules() -> RotationRules:
    """The rules that ship with the library; ``dataclasses.replace`` makes a lender's own."""
    return read_rotation_rules(Path(__file__).parents[1] / "data" / "rotation_rules.toml")


def _alone(table: Table, name: str, key: str, high: int) -> int:
    """The only number of the table ``name``."""
    return table.numbers(name, (key,), 0, high)[key]
