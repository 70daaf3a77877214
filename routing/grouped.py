"""What grouping a ledger gives: villages, households, and what people should look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from routing.door_places import Oddity
from routing.problem import Place, Precision, Reason
from routing.villages import VillageMatch, VillageName


@dataclass(frozen=True, slots=True)
class GroupedVillage:
    """A village that rows speak of; ``id`` is None for one to be created, ``households`` how many doors it has.

    ``place`` is the known village's; a new one has a place only when doors that name no village made it
    up. ``proposed`` is where its doors say that it lies, for a person to accept, where it has no place.
    """

    key: str
    id: str | None
    name: VillageName
    place: Place | None
    households: int
    proposed: Place | None = None


class GroupedHousehold(NamedTuple):
    """One door.

    ``key`` is the same from ledger to ledger as long as the ledger tells the person in the same way
    (``id:…``, ``name:…``, or ``ref:…`` where neither identity nor village is told); ``keys`` are all
    under which it may be found. ``id`` is the known household's. ``village`` is the key of a
    :class:`GroupedVillage`. ``place`` is the door's, else the village's, as ``precision`` says:
    ``town`` where only the town is known. ``reason.code`` says what joined the rows (see
    :class:`routing.persons.Person`), or accepted where a person did. ``others`` are further people of
    the same door, each with their rows.
    """

    key: str
    keys: frozenset[str]
    id: str | None
    village: str | None
    name: str
    refs: tuple[str, ...]
    identity: str | None
    door: str
    place: Place | None
    precision: Precision
    reason: Reason
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two villages or two households that may be one, for a person to accept or refuse.

    ``first`` and ``second`` are keys in order of the alphabet. ``reason.code``: of villages those of
    :mod:`routing.likeness` and village_ambiguous; of households identity_shared, same_name, same_door.
    """

    kind: Literal["village", "household"]
    first: str
    second: str
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Grouping:
    """All rows grouped: ``of`` gives each row's household key, ``matches`` how its village was found.

    ``suggestions`` and ``oddities`` are for people to settle; nothing of them was applied.
    """

    villages: tuple[GroupedVillage, ...]
    households: tuple[GroupedHousehold, ...]
    suggestions: tuple[Suggestion, ...]
    of: Mapping[str, str]
    matches: Mapping[str, VillageMatch]
    oddities: tuple[Oddity, ...] = ()


Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people have settled: pairs of keys as a :class:`Suggestion` names them (in any order).

    ``apart`` are not suggested again. ``together`` are households joined to one door. (Villages that are
    one are joined by giving the known village the other's name as an alias.)
    """

    apart: frozenset[Pair] = frozenset()
    together: frozenset[Pair] = frozenset()
