"""Any bytes give rows or a refusal, never a traceback."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.ledger import LedgerLimits, LedgerOptions, LedgerRefused, open_ledger
from schemas.ledger.codes import NOTICES, PROBLEMS, REFUSALS
from tests.unit.ledger.ledger_files import GOOD, HEADERS, csv_bytes, part_of, with_part, xlsx_bytes

LIMITS = LedgerLimits(rows=2_000, empty_rows=2_000)
WIDE = (*HEADERS, "经度", "纬度", "坐标", "担保人", "担保人身份证号", "担保方式", "在家情况", "逾期天数")
ROWS = [WIDE, (*GOOD, "106.5", "29.5", "", "李四、王五", "", "保证", "春节在家", "30")]
VALID = [csv_bytes(ROWS), csv_bytes(ROWS, "gb18030"), csv_bytes(ROWS, "utf-16"), xlsx_bytes(ROWS)]
WORKBOOK = VALID[-1]
with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as _archive:
    PARTS = sorted(_archive.namelist())

READING = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(content: bytes) -> None:
    """Read a file to its end; only a refusal may come out, and only with a listed code."""
    try:
        with open_ledger(io.BytesIO(content), None, LedgerOptions(limits=LIMITS)) as ledger:
            for row in ledger.rows():
                assert {problem.code for problem in row.problems} <= PROBLEMS.keys()
                assert row.refused or {"loan_number", "borrower_name", "outstanding"} <= row.values.keys()
                for text in (*row.raw.values(), *(p.value or "" for p in row.problems)):
                    assert isinstance(text, str)
            assert {notice.code for notice in ledger.notices} <= NOTICES.keys()
    except LedgerRefused as refused:
        assert refused.code in REFUSALS  # noqa: PT017 - a refusal is one of two right answers


def mutated(content: bytes, edits: list[tuple[int, bytes, int]]) -> bytes:
    """Give the content with stretches replaced."""
    changed = bytearray(content)
    for at, new, length in edits:
        start = at % (len(changed) + 1)
        changed[start : start + length] = new
    return bytes(changed)


EDITS = st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=12), st.integers(0, 40)), min_size=1, max_size=4)


@READING
@given(st.binary(max_size=3_000))
def test_any_bytes_are_answered(content: bytes) -> None:
    """Noise is refused by name."""
    read(content)


@READING
@given(st.sampled_from(VALID), EDITS)
def test_a_damaged_ledger_is_answered(content: bytes, edits: list[tuple[int, bytes, int]]) -> None:
    """A good file with stretches overwritten, cut out or put in."""
    read(mutated(content, edits))


@READING
@given(st.sampled_from(PARTS), EDITS)
def test_a_workbook_with_a_damaged_part_is_answered(part: str, edits: list[tuple[int, bytes, int]]) -> None:
    """The archive is whole, one of its parts is not: XML, styles, strings, relations."""
    read(with_part(WORKBOOK, part, mutated(part_of(WORKBOOK, part), edits)))


@READING
@given(
    st.lists(st.lists(st.text(max_size=30), min_size=len(WIDE), max_size=len(WIDE)), max_size=5),
    st.sampled_from(",;\t"),
)
def test_any_texts_below_known_headers_are_answered(rows: list[list[str]], delimiter: str) -> None:
    """Whatever stands in the cells, each row gets an answer."""
    read("\n".join(delimiter.join(row) for row in [list(WIDE), *rows]).encode("utf-8", "surrogatepass"))


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20).filter(
        lambda text: not text.startswith("=")
    ),
    st.datetimes(min_value=datetime(1900, 3, 1)), st.times(),  # noqa: DTZ001 - workbooks know no zones
)  # fmt: skip


@READING
@given(st.lists(st.lists(CELLS, min_size=len(WIDE), max_size=len(WIDE)), max_size=4))
def test_any_cells_of_a_workbook_are_answered(rows: list[list[object]]) -> None:
    """Typed cells of any kind in any column."""
    read(xlsx_bytes([WIDE, *rows]))


@READING
@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF))
def test_a_lying_directory_is_answered(entries: int, size: int, offset: int) -> None:
    """The end record of the archive says anything about entries, size and place of the directory."""
    end = WORKBOOK.rfind(b"PK\x05\x06")
    read(WORKBOOK[: end + 8] + struct.pack("<HHLL", entries, entries, size, offset) + WORKBOOK[end + 20 :])
