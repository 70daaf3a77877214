"""Invented rural days to plan: villages scattered over hills, heavy-tailed values, a few appointments."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from routing.problem import DAY, Break, Household, Place, Problem, Shift, Team, TimeWindow, Village, Visit
from routing.solve.instance import Instance, instance_of
from routing.solve.screen import screen
from routing.travel.legs import Point, Travel, point_of_visit
from routing.travel.matrix import MatrixPlace, MatrixTravel

_HOUR = 3600


def rural_day(
    *,
    villages: int | Sequence[Place],
    visits: int,
    teams: int,
    seed: int = 0,
    span_km: float = 30.0,
    appointments: float = 0.1,
    lunch: bool = True,
    days: int = 1,
    minutes: tuple[int, int] = (10, 30),
) -> Problem:
    """One day (or several) around one branch: ``visits`` doors in ``villages`` for ``teams`` teams.

    ``villages`` are places, the branch at the first of them, or a number of them scattered over ``span_km`` squared.
    Values are log-normal with a median of 250 yuan; a share ``appointments`` of the visits has a window
    of two to three and a half hours on one day; a tenth of the doors has no place of its own. A call lasts from the
    first to the last of ``minutes`` in steps of five. Invented data.
    """
    rng = random.Random(seed)
    branch = Place(29.6, 106.5) if isinstance(villages, int) else villages[0]
    centres = _scattered(branch, villages, span_km, rng) if isinstance(villages, int) else villages
    places = {}
    for number, place in enumerate(centres):
        name = f"v{number:03}"
        places[name] = Village(name, f"Invented village {number}", place)
    names = sorted(places)
    weights = [math.exp(rng.gauss(0, 0.6)) for _ in names]
    doors = []
    for number in range(visits):
        village = rng.choices(names, weights)[0]
        centre = places[village].place
        own = _near(centre, 0.3, rng) if centre and rng.random() < 0.9 else None
        windows: tuple[TimeWindow, ...] = ()
        if rng.random() < appointments:
            opens = int(rng.uniform(8.5, 14.5) * _HOUR)
            later = DAY * rng.randrange(days) if days > 1 else 0
            windows = (TimeWindow(later + opens, later + opens + int(rng.uniform(2, 3.5) * _HOUR)),)
        value = int(100 * min(50_000, max(10, math.exp(rng.gauss(5.5, 1.2)))))
        service = 60 * rng.randrange(minutes[0], minutes[1] + 1, 5)
        doors.append(Visit(f"x{number:04}", Household(f"h{number:04}", village, own), service, value, windows))
    shifts = tuple(_shift(team, day, branch, lunch) for day in range(days) for team in range(teams))
    return Problem(date(2026, 11, 23), tuple(doors), places, shifts)


def _scattered(branch: Place, number: int, span_km: float, rng: random.Random) -> Iterator[Place]:
    for _ in range(number):
        east, north = rng.uniform(-span_km / 2, span_km / 2), rng.uniform(-span_km / 2, span_km / 2)
        lon = branch.lon + east / (111 * math.cos(math.radians(branch.lat)))
        yield Place(branch.lat + north / 111, lon)


def _near(place: Place, spread_km: float, rng: random.Random) -> Place:
    east, north = rng.gauss(0, spread_km), rng.gauss(0, spread_km)
    return Place(place.lat + north / 111, place.lon + east / (111 * math.cos(math.radians(place.lat))))


def _shift(team: int, day: int, branch: Place, lunch: bool) -> Shift:
    """From half past eight to half past five; the people of a team are the same on all days."""
    midnight = day * DAY
    rest = Break(midnight + 12 * _HOUR, midnight + int(13.5 * _HOUR), 45 * 60) if lunch else None
    people = (f"p{2 * team}", f"p{2 * team + 1}")
    name = f"s{day}-{team:03}"
    start, end = midnight + int(8.5 * _HOUR), midnight + int(17.5 * _HOUR)
    return Shift(name, Team(f"t{team:03}", people), start, end, branch, branch, rest)


@dataclass(frozen=True, slots=True)
class Arena:
    """A problem that every solver can be asked, and the same as a list of numbers."""

    problem: Problem
    travel: MatrixTravel
    instance: Instance


def arena_of(problem: Problem, travel: Travel) -> Arena:
    """The problem without the rule that a village is done in one run by one team, which no peer knows.

    What entering a village costs stays, as a part of the legs. Visits that cannot be made at all are left out.
    """
    usable = replace(problem, visits=screen(problem, travel).visits)
    legs = _legs(usable, travel)
    visits = tuple(
        replace(visit, household=Household(visit.household.id, None, MatrixPlace(0.0, 0.0, row)))
        for row, visit in enumerate(usable.visits)
    )
    ends = dict.fromkeys(place for shift in usable.shifts for place in (shift.from_place, shift.to_place))
    row_of = {place: MatrixPlace(0.0, 0.0, len(visits) + n) for n, place in enumerate(ends)}
    shifts = tuple(
        replace(shift, from_place=row_of[shift.from_place], to_place=row_of[shift.to_place]) for shift in usable.shifts
    )
    free = Problem(usable.date, visits, {}, shifts)
    matrix = MatrixTravel(*legs)
    return Arena(free, matrix, instance_of(free, visits, matrix))


def _legs(problem: Problem, travel: Travel) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Seconds and metres between all visits and then all ends of shifts, asked for some rows at a time."""
    points = [point_of_visit(visit, problem.villages) for visit in problem.visits]
    points += dict.fromkeys(Point(place) for shift in problem.shifts for place in (shift.from_place, shift.to_place))
    blocks = [travel.between(points[first : first + 250], points) for first in range(0, len(points), 250)]
    return np.vstack([block.seconds for block in blocks]), np.vstack([block.metres for block in blocks])
