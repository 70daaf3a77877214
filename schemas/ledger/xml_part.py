"""The XML of a workbook's parts, as a stream: expat calls a handler, and nothing is kept of what it read.

A document type, and with it every entity, is refused (defusedxml does no other); a tag or text may not
grow beyond what a cell can hold.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Protocol
from xml.parsers import expat

from schemas.ledger.refusals import LedgerRefused

_CHUNK = 64 << 10
_LONGEST_TAG = 1 << 20
_SPREADSHEET = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""The namespaces of workbooks: transitional and strict (ISO/IEC 29500)."""


class Handler(Protocol):
    """What is told of a part's elements; names are as :func:`names` gives them."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text between two tags, perhaps in several pieces."""


def local(name: str) -> str:
    """Return the name of a spreadsheet's element without its namespace, as it is where the namespace is another."""
    namespace, found, name_itself = name.rpartition(" ")
    return name_itself if not found or namespace in _SPREADSHEET else name


def named(*names: str) -> frozenset[str]:
    """Return how expat names these elements in either namespace, and where a part declares none."""
    return frozenset(
        written for name in names for written in (name, *(f"{namespace} {name}" for namespace in _SPREADSHEET))
    )


def read_part(archive: zipfile.ZipFile, part: str, handler: Handler) -> Iterator[None]:
    """Parse a part; stops after every chunk so that the caller can take what the handler has gathered.

    Raises :class:`LedgerRefused` over a document type; ExpatError, BadZipFile and ValueError where it is broken.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    fed = 0
    with archive.open(part) as content:
        while chunk := content.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            # What expat holds back is a tag without its end.
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise ValueError("a tag without end")
            yield
    parser.Parse(b"", True)
    yield


def read_whole(archive: zipfile.ZipFile, part: str, handler: Handler) -> None:
    """Parse a part to its end."""
    for _ in read_part(archive, part, handler):
        pass


def _refuse_doctype(*_declaration: object) -> None:
    raise LedgerRefused("archive_unsafe", part="DOCTYPE")
