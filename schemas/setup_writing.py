"""Writing the setup workbook: empty with examples, or filled with what is stored."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from schemas.setup_cells import write_setup_value
from schemas.setup_sheets import SetupSheet, setup_sheets

EXAMPLE = {"en": "example", "zh-Hans": "示例", "zh-Hant": "示例"}
GUIDE = {"en": "Read me", "zh-Hans": "填写说明", "zh-Hant": "填寫說明"}

_HEAD = PatternFill("solid", fgColor="DDE6EE")
_GREY = Font(italic=True, color="777777")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_setup(
    language: str, guide: Sequence[Sequence[str]], filled: Mapping[str, Iterable[Mapping[str, Any]]] | None = None
) -> bytes:
    """Return an .xlsx in a language of ours: ``guide`` are the rows of its first sheet.

    Without ``filled`` every sheet holds an example; with it (sheet → values by field) those rows. Every
    cell is text: one that begins like a formula is marked as quoted, so that no spreadsheet computes it.
    """
    book = Workbook()
    first: Any = book.active
    first.title = GUIDE[language]
    _write_guide(first, guide)
    for sheet in setup_sheets().sheets.values():
        page = book.create_sheet(sheet.titles[language])
        _write_sheet(page, sheet, language, None if filled is None else filled.get(sheet.key, ()))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _write_guide(page: Worksheet, guide: Sequence[Sequence[str]]) -> None:
    for row, texts in enumerate(guide, start=1):
        for column, text in enumerate(texts, start=1):
            cell = _put(page, row, column, text)
            cell.alignment = Alignment(wrap_text=len(texts) > 1, vertical="top")
    for letter, width in zip("ABCD", (20, 24, 12, 90), strict=True):
        page.column_dimensions[letter].width = width


def _write_sheet(page: Worksheet, sheet: SetupSheet, language: str, rows: Iterable[Mapping[str, Any]] | None) -> None:
    columns = [*sheet.columns, setup_sheets().mark]
    for index, column in enumerate(columns, start=1):
        cell = _put(page, 1, index, column.titles[language])
        cell.font, cell.fill = Font(bold=True), _HEAD
        dimension = page.column_dimensions[get_column_letter(index)]
        dimension.width = max(12, 2 * len(column.example) + 2, 2 * len(column.titles[language]))
        dimension.number_format = "@"
    page.freeze_panes = "A2"
    if rows is None:
        for index, column in enumerate(columns, start=1):
            text = column.example if column in sheet.columns else EXAMPLE[language]
            _put(page, 2, index, text).font = _GREY
        return
    for number, values in enumerate(rows, start=2):
        for index, column in enumerate(sheet.columns, start=1):
            text = write_setup_value(values.get(column.field), column.kind, language)
            if text:
                _put(page, number, index, text)


def _put(page: Worksheet, row: int, column: int, text: str) -> Cell:
    text = ILLEGAL_CHARACTERS_RE.sub(" ", text)
    cell: Any = page.cell(row, column)
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    return cell
