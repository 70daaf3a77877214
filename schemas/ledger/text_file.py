"""A ledger as text: which encoding, which delimiter, and its records one by one.

The encoding is settled in this order: byte order mark; strict UTF-8; then strict GB18030 and strict
Big5, of which the one counts under which the headers are known, because Big5 bytes are nearly always
valid GB18030 too. When no encoding fits the whole file, the one with known headers and the fewest
bad bytes is used, and cells with such bytes are not.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

from schemas.ledger.cells import REPLACED
from schemas.ledger.headers import HEADER_ROWS, Header
from schemas.ledger.limits import LedgerLimits
from schemas.ledger.refusals import LedgerRefused

FindHeader = Callable[[list[list[str]]], Header | None]

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 64 << 10
_CHUNK = 1 << 20
_BUFFER = 256 << 10
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CJK = ("gb18030", "big5hkscs")
# Shorter than this a cell in quotes may go on over lines; a stray quote runs on much longer.
_MOST_LINES = 40
_MOST_QUOTED = 20_000


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a text file is to be read. ``lossy``: some bytes do not fit the encoding."""

    encoding: str
    delimiter: str
    lossy: bool = False


def form_of(file: IO[bytes], limits: LedgerLimits, find: FindHeader) -> TextForm:
    """Settle encoding and delimiter of a file. Raises :class:`LedgerRefused` when it is no text."""
    file.seek(0)
    sample = file.read(_SAMPLE)
    marked = next((name for mark, name in _MARKS if sample.startswith(mark)), None) or _unmarked_utf16(sample)
    if marked:
        form, _ = _delimited(sample, marked, limits, find)
        return TextForm(marked, form.delimiter, lossy=not _strict(file, marked))
    if _is_binary(sample):
        raise LedgerRefused("not_a_table", kind="binary")
    if _strict(file, "utf-8"):
        return _delimited(sample, "utf-8", limits, find)[0]
    return _without_mark(file, sample, limits, find)


def _without_mark(file: IO[bytes], sample: bytes, limits: LedgerLimits, find: FindHeader) -> TextForm:
    known: list[tuple[int, float, int, TextForm]] = []
    for rank, encoding in enumerate((*_CJK, "utf-8")):
        form, fields = _delimited(sample, encoding, limits, find)
        if fields:
            bad, likeness = _fit(file, encoding)
            lossy = TextForm(encoding, form.delimiter, lossy=bad > 0)
            known.append((bad, -likeness, rank, lossy))
    if known:
        return min(known, key=lambda item: item[:3])[3]
    # No encoding makes the headers known: show them as the likeliest one has them.
    best = min(_CJK, key=lambda encoding: (_fit(file, encoding)[0] > 0, -_fit(file, encoding)[1]))
    return _delimited(sample, best, limits, find)[0]


def _delimited(sample: bytes, encoding: str, limits: LedgerLimits, find: FindHeader) -> tuple[TextForm, int]:
    """The delimiter under which most headers are known (else most columns), and how many are."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    best: tuple[int, int, int] = (-1, -1, 0)
    chosen = DELIMITERS[0]
    for rank, delimiter in enumerate(DELIMITERS):
        rows = list(islice(records(io.StringIO(text), delimiter, limits), HEADER_ROWS))
        header = find(rows)
        score = (header.known if header else 0, max(map(len, rows), default=0), -rank)
        if score > best:
            best, chosen = score, delimiter
    return TextForm(encoding, chosen), best[0]


def _strict(file: IO[bytes], encoding: str) -> bool:
    """Whether every byte of the file fits the encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _fit(file: IO[bytes], encoding: str) -> tuple[int, float]:
    """How many places of the first megabytes do not fit, and how ordinary the Chinese characters are (0 to 1).

    Both character sets put the commonest characters first: GB2312 in rows 0xB0-0xD7, Big5 in
    0xA4-0xC6. Bytes of the one read as the other come out rare.
    """
    file.seek(0)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(file.read(4 * _CHUNK))
    bad = text.count(REPLACED)
    if bad == 0 and not _strict(file, encoding):
        bad = 1
    han = [sign for sign in text[:200_000] if "\u3400" <= sign <= "\u9fff" or "\ue000" <= sign <= "\uf8ff"]
    if not han or encoding not in _CJK:
        return bad, 0.0
    codec, low, high = ("gb2312", 0xB0, 0xD7) if encoding == "gb18030" else ("big5", 0xA4, 0xC6)
    common = sum(1 for sign in han if low <= (sign.encode(codec, "ignore") or b"\0")[0] <= high)
    return bad, common / len(han)


def _unmarked_utf16(sample: bytes) -> str | None:
    """UTF-16 without a mark shows by the zero bytes of its delimiters, line ends and digits."""
    zeros_even, zeros_odd = sample[0::2].count(0), sample[1::2].count(0)
    if (zeros_even + zeros_odd) * 12 < len(sample):
        return None
    if zeros_odd > 20 * zeros_even:
        return "utf-16-le"
    return "utf-16-be" if zeros_even > 20 * zeros_odd else None


def _is_binary(sample: bytes) -> bool:
    control = sum(sample.count(byte) for byte in (*range(9), *range(14, 27), *range(28, 32)))
    return control * 50 > len(sample)


def open_records(file: IO[bytes], form: TextForm, limits: LedgerLimits) -> Iterator[list[str]]:
    """Return the records of the whole file, each a list of cells. Raises :class:`LedgerRefused` at a broken one."""
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Borrowed(file), _BUFFER), encoding=form.encoding, errors="replace")
    return records(text, form.delimiter, limits)


def records(text: IO[str], delimiter: str, limits: LedgerLimits) -> Iterator[list[str]]:
    """Split text into records. A quote that is never closed spoils its own line only, not the rest."""
    lines = _Lines(text, limits)
    take = lines.take
    width = 0
    while line := take():
        if '"' in line:
            record = _quoted(line, lines, delimiter, width)
        elif line := line.rstrip("\r\n"):
            record = line.split(delimiter)
        else:
            record = []
        width = len(record) or width
        yield record


class _Lines:
    """Lines of a text, of which some can be put back."""

    def __init__(self, text: IO[str], limits: LedgerLimits) -> None:
        self._read = text.readline
        self._most = limits.line
        self._back: list[str] = []
        self._number = 0

    def take(self) -> str:
        """The next line with its end, empty at the end of the text."""
        if self._back:
            return self._back.pop()
        line = self._read(self._most + 1)
        self._number += 1
        if len(line) > self._most:
            raise LedgerRefused("line_too_long", line=self._number, most=self._most)
        return line

    def put_back(self, lines: list[str]) -> None:
        """Give back lines, the first of them to be taken first."""
        self._back.extend(reversed(lines))


def _quoted(line: str, lines: _Lines, delimiter: str, width: int) -> list[str]:
    """The record that begins with a line in which quotes occur, joined with the lines that its quotes run over.

    The quotes are signs of the text, not of the table, when they never close, when the joined lines
    are no single record, or when this line and the next have each as many cells as the record before.
    """
    joined = [line]
    quotes, length = line.count('"'), len(line)
    while quotes % 2:
        following = lines.take()
        if following:
            joined.append(following)
        quotes += following.count('"')
        length += len(following)
        if not following or len(joined) > _MOST_LINES or length > _MOST_QUOTED:
            break
    row = _one_record("".join(joined), delimiter) if quotes % 2 == 0 else None
    stray = len(joined) > 1 and width > 2 and all(part.count(delimiter) == width - 1 for part in joined[:2])
    if row is not None and not stray:
        return row
    lines.put_back(joined[1:])
    return [cell.strip('"') for cell in line.rstrip("\r\n").split(delimiter)]


def _one_record(text: str, delimiter: str) -> list[str] | None:
    """The cells of a text that is one record by the rules of CSV, None when it is not."""
    try:
        rows = list(csv.reader(io.StringIO(text.rstrip("\r\n"), newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


class _Borrowed(io.RawIOBase):
    """Reads a file that stays its owner's: closing this does not close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
