"""A workbook is an archive: looked over by its directory before anything of it is unpacked.

The sizes that the directory declares, their ratio, locked parts; zipfile never gives more bytes of a
part than were declared. XML with a document type (entities, external files) is refused by its first
bytes here, and wherever else it stands by :mod:`schemas.ledger.xml_part`.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.parsers.expat import ExpatError

from schemas.ledger.limits import LedgerLimits
from schemas.ledger.refusals import LedgerRefused

_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_END_SIZE, _COMMENT = 22, 65_535
_PROLOGUE = 4096
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_STRINGS = "sharedstrings.xml"

# What zipfile and the XML parser raise over files that are not what they say, and we over XML that is no
# workbook. Anything else is a bug of ours.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ExpatError, ValueError, LookupError, EOFError, OSError, NotImplementedError,
    RuntimeError, struct.error,
)  # fmt: skip


@contextmanager
def refusing_broken() -> Iterator[None]:
    """Turn what a broken archive or broken XML raises into :class:`LedgerRefused`."""
    try:
        yield
    except _BROKEN as error:
        raise LedgerRefused("workbook_broken") from error


def look_over(file: IO[bytes], limits: LedgerLimits) -> None:
    """Check an archive's directory. Raises :class:`LedgerRefused` when it is no workbook or not a safe one."""
    _check_directory_end(file, limits)
    with refusing_broken(), zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        _check_sizes(parts, limits)
        _check_content({part.filename for part in parts})
        for part in parts:
            if part.filename.endswith((".xml", ".rels", ".vml")):
                _check_prologue(archive, part)


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
