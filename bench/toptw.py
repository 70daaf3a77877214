"""Published team orienteering problems with time windows: how far the search is from the best known values.

A gap below zero beats the value listed, which for ``lower_bound`` is an old heuristic's.

The instances are not part of this project: KU Leuven publishes them ("The Orienteering Problem: Test Instances").
``--data`` names a folder with them in any subfolders and ``best_known.csv`` (instance, teams, score, status). Distances
are rounded down to one decimal, for Cordeau's instances (pr…) to two. Of our planner only the search itself runs, from
empty routes; peers run beside it in the same seconds, one thread each, and all routes are timed by our schedule.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.contest import ROUNDS, NoAnswer, PeerWork, Results, Work, apart, machine, version_of
from bench.judge import judged
from bench.peers import PEERS, RouteLists
from bench.rural import named_peers
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
    parser.add_argument("--seconds", type=float, nargs="+", default=[3.0], help="budgets, wall clock")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), help="other solvers beside ours (none named: all)")
    parser.add_argument("--results", type=Path, help="file of figures to go on with where a run was ended")


def run(arguments: argparse.Namespace) -> None:
    """Print each solver's gap to the best known value of each instance, and the mean of each set and budget."""
    found = {path.stem: path for path in sorted(arguments.data.rglob("*.txt"))}
    known = best_known(arguments.data)
    results = Results(arguments.results)
    solvers = [ROUNDS, *named_peers(arguments.peers)]
    lines = []
    print("compiled search" if core.compiled() else "plain search")
    for name, teams in SAMPLE if arguments.sample else sorted(known):
        for seconds in arguments.seconds:
            of_case = [_figure(found[name], teams, solver, seconds, results) for solver in solvers]
            best, status = known[name, teams]
            said = ", ".join(f"{line['solver']} {line['score']} ({gap(line, best):.2f} %)" for line in of_case)
            print(f"{name} {teams} teams {seconds:g} s, {status} {best}: {said}", flush=True)
            lines += of_case
    for (seconds, solver), sets in sorted(gaps_by_set(lines, known).items()):
        said = ", ".join(f"{name} {sum(each) / len(each):.2f} % ({len(each)})" for name, each in sorted(sets.items()))
        print(f"{seconds:g} s {solver}: mean gap of {said}")


def best_known(data: Path) -> dict[tuple[str, int], tuple[int, str]]:
    """The best known score of each instance and number of teams, and what is known of it: optimal, lower_bound, …"""
    with (data / "best_known.csv").open(encoding="utf-8") as stream:
        return {
            (row["instance"], int(row["teams"])): (int(row["score"]), row["status"]) for row in csv.DictReader(stream)
        }


def gap(line: Mapping[str, Any], best: int) -> float:
    """How far a line of figures is below the best known score, per cent."""
    return 100 * (best - int(line["score"])) / best


def set_of(name: str, status: str) -> str:
    """The set that a mean is taken over: Cordeau's, or Solomon's by what is known of their best scores."""
    return "Cordeau" if name.startswith("pr") else f"Solomon {status}"


def gaps_by_set(
    lines: Iterable[Mapping[str, Any]], known: Mapping[tuple[str, int], tuple[int, str]]
) -> dict[tuple[float, str], dict[str, list[float]]]:
    """By budget and solver the gaps of each set, per cent."""
    gaps: dict[tuple[float, str], dict[str, list[float]]] = {}
    for line in lines:
        best, status = known[line["instance"], line["teams"]]
        sets = gaps.setdefault((line["seconds"], line["solver"]), {})
        sets.setdefault(set_of(line["instance"], status), []).append(gap(line, best))
    return gaps


def _figure(path: Path, teams: int, solver: str, seconds: float, results: Results) -> dict[str, Any]:
    key = {"bench": "toptw", "instance": path.stem, "teams": teams, "seconds": seconds, "solver": solver}
    line = results.known(key)
    if line is None:
        instance = instance_from(path, teams)
        work: Work = SearchWork(instance, seconds, 1)
        if solver != ROUNDS:
            work = PeerWork(solver, instance, seconds, 1)
        try:
            answer = apart(work, seconds)
            found = judged(instance, answer.routes)
            line = {
                **key, "score": found.value // _WORTH, "dropped": found.dropped, "took": round(answer.took, 2),
                "others": answer.others,
            }  # fmt: skip
        except NoAnswer as problem:
            line = {**key, "score": 0, "failed": str(problem)}
        line |= {"seed": 1, "threads": 1, "version": version_of(solver), **machine()}
        results.add(line)
    return line


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


@dataclass(frozen=True, slots=True)
class SearchWork:
    """Our search alone, from empty routes."""

    instance: Instance
    seconds: float
    seed: int

    def load(self) -> None:
        """See :class:`bench.contest.Work`."""
        core.compiled()

    def routes(self) -> RouteLists:
        """See :class:`bench.contest.Work`."""
        start = [Schedule(self.instance, k, ()) for k in range(len(self.instance.shifts))]
        improve = core.improve if core.compiled() else search.improve
        steps = Steps(1 << 40, self.seconds)
        weights, rng = Objective(self.instance, 0.0), random.Random(self.seed)
        best = improve(self.instance, start, weights, rng, steps, lambda _: None, SearchParameters())
        return [list(schedule.stops) for schedule in best]
