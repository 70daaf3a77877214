"""Travel on real roads: building, tables, what is kept between days, and how far straight lines are from the truth.

The extracts are not part of this project: folder ``osm`` of ``--data`` holds them (``andorra.osm.pbf``,
``north-bayreuth.osm.pbf``; © OpenStreetMap contributors, ODbL), ``gazetteer`` the villages in them.
"""

from __future__ import annotations

import argparse
import csv
import os
import pickle
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np

from routing.check import check
from routing.problem import Break, Household, Place, Problem, Shift, Team, Village, Visit
from routing.solve import SolveOptions, solve
from routing.travel import (
    PROFILES,
    UNREACHABLE,
    GeodesicTravel,
    LegCache,
    OsrmBuilt,
    RoadFolder,
    default_parameters,
    roads_for,
)
from routing.travel.calibration import calibrate
from routing.travel.geodesic import geodesic_metres

REGIONS = ("andorra", "north-bayreuth")
_HOUR = 3600
_SOME_DAY = date(2026, 11, 25)


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    data = Path(os.environ.get("ROUNDS_BENCH_DATA") or "../shared/data")
    parser.add_argument("--data", type=Path, default=data, help="folder with osm/ and gazetteer/")
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 1000, 2000], help="doors in one table")


def run(arguments: argparse.Namespace) -> None:
    """Print the figures of each extract."""
    print(f"osrm-bindings {version('osrm-bindings')}")
    with tempfile.TemporaryDirectory() as work:
        for region in REGIONS:
            folder = RoadFolder(Path(work) / region)
            extract = arguments.data / "osm" / f"{region}.osm.pbf"
            print(f"{region}, {extract.stat().st_size / 1e6:.2f} MB:")
            name = built(folder, extract)
            villages = villages_in(arguments.data / "gazetteer" / f"osm_places_{region}.csv")
            for profile in PROFILES:
                _detour(OsrmBuilt(folder.versions, name, profile), villages)
            source = OsrmBuilt(folder.versions, name)
            _memory(source, villages[0])
            for size in arguments.sizes:
                _table(source, _doors(villages, size), Path(work) / f"{region}-{size}")
            _straight_plan_on_roads(source, villages)


def built(folder: RoadFolder, extract: Path) -> str:
    """Build road data from an extract, print what that took, and return its name."""
    began, steps = time.perf_counter(), []

    def tell(done: int, of: int, what: str) -> None:
        steps.append((time.perf_counter(), what))

    name = folder.build(extract, on_step=tell)
    parts = [f"{what} {after - at:.1f} s" for (at, what), (after, _) in pairwise(steps)]
    print(f"  built in {time.perf_counter() - began:.1f} s ({', '.join(parts)}), {folder.size(name) / 1e6:.1f} MB")
    return name


#: A process counts as its own what its parent took before it, so the library is measured below a small one.
_SMALL = """
import pickle, resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "routing.travel.osrm_child"], input=sys.stdin.buffer.read(),
    stdout=subprocess.PIPE)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, len(done.stdout) // 1_000_000)
"""


def _memory(source: OsrmBuilt, somewhere: Place) -> None:
    said = []
    for size in (1, 1_000, 3_000):
        doors = _doors([somewhere], size)
        data = source.versions / source.name / source.profile / "roads.osrm"
        order = pickle.dumps(("legs", data, (doors, doors), 120))
        done = subprocess.run([sys.executable, "-c", _SMALL], input=order, stdout=subprocess.PIPE, check=True)
        peak, answer = done.stdout.split()
        said.append(f"{size} doors {int(peak)} MB (answer {int(answer)} MB)")
    print(f"  largest size of the library's process: {', '.join(said)}")


def villages_in(file: Path) -> list[Place]:
    """The places of a gazetteer."""
    with file.open(encoding="utf-8") as stream:
        return [Place(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(stream)]


def _doors(villages: Sequence[Place], number: int) -> list[Place]:
    """Invented doors around real villages, some 300 m off."""
    rng = random.Random(number)
    doors = []
    for _ in range(number):
        village = rng.choice(villages)
        doors.append(Place(village.lat + rng.gauss(0, 0.0027), village.lon + rng.gauss(0, 0.0038)))
    return doors


def _detour(source: OsrmBuilt, villages: Sequence[Place]) -> None:
    found = calibrate(source, villages, _SOME_DAY)
    legs, straight = source.legs(villages, villages), geodesic_metres(villages, villages)
    usable = (straight > 1_000) & (straight < 50_000) & (legs.seconds != UNREACHABLE)
    low, median, high = np.percentile((legs.metres[usable] / straight[usable]), [5, 50, 95])
    lopsided = np.abs(legs.seconds - legs.seconds.T)[usable] / np.maximum(1, legs.seconds[usable])
    measured = "too few" if found is None else f"{found.road_factor_percent} %, {found.metres_per_hour / 1000:.1f} km/h"
    print(
        f"  {source.profile}: way / straight line {median:.2f} (5-95 %: {low:.2f}-{high:.2f}), {usable.sum()} legs; "
        f"there and back differ by {100 * np.mean(lopsided):.1f} %; calibration {measured}"
    )


def _day(doors: Sequence[Place], start: Place) -> Problem:
    """One team's day with a call at each door, every fifth door a village."""
    villages = {f"v{n}": Village(f"v{n}", f"Village {n}", None) for n in range(-(-len(doors) // 5))}
    rng = random.Random(len(doors))
    visits = tuple(
        Visit(f"x{n:04}", Household(f"h{n:04}", f"v{n // 5}", door), 1_200, int(100 * rng.lognormvariate(5.5, 1.2)))
        for n, door in enumerate(sorted(doors, key=lambda p: (p.lat, p.lon)))
    )
    rest = Break(12 * _HOUR, int(13.5 * _HOUR), 45 * 60)
    shift = Shift("s", Team("t", ("a", "b")), int(8.5 * _HOUR), int(17.5 * _HOUR), start, start, rest)
    return Problem(_SOME_DAY, visits, villages, (shift,))


def _table(source: OsrmBuilt, doors: Sequence[Place], folder: Path) -> None:
    """The table of a first day, of the same day again, and of a day on which a tenth of the doors is new."""
    cache, parameters = LegCache(folder, 10**9), default_parameters(source.profile)
    known, new = doors[: -len(doors) // 10], doors[-len(doors) // 10 :]
    said = []
    for name, some in (("first", known), ("again", known), ("a tenth new", [*known, *new])):
        began = time.perf_counter()
        made = roads_for(_day(some, doors[0]), source, parameters, cache)
        took = time.perf_counter() - began
        said.append(f"{name} {took:.2f} s ({100 * made.kept / (made.kept + made.asked):.0f} % kept)")
    began = time.perf_counter()
    roads_for(_day(doors, doors[0]), source, parameters)
    without = time.perf_counter() - began
    print(f"  {len(doors)} doors: {', '.join(said)}; without keeping {without:.2f} s; kept {cache.size() / 1e6:.1f} MB")


def _straight_plan_on_roads(source: OsrmBuilt, villages: Sequence[Place]) -> None:
    """What becomes of days planned on straight lines when they are driven on roads, against days planned on roads."""
    chosen = SolveOptions(seconds=None, iterations=3_000, seed=1)
    late = stops = value_straight = value_roads = 0
    minutes = []
    for seed in range(5):
        rng = random.Random(seed)
        day = _day(_doors(rng.sample(list(villages), min(20, len(villages))), 80), villages[0])
        roads = roads_for(day, source, default_parameters()).travel
        straight = solve(day, GeodesicTravel(), chosen)
        wrong = [one for one in check(day, roads, straight) if one.code == "too_fast"]
        late += len(wrong)
        stops += sum(len(route.stops) for route in straight.routes)
        needed = sum(int(one.facts["should_be"]) - int(one.facts["seconds"]) for one in wrong)
        minutes.append(needed / 60)
        value_straight += straight.value
        value_roads += solve(day, roads, chosen).value
    print(
        f"  5 days of one team planned on straight lines: {late} of {stops + 5} ways take longer on roads, "
        f"{np.median(minutes):.0f} min a day; value planned {value_straight // 100}, on roads {value_roads // 100}"
    )
