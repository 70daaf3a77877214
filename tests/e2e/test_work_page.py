"""The work lists in a real Chromium: judged one after the other with the keyboard, and taken back."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_console_page import (  # noqa: F401  the served county and its browser
    Office,
    chromium,
    desk,
    office,
    playwright,
    settled,
)
from tests.integration.conftest import sqlite_sample  # noqa: F401  the planned county, built once
from tests.integration.test_ledgers import csv_of, imported, row

pytestmark = pytest.mark.browser

SPELLINGS = ("李家湾", "李家弯", "王家坝", "汪家坝", "柳树沟", "柳树钩")


def picture(page: Page, name: str) -> None:
    """Keep a picture for who wants to look (ROUNDS_TEST_PICTURES names a folder)."""
    if folder := os.environ.get("ROUNDS_TEST_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def bring(office: Office) -> dict[str, int]:  # noqa: F811
    """Import a ledger with something of most kinds to judge; returns the counts."""
    branch = office.sample.coordinator.get("/api/v1/branches")["items"][0]["id"]
    rows = [
        row(f"W{at}", 客户名称=f"陈大明{at}", 客户地址=f"龙门镇石桥村{village}{at + 1}号", 经度="", 纬度="")
        for at, village in enumerate(SPELLINGS)
    ]
    rows += [
        row("W7", 客户名称="王丽", 客户地址="龙门镇石桥村李家湾1号", 经度="", 纬度=""),
        row("W8", 客户名称="赵强", 客户地址="龙门镇石桥村李家湾9号", 经度="0", 纬度="0"),
        row("W9", **{"贷款余额（元）": "暂无"}),
    ]
    imported(office.sample.coordinator, csv_of(*rows), "november.csv", f"?branch={branch}")
    found: dict[str, int] = office.sample.coordinator.get("/api/v1/work-items/counts")
    return found


def waiting(office: Office, kind: str) -> int:  # noqa: F811
    return int(office.sample.coordinator.get("/api/v1/work-items/counts")[kind])


def test_merges_are_judged_with_the_keyboard(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """Arrows go from item to item and choice to choice, Enter decides, and the next item has the focus."""
    counts = bring(office)
    assert counts["village_merge"] == 3
    page = desk()
    merges = counts["village_merge"] + counts["household_merge"] + counts["shared_identity"]
    link = page.locator("#needs a", has_text="merges to judge")
    expect(link).to_contain_text(str(merges))
    picture(page, "today")
    link.click()
    settled(page)
    assert "kind=village_merge" in page.url
    items = page.locator("#items li")
    expect(items).to_have_count(3)
    picture(page, "merges")
    items.nth(0).get_by_role("button").first.focus()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1).get_by_role("button").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(items.nth(1).get_by_role("button", name="They are two")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("They are two")
    expect(items.nth(2).get_by_role("button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("They are one")
    expect(items.nth(0).get_by_role("button").first).to_be_focused()
    assert waiting(office, "village_merge") == 1
    expect(page.locator("#kinds a[aria-current] strong")).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("All done here")
    picture(page, "settled")
    names = [one["name"] for one in office.sample.client.items("/api/v1/villages") if one["name"] in SPELLINGS]
    assert len(names) == len(SPELLINGS) - 2


def test_a_decision_is_taken_back_where_it_stands_and_later(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """Undo rather than "are you sure": at once in its place, and from what was decided before."""
    bring(office)
    page = desk("work?kind=household_merge")
    picture(page, "doors")
    items = page.locator("#items li")
    before = items.count()
    items.nth(0).get_by_role("button", name="They are one").click()
    expect(items.nth(0)).to_contain_text("They are one")
    items.nth(0).get_by_role("button", name="Take back").click()
    expect(page.locator("#notice")).to_contain_text("It waits again")
    expect(items.nth(0).get_by_role("button").first).to_be_focused()
    assert waiting(office, "household_merge") == before
    items.nth(0).get_by_role("button", name="They are two").click()
    expect(page.locator("#notice")).to_contain_text("They are two")
    page.get_by_label("Decided before").check()
    settled(page)
    assert "settled=1" in page.url
    items.nth(0).get_by_role("button", name="Take back").click()
    expect(page.locator("#items .empty")).to_be_visible()
    assert waiting(office, "household_merge") == before


def test_each_kind_says_what_it_is_for_and_where_it_is_mended(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """A village is placed on the map, a row in its file; an empty list teaches and leads on."""
    counts = bring(office)
    page = desk("work?kind=missing_place")
    expect(page.locator("#items li")).to_have_count(min(50, counts["missing_place"]))
    page.get_by_role("link", name="Put it on the map").first.click()
    settled(page)
    assert "/console/map?village=" in page.url
    page.goto(f"{office.url}/console/work?kind=refused_row")
    settled(page)
    expect(page.locator("#items li").first).to_contain_text("november.csv")
    picture(page, "refused")
    expect(page.get_by_role("link", name="See the report").first).to_have_attribute("href", re.compile(r"\?report=\w+"))
    page.locator("#items li", has_text="…W9").get_by_role("button", name="Leave the row out").click()
    expect(page.locator("#notice")).to_contain_text("Leave the row out")
    page.goto(f"{office.url}/console/work?kind=missing_loan")
    settled(page)
    expect(page.locator("#items .empty")).to_contain_text("Nothing waits here")
    page.locator("#items .empty a").click()
    expect(page.locator("#items li").first).to_be_visible()
    page.go_back()
    expect(page.locator("#items .empty")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_list_of_places_is_previewed_and_stored_where_villages_wait(
    office: Office, desk: Callable[..., Page], language: str  # noqa: F811
) -> None:
    """What it would place is told before anything is stored, with each cell that is none; then the villages leave."""
    bring(office)
    before = waiting(office, "missing_place")
    page = desk("work?kind=missing_place", language=language)
    page.locator("#place-list summary").first.click()
    table = "名称,纬度,经度,乡镇\n柳树沟,29.51,106.51,龙门镇\n王家坝,29.52,106.52,龙门镇\n坏,north,106,龙门镇\n"
    page.locator("#list").set_input_files({"name": "p.csv", "mimeType": "text/csv", "buffer": table.encode()})
    expect(page.locator("#list-result")).to_be_focused()
    expect(page.locator("#list-report")).to_contain_text("B4")
    picture(page, f"list-{language}")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, f"list-phone-{language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert waiting(office, "missing_place") == before
    page.locator("#list-report button.primary").click()
    expect(page.locator("#notice")).to_contain_text("2")
    assert waiting(office, "missing_place") == before - 2
    expect(page.locator("#kinds a[aria-current] strong")).to_have_text(str(before - 2))


def test_who_was_slower_sees_what_was_decided(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """The page says that somebody was faster and shows what holds now; nothing is decided twice."""
    bring(office)
    page = desk("work?kind=village_merge")
    item: dict[str, Any] = office.sample.coordinator.get("/api/v1/work-items?kind=village_merge")["items"][0]
    path = f"/api/v1/work-items/village_merge/{item['id']}/settlement"
    office.sample.coordinator.send("POST", path, {"choice": "apart"}, version=item["version"])
    page.locator(f"[id='item-{item['id']}']").get_by_role("button").first.click()
    expect(page.locator("#notice")).to_contain_text("Somebody else changed this meanwhile")
    expect(page.locator(f"[id='item-{item['id']}']")).to_have_count(0)
    assert waiting(office, "village_merge") == 2


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_lists_fit_a_narrow_screen(office: Office, desk: Callable[..., Page], language: str) -> None:  # noqa: F811
    """Also on a phone in the coordinator's hand nothing runs out of the page."""
    bring(office)
    page = desk("work?kind=village_merge", language=language)
    page.set_viewport_size({"width": 1366, "height": 768})
    picture(page, f"desk-{language}")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, f"phone-{language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
