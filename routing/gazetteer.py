"""Places for villages out of a list of named places. A name that may mean two places is listed, never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from routing.place_names import normalise
from routing.villages import KnownVillage

Outcome = Literal["placed", "ambiguous", "unconfirmed", "unknown"]
_Bearers = dict[str, set[tuple[str, str]]]
"""Who bears a name: villages by id, each with its town."""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place of a gazetteer: degrees WGS-84, and the names of what it lies in (town, district), if said."""

    name: str
    lat: float
    lon: float
    within: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class PlaceProposal:
    """What the list says of one village.

    ``placed``: ``places`` is the one place of that name in the village's town. ``ambiguous``: several there.
    ``unconfirmed``: the name is there, but not in that town, or the town is not known on one of the two
    sides. ``unknown``: nobody of that name.
    """

    village: str
    outcome: Outcome
    places: tuple[NamedPlace, ...] = ()


def propose_places(
    villages: Iterable[KnownVillage], places: Iterable[NamedPlace], *, by_name: bool = False
) -> list[PlaceProposal]:
    """Return a proposal for every village without a place, in their order.

    ``by_name`` also places a village by its name alone, where one place and one village bear it and no
    town speaks against it.
    """
    named: dict[str, list[NamedPlace]] = defaultdict(list)
    for place in places:
        if key := normalise(place.name):
            named[key].append(place)
    villages = list(villages)
    bearers: _Bearers = defaultdict(set)
    for village in villages:
        for key in _keys(village):
            bearers[key].add((village.id, normalise(village.town)))
    return [_propose(village, named, bearers, by_name) for village in villages if village.place is None]


def _keys(village: KnownVillage) -> set[str]:
    return {key for name in (village.name, *village.aliases) if (key := normalise(name))}


def _propose(
    village: KnownVillage, named: dict[str, list[NamedPlace]], bearers: _Bearers, by_name: bool
) -> PlaceProposal:
    keys = _keys(village)
    found = tuple(dict.fromkeys(place for key in sorted(keys) for place in named.get(key, ())))
    if not found:
        return PlaceProposal(village.id, "unknown")
    town = normalise(village.town)
    inside = tuple(place for place in found if town and town in {normalise(name) for name in place.within})
    others = {bearer for key in keys for bearer in bearers[key] if bearer[0] != village.id}
    if inside:
        # Two villages of one name in one town: which of them is meant is not for us to say.
        sure = len(inside) == 1 and not any(its_town == town for _id, its_town in others)
        return PlaceProposal(village.id, "placed" if sure else "ambiguous", inside)
    silent = not town or not any(place.within for place in found)
    if by_name and silent and len(found) == 1 and not others:
        return PlaceProposal(village.id, "placed", found)
    return PlaceProposal(village.id, "ambiguous" if silent and len(found) > 1 else "unconfirmed", found)
