"""A team plans the rest of its own day again on its phone: late, or without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.settings import Settings
from tests.e2e.test_console_page import Office, chromium, office, playwright  # noqa: F401
from tests.e2e.test_field_page import CONTRAST, SMALL_TARGETS, VIEWPORT
from tests.integration.conftest import sqlite_sample  # noqa: F401  the planned county, built once
from tests.integration.test_replans import two_teams

pytestmark = pytest.mark.browser
ASKED = "**/api/v1/field/replans*"


@pytest.fixture
def phone(chromium: Browser, office: Office) -> Iterator[Callable[..., Page]]:  # noqa: F811
    """Give a function that opens the page on a phone of a team, in the morning before it sets out."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(person: str, language: str = "en-GB") -> Page:
        context = chromium.new_context(viewport=VIEWPORT, locale=language, reduced_motion="reduce", has_touch=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        sample = office.sample
        zone = Settings(database_url="sqlite://").zone
        page.clock.set_fixed_time(datetime.combine(sample.on, time(8), zone))
        page.route("**/api/**", _without_date)
        code = sample.coordinator.post(f"/api/v1/people/{person}/enrolments")["code"]
        page.goto(f"{office.url}/field/#code={code}")
        page.locator("form button[type=submit]").click()
        page.locator(".next").wait_for(timeout=30_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def _without_date(route) -> None:  # type: ignore[no-untyped-def]
    """The service's own clock is not in the morning: a phone that learnt it would ask for the evening."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if k != "date"})


def test_a_late_team_sees_what_no_longer_fits_and_leaves_it_out(
    office: Office,  # noqa: F811
    phone: Callable[..., Page],
) -> None:
    """Three hours late: the stops that no longer fit are named, nothing is stored; a press, and they are gone."""
    plan = office.sample.coordinator.get(f"/api/v1/plans/{office.sample.plan}")
    route = max(two_teams(plan), key=lambda one: one["end"])
    page = phone(route["people"][0])
    page.locator("#rest").click()
    page.get_by_label("180 min late").check()
    page.get_by_role("button", name="What no longer fits?").click()
    effect = page.locator("[role=status] .card")
    expect(effect).to_contain_text("no longer fit", timeout=60_000)
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(CONTRAST) == []
    assert len(office.sample.coordinator.get("/api/v1/plans")["items"]) == 1
    page.get_by_role("button", name="Leave these out").click()
    page.locator(".next").wait_for(timeout=60_000)
    newest = office.sample.coordinator.get("/api/v1/plans")["items"][0]
    assert newest["replans"] == plan["id"]
    (mine,) = [
        one for one in office.sample.coordinator.get(f"/api/v1/plans/{newest['id']}")["routes"]
        if one["team"] == route["team"]
    ]  # fmt: skip
    assert 0 < len(mine["stops"]) < len(route["stops"])
    expect(page.locator(".count").first).to_have_text(f"0/{len(mine['stops'])}")


def test_without_a_network_it_says_that_it_needs_one(office: Office, phone: Callable[..., Page]) -> None:  # noqa: F811
    """No spinner and no silence: it needs a network, and the office can be called. In Chinese."""
    plan = office.sample.coordinator.get(f"/api/v1/plans/{office.sample.plan}")
    page = phone(two_teams(plan)[0]["people"][0], "zh-CN")
    page.locator("#rest").click()
    page.route(ASKED, lambda route: route.abort())
    page.get_by_role("button", name="哪些排不下了？").click()
    expect(page.get_by_role("alert")).to_contain_text("请给网点打电话")
    page.unroute(ASKED)
    page.get_by_role("button", name="哪些排不下了？").click()
    expect(page.locator("[role=status] .card")).to_contain_text("顺序不变", timeout=60_000)
