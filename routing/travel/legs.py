"""Points, the legs between them, and the seam behind which travel times are made.

Legs need not be symmetric and need not satisfy the triangle inequality. Where there is no way the
leg is :data:`UNREACHABLE` in seconds and metres: a name, never a made-up number to calculate with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from routing.problem import Place, Precision, Problem, Shift, Village, Visit

#: Seconds and metres of a leg that cannot be travelled. Larger than any day, so that a sum which
#: forgets to ask stays impossible, and small enough that a day's sum of them fits 64 bits.
UNREACHABLE: Final = 2**31 - 1


class Mode(IntEnum):
    """How a leg is travelled."""

    DRIVE = 0
    WALK = 1


@dataclass(frozen=True, slots=True)
class Point:
    """Somewhere a team can stand.

    ``place`` is None where nothing is known of it: such a point is unreachable. ``own`` says that the
    place is the door's, not merely its village's. ``village`` and ``door`` (the household) are None
    for a branch or another start or end. ``arrival`` is what entering the village costs, seconds.
    """

    place: Place | None
    own: bool = True
    village: str | None = None
    door: str | None = None
    arrival: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Legs from sources (rows) to targets (columns).

    ``seconds`` and ``metres``: int64 arrays, :data:`UNREACHABLE` where there is no way; seconds
    include the arrival overhead of a village that is entered. ``mode``: int8 array of :class:`Mode`.
    """

    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]
    mode: NDArray[np.int8]


class Travel(Protocol):
    """A source of travel times and distances."""

    def between(self, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
        """Every leg from a source to a target; the same leg is the same in whatever block it is asked."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """All legs of a problem: a square :class:`Block` and where each point stands in it.

    ``starts`` and ``ends`` give the row of each shift's places, ``visits`` that of each visit, by id.
    """

    block: Block
    starts: Mapping[str, int]
    ends: Mapping[str, int]
    visits: Mapping[str, int]


def point_of_visit(visit: Visit, villages: Mapping[str, Village]) -> Point:
    """Where the team is reckoned to stand for ``visit``: at the door, else its village, else its town, else nowhere.

    Where only the town is known, arriving costs finding the village besides.
    """
    household = visit.household
    village = villages.get(household.village) if household.village is not None else None
    arrival = village.arrival_seconds if village is not None else 0
    place, own = household.place, household.place is not None
    if place is None and village is not None:
        place = village.place
        if place is None and village.town is not None:
            place, arrival = village.town.place, arrival + village.town.finding_seconds
    return Point(place, own, household.village, household.id, arrival)


def precision_of(visit: Visit, villages: Mapping[str, Village]) -> Precision:
    """What the place of :func:`point_of_visit` is."""
    if visit.household.place is not None:
        return "door"
    village = villages.get(visit.household.village or "")
    if village is None:
        return "none"
    return "village" if village.place is not None else "town" if village.town is not None else "none"


def start_of(shift: Shift) -> Point:
    """Where the team of ``shift`` stands when it begins."""
    return Point(shift.from_place, village=shift.from_village)


def end_of(shift: Shift) -> Point:
    """Where the team of ``shift`` must be when it ends."""
    return Point(shift.to_place)


def legs_of(problem: Problem, travel: Travel) -> Legs:
    """The legs between the start and end places of all shifts and all visits, each place once.

    Memory is 17 bytes for each pair of points: ask for a few thousand at most.
    """
    points: list[Point] = []
    rows: dict[Point, int] = {}

    def row(point: Point) -> int:
        if point not in rows:
            rows[point] = len(points)
            points.append(point)
        return rows[point]

    starts = {shift.id: row(start_of(shift)) for shift in problem.shifts}
    ends = {shift.id: row(end_of(shift)) for shift in problem.shifts}
    visits = {visit.id: row(point_of_visit(visit, problem.villages)) for visit in problem.visits}
    return Legs(travel.between(points, points), starts, ends, visits)
