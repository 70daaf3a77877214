"""Tokens, phones and codes: signing in, staying signed in, and ending it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from api.store.columns import now
from api.store.models import Attempts, AuditEntry, Enrolment, Token
from tests.conftest import running
from tests.factories import PASSWORD, Caller, County, problem

USER = {"username": "coordinator", "password": PASSWORD}


def change_rows(app: Flask, statement: Any) -> None:
    """Change rows behind the service's back, as time would."""
    with app.extensions["store"].write() as session:
        session.execute(statement)


def refresh(who: Caller, token: str | None) -> Any:
    """Ask for a fresh pair."""
    return who.send("POST", "/api/v1/tokens/refresh", {"refresh_token": token})


def test_a_user_signs_in_with_name_and_password(county: County, nobody: Caller) -> None:
    """The answer is the contract's: two tokens, the access token's life in seconds, Bearer; never cached."""
    response = nobody.send("POST", "/api/v1/tokens", USER)
    body = response.get_json()
    assert sorted(body) == ["access_token", "expires_in", "refresh_token", "token_type"]
    assert (body["expires_in"], body["token_type"]) == (3600, "Bearer")
    assert response.headers["Cache-Control"] == "no-store"
    Caller(county.app, body["access_token"]).get("/api/v1/villages")


def test_a_wrong_name_and_a_wrong_password_are_one_answer(county: County, nobody: Caller) -> None:
    """Names cannot be probed: the same status and the same body."""
    wrong = [
        nobody.send("POST", "/api/v1/tokens", {**USER, **one}) for one in ({"username": "no one"}, {"password": "no"})
    ]
    problem(wrong[0], 401, "password")
    assert wrong[0].get_data() == wrong[1].get_data()


def test_a_refresh_token_is_no_access_token(county: County) -> None:
    """Each token serves its one purpose."""
    problem(Caller(county.app, county.coordinator.refresh).send("GET", "/api/v1/villages"), 401, "token")
    problem(refresh(Caller(county.app), county.coordinator.token), 401, "refresh")


def test_a_refresh_gives_a_fresh_pair(county: County, nobody: Caller) -> None:
    """The fresh access token works, and the fresh refresh token can be used again."""
    first = refresh(nobody, county.coordinator.refresh).get_json()
    Caller(county.app, first["access_token"]).get("/api/v1/villages")
    assert refresh(nobody, first["refresh_token"]).status_code == 200


def test_a_refresh_whose_answer_got_lost_may_be_repeated(county: County, nobody: Caller) -> None:
    """In the hills answers get lost: the same token within the grace is no theft."""
    assert refresh(nobody, county.coordinator.refresh).status_code == 200
    assert refresh(nobody, county.coordinator.refresh).status_code == 200


def test_a_refresh_token_used_again_later_ends_the_whole_sign_in(county: County, nobody: Caller) -> None:
    """A used token seen again after its successor was used is a copy: thief and owner are both signed out."""
    first = refresh(nobody, county.coordinator.refresh).get_json()
    second = refresh(nobody, first["refresh_token"]).get_json()
    change_rows(
        county.app, update(Token).values(rotated_at=now() - timedelta(hours=1)).where(Token.rotated_at.is_not(None))
    )
    problem(refresh(nobody, county.coordinator.refresh), 401, "refresh")
    problem(refresh(nobody, second["refresh_token"]), 401, "refresh")
    problem(Caller(county.app, second["access_token"]).send("GET", "/api/v1/villages"), 401, "token")
    with county.app.extensions["store"].read() as session:
        actions = list(session.scalars(select(AuditEntry.action)))
    assert "tokens.replayed" in actions


def test_tokens_end_in_time(county: County, nobody: Caller) -> None:
    """An access token after its minutes, a refresh token after its days."""
    change_rows(county.app, update(Token).values(expires_at=now() - timedelta(seconds=1)))
    problem(county.coordinator.send("GET", "/api/v1/villages"), 401, "token")
    problem(refresh(nobody, county.coordinator.refresh), 401, "refresh")


def test_signing_out_ends_the_sign_in_and_no_other(county: County, nobody: Caller) -> None:
    """Revoking ends the tokens of that sign-in at once; an unknown token is no error (RFC 7009)."""
    other = nobody.send("POST", "/api/v1/tokens", USER).get_json()
    for token in (county.coordinator.refresh, "unknown"):
        assert nobody.send("POST", "/api/v1/tokens/revoke", {"refresh_token": token}).status_code == 204
    problem(county.coordinator.send("GET", "/api/v1/villages"), 401, "token")
    Caller(county.app, other["access_token"]).get("/api/v1/villages")


def test_guessing_is_slowed_down(county_database: tuple[str, dict[str, Any]]) -> None:
    """After so many failures a minute from one address: 429 with Retry-After, for passwords and codes alike.

    Eight guesses at three a minute: even if the minute turns on the way, four fall into one.
    """
    with running(county_database[0], guesses_per_minute=3) as app:
        for path, guess in (("tokens", {**USER, "password": "guess"}), ("devices", {"code": "AAAA-BBBB-CCCC"})):
            answers = [Caller(app).send("POST", f"/api/v1/{path}", guess) for _ in range(8)]
            refused = [answer for answer in answers if answer.status_code == 429]
            assert refused
            problem(refused[0], 429, "guessing")
            assert 1 <= int(refused[0].headers["Retry-After"]) <= 60


def test_a_name_is_guarded_from_many_addresses(county_database: tuple[str, dict[str, Any]]) -> None:
    """A guesser with many addresses is slowed down by the name that they guess at; other names are not."""
    with running(county_database[0], guesses_per_minute=3) as app:
        answers = [
            Caller(app).send(
                "POST", "/api/v1/tokens", {**USER, "password": "guess"},
                environ_overrides={"REMOTE_ADDR": f"10.0.0.{number}"},
            )
            for number in range(8)
        ]  # fmt: skip
        assert 429 in {answer.status_code for answer in answers}
        with app.extensions["store"].read() as session:
            subjects = set(session.scalars(select(Attempts.subject)))
        assert not any("coordinator" in subject for subject in subjects)
        other = {"username": "stranger", "password": PASSWORD}
        assert Caller(app).send("POST", "/api/v1/tokens", other).status_code == 200


def test_failures_at_once_are_all_counted(county: County, nobody: Caller) -> None:
    """Eight wrong passwords at the same time are eight failures, also where they are the first of the minute."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: nobody.send("POST", "/api/v1/tokens", {**USER, "password": "no"}), range(8)))
    assert {answer.status_code for answer in answers} == {401}
    with county.app.extensions["store"].read() as session:
        rows = session.execute(select(Attempts.subject, Attempts.count)).all()
    assert sum(count for subject, count in rows if subject == "127.0.0.1") == 8


def test_a_phone_is_enrolled_by_a_code(county: County, nobody: Caller) -> None:
    """The code is shown once, works however it is typed, and its phone acts as the person."""
    person = county.person()
    made = county.coordinator.post(f"/api/v1/people/{person}/enrolments")
    assert sorted(made) == ["code", "expires_at"]
    tokens = nobody.post("/api/v1/devices", {"code": made["code"].lower().replace("-", " ")})
    assert sorted(tokens) == ["access_token", "expires_in", "refresh_token", "token_type"]
    [device] = county.coordinator.get("/api/v1/devices")["items"]
    assert device["person"] == person
    assert device["revoked_at"] is None
    assert Caller(county.app, tokens["access_token"]).send("GET", "/api/v1/field/days/2026-11-30").status_code == 404


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC", "x", "-"])
def test_a_code_nobody_gave_out_enrols_nothing(nobody: Caller, code: str) -> None:
    """Unknown codes are 401, whatever their form."""
    problem(nobody.send("POST", "/api/v1/devices", {"code": code}), 401, "code")


def test_a_code_works_once(county: County, nobody: Caller) -> None:
    """The second phone with the same code is refused."""
    code = county.code()
    nobody.post("/api/v1/devices", {"code": code})
    problem(nobody.send("POST", "/api/v1/devices", {"code": code}), 401, "code")
    assert len(county.coordinator.get("/api/v1/devices")["items"]) == 1


def test_of_ten_phones_with_one_code_one_gets_in(county: County, nobody: Caller) -> None:
    """Ten at the same moment: exactly one phone is enrolled."""
    code = county.code()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: nobody.send("POST", "/api/v1/devices", {"code": code}), range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [401] * 9
    assert len(county.coordinator.get("/api/v1/devices")["items"]) == 1


def test_a_code_ends_in_time(county: County, nobody: Caller) -> None:
    """An old code on a scrap of paper enrols nothing."""
    code = county.code()
    change_rows(county.app, update(Enrolment).values(expires_at=now() - timedelta(seconds=1)))
    problem(nobody.send("POST", "/api/v1/devices", {"code": code}), 401, "code")


def test_a_lost_phone_is_ended_at_once(county: County, nobody: Caller) -> None:
    """DELETE ends its tokens; repeating it is safe; another area's phone looks absent."""
    phone = county.collector()
    [device] = county.coordinator.get("/api/v1/devices?active=true")["items"]
    path = f"/api/v1/devices/{device['id']}"
    problem(county.stranger.send("DELETE", path), 404, "not-found")
    for _ in range(2):
        assert county.coordinator.send("DELETE", path).status_code == 204
    problem(phone.send("GET", "/api/v1/field/days/2026-11-30"), 401, "token")
    problem(refresh(nobody, phone.refresh), 401, "refresh")
    assert county.coordinator.get("/api/v1/devices?active=true")["items"] == []
    assert county.stranger.get("/api/v1/devices")["items"] == []


def test_who_leaves_takes_no_access_along(county: County, nobody: Caller) -> None:
    """An inactive person's phones end, their open codes enrol nothing, and they get no new one."""
    person = county.person()
    phone, code = county.collector(person), county.code(person)
    county.coordinator.patch(f"/api/v1/people/{person}", {"active": False}, 1)
    problem(phone.send("GET", "/api/v1/field/days/2026-11-30"), 401, "token")
    problem(refresh(nobody, phone.refresh), 401, "refresh")
    problem(nobody.send("POST", "/api/v1/devices", {"code": code}), 401, "code")
    problem(county.coordinator.send("POST", f"/api/v1/people/{person}/enrolments"), 409, "inactive")


def test_codes_are_for_ones_own_people(county: County) -> None:
    """A person of another area looks absent, and no code is made."""
    person = county.person()
    problem(county.stranger.send("POST", f"/api/v1/people/{person}/enrolments"), 404, "not-found")
    with county.app.extensions["store"].read() as session:
        assert session.scalar(select(Enrolment.id)) is None


def test_no_secret_is_kept_in_clear(county: County) -> None:
    """Tokens and codes are in the database as hashes only; making a code is in the audit trail."""
    code = county.code()
    with county.app.extensions["store"].read() as session:
        kept = [*session.scalars(select(Token.digest)), *session.scalars(select(Enrolment.code_hash))]
        actions = list(session.scalars(select(AuditEntry.action)))
    assert not {county.coordinator.token, county.coordinator.refresh, code} & set(kept)
    assert all(len(digest) == 64 for digest in kept)
    assert "enrolment.made" in actions
