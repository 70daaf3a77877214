"""Lines on a map as short texts: encoded polylines of five decimals (about 1 m).

Google, "Encoded Polyline Algorithm Format"; OSRM's ``geometries=polyline``. Vertices that do not show are left out
(U. Ramer 1972, D. Douglas and T. Peucker 1973).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from routing.problem import Place

#: A text longer than this is no way from one village to the next.
MOST_CHARACTERS: Final = 200_000
#: Vertices closer than this to the line without them do not show, metres.
_TOLERANCE: Final = 10.0
_MOST_VERTICES: Final = 200


def encoded(line: Sequence[Place]) -> str:
    """The line as an encoded polyline."""
    text: list[str] = []
    lat = lon = 0
    for place in line:
        at = round(place.lat * 1e5), round(place.lon * 1e5)
        text += _number(at[0] - lat), _number(at[1] - lon)
        lat, lon = at
    return "".join(text)


def decoded(text: str) -> list[Place]:
    """The line of an encoded polyline; raises ValueError where it is none."""
    if len(text) > MOST_CHARACTERS:
        raise ValueError("longer than any way")
    numbers = list(_numbers(text))
    if len(numbers) % 2:
        raise ValueError("ends in the middle of a vertex")
    line: list[Place] = []
    lat = lon = 0
    for step in range(0, len(numbers), 2):
        lat, lon = lat + numbers[step], lon + numbers[step + 1]
        line.append(Place(lat / 1e5, lon / 1e5))
    return line


def simplified(text: str) -> str | None:
    """An encoded polyline with no more vertices than show on a map, None for one of fewer than two vertices.

    Raises ValueError where it is none.
    """
    line = decoded(text)
    if len(line) < 2:
        return None
    tolerance = _TOLERANCE
    kept = _thinned(line, tolerance)
    while len(kept) > _MOST_VERTICES:
        tolerance *= 2
        kept = _thinned(line, tolerance)
    return encoded(kept)


def _thinned(line: Sequence[Place], tolerance: float) -> list[Place]:
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        worst, far = 0, tolerance
        for middle in range(first + 1, last):
            away = _away(line[middle], line[first], line[last])
            if away > far:
                worst, far = middle, away
        if worst:
            keep.add(worst)
            spans += [(first, worst), (worst, last)]
    return [line[vertex] for vertex in sorted(keep)]


def _away(place: Place, start: Place, end: Place) -> float:
    """Metres from ``place`` to the stretch from ``start`` to ``end``, on a plane that is flat enough for a county."""
    scale = math.cos(math.radians(start.lat))
    x, y = (place.lon - start.lon) * scale, place.lat - start.lat
    dx, dy = (end.lon - start.lon) * scale, end.lat - start.lat
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, (x * dx + y * dy) / length))
    return math.hypot(x - along * dx, y - along * dy) * 111_320


def _number(value: int) -> str:
    value = ~(value << 1) if value < 0 else value << 1
    text = []
    while value >= 0x20:
        text.append(chr((0x20 | (value & 0x1F)) + 63))
        value >>= 5
    return "".join([*text, chr(value + 63)])


def _numbers(text: str) -> Iterator[int]:
    value = shift = 0
    for character in text:
        bits = ord(character) - 63
        if not 0 <= bits < 64 or shift > 30:
            raise ValueError(f"{character!r} is no part of an encoded polyline here")
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:
            yield ~(value >> 1) if value & 1 else value >> 1
            value = shift = 0
    if shift:
        raise ValueError("ends in the middle of a number")
