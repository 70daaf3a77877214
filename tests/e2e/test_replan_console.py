"""The rest of a day planned again in the console: what happened, what would change, and then it is so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_console_page import Office, chromium, desk, office, playwright, settled  # noqa: F401
from tests.integration.conftest import sqlite_sample  # noqa: F401  the planned county, built once
from tests.integration.test_replans import two_teams

pytestmark = pytest.mark.browser


def plan_page(office: Office, desk: Callable[..., Page], language: str = "en") -> Page:  # noqa: F811
    """Open the published plan of today and the form for its rest, as of the early morning."""
    page = desk(f"plans?plan={office.sample.plan}", language=language)
    page.locator("#rest button").first.click()
    page.locator("#rest input[type=time]").first.fill("08:00")
    return page


def choose_territory(page: Page, office: Office) -> dict[str, str]:  # noqa: F811
    """Choose the territory with several teams; returns its longest route."""
    plan = office.sample.coordinator.get(f"/api/v1/plans/{office.sample.plan}")
    route = two_teams(plan)[0]
    page.locator("#rest .filters select").select_option(route["territory"])
    return route  # type: ignore[no-any-return]


def test_a_late_team_is_shown_what_it_loses_and_then_its_day_is_published(
    office: Office,  # noqa: F811
    desk: Callable[..., Page],  # noqa: F811
) -> None:
    """With the keyboard alone: a team is hours late, what it loses is shown with the reason, one press publishes it."""
    page = plan_page(office, desk)
    route = choose_territory(page, office)
    event = page.locator("#rest .event")
    event.locator("select").nth(1).select_option(route["team"])
    event.locator("input[type=number]").fill("300")
    event.locator("input[type=number]").press("Enter")
    effect = page.locator("#rest .impact")
    expect(effect).to_contain_text("stops still to come keep team and order", timeout=60_000)
    expect(effect).to_contain_text("No longer planned")
    assert len(office.sample.coordinator.get("/api/v1/plans")["items"]) == 1
    accept = effect.get_by_role("button", name="Publish this")
    accept.focus()
    accept.press("Enter")
    expect(page.locator("#notice")).to_contain_text("holds the rest of the day", timeout=60_000)
    newest = office.sample.coordinator.get("/api/v1/plans")["items"][0]
    assert (newest["status"], newest["replans"]) == ("published", office.sample.plan)
    expect(page.locator("#plan-heading")).to_contain_text(f"Plan {newest['version']}")


def test_a_plan_that_was_replaced_says_which_one_holds(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """Somebody else planned the rest meanwhile: the page says so where the effect would stand, and stores nothing."""
    page = plan_page(office, desk)
    route = choose_territory(page, office)
    body = {"territory": route["territory"], "at": "08:00", "may_change": "nothing"}
    office.sample.coordinator.post(f"/api/v1/plans/{office.sample.plan}/replans", body)
    page.locator("#rest").get_by_role("button", name="Show what would change").click()
    expect(page.locator("#rest [role=alert]")).to_contain_text("Plan 2 holds this day by now")


def test_several_things_that_happened_are_one_request(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """A team that goes no further and a village that cannot be reached, with teams free, in Chinese."""
    page = plan_page(office, desk, "zh-Hans")
    route = choose_territory(page, office)
    events = page.locator("#rest .event")
    events.first.locator("select").first.select_option("absent_team")
    events.first.locator("select").nth(1).select_option(route["team"])
    page.locator("#rest").get_by_role("button", name="再加一项").click()
    expect(events).to_have_count(2)
    events.nth(1).locator("select").first.select_option("closed")
    page.locator("#rest input[value=teams]").check()
    page.locator("#rest form button[type=submit]").click()
    effect = page.locator("#rest .impact")
    expect(effect).to_contain_text("尚未走访", timeout=60_000)
    expect(effect).to_contain_text("今天不再外出")
    settled(page)
