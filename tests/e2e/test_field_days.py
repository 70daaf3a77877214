"""The days ahead on the phone: there before the network is gone, for reading only, gone when they are taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_field_page import (  # noqa: F401  the served county and its browser
    Service,
    check_screen,
    chromium,
    phone,
    playwright,
    service,
    state,
)

pytestmark = pytest.mark.browser
LOOK = "dispatchEvent(new Event('online'))"
A_DAY = timedelta(days=1).total_seconds() * 1000


def with_tomorrow(page: Page, service: Service) -> str:  # noqa: F811
    """Publish tomorrow and let the phone look; returns its date."""
    on = service.county.publish_tomorrow().isoformat()
    page.evaluate(LOOK)
    page.locator(".ahead a").wait_for()
    return on


def test_tomorrow_is_read_without_a_network(phone: Callable[..., Page], service: Service) -> None:  # noqa: F811
    """It stands under today's route, opens offline with its doors and reasons, and can be read and tapped like any."""
    page = phone()
    expect(page.locator(".ahead")).to_have_count(0)
    on = with_tomorrow(page, service)
    expect(page.locator(".day .count")).to_have_text("0/5")
    page.wait_for_function("window.L !== undefined")
    page.context.set_offline(True)
    page.locator(f".ahead a[href='#day/{on}']").click()
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator(".crumb")).to_contain_text("1 stop")
    expect(page.locator("#main")).to_contain_text("From 08:30 to 13:53, beginning at 青石分社")
    check_screen(page, "day ahead")
    page.locator("#main a", has_text="Map").click()
    expect(page.locator("#map .marker")).to_have_count(1)
    page.go_back()
    page.locator("#stop-later").click()
    expect(page.locator("#main")).to_contain_text("Why that day")
    check_screen(page, "stop ahead")
    page.locator(".crumb a").click()
    expect(page.locator("#stop-later")).to_be_visible()


def test_nothing_is_recorded_or_revealed_before_its_day(phone: Callable[..., Page], service: Service) -> None:  # noqa: F811
    """A stop of tomorrow has no identity step and no outcome, also not by its address; today's stay as they were."""
    page = phone()
    on = with_tomorrow(page, service)
    page.goto(f"{service.url}/field/#stop/later")
    expect(page.locator(".who")).to_be_visible()
    expect(page.locator("#yes, .bottom a")).to_have_count(0)
    page.goto(f"{service.url}/field/#outcome/later")
    expect(page.locator("form")).to_have_count(0)
    assert service.doors_read() == 0
    page.goto(f"{service.url}/field/#day/{on}")
    page.locator(".crumb a").click()
    page.locator("#stop-s5").click()
    expect(page.locator("#yes")).to_be_visible()


def test_only_days_that_changed_are_fetched_again(phone: Callable[..., Page], service: Service) -> None:  # noqa: F811
    """A look at an unchanged county asks for today (304) and for the list of days, and for no other day."""
    page = phone()
    on = with_tomorrow(page, service)
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(f"{answer.status} {answer.url.rsplit('/', 1)[1]}"))
    with page.expect_response("**/api/v1/field/days"):
        page.evaluate(LOOK)
    page.wait_for_load_state("networkidle")
    assert [one.split()[0] for one in asked] == ["304", "200"]
    assert asked[1] == "200 days"
    assert not any(on in one for one in asked)


def test_a_day_taken_back_leaves_the_phone(phone: Callable[..., Page], service: Service) -> None:  # noqa: F811
    """What is no longer published is not kept, in sight or in storage."""
    page = phone()
    on = with_tomorrow(page, service)
    service.county.take_tomorrow_back()
    page.evaluate(LOOK)
    expect(page.locator(".ahead")).to_have_count(0)
    page.goto(f"{service.url}/field/#day/{on}")
    expect(page.locator("#main")).to_contain_text("This day has no published route any more.")
    assert [date for date in kept_dates(page) if date >= on] == []
    assert len(kept_dates(page)) == 1


def test_the_next_morning_begins_without_a_network(phone: Callable[..., Page], service: Service) -> None:  # noqa: F811
    """Past midnight the kept route is today's, says from when it is, and yesterday's is deleted."""
    page = phone()
    on = with_tomorrow(page, service)
    page.context.set_offline(True)
    page.evaluate(f"(() => {{ const was = Date.now; Date.now = () => was() + {A_DAY}; }})()")
    page.evaluate(LOOK)
    state(page).to_have_text("offline")
    expect(page.locator(".next")).to_contain_text("老槐树旁")
    expect(page.locator(".day .count")).to_have_text("0/1")
    expect(page.locator("#main .note")).to_contain_text("the route is as of")
    page.locator("#start").click()
    expect(page.locator("#yes")).to_be_visible()
    assert kept_dates(page) == [on]


def test_an_ended_access_leaves_no_day_behind(phone: Callable[..., Page], service: Service) -> None:  # noqa: F811
    """A revoked phone keeps no route of any day in its storage."""
    page = phone()
    with_tomorrow(page, service)
    service.county.revoke_phones()
    page.evaluate(LOOK)
    expect(page.locator("#code")).to_be_visible()
    assert kept_dates(page) == []


def kept_dates(page: Page) -> list[str]:
    """Return the dates of the routes in the phone's storage."""
    found: list[str] = page.evaluate(
        """() => new Promise((resolve) => {
            indexedDB.open("rounds").onsuccess = (event) => {
                event.target.result.transaction("kept").objectStore("kept").get("days").onsuccess =
                    (found) => resolve((found.target.result ?? []).map((copy) => copy.date).sort());
            };
        })"""
    )
    return found
