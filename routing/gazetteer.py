"""Places for villages and towns out of a list of named ones. What may be two places is listed, never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from routing.door_places import middle_door
from routing.place_names import is_town, normalise
from routing.place_rules import ListRules
from routing.places import metres
from routing.problem import Place
from routing.villages import KnownVillage

Outcome = Literal["placed", "ambiguous", "unconfirmed", "unknown"]
_Bearers = dict[str, set[tuple[str, str]]]
"""Who bears a name: villages by id, each with its town."""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place of a list: degrees WGS-84, and the names of what it lies in (town, district), as far as said.

    ``ref`` is its line or node, ``others`` its further names, ``kind`` what the list calls it (village, town …, "" if
    nothing). ``partial``: what it lies in is told in parts, so a town that is not named there may be right.
    """

    name: str
    lat: float
    lon: float
    within: tuple[str, ...] = ()
    ref: int = 0
    others: tuple[str, ...] = ()
    kind: str = ""
    partial: bool = False

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.lat, self.lon)

    def keys(self) -> set[str]:
        """Return its names as they are compared."""
        return {key for name in (self.name, *self.others) if (key := normalise(name))}


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


@dataclass(frozen=True, slots=True)
class Proposals:
    """For every village without a place what the list says of it, in their order; and the towns it knows, by key."""

    villages: tuple[PlaceProposal, ...]
    towns: Mapping[str, Place]


def _keys(village: KnownVillage) -> set[str]:
    return {key for name in (village.name, *village.aliases) if (key := normalise(name))}


class ListMatch:
    """Villages (of one branch) that a list is held against, place by place; of the list only their names are kept.

    ``by_name`` also places a village by its name alone, where one place and one village bear it and no
    town speaks against it.
    """

    def __init__(self, villages: Iterable[KnownVillage], rules: ListRules, *, by_name: bool = False) -> None:
        self._villages = list(villages)
        self._rules = rules
        self._by_name = by_name
        self._bearers: _Bearers = defaultdict(set)
        for village in self._villages:
            for key in _keys(village):
                self._bearers[key].add((village.id, normalise(village.town)))
        self._towns = {key for village in self._villages if (key := normalise(village.town))}
        self._named: dict[str, list[NamedPlace]] = defaultdict(list)
        # Places that are a town, and places that say that they are of one, by its key.
        self._seats: dict[str, list[Place]] = defaultdict(list)
        self._members: dict[str, list[Place]] = defaultdict(list)

    def read(self, place: NamedPlace) -> None:
        """Take one place of the list in."""
        keys = place.keys()
        for key in keys & self._bearers.keys():
            self._named[key].append(place)
        if self._is_town(place):
            for key in keys & self._towns:
                self._seats[key].append(place.place)
        for key in {normalise(name) for name in place.within} & self._towns:
            self._members[key].append(place.place)

    def proposals(self) -> Proposals:
        """Return what the list says, when all of it was read."""
        towns = self._town_places()
        villages = (village for village in self._villages if village.place is None)
        return Proposals(tuple(self._propose(village, towns) for village in villages), towns)

    def _is_town(self, place: NamedPlace) -> bool:
        return place.kind.casefold() in self._rules.town_kinds if place.kind else is_town(place.name)

    def _town_places(self) -> dict[str, Place]:
        """Return where towns lie: at the one town of that name, else amid the places that say they are of it."""
        found = {key: middle_door(places) for key, places in self._members.items()}
        for key, seats in self._seats.items():
            if key in found:
                seats = [seat for seat in seats if metres(seat, found[key]) <= self._rules.reach_metres]
            if len(seats) == 1:
                found[key] = seats[0]
        return found

    def _propose(self, village: KnownVillage, towns: Mapping[str, Place]) -> PlaceProposal:
        keys = _keys(village)
        found = tuple(dict.fromkeys(place for key in sorted(keys) for place in self._named.get(key, ())))
        if not found:
            return PlaceProposal(village.id, "unknown")
        # The town 石桥镇 is not the village 石桥村, though both are called 石桥; alone it may be offered.
        villages = tuple(place for place in found if not self._is_town(place))
        found, only_towns = (villages, False) if villages else (found, True)
        town = normalise(village.town)
        inside = tuple(place for place in found if town and self._lies_in(place, town, towns.get(town)))
        others = {bearer for key in keys for bearer in self._bearers[key] if bearer[0] != village.id}
        if inside and not only_towns:
            # Two villages of one name in one town: which of them is meant is not for us to say.
            sure = len(inside) == 1 and not any(its_town == town for _id, its_town in others)
            return PlaceProposal(village.id, "placed" if sure else "ambiguous", inside)
        silent = not town or not any(place.within and not place.partial for place in found)
        if self._by_name and silent and not only_towns and len(found) == 1 and not others:
            return PlaceProposal(village.id, "placed", found)
        return PlaceProposal(village.id, "ambiguous" if silent and len(found) > 1 else "unconfirmed", found)

    def _lies_in(self, place: NamedPlace, town: str, seat: Place | None) -> bool:
        """Whether a place says that it is of the town or, where it does not say, lies about the town's place."""
        if town in {normalise(name) for name in place.within}:
            return True
        if place.within and not place.partial:
            return False
        return seat is not None and metres(place.place, seat) <= self._rules.reach_metres
