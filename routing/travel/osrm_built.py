"""Roads read from data on this machine by OSRM's own library, each time in a process that ends with the question.

The library needs no service and no network. Its process takes about 70 MB, 80 MB more for the question under way,
8 bytes for each leg of the answer, and of the mapped files what it touches (``python -m bench roads`` measures).
Version and profile are folders that :mod:`routing.travel.build` makes.
"""

from __future__ import annotations

import os
import pickle  # nosec B403: both ends are this program, over an anonymous pipe
import subprocess  # nosec B404: no shell, our own interpreter
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from routing.problem import Place
from routing.travel.roads import RoadLegs, RoadsError

_ROOT: Final = Path(__file__).parents[2]
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class OsrmBuilt:
    """The roads of ``name`` below ``versions``, for ``profile``; an answer takes at most ``seconds``."""

    versions: Path
    name: str
    profile: str = "car"
    seconds: int = 120

    @property
    def version(self) -> str:
        """See :class:`routing.travel.roads.RoadSource`."""
        return f"{self.name}/{self.profile}"

    def legs(self, sources: Sequence[Place], targets: Sequence[Place]) -> RoadLegs:
        """See :class:`routing.travel.roads.RoadSource`."""
        if not sources or not targets:
            return RoadLegs.unknown(len(sources), len(targets))
        try:
            found: RoadLegs = self._ask("legs", (list(sources), list(targets)))
        except RoadsError as error:
            return RoadLegs.unknown(len(sources), len(targets), error.code)
        return found

    def lines(self, pairs: Sequence[tuple[Place, Place]]) -> list[str | None]:
        """See :class:`routing.travel.roads.RoadSource`."""
        try:
            lines: list[str | None] = self._ask("lines", list(pairs)) if pairs else []
        except RoadsError:
            return [None] * len(pairs)  # drawn straight and dashed, which says so
        return lines

    def _ask(self, kind: str, asked: Any) -> Any:
        data = self.versions / self.name / self.profile / "roads.osrm"
        if not data.with_name("roads.osrm.hsgr").is_file():
            raise RoadsError("roads_not_built")
        order = pickle.dumps((kind, data, asked, self.seconds))
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            done = subprocess.run(  # nosec B603: no shell, fixed command
                [sys.executable, "-m", "routing.travel.osrm_child"],
                input=order,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise RoadsError("roads_timed_out") from error
        if done.returncode != 0 or not done.stdout:
            raise RoadsError("roads_crashed", returncode=done.returncode)
        answer = pickle.loads(done.stdout)  # nosec B301
        if isinstance(answer, str):
            raise RoadsError(answer)
        return answer
