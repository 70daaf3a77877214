"""Where a lender's doors may lie: about what is known of it. A place far from everything is a slip of typing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from routing.door_places import DOORS_NEEDED, middle_door
from routing.places import metres
from routing.problem import Place

_CELL = 0.5
"""Degrees: two places of one cell are at most 79 km apart, so that most doors are measured against nothing."""


class LenderArea:
    """All within ``reach`` metres (at least 80 000) of one of the ``known`` places."""

    def __init__(self, known: Iterable[Place], reach: int) -> None:
        self._reach = reach
        self._cells: dict[tuple[int, int], list[Place]] = defaultdict(list)
        for place in known:
            self._cells[_cell(place)].append(place)

    def __bool__(self) -> bool:
        return bool(self._cells)

    def holds(self, place: Place) -> bool:
        """Whether a place lies in the area."""
        cell = _cell(place)
        if cell in self._cells:
            return True
        near = (known for at, known in self._cells.items() if _may_reach(cell, at, self._reach))
        return any(metres(place, one) <= self._reach for places in near for one in places)


def _cell(place: Place) -> tuple[int, int]:
    return int(place.lat // _CELL), int(place.lon // _CELL)


def _may_reach(one: tuple[int, int], other: tuple[int, int], reach: int) -> bool:
    """Whether places of two cells can be so near, by their latitudes: what is left is measured."""
    return (abs(one[0] - other[0]) - 1) * _CELL * 111_000 <= reach


def places_outside(known: Iterable[Place], doors: Mapping[str, Place], reach: int) -> Mapping[str, bool]:
    """Return the doors (by ref) that lie outside the area, each with whether it would lie inside if swapped.

    ``known`` are the places of villages, towns and the branch. Where there are none, the doors themselves say where
    they are: about their median. Where most doors lie outside, it is the area that is not known, and none is told.
    """
    area = LenderArea(known, reach)
    if not area and len(doors) >= DOORS_NEEDED:
        area = LenderArea([middle_door(list(doors.values()))], reach)
    if not area:
        return {}
    outside = {ref: place for ref, place in doors.items() if not area.holds(place)}
    if len(outside) >= DOORS_NEEDED and 2 * len(outside) > len(doors):
        return {}
    return {ref: abs(place.lon) <= 90 and area.holds(Place(place.lon, place.lat)) for ref, place in outside.items()}
