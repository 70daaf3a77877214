"""A solve in a child process, with a hard limit: its hang, crash or failure fails one plan, not the service.

OR-Tools' routing holds the GIL for its whole search and is reported to crash when two models share
a process (google/or-tools#5076). The child is a fresh interpreter: it inherits no lock, no
connection and no secret of the parent, whatever threads run there.
"""

from __future__ import annotations

import os
import pickle  # nosec B403: both ends are this program, over an anonymous pipe
import selectors
import subprocess  # nosec B404: no shell, our own interpreter
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import IO, Any, Final

from routing.problem import Plan, Problem
from routing.solve.child import HEADER
from routing.solve.options import OnProgress, Progress, SolveOptions
from routing.solve.planner import solve
from routing.solve.start import Start
from routing.travel.legs import Travel

_POLL: Final = 0.1
_ROOT: Final = Path(__file__).parents[2]
#: Where compiled code is kept, and whether anything is compiled.
_NUMBA: Final = ("NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT")
#: All that a solver needs from outside; keys and passwords of the service are not among it.
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TZ", "VIRTUAL_ENV", *_NUMBA)
_LAST_WORDS: Final = 2_000


class SolverError(RuntimeError):
    """A solve in a child process did not yield a plan."""


class SolverTimedOut(SolverError):
    """The child was killed at the hard limit."""


class SolverCrashed(SolverError):
    """The child ended without an answer. ``returncode`` is negative for a signal; ``output`` its last words."""

    def __init__(self, returncode: int | None, output: str) -> None:
        self.returncode = returncode
        self.output = output
        super().__init__(f"the solver's process ended with {returncode}: {output.strip()[-300:]}")


class SolverFailed(SolverError):
    """The solver raised an exception. ``kind`` is its class, ``trace`` the child's traceback."""

    def __init__(self, kind: str, message: str, trace: str) -> None:
        self.kind = kind
        self.trace = trace
        super().__init__(f"{kind}: {message}")


class SolveCancelled(SolverError):
    """The caller no longer wants the plan."""


def solve_in_child(
    problem: Problem,
    travel: Travel,
    options: SolveOptions,
    hard_limit_seconds: float,
    on_progress: OnProgress | None = None,
    cancelled: Callable[[], bool] | None = None,
    start: Start | None = None,
) -> Plan:
    """Like :func:`routing.solve.solve`, in a process of its own that ends with this call at the latest.

    ``cancelled`` is asked about ten times a second. ``travel`` must be picklable. Raises
    :class:`SolverTimedOut`, :class:`SolverCrashed`, :class:`SolverFailed`, :class:`SolveCancelled`.
    """
    work = partial(_solve, plain(problem), travel, options, start)
    plan: Plan = in_child(work, hard_limit_seconds, on_progress, cancelled)
    return plan


def _solve(
    problem: Problem, travel: Travel, options: SolveOptions, start: Start | None, on_progress: OnProgress
) -> Plan:
    return solve(problem, travel, options, on_progress, start=start)


def in_child(
    work: Callable[[OnProgress], Any],
    hard_limit_seconds: float,
    on_progress: OnProgress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Any:
    """What ``work`` returns, done in a process of its own. It is called with a function that takes its progress.

    ``work`` and its answer must be picklable. Raises like :func:`solve_in_child`.
    """
    _compile()  # by itself as long as it takes: a plan's limit is for the plan
    deadline = time.monotonic() + hard_limit_seconds
    order = pickle.dumps((os.getpid(), hard_limit_seconds, pickle.dumps(work)))
    with tempfile.TemporaryFile() as output, _child(output) as child:
        try:
            return _answer_of(child, order, _Watch(deadline, hard_limit_seconds, cancelled), on_progress, output)
        finally:
            child.kill()


def solve_many(
    problems: Sequence[Problem],
    travel: Travel,
    options: SolveOptions,
    hard_limit_seconds: float,
    at_once: int = 2,
    on_progress: Callable[[int, Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Plan | SolverError]:
    """Independent problems (one per territory), ``at_once`` of them side by side; results in their order.

    ``on_progress`` is called with the index of the problem and its progress, from several threads. One
    that fails leaves its error in its place and does not touch the others.
    """

    def one(index: int) -> Plan | SolverError:
        def tell(progress: Progress) -> None:
            if on_progress is not None:
                on_progress(index, progress)

        try:
            return solve_in_child(problems[index], travel, options, hard_limit_seconds, tell, cancelled)
        except SolverError as error:
            return error

    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        return list(pool.map(one, range(len(problems))))


def plain(problem: Problem) -> Problem:
    """The problem without what the solver has no use for and may not be picklable."""
    visits = tuple(replace(visit, reasons=()) for visit in problem.visits)
    return replace(problem, visits=visits, villages=dict(problem.villages))


@cache
def _compile() -> None:
    """Let another process compile the search where that has not been done; once for this one."""
    command = [sys.executable, "-m", "routing.solve.core.compile"]
    subprocess.run(command, env=_environment(), stdout=subprocess.DEVNULL, check=False)  # nosec B603: as below


def _environment() -> dict[str, str]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    paths = [str(_ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def _child(output: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-X", "faulthandler", "-m", "routing.solve.child"]
    return subprocess.Popen(  # nosec B603: no shell, fixed command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, env=_environment()
    )


class _Watch:
    """The hard limit and the caller's wish to stop."""

    def __init__(self, deadline: float, limit: float, cancelled: Callable[[], bool] | None) -> None:
        self._deadline = deadline
        self._limit = limit
        self._cancelled = cancelled

    def look(self) -> None:
        """Raise if it is time to stop."""
        if self._cancelled is not None and self._cancelled():
            raise SolveCancelled("the solve was cancelled")
        if time.monotonic() >= self._deadline:
            raise SolverTimedOut(f"the solver did not end within its hard limit of {self._limit} s")


def _answer_of(
    child: subprocess.Popen[bytes],
    order: bytes,
    watch: _Watch,
    on_progress: OnProgress | None,
    output: IO[bytes],
) -> Any:
    """Send the order and read frames until the answer."""
    source, sink = child.stdout, child.stdin
    if source is None or sink is None:
        raise ValueError("the child was started without pipes")
    os.set_blocking(sink.fileno(), False)
    unsent, received = memoryview(order), bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(source, selectors.EVENT_READ)
        ready.register(sink, selectors.EVENT_WRITE)
        while True:
            watch.look()
            for key, _ in ready.select(_POLL):
                if key.fileobj is sink:
                    unsent = _sent(sink, unsent)
                    if not unsent:
                        ready.unregister(sink)
                        sink.close()
                    continue
                chunk = os.read(source.fileno(), 1 << 16)
                if not chunk:
                    raise _crash(child, output)
                received += chunk
            for frame in _frames(received):
                if frame[0] == "answer":
                    return frame[1]
                if frame[0] == "failed":
                    raise SolverFailed(*frame[1:])
                if on_progress is not None:
                    on_progress(frame[1])


def _sent(sink: IO[bytes], unsent: memoryview) -> memoryview:
    """What is left of the order; nothing where nobody reads it any more, as the other pipe will tell."""
    try:
        return unsent[os.write(sink.fileno(), unsent) :]
    except BrokenPipeError:
        return unsent[:0]


def _frames(received: bytearray) -> list[tuple[Any, ...]]:
    """The complete frames at the beginning of ``received``, which are taken off it."""
    frames = []
    while len(received) >= HEADER.size:
        (length,) = HEADER.unpack_from(received)
        if len(received) < HEADER.size + length:
            break
        frames.append(pickle.loads(received[HEADER.size : HEADER.size + length]))  # nosec B301
        del received[: HEADER.size + length]
    return frames


def _crash(child: subprocess.Popen[bytes], output: IO[bytes]) -> SolverCrashed:
    """What became of a child that closed its pipes."""
    try:
        returncode = child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        returncode = None
    output.seek(0)
    return SolverCrashed(returncode, output.read()[-_LAST_WORDS:].decode(errors="replace"))
