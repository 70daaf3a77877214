"""How the rest of a day is planned again: read from ``routing/data/replan.toml``."""

from __future__ import annotations

from dataclasses import dataclass

from routing.rulefile import Table


@dataclass(frozen=True, slots=True)
class ReplanRules:
    """``price`` of a change of team or order, fen; ``steps`` of the search."""

    price: int
    steps: int


def read_replan_rules(table: Table) -> ReplanRules:
    """The rules of a file's table; raises :class:`routing.rulefile.RulesError` naming the key at fault."""
    return ReplanRules(price=table.whole("price_yuan", 0, 1_000_000) * 100, steps=table.whole("steps", 1, 1_000_000))
