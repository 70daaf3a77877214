"""CSV files: which encoding, which delimiter, which records."""

from __future__ import annotations

import codecs
import io

import pytest

from schemas.ledger import LedgerLimits, LedgerRefused
from schemas.ledger.text_file import records
from tests.unit.ledger.ledger_files import GOOD, HEADERS, codes, csv_bytes, csv_text, opened, rows_of

TRADITIONAL = (
    "貸款賬號",
    "客戶名稱",
    "證件號碼",
    "聯繫電話",
    "客戶地址",
    "五級分類",
    "貸款餘額（元）",
    "貸款日期",
    "到期日期",
)
ENGLISH = ("loan number", "borrower", "id number", "phone", "address", "class", "outstanding", "loan date", "due date")


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gb18030"), ("gb18030", "gb18030"),
        ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
    ],
)  # fmt: skip
def test_the_encoding_is_found(encoding: str, seen: str) -> None:
    """A ledger reads the same in every encoding that a bank's system writes."""
    with opened(csv_bytes([HEADERS, GOOD], encoding)) as ledger:
        assert ledger.encoding == seen
        (row,) = ledger.rows()
    assert (row.values["borrower_name"], row.values["address"]) == ("陈大明", "石桥镇大坝村三组")
    assert row.problems == ()


def test_big5_is_told_from_gb18030_by_its_headers() -> None:
    """Big5 bytes are valid GB18030 too; the headers are known under one of them only."""
    row = (*GOOD[:1], "陳大明", *GOOD[2:4], "石橋鎮大壩村三組", "損失", *GOOD[6:])
    content = csv_bytes([TRADITIONAL, row], "big5")
    content.decode("gb18030")
    with opened(content) as ledger:
        assert ledger.encoding == "big5"
        (read,) = ledger.rows()
    assert (read.values["borrower_name"], read.values["five_tier_class"]) == ("陳大明", "loss")


@pytest.mark.parametrize(
    ("encoding", "name", "address"), [("gb18030", "陈大明", "石桥镇大坝村三组"), ("big5", "陳大明", "石橋鎮大壩村三組")]
)
def test_english_headers_leave_it_to_how_ordinary_the_characters_are(encoding: str, name: str, address: str) -> None:
    """Under ASCII headers both fit; the one that gives common characters is meant."""
    row = (*GOOD[:1], name, *GOOD[2:4], address, *("5",), *GOOD[6:])
    with opened(csv_bytes([ENGLISH, row], encoding)) as ledger:
        assert ledger.encoding == encoding
        (read,) = ledger.rows()
    assert read.values["borrower_name"] == name


def test_a_line_in_another_encoding_spoils_its_own_cells_only() -> None:
    """A line of GBK pasted into a UTF-8 file: its row is reported, all others are read."""
    alien = ("2", *GOOD[1:])
    content = csv_bytes([HEADERS, GOOD]) + csv_bytes([alien], "gbk") + csv_bytes([("3", *GOOD[1:])])
    with opened(content) as ledger:
        assert ledger.encoding == "utf-8"
        assert [notice.code for notice in ledger.notices] == ["mixed_encoding"]
        first, second, third = ledger.rows()
    assert (first.problems, third.problems) == ((), ())
    assert codes(second)["客户名称"] == "undecodable"
    assert second.refused


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_headers_known(delimiter: str) -> None:
    """Comma, semicolon, tab and bar are told apart by the header row."""
    with opened(csv_bytes([("台账", "2024,1;2"), HEADERS, GOOD], delimiter=delimiter)) as ledger:
        assert ledger.delimiter == delimiter
        (row,) = ledger.rows()
    assert row.problems == ()


def test_quotes_hold_delimiters_line_breaks_and_quotes() -> None:
    """A cell in quotes may hold anything; the row after it keeps its number in the spreadsheet."""
    content = (
        csv_text([HEADERS])
        + ",".join((*GOOD[:4], '"石桥镇,\n""大坝""村"', *GOOD[5:]))
        + "\n"
        + csv_text([("2", *GOOD[1:])])
    )
    first, second = rows_of(content.encode())
    assert first.values["address"] == '石桥镇, "大坝"村'
    assert (first.number, second.number) == (2, 3)


def test_a_quote_that_is_never_closed_spoils_its_own_line_only() -> None:
    """The rest of the file is not swallowed into one cell."""
    broken = ",".join((*GOOD[:4], '"石桥镇', *GOOD[5:]))
    content = csv_text([HEADERS]) + broken + "\n" + csv_text([(str(n), *GOOD[1:]) for n in range(100)])
    rows = rows_of(content.encode())
    assert len(rows) == 101
    assert rows[0].values["address"] == "石桥镇"


def test_two_stray_quotes_do_not_join_their_lines() -> None:
    """A quote in each of two lines (5\" pipe) is part of the text."""
    lines = [(str(n), *GOOD[1:4], '5" 管' if n in (1, 3) else "石桥镇", *GOOD[5:]) for n in range(5)]
    rows = rows_of(csv_bytes([HEADERS, *lines]))
    assert [row.values["loan_number"] for row in rows] == ["0", "1", "2", "3", "4"]


def test_records_end_at_any_line_end() -> None:
    """Old Macs and mixed files end lines with a lone CR."""
    assert list(records(io.StringIO("a,b\rc,d\r\ne,f\n\ng", newline=None), ",", LedgerLimits())) == [
        ["a", "b"], ["c", "d"], ["e", "f"], [], ["g"],
    ]  # fmt: skip


def test_a_line_without_end_is_refused() -> None:
    """Fifty megabytes in one line are no table."""
    with pytest.raises(LedgerRefused) as refused:
        opened(csv_bytes([HEADERS]) + b"x" * 2000, limits=LedgerLimits(line=1000))
    assert refused.value.code == "line_too_long"


def test_bytes_after_a_mark_that_do_not_fit_are_cells_that_do_not() -> None:
    """A mark promises UTF-8; a broken byte later costs its cell."""
    content = codecs.BOM_UTF8 + csv_bytes([HEADERS, (*GOOD[:4], "坝", *GOOD[5:])]).replace("坝".encode(), b"\xe5\x9d")
    with opened(content) as ledger:
        (row,) = ledger.rows()
    assert codes(row) == {"客户地址": "undecodable"}
    assert not row.refused
