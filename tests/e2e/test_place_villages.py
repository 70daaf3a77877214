"""Villages placed by hand on the map of the console in Chromium: keyboard, pin, coordinates, a list, the undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routing.places import metres, to_bd09
from routing.problem import Place
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


@pytest.fixture
def lost(office: Office) -> dict[str, Any]:  # noqa: F811
    """Give a village that has just lost its place; its town is known by its other villages."""
    call = office.sample.coordinator
    village = next(one for one in call.get("/api/v1/villages")["items"] if one["lat"] is not None)
    return call.patch(f"/api/v1/villages/{village['id']}", {"lat": None, "lon": None}, village["version"]) | {
        "was": Place(village["lat"], village["lon"])
    }


def place_of(office: Office, village: dict[str, Any]) -> Any:  # noqa: F811
    return office.sample.coordinator.get(f"/api/v1/villages/{village['id']}")


def test_a_village_is_placed_with_the_keyboard_alone(
    office: Office,  # noqa: F811
    desk: Callable[..., Page],  # noqa: F811
    lost: dict[str, Any],
) -> None:
    """From the list beside the map: choose, put the pin, move it, save, undo; no pin before that."""
    page = desk("map")
    settled(page)
    entry = page.locator(".unplaced li", has_text=lost["town"]).filter(has_text=lost["name"]).first
    entry.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".facts")).to_contain_text(f"planned by the town of {lost['town']}")
    expect(page.locator(".draft-pin")).to_have_count(0)
    expect(page.locator("path.town-ring")).to_have_count(1)
    page.get_by_role("button", name="Put the pin in the middle").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".draft-pin")).to_be_focused()
    first = float(page.locator("#lon").input_value())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    moved = float(page.locator("#lon").input_value())
    assert moved > first
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("is saved")
    placed = place_of(office, lost)
    assert (round(placed["lon"], 5), placed["place_source"]) == (round(moved, 5), "hand")
    expect(page.locator(".facts")).to_contain_text("placed by hand")
    page.locator("#notice").get_by_role("button", name="Undo the last placing").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("is taken back")
    assert place_of(office, lost)["lat"] is None


def test_a_click_on_the_map_says_where_a_village_is(
    office: Office,  # noqa: F811
    desk: Callable[..., Page],  # noqa: F811
    lost: dict[str, Any],
) -> None:
    """The pin stands where one clicked, follows the drag, and nothing is stored before Save."""
    page = desk(f"map?village={lost['id']}")
    settled(page)
    expect(page.locator("path.town-ring")).to_have_count(1)
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 90, box["y"] + 150)
    pin = page.locator(".draft-pin")
    expect(pin).to_have_count(1)
    lat = float(page.locator("#lat").input_value())
    at = pin.bounding_box()
    assert at is not None
    assert abs(at["x"] + 18 - box["x"] - 90) < 3
    page.mouse.move(at["x"] + 18, at["y"] + 18)
    page.mouse.down()
    page.mouse.move(at["x"] + 60, at["y"] + 90, steps=4)
    page.mouse.up()
    dragged = float(page.locator("#lat").input_value())
    assert dragged < lat
    assert place_of(office, lost)["lat"] is None
    page.get_by_role("button", name="Save the place").click()
    expect(page.locator("#notice")).to_contain_text("is saved")
    assert place_of(office, lost)["lat"] == pytest.approx(dragged, abs=1e-5)


def test_coordinates_of_another_map_are_brought_back(
    office: Office,  # noqa: F811
    desk: Callable[..., Page],  # noqa: F811
    lost: dict[str, Any],
) -> None:
    """A pair pasted from Baidu goes into both fields and is stored as WGS-84; nonsense is said to be such."""
    lat, lon = to_bd09(lost["was"].lat, lost["was"].lon)
    page = desk(f"map?village={lost['id']}")
    page.locator("#lat").fill(f"{lat:.7f}, {lon:.7f}")
    expect(page.locator("#lon")).to_have_value(f"{lon:.7f}")
    page.locator("#datum").select_option("bd09")
    page.get_by_role("button", name="Save the place").click()
    expect(page.locator("#notice")).to_contain_text("is saved")
    expect(page.locator(".facts")).to_contain_text("placed by hand")
    placed = place_of(office, lost)
    assert placed["datum"] == "bd09"
    assert metres(Place(placed["lat"], placed["lon"]), lost["was"]) < 0.1
    page.locator("summary", has_text="Place on the map").click()
    page.locator("#lat").fill("north")
    page.get_by_role("button", name="Save the place").click()
    expect(page.locator("#notice")).to_contain_text("Latitude goes from")


def test_an_empty_map_says_how_the_first_village_gets_there(
    office: Office,  # noqa: F811
    desk: Callable[..., Page],  # noqa: F811
) -> None:
    """Without a place the line below the map says what to do; with the first village it explains the marks."""
    call = office.sample.coordinator
    for one in call.get("/api/v1/villages?limit=500")["items"]:
        if one["lat"] is not None:
            call.patch(f"/api/v1/villages/{one['id']}", {"lat": None, "lon": None}, one["version"])
    page = desk("map")
    expect(page.locator("#map-hint")).to_contain_text("Choose one beside the map and click where it lies")
    page.locator(".unplaced button").first.click()
    page.locator("#map").click(position={"x": 90, "y": 150})
    page.get_by_role("button", name="Save the place").click()
    expect(page.locator("#notice")).to_contain_text("is saved")
    expect(page.locator("#map-hint")).to_contain_text("Circle: a village")


def test_a_place_of_a_list_is_taken_with_one_click(
    office: Office,  # noqa: F811
    desk: Callable[..., Page],  # noqa: F811
    lost: dict[str, Any],
    tmp_path: Path,
) -> None:
    """Three places of the name stand numbered on the map and in the panel; one press takes one."""
    was = lost["was"]
    lines = [f"{lost['name']},{was.lat + n / 100},{was.lon},{lost['town']}" for n in range(3)]
    (tmp_path / "list.csv").write_text("name,lat,lon,town\n" + "\n".join(lines), encoding="utf-8")
    with office.sample.app.app_context():
        done = office.sample.app.test_cli_runner().invoke(
            args=["places", "load", str(tmp_path / "list.csv"), "--user", "coordinator"]
        )
    assert done.exit_code == 0, done.output
    page = desk(f"map?village={lost['id']}")
    expect(page.locator(".candidates li")).to_have_count(3)
    expect(page.locator(".candidate-mark")).to_have_count(3)
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL_TARGETS) == []
    page.locator(".candidates").get_by_role("button").nth(1).click()
    expect(page.locator("#notice")).to_contain_text("is saved")
    assert place_of(office, lost)["place_source"] == "gazetteer"
    expect(page.locator(".facts")).to_contain_text("from a list of places")


def test_market_days_are_said_beside_the_map(office: Office, desk: Callable[..., Page]) -> None:  # noqa: F811
    """Chosen, saved, told in words; a day that no week has is an error at its field."""
    village = next(iter(office.sample.coordinator.get("/api/v1/villages")["items"]))
    page = desk(f"map?village={village['id']}")
    settled(page)
    page.get_by_role("button", name="Change the market days").click()
    form = page.get_by_role("dialog")
    form.get_by_label("People go to market").select_option("week")
    form.get_by_label("Which days").fill("8")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_label("Which days")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("People go to market").select_option("lunar")
    form.get_by_label("Which days").fill("1, 4, 7")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#notice")).to_contain_text("coming plans heed them")
    expect(page.locator(".facts")).to_contain_text("days ending in 1, 4, 7, lunar calendar")
    assert place_of(office, village)["market_days"] == {"cycle": "lunar", "days": [1, 4, 7]}
