"""Published team orienteering problems with time windows: how far the search is from the best known values.

A gap below zero beats the value listed, which for ``lower_bound`` is an old heuristic's.

The instances are not part of this project: KU Leuven publishes them ("The Orienteering Problem: Test Instances").
``--data`` names a folder with them in any subfolders and ``best_known.csv`` (instance, teams, score, status). Distances
are rounded down to one decimal, for Cordeau's instances (pr…) to two. Only the search itself runs, from empty routes.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
from collections import defaultdict
from pathlib import Path

from routing.problem import Household, Place, Shift, Team, TimeWindow, Visit
from routing.solve import core, search
from routing.solve.budget import Steps
from routing.solve.instance import Instance, described
from routing.solve.parameters import SearchParameters
from routing.solve.schedule import Schedule
from routing.solve.search import Objective

#: A dozen over all families and sizes of team, chosen by name (pr05 where pr16 has no published value).
SAMPLE = (
    ("c101", 2), ("c108", 3), ("r102", 1), ("r109", 4), ("rc103", 2), ("rc107", 3),
    ("c203", 1), ("r205", 2), ("rc204", 1), ("pr03", 2), ("pr08", 3), ("pr05", 4),
)  # fmt: skip
_HERE = Place(0.0, 0.0)  # legs are given, so places do not matter
_WORTH = 1_000


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--data", type=Path, required=True, help="folder with the instances and best_known.csv")
    parser.add_argument("--sample", action="store_true", help="a dozen instances instead of all")
    parser.add_argument("--seconds", type=float, nargs="+", default=[1.0, 3.0], help="budgets of search")
    parser.add_argument("--results", type=Path, help="file of figures to go on with where a run was ended")


def run(arguments: argparse.Namespace) -> None:
    """Print the gap to the best known value of each instance and the mean for each budget."""
    found = {path.stem: path for path in sorted(arguments.data.rglob("*.txt"))}
    with (arguments.data / "best_known.csv").open(encoding="utf-8") as stream:
        rows = {(row["instance"], int(row["teams"])): row for row in csv.DictReader(stream)}
    known = {key: (int(row["score"]), row["status"]) for key, row in rows.items()}
    results: Path | None = arguments.results
    done = {}
    if results and results.exists():
        lines = map(json.loads, results.read_text(encoding="utf-8").splitlines())
        done = {(line["instance"], line["teams"], line["seconds"]): line["score"] for line in lines}
    print("compiled search" if core.compiled() else "plain search")
    gaps = defaultdict(list)
    for name, teams in SAMPLE if arguments.sample else sorted(known):
        best, status = known[name, teams]
        for seconds in arguments.seconds:
            key = (name, teams, seconds)
            if key not in done:
                done[key] = score_of(found[name], teams, seconds)
                if results:
                    with results.open("a", encoding="utf-8") as stream:
                        line = {"instance": name, "teams": teams, "seconds": seconds, "score": done[key]}
                        stream.write(json.dumps(line) + "\n")
            gaps[seconds].append(100 * (best - done[key]) / best)
            print(
                f"{name} {teams} teams {seconds:g} s: {done[key]} of {best} ({status}), gap {gaps[seconds][-1]:.2f} %"
            )
    for seconds, each in gaps.items():
        print(f"{seconds:g} s: mean gap {sum(each) / len(each):.2f} % over {len(each)} instances")


def instance_from(path: Path, teams: int) -> Instance:
    """The instance in ``path`` for so many teams, in tenths (pr…: hundredths) of its unit of time."""
    scale = 100 if path.stem.startswith("pr") else 10
    rows = [[float(word) for word in line.split()] for line in path.read_text(encoding="utf-8").splitlines()[2:]]
    points = [row for row in rows if row]
    depot, *doors = points
    visits = tuple(
        Visit(
            f"x{number:04}",
            Household(f"h{number:04}", None, _HERE),
            round(row[3] * scale),
            round(row[4] * _WORTH),
            (TimeWindow(round(row[-2] * scale), round(row[-1] * scale)),),
        )
        for number, row in enumerate(doors)
    )
    end = round(depot[-1] * scale)
    shifts = tuple(Shift(f"s{k}", Team(f"t{k}", ()), 0, end, _HERE, _HERE) for k in range(teams))
    places = [*doors, *[depot] * (2 * teams)]
    # Rounded down, less what floating point takes off a whole number.
    legs = [[math.floor(math.dist(a[1:3], b[1:3]) * scale + 1e-6) for b in places] for a in places]
    return described(visits, shifts, legs)


def score_of(path: Path, teams: int, seconds: float) -> int:
    """The score reached on the instance in so many seconds; every route is timed by the plain schedule."""
    instance = instance_from(path, teams)
    start = [Schedule(instance, k, ()) for k in range(teams)]
    improve = core.improve if core.compiled() else search.improve
    steps = Steps(1 << 40, seconds)
    weights, rng = Objective(instance, 0.0), random.Random(1)
    best = improve(instance, start, weights, rng, steps, lambda _: None, SearchParameters())
    stops = [x for schedule in best for x in schedule.stops]
    if len(set(stops)) < len(stops) or not all(Schedule(instance, s.shift, s.stops).feasible for s in best):
        raise RuntimeError(f"{path.stem}: a route cannot be kept")
    return sum(instance.most[x] for x in stops) // _WORTH
