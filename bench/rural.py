"""Invented rural days to plan: villages scattered over hills, heavy-tailed values, a few appointments."""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from routing.check import check, notes
from routing.problem import Break, Household, Place, Plan, Problem, Shift, Team, TimeWindow, Village, Visit
from routing.solve import SolveOptions
from routing.solve.process import solve_many
from routing.travel import GeodesicTravel

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


def territories(problem: Problem, number: int) -> list[Problem]:
    """The problem cut into ``number`` independent ones, villages from west to east, shifts shared out."""
    west_to_east = sorted(problem.villages.values(), key=lambda v: (v.place.lon if v.place else 0.0, v.id))
    size = -(-len(west_to_east) // number)
    parts = []
    for part in range(number):
        villages = {v.id: v for v in west_to_east[part * size : (part + 1) * size]}
        visits = tuple(x for x in problem.visits if x.household.village in villages)
        parts.append(replace(problem, villages=villages, visits=visits, shifts=problem.shifts[part::number]))
    return parts


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--seconds", type=float, nargs="+", default=[1.0, 2.0, 4.0], help="budgets of search")
    parser.add_argument("--seeds", type=int, default=3, help="how many invented days of each kind")


def run(arguments: argparse.Namespace) -> None:
    """Print value, villages split and time from problem to checked plan, child start included."""
    for teams, villages, visits, parts in ((1, 12, 120, 1), (6, 60, 300, 3)):
        for seed in range(1, arguments.seeds + 1):
            day = rural_day(villages=villages, visits=visits, teams=teams, seed=seed)
            print(f"{teams} teams, {visits} visits, {villages} villages, {parts} territories, day {seed}:")
            for seconds in arguments.seconds:
                _measure(territories(day, parts), seconds)


def _measure(problems: Sequence[Problem], seconds: float) -> None:
    travel = GeodesicTravel()
    began = time.perf_counter()
    answers = solve_many(problems, travel, SolveOptions(seconds=seconds), seconds + 30)
    took = time.perf_counter() - began
    plans = [answer for answer in answers if isinstance(answer, Plan)]
    if len(plans) < len(problems):
        raise RuntimeError(f"no plan: {answers}")
    wrong = sum(len(check(p, travel, plan)) for p, plan in zip(problems, plans, strict=True))
    split = sum(len(notes(p, plan)) for p, plan in zip(problems, plans, strict=True))
    stops = sum(len(route.stops) for plan in plans for route in plan.routes)
    value = sum(plan.value for plan in plans) // 100
    print(
        f"  {seconds:g} s of search: {value} yuan, {stops} stops, {split} villages split for a window, "
        f"{wrong} violations, {took:.2f} s in all"
    )
