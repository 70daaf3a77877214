"""Reading a list of named places with coordinates: a table (census centroids, GeoNames) or an OpenStreetMap extract."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.utils import get_column_letter

from routing.gazetteer import NamedPlace
from routing.places import Datum, is_place
from routing.rulefile import read_rule_file
from schemas.ledger.cells import BLANK, clean
from schemas.ledger.coordinates import place, read_coordinate
from schemas.ledger.refusals import shown
from schemas.ledger.vocabulary import plain

MOST_BYTES = 200_000_000
"""A table larger than this is not read; an extract is read from its file, whatever its size."""

MOST_PROBLEMS = 1000
"""So many rows of a table are told about, by their cell."""

_OSM = re.compile(r"\.(?:osm|pbf|osm\.(?:gz|bz2|pbf))\Z", re.IGNORECASE)


class GazetteerRefused(Exception):
    """The file is no list of places; ``code`` and ``facts`` say why.

    ``not_gazetteer`` (no text table), ``gazetteer_columns`` (seen: its headers), ``gazetteer_too_large`` (most),
    ``osm_unreadable`` (says), ``osm_datum``: an extract is in WGS-84 whatever somebody says.
    """

    def __init__(self, code: str, **facts: str | int) -> None:
        self.code, self.facts = code, facts
        super().__init__(f"{code} {facts}" if facts else code)


@dataclass(frozen=True, slots=True)
class ListProblem:
    """Why a row of a table is no place: ``cell`` as a spreadsheet names it (C5), what stands there, and a code.

    ``place_name_missing``, or one of the codes of coordinates in :mod:`schemas.ledger.codes`.
    """

    row: int
    cell: str
    column: str
    value: str
    code: str


@dataclass(slots=True)
class Gazetteer:
    """A list that is being read: :meth:`places` gives each place once; ``left_out`` counts entries that are none.

    ``problems`` tells of them by cell, where the list is a table.
    """

    file: Path
    datum: Datum
    _read: Callable[[Gazetteer], Iterator[NamedPlace]]
    left_out: int = 0
    problems: list[ListProblem] = field(default_factory=list)

    def places(self) -> Iterator[NamedPlace]:
        """Yield the places as they are read, WGS-84. Raises :class:`GazetteerRefused` for a file that breaks off."""
        return self._read(self)

    def sha256(self) -> str:
        """Return the digest of the file."""
        with self.file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class _Words:
    columns: dict[str, str]
    skipped: frozenset[str]
    splits: re.Pattern[str]
    kinds: frozenset[str]
    names: tuple[str, ...]
    within: frozenset[str]


def _read_words() -> _Words:
    table, _version = read_rule_file(Path(__file__).with_name("gazetteer.toml"))
    columns, skip, split, osm = (table.table(name) for name in ("columns", "skip", "split", "osm"))
    fields = ("name", "other_names", "lat", "lon", "kind", "within")
    words = _Words(
        {plain(alias): name for name in fields for alias in columns.texts(name)},
        frozenset(skip.texts("kinds")),
        re.compile("|".join(map(re.escape, split.texts("names")))),
        frozenset(osm.texts("kinds")),
        osm.texts("names"),
        frozenset(osm.texts("within")),
    )
    for part in (columns, skip, split, osm, table):
        part.done()
    return words


_WORDS = _read_words()


def open_gazetteer(file: Path, datum: Datum = "wgs84") -> Gazetteer:
    """Return the list in a file, ready to be read. Raises :class:`GazetteerRefused` for what is none.

    ``datum`` is the one that a table's coordinates are in.
    """
    if _OSM.search(file.name):
        if datum != "wgs84":
            raise GazetteerRefused("osm_datum")
        return Gazetteer(file, datum, _osm_places)
    if file.stat().st_size > MOST_BYTES:
        raise GazetteerRefused("gazetteer_too_large", most=MOST_BYTES // 1_000_000)
    rows = _rows(file.read_bytes())
    return Gazetteer(file, datum, lambda gazetteer: _table_places(gazetteer, *rows))


# --- a table ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that is read: where it stands (from 0), its header, and what it says of a place."""

    index: int
    header: str
    says: str


def _rows(data: bytes) -> tuple[list[_Column], Iterator[list[str]]]:
    """Return the columns that say something of a place, and the rows below the header."""
    text = _decoded(data)
    head = text[: text.find("\n")] if "\n" in text else text
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    try:
        headers = next(rows, [])
    except csv.Error as error:
        raise GazetteerRefused("not_gazetteer") from error
    said = [(at, header, _WORDS.columns.get(plain(header))) for at, header in enumerate(headers)]
    columns = [_Column(at, header, says) for at, header, says in said if says]
    if not {"name", "lat", "lon"} <= {column.says for column in columns}:
        if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in head):
            raise GazetteerRefused("not_gazetteer")
        raise GazetteerRefused("gazetteer_columns", seen=", ".join(headers[:20])[:300])
    return columns, rows


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GazetteerRefused("not_gazetteer")


def _table_places(gazetteer: Gazetteer, columns: list[_Column], rows: Iterator[list[str]]) -> Iterator[NamedPlace]:
    try:
        for number, row in enumerate(rows, start=2):
            found = _row_place(columns, row, number, gazetteer.datum) if any(row) else None
            if isinstance(found, NamedPlace):
                if found.kind not in _WORDS.skipped:
                    yield found
            elif found is not None:
                gazetteer.left_out += 1
                if len(gazetteer.problems) < MOST_PROBLEMS:
                    gazetteer.problems.append(found)
    except csv.Error as error:
        raise GazetteerRefused("not_gazetteer") from error


def _row_place(columns: list[_Column], row: list[str], number: int, datum: Datum) -> NamedPlace | ListProblem:
    cells = [(column, clean(row[column.index])) for column in columns if column.index < len(row)]
    # Of several columns that say the same the first that is filled counts.
    first = dict(reversed([(column.says, (column, cell)) for column, cell in cells if cell]))

    def problem(says: str, code: str) -> ListProblem:
        column, cell = first.get(says) or (next(one for one in columns if one.says == says), "")
        return ListProblem(
            number, f"{get_column_letter(column.index + 1)}{number}", shown(column.header), shown(cell), code
        )

    if "name" not in first:
        return problem("name", "place_name_missing")
    degrees = {}
    for says in ("lat", "lon"):
        read = read_coordinate(first[says][1]) if says in first else BLANK
        if read.value is None:
            return problem(says, read.code or "coordinate_missing")
        if read.value.axis not in (None, says):
            return problem(says, "coordinates_swapped")
        degrees[says] = read.value.value
    at = place(degrees["lat"], degrees["lon"], datum, None)
    if at.value is None:
        return problem("lat", str(at.code))
    lat, lon = at.value
    name, kind = first["name"][1], first["kind"][1] if "kind" in first else ""
    others = [part for column, cell in cells if column.says in ("name", "other_names") for part in _parts(cell)]
    within = tuple(dict.fromkeys(cell for column, cell in cells if column.says == "within" and cell))
    return NamedPlace(name, lat, lon, within, number, _but(name, others), kind)


def _parts(cell: str) -> Iterable[str]:
    return (part.strip() for part in _WORDS.splits.split(cell))


def _but(name: str, others: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(other for other in others if other and other != name))


# --- an OpenStreetMap extract ---------------------------------------------------------------------------------------


def _osm_places(gazetteer: Gazetteer) -> Iterator[NamedPlace]:
    """Yield the place nodes of an extract. Only they leave the C++ reader, so a province takes seconds."""
    import osmium

    places = osmium.FileProcessor(str(gazetteer.file), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("place"))
    try:
        for node in places:
            tags = dict(node.tags)
            if tags["place"] in _WORDS.kinds:
                place = _node_place(tags, node)
                if place is not None:
                    yield place
                else:
                    gazetteer.left_out += 1
    except RuntimeError as error:  # what libosmium raises for a file that is none, or breaks off
        raise GazetteerRefused("osm_unreadable", says=str(error)[:200]) from error


def _node_place(tags: dict[str, str], node: object) -> NamedPlace | None:
    location = node.location  # type: ignore[attr-defined]
    names = [
        part
        for base in _WORDS.names
        for tag in sorted(tags)
        if tag == base or tag.startswith(f"{base}:")
        for part in _parts(tags[tag])
        if part
    ]
    if not names or not location.valid() or not is_place(location.lat, location.lon):
        return None
    within = tuple(dict.fromkeys(part.strip() for tag in sorted(_WORDS.within & tags.keys())
                                 for part in re.split("[;,，、]", tags[tag]) if part.strip()))  # fmt: skip
    number = int(node.id)  # type: ignore[attr-defined]
    others = _but(names[0], names[1:])
    return NamedPlace(names[0], location.lat, location.lon, within, number, others, tags["place"], partial=True)
