"""The forms of the console in a real Chromium: people, territories, teams, shifts, and where somebody works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

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

pytestmark = pytest.mark.browser


def rows(office: Office, path: str) -> list[dict[str, Any]]:  # noqa: F811
    found: list[dict[str, Any]] = office.sample.coordinator.get(f"/api/v1/{path}")["items"]
    return found


def press(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


def test_a_person_is_added_and_changed(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """Errors stand at their fields, the first has the focus; a number that is stored is never shown in full.

    After a save the focus is where one was: on the heading of the list, then on the person that was changed.
    """
    page = desk("people")
    page.get_by_role("button", name="Add a person").click()
    form = page.get_by_role("dialog")
    press(page, "Add")
    name = form.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(form).to_contain_text("Fill this in.")
    name.fill("示例员")
    form.get_by_label("Number", exact=True).fill("S001")
    form.get_by_label("Telephone").fill("none")
    press(page, "Add")
    expect(form.get_by_label("Telephone")).to_have_attribute("aria-invalid", "true")
    expect(form).to_contain_text("A phone number has digits")
    form.get_by_label("Telephone").fill("19900000001")
    form.get_by_label("Number", exact=True).fill("S900")
    press(page, "Add")
    expect(page.locator("#notice")).to_contain_text("示例员 is added")
    expect(page.locator("#people-heading")).to_be_focused()
    page.get_by_role("button", name="Change 示例员").click()
    expect(form).to_contain_text("Leave it empty to keep that")
    expect(form).not_to_contain_text("19900000001")
    form.get_by_label("Name", exact=True).fill("示例甲")
    form.get_by_role("group", name="Villages known").get_by_role("checkbox").first.check()
    press(page, "Save")
    expect(page.locator("#notice")).to_contain_text("示例甲 is changed")
    expect(page.get_by_role("button", name="Change 示例甲")).to_be_focused()
    [person] = [one for one in rows(office, "people") if one["staff_number"] == "S900"]
    assert (person["name"], len(person["knows"]), person["phone"] is None) == ("示例甲", 1, False)


def test_what_somebody_else_changed_meanwhile_is_loaded_again(
    office: Office,  # noqa: F811
    desk: Callable[..., Page],  # noqa: F811
) -> None:
    """Nobody overwrites a change they have not seen: the form says so and opens anew with what is stored now."""
    page = desk("people")
    team = sorted(rows(office, "teams"), key=lambda one: str(one["name"]))[0]
    page.locator("#teams").get_by_role("button", name=f"Change {team['name']}").click()
    office.sample.coordinator.patch(f"/api/v1/teams/{team['id']}", {"name": "改名队"}, team["version"])
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Mine")
    press(page, "Save")
    expect(form).to_contain_text("Somebody else changed this meanwhile")
    press(page, "Load it again")
    expect(form.get_by_label("Name")).to_have_value("改名队")
    form.get_by_label("Name").fill("Mine now")
    press(page, "Save")
    expect(page.locator("#notice")).to_contain_text("Mine now is changed")
    expect(page.locator("#teams").get_by_role("button", name="Change Mine now")).to_be_focused()


def test_a_territory_and_its_team_are_added(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """From nothing to a team that a shift can be given to, with the keyboard alone."""
    page = desk("people")
    page.get_by_role("button", name="Add a territory").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("North")
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("North is added")
    expect(page.locator("#teams-heading")).to_be_focused()
    page.get_by_role("button", name="Add a team to North").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("North one")
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("North one is added")
    expect(page.locator("#week")).to_contain_text("North one")
    assert [one["name"] for one in rows(office, "teams")].count("North one") == 1


def test_a_shift_is_changed_in_the_week(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """Errors of the break stand at their fields, no part of it is dropped; what is saved stands in the week.

    The focus stays on its cell.
    """
    page = desk("people")
    cell = page.get_by_role("button", name="Change the shift of").first
    cell.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Break, minutes").fill("400")
    press(page, "Save")
    expect(form.get_by_label("Break, minutes")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Break, minutes").fill("")
    press(page, "Save")
    expect(form.get_by_label("Break, minutes")).to_be_focused()
    expect(form).to_contain_text("Missing data for required field.")
    for label in ("Break not before", "Break over by"):
        form.get_by_label(label).fill("")
    form.get_by_label("Start").fill("09:15")
    press(page, "Save")
    expect(page.locator("#notice")).to_contain_text("is saved")
    expect(page.locator("#week")).to_contain_text("09:15")
    expect(page.locator("#week button:focus")).to_contain_text("09:15")
    assert [one["break"] for one in rows(office, "shifts?limit=500") if one["start"] == "09:15"] == [None]


def test_placing_a_person_shows_its_effect_first(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """What a move does is measured before the commit, which needs a reason; then the person works there."""
    page = desk("people")
    lands = {one["id"]: one for one in rows(office, "territories")}
    branch = next(
        one["branch"] for one in lands.values() if [o["branch"] for o in lands.values()].count(one["branch"]) > 1
    )
    one, other = [land for land in lands.values() if land["branch"] == branch][:2]
    member = next(who["person"] for who in one["group"] if who["role"] == "member")
    page.locator("#place-person").select_option(member)
    page.locator("#place-territory").select_option(other["id"])
    expect(page.locator("#placing .impact")).to_be_visible()
    assert {land["id"]: land["group"] for land in rows(office, "territories")} == {
        k: v["group"] for k, v in lands.items()
    }
    page.locator("#placing").get_by_label("Reason").fill("Lives nearer")
    page.locator("#placing .primary").click()
    expect(page.locator("#notice")).to_contain_text(f"works in {other['name']}")
    expect(page.locator("#placing-heading")).to_be_focused()
    after = {land["id"]: land["group"] for land in rows(office, "territories")}
    assert member in [who["person"] for who in after[other["id"]]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_can_be_read_and_hit(desk: Callable[..., Page], scheme: str) -> None:  # noqa: F811
    """WCAG 2.2 AA in an open form with its errors: contrast, and controls that can be hit."""
    page = desk("people", scheme=scheme)
    page.get_by_role("button", name="Add a person").click()
    press(page, "Add")
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL_TARGETS) == []
