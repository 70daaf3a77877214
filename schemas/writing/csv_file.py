"""Writing a table as CSV in the encoding that somebody's program reads."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable
from typing import IO

from schemas.writing.cells import Value, marked, readable

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "big5")
_BLOCK = 1 << 16


class CsvWriter:
    """Writes rows to ``stream``; ``replaced`` counts characters that the encoding does not have."""

    def __init__(self, stream: IO[bytes], encoding: str = "utf-8") -> None:
        self.replaced = 0
        self._stream = stream
        self._encoding = encoding.removesuffix("-sig")
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        if encoding.endswith("-sig"):
            stream.write(codecs.BOM_UTF8)

    def row(self, values: Iterable[Value]) -> None:
        """Write one row."""
        self._writer.writerow([_cell(value) for value in values])
        if self._text.tell() > _BLOCK:
            self.flush()

    def flush(self) -> None:
        """Pass on what is held back. Needed after the last row."""
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        try:
            data = text.encode(self._encoding)
        except UnicodeEncodeError:
            data = b"".join(map(self._encoded, text))
        self._stream.write(data)

    def _encoded(self, sign: str) -> bytes:
        try:
            return sign.encode(self._encoding)
        except UnicodeEncodeError:
            self.replaced += 1
            return readable(sign).encode(self._encoding)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return marked(value) if isinstance(value, str) else str(value)
