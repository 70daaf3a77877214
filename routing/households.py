"""Grouping a ledger's rows: villages, the households in them, their rows, their places.

A household is one person's door until somebody accepts that two people share it; see
:mod:`routing.persons` for which rows are one person and :mod:`routing.villages` for the villages.
The result does not depend on the order of rows, villages or households.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from routing.likeness import likeness
from routing.persons import Borrower, Doubt, Person, Where, persons_of, plain_name
from routing.place_names import normalise
from routing.problem import Place, Reason
from routing.script import fold
from routing.stored_households import Draft, KnownHousehold, Stored
from routing.villages import AddressParts, KnownVillage, VillageMatch, VillageName, Villages

__all__ = [
    "AddressParts", "Borrower", "GroupedHousehold", "GroupedVillage", "Grouping", "KnownHousehold", "Suggestion",
    "group_households", "household_keys",
]  # fmt: skip

Precision = Literal["door", "village", "town", "none"]
MOST_AT_ONE_DOOR = 6
"""A door that more people share is an office or a mistake: nothing is suggested about it."""


@dataclass(frozen=True, slots=True)
class GroupedVillage:
    """A village that rows speak of; ``id`` is None for one to be created, ``households`` how many doors it has."""

    key: str
    id: str | None
    name: VillageName
    place: Place | None
    households: int


@dataclass(frozen=True, slots=True)
class GroupedHousehold:
    """One door.

    ``key`` is the same from ledger to ledger as long as the ledger tells the person in the same way
    (``id:…``, ``name:…``, or ``ref:…`` where neither identity nor village is told); ``keys`` are all
    under which it may be found. ``id`` is the known household's. ``village`` is the key of a
    :class:`GroupedVillage`. ``place`` is the door's, else the village's, as ``precision`` says:
    ``town`` where only the town is known. ``reason.code`` says what joined the rows.
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
    """All rows grouped: ``of`` gives each row's household key, ``matches`` how its village was found."""

    villages: tuple[GroupedVillage, ...]
    households: tuple[GroupedHousehold, ...]
    suggestions: tuple[Suggestion, ...]
    of: Mapping[str, str]
    matches: Mapping[str, VillageMatch]


def household_keys(name: str, identity: str | None, village: str | None, door: str = "") -> tuple[str, ...]:
    """Return the keys of a person, the most telling first: by identity, by name and door, by name.

    ``village`` is the key of the village. Without one and without an identity a name alone finds
    nobody: no keys.
    """
    keys = [f"id:{identity}"] if identity else []
    if village and plain_name(name):
        if door:
            keys.append(f"name:{village}|{plain_name(name)}|{fold(door)}")
        keys.append(f"name:{village}|{plain_name(name)}")
    return tuple(keys)


def group_households(
    borrowers: Iterable[Borrower],
    known_villages: Iterable[KnownVillage] | Villages,
    known_households: Iterable[KnownHousehold] = (),
) -> Grouping:
    """Group rows by village and by household; see the module's docstring for what is joined.

    Raises ValueError when two borrowers have the same ``ref`` or two known villages the same id.
    """
    villages = known_villages if isinstance(known_villages, Villages) else Villages(known_villages)
    given = list(borrowers)
    rows = {row.ref: row for row in given}
    if len(rows) != len(given):
        raise ValueError("two borrowers have the same ref")
    matches = {ref: villages.match(rows[ref].parts) for ref in sorted(rows)}
    where = {ref: Where(_village_key(match, villages), match.door) for ref, match in matches.items()}
    people, doubts = persons_of(rows.values(), where)
    drafts = _drafts(people, where)
    ids = Stored(known_households, villages).find(drafts)
    places = _village_places(matches, where, villages)
    households = tuple(
        sorted(
            (
                _household(person, draft, ids.get(draft.key), matches, places)
                for person, draft in zip(people, drafts, strict=True)
            ),
            key=lambda household: household.key,
        )
    )
    of = {ref: household.key for household in households for ref in household.refs}
    grouped = _grouped_villages(households, matches, where, villages)
    suggestions = [
        *_village_suggestions(grouped, matches, where, villages),
        *(_of_doubt(doubt, of) for doubt in doubts),
        *_same_doors(households),
    ]
    return Grouping(grouped, households, _settled(suggestions), of, matches)


def _village_key(match: VillageMatch, villages: Villages) -> str | None:
    if match.village is not None:
        return villages.key_of(match.village)
    return match.name.key if match.name else None


def _home(person: Person, where: Mapping[str, Where]) -> Where:
    """Where most of a person's rows say they live; of equals the first by name."""
    villages = Counter(village for row in person.rows if (village := where[row.ref].village))
    village = min(villages, key=lambda key: (-villages[key], key)) if villages else None
    doors = sorted({w.door for row in person.rows if (w := where[row.ref]).village == village and w.door})
    return Where(village, doors[0] if doors else "")


def _drafts(people: Sequence[Person], where: Mapping[str, Where]) -> list[Draft]:
    """Keys, village and door of each person. A key that fits several people is nobody's."""
    homes = [_home(person, where) for person in people]
    keys = [_keys(person, home) for person, home in zip(people, homes, strict=True)]
    fits = Counter(key for own in keys for key in own)
    drafts = []
    for person, home, own in zip(people, homes, keys, strict=True):
        left = [key for key in own if fits[key] == 1] or [f"ref:{person.rows[0].ref}"]
        refs = tuple(row.ref for row in person.rows)
        drafts.append(Draft(left[0], frozenset(left), home.village, home.door, refs))
    return drafts


def _keys(person: Person, home: Where) -> tuple[str, ...]:
    keys = household_keys(person.rows[0].name, person.identity, home.village, home.door)
    if person.identity is None and len(keys) == 2:
        # The door is written in one ledger and left out in the next: the name is the steadier key.
        return keys[::-1]
    return keys


def _household(
    person: Person,
    draft: Draft,
    known: str | None,
    matches: Mapping[str, VillageMatch],
    places: Mapping[str, Place | None],
) -> GroupedHousehold:
    village, refs = draft.village, draft.refs
    place: Place | None = next((row.place for row in person.rows if row.place), None)
    precision: Precision = "door"
    if place is None:
        place = places.get(village) if village else None
        town = any(matches[ref].town for ref in refs)
        precision = "village" if place else "town" if town else "none"
    identity = None if person.shared else person.identity
    return GroupedHousehold(
        draft.key, draft.keys, known, village, person.rows[0].name, refs, identity, draft.door, place, precision,
        Reason(person.reason),
    )  # fmt: skip


def _village_places(
    matches: Mapping[str, VillageMatch], where: Mapping[str, Where], villages: Villages
) -> dict[str, Place | None]:
    return {
        key: villages.by_id[match.village].place
        for ref, match in matches.items()
        if match.village is not None and (key := where[ref].village)
    }


def _grouped_villages(
    households: Sequence[GroupedHousehold],
    matches: Mapping[str, VillageMatch],
    where: Mapping[str, Where],
    villages: Villages,
) -> tuple[GroupedVillage, ...]:
    doors = Counter(household.village for household in households if household.village)
    said: dict[str, list[VillageMatch]] = defaultdict(list)
    for ref, match in matches.items():
        if key := where[ref].village:
            said[key].append(match)
    grouped = []
    for key, found in sorted(said.items()):
        known = min((match.village for match in found if match.village), default=None)
        if known is not None:
            village = villages.by_id[known]
            name, place = VillageName(village.town, village.admin_village, village.name), village.place
        else:
            name, place = _usual_name([match.name for match in found if match.name]), None
        grouped.append(GroupedVillage(key, known, name, place, doors[key]))
    return tuple(grouped)


def _usual_name(names: Sequence[VillageName]) -> VillageName:
    """The spelling that most rows use; of equals the first of the alphabet."""
    counted = Counter(names)
    return min(counted, key=lambda name: (-counted[name], name.town, name.admin_village, name.name))


def _village_suggestions(
    grouped: Sequence[GroupedVillage],
    matches: Mapping[str, VillageMatch],
    where: Mapping[str, Where],
    villages: Villages,
) -> list[Suggestion]:
    """New villages that are like known ones or like each other, and names that fit several."""
    found = []
    for ref, match in matches.items():
        key = where[ref].village
        if match.village is None and key:
            found += [_suggested(key, villages.key_of(c.village), c.score, c.reason) for c in match.candidates]
    new: dict[tuple[str, str, str], str] = {}
    for village in grouped:
        if village.id is None:
            new[normalise(village.name.town), normalise(village.name.admin_village), normalise(village.name.name)] = (
                village.key
            )
    for one, other in combinations(sorted(new), 2):
        if alike := likeness(one, other):
            found.append(_suggested(new[one], new[other], alike.score, alike.reason))
    return found


def _suggested(one: str, other: str, score: float, reason: Reason) -> Suggestion:
    first, second = sorted((one, other))
    return Suggestion("village", first, second, round(score, 4), reason)


def _of_doubt(doubt: Doubt, of: Mapping[str, str]) -> Suggestion:
    first, second = sorted((of[doubt.first], of[doubt.second]))
    return Suggestion("household", first, second, 0.5, Reason(doubt.code))


def _same_doors(households: Sequence[GroupedHousehold]) -> list[Suggestion]:
    """People whose written door is the same may be one household."""
    doors: dict[tuple[str, str], list[str]] = defaultdict(list)
    for household in households:
        if household.village and household.door:
            doors[household.village, fold(household.door)].append(household.key)
    return [
        Suggestion("household", first, second, 0.7, Reason("same_door"))
        for keys in doors.values()
        if 1 < len(keys) <= MOST_AT_ONE_DOOR
        for first, second in combinations(sorted(keys), 2)
    ]


def _settled(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """Each pair once, with its best score, in a fixed order; a pair that turned out to be one is none."""
    best: dict[tuple[str, str, str], Suggestion] = {}
    for found in sorted(suggestions, key=lambda s: (-s.score, s.reason.code)):
        if found.first != found.second:
            best.setdefault((found.kind, found.first, found.second), found)
    return tuple(best[key] for key in sorted(best))
