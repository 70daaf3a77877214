"""The console in a real Chromium against the real service: what a coordinator sees before and after each change."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from sqlalchemy import text
from werkzeug.serving import make_server

from routing.problem import Place
from routing.travel.lines import encoded
from tests import sample_county
from tests.conftest import running
from tests.factories import PASSWORD, Caller, _expect
from tests.integration.conftest import sqlite_sample  # noqa: F401  the planned county, built once
from tests.integration.test_plan_days import short_shifts
from tests.integration.test_plan_questions import crowded_day
from tests.sample_county import Sample, draw_up, outcome

pytestmark = pytest.mark.browser

DESK = {"width": 1366, "height": 768}
PAGES = ("", "ledgers", "work", "map", "plans", "rotation", "people", "setup")
CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8").replace("ratio < 7", "ratio < 4.5")
SMALL_TARGETS = """() =>
    [...document.querySelectorAll("button, input, select, summary, nav a, a.button, .work-list a, .village")]
    .filter((node) => node.checkVisibility() && !node.closest("label.check"))
    .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect(), node.matches(".village")])
    .filter(([, box, mark]) => box.height < (mark ? 18 : 31.9))
    .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""


@dataclass(frozen=True, slots=True)
class Office:
    """A running service with a planned county."""

    sample: Sample
    url: str


@pytest.fixture
def office(sqlite_sample: Path, tmp_path: Path) -> Iterator[Office]:  # noqa: F811
    """Serve a copy of the planned county from a thread of this process."""
    shutil.copy(sqlite_sample / "rounds.db", tmp_path / "rounds.db")
    jobs = f"sqlite:///{tmp_path / 'jobs.db'}"
    with running(f"sqlite:///{tmp_path / 'rounds.db'}", jobs_url=jobs, **sample_county.FAST) as app:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Office(sample_county.sample_in(app, sqlite_sample), f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Start Playwright once for this file."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """Start Chromium once for this file."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def desk(chromium: Browser, office: Office) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page of the console, signed in; at the end no script may have failed."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(path: str = "", *, scheme: str = "light", language: str = "en") -> Page:
        context = chromium.new_context(viewport=DESK, locale="en-GB", color_scheme=scheme, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if _is_fault(said.text) else None)
        page.on("dialog", lambda dialog: errors.append(f"dialog {dialog.message}"))
        page.goto(f"{office.url}/console/login?lang={language}&next=/console/{path}")
        sign_in(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def _is_fault(text: str) -> bool:
    return "Content Security Policy" in text or text.startswith("no sentence for")


def sign_in(page: Page) -> None:
    """Fill in the form and wait for the page behind it."""
    page.locator("#username").fill("coordinator")
    page.locator("#password").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    page.locator("#log-out").wait_for()
    settled(page)


def settled(page: Page) -> None:
    """Wait until nothing is being loaded any more."""
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_today_says_what_is_planned_and_what_needs_somebody(office: Office, desk: Callable[..., Page]) -> None:
    """Each number leads to the rows behind it; outcomes stand there as soon as they came in."""
    phone = office.sample.phones_with_stops()[0]
    stop = phone.day(office.sample.on)["stops"][0]
    phone.report(outcome(stop, "asked_to_be_left_alone"))
    page = desk()
    plan = office.sample.coordinator.get(f"/api/v1/plans/{office.sample.plan}")
    planned = page.locator("#planned dd a").first
    expect(planned).to_have_text(str(plan["figures"]["planned"]))
    expect(page.locator("#work tbody tr")).to_have_count(len(plan["routes"]))
    expect(page.locator("#outcomes tbody tr")).to_have_count(1)
    expect(page.locator("#needs")).to_contain_text("doors are paused until somebody has looked")
    page.get_by_role("button", name="Let visits to").click()
    expect(page.locator("#notice")).to_contain_text("may be planned again")
    expect(page.locator("#paused-section")).to_be_hidden()
    planned.click()
    expect(page.locator("#plan details.route")).to_have_count(len(plan["routes"]))


def test_a_plan_is_asked_for_left_come_back_to_and_published(office: Office, desk: Callable[..., Page]) -> None:
    """Planning goes on while the page is left; publishing says beforehand what it puts where."""
    page = desk("plans")
    page.locator("#new-plan button[type=submit]").click()
    expect(page.locator("#plan")).to_contain_text("Waiting for the planner to begin")
    address = page.url
    page.goto(f"{office.url}/console/people")
    newest = office.sample.coordinator.get("/api/v1/plans")["items"][0]
    assert newest["id"] in address
    draw_up(office.sample.app, newest["id"])
    page.goto(address)
    publish = page.locator("#plan .next-step")
    expect(publish).to_contain_text("It takes the place of plan #1")
    publish.get_by_role("button").click()
    expect(page.locator("#notice")).to_contain_text("is published")
    assert office.sample.coordinator.get("/api/v1/plans")["items"][0]["status"] == "published"


def test_several_days_are_looked_at_one_by_one_and_the_first_are_published(
    office: Office, desk: Callable[..., Page]
) -> None:
    """A plan of three days: each day's routes behind its button, two days published, the third stays a draft."""
    sample = office.sample
    short_shifts(sample)
    one, two, three = (sample.on + timedelta(days=n) for n in range(3))
    page = desk("plans")
    page.get_by_label("Last day").fill(three.isoformat())
    expect(page.locator("#new-hint")).to_contain_text("3 working days")
    page.locator("#new-plan button[type=submit]").click()
    expect(page.locator("#plan")).to_contain_text("Waiting for the planner to begin")
    newest = sample.coordinator.get("/api/v1/plans")["items"][0]
    assert (newest["from"], newest["to"]) == (one.isoformat(), three.isoformat())
    draw_up(sample.app, newest["id"])
    days = page.locator(".days button")
    expect(days).to_have_count(3)
    plan = sample.coordinator.get(f"/api/v1/plans/{newest['id']}?date={two}")
    days.nth(1).click()
    expect(days.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#routes details.route")).to_have_count(len(plan["routes"]))
    expect(page.locator("#routes")).to_contain_text(plan["routes"][0]["team_name"])
    page.reload()
    settled(page)
    expect(days.nth(1)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("up to").select_option(two.isoformat())
    page.locator("#plan .next-step button").click()
    expect(page.locator("#notice")).to_contain_text("its other days stay a draft")
    found = sample.coordinator.get(f"/api/v1/plans/{newest['id']}")
    assert found["published_days"] == [one.isoformat(), two.isoformat()]
    expect(days.nth(2)).to_contain_text("draft")
    expect(page.locator("#plan .next-step")).to_be_visible()


def test_what_a_visit_would_take_names_the_day_in_words(office: Office, desk: Callable[..., Page]) -> None:
    """Where it would fit is told with the weekday, as days are everywhere on the pages."""
    plan = crowded_day(office.sample)
    page = desk(f"plans?plan={plan['id']}")
    page.locator("#unplanned select").first.select_option("no_room")
    page.get_by_role("button", name="What would it take?").first.click()
    day = date.fromisoformat(plan["from"])
    expect(page.locator(".fits li").first).to_contain_text(f", {day:%a, %b} {day.day}, ")


def test_a_plan_can_be_stopped(office: Office, desk: Callable[..., Page]) -> None:
    """Who asked for the wrong day stops the planner and may ask again from the same page."""
    page = desk("plans")
    page.locator("#new-plan button[type=submit]").click()
    page.get_by_role("button", name="Stop planning").click()
    expect(page.get_by_role("button", name="Draw it up again")).to_be_visible()
    assert office.sample.coordinator.get("/api/v1/plans")["items"][0]["status"] == "cancelled"


def test_filters_stand_in_the_address(desk: Callable[..., Page]) -> None:
    """A list that was filtered and sorted is the same after loading the page anew."""
    page = desk("map")
    page.get_by_label("Filter").fill("一组")
    page.locator("#villages").get_by_role("button", name="Households").click()
    rows = page.locator("#villages tbody tr").all_inner_texts()
    assert rows
    assert all("一组" in row for row in rows)
    page.reload()
    settled(page)
    assert page.locator("#villages tbody tr").all_inner_texts() == rows


def test_a_name_that_is_looked_for_is_not_in_the_address(desk: Callable[..., Page], office: Office) -> None:
    """People are looked for by name: what is typed outlives a redraw, never stands in the address, old or new."""
    page = desk("people?people.find=old")
    assert "old" not in page.url
    name = str(office.sample.coordinator.get("/api/v1/people")["items"][0]["name"])
    page.locator("#people").get_by_label("Filter").fill(name)
    expect(page.locator("#people tbody")).to_contain_text(name)
    page.locator("#people").get_by_role("button", name="Number").click()
    assert page.url.endswith("/console/people?people.sort=staff_number")
    page.locator("#people").get_by_role("button", name=f"Change {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator("#notice")).to_contain_text("is changed")
    settled(page)
    expect(page.locator("#people").get_by_label("Filter")).to_have_value(name)


def choose_village(page: Page) -> str:
    """Choose the first village of the table with the keyboard alone; returns its territory."""
    page.locator(".village").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#move-to")).to_be_visible()
    return page.locator(".facts dd").nth(1).text_content() or ""


def test_moving_a_village_shows_its_effect_first_and_can_be_undone(office: Office, desk: Callable[..., Page]) -> None:
    """Nothing changes before the commit; the commit needs a reason; Undo moves the village back."""
    page = desk("map")
    was = choose_village(page)
    before = office.sample.coordinator.get("/api/v1/villages")["items"]
    page.locator("#move-to").select_option(index=1)
    expect(page.locator(".impact tbody tr")).to_have_count(2)
    assert office.sample.coordinator.get("/api/v1/villages")["items"] == before
    commit = page.locator(".reassign .primary")
    commit.click()
    expect(page.locator("#notice")).to_contain_text("Write the reason")
    page.get_by_label("Reason").fill("Nearer to the other branch")
    commit.click()
    expect(page.locator("#notice")).to_contain_text("now belongs to")
    expect(page.locator(".facts dd").nth(1)).not_to_have_text(was)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".facts dd").nth(1)).to_have_text(was)


def test_a_village_chosen_far_down_in_the_table_is_seen(office: Office, desk: Callable[..., Page]) -> None:
    """What was chosen, and what was done with it, stands on the screen, however far down the row was."""
    page = desk("map")
    page.locator("#villages tbody button").last.click()
    expect(page.locator("#panel-heading")).to_be_in_viewport()
    page.locator("#move-to").select_option(index=1)
    page.get_by_label("Reason").fill("Nearer to the other branch")
    page.locator("#villages tbody tr").last.scroll_into_view_if_needed()
    page.locator(".reassign .primary").press("Enter")
    expect(page.locator("#notice")).to_contain_text("now belongs to")
    expect(page.locator("#notice")).to_be_in_viewport()


def test_a_change_made_meanwhile_is_measured_again(office: Office, desk: Callable[..., Page]) -> None:
    """Nobody commits an effect they have not seen: on an old version the effect is measured and shown anew."""
    page = desk("map")
    choose_village(page)
    page.locator("#move-to").select_option(index=1)
    expect(page.locator(".impact")).to_be_visible()
    people = list(office.sample.people.values())
    change = {"swaps": [{"person": people[-1], "with": people[-2]}], "reason": "Meanwhile"}
    _expect(office.sample.coordinator.send("POST", "/api/v1/reassignments", change), 201)
    page.get_by_label("Reason").fill("Nearer")
    page.locator(".reassign .primary").click()
    expect(page.locator("#notice")).to_contain_text("measured again")
    page.locator(".reassign .primary").click()
    expect(page.locator("#notice")).to_contain_text("now belongs to")


def test_routes_follow_roads_where_they_are_known(office: Office, desk: Callable[..., Page]) -> None:
    """A road is drawn whole with its bends, other ways straight and dashed; the plan says by which roads it goes."""
    plan = office.sample.coordinator.get(f"/api/v1/plans/{office.sample.plan}")
    route = max(plan["routes"], key=lambda one: len(one["stops"]))
    start = route["from_place"]
    road = encoded([Place(start["lat"] + 0.002 * (step % 2), start["lon"] + 0.005 * step) for step in range(6)])
    with office.sample.app.extensions["store"].write() as session:
        values = {"road": road, "id": route["stops"][0]["id"]}
        session.execute(text("update stops set line = :road where id = :id"), values)
    page = desk(f"map?plan={plan['id']}&team={route['team']}")
    lines = [page.locator(f"path.route-line.{kind}").first for kind in ("road", "straight")]
    for line in lines:
        expect(line).to_be_visible()
    assert (lines[0].get_attribute("d") or "").count("L") == 5
    assert [one.evaluate("path => getComputedStyle(path).strokeDasharray") != "none" for one in lines] == [False, True]
    page.goto(f"{office.url}/console/plans?plan={plan['id']}")
    expect(page.locator("#roads")).to_contain_text("Without road data")


def test_two_people_are_swapped(office: Office, desk: Callable[..., Page]) -> None:
    """The swap shows its effect, then both work in the other's place."""
    page = desk("map")
    names = page.locator("#swap-one option").all_inner_texts()
    one = names[1]
    other = next(name for name in names[2:] if name.rpartition(" · ")[2] != one.rpartition(" · ")[2])
    page.locator("#swap-one").select_option(one)
    page.locator("#swap-other").select_option(other)
    expect(page.locator(".swap .impact")).to_be_visible()
    page.get_by_label("Reason").fill("Asked for it")
    page.locator(".swap .primary").click()
    expect(page.locator("#notice")).to_contain_text("have changed places")
    swapped = f"{one.rpartition(' · ')[0]} · {other.rpartition(' · ')[2]}"
    expect(page.locator("#swap-one")).to_contain_text(swapped)


def test_a_rotation_is_proposed_compared_and_committed(office: Office, desk: Callable[..., Page]) -> None:
    """Groups stand now and then beside each other; the commit puts them into force from the first day."""
    page = desk("rotation")
    page.get_by_role("button", name="Propose").click()
    commit = page.get_by_role("button", name="Commit this rotation")
    commit.wait_for(timeout=60_000)
    assert page.locator("#proposal table").first.locator("tbody tr").count() == len(office.sample.territories())
    commit.click()
    expect(page.locator("#notice")).to_contain_text("The rotation is committed.")
    proposals = office.sample.coordinator.get("/api/v1/rotations/proposals")["items"]
    assert [one["status"] for one in proposals] == ["committed"]


def test_an_impossible_rotation_names_period_and_rule(desk: Callable[..., Page]) -> None:
    """With nearly everybody away no leader is left: the sentence says for which period and territory."""
    page = desk("rotation")
    page.get_by_text("Away in this period").first.click()
    for box in page.locator("#away input").all()[:-2]:
        box.check()
    page.get_by_role("button", name="Propose").click()
    expect(page.locator("#proposal .error")).to_contain_text("No rotation is possible in period 1", timeout=60_000)


def test_a_code_for_a_phone_is_shown_once_and_works(office: Office, desk: Callable[..., Page]) -> None:
    """The code of the dialog enrols a phone; after closing it is nowhere on the page."""
    page = desk("people")
    page.get_by_role("button", name="Enrol a phone for").first.click()
    expect(page.locator("#code-text")).not_to_be_empty()
    code = page.locator("#code-text").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#code")).to_be_hidden()
    assert code not in page.content()
    assert "access_token" in Caller(office.sample.app).post("/api/v1/devices", {"code": code})
    page.reload()
    page.get_by_role("button", name="is lost").click()
    expect(page.locator("#notice")).to_contain_text("no longer works here")
    expect(page.locator("#people button[id^=person-]:focus")).to_have_count(1)


def test_an_ended_session_leads_back_to_where_one_was(desk: Callable[..., Page]) -> None:
    """When the session ends under one's hands, signing in again leads back to the same rows."""
    page = desk("plans?day=2026-11-25")
    page.context.clear_cookies(name="rounds_session")
    page.locator("#list-status").select_option("ready")
    page.locator("#username").wait_for()
    sign_in(page)
    assert page.url.endswith("/console/plans?day=2026-11-25&status=ready")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_can_be_read_and_hit(desk: Callable[..., Page], office: Office, scheme: str) -> None:
    """WCAG 2.2 AA: contrast 4.5:1 in both colour schemes, controls at least 32 px high, one main heading."""
    page = desk(scheme=scheme)
    for path in (*PAGES, f"plans?plan={office.sample.plan}"):
        page.goto(f"{office.url}/console/{path}")
        settled(page)
        assert page.evaluate(CONTRAST) == [], path
        assert page.evaluate(SMALL_TARGETS) == [], path
        assert page.locator("h1").count() == 1


def test_pages_fit_a_narrow_screen(desk: Callable[..., Page], office: Office) -> None:
    """On a phone in the coordinator's hand no page runs out of the screen: wide tables scroll in their boxes."""
    page = desk()
    page.set_viewport_size({"width": 390, "height": 844})
    wide = {}
    for path in (*PAGES, f"plans?plan={office.sample.plan}"):
        page.goto(f"{office.url}/console/{path}")
        settled(page)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > 390} == {}


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_every_page_speaks_the_language_and_keeps_it(desk: Callable[..., Page], office: Office, language: str) -> None:
    """No page is left in English, and no sentence of a page's script is missing."""
    page = desk(language=language)
    for path in PAGES:
        page.goto(f"{office.url}/console/{path}")
        settled(page)
        assert page.locator("html").get_attribute("lang") == language
        headings = page.locator("h1, h2, h3, th button, caption").all_inner_texts()
        assert not [one for one in headings if one.strip() and one.isascii() and one.strip(" ↕▲▼\xa0").isalpha()], path
