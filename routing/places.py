"""Where things are: datums of coordinates in China, distances, and what a place may be.

Everything inside Rounds is WGS-84. Maps in China are drawn on GCJ-02 (Amap, Tencent) or BD-09 (Baidu),
which shift a point by up to about 700 m and 1 300 m. The shift of GCJ-02 is unpublished; the formulae
are those of the eviltransform library and agree with the vendors' to about a metre. The way back is
found by fixed-point iteration.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from routing.problem import Place

Datum = Literal["wgs84", "gcj02", "bd09"]

EARTH_RADIUS = 6_371_008.8
"""Mean radius of the earth in metres (IUGG)."""

# Krasovsky 1940, the ellipsoid on which GCJ-02 is computed.
_AXIS = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_TURN = math.pi * 3000.0 / 180.0
# Where GCJ-02 shifts at all: a box about mainland China.
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347


def to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """Shift a WGS-84 point to GCJ-02 (degrees); outside China the two are the same."""
    if not (_SOUTH <= lat <= _NORTH and _WEST <= lon <= _EAST):
        return lat, lon
    d_lat, d_lon = _shift(lat, lon)
    return lat + d_lat, lon + d_lon


def to_bd09(lat: float, lon: float) -> tuple[float, float]:
    """Shift a WGS-84 point to BD-09 (degrees)."""
    lat, lon = to_gcj02(lat, lon)
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_TURN)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_TURN)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


_FORWARD: dict[Datum, Callable[[float, float], tuple[float, float]]] = {"gcj02": to_gcj02, "bd09": to_bd09}


def to_wgs84(lat: float, lon: float, datum: Datum) -> tuple[float, float]:
    """Bring a point (degrees) from ``datum`` to WGS-84, to better than a centimetre of the forward formula."""
    forward = _FORWARD.get(datum)
    if forward is None:
        return lat, lon
    guess_lat, guess_lon = lat, lon
    for _ in range(12):
        seen_lat, seen_lon = forward(guess_lat, guess_lon)
        step_lat, step_lon = lat - seen_lat, lon - seen_lon
        guess_lat, guess_lon = guess_lat + step_lat, guess_lon + step_lon
        if abs(step_lat) < 1e-9 and abs(step_lon) < 1e-9:
            break
    # At the poles and the date line the last step may leave the globe.
    return min(90.0, max(-90.0, guess_lat)), min(180.0, max(-180.0, guess_lon))


def is_place(lat: float, lon: float) -> bool:
    """Return whether two numbers can be where a village is: on the globe, and not 0/0, which broken devices send."""
    return math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)


def metres(a: Place, b: Place) -> float:
    """Great-circle distance of two places in metres (haversine; within 0.6 % of the geodesic)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def _shift(lat: float, lon: float) -> tuple[float, float]:
    """The shift from WGS-84 to GCJ-02 in degrees of latitude and longitude."""
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    shared = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    d_lat += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    d_lat += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    d_lon += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    d_lon += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    sine = math.sin(math.radians(lat))
    curve = 1 - _ECCENTRICITY_SQUARED * sine * sine
    north = _AXIS * (1 - _ECCENTRICITY_SQUARED) / (curve * math.sqrt(curve)) * math.pi / 180
    east = _AXIS / math.sqrt(curve) * math.cos(math.radians(lat)) * math.pi / 180
    return d_lat / north, d_lon / east
