"""The problems of an import as a workbook that can be worked through, and that is safe to open."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.factories import Caller, County, problem
from tests.integration.test_ledgers import csv_of, imported, row


def remarks(caller: Caller, import_id: str, language: str = "en") -> tuple[Any, list[list[Any]]]:
    """Return the answer and the lines of its first sheet."""
    path = f"/api/v1/ledgers/{import_id}/remarks"
    response = caller.send("GET", path, headers={"Accept-Language": language})
    assert response.status_code == 200, response.get_data(as_text=True)
    sheet = load_workbook(io.BytesIO(response.data)).worksheets[0]
    return response, [[cell.value for cell in line] for line in sheet.iter_rows()]


def test_every_problem_is_a_line_with_row_loan_column_value_reason_and_remedy(county: County) -> None:
    """Refused rows and flagged ones, in the order of the file, with the sentences of the report."""
    data = csv_of(row("6228001", 联系电话="1.38E+10"), row("6228002"), row("6228003", 客户名称=""))
    report = imported(county.coordinator, data, "ledger.csv")
    response, lines = remarks(county.coordinator, report["id"])
    assert "ledger-remarks.xlsx" in response.headers["Content-Disposition"]
    assert lines[0] == ["Row", "Loan number", "Column", "Value", "Fate", "What is wrong", "What to do"]
    assert [line[0] for line in lines[1:]] == [one["row"] for one in report["problems"]]
    assert [line[1] for line in lines[1:]] == ["6228001", "6228003"]
    assert [line[4] for line in lines[1:]] == ["flagged", "refused"]
    assert [(line[5], line[6]) for line in lines[1:]] == [(one["reason"], one["remedy"]) for one in report["problems"]]
    assert lines[1][2] == "联系电话"


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x.example")'])
def test_what_a_stranger_wrote_is_never_a_formula(county: County, evil: str) -> None:
    """A value or a loan number that begins like a formula is text that stays text."""
    report = imported(county.coordinator, csv_of(row("6228001", 到期日期=evil), row("=6+2", 到期日期="x")))
    response, lines = remarks(county.coordinator, report["id"])
    assert len(lines) > 1
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    cells = [cell for line in load_workbook(io.BytesIO(response.data)).worksheets[0].iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    for cell in cells:
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@", "\t")):
            assert cell.quotePrefix, cell.value


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_the_workbook_speaks_the_readers_language(county: County, language: str) -> None:
    """Headings, reasons and remedies are in the language that was asked for."""
    report = imported(county.coordinator, csv_of(row("1", 客户名称="")))
    _response, lines = remarks(county.coordinator, report["id"], language)
    english = ("What is wrong" in lines[0], "The borrower's name is missing." in lines[1])
    assert english == (language == "en", language == "en")


def test_an_import_without_problems_has_an_empty_list(county: County) -> None:
    """Only the headings."""
    report = imported(county.coordinator, csv_of(row("1")))
    assert len(remarks(county.coordinator, report["id"])[1]) == 1


def test_the_workbook_says_how_many_problems_it_leaves_out(county: County) -> None:
    """A thousand problems are kept; the last line counts the others."""
    report = imported(county.coordinator, csv_of(*(row(str(number), 客户名称="") for number in range(1, 1006))))
    lines = remarks(county.coordinator, report["id"])[1]
    assert len(lines) == 1 + 1000 + 1
    assert "5" in lines[-1][5]


def test_remarks_are_for_those_who_may_see_the_import(county: County) -> None:
    """They hold loan numbers: not for other branches, not for other roles."""
    report = imported(county.coordinator, csv_of(row("1", 客户名称="")))
    path = f"/api/v1/ledgers/{report['id']}/remarks"
    problem(county.stranger.send("GET", path), 404, "not-found")
    problem(county.user("legal").send("GET", path), 403, "role")
