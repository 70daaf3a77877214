"""What a ledger's grouping came to in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routing.grouped import Grouping


@dataclass(frozen=True, slots=True)
class StoredGrouping:
    """The grouping, the rows (by id) of its keys of villages and households, and which rows were known before it."""

    grouping: Grouping
    villages: Mapping[str, str]
    households: Mapping[str, str]
    known: frozenset[str]
