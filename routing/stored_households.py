"""Finding the households of an earlier ledger again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from routing.persons import plain_name
from routing.villages import Villages


@dataclass(frozen=True, slots=True)
class KnownHousehold:
    """A household stored before: the keys stored with it, its village's id, its borrower's name, its rows' refs.

    ``refs`` find it again when its person is told in another way, if refs stay (loan numbers do).
    """

    id: str
    keys: frozenset[str]
    village: str | None = None
    name: str = ""
    refs: frozenset[str] = frozenset()


class Draft(NamedTuple):
    """A household to be: its primary key, all keys (the most telling first), its village's key, its door, its rows."""

    key: str
    keys: tuple[str, ...]
    village: str | None
    door: str
    refs: tuple[str, ...]


class Stored:
    """Households stored before, found by key. One that several claim goes to the one with its most telling key."""

    def __init__(self, known: Iterable[KnownHousehold], villages: Villages) -> None:
        self._by_key: dict[str, set[str]] = defaultdict(set)
        self._identities: dict[str, set[str]] = {}
        for household in known:
            keys = set(household.keys)
            if household.name and household.village in villages.by_id:
                # The village may have been renamed since the keys were made.
                keys.add(f"name:{villages.key_of(household.village)}|{plain_name(household.name)}")
            keys.update(f"ref:{ref}" for ref in household.refs)
            self._identities[household.id] = {key for key in keys if key.startswith("id:")}
            for key in keys:
                self._by_key[key].add(household.id)

    def find(self, drafts: Sequence[Draft]) -> dict[str, str]:
        """Return the known household's id by the primary key of each draft that is one."""
        claims: dict[str, list[tuple[int, str]]] = defaultdict(list)
        if not self._by_key:
            return {}
        for draft in drafts:
            for key in (*draft.keys, *sorted(f"ref:{ref}" for ref in draft.refs)):
                held = self._by_key.get(key)
                ids = {i for i in held if self._may_be(i, draft.keys)} if held else ()
                if len(ids) == 1:
                    claims[next(iter(ids))].append((telling(key)[0], draft.key))
                    break
        return {min(claimed)[1]: household for household, claimed in sorted(claims.items())}

    def _may_be(self, household: str, keys: Sequence[str]) -> bool:
        """Two identities are two people, whatever their names."""
        theirs = {key.partition("|")[0] for key in self._identities[household]}
        ours = {key.partition("|")[0] for key in keys if key.startswith("id:")}
        return not theirs or not ours or bool(theirs & ours)


def telling(key: str) -> tuple[int, str]:
    """Order keys: identity, name and door, name, the caller's own ref."""
    rank = 0 if key.startswith("id:") else 3 if key.startswith("ref:") else 2 - min(1, key.count("|") - 1)
    return rank, key
