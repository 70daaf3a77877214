"""Grouping a ledger's rows: villages, the households in them, their rows, their places.

A household is one person's door until somebody accepts that two people share it; see
:mod:`routing.persons` for which rows are one person and :mod:`routing.villages` for the villages.
The result does not depend on the order of rows, villages or households.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from routing.door_places import Oddity, house_by_place, place_by_doors, places_that_disagree
from routing.grouped import Decisions, GroupedHousehold, GroupedVillage, Grouping, Suggestion
from routing.match_all import match_all
from routing.persons import Borrower, Person, Where, persons_of, plain_name
from routing.problem import Place, Precision, Reason
from routing.script import fold
from routing.stored_households import Draft, KnownHousehold, Stored, telling
from routing.suggestions import of_doubt, same_doors, settled, village_suggestions
from routing.villages import AddressParts, KnownVillage, VillageMatch, VillageName, Villages

__all__ = [
    "AddressParts", "Borrower", "Decisions", "GroupedHousehold", "GroupedVillage", "Grouping", "KnownHousehold",
    "Suggestion", "group_households", "household_keys",
]  # fmt: skip


_REASONS = {
    code: Reason(code) for code in ("one_row", "same_identity", "same_name_in_village", "identity_missing_once")
}


def household_keys(name: str, identity: str | None, village: str | None, door: str = "") -> tuple[str, ...]:
    """Return the keys of a person, the most telling first: by identity, by name and door, by name.

    ``village`` is the key of the village. Without one and without an identity a name alone finds
    nobody: no keys.
    """
    if not village or not (plain := plain_name(name)):
        return (f"id:{identity}",) if identity else ()
    by_name = f"name:{village}|{plain}"
    by_door = (f"{by_name}|{fold(door)}", by_name) if door else (by_name,)
    return (f"id:{identity}", *by_door) if identity else by_door


def group_households(
    borrowers: Iterable[Borrower],
    known_villages: Iterable[KnownVillage] | Villages,
    known_households: Iterable[KnownHousehold] = (),
    decisions: Decisions | None = None,
) -> Grouping:
    """Group rows by village and by household; see the module's docstring for what is joined.

    Raises ValueError when two borrowers have the same ``ref`` or two known villages the same id.
    """
    decisions = decisions or Decisions()
    villages = known_villages if isinstance(known_villages, Villages) else Villages(known_villages)
    given = list(borrowers)
    rows = {row.ref: row for row in given}
    if len(rows) != len(given):
        raise ValueError("two borrowers have the same ref")
    pins = {ref: row.place for ref, row in rows.items() if row.place}
    matches = match_all({ref: row.parts for ref, row in rows.items()}, villages)
    matches, places = house_by_place(matches, pins, villages)
    where = _where(matches, villages)
    people, doubts = persons_of(rows.values(), where)
    drafts = _drafts(people, where)
    ids = Stored(known_households, villages).find(drafts)
    village_places: dict[str, Place | None] = dict(places)
    village_places |= _places_of_known(matches, where, villages)
    doors = [
        _household(person, draft, ids.get(draft.key), matches, village_places)
        for person, draft in zip(people, drafts, strict=True)
    ]
    households = _joined(sorted(doors, key=lambda door: door.key), decisions)
    of = {ref: household.key for household in households for ref in household.refs}
    grouped = _grouped_villages(households, matches, where, villages, places)
    suggestions = [
        *village_suggestions(grouped, matches, where, villages),
        *(of_doubt(doubt, of) for doubt in doubts),
        *same_doors(households),
    ]
    odd = [*_several_villages(households, where), *_disagreeing(households, grouped)]
    return Grouping(grouped, households, settled(suggestions, decisions), of, matches, tuple(odd))


def _where(matches: Mapping[str, VillageMatch], villages: Villages) -> dict[str, Where]:
    keys: dict[VillageName, str] = {}
    found = {}
    for ref, match in matches.items():
        if match.village is not None:
            key = villages.key_of(match.village)
        elif (name := match.name) is None:
            found[ref] = Where(None, match.door)
            continue
        elif (known := keys.get(name)) is not None:
            key = known
        else:
            key = keys[name] = name.key
        found[ref] = Where(key, match.door)
    return found


def _home(person: Person, where: Mapping[str, Where]) -> Where:
    """Where most of a person's rows say they live; of equals the first by name."""
    if len(person.rows) == 1:
        return where[person.rows[0].ref]
    villages = Counter(village for row in person.rows if (village := where[row.ref].village))
    village = min(villages, key=lambda key: (-villages[key], key)) if villages else None
    doors = sorted({w.door for row in person.rows if (w := where[row.ref]).village == village and w.door})
    return Where(village, doors[0] if doors else "")


def _drafts(people: Sequence[Person], where: Mapping[str, Where]) -> list[Draft]:
    """Keys, village and door of each person. A key that fits several people is nobody's."""
    homes = [_home(person, where) for person in people]
    keys = [household_keys(p.rows[0].name, p.identity, *home) for p, home in zip(people, homes, strict=True)]
    fits = Counter(chain.from_iterable(keys))
    drafts = []
    for person, home, own in zip(people, homes, keys, strict=True):
        refs = tuple([row.ref for row in person.rows])
        left = tuple([key for key in own if fits[key] == 1]) or (f"ref:{refs[0]}",)
        # The door is written in one ledger and left out in the next: the name is the steadier key.
        primary = left[-1] if person.identity is None else left[0]
        drafts.append(Draft(primary, left, home.village, home.door, refs))
    return drafts


def _household(
    person: Person,
    draft: Draft,
    known: str | None,
    matches: Mapping[str, VillageMatch],
    places: Mapping[str, Place | None],
) -> GroupedHousehold:
    village, refs = draft.village, draft.refs
    place = person.rows[0].place
    if place is None and len(refs) > 1:
        place = next((row.place for row in person.rows if row.place), None)
    precision: Precision = "door"
    if place is None:
        place = places.get(village) if village else None
        precision = "village" if place else "town" if any(matches[ref].town for ref in refs) else "none"
    identity = None if person.shared else person.identity
    return GroupedHousehold(
        draft.key, frozenset(draft.keys), known, village, person.rows[0].name, refs, identity, draft.door, place,
        precision, _REASONS[person.reason],
    )  # fmt: skip


def _joined(doors: Sequence[GroupedHousehold], decisions: Decisions) -> tuple[GroupedHousehold, ...]:
    """Households that people accepted to be one door, as one; the first is the one with the most telling key."""
    if not decisions.together:
        return tuple(doors)
    by_key = {key: door.key for door in doors for key in sorted(door.keys)}
    root = {door.key: door.key for door in doors}

    def top(key: str) -> str:
        while root[key] != key:
            key = root[key]
        return key

    for one, other in sorted(decisions.together):
        if one in by_key and other in by_key:
            first, second = sorted((top(by_key[one]), top(by_key[other])), key=telling)
            root[second] = first
    members: dict[str, list[GroupedHousehold]] = defaultdict(list)
    for door in doors:
        members[top(door.key)].append(door)
    return tuple(_one_door(group) for group in members.values())


def _one_door(group: Sequence[GroupedHousehold]) -> GroupedHousehold:
    if len(group) == 1:
        return group[0]
    first, *others = sorted(group, key=lambda door: telling(door.key))
    pinned = next((door for door in (first, *others) if door.precision == "door"), first)
    return first._replace(
        keys=frozenset().union(*(door.keys for door in group)),
        id=next((door.id for door in (first, *others) if door.id), None),
        refs=tuple(sorted(ref for door in group for ref in door.refs)),
        place=pinned.place,
        precision=pinned.precision,
        reason=Reason("accepted"),
        others=tuple((door.name, door.refs) for door in others),
    )


def _places_of_known(
    matches: Mapping[str, VillageMatch], where: Mapping[str, Where], villages: Villages
) -> dict[str, Place | None]:
    return {
        key: villages.by_id[match.village].place
        for ref, match in matches.items()
        if match.village is not None and (key := where[ref].village)
    }


def _doors_of(households: Sequence[GroupedHousehold]) -> dict[str, list[tuple[str, Place]]]:
    """The doors with a place of their own, by village."""
    found: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    for household in households:
        if household.village and household.place and household.precision == "door":
            found[household.village].append((household.key, household.place))
    return found


def _grouped_villages(
    households: Sequence[GroupedHousehold],
    matches: Mapping[str, VillageMatch],
    where: Mapping[str, Where],
    villages: Villages,
    new_places: Mapping[str, Place],
) -> tuple[GroupedVillage, ...]:
    numbers = Counter(household.village for household in households if household.village)
    doors = _doors_of(households)
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
            name, place = _usual_name([match.name for match in found if match.name]), new_places.get(key)
        proposed = None if place else place_by_doors([door for _, door in doors.get(key, ())])
        grouped.append(GroupedVillage(key, known, name, place, numbers[key], proposed))
    return tuple(grouped)


def _usual_name(names: Sequence[VillageName]) -> VillageName:
    """The spelling that most rows use; of equals the first of the alphabet."""
    counted = Counter(names)
    return min(counted, key=lambda name: (-counted[name], name.town, name.admin_village, name.name))


def _several_villages(households: Sequence[GroupedHousehold], where: Mapping[str, Where]) -> list[Oddity]:
    """Households whose rows name several villages: they moved, or a number stands in the wrong row."""
    found = []
    for household in households:
        if len(household.refs) > 1:
            named = {village for ref in household.refs if (village := where[ref].village)}
            if len(named) > 1:
                reason = Reason("rows_name_several_villages", {"villages": len(named)})
                found.append(Oddity(household.key, household.village, reason))
    return found


def _disagreeing(households: Sequence[GroupedHousehold], grouped: Sequence[GroupedVillage]) -> list[Oddity]:
    doors = _doors_of(households)
    return [
        odd
        for village in grouped
        for odd in places_that_disagree(village.key, village.place, doors.get(village.key, ()))
    ]
