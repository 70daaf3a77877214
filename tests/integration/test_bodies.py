"""Bodies that are not what they should be: refused with a problem, never half read."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import PASSWORD, Caller, County, problem

VILLAGES = "/api/v1/villages"


def post_raw(county: County, data: bytes | str, content_type: str = "application/json"):  # type: ignore[no-untyped-def]
    """Send bytes as they are."""
    return county.coordinator.send("POST", VILLAGES, data=data, content_type=content_type)


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""]
)
def test_only_json_is_taken_as_json(county: County, content_type: str) -> None:
    """A form-encoded post, which any foreign page can send, is 415, also to a schema that asks for nothing."""
    problem(post_raw(county, "name=x", content_type), 415, "media-type")
    row = county.village()
    response = county.coordinator.send(
        "PATCH", f"{VILLAGES}/{row}", data="name=x", content_type=content_type, version=1
    )
    problem(response, 415, "media-type")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"name": "a", "name": "b"}',
        b'{"lat": NaN}',
        b'{"lat": Infinity}',
        b'{"lat": 1e999}',
        b'{"name": "a\\u0000b"}',
        b'{"name": "a\x00b"}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"1" * 5_000,
    ],
    ids=[
        "empty", "cut off", "not UTF-8", "byte order mark", "key twice", "NaN", "Infinity", "beyond every number",
        "escaped NUL", "NUL", "lone surrogate", "open brackets", "deep nesting", "a huge number",
    ],
)  # fmt: skip
def test_what_parsers_disagree_about_is_refused(county: County, data: bytes) -> None:
    """RFC 8259 to the letter: two readers of one body must not understand different things."""
    response = post_raw(county, data)
    assert response.status_code in (400, 422)
    assert response.mimetype == "application/problem+json"
    assert county.coordinator.get(VILLAGES)["items"] == []


@pytest.mark.parametrize("data", ["null", "[]", '"x"', "1", "true"])
def test_a_body_is_an_object(county: County, data: str) -> None:
    """JSON that is no object fits no schema."""
    assert post_raw(county, data).status_code == 422


def test_a_body_has_a_limit(county: County) -> None:
    """A JSON body beyond the setting is 413 before it is read."""
    problem(post_raw(county, b'{"name": "' + b"x" * 3_000_000 + b'"}'), 413, "too-large")


def test_a_problem_names_at_most_fifty_fields(county: County) -> None:
    """An answer does not grow with the mistakes of the question."""
    response = post_raw(county, json.dumps({f"field{number}": 1 for number in range(500)}))
    assert len(problem(response, 422, "invalid")["errors"]) == 50


@pytest.mark.parametrize("path", ["/api/v1/villages/%00", "/api/v1/households/x%00y"])
def test_a_nul_in_an_address_finds_nothing(county: County, path: str) -> None:
    """No database text holds a NUL: such an id is absent, not a failure of ours."""
    problem(county.coordinator.send("GET", path), 404, "not-found")


def test_a_nul_in_a_filter_is_refused(county: County) -> None:
    """The same in a query."""
    problem(county.coordinator.send("GET", "/api/v1/villages?territory=%00"), 400, "nul")


def test_a_wrong_method_says_which_are_right(county: County) -> None:
    """405 keeps its Allow header."""
    response = county.coordinator.send("PUT", VILLAGES, {})
    problem(response, 405, "method")
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("language", "title"),
    [("zh-CN", "未找到"), ("zh-TW", "找不到"), ("en-GB", "Not found"), ("fr", "Not found")],
)
def test_a_problem_speaks_the_readers_language(county: County, language: str, title: str) -> None:
    """Babel maps neither zh-CN nor zh-TW; the type stays the same in every language."""
    response = county.coordinator.send("GET", f"{VILLAGES}/x", headers={"Accept-Language": language})
    body = problem(response, 404, "not-found")
    if language.startswith("zh"):
        assert re.search(r"[\u4e00-\u9fff]", body["title"]), f"not translated: {body['title']} (expected e.g. {title})"
    else:
        assert body["title"] == title


# --- the console's cookie ---------------------------------------------------------------------------------


@pytest.fixture
def browser(county: County) -> FlaskClient:
    """Give a browser that is signed in to the console."""
    client = county.app.test_client()
    answer = client.post(
        "/console/login", data={"username": "coordinator", "password": PASSWORD}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 303
    return client


def csrf_of(browser: FlaskClient) -> str:
    """Read the CSRF token that the page holds for its script."""
    page = browser.get("/console/").get_data(as_text=True)
    found = re.search(r"csrf[^A-Za-z0-9_-]+([A-Za-z0-9_-]{43})", page)
    assert found is not None
    return found[1]


def new_village(county: County) -> dict[str, str]:
    """Return a village to be made."""
    return {"branch": county.branch, "name": "石桥组"}


def test_a_change_with_the_cookie_needs_the_pages_token(county: County, browser: FlaskClient) -> None:
    """Browsers send cookies unasked: without the session's CSRF token nothing changes."""
    assert browser.get(VILLAGES).status_code == 200
    problem(browser.post(VILLAGES, json=new_village(county)), 403, "csrf")
    problem(browser.post(VILLAGES, json=new_village(county), headers={"X-CSRF-Token": "x" * 43}), 403, "csrf")
    good = browser.post(VILLAGES, json=new_village(county), headers={"X-CSRF-Token": csrf_of(browser)})
    assert good.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_change_from_another_site_is_refused(county: County, browser: FlaskClient, headers: dict[str, str]) -> None:
    """Even with the right token a change must come from our own pages."""
    token = {"X-CSRF-Token": csrf_of(browser)}
    problem(browser.post(VILLAGES, json=new_village(county), headers={**token, **headers}), 403, "origin")
    assert county.coordinator.get(VILLAGES)["items"] == []


def test_the_cookie_is_no_script_s_business(county: County) -> None:
    """HttpOnly, SameSite=Strict, and not in the database in clear; a second sign-in gives another one."""
    answers = [
        county.app.test_client().post("/console/login", data={"username": "coordinator", "password": PASSWORD})
        for _ in range(2)
    ]
    cookies = [answer.headers["Set-Cookie"] for answer in answers]
    assert all("HttpOnly" in cookie and "SameSite=Strict" in cookie for cookie in cookies)
    assert cookies[0].split(";")[0] != cookies[1].split(";")[0]


def test_every_answer_is_hardened(app: Flask) -> None:
    """No sniffing, no frames, nothing inline, no referrer to others; API answers are not cached."""
    headers = Caller(app).send("GET", "/api/v1/villages").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
