"""Reading single cells: amounts, days, identifiers, texts and words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger.cells import (
    MOST_YUAN,
    amount_reader,
    read_days,
    read_identifier,
    read_name,
    read_text,
    word_reader,
)
from schemas.ledger.vocabulary import VALUES, WORDS

YUAN = amount_reader(Decimal(1))
ANY_CELL = st.one_of(
    st.none(), st.text(), st.text("0123456789.,-+()（）元万eE%年月日 ", max_size=20), st.integers(), st.floats(),
    st.booleans(), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        ("1200", "1200.00"),
        ("1,234,567.891", "1234567.89"),
        ("１，２３４．５０", "1234.50"),
        (" 12 000.5 ", "12000.50"),
        ("12,34,567", "1234567.00"),
        ("1.234,56", "1234.56"),
        ("1234,5", "1234.50"),
        ("(1,200.00)", "-1200.00"),
        ("（300）", "-300.00"),
        ("-5", "-5.00"),
        ("¥-5.00", "-5.00"),
        ("300-", "-300.00"),
        ("￥1,200元", "1200.00"),
        ("1.2万", "12000.00"),
        ("3万元整", "30000.00"),
        ("0.005", "0.01"),
        (1200, "1200.00"),
        (0.1 + 0.2, "0.30"),
        (-7, "-7.00"),
    ],
)
def test_an_amount_is_read_in_every_usual_writing(cell: str | float, yuan: str) -> None:
    """Thousands separators, full-width signs, brackets for negatives, units in the cell; money is decimal."""
    read = YUAN(cell)
    assert (str(read.value), read.code) == (yuan, None)


@pytest.mark.parametrize(
    "cell", ["暂无", "1,2345,6", "--5", "(-5)", "5元元", "1e400", "inf", "12.5.6", True, date(2024, 1, 1)]
)
def test_what_is_no_amount_is_never_taken_for_one(cell: str | bool | date) -> None:
    """Words, impossible separators and double signs give no number."""
    read = YUAN(cell)
    assert read.value is None
    assert read.code


def test_an_amount_that_excel_rounded_is_damaged() -> None:
    """1.2E+05 in a text file may have lost digits: it is reported, not used."""
    assert YUAN("1.2E+05") == (None, "number_damaged", {})


def test_a_blank_amount_is_blank_and_a_huge_one_too_large() -> None:
    """Nothing is nothing, not zero; beyond ten million million yuan nothing is believed."""
    assert [YUAN(cell).code for cell in ("", "-", None, "无")] == [None] * 4
    assert YUAN(str(MOST_YUAN)).code == "amount_too_large"
    assert YUAN(10**5000).code == "amount_too_large"


def test_the_unit_multiplies_exactly() -> None:
    """0.0001 of 万元 is one yuan, to the fen, whatever floats would make of it."""
    assert amount_reader(Decimal(10_000))("1.23456789").value == Decimal("12345.68")


def test_a_cells_own_unit_goes_before_the_columns() -> None:
    """5000元 in a column of 万元 is five thousand yuan."""
    assert amount_reader(Decimal(10_000))("5000元").value == Decimal("5000.00")


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_every_amount_in_fen_comes_back_whole(amount: Decimal) -> None:
    """Written plainly, with separators or in brackets, an amount is read as what it was."""
    assert YUAN(f"{amount:f}").value == amount
    assert YUAN(f"{amount:,.2f}").value == amount
    assert YUAN(f"({abs(amount):,.2f})").value == -abs(amount)


@given(ANY_CELL)
def test_no_cell_breaks_a_reader(cell: object) -> None:
    """Whatever a cell holds, a reader answers; a code or a value, never an exception."""
    for read in (YUAN, read_days, read_identifier, read_name, read_text, word_reader(WORDS.values["security"], "x")):
        found = read(cell)  # type: ignore[arg-type]
        assert found.code is None or isinstance(found.code, str)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("30", 30), ("30天", 30), ("1,200", 1200), (30.0, 30), ("３０", 30), ("0", 0), ("②", 2)],
)
def test_days_are_whole_numbers(cell: str | float, value: int) -> None:
    """Days overdue may bear their unit and separators."""
    assert read_days(cell) == (value, None, {})


def test_negative_days_are_not_overdue() -> None:
    """Some systems count down to maturity below zero: that is zero days overdue, and flagged."""
    assert read_days("-12")[:2] == (0, "days_negative")


@pytest.mark.parametrize("cell", ["12.5", "36501", "很久", True])
def test_days_that_cannot_be_are_unreadable(cell: object) -> None:
    """Half days, a hundred years and words are no number of days."""
    assert read_days(cell)[:2] == (None, "days_unreadable")  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["6.2E+18", "6E18", 6.228e18, 1234.5])
def test_a_loan_number_that_excel_rounded_is_damaged(cell: str | float) -> None:
    """A rounded number names another loan or none."""
    assert read_identifier(cell)[:2] == (None, "number_damaged")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("'0012", "0012"),
        ('="0012"', "0012"),
        ("６２２８ 0012", "62280012"),
        (6228.0, "6228"),
        ("HT-2019/07", "HT-2019/07"),
    ],
)
def test_an_identifier_loses_its_wrapping_only(cell: str | float, value: str) -> None:
    """Excel's quotes and blanks go, leading zeros and signs stay."""
    assert read_identifier(cell).value == value


def test_a_name_keeps_what_is_a_formula_elsewhere() -> None:
    """=HYPERLINK(…) is text: what shows it guards against formulas, reading does not change it."""
    assert read_name('=HYPERLINK("http://x")').value == '=HYPERLINK("http://x")'


def test_a_name_loses_typing_blanks_and_dangerous_marks() -> None:
    """Blanks between Chinese signs, NUL, direction marks and lone surrogates are no part of a name."""
    assert read_name("陈 大　明").value == "陈大明"
    assert read_name("Tenzin  Lama").value == "Tenzin Lama"
    assert read_text("a\x00b\u202ec\ud800d").value == "a b c d"


def test_text_that_is_too_long_is_cut_and_flagged() -> None:
    """Nothing unbounded reaches the store."""
    read = read_text("字" * 5000)
    assert (len(read.value), read.code) == (2000, "text_too_long")


def test_an_excel_error_is_no_text() -> None:
    """#REF! is not a village."""
    assert read_text("#REF!").code == "excel_error"
    assert read_text("#12 Hill Road").value == "#12 Hill Road"


@pytest.mark.parametrize("field", sorted(VALUES))
def test_every_word_of_the_list_is_read(field: str) -> None:
    """Each listed word gives its value, in capitals and full width too."""
    read = word_reader(WORDS.values[field], "unknown")
    for word, value in WORDS.values[field].items():
        assert read(word.upper()).value == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("可疑类", "doubtful"),
        ("次级", "substandard"),
        ("4", "doubtful"),
        (5, "loss"),
        (3.0, "substandard"),
        ("損失", "loss"),
        ("Doubtful", "doubtful"),
    ],
)
def test_the_class_is_read_as_text_digit_or_code(cell: object, value: str) -> None:
    """正常…损失 is 1…5, simplified or traditional, as text or number."""
    assert word_reader(WORDS.values["five_tier_class"], "x")(cell).value == value  # type: ignore[arg-type]


def test_an_unknown_class_is_said_to_be_unknown() -> None:
    """A class outside the list is reported and not guessed."""
    assert (
        word_reader(WORDS.values["five_tier_class"], "five_tier_class_unknown")("六类").code
        == "five_tier_class_unknown"
    )


def test_types_of_a_workbook_that_are_no_text() -> None:
    """Times and spans of time in a column of texts read as text, in a column of amounts as nothing."""
    assert read_text(datetime(2024, 1, 2)).value == "2024-01-02"  # noqa: DTZ001 - as openpyxl gives it
    assert YUAN(time(1)).code == "amount_unreadable"
    assert YUAN(timedelta(1)).code == "amount_unreadable"
