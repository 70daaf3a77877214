"""Signs that people take for one another: typed by sound, or read from handwriting."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Literal

from routing.rulefile import RulesError, read_rule_file
from routing.script import simplify

Confusion = Literal["homophone", "look_alike"]

_FILE = Path(__file__).with_name("data") / "confusable.toml"


def _groups() -> dict[Confusion, dict[str, set[int]]]:
    table, _ = read_rule_file(_FILE)
    kinds: tuple[tuple[Confusion, str], ...] = (("homophone", "homophones"), ("look_alike", "look_alikes"))
    found: dict[Confusion, dict[str, set[int]]] = {}
    for kind, key in kinds:
        member: dict[str, set[int]] = defaultdict(set)
        for number, group in enumerate(table.text(key).split()):
            if len(group) < 2 or len(set(group)) != len(group):
                raise RulesError(_FILE, key, f"{group!r} is no group of different signs")
            for sign in simplify(group):
                member[sign].add(number)
        found[kind] = dict(member)
    table.done()
    return found


_GROUPS = _groups()
_NONE: set[int] = set()


@lru_cache(maxsize=65_536)
def confusion(one: str, other: str) -> Confusion | None:
    """Return how two different signs (simplified) may have been confused, None when there is no such way."""
    for kind, groups in _GROUPS.items():
        if groups.get(one, _NONE) & groups.get(other, _NONE):
            return kind
    return None
