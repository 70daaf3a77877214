"""Invented rural days to plan: villages scattered over hills, heavy-tailed values, a few appointments."""

from __future__ import annotations

import math
import random
from datetime import date

from routing.problem import Break, Household, Place, Problem, Shift, Team, TimeWindow, Village, Visit

_HOUR = 3600


def rural_day(
    *, villages: int, visits: int, teams: int, seed: int = 0, span_km: float = 30.0, appointments: float = 0.1
) -> Problem:
    """One day around one branch: ``visits`` doors in ``villages`` villages for ``teams`` teams.

    Values are log-normal with a median of 250 yuan; a share ``appointments`` of the visits has a window
    of two to three and a half hours; a tenth of the doors has no place of its own. Invented data.
    """
    rng = random.Random(seed)
    branch = Place(29.6, 106.5)

    def near(place: Place, spread_km: float) -> Place:
        east, north = rng.gauss(0, spread_km), rng.gauss(0, spread_km)
        return Place(place.lat + north / 111, place.lon + east / (111 * math.cos(math.radians(place.lat))))

    places = {}
    for number in range(villages):
        east, north = rng.uniform(-span_km / 2, span_km / 2), rng.uniform(-span_km / 2, span_km / 2)
        lon = branch.lon + east / (111 * math.cos(math.radians(branch.lat)))
        name = f"v{number:03}"
        places[name] = Village(name, f"Invented village {number}", Place(branch.lat + north / 111, lon))
    names = sorted(places)
    weights = [math.exp(rng.gauss(0, 0.6)) for _ in names]
    doors = []
    for number in range(visits):
        village = rng.choices(names, weights)[0]
        centre = places[village].place
        own = near(centre, 0.3) if centre and rng.random() < 0.9 else None
        windows: tuple[TimeWindow, ...] = ()
        if rng.random() < appointments:
            opens = int(rng.uniform(8.5, 14.5) * _HOUR)
            windows = (TimeWindow(opens, opens + int(rng.uniform(2, 3.5) * _HOUR)),)
        value = int(100 * min(50_000, max(10, math.exp(rng.gauss(5.5, 1.2)))))
        service = 60 * rng.randrange(10, 31, 5)
        doors.append(Visit(f"x{number:04}", Household(f"h{number:04}", village, own), service, value, windows))
    shifts = tuple(
        Shift(
            f"s{number:02}",
            Team(f"t{number:02}", (f"p{2 * number}", f"p{2 * number + 1}")),
            int(8.5 * _HOUR),
            int(17.5 * _HOUR),
            branch,
            branch,
            Break(12 * _HOUR, int(13.5 * _HOUR), 45 * 60),
        )
        for number in range(teams)
    )
    return Problem(date(2026, 11, 24), tuple(doors), places, shifts)
