"""XLSX files: what is read, and archives that must not be unpacked."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime

import openpyxl
import pytest

from schemas.ledger import LedgerLimits, LedgerRefused
from tests.unit.ledger.ledger_files import GOOD, HEADERS, codes, opened, part_of, rows_of, with_part, xlsx_bytes

SHEET = "xl/worksheets/sheet1.xml"
LINKS = "xl/_rels/workbook.xml.rels"


def refused(content: bytes, **options: object) -> LedgerRefused:
    """Give the refusal of a file, from opening it or from its rows."""
    with pytest.raises(LedgerRefused) as caught:
        rows_of(content, **options)
    return caught.value


def test_a_workbook_with_title_rows_is_read() -> None:
    """Merged titles above the header, typed dates and amounts, and a unit that the title gives."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某县农商行不良贷款台账"])
    sheet.merge_cells("A1:I1")
    sheet.append([None, None, None, None, None, None, None, "单位：万元"])
    sheet.append([*HEADERS[:6], "贷款余额", *HEADERS[7:]])
    sheet.append([*GOOD[:6], 1.25, datetime(2019, 1, 2), date(2022, 1, 2)])  # noqa: DTZ001
    out = io.BytesIO()
    book.save(out)
    with opened(out.getvalue()) as ledger:
        assert (ledger.format, ledger.header_row, ledger.encoding) == ("xlsx", 3, None)
        (row,) = ledger.rows()
    assert row.number == 4
    assert str(row.values["outstanding"]) == "12500.00"
    assert row.values["due_date"] == date(2022, 1, 2)


def test_what_is_hidden_is_read() -> None:
    """A hidden column and a row hidden by a filter are the ledger's too; a hidden sheet is not looked at."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (HEADERS, GOOD, ("2", *GOOD[1:])):
        sheet.append(row)
    sheet.column_dimensions["G"].hidden = True
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("旧").append(HEADERS)
    book["旧"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    with opened(out.getvalue()) as ledger:
        assert (ledger.sheets, ledger.notices) == (("Sheet",), ())
        assert [str(row.values["outstanding"]) for row in ledger.rows()] == ["1200.50", "1200.50"]


def test_formulas_without_a_result_are_told_of() -> None:
    """A workbook that a program wrote and no spreadsheet calculated: the columns are named, not only their blanks."""
    rows = [(str(n), *GOOD[1:4], '=A2&"号"', GOOD[5], "=1200+0.5", *GOOD[7:]) for n in range(3)]
    with opened(xlsx_bytes([["", "", "", "=TODAY()"], HEADERS, *rows])) as ledger:
        assert ledger.notices == ()
        assert [codes(row) for row in ledger.rows()] == [{"贷款余额(元)": "outstanding_missing"}] * 3
        assert [(one.code, one.facts) for one in ledger.notices] == [
            ("formulas_without_values", {"columns": ("客户地址", "贷款余额(元)"), "cells": 6})
        ]


def test_formulas_with_a_result_are_read_as_their_result() -> None:
    """Also one whose result is an empty text."""
    content = xlsx_bytes([HEADERS, (*GOOD[:3], '=""', GOOD[4], GOOD[5], "=1200+0.5", *GOOD[7:])])
    sheet = part_of(content, SHEET)
    sheet = sheet.replace(b"<f>1200+0.5</f><v />", b"<f>1200+0.5</f><v>1200.5</v>").replace(
        b"<f>1200+0.5</f><v/>", b"<f>1200+0.5</f><v>1200.5</v>"
    )
    sheet = sheet.replace(b'<c r="D2"><f>""', b'<c r="D2" t="str"><f>""')
    with opened(with_part(content, SHEET, sheet)) as ledger:
        (row,) = ledger.rows()
    assert (row.problems, ledger.notices) == ((), ())
    assert str(row.values["outstanding"]) == "1200.50"


def test_cells_without_references_in_strict_or_no_namespace_are_read() -> None:
    """Programs leave out the names of rows and cells; Excel's strict form has another namespace."""
    content = xlsx_bytes([HEADERS, GOOD])
    bare = re.sub(rb' r="[A-Z]*[0-9]+"', b"", part_of(content, SHEET))
    transitional = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    for sheet in (bare, bare.replace(transitional, b"http://purl.oclc.org/ooxml/spreadsheetml/main")):
        (row,) = rows_of(with_part(content, SHEET, sheet))
        assert (row.number, row.values["borrower_name"], row.problems) == (2, "陈大明", ())


def test_shared_strings_are_their_text_without_readings() -> None:
    """Text in several formats is one text; the reading above the signs (rPh) is no part of it."""
    content = xlsx_bytes([HEADERS, GOOD])
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = "<si><r><t>陈</t></r><r><rPr><b/></rPr><t>大明</t></r><rPh sb='0' eb='1'><t>chen</t></rPh></si>".encode()
    kinds = part_of(content, SHEET)
    cell = re.search(rb'<c r="B2"[^>]*>.*?</c>', kinds)
    assert cell
    kinds = kinds.replace(cell.group(), b'<c r="B2" t="s"><v>0</v></c>')
    shared = b'<sst xmlns="' + main + b'">' + strings + b"</sst>"
    links = part_of(content, LINKS).replace(
        b"</Relationships>",
        b'<Relationship Id="x" Target="sharedStrings.xml" Type="http://any.example/sharedStrings"/></Relationships>',
    )
    content = with_part(with_part(content, LINKS, links), "xl/sharedStrings.xml", shared)
    (row,) = rows_of(with_part(content, SHEET, kinds))
    assert row.values["borrower_name"] == "陈大明"


def test_a_tag_or_a_text_without_end_is_refused() -> None:
    """Neither is kept in memory until it ends: a megabyte in one tag, half a million signs in one cell."""
    content = xlsx_bytes([HEADERS, GOOD])
    sheet = part_of(content, SHEET)
    noise = random.Random(1).randbytes(1_500_000).hex().encode()
    for added in (b'<row r="3" x="' + noise + b'"/>', b'<row r="3"><c t="str"><v>' + noise + b"</v></c></row>"):
        hostile = with_part(content, SHEET, sheet.replace(b"</sheetData>", added + b"</sheetData>"))
        assert refused(hostile).code == "workbook_broken"


def test_the_sheet_with_the_ledger_is_found() -> None:
    """A cover sheet is passed over, hidden sheets too; a second ledger is told of, and can be chosen."""
    cover = [["说明"], ["本表由某县联社填报"]]
    other = [HEADERS, ("9", *GOOD[1:]), ("10", *GOOD[1:])]
    content = xlsx_bytes(cover, {"台账": [HEADERS, GOOD], "城区": other})
    with opened(content) as ledger:
        assert (ledger.sheet, ledger.sheets) == ("台账", ("Sheet", "台账", "城区"))
        assert [(n.code, n.facts["others"]) for n in ledger.notices] == [("other_sheets_not_read", ("城区",))]
        assert len(list(ledger.rows())) == 1
    assert len(rows_of(content, sheet="城区")) == 2
    assert refused(content, sheet="乡下").code == "sheet_unknown"


def test_numbers_that_a_workbook_holds_as_numbers() -> None:
    """Identity numbers kept as numbers have lost digits; telephone numbers have not."""
    row = (GOOD[0], GOOD[1], 500101198001011232, 13800000000, *GOOD[4:6], 1200.5, 45293, "2025年1月2日")
    content = xlsx_bytes([HEADERS, row])
    # Excel itself writes such a number with an exponent.
    sheet = part_of(content, SHEET).replace(b"500101198001011232", b"5.0010119800101101E+17")
    (read,) = rows_of(with_part(content, SHEET, sheet))
    assert codes(read) == {"证件号码": "number_damaged"}
    assert read.values["phone"] == "13800000000"
    assert read.values["loan_date"] == date(2024, 1, 2)


def test_blank_rows_between_and_below_are_passed_over() -> None:
    """Rows keep the numbers that the spreadsheet shows."""
    rows = rows_of(xlsx_bytes([HEADERS, GOOD, [], [None, " "], ("2", *GOOD[1:]), []]))
    assert [row.number for row in rows] == [2, 5]


@pytest.mark.parametrize("dimension", [b"A1:XFD1048576", b"A1:A1", b"nonsense"])
def test_the_declared_size_is_not_believed(dimension: bytes) -> None:
    """A sheet that claims a million rows of 16,384 columns, one cell or nonsense has what it has."""
    content = xlsx_bytes([HEADERS, GOOD])
    sheet = part_of(content, SHEET).replace(b'<dimension ref="A1:I2"', b'<dimension ref="' + dimension + b'"')
    assert dimension in sheet
    assert len(rows_of(with_part(content, SHEET, sheet))) == 1


def test_a_million_empty_rows_are_refused_not_read() -> None:
    """One cell in the last possible row below the table: the table ends in a clear refusal."""
    content = xlsx_bytes([HEADERS, GOOD])
    far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    sheet = part_of(content, SHEET).replace(b"</sheetData>", far)
    assert refused(with_part(content, SHEET, sheet)).code == "empty_rows"


def test_sixteen_thousand_columns_are_refused() -> None:
    """The refusal says how many there are and how many may be."""
    content = xlsx_bytes([[f"c{n}" for n in range(16_384)], GOOD])
    error = refused(content)
    assert (error.code, error.facts["columns"], error.facts["most"]) == ("too_many_columns", 16_384, 256)


def test_too_many_rows_are_refused_while_reading() -> None:
    """The limit holds on rows that are there, when they come."""
    content = xlsx_bytes([HEADERS, *[(str(n), *GOOD[1:]) for n in range(30)]])
    assert refused(content, limits=LedgerLimits(rows=20)).code == "too_many_rows"


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _bombs() -> Iterator[tuple[str, bytes]]:
    content = xlsx_bytes([HEADERS, GOOD])
    yield "sheet of zeros", with_part(content, SHEET, b" " * 50_000_000)
    yield "shared strings", with_part(content, "xl/sharedStrings.xml", b" " * 90_000_000)
    laughs = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><s>&b;</s>'
    yield "entities", with_part(content, SHEET, laughs)
    outside = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><s>&a;</s>'
    yield "external entity", with_part(content, "xl/sharedStrings.xml", outside)
    yield "external entity in UTF-16", with_part(content, SHEET, outside.decode().encode("utf-16"))
    late = b"<?xml version='1.0'?><!--" + b"x" * 5000 + b"--><!DOCTYPE s [<!ENTITY a 'b'>]><s>&a;</s>"
    yield "entity behind a long comment", with_part(content, SHEET, late)
    yield "many parts", _zip({"[Content_Types].xml": b"", **{f"p{n}": b"" for n in range(3000)}})


@pytest.mark.parametrize(("name", "content"), list(_bombs()), ids=lambda value: value if isinstance(value, str) else "")
def test_an_archive_that_would_explode_is_not_unpacked(name: str, content: bytes) -> None:
    """Bombs, entities and external files are refused from the directory or the first bytes (RELIABILITY.md, 18, 19)."""
    assert refused(content).code == "archive_unsafe"


def test_a_size_that_the_directory_conceals_is_found_out() -> None:
    """zipfile gives no more bytes than declared, and notices; the file is then broken."""
    content = bytearray(with_part(xlsx_bytes([HEADERS, GOOD]), SHEET, b" " * 3_000_000))
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"PK\x05\x06"))
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert refused(bytes(content)).code == "workbook_broken"


def test_a_zip_that_is_no_workbook_is_named_as_such() -> None:
    """A ZIP named .xlsx, a Word file, an OpenDocument sheet, a binary workbook."""
    assert refused(_zip({"hello.txt": b"hello"})).code == "archive_not_workbook"
    assert refused(_zip({"[Content_Types].xml": b"", "word/document.xml": b""})).code == "archive_not_workbook"
    assert refused(_zip({"mimetype": b"x", "content.xml": b""})).code == "opendocument"
    assert refused(_zip({"[Content_Types].xml": b"", "xl/workbook.bin": b""})).code == "binary_workbook"


def test_an_archive_that_breaks_off_is_broken() -> None:
    """Half an upload is half a file."""
    content = xlsx_bytes([HEADERS, GOOD])
    assert refused(content[: len(content) // 2]).code == "archive_broken"


def test_locked_files_are_named_as_such() -> None:
    """A password in Excel makes another container of the file; one in ZIP sets a flag."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000
    assert refused(ole + "EncryptedPackage".encode("utf-16-le") + b"\0" * 1000).code == "password_protected"
    assert refused(ole).code == "old_excel"
    content = bytearray(xlsx_bytes([HEADERS, GOOD]))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    assert refused(bytes(content)).code == "password_protected"


def test_a_sheet_that_breaks_off_says_where() -> None:
    """The refusal comes out of the rows; what was read until then is not kept by the caller."""
    content = xlsx_bytes([HEADERS, *[(str(n), *GOOD[1:]) for n in range(5000)]])
    sheet = part_of(content, SHEET)
    error = refused(with_part(content, SHEET, sheet[: len(sheet) * 4 // 5]))
    assert error.code == "workbook_broken"
    assert int(str(error.facts["row"])) > 1000
