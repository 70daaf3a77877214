"""Identity and telephone numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger.identity import check_digit, id_number_reader, read_phone

READ = id_number_reader()
BORN = st.dates(date(1900, 1, 1), date(2020, 12, 31))


def test_the_check_digit_of_the_standards_example() -> None:
    """GB 11643-1999 gives 11010519491231002X."""
    assert check_digit("11010519491231002") == "X"
    assert READ("11010519491231002x").value == "11010519491231002X"


@given(BORN, st.integers(0, 999))
def test_a_number_with_its_check_digit_is_read_and_any_other_digit_refused(born: date, sequence: int) -> None:
    """Exactly one of eleven check digits is right."""
    whole = f"500101{born:%Y%m%d}{sequence:03}"
    read = {digit: READ(whole + digit).value for digit in "0123456789X"}
    assert [digit for digit, value in read.items() if value] == [check_digit(whole)]


@given(BORN.filter(lambda born: born.year < 2000), st.integers(0, 999))
def test_fifteen_digits_become_eighteen(born: date, sequence: int) -> None:
    """The old number gets its century and its check digit."""
    whole = f"500101{born:%Y%m%d}{sequence:03}"
    assert READ(f"500101{born:%y%m%d}{sequence:03}").value == whole + check_digit(whole)


@pytest.mark.parametrize("cell", ["4.41E+17", "5.00101E17", 5.00101198001011e17, 5001011980010112.0])
def test_a_number_that_excel_rounded_is_damaged(cell: str | float) -> None:
    """4.41E+17 has lost its last digits: reported, never used (DOMAIN.md, section 5)."""
    assert READ(cell)[:2] == (None, "number_damaged")


def test_zeros_in_place_of_the_last_digits_are_damage() -> None:
    """Excel keeps fifteen digits and writes 000 behind them."""
    whole = "500101198001011" + "000"
    assert check_digit(whole[:17]) != "0"
    assert READ(whole).code == "number_damaged"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("50010119800101123", "id_number_length"),
        ("500101198013011" + "23" + check_digit("50010119801301123"), "id_number_birth_date"),
        ("99010119800101123" + check_digit("99010119800101123"), "id_number_region"),
        ("50010119800101123" + "X", "id_number_check_digit"),
        (True, "id_number_unreadable"),
    ],
)
def test_each_fault_has_its_name(cell: object, code: str) -> None:
    """Too short, an impossible birthday, no such province, a wrong check digit."""
    assert READ(cell)[:2] == (None, code)  # type: ignore[arg-type]


def test_blanks_and_full_width_digits_are_typing() -> None:
    """A number is read through blanks and full-width forms."""
    assert READ(" １１０１０５ 19491231 002Ｘ ").value == "11010519491231002X"


def test_other_documents_have_other_numbers() -> None:
    """A passport's number has no check digit of GB 11643; elsewhere in the world nobody's has."""
    assert id_number_reader(card=False)("E12345678").value == "E12345678"
    assert id_number_reader("any")("2345 6789 0123").value == "234567890123"
    assert READ("E12345678").value is None


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("13800000000", ("13800000000",)),
        ("+86 138-0000-0000", ("13800000000",)),
        ("８６13800000000", ("13800000000",)),
        (13800000000.0, ("13800000000",)),
        ("023-68000000", ("023-68000000",)),
        ("+91 98000 00000", ("+919800000000",)),
        ("13800000000/13900000000、13800000000", ("13800000000", "13900000000")),
        ("13800000000 13900000000", ("13800000000", "13900000000")),
    ],
)
def test_phones_are_read_in_every_usual_writing(cell: object, phones: tuple[str, ...]) -> None:
    """Country code, dashes, blanks, several numbers in one cell."""
    assert read_phone(cell)[:2] == (phones, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1.38E+10", "number_damaged"), ("1380000", "phone_unreadable"), ("无人接听", "phone_unreadable")],
)
def test_a_damaged_phone_is_reported(cell: str, code: str) -> None:
    """1.38E+10 looks like a number and is none."""
    assert read_phone(cell)[:2] == (None, code)


def test_of_several_phones_the_whole_ones_are_used() -> None:
    """One bad number beside a good one is flagged; the good one is used."""
    assert read_phone("13800000000/1390")[:2] == (("13800000000",), "phone_unreadable")


@given(st.one_of(st.text(), st.text("0123456789X+-/eE. ", max_size=40), st.integers(), st.floats()))
def test_no_cell_breaks_the_readers(cell: object) -> None:
    """Any cell gives a number in its plain form or a code."""
    number = READ(cell).value  # type: ignore[arg-type]
    assert number is None or (len(number) == 18 and check_digit(number[:17]) == number[17])
    read_phone(cell)  # type: ignore[arg-type]
