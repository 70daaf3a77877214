"""Finding the header row of a table and saying which column is which field."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from routing.places import Datum
from routing.script import fold
from schemas.ledger.refusals import LedgerRefused, Notice, shown
from schemas.ledger.vocabulary import COLUMNS, REQUIRED, plain

HEADER_ROWS = 40
"""The header is sought among so many first rows."""
MOST_HEADERS_NAMED = 40

_BRACKETS = re.compile(r"[(\[【〔{<《]([^()\[\]【】〔〕{}<>《》]*)[)\]】〕}>》]")
_TITLE_UNIT = re.compile(r"(?:金额)?单位[::]?(人民币)?(亿元|万元|千元|元)")
_SLOT = re.compile(r"[1-9一二三四五]")
_SLOT_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column: where it stands (from 0), what its header says, and what it is read as.

    ``unit`` multiplies amounts to yuan; ``datum`` is what its coordinates are counted in, where the
    header says so; ``slot`` numbers the guarantor it speaks of (from 1); ``rank`` orders columns of
    one field, the preferred first. ``field`` is None for a column that is not read.
    """

    index: int
    header: str
    field: str | None = None
    unit: Decimal = Decimal(1)
    datum: Datum | None = None
    slot: int = 1
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """The header row (counted from 1) and its columns."""

    row: int
    columns: tuple[LedgerColumn, ...]

    @property
    def known(self) -> int:
        """How many different fields it names."""
        return len({column.field for column in self.columns if column.field})


@lru_cache(maxsize=4096)
def _understood(header: str) -> LedgerColumn | None:
    """What a header means, at index 0; None when it is not known."""
    text = fold(header)
    inside = [plain(found) for found in _BRACKETS.findall(text)]
    unit = next((COLUMNS.unit[word] for word in inside if word in COLUMNS.unit), None)
    datum = next((COLUMNS.datum[word] for word in inside if word in COLUMNS.datum), None)
    bare = plain(_BRACKETS.sub("", text))
    for name, its_unit, its_datum in ((bare, unit, datum), *_without_unit(bare, datum), *_without_datum(bare, unit)):
        if name in COLUMNS.alias:
            field, rank = COLUMNS.alias[name]
            return LedgerColumn(0, header, field, its_unit or Decimal(0), its_datum, 1, rank)
    return _numbered_guarantor(header, bare)


def _without_unit(bare: str, datum: Datum | None) -> list[tuple[str, Decimal, Datum | None]]:
    """The header without a unit at its end that stands there without brackets."""
    words = [word for word in COLUMNS.unit if word and bare.endswith(word) and len(bare) > len(word)]
    return [(bare.removesuffix(word), COLUMNS.unit[word], datum) for word in sorted(words, key=len, reverse=True)]


def _without_datum(bare: str, unit: Decimal | None) -> list[tuple[str, Decimal | None, Datum | None]]:
    """The header without a datum's name in front or behind."""
    found: list[tuple[str, Decimal | None, Datum | None]] = []
    for word, datum in sorted(COLUMNS.datum.items(), key=lambda item: -len(item[0])):
        if bare.startswith(word) or bare.endswith(word):
            found.append((bare.removeprefix(word).removesuffix(word), unit, datum))
    return found


def _numbered_guarantor(header: str, bare: str) -> LedgerColumn | None:
    """保证人2身份证号 and the like: a further guarantor's column."""
    numbers = _SLOT.findall(bare)
    if len(numbers) != 1:
        return None
    field, rank = COLUMNS.alias.get(_SLOT.sub("", bare), ("", 0))
    if not field.startswith("guarantor_"):
        return None
    slot = _SLOT_NUMBERS.get(numbers[0]) or int(numbers[0])
    return LedgerColumn(0, header, field, Decimal(0), None, slot, rank)


def find_header(rows: Sequence[Sequence[str]], mapping: Mapping[str, str] | None = None) -> Header | None:
    """Return the row among ``rows`` (texts, from the first of the file) that names most fields, or None.

    ``mapping`` (header → field, "" = not read) goes before the aliases. A row that names fewer than
    two fields is no header. Of equals the first is taken.
    """
    best: Header | None = None
    for number, row in enumerate(rows[:HEADER_ROWS], start=1):
        header = Header(number, columns_of(row, mapping or {}))
        if header.known >= 2 and (best is None or header.known > best.known):
            best = header
    if best is None:
        return None
    unit = _unit_of_titles(rows[: best.row - 1])
    return replace(best, columns=tuple(replace(c, unit=_unit_of(c, unit)) for c in best.columns))


def columns_of(headers: Sequence[str], mapping: Mapping[str, str]) -> tuple[LedgerColumn, ...]:
    """Return how the headers of a row would be understood; amounts without a unit have the unit 0."""
    corrected = {plain(header): field for header, field in mapping.items()}
    return tuple(_column(index, text, corrected) for index, text in enumerate(headers))


def _unit_of(column: LedgerColumn, default: Decimal) -> Decimal:
    """The unit of an amount is the header's own, else the table's; nothing else has one."""
    money = column.field is not None and COLUMNS.kind[column.field] == "money"
    return (column.unit or default) if money else Decimal(1)


def _column(index: int, text: str, corrected: Mapping[str, str]) -> LedgerColumn:
    header = text.strip()
    understood = _understood(header) if 0 < len(header) <= 80 else None
    told = corrected.get(plain(header)) if header else None
    if told is not None:
        base = understood or LedgerColumn(index, header, unit=Decimal(0))
        return replace(base, index=index, field=told or None)
    if understood is None:
        return LedgerColumn(index, header)
    return replace(understood, index=index)


def _unit_of_titles(rows: Sequence[Sequence[str]]) -> Decimal:
    """The unit that a title row above the header gives for all amounts (单位：万元), else 1."""
    for row in rows:
        for cell in row:
            found = _TITLE_UNIT.search(fold(cell)) if cell else None
            if found:
                return COLUMNS.unit[plain(found.group(2))]
    return Decimal(1)


def require_columns(rows: Sequence[Sequence[str]], header: Header | None) -> Header:
    """Return ``header``. Raises :class:`LedgerRefused` when there is none or a required field has no column."""
    if header is None:
        seen = max((row for row in rows[:HEADER_ROWS]), key=_filled, default=())
        raise LedgerRefused("no_known_header", **_named(seen))
    missing = tuple(name for name in REQUIRED if all(column.field != name for column in header.columns))
    if missing:
        seen = [column.header for column in header.columns]
        wanted = tuple(COLUMNS.shown[name][0] for name in missing)
        raise LedgerRefused("columns_missing", missing=missing, wanted=wanted, row=header.row, **_named(seen))
    return header


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _named(seen: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The headers seen, and for those that are not known the nearest alias, as ``seen → alias``."""
    headers = [shown(cell) for cell in seen if cell.strip()][:MOST_HEADERS_NAMED]
    near = []
    for header in headers:
        if _understood(header) is None and (alias := nearest_alias(header)):
            near.append(f"{header} → {alias}")
    return {"seen": tuple(headers), "nearest": tuple(near)}


def nearest_alias(header: str) -> str | None:
    """Return the alias most like an unknown header, or None when none is alike."""
    text = plain(_BRACKETS.sub("", fold(header)))[:40]
    by_plain = {plain(alias): alias for aliases in COLUMNS.shown.values() for alias in aliases}
    close = difflib.get_close_matches(text, by_plain, n=1, cutoff=0.5)
    if close:
        return by_plain[close[0]]
    inside = [name for name in by_plain if len(name) > 1 and name in text]
    return by_plain[max(inside, key=lambda name: (len(name), name))] if inside else None


def notices_of(header: Header) -> tuple[Notice, ...]:
    """What a person should know of the columns: fields with several columns, headers that are not read."""
    notices: list[Notice] = []
    by_field: dict[tuple[str, int], list[LedgerColumn]] = {}
    for column in header.columns:
        if column.field:
            by_field.setdefault((column.field, column.slot), []).append(column)
    for (field, _), columns in by_field.items():
        if len(columns) > 1:
            names = tuple(shown(column.header) for column in sorted(columns, key=lambda c: (c.rank, c.index)))
            notices.append(Notice("field_has_several_columns", {"field": field, "columns": names}))
    unread = tuple(
        shown(column.header)
        for column in header.columns
        if column.header and not column.field and plain(column.header) not in COLUMNS.unused
    )
    if unread:
        near = tuple(f"{name} → {alias}" for name in unread[:MOST_HEADERS_NAMED] if (alias := nearest_alias(name)))
        notices.append(Notice("columns_not_read", {"columns": unread, "nearest": near}))
    return tuple(notices)


def source_of(header: Header) -> str:
    """Return a fingerprint of the headers, under which a corrected mapping can be remembered."""
    text = "\x1f".join(plain(column.header) for column in header.columns)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
