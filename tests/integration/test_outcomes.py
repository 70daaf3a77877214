"""Outcomes from phones: each acknowledged one is stored once or stands in a review list; none is lost or doubled."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.factories import Caller
from tests.factories import problem as problem_of
from tests.sample_county import Phone, Sample, at_once, other_settings, outcome


@pytest.fixture
def phone(sample: Sample) -> Phone:
    """Give a phone of the team with the most stops today."""
    return sample.phones_with_stops()[0]


@pytest.fixture
def stop(sample: Sample, phone: Phone) -> dict[str, Any]:
    """Give that phone's first stop."""
    return phone.day(sample.on)["stops"][0]  # type: ignore[no-any-return]


def outcomes(sample: Sample, id_: str) -> list[Any]:
    return sample.rows("SELECT kind FROM outcomes WHERE id = :id", id=id_)


def reviews(sample: Sample, id_: str) -> list[str]:
    return [row.code for row in sample.rows("SELECT code FROM outcome_reviews WHERE outcome_id = :id", id=id_)]


def test_an_outcome_sent_32_times_at_once_is_one_row(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """A phone that hears no answer sends again, perhaps many times at once: one row, and every answer the same."""
    sent = outcome(stop)
    answers = at_once(32, lambda _: phone.report(sent))
    assert len(outcomes(sample, sent["id"])) == 1
    assert reviews(sample, sent["id"]) == []
    assert sorted(answer[0]["status"] for answer in answers) == ["duplicate"] * 31 + ["stored"]
    assert {tuple(answer[0]) for answer in answers} == {("id", "status")}
    assert {answer[0]["id"] for answer in answers} == {sent["id"]}
    noted = sample.rows("SELECT action FROM audit_entries WHERE subject = :id", id=sent["id"])
    assert [row.action for row in noted] == ["outcome.stored"]


def test_other_content_under_a_known_id_is_kept_beside_it_once(
    sample: Sample, phone: Phone, stop: dict[str, Any]
) -> None:
    """The same id with other content is a conflict: the first stays, the second waits for a reviewer, once."""
    first = outcome(stop)
    other = {**first, "kind": "refuses"}
    assert [one["status"] for one in phone.report(first, other, other, first)] == [
        "stored", "conflict", "conflict", "duplicate",
    ]  # fmt: skip
    assert phone.report(other)[0]["problem"]["status"] == 409
    assert [row.kind for row in outcomes(sample, first["id"])] == ["met"]
    assert reviews(sample, first["id"]) == ["conflict"]
    kept = sample.rows("SELECT content FROM outcome_reviews WHERE outcome_id = :id", id=first["id"])
    assert "refuses" in str(kept[0].content)


def test_a_conflict_sent_16_times_at_once_is_one_review(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """The reviewer sees each differing report once, however often and at once it was sent."""
    first = outcome(stop)
    phone.report(first)
    answers = at_once(16, lambda _: phone.report({**first, "kind": "moved"}))
    assert {answer[0]["status"] for answer in answers} == {"conflict"}
    assert reviews(sample, first["id"]) == ["conflict"]


def test_work_of_another_team_is_as_good_as_absent(sample: Sample, stop: dict[str, Any]) -> None:
    """Work never assigned to a person is 404 for them, and tells nothing (decision 11)."""
    other = next(
        phone
        for phone in sample.phones_with_stops()
        if all(one["id"] != stop["id"] for one in phone.day(sample.on)["stops"])
    )
    sent = outcome(stop)
    nowhere = outcome({"id": "none", "visit": {"household": stop["visit"]["household"]}})
    foreign, absent = other.report(sent, nowhere)
    assert foreign["status"] == absent["status"] == "refused"
    assert foreign["problem"] == absent["problem"]
    assert foreign["problem"]["status"] == 404
    assert outcomes(sample, sent["id"]) == []


def test_an_id_that_another_phone_used_tells_nothing(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """Who sends an id that belongs to somebody else's outcome learns nothing and changes nothing."""
    other = sample.phones_with_stops()[1]
    sent = outcome(stop)
    phone.report(sent)
    theirs = outcome(other.day(sample.on)["stops"][0], id=sent["id"])
    assert other.report(theirs)[0]["problem"]["status"] in (404, 409)
    assert [row.kind for row in outcomes(sample, sent["id"])] == ["met"]


BAD_ITEMS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"colour": "red"}, "colour"),
    ({"server_time": "2026-11-24T10:00:00Z"}, "server_time"),
    ({"by": "p-1"}, "by"),
    ({"kind": "cashed"}, "kind"),
    ({"id": "not-a-uuid"}, "id"),
    ({"device_time": "2026-11-24T10:00:00"}, "device_time"),
    ({"device_time": "0001-01-01T00:00:00+14:00"}, "device_time"),
    ({"device_time": "9999-12-31T23:59:59-12:00"}, "device_time"),
    ({"kind": "promise"}, "promise"),
    ({"kind": "promise", "promise": {"on": "2026-12-05", "amount": "NaN"}}, "promise.amount"),
    ({"kind": "promise", "promise": {"on": "2026-12-05", "amount": "1e40"}}, "promise.amount"),
    ({"kind": "promise", "promise": {"on": "2026-12-05", "amount": "-1"}}, "promise.amount"),
    ({"gps": {"lat": 91, "lon": 0}}, "gps.lat"),
    ({"plan_version": 2**40}, "plan_version"),
    ({"note": "x" * 5000}, "note"),
    ({"stop": 5}, "stop"),
)


def test_a_bad_item_names_its_field_and_stops_no_other(sample: Sample, phone: Phone) -> None:
    """Unknown, read-only and impossible fields are 422 for that item; the others of the batch are stored."""
    stop, *others = phone.day(sample.on)["stops"]
    good = [outcome(one) for one in others]
    bad = [{**outcome(stop), **change} for change, _field in BAD_ITEMS]
    results = phone.report(good[0], *bad, *good[1:])
    assert [one["status"] for one in results] == ["stored"] + ["refused"] * len(bad) + ["stored"] * len(good[1:])
    assert {one["problem"]["status"] for one in results[1 : len(bad) + 1]} == {422}
    named = [one["problem"]["errors"][0]["field"] for one in results[1 : len(bad) + 1]]
    assert named == [field for _change, field in BAD_ITEMS]


def test_an_item_that_is_no_object_is_refused_alone(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """Whatever stands in the list gets a result of its own."""
    odd: list[Any] = [None, 5, "x", [], {}, {"id": 7}, [[{}]]]
    results = phone.report(*odd, outcome(stop))
    assert [one["status"] for one in results] == ["refused"] * len(odd) + ["stored"]
    assert {one["problem"]["status"] for one in results[:-1]} == {422}


def test_a_batch_beyond_the_limit_is_413_and_stores_nothing(
    sample: Sample, phone: Phone, stop: dict[str, Any]
) -> None:
    """A batch is taken as a whole or not: too many items are refused before the first is stored."""
    sent = outcome(stop)
    with other_settings(sample.app, max_outcomes=3):
        answer = phone.caller.send("POST", "/api/v1/field/outcomes", {"outcomes": [sent] * 4})
    problem_of(answer, 413, "too-many")
    assert outcomes(sample, sent["id"]) == []


def test_a_correction_names_an_outcome_of_the_same_door(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """A correction replaces an outcome of its own household; it cannot make another door's outcome vanish."""
    stops = phone.day(sample.on)["stops"]
    mine, theirs = outcome(stops[0]), outcome(stops[1])
    phone.report(mine, theirs)
    right = outcome(stops[0], kind="refuses", replaces=mine["id"])
    wrong = outcome(stops[0], kind="refuses", replaces=theirs["id"])
    assert [one["status"] for one in phone.report(right)] == ["stored"]
    assert phone.report(wrong)[0]["status"] in ("review", "refused")
    day = sample.on + timedelta(days=1)
    plan = sample.planned(day, [territory_of(sample, phone)])
    assert theirs["household"] not in stops_of(plan) | set(sample.unplanned(plan["id"]))


def test_a_wrong_clock_is_flagged_and_the_visit_still_counts(sample: Sample, phone: Phone) -> None:
    """A phone whose clock is off by years loses nothing: stored, flagged, and the door is not visited again."""
    stops = phone.day(sample.on)["stops"][:2]
    for stop, years, flag in zip(stops, (-10, 10), ("clock_behind_seconds", "clock_ahead_seconds"), strict=True):
        sent = outcome(stop, device_time=(datetime.now(UTC) + timedelta(days=365 * years)).isoformat())
        assert phone.report(sent)[0]["status"] == "stored"
        assert flag in sample.rows("SELECT flags FROM outcomes WHERE id = :id", id=sent["id"])[0].flags
    plan = sample.planned(sample.on + timedelta(days=1), [territory_of(sample, phone)])
    reported = {stop["visit"]["household"] for stop in stops}
    assert not reported & (stops_of(plan) | set(sample.unplanned(plan["id"])))


def test_a_phone_without_a_fix_is_flagged(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """0/0 is what broken devices send: it is stored as sent and marked, never taken for a place."""
    sent = outcome(stop, gps={"lat": 0, "lon": 0})
    assert phone.report(sent)[0]["status"] == "stored"
    flags = sample.rows("SELECT flags FROM outcomes WHERE id = :id", id=sent["id"])[0].flags
    assert "gps_null" in flags


def test_a_stop_withdrawn_meanwhile_goes_to_review(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """The team was at the door before it knew: the report is stored, and a person looks at it."""
    village = stop["village"]["id"]
    mine = sample.coordinator.get(f"/api/v1/villages/{village}")["territory"]
    other = next(one["id"] for one in sample.territories().values() if one["id"] != mine)
    move = {"moves": [{"village": village, "to_territory": other}], "reason": "flood"}
    sample.coordinator.post("/api/v1/reassignments", move)
    sent = outcome(stop)
    result = phone.report(sent, sent)
    assert [one["status"] for one in result] == ["review", "duplicate"]
    assert result[0]["problem"]["type"].endswith("#reassigned")
    assert len(outcomes(sample, sent["id"])) == 1
    assert reviews(sample, sent["id"]) == ["reassigned"]


def test_a_person_swapped_away_meanwhile_loses_no_report(
    sample: Sample, phone: Phone, stop: dict[str, Any]
) -> None:
    """Who was in the team when they rang the bell may still report it; it goes to review."""
    shifts = sample.shifts()
    mine = phone.day(sample.on)["team"]["id"]
    person = shifts[mine]["people"][0]
    other = next(shift["people"][0] for team, shift in shifts.items() if team != mine and person not in shift["people"])
    before = sample.phone(person)
    sample.coordinator.post("/api/v1/reassignments", {"swaps": [{"person": person, "with": other}], "reason": "ill"})
    sent = outcome(stop)
    assert before.report(sent)[0]["status"] == "review"
    assert reviews(sample, sent["id"]) == ["reassigned"]
    assert before.caller.send("GET", f"/api/v1/field/stops/{stop['id']}/details").status_code == 404


def test_a_door_on_the_way_may_be_reported_without_a_stop(sample: Sample, phone: Phone) -> None:
    """A team that meets a borrower of its territory reports it without a stop; a foreign household is 404."""
    territory = territory_of(sample, phone)
    inside = sample.coordinator.get(f"/api/v1/households?territory={territory}&limit=1")["items"][0]["id"]
    elsewhere = next(one["id"] for one in sample.territories().values() if one["id"] != territory)
    outside = sample.coordinator.get(f"/api/v1/households?territory={elsewhere}&limit=1")["items"][0]["id"]
    results = phone.report(*(outcome(household=one) for one in (inside, outside, str(uuid.uuid4()))))
    assert [one["status"] for one in results] == ["stored", "refused", "refused"]
    assert results[1]["problem"] == results[2]["problem"]


def test_a_person_exchanged_to_another_branch_reports_there(sample: Sample) -> None:
    """A territory is a person's own from the day they are placed there, in whichever branch it lies; not before."""
    groups = sample.territories()
    here, there = groups["青石片区"], groups["河口片区"]
    person = next(one["person"] for one in here["group"] if one["role"] == "member")
    door = sample.coordinator.get(f"/api/v1/households?territory={there['id']}&limit=1")["items"][0]["id"]
    phone = sample.phone(person)
    place = {"person": person, "territory": there["id"]}
    later = {**place, "from": (sample.on + timedelta(days=3)).isoformat()}
    sample.coordinator.post("/api/v1/reassignments", {"places": [later], "reason": "help"})
    assert phone.report(outcome(household=door))[0]["problem"]["status"] == 404
    sample.coordinator.post("/api/v1/reassignments", {"places": [place], "reason": "help"})
    assert phone.report(outcome(household=door))[0]["status"] == "stored"


def test_who_asks_to_be_left_alone_is_on_no_later_published_day(sample: Sample, phone: Phone) -> None:
    """From then on nobody comes until a person has looked: days published already lose the stop too."""
    day, territory = sample.on + timedelta(days=1), territory_of(sample, phone)
    plan = sample.planned(day, [territory])
    sample.publish(plan["id"])
    route = max(plan["routes"], key=lambda one: len(one["stops"]))
    later = sample.phone(sample.shifts(day)[route["team"]]["people"][0])
    left = later.day(day)["stops"][:2]
    doors = [stop["visit"]["household"] for stop in left]
    for door, kind in zip(doors, ("asked_to_be_left_alone", "deceased_to_verify"), strict=True):
        assert later.report(outcome(household=door, kind=kind))[0]["status"] == "stored"
    assert not {stop["id"] for stop in left} & {stop["id"] for stop in later.day(day)["stops"]}
    again = sample.planned(sample.on + timedelta(days=2), [territory])
    assert not set(doors) & (stops_of(again) | set(sample.unplanned(again["id"])))


def test_the_database_refuses_to_change_an_outcome(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """Whoever holds the connection: what was reported and who did what stay as written (decision 12)."""
    phone.report(outcome(stop))
    for table in ("outcomes", "audit_entries"):
        before = sample.rows(f"SELECT * FROM {table} ORDER BY id")
        for statement in (f"UPDATE {table} SET id = 'other'", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="immutable"), sample.app.extensions["store"].write() as session:
                session.execute(text(statement))
        assert sample.rows(f"SELECT * FROM {table} ORDER BY id") == before


def test_nobody_but_a_phone_reports(sample: Sample, stop: dict[str, Any]) -> None:
    """Outcomes come from collectors alone: a coordinator is 403, who is not signed in 401."""
    body = {"outcomes": [outcome(stop)]}
    problem_of(sample.coordinator.send("POST", "/api/v1/field/outcomes", body), 403, "role")
    problem_of(Caller(sample.app).send("POST", "/api/v1/field/outcomes", body), 401, "sign-in")


def territory_of(sample: Sample, phone: Phone) -> str:
    team = phone.day(sample.on)["team"]["id"]
    return str(sample.coordinator.get(f"/api/v1/teams/{team}")["territory"])


def stops_of(plan: dict[str, Any]) -> set[str]:
    return {stop["household"] for route in plan["routes"] for stop in route["stops"]}


def test_two_phones_of_a_team_report_at_once(sample: Sample, phone: Phone) -> None:
    """Both phones of a team send at the same time in the evening: every report is stored, every answer whole."""
    day = phone.day(sample.on)
    team = sample.shifts()[day["team"]["id"]]["people"]
    phones = [sample.phone(person) for person in team]
    stops = day["stops"][:8]
    answers = at_once(len(stops), lambda at: phones[at % 2].report(outcome(stops[at])))
    assert [answer[0]["status"] for answer in answers] == ["stored"] * len(stops)
    reported = {stop["id"]: stop["outcome"] for stop in phones[0].day(sample.on)["stops"]}
    assert all(reported[stop["id"]]["kind"] == "met" for stop in stops)
