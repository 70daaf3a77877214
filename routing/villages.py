"""Which known village a ledger's address means, or under which name it is a new one.

A village is joined by itself only when its name and what stands above it (town, administrative
village) agree, or when what the ledger leaves out leaves one village only. Anything that is merely
alike (a typing error) becomes a candidate for a person to accept. Villages of one name in two towns
stay two. The result depends on the set of known villages, not on their order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from routing.likeness import likeness
from routing.listed_addresses import listed_address, without_label
from routing.place_names import AddressPieces, bare_length, is_numbered, normalise, take_apart
from routing.problem import Place, Reason
from routing.script import fold

__all__ = [
    "AddressParts", "Candidate", "KnownVillage", "VillageMatch", "VillageName", "Villages", "name_of", "normalise",
]  # fmt: skip

MOST_CANDIDATES = 3

_DOOR_BEHIND = re.compile(r"[0-9]+(?:[-之][0-9]+)*[号號户戶](?:附[0-9]+)?\Z")
_NAME_AND_DOOR = re.compile(r"(?P<name>[^0-9]{4,30}?)(?P<door>[0-9].*)?\Z")


@dataclass(frozen=True, slots=True)
class KnownVillage:
    """A village with its id, its names as people write them, and its place if known.

    ``merged`` are the full names, town and all, of villages that people said are this one.
    """

    id: str
    town: str
    admin_village: str
    name: str
    aliases: tuple[str, ...] = ()
    place: Place | None = None
    merged: tuple[VillageName, ...] = ()


class AddressParts(NamedTuple):
    """Where a ledger says somebody lives, as written; any part may be "" and ``address`` may hold them all."""

    county: str = ""
    town: str = ""
    admin_village: str = ""
    village: str = ""
    door: str = ""
    address: str = ""


class VillageName(NamedTuple):
    """The name of a village with what stands above it, as written."""

    town: str
    admin_village: str
    name: str

    @property
    def key(self) -> str:
        """The three names normalised, joined by ``/``: equal for two spellings of one village."""
        return "/".join((normalise(self.town), normalise(self.admin_village), normalise(self.name)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known village that may be meant: how alike (0 to 1) and in what way."""

    village: str
    score: float
    reason: Reason


class VillageMatch(NamedTuple):
    """What an address came to.

    ``village`` is the known village, None for one that is not known; ``name`` is the name said, None
    when the address names no village. ``confidence`` is 1 where all parts agree, less where parts were
    left out. ``reason.code``: village_exact, village_alias, town_not_named, admin_village_not_named,
    level_not_known, village_unknown, village_ambiguous, village_not_named. ``candidates``: best
    first, for a person to choose from. ``door`` and ``town`` are those pieces as written.
    """

    village: str | None
    name: VillageName | None
    confidence: float
    reason: Reason
    candidates: tuple[Candidate, ...] = ()
    door: str = ""
    town: str = ""


def name_of(parts: AddressParts) -> tuple[VillageName | None, AddressPieces]:
    """Return the village that the parts name (None where they name none) and all pieces found.

    A part's own column goes before the free address; a column that holds more than its part
    (``大坝村三组`` in the group's column) fills in what the others leave out.
    """
    own = take_apart(parts.village) if parts.village.strip() else AddressPieces()
    upper = take_apart(parts.admin_village) if parts.admin_village.strip() else AddressPieces()
    town_column = take_apart(parts.town) if parts.town.strip() else AddressPieces()
    free = take_apart(parts.address) if parts.address.strip() else AddressPieces()
    town = town_column.town or parts.town.strip() or upper.town or own.town or free.town
    admin = upper.admin_village or parts.admin_village.strip()
    composite = bool(own.village and (own.town or own.admin_village))
    if composite:
        admin, village = admin or own.admin_village, own.village
    else:
        village = without_label(parts.village.strip())
    village = village or upper.village or free.village
    # Without the administrative village's own column, an address that agrees on the rest tells it.
    admin = admin or free.admin_village
    door = parts.door.strip() or own.door or free.door
    pieces = AddressPieces(parts.county.strip() or free.county, town, admin, village, door)
    village = _without_prefix(village, town, admin) if village else admin
    if not normalise(village):
        return None, pieces
    return VillageName(town, admin, village), pieces


def _without_prefix(village: str, *above: str) -> str:
    """The village's name without the names of what stands above it (石桥镇大坝村三组 → 三组)."""
    for name in above:
        stem = normalise(name)
        if stem != fold(name):
            # With its word for the level (镇, 村) a name ends where it ends, whatever follows.
            village = _behind(village, name, lambda rest: bare_length(rest) > 0) or village
        village = _behind(village, stem, _is_a_name) or village
    return village


def _behind(text: str, prefix: str, fits: Callable[[str], bool]) -> str:
    """What follows ``prefix`` in a text, "" when it does not begin with it or the rest does not fit."""
    if not prefix or prefix[-1].isascii() or not text.startswith(prefix):
        # Latin names are left whole: neither Rongli nor Pakyong Forest Block is a part of Rong or Pakyong.
        return ""
    rest = text[len(prefix) :]
    return rest if rest and fits(rest) else ""


def _is_a_name(rest: str) -> bool:
    """Whether what follows 黄泥 can be a village of 黄泥村: a group's number or a name, not the 坡 of 黄泥坡."""
    return is_numbered(normalise(rest)) or bare_length(rest) >= 2


class Villages:
    """The known villages of a branch (or several), ready to be matched. Matching is pure and remembered."""

    def __init__(self, known: Iterable[KnownVillage]) -> None:
        self.known = tuple(sorted(known, key=lambda village: village.id))
        self.by_id = {village.id: village for village in self.known}
        if len(self.by_id) != len(self.known):
            raise ValueError("two known villages have the same id")
        self._key_of = {v.id: VillageName(v.town, v.admin_village, v.name).key for v in self.known}
        self._exact: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        self._in_town: dict[str, list[str]] = defaultdict(list)
        self._towns: set[str] = set()
        self._admins: dict[str, set[str]] = defaultdict(set)
        for village in self.known:
            town, admin = normalise(village.town), normalise(village.admin_village)
            self._in_town[town].append(village.id)
            self._towns.add(town)
            self._admins[town].add(admin)
            for alias, code in ((village.name, "village_exact"), *((a, "village_alias") for a in village.aliases)):
                for key in self._keys(town, admin, alias, village):
                    self._exact[key].setdefault(village.id, code)
            for other in village.merged:
                key = normalise(other.town), normalise(other.admin_village), normalise(other.name)
                self._exact[key].setdefault(village.id, "village_alias")
        self._by_less = self._without_levels()
        self._remembered: dict[AddressParts, VillageMatch] = {}

    @staticmethod
    def _keys(town: str, admin: str, name: str, village: KnownVillage) -> set[tuple[str, str, str]]:
        bare = _without_prefix(name, village.town, village.admin_village)
        return {(town, admin, normalise(name)), (town, admin, normalise(bare))} - {(town, admin, "")}

    def _without_levels(self) -> dict[tuple[str | None, str | None, str], set[str]]:
        """Ids by key with the town, the administrative village or both left out (None)."""
        found: dict[tuple[str | None, str | None, str], set[str]] = defaultdict(set)
        for (town, admin, name), ids in self._exact.items():
            for key in ((None, admin, name), (town, None, name), (None, None, name)):
                found[key].update(ids)
        return found

    def key_of(self, village: str) -> str:
        """Return the key of a known village. Raises KeyError."""
        return self._key_of[village]

    def match(self, parts: AddressParts) -> VillageMatch:
        """Return what the parts come to; see :class:`VillageMatch`."""
        behind = _DOOR_BEHIND.search(parts.address) if parts.address else None
        if behind is None:
            return self._once(parts)
        # Neighbours differ in their door only: their village is found once.
        found = self._once(AddressParts(*parts[:-1], parts.address[: behind.start()]))
        if found.door:
            return found
        return VillageMatch(
            found.village, found.name, found.confidence, found.reason, found.candidates, behind.group(), found.town
        )

    def _once(self, parts: AddressParts) -> VillageMatch:
        found = self._remembered.get(parts)
        if found is None:
            if len(self._remembered) > 200_000:
                self._remembered.clear()
            found = self._remembered[parts] = self._match(parts)
        return found

    def _match(self, parts: AddressParts) -> VillageMatch:
        name, pieces = name_of(parts)
        if name is None:
            name, pieces = self._listed(parts, pieces)
        if name is None:
            name, pieces = self._bare(parts, pieces)
        if name is None:
            return VillageMatch(None, None, 0.0, Reason("village_not_named"), (), pieces.door, pieces.town)
        name = self._with_known_levels(name)
        town, admin, village = key = (normalise(name.town), normalise(name.admin_village), normalise(name.name))
        said = (name, pieces.door, name.town)
        exact = self._exact.get(key)
        if exact:
            code = min(exact.values(), key=("village_exact", "village_alias").index)
            return self._of_ids({i for i, c in exact.items() if c == code}, code, 1.0, *said)
        blank = {i for less in self._levels_blank(key) for i in self._exact.get(less, ())}
        if blank:
            return self._of_ids(blank, "level_not_known", 0.9, *said)
        if not town and admin and (ids := self._by_less.get((None, admin, village))):
            return self._of_ids(ids, "town_not_named", 0.9, *said)
        if town and not admin and not is_numbered(village) and (ids := self._by_less.get((town, None, village))):
            return self._of_ids(ids, "admin_village_not_named", 0.9, *said)
        return VillageMatch(None, name, 0.0, Reason("village_unknown"), self.candidates(name), *said[1:])

    @staticmethod
    def _levels_blank(key: tuple[str, str, str]) -> list[tuple[str, str, str]]:
        """Keys of known villages of which a level was never recorded."""
        town, admin, name = key
        return [less for less in ((town, "", name), ("", admin, name)) if less != key and less[:2] != ("", "")]

    def _of_ids(
        self, ids: set[str], code: str, confidence: float, name: VillageName, door: str, town: str
    ) -> VillageMatch:
        if len(ids) == 1:
            (found,) = ids
            return VillageMatch(found, name, confidence, Reason(code), (), door, town)
        candidates = tuple(Candidate(i, confidence / len(ids), Reason(code)) for i in sorted(ids))
        return VillageMatch(
            None, name, 0.0, Reason("village_ambiguous", {"villages": len(ids)}), candidates, door, town
        )

    def _listed(self, parts: AddressParts, pieces: AddressPieces) -> tuple[VillageName | None, AddressPieces]:
        """The village of an address that lists its parts (House 4, Satam, Yangyang)."""
        found = listed_address(parts.address, pieces.town, self._towns.__contains__)
        pieces = replace(pieces, town=found.town, door=pieces.door or found.door)
        return (VillageName(found.town, pieces.admin_village, found.village) if found.village else None), pieces

    def _bare(self, parts: AddressParts, pieces: AddressPieces) -> tuple[VillageName | None, AddressPieces]:
        """The village of an address without words for levels (石桥大坝李家湾12号), told by a known town in front."""
        text = "".join(parts.address.split()).removeprefix(pieces.county)
        found = _NAME_AND_DOOR.match(text)
        if found is None or pieces.town or not self._longest_prefix(found["name"], self._towns):
            return None, pieces
        name = self._with_known_levels(VillageName("", "", found["name"]))
        return (name if name.admin_village else None), replace(pieces, door=pieces.door or found["door"] or "")

    def _with_known_levels(self, name: VillageName) -> VillageName:
        """The name, with town and administrative village found in front of it without 镇 and 村 (石桥大坝三组)."""
        town, admin, village = name.town, name.admin_village, name.name
        if admin and village != admin:
            return name
        if not town:
            town = self._longest_prefix(village, self._towns)
        while town and (rest := self._after(village, town)):
            village = rest
        stem = normalise(town)
        if town and not admin and not self._by_less.get((stem, None, normalise(village))):
            admin = self._longest_prefix(village, self._admins.get(stem, set()))
            while admin and (rest := self._after(village, admin)):
                village = rest
        return VillageName(town, admin, village) if village != name.name else name

    @staticmethod
    def _after(text: str, above: str) -> str:
        """What follows the name of what stands above, with or without its word for the level."""
        for prefix in (above, normalise(above)):
            for word in ("镇", "乡", "鎮", "鄉", "村", ""):
                if rest := _behind(text, prefix + word, _is_a_name):
                    return rest
        return ""

    @staticmethod
    def _longest_prefix(text: str, names: set[str]) -> str:
        """The longest of the normalised names with which a text begins and goes on, as written there."""
        for length in range(min(len(text) - 1, 12), 1, -1):
            if normalise(text[:length]) in names and _is_a_name(text[length:]):
                return text[:length]
        return ""

    def candidates(self, name: VillageName) -> tuple[Candidate, ...]:
        """Return the known villages most like a name, best first; towns and villages above are compared too."""
        town, admin, village = normalise(name.town), normalise(name.admin_village), normalise(name.name)
        doubtful = (town not in self._towns, admin not in self._admins.get(town, set()))
        found: dict[str, Candidate] = {}
        for (its_town, its_admin, its_name), ids in self._exact.items():
            alike = likeness((town, admin, village), (its_town, its_admin, its_name), doubtful)
            if alike is None:
                continue
            for village_id in ids:
                if village_id not in found or found[village_id].score < alike.score:
                    found[village_id] = Candidate(village_id, alike.score, alike.reason)
        best = sorted(found.values(), key=lambda candidate: (-candidate.score, candidate.village))
        return tuple(best[:MOST_CANDIDATES])
