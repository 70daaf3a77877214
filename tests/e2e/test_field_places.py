"""A phone on the way to a village whose place nobody knows asks the way, and marks the village when it stands there."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_field_page import (  # noqa: F401  the served county and its browser
    CONTRAST,
    SMALL_TARGETS,
    Service,
    chromium,
    phone,
    playwright,
    service,
)

pytestmark = pytest.mark.browser
HERE = {"latitude": 29.5583, "longitude": 106.5521, "accuracy": 14}


@pytest.fixture
def lost(service: Service) -> None:  # noqa: F811
    """Let the first village of the route have no place, nor its doors."""
    service.county.lose_place("v1")


@pytest.mark.usefixtures("lost")
def test_the_way_is_asked_for_and_no_pin_is_shown(phone: Callable[..., Page]) -> None:  # noqa: F811
    """Route, stop and map say that the place is not known; no link leads to a guess; the other village has its own."""
    page = phone()
    card = page.locator(".next")
    expect(card).to_contain_text("Ask for the way in 青石镇")
    expect(card.locator("a[href^='geo:']")).to_have_count(0)
    page.locator("#start").click()
    expect(page.locator("#main")).to_contain_text("planned by the town of 青石镇. Ask for the way there.")
    expect(page.locator("#main a[href^='geo:']")).to_have_count(0)
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL_TARGETS) == []
    page.locator(".bottom a.main").click()
    expect(page.locator("#main")).to_contain_text("This village has no place yet. Switch on")
    page.goto(page.url.split("#")[0] + "#map")
    expect(page.locator("#map .leaflet-marker-icon").first).to_be_visible()
    expect(page.locator("#map")).to_contain_text("上湾")
    expect(page.locator("#map")).not_to_contain_text("河口三组")


@pytest.mark.usefixtures("lost")
def test_the_record_marks_the_village(service: Service, phone: Callable[..., Page]) -> None:  # noqa: F811
    """Where the position goes along, the page says that it will mark the village, and it does; the route follows."""
    page = phone()
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(HERE)
    page.evaluate("localStorage.setItem('position', 'yes')")
    page.locator("#start").click()
    page.locator(".bottom a.main").click()
    expect(page.locator("#main")).to_contain_text("This village has no place yet; your record will mark it.")
    page.locator(".kinds label", has_text="Met").first.click()
    page.wait_for_timeout(500)  # until the phone's own position has come
    page.locator("button[type=submit]").click()
    page.locator(".next").wait_for()
    for _ in range(50):
        if service.county.place("v1")[2] is not None:
            break
        time.sleep(0.1)
    assert service.county.place("v1") == (HERE["latitude"], HERE["longitude"], "phone")
    [outcome] = service.outcomes()
    assert outcome.content["gps"]["accuracy"] == HERE["accuracy"]
    page.reload()
    expect(page.locator(".next a[href^='geo:29.5583']")).to_have_count(1)
