"""One day of rural teams, our planner against its peers: value in the same seconds, one thread each.

All get the same problem with all legs known. No peer knows the rule that a village is done in one run by one team, so
none is asked to keep it; ``--whole`` adds our planner with that rule, as the service runs it. Road matrices come from
the extracts in folder ``osm`` of ``--data``, their villages from ``gazetteer``, see :mod:`bench.roads`.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from bench.contest import (
    ROUNDS,
    WHOLE,
    NoAnswer,
    PeerWork,
    PlannerWork,
    Results,
    Work,
    apart,
    figures,
    machine,
    version_of,
)
from bench.days import Arena, arena_of, rural_day
from bench.peers import PEERS, installed
from bench.roads import REGIONS, built, villages_in
from routing.problem import Problem
from routing.travel import GeodesicTravel, OsrmBuilt, RoadFolder, Travel, default_parameters, roads_for

SIZES = ("80/5", "200/8", "400/12", "600/20", "1000/40", "3000/120")
STRAIGHT = "straight"
_HOUSEHOLDS_PER_VILLAGE = 8
_SPAN_KM = 45.0
#: With shorter calls five teams get round all eighty doors and there is nothing to choose.
_MINUTES = (15, 40)


@dataclass(frozen=True, slots=True)
class Case:
    """So many households and team-days, with lunch or without, on straight lines or the roads of a region."""

    size: str
    lunch: bool
    ways: str
    seed: int

    @property
    def households(self) -> int:
        """How many visits there are to choose from."""
        return int(self.size.split("/")[0])

    @property
    def teams(self) -> int:
        """How many routes there are to draw up."""
        return int(self.size.split("/")[1])

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Case:
        """The case of a line of figures."""
        return cls(line["size"], line["lunch"], line["ways"], line["seed"])

    def __str__(self) -> str:
        return f"{self.size} {'lunch' if self.lunch else 'no lunch'}, {self.ways}, day {self.seed}"


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    data = Path(os.environ.get("ROUNDS_BENCH_DATA") or "../shared/data")
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), metavar="N/M", help="households/team-days")
    parser.add_argument("--seconds", type=float, nargs="+", default=[5.0, 20.0], help="budgets, wall clock")
    parser.add_argument("--seeds", type=int, default=1, help="how many invented days of each kind")
    parser.add_argument("--lunch", nargs="+", choices=["with", "without"], default=["with", "without"])
    parser.add_argument("--ways", nargs="+", choices=[STRAIGHT, *REGIONS], default=[STRAIGHT, *REGIONS])
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), help="other solvers beside ours (none named: all)")
    parser.add_argument("--whole", action="store_true", help="our planner with whole villages, too")
    parser.add_argument("--sample", action="store_true", help="each size and each kind once, at 5 s")
    parser.add_argument("--results", type=Path, help="file of figures to go on with where a run was ended")
    parser.add_argument("--data", type=Path, default=data, help="folder with osm/ and gazetteer/")


def run(arguments: argparse.Namespace) -> None:
    """Print each solver's value on each case and how far it is from the best that any of them found there."""
    results = Results(arguments.results)
    budgets = [5.0] if arguments.sample else arguments.seconds
    solvers = [ROUNDS, *([WHOLE] if arguments.whole else []), *named_peers(arguments.peers)]
    with tempfile.TemporaryDirectory() as folder:
        table = _Cases(arguments.data, Path(folder))
        lines = []
        for case in _cases(arguments):
            print(f"{case}:")
            for seconds in budgets:
                lines += [_figure(case, solver, seconds, table, results) for solver in solvers]
    _summary(lines)


def named_peers(names: list[str] | None) -> list[str]:
    """The peers asked for that are installed: none where the option is not given, all where it names none."""
    return [] if names is None else installed(names or list(PEERS))


def _cases(arguments: argparse.Namespace) -> Iterator[Case]:
    lunches = [lunch == "with" for lunch in arguments.lunch]
    for size in arguments.sizes:
        for number, ways in enumerate(arguments.ways):
            for seed in range(1, arguments.seeds + 1):
                for lunch in lunches:
                    # Of a sample, straight lines have both, roads one each in turn and only two middle sizes.
                    skipped = ways != STRAIGHT and (size not in ("200/8", "600/20") or lunch != (number % 2 == 0))
                    if not (arguments.sample and skipped):
                        yield Case(size, lunch, ways, seed)


class _Cases:
    """Problems made when they are asked for; the last one is kept."""

    def __init__(self, data: Path, folder: Path) -> None:
        self._data = data
        self._folder = folder
        self.of = cache(self._of)
        self._roads = cache(self._built)

    def _built(self, region: str) -> OsrmBuilt:
        folder = RoadFolder(self._folder / region)
        return OsrmBuilt(folder.versions, built(folder, self._data / "osm" / f"{region}.osm.pbf"))

    def _of(self, case: Case) -> tuple[Problem, Travel, Arena]:
        self.of.cache_clear()
        number = max(6, case.households // _HOUSEHOLDS_PER_VILLAGE)
        travel: Travel
        kind: Any = {
            "visits": case.households, "teams": case.teams, "seed": case.seed, "lunch": case.lunch, "minutes": _MINUTES,
        }  # fmt: skip
        if case.ways == STRAIGHT:
            day, travel = rural_day(villages=number, span_km=_SPAN_KM, **kind), GeodesicTravel()
        else:
            known = villages_in(self._data / "gazetteer" / f"osm_places_{case.ways}.csv")
            chosen = random.Random(case.seed).sample(known, min(number, len(known)))
            day = rural_day(villages=chosen, **kind)
            travel = roads_for(day, self._roads(case.ways), default_parameters()).travel
        arena = arena_of(day, travel)
        usable = {visit.id for visit in arena.problem.visits}
        return replace(day, visits=tuple(x for x in day.visits if x.id in usable)), travel, arena


def _figure(case: Case, solver: str, seconds: float, table: _Cases, results: Results) -> dict[str, Any]:
    """One line of figures: of an earlier run, or measured now."""
    key = {
        "bench": "rural", "size": case.size, "lunch": case.lunch, "ways": case.ways, "seed": case.seed,
        "solver": solver, "seconds": seconds,
    }  # fmt: skip
    line = results.known(key)
    if line is None:
        day, travel, arena = table.of(case)
        try:
            line = {**key, **_measured(solver, seconds, day, travel, arena)}
        except NoAnswer as problem:
            line = {**key, "value": 0, "failed": str(problem)}
        line |= {"version": version_of(solver), "threads": 1, **machine()}
        results.add(line)
    said = line.get("failed") or (
        f"{line['value'] / 100:>14,.0f} yuan, {line['stops']} calls, {line['dropped']} dropped, "
        f"{line['took']:.1f} s, {line['peak_mb']} MB, others {line['others']} cores"
    )
    print(f"  {seconds:g} s {solver:<24} {said}", flush=True)
    return line


def _measured(solver: str, seconds: float, day: Problem, travel: Travel, arena: Arena) -> dict[str, Any]:
    work: Work = PlannerWork(arena.problem, arena.travel, seconds, 1)
    if solver == WHOLE:
        work = PlannerWork(day, travel, seconds, 1)
    elif solver != ROUNDS:
        work = PeerWork(solver, arena.instance, seconds, 1)
    return figures(apart(work, seconds), arena)


def _summary(lines: Sequence[dict[str, Any]]) -> None:
    """For each budget, size and kind how far each solver is from the best that any of them found in any time."""
    best: dict[Case, int] = defaultdict(int)
    for line in lines:
        best[Case.of(line)] = max(best[Case.of(line)], line["value"])
    gaps = defaultdict(list)
    for line in lines:
        gaps[line["seconds"], line["solver"]].append(100 * (1 - line["value"] / max(1, best[Case.of(line)])))
    for (seconds, solver), each in sorted(gaps.items()):
        print(f"{seconds:g} s {solver}: mean {sum(each) / len(each):.2f} % below the best over {len(each)} cases")
