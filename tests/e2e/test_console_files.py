"""Files through the console: a ledger from preview to undo, and an office from a workbook, in a real Chromium."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, Route, expect

from api.auth.actor import Actor, Role
from api.store.models import Import
from api.usecases.follow_imports import Followed
from tests.e2e.test_console_page import (  # noqa: F401  the served county and its browser
    CONTRAST,
    SMALL_TARGETS,
    Office,
    chromium,
    desk,
    office,
    playwright,
    settled,
)
from tests.integration.conftest import sqlite_sample  # noqa: F401  the planned county, built once
from tests.sample_county import other_settings

pytestmark = pytest.mark.browser

HEADER = "客户名秤,身份证号,贷款账号,贷款余额,五级分类,乡镇,村,地址,备注二\n"
GOOD = "张小红,110101199003078515,L-90001,12000.00,次级,青石镇,石桥村一组,<img src=x onerror=alert(1)>,x\n"
BAD = "李四,,L-90002,<b>abc</b>,可疑,青石镇,石桥村一组,2号,x\n"


def choose(page: Page, data: bytes, name: str = "loans.csv") -> None:
    """Choose a file and wait until it has been read."""
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    settled(page)


def imports(office: Office) -> list[dict[str, Any]]:  # noqa: F811
    found: list[dict[str, Any]] = office.sample.coordinator.get("/api/v1/ledgers")["items"]
    return found


def test_a_ledger_is_previewed_corrected_imported_and_undone(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """Choosing a file previews it; a column not understood is told by one press; then one button imports.

    Nothing is stored before; markup in a file stays text; the remarks come as a workbook; undoing shows its effect.
    """
    before = imports(office)
    page = desk("ledgers")
    page.locator("#branch").select_option(index=1)
    choose(page, (HEADER + GOOD + BAD).encode())
    expect(page.locator("#report .error")).to_contain_text("A needed column is missing: Borrower's name")
    page.get_by_role("button", name="Perhaps: Borrower's name").click()
    expect(page.locator("#report")).to_contain_text("nothing is stored yet")
    expect(page.locator("#field-A")).to_be_focused()
    expect(page.locator("#field-A")).to_have_value("borrower_name")
    expect(page.locator("#report tr.refused").first).to_contain_text("<b>abc</b>")
    page.locator("#field-I").select_option("situation")
    expect(page.locator("summary", has_text="0 not understood")).to_be_visible()
    assert imports(office) == before
    page.get_by_role("button", name="Import 1 rows").click()
    expect(page.locator("#notice")).to_contain_text("Imported: 1 new")
    assert len(imports(office)) == len(before) + 1
    page.reload()
    settled(page)
    expect(page.locator("#past tr[aria-current] th")).to_contain_text("loans.csv")
    with page.expect_download() as sent:
        page.get_by_role("link", name="Remarks as a workbook").click()
    assert [cell.value for cell in load_workbook(io.BytesIO(sent.value.path().read_bytes())).active[2]][:3] == [
        3,
        "L-90002",
        "贷款余额",
    ]
    page.get_by_role("button", name="Undo this import").click()
    expect(page.locator("#report .next-step")).to_contain_text("loans taken out")
    page.get_by_role("button", name="Undo the import").click()
    expect(page.locator("#notice")).to_contain_text("is undone")
    assert [one["status"] for one in imports(office)].count("undone") == 1


def test_corrections_are_remembered_for_the_next_file(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """The next file with the same headers is read as told, and says so; forgetting that is one press."""
    page = desk("ledgers")
    page.locator("#branch").select_option(index=1)
    choose(page, (HEADER + GOOD).encode())
    page.get_by_role("button", name="Perhaps: Borrower's name").click()
    page.locator("#import").click()
    expect(page.locator("#notice")).to_contain_text("Imported")
    page.locator("#branch").select_option(index=1)
    choose(page, (HEADER + GOOD).encode(), "december.csv")
    expect(page.locator("#report")).to_contain_text(
        "as they were corrected for the last such file: 客户名秤 → Borrower's name"
    )
    page.locator("summary", has_text="Columns").focus()
    if not page.locator("#field-A").is_visible():
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Forget the corrections").click()
    expect(page.locator("#report .error")).to_contain_text("A needed column is missing")


def test_half_a_ledger_is_plain_before_it_is_imported(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """“81 of 82 loans would become missing” stands above the button, which needs a tick."""
    page = desk("ledgers")
    page.locator("#branch").select_option(index=1)
    choose(page, (HEADER.replace("秤", "称") + GOOD).encode())
    expect(page.locator("#report .next-step")).to_be_visible()
    expect(page.get_by_text("would become missing")).to_have_count(0)
    page.get_by_label("This file is complete").check()
    expect(page.locator("#report .error")).to_contain_text("would become missing.That is more than half")
    page.locator("#import").click()
    expect(page.locator("#sure-error")).to_contain_text("Tick this if")
    expect(page.locator("#sure")).to_be_focused()
    missing = "/api/v1/accounts?status=missing"
    assert office.sample.coordinator.get(missing)["items"] == []
    page.locator("#sure").check()
    page.locator("#import").click()
    expect(page.locator("#notice")).to_contain_text("Imported: 1 new")
    assert len(office.sample.coordinator.get(missing)["items"]) > 50
    expect(page.locator("#report")).to_contain_text("became missing")
    page.get_by_role("link", name="missing loans to settle").click()
    expect(page).to_have_url(f"{office.url}/console/work?kind=missing_loan")
    expect(page.locator("#kind-heading")).to_contain_text("oan")


def test_problems_are_filtered_by_status_and_reason_in_the_address(
    office: Office,  # noqa: F811
    desk: Callable[..., Page],  # noqa: F811
) -> None:
    """A report can be left and come back to as it was filtered; more than a page comes page by page."""
    rows = "".join(f"张{one},,L-8{one:04d},abc,可疑,青石镇,石桥村一组,{one}号,x\n" for one in range(130))
    rows += "王五,123,L-90009,5,次级,青石镇,石桥村一组,9号,x\n"
    page = desk("ledgers")
    page.locator("#branch").select_option(index=1)
    choose(page, (HEADER.replace("秤", "称") + rows).encode())
    page.locator("#import").click()
    expect(page.locator("#notice")).to_contain_text("Imported: 0 new")
    lines = page.locator("table.problems tbody tr")
    expect(lines).to_have_count(100)
    page.get_by_role("button", name="Show 31 more").click()
    expect(lines).to_have_count(131)
    page.get_by_label("Result").select_option("flagged")
    expect(lines).to_have_count(1)
    page.get_by_label("Reason").select_option(index=1)
    expect(lines).to_contain_text("An identity number has 15 or 18 digits, this one 3")
    address = page.url
    assert "severity=flagged&code=id_number_length" in address
    page.goto(f"{office.url}/console/people")
    page.goto(address)
    expect(lines).to_have_count(1)


def test_an_unreadable_ledger_shows_the_problem(desk: Callable[..., Page]) -> None:  # noqa: F811
    """Where nothing can be read, the page says why, and offers no import."""
    page = desk("ledgers")
    choose(page, b"", "empty.csv")
    expect(page.locator("#report .error")).to_contain_text("The file is empty")
    expect(page.locator("#import")).to_have_count(0)


def test_a_file_that_is_too_large_is_not_sent(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """The limit is told at the field before megabytes travel for nothing."""
    with other_settings(office.sample.app, max_upload_mb=1):
        page = desk("ledgers")
        choose(page, b"x" * 1_100_000, "big.csv")
        expect(page.locator("#file-fault")).to_contain_text("big.csv is larger than 1 MB")
        choose(page, (HEADER + GOOD).encode())
        expect(page.locator("#file-fault")).to_be_empty()


def test_an_import_can_be_left_and_come_back_to(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """Whoever comes back sees how many rows are being stored, and in the end whether they were."""
    page = desk("people")
    user = next(one for one in imports(office))
    with office.sample.app.app_context():
        with office.sample.app.extensions["store"].read() as session:
            by = session.get_one(Import, user["id"]).by
        with Followed(Actor(by, Role.COORDINATOR), "long.csv", dry_run=False) as followed:
            followed.storing(5000)
            page.goto(f"{office.url}/console/ledgers")
            expect(page.locator("#running")).to_contain_text("long.csv: storing 5,000 rows, all of them or none")
            expect(page.locator("#running")).to_contain_text("You may leave this page")
    expect(page.locator("#notice")).to_contain_text("The import of long.csv ended without being stored")
    expect(page.locator("#running")).to_be_empty()


def test_an_office_is_set_up_from_a_workbook(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """The workbook with wrong cells names each by sheet and cell; mended it shows what it adds, then stores it."""
    page = desk("setup")
    with page.expect_download() as sent:
        page.get_by_role("link", name="Filled with what is stored now").click()
    book = load_workbook(io.BytesIO(sent.value.path().read_bytes()))
    book["Territories"].append(["QS", "云岭新片区"])
    book["People"].append(["QS", "S900"])
    wrong, right = io.BytesIO(), io.BytesIO()
    book.save(wrong)
    book["People"].cell(book["People"].max_row, 3, "示例员")
    book.save(right)
    choose(page, wrong.getvalue(), "office.xlsx")
    [cell] = page.locator("#report tbody tr").all()
    expect(cell).to_contain_text(f"C{book['People'].max_row}")
    expect(cell).to_contain_text("This cell must not be empty.")
    expect(page.locator("#import")).to_have_count(0)
    choose(page, right.getvalue(), "office.xlsx")
    assert "云岭新片区" not in str(office.sample.coordinator.get("/api/v1/territories"))
    page.get_by_role("button", name="Store 2 rows").click()
    expect(page.locator("#notice")).to_contain_text("is stored")
    assert "云岭新片区" in str(office.sample.coordinator.get("/api/v1/territories"))
    choose(page, right.getvalue(), "office.xlsx")
    expect(page.locator("#report")).to_contain_text("stored already")


def test_a_newer_workbook_is_still_being_read(desk: Callable[..., Page]) -> None:  # noqa: F811
    """Whoever chooses another file meanwhile waits for that one: the end of the first is not the end of the wait."""
    page = desk("setup")
    held: list[Route] = []
    page.route("**/api/v1/setup?*", lambda route: held.append(route))
    for name in ("one.xlsx", "two.xlsx"):
        with page.expect_request("**/api/v1/setup?*"):
            page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": b"no workbook"})
    expect(page.locator("#report")).to_contain_text("two.xlsx")
    assert page.locator("#report").get_attribute("aria-busy") == "true"
    held[-1].continue_()
    expect(page.locator("#report .error")).to_be_visible()
    settled(page)


def test_what_was_put_in_is_taken_out_in_the_encoding_asked_for(desk: Callable[..., Page]) -> None:  # noqa: F811
    """Each table with its rows, as CSV in GB18030 here; a table that has no such form says so and offers nothing."""
    page = desk("setup")
    page.get_by_label("Format").select_option("csv")
    page.get_by_label("Encoding").select_option("gb18030")
    with page.expect_download() as sent:
        page.get_by_role("link", name="Download Territories").click()
    assert "青石片区" in sent.value.path().read_bytes().decode("gb18030")
    expect(page.locator("#exports")).to_contain_text("not as Text (CSV)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_reports_can_be_read_and_hit(desk: Callable[..., Page], scheme: str) -> None:  # noqa: F811
    """WCAG 2.2 AA also for a preview with problems, columns and missing loans, and for a refused workbook."""
    page = desk("ledgers", scheme=scheme)
    page.locator("#branch").select_option(index=1)
    page.get_by_label("This file is complete").check()
    choose(page, (HEADER.replace("秤", "称") + GOOD + BAD).encode())
    expect(page.locator("#report .next-step")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL_TARGETS) == []
