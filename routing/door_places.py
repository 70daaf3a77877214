"""What the places of doors tell: which village a door belongs to that names none, and places that cannot be right.

Nothing here moves a place; what does not agree goes to a list for a person.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from routing.place_names import normalise
from routing.places import metres
from routing.problem import Place, Reason
from routing.villages import VillageMatch, VillageName, Villages

NEAREST_METRES = 1_500
"""A door that names no village belongs to the nearest known one within this distance."""
CLUSTER_METRES = 400
"""Doors without a village that lie no farther apart, from one to the next, are a village of their own."""
FAR_METRES = 5_000
"""A door farther from its village than this is looked at by a person."""
DOORS_NEEDED = 3
"""So many doors say something about where their village lies."""

_CELL = 0.02
"""Degrees of a cell of the grid in which neighbours are sought."""
_METRES_PER_DEGREE = 111_320


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something that a person should look at; ``household`` and ``village`` are keys.

    ``reason.code``: door_far_from_village, village_far_from_doors, door_far_from_neighbours (all with
    ``metres``), rows_name_several_villages (with ``villages``).
    """

    household: str | None
    village: str | None
    reason: Reason


class Grid:
    """Places by cell, for asking who is near."""

    def __init__(self, places: Iterable[tuple[str, Place]]) -> None:
        self._cells: dict[tuple[int, int], list[tuple[str, Place]]] = defaultdict(list)
        for name, place in places:
            self._cells[_cell(place)].append((name, place))

    def near(self, place: Place, within: float) -> list[tuple[float, str]]:
        """Return the names within a distance in metres, nearest first, equals by name."""
        up = math.ceil(within / _METRES_PER_DEGREE / _CELL)
        narrow = max(0.05, math.cos(math.radians(place.lat)))
        across = math.ceil(within / _METRES_PER_DEGREE / narrow / _CELL)
        row, column = _cell(place)
        found = []
        for r in range(row - up, row + up + 1):
            for c in range(column - across, column + across + 1):
                for name, there in self._cells.get((r, c), ()):
                    if (distance := metres(place, there)) <= within:
                        found.append((distance, name))
        return sorted(found)


def _cell(place: Place) -> tuple[int, int]:
    return math.floor(place.lat / _CELL), math.floor(place.lon / _CELL)


def house_by_place(
    matches: Mapping[str, VillageMatch], places: Mapping[str, Place], villages: Villages
) -> tuple[dict[str, VillageMatch], dict[str, Place]]:
    """Give a village to rows that name none but have a place (``places`` by ref).

    The nearest known village (of the same town, where one is named), else a new one of the doors that
    lie together, named by its coordinates. Returns all matches, and the places of the new villages by
    key. ``reason.code``: nearest_village (with ``metres``), doors_together.
    """
    settled = dict(matches)
    grid = Grid((village.id, village.place) for village in villages.known if village.place)
    left: list[str] = []
    for ref in sorted(ref for ref, match in matches.items() if match.name is None and ref in places):
        town = normalise(matches[ref].town)
        near = (
            (distance, village)
            for distance, village in grid.near(places[ref], NEAREST_METRES)
            if not town or normalise(villages.by_id[village].town) in (town, "")
        )
        distance, village = next(near, (0.0, ""))
        if village:
            reason = Reason("nearest_village", {"metres": round(distance)})
            settled[ref] = matches[ref]._replace(village=village, confidence=0.5, reason=reason)
        else:
            left.append(ref)
    new: dict[str, Place] = {}
    for cluster in _clusters({ref: places[ref] for ref in left}):
        middle = middle_door([places[ref] for ref in cluster])
        towns = sorted({matches[ref].town for ref in cluster if matches[ref].town})
        name = VillageName(towns[0] if len(towns) == 1 else "", "", f"{middle.lat:.4f} {middle.lon:.4f}")
        new[name.key] = middle
        for ref in cluster:
            settled[ref] = matches[ref]._replace(name=name, confidence=0.5, reason=Reason("doors_together"))
    return settled, new


def _clusters(places: Mapping[str, Place]) -> list[list[str]]:
    """Refs whose places hang together by steps of at most ``CLUSTER_METRES``."""
    grid = Grid(sorted(places.items()))
    seen: set[str] = set()
    clusters = []
    for ref in sorted(places):
        if ref in seen:
            continue
        seen.add(ref)
        cluster, waiting = [], [ref]
        while waiting:
            cluster.append(one := waiting.pop())
            fresh = [other for _, other in grid.near(places[one], CLUSTER_METRES) if other not in seen]
            seen.update(fresh)
            waiting += fresh
        clusters.append(sorted(cluster))
    return clusters


def middle_door(places: Sequence[Place]) -> Place:
    """Return the place among ``places`` nearest to their median, so that strays do not pull it."""
    middle = Place(median(place.lat for place in places), median(place.lon for place in places))
    return min(places, key=lambda place: (metres(middle, place), place.lat, place.lon))


def place_by_doors(doors: Sequence[Place]) -> Place | None:
    """Return where a village seems to lie by its doors: a proposal, where enough doors agree within a kilometre."""
    if len(doors) < DOORS_NEEDED:
        return None
    middle = middle_door(doors)
    agree = sum(1 for door in doors if metres(middle, door) <= 1_000)
    return middle if 2 * agree > len(doors) else None


def places_that_disagree(village: str, place: Place | None, doors: Sequence[tuple[str, Place]]) -> list[Oddity]:
    """Return what does not agree in one village: ``doors`` are (household's key, its own place)."""
    if place is None:
        middle = place_by_doors([door for _, door in doors])
        code = "door_far_from_neighbours"
    else:
        middle, code = place, "door_far_from_village"
        by_doors = place_by_doors([door for _, door in doors])
        if by_doors is not None and (distance := metres(place, by_doors)) > FAR_METRES:
            # The doors agree with each other: it is the village's place that is wrong.
            return [Oddity(None, village, Reason("village_far_from_doors", {"metres": round(distance)}))]
    if middle is None:
        return []
    found = [(key, metres(middle, door)) for key, door in doors]
    return [Oddity(key, village, Reason(code, {"metres": round(far)})) for key, far in found if far > FAR_METRES]
