"""The words of ledgers, out of ``columns.toml`` and ``words.toml``: column names, units, datums, values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from routing.places import Datum
from routing.rulefile import RulesError, Table, read_rule_file
from routing.script import fold

_HERE = Path(__file__).parent
_DECORATION = re.compile(r"[\s_*:：#'\"“”‘’、。.,，/\\|-]+")

KINDS = (
    "identifier", "name", "text", "id_kind", "id_number", "phone", "date", "money", "days",
    "five_tier_class", "security", "availability", "coordinate", "position", "datum",
)  # fmt: skip
REQUIRED = ("loan_number", "borrower_name", "outstanding")
"""Without these columns a file is not a ledger."""


@dataclass(frozen=True, slots=True)
class Columns:
    """``alias`` maps a plain header (see :func:`plain`) to its field and rank (0 = preferred)."""

    kind: dict[str, str]
    alias: dict[str, tuple[str, int]]
    shown: dict[str, tuple[str, ...]]
    unused: frozenset[str]
    unit: dict[str, Decimal]
    datum: dict[str, Datum]


@dataclass(frozen=True, slots=True)
class Words:
    """``values[field][folded cell]`` is the canonical value."""

    values: dict[str, dict[str, str]]
    blank: frozenset[str]
    excel_errors: frozenset[str]


def plain(header: str) -> str:
    """Return a header in the form in which headers are compared: folded, without decoration."""
    return _DECORATION.sub("", fold(header))


def _columns(file: Path) -> Columns:
    table, _ = read_rule_file(file)
    found = Columns({}, {}, {}, frozenset(), {}, {})
    for name, entry in table.named_tables("field").items():
        found.kind[name] = entry.text("kind", KINDS)
        aliases = entry.texts("aliases")
        found.shown[name] = aliases
        for rank, alias in enumerate(aliases):
            if found.alias.setdefault(plain(alias), (name, rank))[0] != name:
                raise entry.error("aliases", f"{alias!r} is also an alias of another field")
        # The stable names, under which an export may head its columns.
        found.alias.setdefault(plain(name), (name, len(aliases)))
        entry.done()
    unused = table.table("unused")
    units, datums = table.table("units"), table.table("datums")
    for factor in ("1", "1000", "10000", "100000000"):
        found.unit.update((plain(word), Decimal(factor)) for word in units.texts(factor))
    for datum in ("wgs84", "gcj02", "bd09"):
        found.datum.update((plain(word), datum) for word in datums.texts(datum))
    read = Columns(
        found.kind, found.alias, found.shown, frozenset(map(plain, unused.texts("aliases"))), found.unit, found.datum
    )
    for part in (unused, units, datums, table):
        part.done()
    for name in REQUIRED:
        if name not in read.kind:
            raise RulesError(file, f"field.{name}", "is missing, and no ledger can be read without it")
    return read


def _values(table: Table, name: str) -> dict[str, str]:
    inner = table.table(name)
    found: dict[str, str] = {}
    for value in VALUES[name]:
        for word in inner.texts(value):
            if found.setdefault(fold(word), value) != value:
                raise inner.error(value, f"{word!r} also stands for another value")
    inner.done()
    return found


VALUES: dict[str, tuple[str, ...]] = {
    "five_tier_class": ("normal", "special_mention", "substandard", "doubtful", "loss"),
    "security": ("none", "guarantee", "joint", "general", "mortgage", "pledge"),
    "id_kind": ("id_card", "other"),
    "availability": ("any", "mornings", "evenings", "weekends", "market_day", "farming", "home_at_new_year"),
}


def _words(file: Path) -> Words:
    table, _ = read_rule_file(file)
    values = {name: _values(table, name) for name in VALUES}
    blank, errors = table.table("blank"), table.table("excel_errors")
    read = Words(values, frozenset(map(fold, blank.texts("words"))), frozenset(map(fold, errors.texts("words"))))
    for part in (blank, errors, table):
        part.done()
    return read


COLUMNS = _columns(_HERE / "columns.toml")
WORDS = _words(_HERE / "words.toml")
