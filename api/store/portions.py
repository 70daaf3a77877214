"""Many rows named by their ids, in portions that every database takes in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

PORTION = 5_000
"""SQLite takes 32,766 parameters, PostgreSQL 65,535; what belongs to a row may ask for as many again."""


def portions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield the items in their order, at most :data:`PORTION` at once."""
    for start in range(0, len(items), PORTION):
        yield items[start : start + PORTION]
