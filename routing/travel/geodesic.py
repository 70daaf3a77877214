"""Travel from coordinates alone: WGS-84 geodesic × detour ÷ speed.

geopy's geodesic (Karney's algorithm) takes about 80 µs a pair, 40 s for a thousand points. The
same distance comes here from Vincenty's inverse formula over whole arrays (about 1 µs a pair), which
agrees with Karney's to well under a millimetre wherever it converges; the few pairs where it does
not (nearly opposite ends of the earth) are asked of geopy. A leg depends on its two points only,
never on the block it is asked in, and is the same in both directions but for arrival overheads.

T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid", Survey Review 23 (1975).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from geopy.distance import ELLIPSOIDS, geodesic
from numpy.typing import NDArray

from routing.problem import Place
from routing.travel.combine import Ends, combined
from routing.travel.legs import Block, Point
from routing.travel.parameters import TravelParameters, default_parameters

_Floats = NDArray[np.float64]

_MAJOR_KM, _MINOR_KM, _FLATTENING = ELLIPSOIDS["WGS-84"]
_ROUNDS = 50
_CONVERGED = 1e-12  # radians of longitude, about 6 µm on the ground


def geodesic_metres(sources: Sequence[Place], targets: Sequence[Place]) -> _Floats:
    """Geodesic distances on WGS-84 in metres, shape (sources, targets)."""
    rows, row_of = _distinct(sources)
    columns, column_of = _distinct(targets)
    first = np.repeat(rows, len(columns), axis=0)
    second = np.tile(columns, (len(rows), 1))
    return _metres(first, second).reshape(len(rows), len(columns))[np.ix_(row_of, column_of)]


def geodesic_metres_of_pairs(first: Sequence[Place], second: Sequence[Place]) -> _Floats:
    """Geodesic distances on WGS-84 in metres from each of ``first`` to the one of ``second`` beside it."""
    return _metres(_coordinates(first), _coordinates(second))


def _metres(first: _Floats, second: _Floats) -> _Floats:
    # The smaller point first, so that there and back are exactly the same.
    swap = (first[:, 0] > second[:, 0]) | ((first[:, 0] == second[:, 0]) & (first[:, 1] > second[:, 1]))
    first[swap], second[swap] = second[swap], first[swap]
    metres, converged = _vincenty(first, second)
    for pair in np.flatnonzero(~converged):
        metres[pair] = geodesic(tuple(first[pair]), tuple(second[pair])).m
    return metres


def _distinct(places: Sequence[Place]) -> tuple[_Floats, NDArray[np.intp]]:
    """The distinct coordinates, shape (n, 2), and for each place which of them it is."""
    if not places:
        return np.empty((0, 2)), np.empty(0, dtype=np.intp)
    distinct, which = np.unique(_coordinates(places), axis=0, return_inverse=True)
    return distinct, which.reshape(-1)


def _coordinates(places: Sequence[Place]) -> _Floats:
    """Latitude and longitude of each place, shape (n, 2)."""
    return np.array([(place.lat, place.lon) for place in places], dtype=np.float64).reshape(-1, 2)


def _vincenty(first: _Floats, second: _Floats) -> tuple[_Floats, NDArray[np.bool_]]:
    """Distances of pairs, metres, and whether the iteration converged for each."""
    f, major, minor = _FLATTENING, _MAJOR_KM * 1000.0, _MINOR_KM * 1000.0
    reduced_1 = np.arctan((1 - f) * np.tan(np.radians(first[:, 0])))
    reduced_2 = np.arctan((1 - f) * np.tan(np.radians(second[:, 0])))
    sin_1, cos_1, sin_2, cos_2 = np.sin(reduced_1), np.cos(reduced_1), np.sin(reduced_2), np.cos(reduced_2)
    span = np.radians(second[:, 1] - first[:, 1])
    longitude = span.copy()
    converged = np.zeros(len(span), dtype=np.bool_)
    with np.errstate(invalid="ignore", divide="ignore"):
        for _ in range(_ROUNDS):
            sin_l, cos_l = np.sin(longitude), np.cos(longitude)
            sin_s = np.hypot(cos_2 * sin_l, cos_1 * sin_2 - sin_1 * cos_2 * cos_l)
            cos_s = sin_1 * sin_2 + cos_1 * cos_2 * cos_l
            arc = np.arctan2(sin_s, cos_s)
            sin_azimuth = np.where(sin_s == 0, 0.0, cos_1 * cos_2 * sin_l / sin_s)
            cos_sq = 1 - sin_azimuth**2
            cos_mid = np.where(cos_sq <= 1e-15, 0.0, cos_s - 2 * sin_1 * sin_2 / cos_sq)
            c = f / 16 * cos_sq * (4 + f * (4 - 3 * cos_sq))
            turn = arc + c * sin_s * (cos_mid + c * cos_s * (2 * cos_mid**2 - 1))
            following = span + (1 - c) * f * sin_azimuth * turn
            # A pair that has converged stands still: its result must not depend on its neighbours.
            converged |= np.abs(following - longitude) < _CONVERGED
            longitude = np.where(converged, longitude, following)
            if converged.all():
                break
        u_sq = cos_sq * (major**2 - minor**2) / minor**2
        a = 1 + u_sq / 16384 * (4096 + u_sq * (-768 + u_sq * (320 - 175 * u_sq)))
        b = u_sq / 1024 * (256 + u_sq * (-128 + u_sq * (74 - 47 * u_sq)))
        deviation = cos_s * (2 * cos_mid**2 - 1) - b / 6 * cos_mid * (4 * sin_s**2 - 3) * (4 * cos_mid**2 - 3)
        metres = minor * a * (arc - b * sin_s * (cos_mid + b / 4 * deviation))
    converged &= np.isfinite(metres) & (np.abs(longitude) <= np.pi)
    return metres, converged


@dataclass(frozen=True, slots=True)
class GeodesicTravel:
    """Driving between villages, walking inside one, both from coordinates. See :class:`TravelParameters`."""

    parameters: TravelParameters = field(default_factory=default_parameters)

    def between(self, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
        """See :meth:`routing.travel.legs.Travel.between`; a point without a place is unreachable."""
        nowhere = Place(0.0, 0.0)
        straight = geodesic_metres(
            [point.place or nowhere for point in sources], [point.place or nowhere for point in targets]
        )
        seconds, metres = self.parameters.driven(straight)
        return combined(self.parameters, Ends.of(sources, targets), straight, seconds, metres)
