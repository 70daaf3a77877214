"""Reading a gazetteer: a table of named places with coordinates (census centroids, an OSM extract)."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import BinaryIO

from routing.gazetteer import NamedPlace
from schemas.ledger.cells import clean
from schemas.ledger.container import kind_of, take_in
from schemas.ledger.limits import LedgerLimits
from schemas.ledger.refusals import LedgerRefused
from schemas.ledger.vocabulary import plain

_ALIASES = {
    "name": ("name", "village", "place name", "village name", "名称", "村名", "地名", "村组", "自然村"),
    "lat": ("lat", "latitude", "centroid_lat", "y", "纬度"),
    "lon": ("lon", "lng", "long", "longitude", "centroid_lon", "x", "经度"),
    "within": (
        "district", "sub_dist", "sub district", "subdistrict", "town", "township", "county", "block", "tehsil",
        "乡镇", "镇", "乡", "街道", "县", "区县", "行政村",
    ),
}  # fmt: skip
_FIELDS = {plain(alias): name for name, aliases in _ALIASES.items() for alias in aliases}
_LIMITS = LedgerLimits(bytes=50_000_000)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The places of a file, the lines left out for want of a name or a place, and the file's SHA-256."""

    places: tuple[NamedPlace, ...]
    left_out: tuple[int, ...]
    sha256: str


def read_gazetteer(stream: BinaryIO, limits: LedgerLimits = _LIMITS) -> Gazetteer:
    """Return the places of a CSV. Raises :class:`LedgerRefused` for anything else and for missing columns."""
    copy, digest = take_in(stream, limits)
    with copy:
        if kind_of(copy) != "csv":
            raise LedgerRefused("not_gazetteer")
        text = _decoded(copy.read())
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise LedgerRefused("not_gazetteer") from error
    fields = [_FIELDS.get(plain(header)) for header in rows[0]] if rows else []
    if not {"name", "lat", "lon"} <= set(fields):
        raise LedgerRefused("gazetteer_columns", seen=tuple(rows[0][:20]) if rows else ())
    places: list[NamedPlace] = []
    left_out: list[int] = []
    for line, row in enumerate(rows[1:], start=2):
        place = _place(fields, row, line)
        if place is not None:
            places.append(place)
        elif any(row):
            left_out.append(line)
    return Gazetteer(tuple(places), tuple(left_out), digest)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LedgerRefused("not_gazetteer")


def _place(fields: list[str | None], row: list[str], line: int) -> NamedPlace | None:
    cells = list(zip(fields, (clean(cell) for cell in row), strict=False))
    first = {field: cell for field, cell in reversed(cells) if field}
    try:
        lat, lon = float(first.get("lat", "")), float(first.get("lon", ""))
    except ValueError:
        return None
    known = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    if not known or not first.get("name"):
        return None
    return NamedPlace(first["name"], lat, lon, tuple(cell for field, cell in cells if field == "within" and cell), line)
