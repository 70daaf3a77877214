"""Matching all addresses of a ledger at once: what they say together tells more than each alone.

A row that leaves out its administrative village is joined only if one village of that name is known
*or named by the ledger itself*; a new village that some rows name in full is where the rows that
leave a level out belong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from routing.villages import AddressParts, KnownVillage, VillageMatch, VillageName, Villages

_NEW = "\0new/"
_OPEN = ("town_not_named", "admin_village_not_named", "village_unknown")


def match_all(parts: Mapping[str, AddressParts], villages: Villages) -> dict[str, VillageMatch]:
    """Return the match of each address by ref; the same for the same addresses, in any order."""
    matches = {ref: villages.match(parts[ref]) for ref in sorted(parts)}
    new = _named_in_full(matches)
    if not new:
        return matches
    wider = Villages([*villages.known, *(KnownVillage(_NEW + key, *_three(name)) for key, name in new.items())])
    for ref, match in matches.items():
        if match.reason.code in _OPEN and match.name and not (match.name.town and match.name.admin_village):
            matches[ref] = _settled(wider.match(parts[ref]), new)
    return matches


def _three(name: VillageName) -> tuple[str, str, str]:
    return name.town, name.admin_village, name.name


def _named_in_full(matches: Mapping[str, VillageMatch]) -> dict[str, VillageName]:
    """New villages that a row names with town and administrative village, by key; one spelling each."""
    spellings: dict[str, set[VillageName]] = defaultdict(set)
    for match in matches.values():
        if match.village is None and match.name and match.name.town and match.name.admin_village:
            spellings[match.name.key].add(match.name)
    return {key: min(names, key=_three) for key, names in sorted(spellings.items())}


def _settled(match: VillageMatch, new: Mapping[str, VillageName]) -> VillageMatch:
    """The match among known and new villages; a new one has no id."""
    known = tuple(candidate for candidate in match.candidates if not candidate.village.startswith(_NEW))
    if match.village is not None and match.village.startswith(_NEW):
        return match._replace(village=None, name=new[match.village.removeprefix(_NEW)], candidates=known)
    return match._replace(candidates=known)
