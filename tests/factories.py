"""Rows for tests, made through the public API as any lender would (the first users through the use case)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from api.usecases.keep_users import add_user

PASSWORD = "a long password for tests"
SOME_DAY = date(2026, 11, 30)
_numbers = itertools.count(1)


@dataclass
class Caller:
    """Somebody who calls the API, with a bearer token once signed in."""

    app: Flask
    token: str | None = None
    refresh: str | None = None

    def send(
        self, method: str, path: str, body: Any = None, *, version: int | None = None, **kwargs: Any
    ) -> TestResponse:
        """Send a request; ``body`` as JSON, ``version`` as If-Match."""
        headers = dict(kwargs.pop("headers", {}))
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if body is not None:
            kwargs["json"] = body
        client = self.app.test_client(use_cookies=False)
        return client.open(path, method=method, headers=headers, buffered=True, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Any:
        """Return what the address answers; the test fails unless it is 200."""
        return _expect(self.send("GET", path, **kwargs), 200)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        """Return what was made; the test fails unless it is 201."""
        return _expect(self.send("POST", path, body, **kwargs), 201)

    def patch(self, path: str, body: Any, version: int) -> Any:
        """Return the changed row; the test fails unless it is 200."""
        return _expect(self.send("PATCH", path, body, version=version), 200)


def _expect(response: TestResponse, status: int) -> Any:
    assert response.status_code == status, response.get_data(as_text=True)
    return response.get_json()


def problem(response: TestResponse, status: int, code: str, field_: str | None = None) -> dict[str, Any]:
    """Return the problem; the test fails unless it has that status, code and (first) field at fault."""
    assert response.mimetype == "application/problem+json", response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json()
    assert (response.status_code, body["type"]) == (status, f"/docs/problems#{code}"), body
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    if field_ is not None:
        assert body["errors"][0]["field"] == field_, body
    return body


@dataclass
class County:
    """Two branches with a coordinator each, and what tests add to them."""

    app: Flask
    admin: Caller
    branch: str
    other_branch: str
    coordinator: Caller
    stranger: Caller

    def user(self, role: str) -> Caller:
        """Sign in a new user of that role who covers the first branch."""
        branches = [] if role == "admin" else [self.branch]
        name = f"{role}{next(_numbers)}"
        self.admin.post("/api/v1/users", {"username": name, "password": PASSWORD, "role": role, "branches": branches})
        return sign_in(self.app, name)

    def territory(self, name: str | None = None) -> str:
        """Make a territory; returns its id."""
        new = {"branch": self.branch, "name": name or f"Territory {next(_numbers)}"}
        return str(self.coordinator.post("/api/v1/territories", new)["id"])

    def village(self, territory: str | None = None, **more: Any) -> str:
        """Make a village with a place; returns its id."""
        new = {"branch": self.branch, "territory": territory, "name": f"石桥{next(_numbers)}组", "town": "龙门镇"}
        return str(self.coordinator.post("/api/v1/villages", {**new, "lat": 29.5, "lon": 106.5, **more})["id"])

    def person(self, **more: Any) -> str:
        """Make a person; returns the id."""
        new = {"branch": self.branch, "name": "王丽", "staff_number": f"S{next(_numbers):04d}"}
        return str(self.coordinator.post("/api/v1/people", {**new, **more})["id"])

    def household(self, village: str, **more: Any) -> str:
        """Make a household; returns its id."""
        new = {"branch": self.branch, "village": village, "name": f"陈大明{next(_numbers)}"}
        return str(self.coordinator.post("/api/v1/households", {**new, **more})["id"])

    def team(self, territory: str | None = None) -> str:
        """Make a team; returns its id."""
        new = {"territory": territory or self.territory(), "name": f"Team {next(_numbers)}"}
        return str(self.coordinator.post("/api/v1/teams", new)["id"])

    def new_shift(self, team: str | None = None, people: list[str] | None = None, **more: Any) -> dict[str, Any]:
        """Return the body of a good shift."""
        return {
            "team": team or self.team(),
            "date": SOME_DAY.isoformat(),
            "people": people if people is not None else [self.person(), self.person()],
            "start": "08:30",
            "end": "17:30",
            "break": {"earliest": "12:00", "latest": "13:30", "minutes": 45},
            "from_place": "branch",
            "to_place": "branch",
            **more,
        }

    def shift(self, **more: Any) -> dict[str, Any]:
        """Make a shift; returns it."""
        made: dict[str, Any] = self.coordinator.post("/api/v1/shifts", self.new_shift(**more))
        return made

    def code(self, person: str | None = None) -> str:
        """Make an enrolment code for a person."""
        return str(self.coordinator.post(f"/api/v1/people/{person or self.person()}/enrolments")["code"])

    def collector(self, person: str | None = None) -> Caller:
        """Enrol a phone of a person."""
        return _signed_in(self.app, Caller(self.app).post("/api/v1/devices", {"code": self.code(person)}))


def make_county(app: Flask) -> dict[str, Any]:
    """Make two branches, an admin and a coordinator for each; return what :func:`open_county` needs."""
    with app.app_context():
        add_user("admin", PASSWORD, "admin", [])
    admin = sign_in(app, "admin")
    branches = [
        admin.post("/api/v1/branches", {"code": code, "name": name, "lat": 29.4, "lon": 106.4})["id"]
        for code, name in (("001", "龙门支行"), ("002", "河口支行"))
    ]
    for name, branch in zip(("coordinator", "stranger"), branches, strict=True):
        admin.post(
            "/api/v1/users", {"username": name, "password": PASSWORD, "role": "coordinator", "branches": [branch]}
        )
    callers = {"admin": admin, **{name: sign_in(app, name) for name in ("coordinator", "stranger")}}
    return {"branches": branches, "tokens": {name: (one.token, one.refresh) for name, one in callers.items()}}


def open_county(app: Flask, facts: dict[str, Any]) -> County:
    """Return the county in the application's database."""
    callers = {name: Caller(app, *tokens) for name, tokens in facts["tokens"].items()}
    return County(app, callers["admin"], *facts["branches"], callers["coordinator"], callers["stranger"])


def sign_in(app: Flask, username: str) -> Caller:
    """Sign a user in."""
    answer = Caller(app).send("POST", "/api/v1/tokens", {"username": username, "password": PASSWORD})
    return _signed_in(app, _expect(answer, 200))


def _signed_in(app: Flask, tokens: dict[str, Any]) -> Caller:
    return Caller(app, tokens["access_token"], tokens["refresh_token"])


def days_from(start: date, count: int) -> list[str]:
    """Return ``count`` dates from ``start`` on, as the API writes them."""
    return [(start + timedelta(days=offset)).isoformat() for offset in range(count)]
