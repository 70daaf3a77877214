"""What OSRM answers, read with suspicion: every figure is looked at before it becomes a leg of somebody's day.

https://project-osrm.org/docs/ (table and route service). ``null`` is OSRM's word for "no way by road". Anything
else that is not a number that a way can have makes the whole answer nonsense: half of it is not believed either.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from routing.travel.legs import UNREACHABLE
from routing.travel.lines import simplified
from routing.travel.roads import Numbers, RoadLegs, RoadsError

#: No way in a county takes ten days or is longer than the equator.
_MOST_SECONDS: Final = 864_000
_MOST_METRES: Final = 40_100_000


def read_table(answer: Any, sources: int, targets: int) -> RoadLegs:
    """The legs of an answer of the table service with durations and distances.

    Raises :class:`RoadsError` ``roads_nonsense``, or ``roads_failed`` where OSRM says why it has no table.
    """
    _require_ok(answer)
    return RoadLegs(
        seconds=_matrix(answer, "durations", sources, targets, _MOST_SECONDS),
        metres=_matrix(answer, "distances", sources, targets, _MOST_METRES),
        source_gaps=_gaps(answer, "sources", sources),
        target_gaps=_gaps(answer, "destinations", targets),
    )


def read_line(answer: Any) -> str | None:
    """The line of an answer of the route service; None where there is no way. Raises :class:`RoadsError`."""
    if isinstance(answer, Mapping) and answer.get("code") == "NoRoute":
        return None
    _require_ok(answer)
    try:
        text = answer["routes"][0]["geometry"]
        if not isinstance(text, str):
            raise RoadsError("roads_nonsense", part="geometry")
        return simplified(text)
    except (LookupError, TypeError, ValueError) as error:
        raise RoadsError("roads_nonsense", part="geometry") from error


def _require_ok(answer: Any) -> None:
    if not isinstance(answer, Mapping) or not isinstance(answer.get("code"), str):
        raise RoadsError("roads_nonsense", part="code")
    if answer["code"] != "Ok":
        raise RoadsError("roads_failed", says=answer["code"][:40])


def _matrix(answer: Mapping[str, Any], name: str, sources: int, targets: int, most: int) -> Numbers:
    rows = answer.get(name)
    if not isinstance(rows, list) or len(rows) != sources:
        raise RoadsError("roads_nonsense", part=name)
    found = np.empty((sources, targets), dtype=np.int32)
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != targets:
            raise RoadsError("roads_nonsense", part=name)
        found[number] = [UNREACHABLE if value is None else _whole(value, name, most) for value in row]
    return found


def _gaps(answer: Mapping[str, Any], name: str, number: int) -> Numbers:
    """Metres from each place to the road that OSRM put it on."""
    points = answer.get(name)
    if not isinstance(points, list) or len(points) != number or not all(isinstance(p, Mapping) for p in points):
        raise RoadsError("roads_nonsense", part=name)
    return np.array(list(_whole_of(points, name)), dtype=np.int32)


def _whole_of(points: Iterable[Mapping[str, Any]], name: str) -> Iterable[int]:
    return (_whole(point.get("distance"), name, _MOST_METRES) for point in points)


def _whole(value: Any, name: str, most: int) -> int:
    """A figure rounded up to a whole one: a plan must not run late by rounding."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:  # NaN is not in there
        raise RoadsError("roads_nonsense", part=name)
    return math.ceil(value)
