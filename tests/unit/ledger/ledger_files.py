"""Ledgers made by code, for the tests of reading them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

from schemas.ledger import LedgerFile, LedgerOptions, LedgerRow, open_ledger
from schemas.ledger.identity import check_digit

HEADERS = (
    "贷款账号",
    "客户名称",
    "证件号码",
    "联系方式",
    "客户地址",
    "五级分类",
    "贷款余额(元)",
    "贷款日期",
    "到期日期",
)


def id_number(first_seventeen: str) -> str:
    """Give a whole identity number for 17 digits."""
    return first_seventeen + check_digit(first_seventeen)


GOOD = ("6228001", "陈大明", id_number("50010119800101123"), "13800000000", "石桥镇大坝村三组", "次级", "1200.50",
        "2019-01-02", "2022-01-02")  # fmt: skip


def csv_text(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Join rows without quoting."""
    return "\r\n".join(delimiter.join(row) for row in rows) + "\r\n"


def csv_bytes(rows: Iterable[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Give a CSV file."""
    return csv_text(rows, delimiter).encode(encoding)


def xlsx_bytes(rows: Iterable[Sequence[Any]], sheets: dict[str, Iterable[Sequence[Any]]] | None = None) -> bytes:
    """Give a workbook with ``rows`` on its first sheet and more ``sheets`` behind."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for title, content in (sheets or {}).items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(workbook: bytes, name: str, content: bytes) -> bytes:
    """Give the workbook with one part of the archive replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            if part != name:
                target.writestr(part, source.read(part))
        target.writestr(name, content)
    return out.getvalue()


def part_of(workbook: bytes, name: str) -> bytes:
    """Give one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name)


def opened(content: bytes, **options: Any) -> LedgerFile:
    """Open a ledger from bytes."""
    return open_ledger(io.BytesIO(content), "ledger", LedgerOptions(**options))


def rows_of(content: bytes, **options: Any) -> list[LedgerRow]:
    """Read all rows of a ledger."""
    with opened(content, **options) as ledger:
        return list(ledger.rows())


def one_row(**cells: str) -> LedgerRow:
    """Read a ledger of one good row with cells replaced or columns added, by header."""
    row = dict(zip(HEADERS, GOOD, strict=True)) | cells
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in row.values()]
    (found,) = rows_of(csv_bytes([tuple(row), quoted]))
    return found


def codes(row: LedgerRow) -> dict[str | None, str]:
    """Give the codes of a row's problems by column."""
    return {problem.column: problem.code for problem in row.problems}
