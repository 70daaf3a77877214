"""What kind of file was uploaded, by its first bytes; its name is never believed."""

from __future__ import annotations

import hashlib
import tempfile
from typing import IO, BinaryIO, Literal

from schemas.ledger.limits import LedgerLimits
from schemas.ledger.refusals import LedgerRefused

Kind = Literal["csv", "xlsx"]

_CHUNK = 1 << 20
_IN_MEMORY = 4 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAGIC = (
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"{\\rtf", "document"),
    (b"SQLite format 3\0", "database"),
)


def take_in(stream: BinaryIO, limits: LedgerLimits) -> tuple[IO[bytes], str]:
    """Copy a stream, from where it stands, into a file of our own that can be read again and again.

    Returns the copy and its SHA-256. The copy is in memory up to 4 MB and nameless on disk beyond.
    Raises :class:`LedgerRefused` for no byte at all, and at the limit without reading on.
    """
    copy = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed on, closed by LedgerFile
    size, digest = 0, hashlib.sha256()
    while chunk := stream.read(min(_CHUNK, limits.bytes + 1 - size)):
        size += len(chunk)
        if size > limits.bytes:
            copy.close()
            raise LedgerRefused("file_too_large", most=limits.bytes)
        copy.write(chunk)
        digest.update(chunk)
    if size == 0:
        copy.close()
        raise LedgerRefused("file_empty")
    copy.seek(0)
    return copy, digest.hexdigest()


def kind_of(file: IO[bytes]) -> Kind:
    """Return what the file is read as. Raises :class:`LedgerRefused` for anything but text and workbooks."""
    file.seek(0)
    start = file.read(8192)
    file.seek(0)
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        return "xlsx"
    if start.startswith(_OLE):
        locked = _contains(file, _ENCRYPTED)
        raise LedgerRefused("password_protected" if locked else "old_excel")
    for magic, what in _MAGIC:
        if start.startswith(magic) and not (what == "picture" and magic == b"BM" and b"\0" not in start):
            raise LedgerRefused("not_a_table", kind=what)
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style")):
        raise LedgerRefused("html_table")
    if head.startswith((b"<?xml", b"<?mso", b"<workbook")):
        raise LedgerRefused("xml_spreadsheet")
    return "csv"


def _contains(file: IO[bytes], needle: bytes) -> bool:
    file.seek(0)
    tail = b""
    while chunk := file.read(_CHUNK):
        if needle in tail + chunk:
            return True
        tail = chunk[-len(needle) :]
    return False
