"""Writing an .xlsx workbook sheet by sheet and row by row, straight into its archive (ECMA-376).

Libraries keep all cells in memory, or in named files in clear beside them: docs/decisions/0020-writing-workbooks.md.
What is written here is small: texts inside their cells, numbers, dates, a few looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from functools import cache
from types import TracebackType
from typing import IO, NamedTuple
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from schemas.writing.cells import Value, begins_formula, readable

MOST_ROWS = 1_048_576
MOST_TEXT = 32_767
"""A spreadsheet holds so many rows of a sheet and characters of a cell."""

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DAY_ZERO = date(1899, 12, 30)
# Excel believes that 1900 was a leap year: dates before March of it are off by a day.
_FIRST_DAY = date(1900, 3, 1)
_BLOCK = 500


class Look(IntEnum):
    """How a cell is shown; a text that begins like a formula gets the same look with the mark of a text."""

    PLAIN = 0
    TEXT = 1
    HEAD = 2
    EXAMPLE = 3
    WRAPPED = 4
    MONEY = 5
    DAY = 6


class Styled(NamedTuple):
    """A value with a look of its own."""

    value: Value
    look: Look


class WorkbookWriter:
    """A workbook under way; use it in a ``with`` statement.

    ``replaced`` counts characters that XML cannot hold, ``shortened`` the texts too long for a cell.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.replaced = 0
        self.shortened = 0
        self._archive = ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=4)
        self._sheets: list[tuple[str, int]] = []

    def __enter__(self) -> WorkbookWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._write_frame()
        self._archive.close()

    @contextmanager
    def sheet(self, title: str, widths: Sequence[float] = (), *, first: bool = False) -> Iterator[SheetWriter]:
        """Begin a sheet, whose first row stays in sight; ``first`` puts it before those written so far."""
        number = len(self._sheets) + 1
        self._sheets.insert(0 if first else len(self._sheets), (_titled(title, self._sheets), number))
        with self._archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
            part.write(_SHEET_BEGINS.format(columns=_columns(widths)).encode())
            sheet = SheetWriter(self, part)
            yield sheet
            sheet.flush()
            part.write(b"</sheetData></worksheet>")

    def text(self, text: str) -> str:
        """Return what a cell can hold of a text, as XML."""
        if len(text) > MOST_TEXT:
            self.shortened += 1
            text = text[: MOST_TEXT - 1] + "…"
        if _UNWRITABLE.search(text):
            text, count = _UNWRITABLE.subn(lambda found: readable(found.group()), text)
            self.replaced += count
        return escape(text, {"\r": "&#13;"})

    def _write_frame(self) -> None:
        names = "".join(
            f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>' for title, number in self._sheets
        )
        numbers = sorted(number for _title, number in self._sheets)
        links = "".join(_LINK.format(id=number, kind="worksheet", to=f"worksheets/sheet{number}") for number in numbers)
        links += _LINK.format(id=len(numbers) + 1, kind="styles", to="styles")
        kinds = "".join(_KIND.format(part=f"worksheets/sheet{number}", kind="worksheet") for number in numbers)
        for name, content in (
            ("[Content_Types].xml", _TYPES.format(kinds=kinds + _KIND.format(part="styles", kind="styles"))),
            ("_rels/.rels", _RELATIONS.format(links=_LINK.format(id=1, kind="officeDocument", to="xl/workbook"))),
            ("xl/workbook.xml", _WORKBOOK.format(names=names)),
            ("xl/_rels/workbook.xml.rels", _RELATIONS.format(links=links)),
            ("xl/styles.xml", _styles()),
        ):
            self._archive.writestr(name, content)


class SheetWriter:
    """A sheet under way; ``rows`` counts what was written."""

    def __init__(self, book: WorkbookWriter, part: IO[bytes]) -> None:
        self.rows = 0
        self._book, self._part = book, part
        self._waiting: list[str] = []

    def row(self, values: Iterable[Value | Styled], look: Look = Look.TEXT) -> None:
        """Write one row; ``look`` is that of its texts."""
        cells = [self._cell(*value) if isinstance(value, Styled) else self._cell(value, look) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        self._waiting.append(f"<row>{''.join(cell or '<c/>' for cell in cells)}</row>")
        self.rows += 1
        if len(self._waiting) >= _BLOCK:
            self.flush()

    def flush(self) -> None:
        """Pass on the rows that are held back."""
        self._part.write("".join(self._waiting).encode())
        self._waiting.clear()

    def _cell(self, value: Value, look: Look) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            return self._text(value, look)
        if isinstance(value, Decimal):
            return f'<c s="{_style(Look.MONEY)}"><v>{value}</v></c>'
        if isinstance(value, datetime):
            return self._text(value.isoformat(), look)
        if isinstance(value, date):
            if value < _FIRST_DAY:
                return self._text(value.isoformat(), look)
            return f'<c s="{_style(Look.DAY)}"><v>{(value - _DAY_ZERO).days}</v></c>'
        return f"<c><v>{value!r}</v></c>"

    def _text(self, text: str, look: Look) -> str:
        style = _style(look, marked=begins_formula(text))
        return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{self._book.text(text)}</t></is></c>'


def _style(look: Look, *, marked: bool = False) -> int:
    return 2 * look + marked


def _titled(title: str, taken: Iterable[tuple[str, int]]) -> str:
    """A title as Excel allows it: short, without some signs, and once."""
    title = re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip("' ") or "–"
    names = {name.casefold() for name, _number in taken}
    number, given = 1, title
    while title.casefold() in names:
        number += 1
        title = f"{given[:26]} ({number})"
    return title


def _columns(widths: Sequence[float]) -> str:
    cols = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1" style="{_style(Look.TEXT)}"/>'
        for at, width in enumerate(widths, start=1)
    )
    return f"<cols>{cols}</cols>" if cols else ""


# Number format, font, fill and alignment of each look.
_LOOKS = {
    Look.PLAIN: (0, 0, 0, ""),
    Look.TEXT: (49, 0, 0, ""),
    Look.HEAD: (49, 1, 2, ""),
    Look.EXAMPLE: (49, 2, 0, ""),
    Look.WRAPPED: (49, 0, 0, '<alignment wrapText="1" vertical="top"/>'),
    Look.MONEY: (4, 0, 0, ""),
    Look.DAY: (164, 0, 0, ""),
}


@cache
def _styles() -> str:
    forms = "".join(
        f'<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1" '
        f'applyFont="1" applyFill="1" applyAlignment="1" quotePrefix="{marked}">{alignment}</xf>'
        for number, font, fill, alignment in (_LOOKS[look] for look in Look)
        for marked in (0, 1)
    )
    return _STYLES.format(forms=forms, count=2 * len(Look))


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_BEGINS = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    "{columns}<sheetData>"
)
_WORKBOOK = f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{{names}}</sheets></workbook>'
_RELATIONS = f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{{links}}</Relationships>'
_LINK = f'<Relationship Id="rId{{id}}" Type="{_OFFICE}/{{kind}}" Target="{{to}}.xml"/>'
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>{{kinds}}</Types>'
)
_KIND = f'<Override PartName="/xl/{{part}}.xml" ContentType="{_SPREADSHEET}.{{kind}}+xml"/>'
_FONT = '<sz val="11"/><name val="Calibri"/>'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    f'<fonts count="3"><font>{_FONT}</font><font><b/>{_FONT}</font>'
    f'<font><i/><sz val="11"/><color rgb="FF777777"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFDDE6EE"/><bgColor indexed="64"/></patternFill></fill>'
    "</fills>"
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="{count}">{forms}</cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
