"""The phone page in a real Chromium against the real service: what a collector sees, does and never loses."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect, sync_playwright
from sqlalchemy import func, select
from werkzeug.serving import make_server

from api.app import create_app
from api.settings import Settings
from api.store.models import AuditEntry, Outcome
from api.store.schema import upgrade
from api.usecases.context import store
from routing.problem import Place
from routing.travel.lines import encoded
from tests.e2e.field_county import NAMES, PHONE, VILLAGES, County, make_county

pytestmark = pytest.mark.browser

OUTCOMES = "**/api/v1/field/outcomes"
ANY_CALL = "**/api/**"
VIEWPORT = {"width": 360, "height": 640}

CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8")
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, textarea, summary, label:has(input)")]
    .filter((node) => node.checkVisibility() && !node.closest(".check, .kinds label > input"))
    .filter((node) => !(node.matches("input[type=radio]")))
    .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
    .filter(([, box]) => box.width < 47.9 || box.height < 47.9)
    .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""


class Service:
    """A running service with a fresh county."""

    def __init__(self, county: County, url: str) -> None:
        self.county, self.url = county, url

    def outcomes(self) -> list[Outcome]:
        """Read the stored outcomes in the order of their arrival."""
        with self.county.app.app_context(), store().read() as session:
            return list(session.scalars(select(Outcome).order_by(Outcome.server_time, Outcome.id)))

    def doors_read(self) -> int:
        """Count the readings of a door's details in the audit trail."""
        with self.county.app.app_context(), store().read() as session:
            return session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "door.read"))


@contextmanager
def running(folder: Path) -> Iterator[Service]:
    """Run the real application in a thread of this process, on a database of its own with a fresh county."""
    key = base64.b64encode(bytes(range(32))).decode()
    app = create_app(Settings(database_url=f"sqlite:///{folder}/rounds.db", data_key=key, cookie_secure=False))
    upgrade(app.extensions["store"].engine)
    county = make_county(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Service(county, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["store"].dispose()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Give a test a service and a county of its own."""
    with running(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Start Playwright once for this file."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """Start Chromium once for this file."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def scripts(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Give a page in which single modules of the script can be called."""
    with running(tmp_path_factory.mktemp("scripts")) as found:
        page = chromium.new_page()
        page.goto(f"{found.url}/field/")
        yield page
        page.close()


@pytest.fixture
def phone(chromium: Browser, service: Service) -> Iterator[Callable[..., Page]]:
    """Give a function that opens the page on a new phone; at the end no script may have failed."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(*, language: str = "en-GB", scheme: str = "light", enrolled: bool = True) -> Page:
        context = chromium.new_context(
            viewport=VIEWPORT, locale=language, color_scheme=scheme, reduced_motion="reduce", has_touch=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("dialog", lambda dialog: errors.append(f"dialog {dialog.message}"))
        if enrolled:
            enrol(page, service)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def enrol(page: Page, service: Service) -> None:
    """Enrol the phone by the link that carries the code, and wait for the route."""
    page.goto(f"{service.url}/field/#code={service.county.new_code()}")
    page.locator("form button[type=submit]").click()
    page.locator(".next").wait_for()


def record(page: Page, kind: str, *, note: str = "") -> None:
    """Record an outcome at the next door."""
    page.locator("#start").click()
    page.locator(".bottom a").click()
    choose(page, kind)
    page.locator("#note").fill(note)
    page.locator(".bottom button[type=submit]").click()
    page.locator(".day").wait_for()


def choose(page: Page, kind: str) -> None:
    """Tap the big button of a kind."""
    page.locator(f"label:has(input[value={kind}])").click()


def state(page: Page):  # type: ignore[no-untyped-def]
    """Give what can be expected of the words about the network."""
    return expect(page.locator("#state"))


# Enrolment and the route


def test_a_code_in_the_link_enrols_the_phone_and_leaves_no_trace(phone, service) -> None:
    """The code is filled in, one tap enrols, and neither address nor history keep it."""
    page = phone(enrolled=False)
    code = service.county.new_code()
    page.goto(f"{service.url}/field/#code={code}")
    expect(page.locator("#code")).to_have_value(code)
    assert code not in page.url
    page.locator("form button[type=submit]").click()
    expect(page.locator(".next")).to_be_visible()
    page.go_back()
    assert code not in page.url


def test_a_wrong_code_is_answered_with_the_remedy(phone, service) -> None:
    """A code that was used before is refused in a sentence, and the field can be corrected."""
    page = phone()
    other = phone(enrolled=False)
    other.goto(f"{service.url}/field/")
    other.locator("#code").fill("2222-2222-2222")
    other.locator("form button[type=submit]").click()
    expect(other.locator("[role=alert]")).to_contain_text("Ask your coordinator for a new one.")
    expect(page.locator(".next")).to_be_visible()


def test_the_route_stands_in_order_under_its_villages(phone) -> None:
    """The next door is a card; the rest stands by village, with order and arrival; progress is a number."""
    page = phone()
    expect(page.locator(".next h2")).to_contain_text(VILLAGES[0][0])
    expect(page.locator(".next .when")).to_have_text("NEXT · 09:40")
    expect(page.locator(".village h2 > span:first-child")).to_have_text([name for name, *_rest in VILLAGES])
    assert page.locator(".village .order").all_inner_texts() == ["2", "3", "4", "5"]
    expect(page.locator(".day .count")).to_have_text("0/5")
    expect(page.locator(".rest + li .order")).to_have_text("5")
    # Navigation carries a coordinate and the stop's number, and no name.
    link = page.locator(".next a", has_text="Navigate").get_attribute("href")
    assert re.fullmatch(r"geo:29\.560000,106\.550000\?q=29\.560000,106\.550000\(%231\)", link)


def test_what_a_ledger_says_is_text_and_never_markup(phone) -> None:
    """A door named like a script is shown letter by letter (a dialog would fail the fixture)."""
    page = phone()
    expect(page.locator("#stop-s2 .door")).to_have_text(VILLAGES[0][3][1])
    assert page.locator("#main img").count() == 0


def test_a_day_that_did_not_change_is_not_sent_again(phone) -> None:
    """Looking again asks with the ETag and gets 304: a slow network carries the route once."""
    page = phone()
    with page.expect_response("**/api/v1/field/days/*") as answer:
        page.evaluate("dispatchEvent(new Event('online'))")
    assert answer.value.status == 304
    expect(page.locator(".next")).to_be_visible()


def test_a_stop_taken_away_leaves_the_phone_and_is_named(phone, service) -> None:
    """After a reassignment the next look removes the stop, says so and can show which."""
    page = phone()
    service.county.withdraw(5)
    page.evaluate("dispatchEvent(new Event('online'))")
    banner = page.locator(".note", has_text="The route has changed: 0 new, 1 taken away")
    expect(banner).to_be_visible()
    banner.locator("summary").click()
    expect(banner).to_contain_text("Taken away: 上湾 老槐树旁")
    expect(page.locator("#stop-s5")).to_have_count(0)


# At the door


def test_name_and_debt_appear_only_after_the_identity_step(phone, service) -> None:
    """Before "Yes" neither page, phone storage nor network holds the name or the debt; the reading is audited."""
    page = phone()
    page.locator("#start").click()
    expect(page.locator(".who")).to_have_text("陈**")
    stored = page.evaluate(
        """() => new Promise((resolve) => {
            indexedDB.open("rounds").onsuccess = (event) => {
                event.target.result.transaction("kept").objectStore("kept").get("days").onsuccess =
                    (found) => resolve(JSON.stringify(found.target.result));
            };
        })"""
    )
    seen = page.content() + stored
    assert VILLAGES[0][0] in stored
    assert [secret for secret in (*NAMES, PHONE, "23456", "23,456") if secret in seen] == []
    assert service.doors_read() == 0
    page.locator("#yes").click()
    expect(page.locator("#name")).to_have_text(NAMES[0])
    expect(page.locator("#identity")).to_contain_text("23456.70")
    assert service.doors_read() == 1
    page.locator(".crumb a").click()
    page.locator(".next").wait_for()
    assert NAMES[0] not in page.content()


def test_somebody_else_at_the_door_is_told_nothing(phone, service) -> None:
    """ "No" fetches nothing and says what not to say."""
    page = phone()
    page.locator("#start").click()
    page.locator("#no").click()
    expect(page.locator("#identity")).to_contain_text("Say nothing about a debt")
    assert service.doors_read() == 0


# Outcomes


def test_an_outcome_reaches_the_office_once(phone, service) -> None:
    """A promise with day and amount is stored as it was typed, and the next door moves up."""
    page = phone()
    page.locator("#start").click()
    page.locator(".bottom a").click()
    choose(page, "promise")
    page.locator(".chips button").first.click()
    page.locator("#amount").fill("１，200.5元")
    page.locator("#note").fill("After the harvest")
    page.locator(".bottom button[type=submit]").click()
    state(page).to_have_text(re.compile(r"^all sent \d\d:\d\d$"))
    expect(page.locator(".day .count")).to_have_text("1/5")
    expect(page.locator(".next .order")).to_have_text("2")
    [stored] = service.outcomes()
    assert (stored.kind, stored.stop_id, stored.plan_version) == ("promise", "s1", 1)
    assert str(stored.promise_amount) == "1200.50"
    assert stored.content["note"] == "After the harvest"
    assert stored.id[14] == "7"


def test_a_payment_carries_amount_and_receipt(phone, service) -> None:
    """Paid needs an amount that is a number; the receipt's number goes with it."""
    page = phone()
    page.locator("#start").click()
    page.locator(".bottom a").click()
    choose(page, "paid")
    page.locator("#amount").fill("some")
    page.locator(".bottom button[type=submit]").click()
    expect(page.locator("[role=alert]")).to_contain_text("Type the amount as a number")
    expect(page.locator("#amount")).to_be_focused()
    page.locator("#amount").fill("300")
    page.locator("#receipt").fill("R-17")
    page.locator(".bottom button[type=submit]").click()
    state(page).to_have_text(re.compile("^all sent"))
    [stored] = service.outcomes()
    assert stored.content["paid"] == {"amount": "300.00", "receipt": "R-17"}


def test_nothing_is_saved_before_a_kind_is_chosen(phone, service) -> None:
    """Save without a choice says what is missing and records nothing."""
    page = phone()
    page.locator("#start").click()
    page.locator(".bottom a").click()
    page.locator(".bottom button[type=submit]").click()
    expect(page.locator("[role=alert]")).to_have_text("Choose what happened.")
    assert service.outcomes() == []


def test_change_sends_a_correction_that_names_the_first(phone, service) -> None:
    """Undo instead of "are you sure": Change records a new outcome with `replaces`, and the latest one stands."""
    page = phone()
    record(page, "met")
    page.locator("#saved a").click()
    choose(page, "refuses")
    page.locator(".bottom button[type=submit]").click()
    expect(page.locator("#saved")).to_contain_text("Saved: Refuses")
    page.goto(f"{service.url}/field/#report")
    expect(page.locator(".entries .state", has_text="sent")).to_have_count(2)
    first, second = service.outcomes()
    assert (first.kind, second.kind, second.replaces) == ("met", "refuses", first.id)
    page.goto(f"{service.url}/field/#route")
    expect(page.locator(".day .count")).to_have_text("1/5")


def test_an_outcome_without_a_network_waits_and_is_sent_later(phone, service) -> None:
    """It is on the phone before it is sent: it survives a closed page and goes out when the network is back."""
    page = phone()
    page.context.set_offline(True)
    record(page, "not_met", note="Nobody opened")
    state(page).to_have_text("offline · 1 waiting")
    # Closing the page drops all memory; the phone's storage stays.
    again = page.context.new_page()
    page.close()
    page.context.set_offline(False)
    again.goto(f"{service.url}/field/")
    state(again).to_have_text(re.compile("^all sent"))
    assert [stored.content["note"] for stored in service.outcomes()] == ["Nobody opened"]


def test_the_sign_in_page_of_a_wifi_delivers_nothing(phone, service) -> None:
    """A 200 that is not our answer is no receipt: the outcome goes on waiting, with the reason in words."""
    page = phone()
    page.route(ANY_CALL, lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi</h1>"))
    record(page, "met")
    state(page).to_have_text("the Wi-Fi asks for a sign-in · 1 waiting")
    page.unroute(ANY_CALL)
    page.goto(f"{service.url}/field/#report")
    page.locator("#send").click()
    state(page).to_have_text(re.compile("^all sent"))
    assert len(service.outcomes()) == 1


def test_a_lost_reply_does_not_store_twice(phone, service) -> None:
    """The service stored it, the answer got lost: the phone sends the same id again and is told it is known."""
    page = phone()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(OUTCOMES, lose, times=1)
    record(page, "met")
    state(page).to_have_text(re.compile("1 waiting|^all sent"))
    page.goto(f"{service.url}/field/#report")
    page.evaluate("dispatchEvent(new Event('online'))")
    state(page).to_have_text(re.compile("^all sent"))
    assert len(service.outcomes()) == 1


def test_what_the_service_refuses_is_shown_and_kept(phone, service) -> None:
    """Permanent is not silent: the sentence stands in the report, the words stay, and it can be sent again."""
    page = phone()
    refused = '{"type": "/docs/problems#not-found", "title": "Not found", "status": 404, "detail": "Not in your area."}'

    def refuse(route: Route) -> None:
        id_ = route.request.post_data_json["outcomes"][0]["id"]
        body = f'{{"results": [{{"id": "{id_}", "status": "refused", "problem": {refused}}}]}}'
        route.fulfill(status=200, content_type="application/json", body=body)

    page.route(OUTCOMES, refuse, times=1)
    record(page, "met", note="Kept")
    state(page).to_have_text("1 to look at")
    page.locator("#tab-report").click()
    expect(page.locator(".entries")).to_contain_text("Not in your area.")
    page.locator(".entries button", has_text="Send again").click()
    state(page).to_have_text(re.compile("^all sent"))
    assert [stored.content["note"] for stored in service.outcomes()] == ["Kept"]


def test_delivered_words_do_not_stay_on_the_phone(phone) -> None:
    """What the office has is no longer kept in words and sums: a phone is easily lost."""
    page = phone()
    record(page, "met", note="Private words")
    state(page).to_have_text(re.compile("^all sent"))
    kept = page.evaluate(
        """() => new Promise((resolve) => {
            indexedDB.open("rounds").onsuccess = (event) => {
                event.target.result.transaction("outbox").objectStore("outbox").getAll().onsuccess =
                    (found) => resolve(JSON.stringify(found.target.result));
            };
        })"""
    )
    assert '"kind":"met"' in kept
    assert "Private words" not in kept


# The end of access


def test_ended_access_keeps_what_was_not_sent(phone, service) -> None:
    """A revoked phone shows the enrolment, keeps its pending outcomes and sends them after a new code."""
    page = phone()
    page.context.set_offline(True)
    record(page, "moved")
    service.county.revoke_phones()
    page.context.set_offline(False)
    expect(page.locator("#code")).to_be_visible()
    expect(page.locator("#main")).to_contain_text("1 outcome waits on this phone.")
    state(page).to_have_text("signed out · 1 waiting")
    page.locator("#code").fill(service.county.new_code())
    page.locator("form button[type=submit]").click()
    state(page).to_have_text(re.compile("^all sent"))
    assert [stored.kind for stored in service.outcomes()] == ["moved"]


def test_access_that_ends_does_not_take_a_form_away(phone, service) -> None:
    """A form that is being filled in stays; what is saved then waits for the new code."""
    page = phone()
    page.locator("#start").click()
    page.locator(".bottom a").click()
    choose(page, "met")
    page.locator("#note").fill("Half way")
    service.county.revoke_phones()
    page.evaluate("dispatchEvent(new Event('online'))")
    state(page).to_have_text("signed out")
    expect(page.locator("#note")).to_have_value("Half way")
    page.locator(".bottom button[type=submit]").click()
    expect(page.locator("#main")).to_contain_text("1 outcome waits on this phone.")


def test_a_reload_without_the_service_shows_the_copy(phone, service) -> None:
    """The last copy of today's route is on the phone; the page says from when it is."""
    page = phone()
    page.route(ANY_CALL, lambda route: route.abort())
    page.reload()
    expect(page.locator(".next")).to_be_visible()
    expect(page.locator(".note")).to_contain_text("the route is as of")


# Map, language, access for everybody


def test_the_map_shows_the_route_without_another_host(phone, service) -> None:
    """Numbered stops in order and named villages, without tiles and without asking any other host."""
    page = phone()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#tab-map").click()
    expect(page.locator("#map .marker").first).to_be_visible()
    labels = page.locator("#map .leaflet-tooltip").all_inner_texts()
    assert {name for name, *_rest in VILLAGES} <= set(labels)
    assert page.locator("#map path.line.straight").count() == 1
    # This county has no road data, so no leg may look as if it followed a road.
    assert page.locator("#map path.line.road").count() == 0
    assert [url for url in asked if not url.startswith((service.url, "data:"))] == []
    page.locator("#map .marker", has_text=re.compile("^1")).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    while page.locator("#map").is_visible():
        page.locator("#map .marker", has_text=re.compile("^1")).first.click()
        page.wait_for_timeout(300)
    expect(page.locator(".who")).to_be_visible()


def test_the_map_follows_roads_where_they_are_known(phone, service) -> None:
    """A road is drawn with all its bends as one whole line, the other ways straight and dashed."""
    bends = [Place(29.56 + 0.001 * (step % 2), 106.55 + 0.004 * step) for step in range(9)]
    service.county.know_road("s3", encoded(bends))
    page = phone()
    page.locator("#tab-map").click()
    road, straight = page.locator("#map path.line.road"), page.locator("#map path.line.straight")
    expect(road).to_be_visible()
    expect(straight).to_be_visible()
    assert (road.get_attribute("d") or "").count("L") == len(bends) - 1
    assert (straight.get_attribute("d") or "").count("M") == 5
    dashes = [one.evaluate("path => getComputedStyle(path).strokeDasharray") for one in (road, straight)]
    assert dashes[0] == "none" != dashes[1]


@pytest.mark.parametrize(
    ("button", "tag", "title"),
    [("简体中文", "zh-Hans", "今日路线"), ("繁體中文", "zh-Hant", "今日路線")],
)
def test_the_language_is_one_tap_away(phone, service, button: str, tag: str, title: str) -> None:
    """Three languages, each under its own name; the page says which it is in, also to a screen reader."""
    page = phone()
    page.locator("#tab-more").click()
    page.locator(".languages button", has_text=button).click()
    expect(page.locator("html")).to_have_attribute("lang", tag)
    page.goto(f"{service.url}/field/#route")
    expect(page).to_have_title(re.compile(f"^{title}"))
    expect(page.locator("#stop-s2 .time")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_every_screen_can_be_read_and_tapped(phone, service, language: str, scheme: str) -> None:
    """At 360 × 640: contrast 7:1, targets of 48 px, one heading, nothing beside the screen (UX.md, WCAG 2.2)."""
    page = phone(language=language, scheme=scheme, enrolled=False)
    page.goto(f"{service.url}/field/")
    page.locator("#code").wait_for()
    check_screen(page, "enrol")
    enrol(page, service)
    check_screen(page, "route")
    page.locator("#start").click()
    check_screen(page, "stop")
    page.locator("#yes").click()
    page.locator("#name").wait_for()
    check_screen(page, "details")
    page.locator(".bottom a").click()
    for kind in ("promise", "paid", "asked_to_be_left_alone"):
        choose(page, kind)
        check_screen(page, kind)
    page.locator(".bottom button[type=submit]").click()
    page.locator("#saved a").wait_for()
    page.locator("#done summary").click()
    check_screen(page, "saved")
    for tab in ("map", "report", "more"):
        page.locator(f"#tab-{tab}").click()
        page.locator(f"#tab-{tab}[aria-current]").wait_for()
        check_screen(page, tab)


def check_screen(page: Page, name: str) -> None:
    """Measure one screen."""
    assert page.evaluate(CONTRAST) == [], name
    assert page.evaluate(SMALL_TARGETS) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= VIEWPORT["width"], name
    assert page.locator("h1").count() == 1, name


def test_everything_goes_by_keyboard(phone, service) -> None:
    """From the route to a saved outcome with Tab, arrows, Space and Enter alone; the focus is seen."""
    page = phone()
    tab_to(page, "#start")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.locator("#yes").wait_for()
    tab_to(page, ".bottom a")
    page.keyboard.press("Enter")
    page.locator(".kinds").wait_for()
    tab_to(page, "input[value=not_met]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[value=met]")).to_be_checked()
    page.locator("#note").focus()
    tab_to(page, ".bottom button")
    page.keyboard.press("Enter")
    state(page).to_have_text(re.compile("^all sent"))
    assert [stored.kind for stored in service.outcomes()] == ["met"]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus; fail after more steps than the page has controls."""
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


# The small parts, in the browser that runs them


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1200", "1200.00"), ("1200.5", "1200.50"), ("1，200元", "1200.00"), ("１２.３４", "12.34"), ("007", "7.00"),
        ("0", None), ("0.00", None), ("-5", None), ("1.234", None), ("", None), ("1e3", None), ("12 345", "12345.00"),
        ("9999999999999", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it(scripts, typed: str, amount: str | None) -> None:
    """Full-width digits, separators and the unit are read; what is no positive sum of money is none."""
    found = scripts.evaluate("async (typed) => (await import('/static/field/outcome.js')).amountOf(typed)", typed)
    assert found == amount


@pytest.mark.parametrize(("orders", "text"), [([3], "3"), ([3, 4, 5, 9], "3–5, 9"), ([1, 3], "1, 3"), ([1, 2], "1–2")])
def test_stops_at_one_place_are_named_together(scripts, orders: list[int], text: str) -> None:
    """A marker for several stops says which."""
    found = scripts.evaluate("async (orders) => (await import('/static/field/markers.js')).ranges(orders)", orders)
    assert found == text


def test_the_phone_mints_ordered_unique_ids(scripts) -> None:
    """RFC 9562, version 7: sorted by time of making, and never the same."""
    ids = scripts.evaluate(
        "async () => { const { newId } = await import('/static/field/outcome.js');"
        " return Array.from({ length: 500 }, (_, step) => newId(1764000000000 + step)); }"
    )
    assert ids == sorted(set(ids))
    pattern = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(pattern, id_) for id_ in ids)
    assert ids[0].startswith(f"{1764000000000:012x}"[:8])
