"""A ledger as an Excel workbook (.xlsx): looked over as an archive first, then read row by row.

The archive's directory is checked before anything is unpacked: the sizes it declares, their ratio,
locked parts. zipfile never gives more bytes of a part than the directory declares. XML with a
document type (entities, external files) is refused; openpyxl parses with defusedxml besides.
"""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import IO, NoReturn

import defusedxml
import openpyxl

from schemas.ledger.cells import Cell
from schemas.ledger.headers import HEADER_ROWS
from schemas.ledger.limits import LedgerLimits
from schemas.ledger.refusals import LedgerRefused

_BATCH = 500
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_END_SIZE, _COMMENT = 22, 65_535
_PROLOGUE = 4096
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_STRINGS = "sharedstrings.xml"

# What openpyxl, zipfile and the XML parser raise over files that are not what they say. Anything else is a bug of ours.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, defusedxml.DefusedXmlException, SyntaxError, ValueError, LookupError, TypeError,
    AttributeError, ArithmeticError, EOFError, OSError, NotImplementedError, RuntimeError, struct.error, AssertionError,
)  # fmt: skip


class Workbook:
    """An open workbook. ``sheets`` are the names of its visible worksheets."""

    def __init__(self, file: IO[bytes], limits: LedgerLimits) -> None:
        if not openpyxl.DEFUSEDXML:
            raise RuntimeError("openpyxl must parse with defusedxml; unset OPENPYXL_DEFUSEDXML")
        look_over(file, limits)
        self._limits = limits
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
                visible = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
        except _BROKEN as error:
            _broken(error)
        self._sheets = {sheet.title: sheet for sheet in visible[: limits.sheets]}
        self.sheets = tuple(self._sheets)
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

    def rows(self, sheet: str, columns: int | None) -> Iterator[tuple[Cell, ...]]:
        """Give the rows of a sheet, missing ones as empty tuples, at most ``columns`` wide.

        The size that the sheet declares is not believed. Raises :class:`LedgerRefused` where the sheet breaks off.
        """
        worksheet = self._sheets[sheet]
        worksheet.reset_dimensions()
        number = 0
        try:
            source = iter(worksheet.iter_rows(max_col=columns, values_only=True))
            while True:
                # openpyxl warns of oddities in styles and dates that do not concern us.
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    batch = list(islice(source, _BATCH))
                if not batch:
                    return
                yield from batch
                number += len(batch)
        except _BROKEN as error:
            _broken(error, row=number + 1)

    def close(self) -> None:
        """Release the workbook; the file below stays open."""
        self._book.close()


def look_over(file: IO[bytes], limits: LedgerLimits) -> None:
    """Check an archive's directory. Raises :class:`LedgerRefused` when it is no workbook or not a safe one."""
    _check_directory_end(file, limits)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_sizes(parts, limits)
            _check_content({part.filename for part in parts})
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    _check_prologue(archive, part)
    except _BROKEN as error:
        _broken(error)


def _check_directory_end(file: IO[bytes], limits: LedgerLimits) -> None:
    """Refuse a directory of very many entries before zipfile reads it whole into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _COMMENT - _END_SIZE))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE or tail[max(0, at - 20) : at].startswith(_END_64):
        raise LedgerRefused("archive_broken")
    entries, directory = struct.unpack("<HL", tail[at + 10 : at + 16])
    if entries > limits.parts or directory > 400 * limits.parts:
        raise LedgerRefused("archive_unsafe", parts=entries, most=limits.parts)


def _check_sizes(parts: list[zipfile.ZipInfo], limits: LedgerLimits) -> None:
    total = 0
    for part in parts:
        if part.flag_bits & 1:
            raise LedgerRefused("password_protected")
        total += part.file_size
        name = part.filename.lower()
        most = limits.unpacked
        if name.endswith(_STRINGS):
            most = limits.strings
        elif name.endswith((".xml", ".rels")) and "/worksheets/" not in name:
            most = limits.other_part
        steep = part.file_size > limits.ratio_from and part.file_size > limits.ratio * max(1, part.compress_size)
        if part.file_size > most or total > limits.unpacked or steep:
            raise LedgerRefused("archive_unsafe", unpacked=total, most=most)


def _check_content(names: set[str]) -> None:
    if "mimetype" in names and "content.xml" in names:
        raise LedgerRefused("opendocument")
    if "xl/workbook.bin" in names:
        raise LedgerRefused("binary_workbook")
    if "[Content_Types].xml" not in names or "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise LedgerRefused("archive_not_workbook")


def _check_prologue(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as content:
        start = content.read(_PROLOGUE)
    if any(doctype in start for doctype in _DOCTYPES):
        raise LedgerRefused("archive_unsafe", part=part.filename[-60:])


def _broken(error: Exception, **facts: int) -> NoReturn:
    causes = (error, error.__cause__, error.__context__)
    if any(isinstance(cause, defusedxml.DefusedXmlException) for cause in causes):
        raise LedgerRefused("archive_unsafe", **facts) from error
    raise LedgerRefused("workbook_broken", **facts) from error
