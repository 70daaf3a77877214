"""Where a ledger says a door stands. An unlikely place is reported and left out: no guessed pin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from routing.places import Datum, to_wgs84
from schemas.ledger.cells import BLANK, Cell, Read, is_blank, narrow, text_of, unusable

LONGEST = 40
"""A coordinate of more characters is none."""

_PLAIN = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,17})?\Z")
_DEGREES = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,17})?)[°度]?([NSEW北南东西])?\Z")
_HEMISPHERE_FIRST = re.compile(r"([NSEW北南东西])[纬经]?(\d{1,3}(?:\.\d{1,17})?)[°度]?\Z")
_MINUTES = re.compile(
    r"(?P<before>[NSEW北南东西])?[纬经]?(?P<d>\d{1,3})[°度](?P<m>\d{1,2}(?:\.\d+)?)['′分]"
    r"(?:(?P<s>\d{1,2}(?:\.\d+)?)(?:\"|″|''|′′|秒))?(?P<after>[NSEW北南东西])?\Z"
)
_BETWEEN = re.compile(r"[,;，；、\s]+")
_LATITUDE, _LONGITUDE, _NEGATIVE = set("NS北南"), set("EW东西"), set("SW南西")


@dataclass(frozen=True, slots=True)
class Area:
    """A box of WGS-84 degrees about the lender's area."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a point lies in the box."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


class Degrees(NamedTuple):
    """One coordinate as read; ``axis`` is "lat" or "lon" when the cell itself said so."""

    value: float
    axis: str | None = None


def read_coordinate(cell: Cell) -> Read:
    """Read degrees, decimal or with minutes and seconds, as :class:`Degrees`; ranges are looked at later."""
    if isinstance(cell, str) and _PLAIN.match(cell):
        return Read(Degrees(float(cell)))
    if isinstance(cell, bool | datetime | date | time | timedelta):
        return Read(None, "coordinate_unreadable")
    if isinstance(cell, int | float):
        return Read(Degrees(float(cell))) if -1000 < cell < 1000 else Read(None, "coordinate_unreadable")
    text = text_of(cell)
    if not text or is_blank(text):
        return BLANK
    if code := unusable(text):
        return Read(None, code)
    degrees = _degrees(narrow(text).upper()) if len(text) <= LONGEST else None
    return Read(degrees) if degrees else Read(None, "coordinate_unreadable")


def _degrees(text: str) -> Degrees | None:
    if found := _DEGREES.match(text):
        return _signed(float(found[1]), found[2])
    if found := _HEMISPHERE_FIRST.match(text):
        return _signed(float(found[2]), found[1])
    if found := _MINUTES.match(text):
        minutes, seconds = float(found["m"]), float(found["s"] or 0)
        if minutes < 60 and seconds < 60:
            return _signed(int(found["d"]) + minutes / 60 + seconds / 3600, found["before"] or found["after"])
    return None


def _signed(value: float, hemisphere: str | None) -> Degrees:
    if hemisphere is None:
        return Degrees(value)
    return Degrees(-abs(value) if hemisphere in _NEGATIVE else value, "lat" if hemisphere in _LATITUDE else "lon")


def read_position(cell: Cell) -> Read:
    """Read both coordinates out of one cell, as a pair of :class:`Degrees` in the cell's order."""
    text = text_of(cell)
    if not text or is_blank(text):
        return BLANK
    if code := unusable(text):
        return Read(None, code)
    parts = [part for part in _BETWEEN.split(text.strip().strip("()（）[]")) if part]
    if len(parts) != 2 or len(text) > 2 * LONGEST:
        return Read(None, "coordinate_unreadable")
    first, second = (_degrees(narrow(part).upper()) for part in parts)
    return Read((first, second)) if first and second else Read(None, "coordinate_unreadable")


def ordered(first: Degrees, second: Degrees) -> tuple[float, float] | None:
    """Return latitude and longitude of a pair, or None when nothing tells which is which.

    What tells: a hemisphere letter, a value above 90, and that in China longitudes (73 to 135) lie
    above latitudes (18 to 54).
    """
    for lat, lon in ((first, second), (second, first)):
        if lat.axis == "lat" or lon.axis == "lon" or abs(lon.value) > 90:
            return lat.value, lon.value
        if 18 <= lat.value <= 54 and 73 <= lon.value <= 135:
            return lat.value, lon.value
    return None


def place(lat: float, lon: float, datum: Datum, area: Area | None) -> Read:
    """Check a pair of degrees in ``datum`` and return it in WGS-84 as ``(lat, lon)``; no value when it cannot stand."""
    if lat == 0 and lon == 0:
        return Read(None, "coordinates_zero")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        swapped = -90 <= lon <= 90 and -180 <= lat <= 180
        return Read(None, "coordinates_swapped" if swapped else "coordinates_out_of_range")
    found = to_wgs84(lat, lon, datum)
    if area and not area.holds(*found):
        return Read(None, "coordinates_swapped" if area.holds(lon, lat) else "coordinates_outside_area")
    if area is None and 73 <= lat <= 90 and 18 <= lon <= 54:
        return Read(None, "coordinates_swapped")
    return Read(found)
