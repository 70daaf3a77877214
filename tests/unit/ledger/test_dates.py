"""Dates as ledgers write them, and the one decision a column."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger.dates import EARLIEST, LATEST, DateForms, date_reader, decide

READ = date_reader(DateForms())


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-02", "20240102", "2024/1/2", "2024.01.02", "2024年1月2日", "２０２４－０１－０２",
        "2024-01-02 00:00:00", " 2024/01/02 ", "2024年01月02号", 20240102, "20240102.0",
        "2024-01-02T08:30:00+08:00", "45293", 45293, 45293.0, "'2024-01-02", "2 Jan 2024", "January 2, 2024",
        "二〇二四年一月二日", date(2024, 1, 2), datetime(2024, 1, 2, 8),  # noqa: DTZ001 - as openpyxl gives it
    ],
)  # fmt: skip
def test_every_usual_form_is_read(cell: object) -> None:
    """All forms of DOMAIN.md, section 5, Excel's serial numbers and times of day behind a date give one day."""
    assert READ(cell).value == date(2024, 1, 2)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["2023-02-29", "20230229", "2024年13月1日", "2024-00-10", "31 Apr 2024"])
def test_a_day_that_never_was_is_impossible(cell: str) -> None:
    """29 February 2023 is reported, never moved to a neighbouring day."""
    assert READ(cell)[:2] == (None, "date_impossible")


@pytest.mark.parametrize("cell", ["2024-01", "2024年", "202401", "2024年1月"])
def test_a_month_is_no_day(cell: str) -> None:
    """No day is made up."""
    assert READ(cell)[:2] == (None, "date_without_day")


@pytest.mark.parametrize("cell", ["1900-01-01", "9999-12-31", "0000-00-00", "0", 0, "1948-12-31"])
def test_dates_that_say_none_are_not_used(cell: object) -> None:
    """1900 and 9999 are how systems say that there is no date."""
    read = READ(cell)  # type: ignore[arg-type]
    assert read.value is None
    assert read.code == "date_out_of_range"


def test_unlikely_dates_are_kept_and_flagged() -> None:
    """1970 and 2099 are stored, and a person is told (RELIABILITY.md, 13)."""
    assert READ("1970-01-01") == (date(1970, 1, 1), "date_unlikely", {})
    assert READ("2099-12-31").code == "date_unlikely"


def test_day_and_month_stay_open_until_the_column_tells() -> None:
    """01/02/2024 alone is ambiguous; with 25/12/2023 in the column it is 1 February."""
    assert READ("01/02/2024")[:2] == (None, "date_ambiguous")
    assert date_reader(decide(["01/02/2024", "25/12/2023"]))("01/02/2024").value == date(2024, 2, 1)
    assert date_reader(decide(["01/02/2024", "12/25/2023"]))("01/02/2024").value == date(2024, 1, 2)


def test_contradicting_evidence_decides_nothing() -> None:
    """A column with both orders leaves the ambiguous cells unused, and reads those that are clear by themselves."""
    read = date_reader(decide(["25/12/2023", "12/25/2023"]))
    assert read("01/02/2024").code == "date_ambiguous"
    assert read("25/12/2023").value == read("12/25/2023").value == date(2023, 12, 25)


def test_a_cell_against_its_columns_order_is_reported() -> None:
    """One American date in a column of European ones is not silently turned round."""
    assert date_reader(DateForms("dmy"))("12/25/2023").code == "date_order_contradicts"


def test_two_digit_years_are_ambiguous() -> None:
    """24-01-02 could be three days."""
    assert READ("24-01-02")[:2] == (None, "date_ambiguous")


@given(st.dates(EARLIEST, LATEST))
def test_every_day_comes_back_from_every_form(day: date) -> None:
    """Writing and reading a date gives the same date."""
    forms = (
        day.isoformat(), f"{day:%Y%m%d}", f"{day.year}/{day.month}/{day.day}", f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日", f"{day:%d %b %Y}",
    )  # fmt: skip
    assert {READ(form).value for form in forms} == {day}


@given(
    st.one_of(
        st.text(),
        st.text("0123456789-/.年月日TZ:〇一二十 JanFeb", max_size=24),
        st.integers(),
        st.floats(),
        st.datetimes(),
    )
)
def test_no_cell_breaks_the_reader(cell: object) -> None:
    """Any cell gives a date within bounds or a code."""
    read = READ(cell)  # type: ignore[arg-type]
    assert read.value is None or EARLIEST <= read.value <= LATEST
    decide([cell])  # type: ignore[list-item]
