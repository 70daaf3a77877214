"""``docs/benchmarks.md`` and its plot, made from files of figures that other measurements kept with ``--results``."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench.contest import ROUNDS, WHOLE
from bench.peers import PEERS
from bench.plot import Series, plot
from bench.rural import STRAIGHT, Case
from bench.toptw import best_known, gaps_by_set

Line = Mapping[str, Any]

#: Solvers in the order of the columns, and how they are called there.
SOLVERS: Final = {
    ROUNDS: "Rounds", WHOLE: "Rounds, villages whole", "pyvrp": "PyVRP", "vroom": "VROOM",
    "ortools": "OR-Tools routing",
}  # fmt: skip
#: From so many cores' worth of work of others on, a figure is marked.
BUSY: Final = 0.25
_PICTURE: Final = "pictures/value-over-time.svg"
_DOCS: Final = Path(__file__).parents[1] / "docs"

_HEAD = """# How good the plans are

Made by `python -m bench report`, not by hand: every figure below stands in a file that `--results` kept, with machine,
versions and seeds. Who wants to know how it is on a machine of their own:

```sh
make bench-peers
make bench ARGS="rural --sample --whole --peers --results results/rural.jsonl"
make bench ARGS="toptw --sample --peers --results results/toptw.jsonl --data …"
make bench ARGS="county --results results/county.jsonl"
make bench ARGS="report --results results --data …"
```

All solvers get the same numbers (legs, windows, values), the same seconds of wall clock and one thread, one after the
other in a process each. Building a solver's own model counts; loading its library does not. Every answer is timed by
our schedule and judged by our checker; of a route that cannot be kept the call worth least is dropped until it can. A
figure marked † was measured while other programs took more than a quarter of a core: it says little. Seeds are 1 where
none is given.

What the others cannot be told:
"""

_RULE = """
None of them knows the rule that a village is done in one run by one team. So the comparison is without it, and *Rounds,
villages whole* is our planner as the service runs it: what that rule costs can be read off. What entering a village
costs stands in the legs and is known to all. The invented days: `bench/days.py`.
"""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--results", type=Path, required=True, help="folder with files of figures (*.jsonl)")
    parser.add_argument("--data", type=Path, help="folder toptw with best_known.csv, for the published problems")
    parser.add_argument("--out", type=Path, default=_DOCS, help="folder to write benchmarks.md and its picture into")


def run(arguments: argparse.Namespace) -> None:
    """Write the page and its picture."""
    files = sorted(arguments.results.glob("*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    of: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        of[line["bench"]].append(line)
    parts = [_HEAD + "".join(_cannot()) + _RULE]
    if of["rural"]:
        parts.append(_rural(of["rural"], arguments.out))
    if of["toptw"] and arguments.data is not None:
        parts.append(_toptw(of["toptw"], arguments.data))
    if of["county"]:
        parts.append(_county(of["county"]))
    parts.append(_machines(lines))
    page = arguments.out / "benchmarks.md"
    page.write_text("\n".join(parts), encoding="utf-8")
    print(f"{page}: {len(lines)} figures of {len(files)} files")


def _cannot() -> Iterable[str]:
    for name, peer in PEERS.items():
        yield f"\n- {SOLVERS[name]}: {peer.cannot}."
    yield "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, all columns but the first to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _solvers(lines: Iterable[Line]) -> list[str]:
    there = {line["solver"] for line in lines}
    return [name for name in SOLVERS if name in there]


def _mark(line: Line) -> str:
    return " †" if (line.get("others") or 0.0) > BUSY else ""


def _rural(lines: Sequence[Line], out: Path) -> str:
    best: dict[Case, int] = defaultdict(int)
    for line in lines:
        best[Case.of(line)] = max(best[Case.of(line)], line["value"])
    said = [
        "## Rural days\n\nPer cent below the best that any of them found on that day in any of the times measured; "
        "0.00 is\nthe best. Nothing: no routes at all.\n"
    ]
    for seconds in sorted({line["seconds"] for line in lines}):
        of_budget = [line for line in lines if line["seconds"] == seconds]
        if len({Case.of(line) for line in of_budget}) > 1:
            said.append(f"\n### In {seconds:g} s\n\n" + _rural_table(of_budget, best))
    drawn = _drawn(lines, best, out)
    return "".join(said) + (f"\n### Over time\n\n{drawn}" if drawn else "")


def _rural_table(lines: Sequence[Line], best: Mapping[Case, int]) -> str:
    solvers = _solvers(lines)
    cells = {(Case.of(line), line["solver"]): line for line in lines}
    cases = sorted({case for case, _ in cells}, key=_order)
    rows = []
    for case in cases:
        row = [cells.get((case, solver)) for solver in solvers]
        kind = [case.size, "yes" if case.lunch else "no", case.ways, f"{best[case] / 100:,.0f}"]
        rows.append([*kind, *(_below(line, best[case]) for line in row)])
    means = [_mean([_gap(line, best[case]) for (case, name), line in cells.items() if name == s]) for s in solvers]
    rows.append(["mean", "", "", "", *(f"{mean:.2f}" for mean in means)])
    longest = [max(line.get("took", 0.0) for line in lines if line["solver"] == solver) for solver in solvers]
    rows.append(["longest, s", "", "", "", *(f"{took:.1f}" for took in longest)])
    head = ["households/team-days", "lunch", "ways", "best, yuan", *(SOLVERS[name] for name in solvers)]
    return _table(head, rows)


def _order(case: Case) -> tuple[object, ...]:
    return case.households, case.ways != STRAIGHT, case.ways, not case.lunch, case.seed


def _gap(line: Line, best: int) -> float:
    return float(100 * (1 - line["value"] / max(1, best)))


def _below(line: Line | None, best: int) -> str:
    if line is None:
        return ""
    return f"{_gap(line, best):.2f}{_mark(line)}" if line["value"] else f"nothing{_mark(line)}"


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / max(1, len(numbers))


def _drawn(lines: Sequence[Line], best: Mapping[Case, int], out: Path) -> str:
    """Draw the days that were measured in three times or more, and say what is seen; nothing where there are none."""
    budgets: dict[Case, set[float]] = defaultdict(set)
    for line in lines:
        budgets[Case.of(line)].add(line["seconds"])
    cases = [case for case, seconds in budgets.items() if len(seconds) > 2]
    if not cases:
        return ""
    points: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        case = Case.of(line)
        if case in cases and line["value"]:
            points[line["solver"]][line["seconds"]].append(100 - _gap(line, best[case]))
    series = [
        Series(SOLVERS[name], [(seconds, _mean(each)) for seconds, each in sorted(points[name].items())])
        for name in SOLVERS
        if name in points
    ]
    picture = out / _PICTURE
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(plot(series, "seconds, each point a run of its own", "% of the best value found"), "utf-8")
    kinds = ", ".join(f"{case.size} {'with' if case.lunch else 'without'} lunch" for case in sorted(cases, key=_order))
    busy = any(_mark(line) for line in lines if Case.of(line) in cases)
    said = f"![Value over time]({_PICTURE})\n\nMean of {len(cases)} (households/team-days): {kinds}."
    return said + (" Some of the runs were measured on a busy machine (†).\n" if busy else "\n")


def _toptw(lines: Sequence[Line], data: Path) -> str:
    known = best_known(data)
    gaps = gaps_by_set(lines, known)
    sets = sorted({name for of_solver in gaps.values() for name in of_solver})
    rows = []
    for (seconds, solver), of_set in sorted(gaps.items(), key=lambda one: (one[0][0], list(SOLVERS).index(one[0][1]))):
        busy = any(_mark(line) for line in lines if (line["seconds"], line["solver"]) == (seconds, solver))
        cells = [f"{_mean(of_set[name]):.2f} ({len(of_set[name])})" if name in of_set else "" for name in sets]
        ones = [
            line["score"] >= known[line["instance"], 1][0]
            for line in lines
            if (line["seconds"], line["solver"], line["teams"]) == (seconds, solver, 1)
            and known[line["instance"], 1][1] == "optimal"
        ]
        rows.append([f"{SOLVERS[solver]}, {seconds:g} s{' †' if busy else ''}", *cells, f"{sum(ones)} of {len(ones)}"])
    return (
        "## Published problems\n\nThe team orienteering problems with time windows of KU Leuven (Solomon's and "
        "Cordeau's customers).\nMean gap to the best known score, per cent, and how many problems that is over; "
        "*lower_bound* scores are an old\nheuristic's and can be beaten. Last: one-team problems whose proven optimum "
        "was found.\n\n"
        + _table(["solver", *sets, "optimal, one team"], rows)
    )


def _county(lines: Sequence[Line]) -> str:
    def row(line: Line) -> list[str]:
        size = f"{line['households']:,}, {line['teams']} teams, {line['days']} days, {line['territories']} territories"
        return [
            size, SOLVERS[line["solver"]], f"{line['seconds']:g}", f"{line['value'] / 100:,.0f}", f"{line['stops']:,}",
            f"{line['took']:.0f}{_mark(line)}", f"{line['took'] / line['territories']:.1f}", f"{line['peak_mb']:,}",
        ]  # fmt: skip

    order = sorted(lines, key=lambda one: (one["households"], one["seconds"], list(SOLVERS).index(one["solver"])))
    head = [
        "households", "solver", "s a territory", "value, yuan", "calls", "wall, s", "wall a territory, s", "peak, MB",
    ]  # fmt: skip
    at_once = ", ".join(sorted({str(line["at_once"]) for line in lines}))
    return (
        f"## A county's week\n\nTerritory by territory, {at_once} side by side; wall clock from problems to plans, "
        "memory of all\nprocesses together.\n\n" + _table(head, map(row, order))
    )


def _machines(lines: Sequence[Line]) -> str:
    machines = sorted({
        f"{line['machine']}, {line['cores']} cores, {line['system']}, Python {line['python']}, {line['date']}"
        for line in lines
    })  # fmt: skip
    versions = sorted({f"{SOLVERS.get(line['solver'], line['solver'])} {line['version']}" for line in lines})
    said = "".join(f"- {one}\n" for one in machines)
    return f"## Where and with what\n\n{said}- {', '.join(versions)} (of Rounds the commit)\n"
