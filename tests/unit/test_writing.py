"""Tables for people: what is written is what a reader of the format reads, and nothing in it is a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from schemas.writing.cells import FORMULA, MARK, unmarked
from schemas.writing.csv_file import ENCODINGS, CsvWriter
from schemas.writing.workbook import MOST_TEXT, Look, Styled, WorkbookWriter

# What XML can hold: everything else is replaced, which has tests of its own.
WRITABLE = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=30)
NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.decimals(-(10**9), 10**9, places=2),
    st.dates(date(1900, 3, 1), date(2199, 12, 31)),
)


def as_csv(rows: list[list[Any]], encoding: str = "utf-8") -> tuple[list[list[str]], int]:
    """Write rows and read them with another reader; returns them and how many characters were replaced."""
    stream = io.BytesIO()
    writer = CsvWriter(stream, encoding)
    for row in rows:
        writer.row(row)
    writer.flush()
    text = stream.getvalue().decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""))), writer.replaced


def as_workbook(*rows: list[Any]) -> tuple[Any, WorkbookWriter]:
    """Write rows and read them with openpyxl; returns its sheet and the writer."""
    stream = io.BytesIO()
    with WorkbookWriter(stream) as book, book.sheet("Sheet") as sheet:
        for row in rows:
            sheet.row(row)
    return load_workbook(stream)["Sheet"], book


@given(st.lists(st.one_of(st.text(st.characters(exclude_categories=("Cs",))), NUMBERS), min_size=1, max_size=6))
@example(["=1+1", "\t=1", "'=1", " -1", "a\r\nb"])
def test_csv_holds_what_was_written_and_no_formula(row: list[Any]) -> None:
    """Texts come back once the mark is off, numbers as they are; no text begins like a formula."""
    [found], replaced = as_csv([[*row, "end"]])
    assert replaced == 0
    for value, cell in zip(row, found, strict=False):
        if not isinstance(value, str):
            assert cell == str(value)
        else:
            assert not cell.lstrip(" ").startswith(FORMULA)
            assert cell == value or unmarked(cell) == value


@given(st.lists(st.one_of(WRITABLE, NUMBERS), min_size=1, max_size=6))
def test_a_workbook_holds_what_was_written_and_no_formula(row: list[Any]) -> None:
    """Texts are texts, marked where they begin like a formula; amounts, counts and days are numbers."""
    sheet, book = as_workbook([*row, "end"])
    assert (book.replaced, book.shortened) == (0, 0)
    for value, cell in zip(row, sheet[1], strict=False):
        if isinstance(value, str) and value:
            assert (cell.value, cell.data_type) == (value, "s")
            assert cell.quotePrefix == value.lstrip(" ").startswith(FORMULA)
        elif isinstance(value, date):
            assert (cell.value.date(), cell.number_format) == (value, r"yyyy\-mm\-dd")
        elif not isinstance(value, str):
            assert cell.data_type == "n"
            assert Decimal(str(cell.value)).quantize(Decimal("0.01")) == Decimal(value).quantize(Decimal("0.01"))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_an_encoding_lacks_is_counted_and_readable(encoding: str) -> None:
    """Nothing is lost in silence, in whatever encoding; a lone surrogate fits none."""
    [[cell, _]], replaced = as_csv([["龍門 龙门 😀 \ud800", "x"]], encoding)
    lacking = {"big5": "龍門 [U+9F99][U+95E8] [U+1F600] [U+D800]"}.get(encoding, "龍門 龙门 😀 [U+D800]")
    assert (cell, replaced) == (lacking, lacking.count("[U+"))


def test_what_a_cell_cannot_hold_is_counted_and_readable() -> None:
    """Control characters are written out, texts beyond Excel's length end in an ellipsis; both are counted."""
    sheet, book = as_workbook(["a\x00b\x1f\ufffe", "long" * MOST_TEXT, "a\r\n\tb"])
    assert [cell.value for cell in sheet[1]][::2] == ["a[U+0000]b[U+001F][U+FFFE]", "a\r\n\tb"]
    assert len(sheet["B1"].value) == MOST_TEXT
    assert sheet["B1"].value.endswith("…")
    assert (book.replaced, book.shortened) == (3, 1)


def test_markup_in_a_text_or_title_is_text() -> None:
    """Signs of XML mean themselves."""
    stream = io.BytesIO()
    with WorkbookWriter(stream) as book, book.sheet('A&B "<1>"') as sheet:
        sheet.row(["<v>&amp;</v>", "]]>"])
    read = load_workbook(stream)
    assert read.sheetnames == ['A&B "<1>"']
    assert [cell.value for cell in read.active[1]] == ["<v>&amp;</v>", "]]>"]


def test_sheets_have_titles_that_a_spreadsheet_allows() -> None:
    """At most 31 characters, none of []:*?/\\, no two the same; one written later can stand first."""
    stream = io.BytesIO()
    with WorkbookWriter(stream) as book:
        for title in ("a/b:c[d]", "x" * 40, "X" * 40, ""):
            with book.sheet(title):
                pass
        with book.sheet("first", first=True) as sheet:
            sheet.row(["head"], Look.HEAD)
            sheet.row([Styled("grey", Look.EXAMPLE), None, "", 7])
    read = load_workbook(stream)
    assert read.sheetnames == ["first", "a b c d", "x" * 31, "X" * 26 + " (2)", "–"]
    assert (read["first"]["A1"].font.bold, read["first"]["A2"].font.italic) == (True, True)
    assert read["first"]["D2"].value == 7
    assert read["first"].freeze_panes == "A2"


def test_a_mark_is_taken_off_only_where_it_was_put() -> None:
    """An apostrophe that belongs to a name stays."""
    assert unmarked(MARK + "=1") == "=1"
    assert unmarked("'s Gravenhage") == "'s Gravenhage"


def test_days_that_excel_counts_wrongly_are_text() -> None:
    """Before March 1900 Excel is off by a day."""
    sheet, _book = as_workbook([date(1900, 2, 28), date(1900, 3, 1)])
    assert sheet["A1"].value == "1900-02-28"
    assert sheet["B1"].value.date() == date(1900, 3, 1)
