"""Which rows of a ledger speak of one person. Two people are never made one on a guess.

Joined by themselves: rows with one identity and one name; and rows without an identity whose full
name and village agree with each other, or with the only person of that name there. Doors that are
written and differ keep apart. What stays open is a doubt for a person to settle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from routing.problem import Place
from routing.script import fold
from routing.villages import AddressParts

_REMARK = re.compile(r"[(\[【].*?[)\]】]")


class Borrower(NamedTuple):
    """One row's person (borrower or guarantor). ``ref`` is the caller's and unique.

    ``identity`` is a text that is the same for the same person only: an identity number or, better, its
    blind index; None where it is missing or damaged. ``place`` is the door's.
    """

    ref: str
    name: str
    parts: AddressParts
    identity: str | None = None
    place: Place | None = None


class Where(NamedTuple):
    """Where a row lives: the key of its village (None: unknown) and its door as written."""

    village: str | None
    door: str


class Person(NamedTuple):
    """Rows that speak of one person, by ``ref``.

    ``identity`` tells the person from all others; ``shared``: the ledger gives that number to several
    names, so that it is made up of number and name. ``reason`` says what joined the rows: one_row,
    same_identity, same_name_in_village, identity_missing_once.
    """

    rows: tuple[Borrower, ...]
    identity: str | None
    reason: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two rows (by ``ref``) that may or may not speak of one person, and why: identity_shared, same_name."""

    first: str
    second: str
    code: str


@lru_cache(maxsize=65_536)
def plain_name(name: str) -> str:
    """Return a person's name as it is compared: folded, without remarks in brackets."""
    return _REMARK.sub("", fold(name)) or fold(name)


def persons_of(rows: Iterable[Borrower], where: Mapping[str, Where]) -> tuple[list[Person], list[Doubt]]:
    """Return the people of ``rows`` and what is in doubt. Both depend on the set of rows only."""
    ordered = sorted(rows, key=_ref_of)
    told, doubts = _identities(ordered)
    by_identity: dict[str, list[Borrower]] = {}
    without: dict[tuple[str, str], list[Borrower]] = {}
    people: list[Person] = []
    for row, identity in zip(ordered, told, strict=True):
        if identity:
            if (group := by_identity.get(identity)) is None:
                by_identity[identity] = [row]
            else:
                group.append(row)
        elif (village := where[row.ref].village) and (name := plain_name(row.name)):
            without.setdefault((village, name), []).append(row)
        else:
            people.append(Person((row,), None, "one_row"))
    at_home = _at_home(by_identity, without, where)
    joined: set[str] = set()
    for home, group in sorted(without.items()):
        for part in _by_door(group, where):
            hosts = [i for i in sorted(at_home.get(home, ())) if _door_allows(part, by_identity[i], where)]
            if len(hosts) == 1:
                by_identity[hosts[0]].extend(part)
                joined.add(hosts[0])
                continue
            doubts += [Doubt(part[0].ref, by_identity[i][0].ref, "same_name") for i in hosts]
            people.append(Person(tuple(part), None, "one_row" if len(part) == 1 else "same_name_in_village"))
        doubts += _between_doors(_by_door(group, where))
    for identity, group in by_identity.items():
        shared = identity != group[0].identity
        if len(group) == 1:
            people.append(Person((group[0],), identity, "one_row", shared))
            continue
        reason = "identity_missing_once" if identity in joined else "same_identity"
        people.append(Person(tuple(sorted(group, key=_ref_of)), identity, reason, shared))
    return sorted(people, key=lambda person: person.rows[0].ref), doubts


def _ref_of(row: Borrower) -> str:
    return row.ref


def _at_home(
    by_identity: Mapping[str, Sequence[Borrower]],
    homes: Mapping[tuple[str, str], object],
    where: Mapping[str, Where],
) -> dict[tuple[str, str], set[str]]:
    """Who of those with an identity bears a name in a village, for the ``homes`` where that is asked."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    if homes:
        for identity, group in by_identity.items():
            for row in group:
                village = where[row.ref].village
                if village and (home := (village, plain_name(row.name))) in homes:
                    found[home].add(identity)
    return found


def _identities(rows: Sequence[Borrower]) -> tuple[list[str | None], list[Doubt]]:
    """What tells each row's person from others: the identity, with the name where several names share it."""
    first: dict[str, str] = {}
    shared: dict[str, dict[str, str]] = {}
    for row in rows:
        identity = row.identity
        if identity and first.setdefault(identity, row.name) != row.name:
            shared.setdefault(identity, {})
    if not shared:
        return [row.identity for row in rows], []
    for row in rows:
        if row.identity in shared:
            shared[row.identity].setdefault(plain_name(row.name), row.ref)
    several = {identity: names for identity, names in shared.items() if len(names) > 1}
    told = [f"{row.identity}|{plain_name(row.name)}" if row.identity in several else row.identity for row in rows]
    doubts = []
    for names in several.values():
        one, *others = names.values()
        doubts += [Doubt(one, other, "identity_shared") for other in others]
    return told, doubts


def _by_door(group: Sequence[Borrower], where: Mapping[str, Where]) -> list[list[Borrower]]:
    """Rows of one name in one village by written door; rows without one go with the only door there is."""
    doors: dict[str, list[Borrower]] = defaultdict(list)
    for row in group:
        doors[fold(where[row.ref].door)].append(row)
    if len(doors) == 2 and "" in doors:
        return [list(group)]
    return [rows for _, rows in sorted(doors.items())]


def _between_doors(parts: list[list[Borrower]]) -> list[Doubt]:
    return [Doubt(parts[0][0].ref, part[0].ref, "same_name") for part in parts[1:]]


def _door_allows(part: Sequence[Borrower], host: Sequence[Borrower], where: Mapping[str, Where]) -> bool:
    """Whether the written doors of two groups of rows leave it open that they are one."""
    ours = {fold(where[row.ref].door) for row in part} - {""}
    theirs = {fold(where[row.ref].door) for row in host} - {""}
    return not ours or not theirs or bool(ours & theirs)
