"""A ledger as an Excel workbook (.xlsx), read row by row."""

from __future__ import annotations

import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from schemas.ledger.archive import look_over, refusing_broken
from schemas.ledger.cells import Cell
from schemas.ledger.headers import HEADER_ROWS
from schemas.ledger.limits import LedgerLimits
from schemas.ledger.refusals import LedgerRefused
from schemas.ledger.sheet import Formats, sheet_rows
from schemas.ledger.xml_part import local, read_whole

# Numbers of formats that East Asian versions of Excel give to dates without writing them down (18.8.30).
_EAST_ASIAN_DATES = frozenset((*range(27, 37), *range(50, 59)))


class Workbook:
    """An open workbook. ``sheets`` are the names of its visible worksheets."""

    def __init__(self, file: IO[bytes], limits: LedgerLimits) -> None:
        look_over(file, limits)
        self._limits = limits
        with refusing_broken():
            self._archive = zipfile.ZipFile(file)
            names = self._archive.NameToInfo
            book = _Book()
            main = _main_part(self._archive)
            read_whole(self._archive, main, book)
            linked = _links_of(self._archive, main)
            sheets = {
                title: linked[link].part
                for title, link in book.visible.items()
                if link in linked and linked[link].kind == "worksheet" and linked[link].part in names
            }
            parts = {link.kind: link.part for link in linked.values() if link.part in names}
            strings, styles = _Strings(), _Styles()
            if "sharedStrings" in parts:
                read_whole(self._archive, parts["sharedStrings"], strings)
            if "styles" in parts:
                read_whole(self._archive, parts["styles"], styles)
        self._formats = Formats(strings.found, *styles.dated(), MAC_EPOCH if book.epoch_1904 else WINDOWS_EPOCH)
        self._parts = dict(islice(sheets.items(), limits.sheets))
        self.sheets = tuple(self._parts)
        if not self.sheets:
            raise LedgerRefused("no_sheet")

    def first_rows(self, sheet: str) -> list[tuple[Cell, ...]]:
        """Return the rows among which the header is sought. Raises :class:`LedgerRefused` over too many columns."""
        most = self._limits.columns
        rows = list(islice(self.rows(sheet, None), HEADER_ROWS))
        for number, row in enumerate(rows, start=1):
            if len(row) > most and any(cell is not None for cell in row[most:]):
                columns = max(index for index, cell in enumerate(row, start=1) if cell is not None)
                raise LedgerRefused("too_many_columns", row=number, columns=columns, most=most)
        return [row[:most] for row in rows]

    def rows(
        self, sheet: str, columns: int | None, without_value: Counter[int] | None = None, from_row: int = 1
    ) -> Iterator[tuple[Cell, ...]]:
        """Give the rows of a sheet, missing ones as empty tuples, at most ``columns`` wide.

        The size that the sheet declares is not looked at, nor what it hides: columns and rows are read all the
        same. ``without_value`` counts, by column and from ``from_row`` on, formulas whose result the file does
        not hold; they read as blank. Raises :class:`LedgerRefused`, with the row, where the sheet breaks off.
        """
        number = 0
        rows = sheet_rows(self._archive, self._parts[sheet], self._formats, columns, without_value, from_row)
        try:
            with refusing_broken():
                for row in rows:
                    yield row
                    number += 1
        except LedgerRefused as error:
            error.facts.setdefault("row", number + 1)
            raise

    def close(self) -> None:
        """Release the workbook; the file below stays open."""
        self._archive.close()


@dataclass(frozen=True, slots=True)
class _Link:
    """A relation of one part to another; ``kind`` is the last word of its type."""

    kind: str
    part: str


class _Ignoring:
    """A handler that looks at the beginnings of elements only."""

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


@dataclass
class _Links(_Ignoring):
    """Relations of a part that lies in ``folder``, by their ids."""

    folder: str
    found: dict[str, _Link] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith("Relationship") and attributes.get("TargetMode") != "External":
            target = attributes["Target"]
            part = target.removeprefix("/") if target.startswith("/") else posixpath.join(self.folder, target)
            kind = attributes["Type"].rpartition("/")[2]
            self.found[attributes.get("Id", "")] = _Link(kind, posixpath.normpath(part))


def _links_of(archive: zipfile.ZipFile, part: str) -> Mapping[str, _Link]:
    folder, name = posixpath.split(part)
    links = _Links(folder)
    read_whole(archive, posixpath.join(folder, "_rels", f"{name}.rels"), links)
    return links.found


def _main_part(archive: zipfile.ZipFile) -> str:
    linked = _links_of(archive, "").values()
    return next((link.part for link in linked if link.kind == "officeDocument"), "xl/workbook.xml")


@dataclass
class _Book(_Ignoring):
    """The worksheets that are not hidden, each with the id of its relation."""

    visible: dict[str, str] = field(default_factory=dict)
    epoch_1904: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "sheet" if attributes.get("state", "visible") == "visible":
                link = next((value for key, value in attributes.items() if key.endswith((" id", ":id"))), "")
                self.visible[attributes["name"]] = link
            case "workbookPr":
                self.epoch_1904 = attributes.get("date1904", "0") in ("1", "true")


class _Strings:
    """The strings that cells share; phonetic readings (rPh) are not theirs."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._texts: list[str] = []
        self._held = False
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "t":
                self._held = not self._phonetic
            case "si":
                self._texts = []
            case "rPh":
                self._phonetic += 1

    def text(self, text: str) -> None:
        if self._held:
            self._texts.append(text)

    def end(self, name: str) -> None:
        match local(name):
            case "t":
                self._held = False
            case "si":
                self.found.append("".join(self._texts))
            case "rPh":
                self._phonetic -= 1


class _Styles:
    """The number formats of cells."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = dict(BUILTIN_FORMATS)
        self._of_cells: list[int] = []
        self._among_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "numFmt":
                self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            case "cellXfs":
                self._among_cells = True
            case "xf" if self._among_cells:
                self._of_cells.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if local(name) == "cellXfs":
            self._among_cells = False

    def text(self, text: str) -> None:
        pass

    def dated(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the styles (as cells name them) that show dates or durations, and those of durations."""
        codes = {number: code for number, code in self._codes.items() if number in set(self._of_cells)}
        durations = {number for number, code in codes.items() if is_timedelta_format(code)}
        dates = {number for number, code in codes.items() if is_date_format(code)} | durations | _EAST_ASIAN_DATES

        def styles(numbers: frozenset[int] | set[int]) -> frozenset[str]:
            return frozenset(str(style) for style, number in enumerate(self._of_cells) if number in numbers)

        return styles(dates), styles(durations)
