"""The process in which OSRM's own library reads road data; see :mod:`routing.travel.osrm_built`.

Run as ``python -m routing.travel.osrm_child``: one order (a pickle) on standard input, one answer on standard output.
The library is C++, holds the GIL for a whole table and trusts its files: here it can take down nobody else, and all
its memory goes back when it ends.
"""

from __future__ import annotations

import os
import pickle  # nosec B403: both ends are this program, over an anonymous pipe
import resource
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from routing.problem import Place
from routing.travel.osrm_answer import read_line, read_table
from routing.travel.roads import RoadLegs, RoadsError, count

#: Places on each side of one question to the library, whose answer takes about 300 bytes a leg. Squares are quickest:
#: it searches once for each source and target of a question.
_SIDE: Final = 500


def main() -> None:
    """Answer the order."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the library prints must not get into the answer
    kind, data, asked, seconds = pickle.load(sys.stdin.buffer)  # nosec B301
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # for a parent that is gone
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        roads = _Roads(data)
        answer: object = roads.tables(*asked) if kind == "legs" else roads.lines(asked)
    except ImportError:
        answer = "roads_not_installed"
    except RoadsError as error:
        answer = error.code
    except RuntimeError:  # the library's only exception: data that it cannot use
        answer = "roads_not_built"
    with answers:
        pickle.dump(answer, answers)


class _Roads:
    def __init__(self, data: Path) -> None:
        import osrm  # here, so that its absence is an answer

        self._osrm = osrm
        # Shared memory would be looked for where nobody has put any. Files are mapped, so that processes share them.
        self._engine = osrm.OSRM(
            algorithm="CH",
            storage_config=str(data),
            use_shared_memory=False,
            use_mmap=True,
            max_locations_distance_table=-1,
            default_radius="unlimited",
        )

    def tables(self, sources: Sequence[Place], targets: Sequence[Place]) -> RoadLegs:
        """All legs, a square at a time."""
        found, failures = RoadLegs.unknown(len(sources), len(targets)), []
        for first in range(0, len(sources), _SIDE):
            for left in range(0, len(targets), _SIDE):
                rows, columns = slice(first, first + _SIDE), slice(left, left + _SIDE)
                part = self._table(sources[rows], targets[columns])
                found.seconds[rows, columns], found.metres[rows, columns] = part.seconds, part.metres
                found.source_gaps[rows], found.target_gaps[columns] = part.source_gaps, part.target_gaps
                failures.append(part.failures)
        return replace(found, failures=count(*failures))

    def _table(self, sources: Sequence[Place], targets: Sequence[Place]) -> RoadLegs:
        found = self._engine.Table(
            self._osrm.TableParameters(
                coordinates=[(place.lon, place.lat) for place in (*sources, *targets)],
                sources=list(range(len(sources))),
                destinations=list(range(len(sources), len(sources) + len(targets))),
                annotations=["duration", "distance"],
            )
        )
        answer: dict[str, Any] = {"code": "Ok"}
        for name in ("durations", "distances"):
            answer[name] = [list(row) for row in found[name]]
        for name in ("sources", "destinations"):
            answer[name] = [{"distance": point["distance"]} for point in found[name]]
        return read_table(answer, len(sources), len(targets))

    def lines(self, pairs: Sequence[tuple[Place, Place]]) -> list[str | None]:
        """The way of each pair."""
        return [self._line(*pair) for pair in pairs]

    def _line(self, start: Place, end: Place) -> str | None:
        try:
            found = self._engine.Route(
                self._osrm.RouteParameters(
                    coordinates=[(place.lon, place.lat) for place in (start, end)],
                    overview="full",
                    geometries="polyline",
                )
            )
        except RuntimeError as error:
            if "NoRoute" in str(error):
                return None
            raise
        return read_line({"code": "Ok", "routes": [{"geometry": found["routes"][0]["geometry"]}]})


if __name__ == "__main__":
    main()
