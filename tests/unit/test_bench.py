"""The benchmark's own judgement: a figure that flatters or wrongs a solver would be believed."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import report
from bench.days import Arena, arena_of, rural_day
from bench.judge import judged
from bench.peers import PEERS
from routing.solve.instance import instance_of
from routing.travel import GeodesicTravel


@pytest.fixture(scope="module")
def arena() -> Arena:
    """Two teams, thirty doors, a rest each."""
    return arena_of(rural_day(villages=4, visits=30, teams=2, seed=3), GeodesicTravel())


def test_of_a_day_too_long_the_calls_worth_least_are_dropped(arena: Arena) -> None:
    """A route that cannot be kept loses calls from the least valuable on, and none once it can be kept."""
    everything = list(range(len(arena.instance.visits)))
    found = judged(arena.instance, [everything, []])
    kept = {x for schedule in found.schedules for x in schedule.stops}
    dropped = [x for x in everything if x not in kept]
    assert all(schedule.feasible for schedule in found.schedules)
    assert dropped
    assert found.dropped == len(dropped)
    assert max(arena.instance.most[x] for x in dropped) <= min(arena.instance.most[x] for x in kept)
    assert found.value == sum(arena.instance.most[x] for x in kept)


def test_nobody_is_credited_twice(arena: Arena) -> None:
    """A visit in two routes is an error of the solver, not value."""
    with pytest.raises(ValueError, match="twice"):
        judged(arena.instance, [[0, 1], [1]])


def test_a_peer_with_breaks_plans_days_that_can_be_kept(arena: Arena) -> None:
    """OR-Tools' routing is told legs, windows and rests as our timing reads them: nothing has to be dropped."""
    found = judged(arena.instance, PEERS["ortools"].routes(arena.instance, 1.0, 1))
    assert found.stops > 0
    assert found.dropped == 0


def test_a_peer_keeps_to_the_shifts_that_may_make_a_visit(arena: Arena) -> None:
    """Visits that only one of the teams may make go to that team, or to nobody; our judge refuses anything else."""
    first = arena.problem.shifts[0].id
    visits = tuple(replace(x, shifts=frozenset({first}) if n % 2 else None) for n, x in enumerate(arena.problem.visits))
    narrowed = instance_of(replace(arena.problem, visits=visits), visits, arena.travel)
    found = judged(narrowed, PEERS["ortools"].routes(narrowed, 1.0, 1))
    assert found.stops > 0


def test_the_page_marks_what_a_busy_machine_measured(tmp_path: Path) -> None:
    """Gaps are to the best of all solvers, a figure of a busy machine bears a mark, and the plot is drawn."""
    lines = [
        {
            "bench": "rural", "size": "80/5", "lunch": True, "ways": ways, "seed": 1, "solver": solver,
            "seconds": seconds, "value": value, "stops": 9, "dropped": 0, "took": seconds, "others": others,
            "version": "1", "machine": "any", "cores": 2, "system": "Linux", "python": "3.13", "date": "2026-11-25",
        }
        for ways in ("straight", "andorra")
        for seconds in (1.0, 2.0, 5.0)
        for solver, value, others in (("rounds", 20_000, 0.0), ("pyvrp", 19_000, 1.5))
    ]  # fmt: skip
    results = tmp_path / "results"
    results.mkdir()
    (results / "rural.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    report.run(argparse.Namespace(results=results, data=None, out=tmp_path))
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| 80/5 | yes | straight | 200 | 0.00 | 5.00 † |" in page
    assert "busy machine" in page
    assert (tmp_path / "pictures" / "value-over-time.svg").read_text(encoding="utf-8").count("<polyline") == 2
