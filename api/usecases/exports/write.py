"""List what somebody may export, and write it: a table as CSV or workbook, or everything in one workbook.

The file is written to disk in one reading transaction (flat memory, one state), noted in the audit trail, and only
then handed out: what goes wrong is a clear answer and never half a file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import IO, Any

from flask_babel import gettext as _

from api import language
from api.auth.actor import Actor, Role
from api.problems import invalid, not_found
from api.store.columns import now
from api.usecases import audit
from api.usecases.context import settings, store, today
from api.usecases.exports.debts import DEBTS, most_guarantors
from api.usecases.exports.office import OFFICE
from api.usecases.exports.records import RECORDS
from api.usecases.exports.source import Area, Source
from api.vault import mask_name, mask_number
from api.wording import sentences
from api.wording.exports import column_title, table_title, word
from schemas.export_tables import EXPORT_TABLES, LOANS, ExportColumn, Personal, export_columns, has_personal
from schemas.setup_cells import write_setup_value
from schemas.writing.cells import Value
from schemas.writing.csv_file import CsvWriter
from schemas.writing.workbook import MOST_ROWS, Look, SheetWriter, WorkbookWriter

ALL = "all"
_SOURCES: dict[str, Source] = {**OFFICE, **DEBTS, **RECORDS}
# Those who work with borrowers themselves; everybody else gets initials and last digits.
_CLEAR = frozenset({Role.COORDINATOR, Role.LEGAL})
_IN_MEMORY = 1 << 20
_WIDTH = 18.0


@dataclass(frozen=True, slots=True)
class Form:
    """How a table is to be written. ``words``: in the reader's language, else by stable names and codes."""

    format: str = "csv"
    encoding: str = "utf-8"
    words: bool = True
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """A written file: how many rows it has by table, and what could not be written as it was stored."""

    file: IO[bytes]
    name: str
    rows: dict[str, int]
    replaced: int
    shortened: int


def list_exports(actor: Actor) -> dict[str, Any]:
    """Return the tables that the actor may export, with their numbers of rows."""
    with store().read() as session:
        area = Area(session, actor)
        items: list[dict[str, Any]] = [
            {
                "id": key, "title": table_title(key, language.current()), "count": _SOURCES[key].count(area),
                "formats": ["csv", "xlsx"], "personal": _personal(key, actor),
            }
            for key in tables_of(actor)
        ]  # fmt: skip
    told = {one["personal"] for one in items}
    together = {
        "id": ALL, "title": table_title(ALL, language.current()), "count": sum(one["count"] for one in items),
        "formats": ["xlsx"], "personal": next((one for one in ("clear", "masked") if one in told), "none"),
    }  # fmt: skip
    return {"items": [*items, together]}


def tables_of(actor: Actor) -> list[str]:
    """Return the keys of the tables that the actor may export."""
    return [key for key in EXPORT_TABLES if actor.role in _SOURCES[key].roles]


def write_export(actor: Actor, key: str, form: Form) -> Exported:
    """Write a table (or ``all``) and note it. Raises 404 for one that the actor may not export."""
    tables = tables_of(actor)
    if key != ALL and key not in tables:
        raise not_found()
    if key == ALL and form.format != "xlsx":
        raise invalid("format", "one-table", _("CSV holds one table. Ask for xlsx, or for a single table."))
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed on to the answer
    try:
        with store().read() as session:
            tables_in = tables if key == ALL else [key]
            writing = _Writing(Area(session, actor), form, clear=actor.role in _CLEAR and not form.masked)
            exported = writing.workbook(file, key, tables_in) if form.format == "xlsx" else writing.csv(file, key)
        with store().write() as session:
            audit.record(
                session, actor.pseudonym, "export.made", key, format=form.format, rows=sum(exported.rows.values()),
                tables=exported.rows, personal="clear" if writing.clear else "masked", encoding=form.encoding,
            )  # fmt: skip
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return exported


def _personal(key: str, actor: Actor) -> str:
    return "none" if not has_personal(key) else "clear" if actor.role in _CLEAR else "masked"


class _Writing:
    """One export under way."""

    def __init__(self, area: Area, form: Form, *, clear: bool) -> None:
        self.area, self.form, self.clear = area, form, clear
        self.language = language.current() if form.words else "en"

    def csv(self, file: Any, key: str) -> Exported:
        writer, rows = CsvWriter(file, self.form.encoding), 0
        columns = self._columns(key)
        writer.row(self._titles(key, columns))
        for line in self._lines(key, columns):
            writer.row(line)
            rows += 1
        writer.flush()
        return Exported(file, self._name(key), {key: rows}, writer.replaced, 0)

    def workbook(self, file: Any, key: str, tables: list[str]) -> Exported:
        rows: dict[str, int] = {}
        with WorkbookWriter(file) as book:
            for table in tables:
                rows[table] = self._sheets(book, table)
            replaced, shortened = book.replaced, book.shortened
            if key == ALL or replaced or shortened:
                with book.sheet(_("Contents"), (40, 12), first=key == ALL) as sheet:
                    self._contents(sheet, rows, replaced, shortened)
        return Exported(file, self._name(key), rows, replaced, shortened)

    def _sheets(self, book: WorkbookWriter, key: str) -> int:
        """Write a table, on a further sheet where one is full. Returns its number of rows."""
        columns = self._columns(key)
        title = table_title(key, self.language)
        found = self._lines(key, columns)
        line, rows = next(found, None), 0
        while True:
            with book.sheet(title, [_WIDTH] * len(columns)) as sheet:
                sheet.row(self._titles(key, columns), Look.HEAD)
                while line is not None and sheet.rows < MOST_ROWS:
                    sheet.row(line)
                    line = next(found, None)
                rows += sheet.rows - 1
            if line is None:
                return rows

    def _contents(self, sheet: SheetWriter, rows: dict[str, int], replaced: int, shortened: int) -> None:
        sheet.row([_("Table"), _("Rows")], Look.HEAD)
        for key, count in rows.items():
            sheet.row([table_title(key, self.language), count])
        sheet.row([])
        sheet.row([_("Written at"), self._moment(now())])
        if any(map(has_personal, rows)):
            sheet.row([_("Names and numbers"), _("in clear") if self.clear else _("masked")])
        sheet.row([_("Characters that could not be written, shown as [U+…]"), replaced])
        sheet.row([_("Texts too long for a cell, shortened"), shortened])

    def _columns(self, key: str) -> tuple[ExportColumn, ...]:
        return export_columns(key, most_guarantors(self.area) if key in LOANS else 1)

    def _titles(self, key: str, columns: tuple[ExportColumn, ...]) -> list[Value]:
        if self.form.words:
            return [column_title(key, column, self.language) for column in columns]
        return [_stable(column.field) for column in columns]

    def _lines(self, key: str, columns: tuple[ExportColumn, ...]) -> Iterator[list[Value]]:
        written = [(column.field, self._writer_of(column)) for column in columns]
        for values in _SOURCES[key].values(self.area):
            line: list[Value] = []
            for field, write in written:
                value = values.get(field)
                line.append(None if value is None or value == "" else write(value) if write is not None else value)
            yield line

    def _writer_of(self, column: ExportColumn) -> Callable[[Any], Value] | None:
        """Return what makes a stored value one of a cell, None where it is one."""
        if column.personal is not None and not self.clear:
            return _MASKS[column.personal]
        match column.kind:
            case "boolean" | "role" | "place" | "list":
                return lambda value: write_setup_value(value, column.kind, self.language)
            case "moment":
                return self._moment
            case "word" if self.form.words:
                return cache(lambda value: word(column.field, value))
            case "reasons":
                return self._reasons
            case _:
                return None

    def _reasons(self, reasons: list[dict[str, Any]]) -> str:
        told = sentences(reasons) if self.form.words else [one["code"] for one in reasons]
        return write_setup_value(told, "list", self.language)

    def _moment(self, moment: datetime) -> str:
        return moment.astimezone(settings().zone).isoformat(timespec="seconds")

    def _name(self, key: str) -> str:
        return f"rounds-{key.replace('_', '-')}-{today().isoformat()}.{self.form.format}"


_MASKS: dict[Personal, Callable[[str], Value]] = {
    "name": mask_name,
    "number": mask_number,
    "loan": lambda number: f"…{number[-4:]}",
    "withheld": lambda _value: None,
}


def _stable(field: str) -> str:
    """A field as a column's stable name: guarantor_name, guarantor_2_name, …"""
    name, _dot, slot = field.partition(".")
    return name if slot in ("", "1") else name.replace("guarantor", f"guarantor_{slot}", 1)
