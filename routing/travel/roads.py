"""Travel on real roads: a table of all legs between the places of a problem, made once, then only looked up.

The table is made where the roads are (:class:`RoadSource`: OSRM in a process of its own, or over HTTP), before the
solver starts. Solver and checker read the same table, so a service that fails meanwhile changes nothing, and the
solver's process needs neither network nor road data. Legs need not be symmetric.

What the roads do not tell is assumed as without roads (:class:`~routing.travel.parameters.TravelParameters`) and
counted, never passed over in silence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from routing.problem import Place, Problem
from routing.travel.closed import ClosedRoads
from routing.travel.combine import Ends, combined
from routing.travel.geodesic import geodesic_metres_of_pairs
from routing.travel.legs import UNREACHABLE, Block, Point, Travel, end_of, point_of_visit, start_of
from routing.travel.parameters import TravelParameters

#: Seconds, metres or a gap that nobody has answered; not to be confused with :data:`UNREACHABLE`, an answer.
UNKNOWN: Final = -1

#: A table is the square of so many places, 8 bytes a leg: 72 MB.
MOST_PLACES: Final = 3_000

Numbers = NDArray[np.int32]


class RoadsError(RuntimeError):
    """Roads cannot be used. ``code`` is one of :data:`FAILURES` or :data:`routing.travel.build.BUILD_FAILURES`."""

    def __init__(self, code: str, **facts: str | int) -> None:
        self.code = code
        self.facts = facts
        said = ", ".join(f"{name} {value}" for name, value in facts.items())
        super().__init__(f"{code} ({said})" if said else code)


#: Why legs were not answered by a road source.
FAILURES: Mapping[str, str] = {
    "roads_not_installed": "The package osrm-bindings is missing; it needs Python 3.12 or newer.",
    "roads_not_built": "The version of road data, or its profile, is not there.",
    "roads_crashed": "The process that reads the road data ended without an answer.",
    "roads_timed_out": "No answer came in time.",
    "roads_refused": "The service could not be reached, or closed the connection.",
    "roads_failed": "The service answered with an error that may pass.",
    "roads_rejected": "The service does not take the question, and would not the next time.",
    "roads_redirected": "The service answered with a redirect, which is never followed.",
    "roads_too_large": "The answer was larger than any true answer.",
    "roads_nonsense": "The answer was not what OSRM answers.",
    "roads_address": "The service's name leads to an address that is not allowed.",
}


@dataclass(frozen=True, slots=True, eq=False)
class RoadLegs:
    """What a source knows of the legs from sources to targets.

    ``seconds`` and ``metres``: int32, shape (sources, targets), :data:`UNREACHABLE` where there is no way by road,
    :data:`UNKNOWN` where no answer came (of a leg with seconds the metres may be unknown). ``source_gaps`` and
    ``target_gaps``: metres from the place to the nearest road, :data:`UNKNOWN` alike. ``failures`` counts the
    unanswered legs by their code of :data:`FAILURES`.
    """

    seconds: Numbers
    metres: Numbers
    source_gaps: Numbers
    target_gaps: Numbers
    failures: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def unknown(cls, sources: int, targets: int, code: str | None = None) -> RoadLegs:
        """Legs of which nothing is known, for the reason ``code``."""
        legs = np.full((2, sources, targets), UNKNOWN, dtype=np.int32)
        gaps = np.full(sources, UNKNOWN, dtype=np.int32), np.full(targets, UNKNOWN, dtype=np.int32)
        return cls(legs[0], legs[1], *gaps, {} if code is None else {code: sources * targets})


class RoadSource(Protocol):
    """Where legs and lines on roads come from. Nothing is raised for a source that fails: see :class:`RoadLegs`."""

    @property
    def version(self) -> str:
        """Names road data and profile, as a plan records it and the cache is keyed by it."""
        ...

    def legs(self, sources: Sequence[Place], targets: Sequence[Place]) -> RoadLegs:
        """Every leg from a source to a target."""
        ...

    def lines(self, pairs: Sequence[tuple[Place, Place]]) -> list[str | None]:
        """The way of each pair as an encoded polyline (see :mod:`routing.travel.lines`), None where none is known."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class RoadTable:
    """All legs between some places. ``rows`` says where a place stands; several near ones may share a row."""

    rows: Mapping[Place, int]
    seconds: Numbers
    metres: Numbers
    gaps: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class RoadTravel:
    """Driving by a table of road legs, walking inside a village from coordinates.

    A place farther than ``road_limit`` from any road is unreachable by road where it is somebody's door; where it is
    a team's start or end, its legs are assumed as without roads. So are legs that the table does not hold.
    """

    table: RoadTable
    parameters: TravelParameters

    def between(self, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
        """See :meth:`routing.travel.legs.Travel.between`."""
        p, ends = self.parameters, Ends.of(sources, targets)
        from_, to = self._ends(sources), self._ends(targets)
        seconds = self.table.seconds[np.ix_(from_.rows, to.rows)].astype(np.int64)
        metres = self.table.metres[np.ix_(from_.rows, to.rows)].astype(np.int64)
        answered = from_.on_table[:, None] & to.on_table & (seconds != UNKNOWN)
        measured = answered & (metres != UNKNOWN)
        straight = _straight(sources, targets, ends.known & (ends.same_village | ~measured))
        assumed_seconds, assumed_metres = p.driven(straight)
        cut = from_.cut_off[:, None] | to.cut_off | (answered & (seconds == UNREACHABLE))
        seconds = np.where(answered, seconds + from_.walk[:, None] + to.walk, assumed_seconds)
        metres = np.where(measured, metres + from_.path[:, None] + to.path, assumed_metres)
        return combined(p, ends, straight, np.where(cut, UNREACHABLE, seconds), np.where(cut, UNREACHABLE, metres))

    def gap(self, place: Place) -> int:
        """Metres from a place to the nearest road, :data:`UNKNOWN` where nobody said."""
        row = self.table.rows.get(place)
        return UNKNOWN if row is None else int(self.table.gaps[row])

    def knows(self, start: Place, end: Place) -> bool:
        """Whether a leg from ``start`` to ``end`` is taken from roads."""
        rows, limit = self.table.rows, self.parameters.road_limit
        if start not in rows or end not in rows or max(self.gap(start), self.gap(end)) > limit:
            return False
        return int(self.table.seconds[rows[start], rows[end]]) not in (UNKNOWN, UNREACHABLE)

    def _ends(self, points: Sequence[Point]) -> _RoadEnds:
        rows = np.array(
            [-1 if point.place is None else self.table.rows.get(point.place, -1) for point in points], dtype=np.intp
        )
        # Row 0 stands in for what is not on the table; nothing is read from it.
        there = np.maximum(rows, 0)
        gaps = np.where(rows >= 0, self.table.gaps[there], UNKNOWN).astype(np.int64)
        off = gaps > self.parameters.road_limit
        doors = np.array([point.door is not None for point in points], dtype=np.bool_)
        beside = np.where((gaps > self.parameters.road_near) & ~off, gaps, 0)
        walk, path = self.parameters.walked(beside)
        return _RoadEnds(there, (rows >= 0) & (gaps != UNKNOWN) & ~off, off & doors, walk, path)


def road_travel(travel: Travel) -> RoadTravel | None:
    """The travel by roads that this is, or is with some of them closed; None where it knows of no roads."""
    open_ = travel.open if isinstance(travel, ClosedRoads) else travel
    return open_ if isinstance(open_, RoadTravel) else None


@dataclass(frozen=True, slots=True, eq=False)
class _RoadEnds:
    """For each point its row, whether the table speaks of it, whether no road leads there, and the walk to the road."""

    rows: NDArray[np.intp]
    on_table: NDArray[np.bool_]
    cut_off: NDArray[np.bool_]
    walk: NDArray[np.int64]
    path: NDArray[np.int64]


def _straight(sources: Sequence[Point], targets: Sequence[Point], wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Metres as the crow flies where ``wanted``, else 0."""
    straight = np.zeros(wanted.shape)
    from_, to = np.nonzero(wanted)
    first = [sources[row].place for row in from_.tolist()]
    second = [targets[column].place for column in to.tolist()]
    straight[from_, to] = geodesic_metres_of_pairs([p for p in first if p], [p for p in second if p])
    return straight


def places_of(problem: Problem) -> list[Place]:
    """Every place that a leg of the problem may begin or end at, each once, in order of latitude and longitude."""
    points = [point_of_visit(visit, problem.villages) for visit in problem.visits]
    points += [end for shift in problem.shifts for end in (start_of(shift), end_of(shift))]
    return sorted({point.place for point in points if point.place is not None}, key=lambda p: (p.lat, p.lon))


def shared_places(places: Iterable[Place], most: int = MOST_PLACES) -> dict[Place, Place]:
    """For each place the one whose legs it shares: itself, or where there are too many, one in the same small square.

    The squares have sides of 50 m, or of the first of 100 m, 200 m … that leaves at most ``most`` places.
    """
    ordered = sorted(set(places), key=lambda p: (p.lat, p.lon))
    shared = {place: place for place in ordered}
    side = 50.0
    while len(set(shared.values())) > most:
        squares: dict[tuple[int, int], Place] = {}
        shared = {place: squares.setdefault(_square(place, side), place) for place in ordered}
        side *= 2
    return shared


def _square(place: Place, side: float) -> tuple[int, int]:
    row = math.floor(place.lat * 111_320 / side)
    width = max(0.01, math.cos(math.radians(row * side / 111_320)))
    return row, math.floor(place.lon * 111_320 * width / side)


def count(*failures: Mapping[str, int]) -> dict[str, int]:
    """The failures of several answers in one, in order of their codes."""
    total: Counter[str] = Counter()
    for one in failures:
        total.update(one)
    return dict(sorted(total.items()))
