"""Solvers against one another: each answer in a process of its own, judged by our timing, kept as a line of JSON.

A line holds all that its figure depends on: case, solver with version, seconds, seed, machine, and how much of the
machine others took meanwhile. A run that was ended goes on with what is missing.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, Protocol

from bench.days import Arena
from bench.judge import judged
from bench.peers import PEERS, RouteLists
from routing.check import check
from routing.problem import Plan, Problem, Reason, Unplanned
from routing.solve import SolveOptions, core, solve
from routing.solve.instance import Instance
from routing.solve.planner import plan_of
from routing.travel.legs import Travel

#: Our own search, as the service runs it.
ROUNDS: Final = "rounds"
#: The same under the service's own rule that a village is done in one run by one team, which no peer knows.
WHOLE: Final = "rounds, villages whole"
_PRELOADED: Final = ["bench.contest", "routing.solve.core.driver", "ortools.constraint_solver.pywrapcp"]
_PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solver said, and at what cost.

    ``took`` are its seconds of wall clock, ``peak_mb`` the most memory of its process, ``others`` how many cores' worth
    of work other programs did meanwhile (None where the system does not tell): a figure of a busy machine says little.
    """

    routes: RouteLists
    took: float
    peak_mb: int
    others: float | None


class NoAnswer(RuntimeError):
    """A solver failed, crashed, or did not end."""


class Work(Protocol):
    """A solver, an instance and a budget."""

    def load(self) -> None:
        """Import and compile what is needed, which is no part of anybody's budget."""
        ...

    def routes(self) -> RouteLists:
        """The visits of each shift in order, as numbers of the instance."""
        ...


@dataclass(frozen=True, slots=True)
class PeerWork:
    """A peer."""

    name: str
    instance: Instance
    seconds: float
    seed: int

    def load(self) -> None:
        """See :class:`Work`."""
        PEERS[self.name].load()

    def routes(self) -> RouteLists:
        """See :class:`Work`."""
        return PEERS[self.name].routes(self.instance, self.seconds, self.seed)


@dataclass(frozen=True, slots=True)
class PlannerWork:
    """Our planner, from problem to finished plan."""

    problem: Problem
    travel: Travel
    seconds: float
    seed: int

    def load(self) -> None:
        """See :class:`Work`."""
        core.compiled()

    def routes(self) -> RouteLists:
        """See :class:`Work`."""
        return routes_of(self.problem, solve(self.problem, self.travel, SolveOptions(self.seconds, seed=self.seed)))


def routes_of(problem: Problem, plan: Plan) -> RouteLists:
    """The plan's visits by their number in order of ids, for each shift in order of ids."""
    number = {name: x for x, name in enumerate(sorted(visit.id for visit in problem.visits))}
    order = plan.order()
    return [[number[name] for name in order.get(shift, ())] for shift in sorted(s.id for s in problem.shifts)]


def apart(work: Work, seconds: float) -> Answer:
    """What ``work`` of so many seconds finds in a fresh process. Raises :class:`NoAnswer`."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, work))
    child.start()
    theirs.close()
    try:
        ours.recv()  # it is ready
        if not ours.poll(3 * seconds + _PATIENCE):
            raise NoAnswer("did not end")
        answer: Answer = ours.recv()
    except EOFError:
        child.join()
        raise NoAnswer(f"its process ended with {child.exitcode}") from None
    finally:
        child.kill()
        child.join()
    return answer


def figures(answer: Answer, arena: Arena) -> dict[str, Any]:
    """What an answer is worth by our timing and our checker, and what it cost. Raises :class:`NoAnswer` where wrong."""
    found = judged(arena.instance, answer.routes)
    planned = {arena.instance.visits[x].id for schedule in found.schedules for x in schedule.stops}
    left = [Unplanned(v.id, Reason("no_room")) for v in arena.problem.visits if v.id not in planned]
    wrong = check(arena.problem, arena.travel, plan_of(arena.problem, found.schedules, arena.travel, left))
    if wrong:
        raise NoAnswer(f"the checker refuses the plan: {wrong[0]}")
    return {
        "value": found.value, "stops": found.stops, "dropped": found.dropped, "took": round(answer.took, 2),
        "peak_mb": answer.peak_mb, "others": answer.others,
    }  # fmt: skip


def _child(pipe: Connection, work: Work) -> None:
    work.load()
    pipe.send("ready")
    busy, own, began = _busy(), time.process_time(), time.perf_counter()
    routes = work.routes()
    took, own, now = time.perf_counter() - began, time.process_time() - own, _busy()
    others = None if busy is None or now is None else round(max(0.0, now - busy - own) / took, 2)
    pipe.send(Answer(routes, took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, others))


def others_now() -> float | None:
    """How many cores' worth of work other programs do, looked at for a second; None where the system does not tell."""
    busy, own = _busy(), time.process_time()
    time.sleep(1.0)
    now = _busy()
    return None if busy is None or now is None else round(max(0.0, now - busy - (time.process_time() - own)), 2)


def _busy() -> float | None:
    """Seconds of work of all processes since the start of the machine."""
    try:
        words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    except OSError:
        return None
    return sum(int(word) for word in words[1:4]) / os.sysconf("SC_CLK_TCK")


class Results:
    """Lines of figures, in a file where there is one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.lines: list[dict[str, Any]] = []
        if path is not None and path.exists():
            self.lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def known(self, key: Mapping[str, object]) -> dict[str, Any] | None:
        """The line that has all of ``key``."""
        found = (line for line in self.lines if all(line.get(name) == value for name, value in key.items()))
        return next(found, None)

    def add(self, line: dict[str, Any]) -> None:
        """Keep one more."""
        self.lines.append(line)
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def machine() -> dict[str, Any]:
    """What figures depend on besides the code."""
    return {
        "machine": platform.machine(), "cores": os.cpu_count(), "python": sys.version.split()[0],
        "system": platform.system(), "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }  # fmt: skip


def version_of(solver: str) -> str:
    """The version of a solver; of our own, the commit."""
    if solver in PEERS:
        return PEERS[solver].version or "none"
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(git, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
