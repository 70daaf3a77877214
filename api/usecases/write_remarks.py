"""The problems of an import as a workbook, to be worked through beside the ledger itself.

The ledger is not kept (it is full of personal data), so a remark says its row, its loan number and its column.
What stood in a cell is shown as text and never as a formula: it came from a stranger's file.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from flask_babel import gettext as _

from api.auth.actor import Actor
from api.usecases.context import store
from api.usecases.read_imports import visible_import
from api.wording.ledger import row_sentences
from schemas.writing.workbook import Look, WorkbookWriter

_WIDTHS = (8, 22, 18, 24, 12, 60, 60)


def write_remarks(actor: Actor, import_id: str) -> tuple[bytes, str]:
    """Return the workbook of an import's problems in the reader's language, and its file's name. Raises 404."""
    with store().read() as session:
        found = visible_import(session, actor, import_id)
        problems, left_out = found.problems, found.rows.get("problems_left_out", 0)
        name = PurePath(found.filename).stem
    lines: list[list[str | int]] = [_line(problem) for problem in problems]
    if left_out:
        lines.append(["", "", "", "", "", _("There are %(count)s more problems.", count=left_out), ""])
    headings = [
        _("Row"), _("Loan number"), _("Column"), _("Value"), _("Fate"), _("What is wrong"), _("What to do"),
    ]  # fmt: skip
    # Not inside the f-string: before Python 3.12 the catalogue's reader does not look there.
    ending = _("remarks")
    return _workbook(_("Remarks"), headings, lines), f"{name}-{ending}.xlsx"


def _line(problem: dict[str, Any]) -> list[str | int]:
    reason, remedy = row_sentences(problem["code"], {**problem["facts"], "value": problem["value"] or ""})
    fate = _("refused") if problem["severity"] == "refused" else _("flagged")
    return [
        problem["row"], problem.get("loan") or "", problem["column"] or "", problem["value"] or "", fate,
        reason, remedy,
    ]  # fmt: skip


def _workbook(title: str, headings: list[str], lines: Iterable[list[str | int]]) -> bytes:
    data = io.BytesIO()
    with WorkbookWriter(data) as book, book.sheet(title, _WIDTHS) as sheet:
        sheet.row(headings, Look.HEAD)
        for line in lines:
            sheet.row(line)
    return data.getvalue()
