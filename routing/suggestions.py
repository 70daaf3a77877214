"""What may be one and is left to people: villages with names alike, people at one door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, combinations_with_replacement, product

from routing.grouped import Decisions, GroupedHousehold, GroupedVillage, Suggestion
from routing.likeness import alike, likeness
from routing.persons import Doubt, Where
from routing.place_names import normalise
from routing.problem import Reason
from routing.script import fold
from routing.villages import VillageMatch, Villages

MOST_AT_ONE_DOOR = 6
"""A door that more people share is an office or a mistake: nothing is suggested about it."""


def village_suggestions(
    grouped: Sequence[GroupedVillage],
    matches: Mapping[str, VillageMatch],
    where: Mapping[str, Where],
    villages: Villages,
) -> list[Suggestion]:
    """Return new villages that are like known ones or like each other, and names that fit several."""
    found = []
    for ref, match in matches.items():
        key = where[ref].village
        if match.village is None and key:
            found += [_suggested(key, villages.key_of(c.village), c.score, c.reason) for c in match.candidates]
    return found + _among_new([village for village in grouped if village.id is None])


def _among_new(new: Sequence[GroupedVillage]) -> list[Suggestion]:
    """New villages that are like each other, town by town: thousands of pairs, not millions."""
    by_town: dict[str, dict[tuple[str, str, str], str]] = defaultdict(dict)
    for village in new:
        town, admin, name = (
            normalise(part) for part in (village.name.town, village.name.admin_village, village.name.name)
        )
        by_town[town][town, admin, name] = village.key
    found = []
    for one_town, other_town in combinations_with_replacement(sorted(by_town), 2):
        if one_town and one_town != other_town and alike(one_town, other_town) is None:
            continue
        ours, theirs = sorted(by_town[one_town]), sorted(by_town[other_town])
        pairs = combinations(ours, 2) if one_town == other_town else product(ours, theirs)
        for one, other in pairs:
            if like := likeness(one, other):
                found.append(_suggested(by_town[one_town][one], by_town[other_town][other], like.score, like.reason))
    return found


def _suggested(one: str, other: str, score: float, reason: Reason) -> Suggestion:
    first, second = sorted((one, other))
    return Suggestion("village", first, second, round(score, 4), reason)


def of_doubt(doubt: Doubt, of: Mapping[str, str]) -> Suggestion:
    """Return the suggestion that a doubt about two rows is."""
    first, second = sorted((of[doubt.first], of[doubt.second]))
    return Suggestion("household", first, second, 0.5, Reason(doubt.code))


def same_doors(households: Sequence[GroupedHousehold]) -> list[Suggestion]:
    """Return people whose written door is the same: they may be one household."""
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


def settled(suggestions: Iterable[Suggestion], decisions: Decisions) -> tuple[Suggestion, ...]:
    """Return each pair once, with its best score, in a fixed order, without those that people settled."""
    done = {tuple(sorted(pair)) for pair in decisions.apart | decisions.together}
    best: dict[tuple[str, str, str], Suggestion] = {}
    for found in sorted(suggestions, key=lambda s: (-s.score, s.reason.code)):
        if found.first != found.second and (found.first, found.second) not in done:
            best.setdefault((found.kind, found.first, found.second), found)
    return tuple(best[key] for key in sorted(best))
