"""What OSRM answers, read with suspicion: every figure is looked at before it becomes a leg of somebody's day.

https://project-osrm.org/docs/ (table and route service). ``null`` is OSRM's word for "no way by road". Anything
else that is not a number that a way can have makes the whole answer nonsense: half of it is not believed either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from routing.travel.legs import UNREACHABLE
from routing.travel.lines import simplified
from routing.travel.roads import UNKNOWN, Numbers, RoadLegs, RoadsError

#: No way in a county takes ten days or is longer than the equator.
_MOST_SECONDS: Final = 864_000
_MOST_METRES: Final = 40_100_000
_FIGURES: Final = frozenset({int, float, type(None)})

Floats = NDArray[np.float64]


def read_table(answer: Any, sources: int, targets: int) -> RoadLegs:
    """The legs of an answer of the table service with durations and distances.

    Raises :class:`RoadsError` ``roads_nonsense``, or ``roads_rejected`` where OSRM says why it has no table.
    """
    _require_ok(answer)
    seconds = _figures(answer, "durations", sources, targets, _MOST_SECONDS, hair=1)
    metres = _figures(answer, "distances", sources, targets, _MOST_METRES, hair=10)
    below = int((seconds == UNKNOWN).sum())
    return RoadLegs(
        seconds,
        np.where(seconds == UNKNOWN, np.int32(UNKNOWN), metres),
        _gaps(answer, "sources", sources),
        _gaps(answer, "destinations", targets),
        {"roads_nonsense": below} if below else {},
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
        raise RoadsError("roads_rejected", says=answer["code"][:40])


def _matrix(answer: Mapping[str, Any], name: str, sources: int, targets: int, most: int) -> Floats:
    """Figures as they were sent, NaN for null."""
    rows = answer.get(name)
    if not isinstance(rows, list) or len(rows) != sources:
        raise RoadsError("roads_nonsense", part=name)
    found = np.empty((sources, targets))
    for number, row in enumerate(rows):
        found[number] = _row(row, name, targets)
    with np.errstate(invalid="ignore"):
        if not (np.isnan(found) | (np.abs(found) <= most)).all():
            raise RoadsError("roads_nonsense", part=name)
    return found


def _row(row: Any, name: str, targets: int) -> Floats:
    if not isinstance(row, list) or len(row) != targets or not set(map(type, row)) <= _FIGURES:
        raise RoadsError("roads_nonsense", part=name)
    try:
        figures = np.array(row, dtype=np.float64)
    except OverflowError as error:
        raise RoadsError("roads_nonsense", part=name) from error
    if np.isnan(figures).sum() != row.count(None):  # null is an answer, NaN is none
        raise RoadsError("roads_nonsense", part=name)
    return figures


def _figures(answer: Mapping[str, Any], name: str, sources: int, targets: int, most: int, hair: int) -> Numbers:
    """Whole figures. OSRM answers negative ones now and then (its #5855, #7269).

    Less than a ``hair`` below nothing (two points of one stretch) is nothing; what is farther below is not known.
    """
    found = _matrix(answer, name, sources, targets, most)
    return np.where(found <= -hair, np.int32(UNKNOWN), _whole(np.maximum(found, 0)))


def _whole(found: Floats) -> Numbers:
    """Rounded up, for a plan must not run late by rounding."""
    return np.where(np.isnan(found), UNREACHABLE, np.ceil(np.nan_to_num(found))).astype(np.int32)


def _gaps(answer: Mapping[str, Any], name: str, number: int) -> Numbers:
    """Metres from each place to the road that OSRM put it on."""
    points = answer.get(name)
    if not isinstance(points, list) or len(points) != number or not all(isinstance(p, Mapping) for p in points):
        raise RoadsError("roads_nonsense", part=name)
    found = _row([point.get("distance") for point in points], name, number)
    if not ((found >= 0) & (found <= _MOST_METRES)).all():
        raise RoadsError("roads_nonsense", part=name)
    return _whole(found)
