"""Ledgers as a whole: headers, rows and their problems, refusals."""

from __future__ import annotations

import ast
import io
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import schemas.ledger
from schemas.ledger import LedgerLimits, LedgerRefused, open_ledger
from schemas.ledger.codes import NOTICES, PROBLEMS, REFUSALS
from schemas.ledger.headers import find_header, nearest_alias
from schemas.ledger.refusals import shown
from schemas.ledger.vocabulary import COLUMNS
from tests.unit.ledger.ledger_files import (
    GOOD,
    HEADERS,
    codes,
    csv_bytes,
    one_row,
    opened,
    rows_of,
)


def refused(content: bytes, **options: Any) -> LedgerRefused:
    """Give the refusal of a file."""
    with pytest.raises(LedgerRefused) as caught:
        opened(content, **options)
    return caught.value


def test_a_good_row_is_read_whole() -> None:
    """Every column becomes its field, typed; nothing is wrong."""
    row = one_row(担保方式="连带责任保证", 信贷员="周平", 在家情况="春节在家", 逾期天数="400", 未还利息="33.1")
    assert row.problems == ()
    assert row.values["outstanding"] == Decimal("1200.50")
    assert row.values["security"] == "guarantee"
    assert row.values["guarantee_kind"] == "joint"
    assert row.values["availability"] == "home_at_new_year"
    assert row.values["overdue_days"] == 400
    assert row.raw["客户名称"] == "陈大明"


def test_the_columns_of_the_banks_systems_are_all_known() -> None:
    """Each column of DOMAIN.md, section 5, is read as a field, but one that says nothing countable."""
    seen = [
        "机构代码",
        "客户名称",
        "证件类型",
        "证件号码",
        "联系方式",
        "客户地址",
        "客户状况",
        "贷款日期",
        "到期日期",
        "借款金额",
        "核心余额",
        "核销本金",
        "核销利息",
        "表内贷款账号",
        "转入表外日期",
        "转入表外类型",
        "贷款投向",
        "包收责任人",
        "管理责任人",
        "最近催收日期",
        "诉讼时效",
        "诉讼时效到期日",
        "情况说明",
        "未还利息",
        "贷款账号",
        "借款人",
        "身份证号",
        "贷款余额",
        "逾期天数",
        "五级分类",
        "担保方式",
        "担保人",
        "村组",
        "信贷员",
        "管户人",
        "管户机构",
        "借款人态度",
        "借款人经营状况",
        "担保时效",
    ]
    header = find_header([seen])
    assert header is not None
    assert [column.header for column in header.columns if column.field is None] == []


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("贷款余额（万元）", 10_000), ("贷款余额(元)", 1), ("贷款余额 ( 千 元 )", 1000), ("　贷款余额", 1),
        ("贷款余额【人民币万元】", 10_000), ("贷款余额万元", 10_000), ("貸款餘額（萬元）", 10_000),
        ("Outstanding (CNY)", 1), ("outstanding ('000)", 1000),
        ("*贷款余额：", 1), ("Outstanding_Balance", 1),
    ],
)  # fmt: skip
def test_a_header_is_known_through_its_decoration_and_gives_the_unit(header: str, unit: int) -> None:
    """Brackets of any width, blanks, stars, traditional characters; 元, 千元, 万元."""
    found = find_header([["贷款账号", "客户名称", header]])
    assert found is not None
    assert (found.columns[2].field, found.columns[2].unit) == ("outstanding", unit)


def test_the_header_row_is_found_below_titles() -> None:
    """The row that names most fields is the header, wherever it stands among the first."""
    titles = [("台账",), ("制表人：周平", "客户名称"), ("", "")]
    rows = rows_of(csv_bytes([*titles, HEADERS, GOOD]))
    assert [row.number for row in rows] == [5]


def test_no_known_header_names_those_seen_and_the_nearest() -> None:
    """The sender learns what was understood and what to write."""
    error = refused("贷款帐户号,客户名城,余款\n1,2,3\n".encode())
    assert error.code == "no_known_header"
    assert error.facts["seen"] == ("贷款帐户号", "客户名城", "余款")
    assert "余款 → 余额" in error.facts["nearest"]  # type: ignore[operator]


def test_missing_columns_are_named() -> None:
    """Without a loan number or an amount a file is no ledger, however many columns it has."""
    error = refused(csv_bytes([("客户名称", "联系方式", "客户地址"), ("a", "b", "c")]))
    assert (error.code, error.facts["missing"]) == ("columns_missing", ("loan_number", "outstanding"))
    assert error.facts["wanted"] == ("贷款账号", "贷款余额")


def test_a_corrected_mapping_goes_before_the_aliases() -> None:
    """The coordinator says what an unknown column is, and that a known one is not to be read."""
    headers = ("账户标识", *HEADERS[1:])
    content = csv_bytes([headers, GOOD])
    assert refused(content).code == "columns_missing"
    (row,) = rows_of(content, mapping={"账户标识": "loan_number", "联系方式": ""})
    assert row.values["loan_number"] == GOOD[0]
    assert "phone" not in row.values
    assert refused(content, mapping={"账户标识": "no_such"}).code == "mapping_field_unknown"


def test_the_source_is_known_by_its_headers() -> None:
    """Two files of one system have one fingerprint, whatever rows and titles they have."""
    sources = []
    for rows in ([HEADERS, GOOD], [("台账",), HEADERS, GOOD, GOOD], [HEADERS[::-1], GOOD[::-1]]):
        with opened(csv_bytes(rows)) as ledger:
            sources.append(ledger.source)
    assert sources[0] == sources[1] != sources[2]


def test_columns_that_are_not_read_are_told() -> None:
    """Nothing is dropped in silence, and the nearest alias is offered."""
    with opened(csv_bytes([(*HEADERS, "逾期天教", "序号"), (*GOOD, "3", "1")])) as ledger:
        (notice,) = ledger.notices
    assert (notice.code, notice.facts["columns"]) == ("columns_not_read", ("逾期天教",))
    assert notice.facts["nearest"] == ("逾期天教 → 逾期天数",)


def test_of_several_columns_for_one_field_the_preferred_is_read() -> None:
    """核心余额 serves where 贷款余额 is blank, and the file says so."""
    with opened(csv_bytes([("核心余额", *HEADERS), ("7", *GOOD), ("8", "2", *GOOD[1:6], "", *GOOD[7:])])) as ledger:
        assert [notice.code for notice in ledger.notices] == ["field_has_several_columns"]
        first, second = ledger.rows()
    assert (first.values["outstanding"], second.values["outstanding"]) == (Decimal("1200.50"), Decimal("8.00"))


def test_the_same_header_twice_is_flagged_where_the_cells_disagree() -> None:
    """Which of two phone columns is right, a person must say."""
    with opened(csv_bytes([(*HEADERS, "联系方式"), (*GOOD, "13900000000"), ("2", *GOOD[1:], GOOD[3])])) as ledger:
        first, second = ledger.rows()
    assert codes(first) == {"联系方式": "column_twice_disagrees"}
    assert second.problems == ()


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"贷款账号": ""}, "贷款账号", "loan_number_missing"),
        ({"贷款账号": "6.2E+18"}, "贷款账号", "number_damaged"),
        ({"客户名称": "-"}, "客户名称", "borrower_name_missing"),
        ({"贷款余额(元)": "暂无"}, "贷款余额(元)", "amount_unreadable"),
        ({"贷款余额(元)": ""}, "贷款余额(元)", "outstanding_missing"),
    ],
)
def test_a_row_without_its_core_is_refused(cells: dict[str, str], column: str, code: str) -> None:
    """Loan number, name and amount must be there and readable."""
    row = one_row(**cells)
    assert row.refused
    assert codes(row) == {column: code}


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ({"证件号码": "4.41E+17"}, "number_damaged", "id_number"),
        ({"联系方式": "1.38E+10"}, "number_damaged", "phone"),
        ({"到期日期": "2023-02-29"}, "date_impossible", "due_date"),
        ({"五级分类": "六类"}, "five_tier_class_unknown", "five_tier_class"),
    ],
)
def test_a_damaged_cell_is_flagged_and_not_used(cells: dict[str, str], code: str, field: str) -> None:
    """The row is taken without the bad value."""
    row = one_row(**cells)
    assert not row.refused
    assert list(codes(row).values()) == [code]
    assert field not in row.values


def test_a_row_that_contradicts_itself_is_flagged_and_kept() -> None:
    """Due before it was lent, more outstanding than was lent, less than nothing outstanding; told as written."""
    row = one_row(到期日期="2018-01-02", 借款金额="1000")
    assert set(codes(row).values()) == {"due_before_loan", "outstanding_above_principal"}
    negative = one_row(**{"贷款余额(元)": "(30)"})
    assert [problem.value for problem in negative.problems] == ["(30)"]
    assert (negative.values["outstanding"], list(codes(negative).values())) == (Decimal("-30.00"), ["amount_negative"])


def test_a_loan_that_stands_twice_is_taken_once() -> None:
    """The second is refused and names the first; the same number at another branch is another loan."""
    headers = ("机构代码", *HEADERS)
    rows = rows_of(csv_bytes([headers, ("01", *GOOD), ("01", *GOOD), ("02", *GOOD)]))
    assert [row.refused for row in rows] == [False, True, False]
    (problem,) = rows[1].problems
    assert (problem.code, problem.facts) == ("loan_twice", {"first": 2})


def test_a_row_that_is_no_loan_is_said_to_be_none() -> None:
    """合计 below the table is a total, not a loan without a number."""
    total = ["合计", *[""] * 5, "2401.00", "", ""]
    *_, last = rows_of(csv_bytes([HEADERS, GOOD, total]))
    assert codes(last) == {None: "total_row"}


def test_the_rest_of_the_rows_goes_on() -> None:
    """One bad row costs one row."""
    rows = rows_of(csv_bytes([HEADERS, GOOD, ("", *GOOD[1:]), ("3", *GOOD[1:])]))
    assert [row.refused for row in rows] == [False, True, False]


def test_a_passport_is_not_measured_by_the_identity_cards_rule() -> None:
    """The kind of document decides which numbers are right."""
    assert one_row(证件类型="护照", 证件号码="E12345678").values["id_number"] == "E12345678"
    assert codes(one_row(证件类型="身份证", 证件号码="E12345678")) == {"证件号码": "id_number_length"}


def test_no_problem_shows_a_whole_number_of_a_person() -> None:
    """Identity and telephone numbers are masked wherever they stand, also in the wrong column."""
    wrong = "500101198001011239"
    row = one_row(证件号码=wrong, 联系方式="138000000001", 五级分类=GOOD[3], 到期日期=GOOD[2])
    assert len(row.problems) == 4
    values = " ".join(problem.value or "" for problem in row.problems)
    assert not any(number in values for number in (wrong, "138000000001", GOOD[3], GOOD[2]))
    assert shown("2023-02-29") == "2023-02-29"
    assert shown("a\x00\u202eb" + "字" * 100) == "a b" + "字" * 56 + "…"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n \n,,\n", "file_empty"),
        (csv_bytes([HEADERS]), "no_rows"),
        (csv_bytes([HEADERS, [""] * 9]), "no_rows"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (bytes(range(256)) * 20, "not_a_table"),
        (b"\x89PNG\r\n", "not_a_table"),
        (b"<html><table><tr><td>1", "html_table"),
        (b"<?xml version='1.0'?><Workbook>", "xml_spreadsheet"),
        (csv_bytes([[f"c{n}" for n in range(16_384)], GOOD]), "too_many_columns"),
    ],
)
def test_what_is_no_ledger_is_refused_by_name(content: bytes, code: str) -> None:
    """Empty, headers only, a PDF named .csv, a picture, a page that calls itself .xls."""
    assert refused(content).code == code


def test_an_upload_over_the_limit_is_not_read_on() -> None:
    """200 MB end at the limit; the stream is asked for no more."""

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.given += size
            return b"x" * size

    stream = Endless()
    with pytest.raises(LedgerRefused, match="file_too_large"):
        open_ledger(stream, "x.csv", schemas.ledger.LedgerOptions(limits=LedgerLimits(bytes=5_000_000)))  # type: ignore[arg-type]
    assert stream.given == 5_000_001


def test_rows_stream_in_flat_memory() -> None:
    """Ten times the rows need no more memory, but for what each loan's first row said."""

    def peak(rows: int) -> int:
        content = csv_bytes([HEADERS, *[(str(n), *GOOD[1:]) for n in range(rows)]])
        tracemalloc.start()
        with opened(content) as ledger:
            assert sum(1 for _ in ledger.rows()) == rows
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most - len(content)

    peak(3_000)
    assert peak(30_000) - peak(3_000) < 27_000 * 800


def test_aliases_lead_to_one_field_each() -> None:
    """No header means two things; every field has an alias; nearest aliases are found for slips."""
    assert set(COLUMNS.shown) == set(COLUMNS.kind)
    assert nearest_alias("贷款余客") == "贷款余额"
    assert nearest_alias("zzzz") is None


def _codes_in_source(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Give the codes that the source gives, with what carries them."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        at = {"LedgerRefused": 0, "Notice": 0, "Read": 1, "add": 2, "add_row": 0, "word_reader": 1}.get(name)
        if at is not None and len(node.args) > at:
            for inner in ast.walk(node.args[at]):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and inner.value.isidentifier():
                    yield name, inner.value


def test_every_code_is_listed_for_those_who_word_them() -> None:
    """A code that is given and not listed would have no sentence; one listed and not given would be dead."""
    folder = Path(schemas.ledger.__file__).parent
    given = {pair for file in folder.glob("*.py") for pair in _codes_in_source(ast.parse(file.read_text("utf-8")))}
    assert {code for name, code in given if name == "LedgerRefused"} == set(REFUSALS)
    assert {code for name, code in given if name == "Notice"} == set(NOTICES)
    elsewhere = {f"{kind}_unknown" for kind in ("five_tier_class", "security", "availability", "id_kind")}
    elsewhere |= {"undecodable", "excel_error", "loan_number_missing", "borrower_name_missing", "outstanding_missing"}
    rows = {code for name, code in given if name not in ("LedgerRefused", "Notice") and "_" in code[1:]}
    assert rows | elsewhere == set(PROBLEMS)
