"""Writing the setup workbook: empty with examples, or filled with what is stored."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.setup_cells import write_setup_value
from schemas.setup_sheets import SetupSheet, setup_sheets
from schemas.writing.workbook import Look, SheetWriter, WorkbookWriter

EXAMPLE = {"en": "example", "zh-Hans": "示例", "zh-Hant": "示例"}
GUIDE = {"en": "Read me", "zh-Hans": "填写说明", "zh-Hant": "填寫說明"}


def write_setup(
    language: str, guide: Sequence[Sequence[str]], filled: Mapping[str, Iterable[Mapping[str, Any]]] | None = None
) -> bytes:
    """Return an .xlsx in a language of ours: ``guide`` are the rows of its first sheet.

    Without ``filled`` every sheet holds an example; with it (sheet → values by field) those rows. Every
    cell is text: one that begins like a formula is marked as quoted, so that no spreadsheet computes it.
    """
    data = io.BytesIO()
    with WorkbookWriter(data) as book:
        with book.sheet(GUIDE[language], (20, 24, 12, 90)) as page:
            for texts in guide:
                page.row(texts, Look.WRAPPED if len(texts) > 1 else Look.TEXT)
        for sheet in setup_sheets().sheets.values():
            columns = [*sheet.columns, setup_sheets().mark]
            widths = [max(12, 2 * len(one.example) + 2, 2 * len(one.titles[language])) for one in columns]
            with book.sheet(sheet.titles[language], widths) as page:
                page.row((column.titles[language] for column in columns), Look.HEAD)
                _write_rows(page, sheet, language, None if filled is None else filled.get(sheet.key, ()))
    return data.getvalue()


def _write_rows(page: SheetWriter, sheet: SetupSheet, language: str, rows: Iterable[Mapping[str, Any]] | None) -> None:
    if rows is None:
        page.row([*(column.example for column in sheet.columns), EXAMPLE[language]], Look.EXAMPLE)
    for values in rows or ():
        page.row(write_setup_value(values.get(one.field), one.kind, language) for one in sheet.columns)
