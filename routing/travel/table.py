"""Make the table of a problem's road legs: what is kept from earlier days, and questions for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.problem import Place, Plan, Problem, Reason, Visit
from routing.travel.cache import LegCache
from routing.travel.geodesic import GeodesicTravel
from routing.travel.legs import UNREACHABLE, Travel, point_of_visit
from routing.travel.parameters import TravelParameters
from routing.travel.roads import (
    UNKNOWN,
    RoadLegs,
    RoadSource,
    RoadTable,
    RoadTravel,
    count,
    places_of,
    road_travel,
    shared_places,
)

#: Road data that knows no road near half of the places, or no way on half of the legs, is of another region.
_ENOUGH: Final = 0.5
#: Rows that lack the same legs are asked together; with more groups than this, all of it at once is quicker.
_MOST_QUESTIONS: Final = 20

#: What may be said about the roads of a plan; facts in brackets.
TRAVEL_NOTES: Mapping[str, str] = {
    "legs_without_roads": "Legs that were not answered are assumed from straight lines (legs, of, because: a code).",
    "roads_of_another_region": "The road data does not cover the places; all legs are assumed (places, of).",
    "road_points_shared": "There are more places than a table holds; near ones share their legs (places, shared).",
    "reached_on_foot": "Doors that are walked to from the last road (doors, metres: the farthest).",
    "legs_not_kept": "The legs could not be kept on disk for the next plan (because: the system's word).",
    "beyond_roads": "Doors so far from any road that nobody is sent there (doors, limit_metres).",
}


@dataclass(frozen=True, slots=True, eq=False)
class RoadsMade:
    """Travel for a problem, what is to be said about it, and how much of it was kept from before.

    ``kept`` and ``asked`` count legs. ``roads`` says whether legs were taken from roads at all.
    """

    travel: Travel
    notes: tuple[Reason, ...]
    roads: bool
    kept: int
    asked: int


def roads_for(
    problem: Problem, source: RoadSource, parameters: TravelParameters, cache: LegCache | None = None
) -> RoadsMade:
    """Travel by ``source`` between all places of ``problem``; without roads where the source cannot be used.

    Never raises for what the source does: what it did not answer is assumed by ``parameters`` and noted.
    """
    places = places_of(problem)
    shared = shared_places(places)
    asked = _Asked(sorted(set(shared.values()), key=lambda p: (p.lat, p.lon)), source, cache)
    legs = asked.legs
    if not places:
        return asked.made(GeodesicTravel(parameters), (), False)
    if not (legs.seconds != UNKNOWN).any():
        return asked.made(GeodesicTravel(parameters), tuple(_missing(legs)), False)
    astray = _astray(legs, parameters.road_limit)
    if astray is not None:
        return asked.made(GeodesicTravel(parameters), (astray,), False)
    rows = {place: row for row, place in enumerate(asked.places)}
    row_of = {place: rows[stands_for] for place, stands_for in shared.items()}
    travel = RoadTravel(RoadTable(row_of, legs.seconds, legs.metres, legs.source_gaps), parameters)
    notes = (*_missing(legs), *_shared(len(places), len(asked.places)), *_doors(problem, travel))
    return asked.made(travel, notes, True)


def name_beyond_roads(problem: Problem, travel: Travel, plan: Plan) -> Plan:
    """The plan with the plainer reason of :func:`plainly` for every visit that it leaves out."""
    visits = {visit.id: visit for visit in problem.visits}
    return replace(
        plan,
        unplanned=tuple(
            replace(left, reason=plainly(problem, travel, visits[left.visit], left.reason)) for left in plan.unplanned
        ),
    )


def plainly(problem: Problem, travel: Travel, visit: Visit, reason: Reason) -> Reason:
    """``no_road`` with its figures instead of ``no_way``, where no road comes near the door; else the reason given."""
    roads = road_travel(travel)
    if roads is None or reason.code != "no_way":
        return reason
    gap, limit = _gap(problem, roads, visit), roads.parameters.road_limit
    return Reason("no_road", {"metres": gap, "limit_metres": limit}) if gap > limit else reason


def _gap(problem: Problem, travel: RoadTravel, visit: Visit) -> int:
    place = point_of_visit(visit, problem.villages).place
    return UNKNOWN if place is None else travel.gap(place)


class _Asked:
    """All legs between ``places`` as far as they can be had; ``kept`` of them from before, ``asked`` for anew."""

    def __init__(self, places: Sequence[Place], source: RoadSource, cache: LegCache | None) -> None:
        self.places = places
        self.notes: tuple[Reason, ...] = ()
        self.asked = 0
        known = self._kept(source, cache)
        missing = known.seconds == UNKNOWN
        self.kept = missing.size - int(missing.sum())
        failures: list[Mapping[str, int]] = []
        for rows, columns in _questions(missing):
            answer = source.legs([places[row] for row in rows], [places[column] for column in columns])
            self.asked += len(rows) * len(columns)
            where = np.ix_(rows, columns)
            new = answer.seconds != UNKNOWN
            known.seconds[where] = np.where(new, answer.seconds, known.seconds[where])
            known.metres[where] = np.where(new, answer.metres, known.metres[where])
            _gaps(known.source_gaps, rows, answer.source_gaps)
            _gaps(known.source_gaps, columns, answer.target_gaps)
            failures.append(answer.failures)
        self.legs = RoadLegs(known.seconds, known.metres, known.source_gaps, known.source_gaps, count(*failures))
        changed = np.flatnonzero((missing & (known.seconds != UNKNOWN)).any(axis=1))
        if cache is not None and len(changed):
            self._keep(source, cache, changed.tolist())

    def _kept(self, source: RoadSource, cache: LegCache | None) -> RoadLegs:
        try:
            if cache is not None:
                return cache.read(source.version, self.places)
        except OSError as error:
            self._not_kept(error)
        return RoadLegs.unknown(len(self.places), len(self.places))

    def _keep(self, source: RoadSource, cache: LegCache, rows: Sequence[int]) -> None:
        try:
            cache.write(source.version, self.places, self.legs, rows)
        except OSError as error:
            self._not_kept(error)

    def _not_kept(self, error: OSError) -> None:
        """A disk that is full or not ours costs the next plan time, and somebody should know."""
        self.notes = (Reason("legs_not_kept", {"because": error.strerror or type(error).__name__}),)

    def made(self, travel: Travel, notes: tuple[Reason, ...], roads: bool) -> RoadsMade:
        """The result with what happened on the way to it."""
        return RoadsMade(travel, (*notes, *self.notes), roads, self.kept, self.asked)


def _gaps(gaps: NDArray[np.int32], rows: NDArray[np.intp], answer: NDArray[np.int32]) -> None:
    gaps[rows] = np.where(answer != UNKNOWN, answer, gaps[rows])


def _questions(missing: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows and columns to ask for, so that everything missing is in one of them and little else."""
    lacking = np.flatnonzero(missing.any(axis=1))
    if not len(lacking):
        return
    patterns, which = np.unique(missing[lacking], axis=0, return_inverse=True)
    if len(patterns) > _MOST_QUESTIONS:
        yield lacking, np.flatnonzero(missing.any(axis=0))
        return
    for number, pattern in enumerate(patterns):
        yield lacking[which.reshape(-1) == number], np.flatnonzero(pattern)


def _astray(legs: RoadLegs, limit: int) -> Reason | None:
    """Whether this is the road data of another region."""
    places = len(legs.source_gaps)
    far = int((legs.source_gaps > limit).sum())
    if far > places * _ENOUGH:
        return Reason("roads_of_another_region", {"places": far, "of": places})
    answered = int((legs.seconds != UNKNOWN).sum())
    if int((legs.seconds == UNREACHABLE).sum()) > answered * _ENOUGH:
        cut_off = int(((legs.seconds == UNREACHABLE).mean(axis=1) > _ENOUGH).sum())
        return Reason("roads_of_another_region", {"places": cut_off, "of": places})
    return None


def _missing(legs: RoadLegs) -> Iterator[Reason]:
    unanswered = int((legs.seconds == UNKNOWN).sum())
    if unanswered:
        because = max(legs.failures, key=lambda code: (legs.failures[code], code), default="")
        yield Reason("legs_without_roads", {"legs": unanswered, "of": legs.seconds.size, "because": because})


def _shared(places: int, asked: int) -> Iterator[Reason]:
    if asked < places:
        yield Reason("road_points_shared", {"places": places, "shared": asked})


def _doors(problem: Problem, travel: RoadTravel) -> Iterator[Reason]:
    gaps = list({visit.household.id: _gap(problem, travel, visit) for visit in problem.visits}.values())
    near, limit = travel.parameters.road_near, travel.parameters.road_limit
    on_foot = [gap for gap in gaps if near < gap <= limit]
    beyond = [gap for gap in gaps if gap > limit]
    if on_foot:
        yield Reason("reached_on_foot", {"doors": len(on_foot), "metres": max(on_foot)})
    if beyond:
        yield Reason("beyond_roads", {"doors": len(beyond), "limit_metres": limit})
