"""A county's week: all households of all territories, planned territory by territory on all cores.

Our planner runs as the service runs it, each territory in a process of its own, from the problem to the plan, under
the rule of whole villages. Peers do not know that rule; with ``--peers`` they and our planner without it get the same
territories, the same seconds for each and the same number side by side.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.contest import (
    ROUNDS,
    WHOLE,
    PeerWork,
    PlannerWork,
    Results,
    Work,
    apart,
    figures,
    machine,
    others_now,
    version_of,
)
from bench.days import arena_of, rural_day
from bench.memory import Peak
from bench.peers import PEERS
from bench.rural import named_peers
from routing.check import check
from routing.problem import Plan, Problem
from routing.solve import SolveOptions
from routing.solve.process import solve_many
from routing.travel import GeodesicTravel

_HOUSEHOLDS_PER_VILLAGE = 12


@dataclass(frozen=True, slots=True)
class County:
    """Households, teams and villages shared out evenly over territories; a territory's number is its seed."""

    households: int
    teams: int
    days: int
    territories: int

    def problem(self, number: int) -> Problem:
        """The week of one territory."""
        visits = _share(self.households, self.territories, number)
        teams = _share(self.teams, self.territories, number)
        villages = max(1, visits // _HOUSEHOLDS_PER_VILLAGE)
        return rural_day(villages=villages, visits=visits, teams=teams, seed=number, days=self.days)


def _share(whole: int, parts: int, number: int) -> int:
    return whole * (number + 1) // parts - whole * number // parts


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--households", type=int, default=20_000)
    parser.add_argument("--teams", type=int, default=60)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--territories", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=10.0, help="of search for each territory")
    parser.add_argument("--at-once", type=int, default=2, help="so many territories side by side")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), help="other solvers beside ours (none named: all)")
    parser.add_argument("--series", action="store_true", help="an eighth, a quarter and a half of the county before it")
    parser.add_argument("--results", type=Path, help="file of figures to go on with where a run was ended")


def run(arguments: argparse.Namespace) -> None:
    """Print value, wall time and the memory of all processes of each solver, for the county or a series of them."""
    results = Results(arguments.results)
    peers = named_peers(arguments.peers)
    solvers = [WHOLE, *([ROUNDS, *peers] if peers else [])]
    whole = arguments.territories
    for number in sorted({max(1, whole // part) for part in ((8, 4, 2, 1) if arguments.series else (1,))}):
        households, teams = (of * number // whole for of in (arguments.households, arguments.teams))
        county = County(households, teams, arguments.days, number)
        print(f"{households} households, {teams} teams, {county.days} days, {number} territories:")
        for solver in solvers:
            _figure(county, solver, arguments.seconds, arguments.at_once, results)


def _figure(county: County, solver: str, seconds: float, at_once: int, results: Results) -> None:
    key = {
        "bench": "county", "households": county.households, "teams": county.teams, "days": county.days,
        "territories": county.territories, "at_once": at_once, "solver": solver, "seconds": seconds,
    }  # fmt: skip
    line = results.known(key)
    if line is None:
        # While territories run side by side their work cannot be told from others'.
        others, began = others_now(), time.perf_counter()
        with Peak() as peak:
            found = (_as_served if solver == WHOLE else _by_territory)(county, solver, seconds, at_once)
        took = round(time.perf_counter() - began, 1)
        line = {
            **key, **found, "took": took, "peak_mb": peak.mb, "others": others, "version": version_of(solver),
            **machine(),
        }  # fmt: skip
        results.add(line)
    print(
        f"  {seconds:g} s {solver:<24} {line['value'] / 100:>14,.0f} yuan, {line['stops']} calls, {line['took']} s in "
        f"all, {line['took'] / county.territories:.1f} s a territory, all processes {line['peak_mb']} MB",
        flush=True,
    )


def _as_served(county: County, _solver: str, seconds: float, at_once: int) -> dict[str, Any]:
    """Our planner in the service's processes; the plans are checked."""
    problems = [county.problem(number) for number in range(county.territories)]
    travel = GeodesicTravel()
    answers = solve_many(problems, travel, SolveOptions(seconds=seconds, seed=1), 60 + 3 * seconds, at_once)
    parts = []
    for problem, plan in zip(problems, answers, strict=True):
        if not isinstance(plan, Plan):
            raise SystemExit(f"no plan: {plan}")
        wrong = check(problem, travel, plan)
        if wrong:
            raise SystemExit(f"the checker refuses the plan: {wrong[0]}")
        parts.append({"value": plan.value, "stops": sum(len(route.stops) for route in plan.routes), "dropped": 0})
    return _sum(parts)


def _by_territory(county: County, solver: str, seconds: float, at_once: int) -> dict[str, Any]:
    """Any solver on the problems without the rule of whole villages."""

    def one(number: int) -> dict[str, Any]:
        arena = arena_of(county.problem(number), GeodesicTravel())
        work: Work = PlannerWork(arena.problem, arena.travel, seconds, 1)
        if solver != ROUNDS:
            work = PeerWork(solver, arena.instance, seconds, 1)
        return figures(apart(work, seconds), arena)

    with ThreadPoolExecutor(max_workers=at_once) as pool:
        return _sum(list(pool.map(one, range(county.territories))))


def _sum(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {name: sum(part[name] for part in parts) for name in ("value", "stops", "dropped")}
