"""Signing in at the console: what the cookie may do, where it leads, and what it never gives away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.web.console import TABS, local_path
from tests.factories import PASSWORD, County

pytestmark = pytest.mark.usefixtures("county")
COOKIE = "rounds_session"


def log_in(client: FlaskClient, name: str = "coordinator", **more: Any) -> TestResponse:
    """Send the sign-in form as a browser does."""
    form = {"username": name, "password": PASSWORD, **more.pop("form", {})}
    return client.post("/console/login", data=form, **more)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """Give a browser that keeps cookies and is not signed in."""
    return app.test_client()


@pytest.fixture
def desk(browser: FlaskClient) -> FlaskClient:
    """Give a browser in which the coordinator has signed in."""
    assert log_in(browser).status_code == 303
    return browser


def csrf_of(client: FlaskClient) -> str:
    """Return the CSRF token that the page gives to its script."""
    page = client.get("/console/").get_data(as_text=True)
    return page.partition('"csrf": "')[2].partition('"')[0]


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(browser: FlaskClient) -> None:
    """The session's cookie is HttpOnly and SameSite=Strict, and Secure unless a demo switches that off."""
    cookie = next(one for one in log_in(browser).headers.getlist("Set-Cookie") if one.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    config = browser.application.config
    config["SETTINGS"] = replace(config["SETTINGS"], cookie_secure=True)
    assert "Secure" in next(one for one in log_in(browser).headers.getlist("Set-Cookie") if one.startswith(COOKIE))


def test_each_login_is_a_new_session_and_ends_the_old_one(browser: FlaskClient) -> None:
    """A cookie that somebody planted or saw before the login is worth nothing after it."""
    log_in(browser)
    first = browser.get_cookie(COOKIE)
    assert first is not None
    log_in(browser)
    second = browser.get_cookie(COOKIE)
    assert second is not None
    assert first.value != second.value
    browser.set_cookie(COOKIE, first.value)
    assert browser.get("/console/").status_code == 303


def test_a_wrong_password_says_so_in_the_page_and_opens_nothing(browser: FlaskClient) -> None:
    """The form comes back with the sentence and the name, without the password and without a session."""
    answer = log_in(browser, form={"password": "not the password"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "User name or password is wrong." in page
    assert 'value="coordinator"' in page
    assert "not the password" not in page
    assert browser.get_cookie(COOKIE) is None


def test_the_login_form_is_refused_from_another_site(browser: FlaskClient) -> None:
    """Nobody is signed in as somebody else by a form on a foreign page (login CSRF)."""
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        answer = log_in(browser, headers=headers)
        assert (answer.status_code, answer.json["type"]) == (403, "/docs/problems#origin"), headers
    assert browser.get_cookie(COOKIE) is None
    assert log_in(browser, headers={"Origin": "http://localhost"}).status_code == 303


def test_the_login_takes_a_form_only(browser: FlaskClient) -> None:
    """A body of another kind is 415, so that no script of another site gets by with plain text."""
    answer = browser.post("/console/login", data="{}", content_type="text/plain")
    assert answer.status_code == 415


@pytest.mark.parametrize("page", ["", *TABS[1:]])
def test_a_page_sends_who_is_not_signed_in_to_the_form_and_back(browser: FlaskClient, page: str) -> None:
    """After signing in one is where one wanted to be, with the filters in the address."""
    answer = browser.get(f"/console/{page}?day=2026-11-25")
    assert answer.status_code == 303
    assert answer.location.startswith("/console/login?next=")
    form = browser.get(answer.location).get_data(as_text=True)
    assert f'name="next" value="/console/{page}?day=2026-11-25"' in form
    arrived = log_in(browser, form={"next": f"/console/{page}?day=2026-11-25"})
    assert arrived.location == f"/console/{page}?day=2026-11-25"


@pytest.mark.parametrize(
    "wish",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/console/../api/v1/people", "/field/",
     "javascript:0", "/console/\n//evil", "/console", "", None],
)  # fmt: skip
def test_next_leads_nowhere_but_into_the_console(app: Flask, wish: str | None) -> None:
    """An address in the link cannot send somebody to a foreign page after the login."""
    with app.test_request_context():
        assert local_path(wish) == "/console/"


def test_pages_are_for_coordinators(browser: FlaskClient, county: County) -> None:
    """Another role can sign in and is told, as a page, that this is not for it."""
    county.admin.post(
        "/api/v1/users", {"username": "ada", "password": PASSWORD, "role": "auditor", "branches": [county.branch]}
    )
    log_in(browser, "ada")
    answer = browser.get("/console/")
    assert answer.status_code == 403
    assert answer.mimetype == "text/html"
    assert "Your role does not allow this." in answer.get_data(as_text=True)


def test_the_session_changes_things_only_with_its_csrf_token(desk: FlaskClient, county: County) -> None:
    """The cookie alone reads; a change without the page's token, or from another site, is 403."""
    new = {"branch": county.branch, "name": "Hekou"}
    token = csrf_of(desk)
    assert token
    assert desk.get("/api/v1/territories").status_code == 200
    for headers in ({}, {"X-CSRF-Token": "guess"}, {"X-CSRF-Token": token, "Origin": "https://evil.example"}):
        assert desk.post("/api/v1/territories", json=new, headers=headers).status_code == 403
    assert desk.post("/api/v1/territories", json=new, headers={"X-CSRF-Token": token}).status_code == 201


def test_logging_out_ends_the_session_on_the_server(desk: FlaskClient) -> None:
    """A copy of the cookie is worth nothing after signing out, and signing out needs the token as well."""
    cookie = desk.get_cookie(COOKIE)
    assert cookie is not None
    token = csrf_of(desk)
    assert desk.post("/console/logout").status_code == 403
    assert desk.post("/console/logout", headers={"X-CSRF-Token": token}).status_code == 204
    assert desk.get_cookie(COOKIE) is None
    desk.set_cookie(COOKIE, cookie.value)
    assert desk.get("/console/").status_code == 303


@pytest.mark.parametrize("page", ["", *TABS[1:], "login"])
def test_pages_hold_nothing_inline_and_stay_out_of_caches(desk: FlaskClient, page: str) -> None:
    """The strict content policy holds: no inline script or style; and no page is kept by a shared computer."""
    answer = desk.get(f"/console/{page}")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    scripts = [part.partition(">")[0] for part in text.split("<script")[1:]]
    assert all("src=" in script or 'type="application/json"' in script for script in scripts), scripts


@pytest.mark.parametrize(("language", "word"), [("en", "Rotation"), ("zh-Hans", "轮换"), ("zh-Hant", "輪換")])
def test_the_console_speaks_the_chosen_language_from_then_on(desk: FlaskClient, language: str, word: str) -> None:
    """The switch keeps: the next page, and the API that the pages call, speak the language as well."""
    first = desk.get(f"/console/?lang={language}").get_data(as_text=True)
    assert f'<html lang="{language}">' in first
    assert word in desk.get("/console/rotation").get_data(as_text=True)
    sentence = desk.get("/api/v1/people/none").json["detail"]
    assert (sentence[0] in "There") == (language == "en")
