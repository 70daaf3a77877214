"""Who may call what: every route × every role, generated from the routes that the service really has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from api.auth.actor import Role
from api.usecases import keep_users
from tests.factories import Caller, County, problem

ABSENT = "00000000-0000-7000-8000-000000000000"


def routes(app: Flask) -> Iterator[tuple[str, str, Any]]:
    """Yield method, path (with an absent id) and view of every route."""
    for rule in app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, ABSENT)
        values |= {"filename": "x", "page": "map", "name": "x", "day": "2026-11-30"}
        built = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
        assert built is not None
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, built[1], app.view_functions[rule.endpoint]


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    """A view without an access rule fails here before it can be reached by everybody, or by nobody."""
    bare = [path for _method, path, view in routes(app) if not hasattr(view, "roles")]
    assert bare == ["/static/x"]


def test_a_view_without_a_rule_is_closed(app: Flask) -> None:
    """Should one slip through, it answers nobody."""
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    problem(Caller(app).send("GET", "/forgotten"), 403, "no-rule")


def test_nothing_but_signing_in_is_open(app: Flask) -> None:
    """The open addresses are a short list; whoever adds one adds it here, knowingly."""
    open_ = {(method, path) for method, path, view in routes(app) if getattr(view, "roles", None) == ()}
    assert {path for _method, path in open_ if path.startswith("/api/")} == {
        "/api/v1/tokens", "/api/v1/tokens/refresh", "/api/v1/tokens/revoke", "/api/v1/devices", "/api/v1/openapi.json",
    }  # fmt: skip
    assert ("GET", "/api/v1/devices") not in open_


def test_whoever_is_not_signed_in_gets_nowhere(app: Flask) -> None:
    """Every closed address answers 401 (pages: the way to the form), also with a made-up token."""
    for who in (Caller(app), Caller(app, "made-up")):
        for method, path, view in routes(app):
            if getattr(view, "roles", ()) and not path.startswith("/console"):
                response = who.send(method, path)
                assert response.status_code == 401, (method, path)
                assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_a_role_reaches_what_is_its_own_and_nothing_else(county: County, role: Role) -> None:
    """Each route × this role: 403 exactly where the route does not name it (decision 11)."""
    who = county.collector() if role is Role.COLLECTOR else county.user(role)
    for method, path, view in routes(county.app):
        roles = getattr(view, "roles", ())
        if not roles or path == "/console/logout":
            continue
        response = who.send(method, path)
        if role in roles:
            assert response.status_code not in (401, 403, 500), (method, path, response.get_data(as_text=True))
        else:
            assert response.status_code == 403, (method, path)


def test_an_admin_sees_no_debts_and_a_manager_no_person(app: Flask) -> None:
    """Least privilege, pinned by name: what each must never reach, whatever the routes say (decision 11)."""
    may = {(method, path): set(getattr(view, "roles", ())) for method, path, view in routes(app)}
    for (_method, path), roles in may.items():
        if path.startswith(
            ("/api/v1/households", "/api/v1/people", "/api/v1/field", "/api/v1/outcomes", "/api/v1/ledgers")
        ):
            assert not roles & {Role.MANAGER, Role.ADMIN, Role.AUDITOR}, path
        if path.startswith("/api/v1/users"):
            assert roles == {Role.ADMIN}, path
    assert Role.COLLECTOR not in set().union(
        *(roles for (_method, path), roles in may.items() if not path.startswith("/api/v1/field"))
    )


def test_taking_a_branch_away_takes_its_rows_away_at_once(county: County) -> None:
    """Areas are read at every request: the next one no longer sees the branch."""
    territory = county.territory()
    [user] = [
        one for one in county.admin.get("/api/v1/users")["items"] if one["username"] == "coordinator"
    ]  # fmt: skip
    county.admin.patch(f"/api/v1/users/{user['id']}", {"branches": [county.other_branch]}, user["version"])
    problem(county.coordinator.send("GET", f"/api/v1/territories/{territory}"), 404, "not-found")
    assert county.coordinator.get("/api/v1/territories")["items"] == []


@pytest.mark.parametrize("change", [{"active": False}, {"password": "another long password"}, {"role": "manager"}])
def test_a_change_of_password_role_or_service_ends_every_sign_in(county: County, change: dict[str, Any]) -> None:
    """Tokens made under other rights, or with a password that may be known, stop at once."""
    [user] = [
        one for one in county.admin.get("/api/v1/users?role=coordinator")["items"] if one["username"] == "stranger"
    ]
    county.stranger.get("/api/v1/villages")
    county.admin.patch(f"/api/v1/users/{user['id']}", change, user["version"])
    problem(county.stranger.send("GET", "/api/v1/villages"), 401, "token")
    again = {"refresh_token": county.stranger.refresh}
    problem(Caller(county.app).send("POST", "/api/v1/tokens/refresh", again), 401, "refresh")


def test_the_last_admin_stays(county: County) -> None:
    """Nobody can lock everybody out of keeping users."""
    [admin] = county.admin.get("/api/v1/users?role=admin")["items"]
    path = f"/api/v1/users/{admin['id']}"
    for change in ({"active": False}, {"role": "manager"}):
        problem(county.admin.send("PATCH", path, change, version=admin["version"]), 409, "last-admin")
    county.user("admin")
    county.admin.patch(path, {"active": False}, admin["version"])


def test_a_command_acts_as_the_user_it_names(county: County) -> None:
    """Commands have no rights of their own: they act in the area of the user they are given."""
    with county.app.app_context():
        actor = keep_users.actor_named("coordinator")
    assert (actor.role, actor.branches) == (Role.COORDINATOR, frozenset([county.branch]))


def test_nothing_of_a_password_comes_back(county: County) -> None:
    """Neither the password nor its hash is in any answer."""
    text = county.admin.send("GET", "/api/v1/users").get_data(as_text=True)
    assert "argon2" not in text
    assert "password" not in text


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"role": "collector"}, "role"),
        ({"username": "two words"}, "username"),
        ({"branches": ["nothing"]}, "branches.0"),
        ({"language": "fr"}, "language"),
    ],
)
def test_a_user_is_made_of_sound_parts(county: County, new: dict[str, Any], field: str) -> None:
    """At least 12 characters of password, a known role, known branches: 422 naming the field."""
    good = {"username": "somebody", "password": "a long enough one", "role": "legal", "branches": []}
    response = county.admin.send("POST", "/api/v1/users", {**good, **new})
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["field"] == field
