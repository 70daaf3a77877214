"""Reassignments: the effect is shown before, the change is whole or not at all, and phones follow it at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories import PASSWORD, Caller, problem, sign_in
from tests.sample_county import Phone, Sample, at_once, tables

PATH = "/api/v1/reassignments"


def stranger(sample: Sample) -> Caller:
    """Return a coordinator who covers one of the two branches."""
    branch = next(one["id"] for one in sample.client.items("/api/v1/branches") if one["code"] == "QS")
    new = {"username": "qs", "password": PASSWORD, "role": "coordinator", "branches": [branch]}
    sample.admin.post("/api/v1/users", new)
    return sign_in(sample.app, "qs")


def a_move(sample: Sample, phone: Phone | None = None) -> tuple[dict[str, Any], str, str, str]:
    """Return the move of a village with stops today, the village, its territory and the other one."""
    phone = phone or sample.phones_with_stops()[0]
    village = phone.day(sample.on)["stops"][0]["village"]["id"]
    mine = sample.coordinator.get(f"/api/v1/villages/{village}")["territory"]
    other = next(one["id"] for one in sample.territories().values() if one["id"] != mine)
    return {"moves": [{"village": village, "to_territory": other}], "reason": "flood"}, village, mine, other


def a_swap(sample: Sample) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return the swap of two people of different territories, and their shifts today."""
    groups = {name: one["group"] for name, one in sample.territories().items()}
    members = [next(one["person"] for one in group if one["role"] == "member") for group in groups.values()]
    shifts = sample.shifts().values()
    mine, theirs = (next(shift for shift in shifts if person in shift["people"]) for person in members[:2])
    return {"swaps": [{"person": members[0], "with": members[1]}], "reason": "exchange"}, mine, theirs


def a_place(sample: Sample) -> dict[str, Any]:
    """Return the placing of a member in another territory from tomorrow on."""
    groups = list(sample.territories().values())
    person = next(one["person"] for one in groups[0]["group"] if one["role"] == "member")
    day = (sample.on + timedelta(days=1)).isoformat()
    return {"places": [{"person": person, "territory": groups[1]["id"], "from": day}], "reason": "help"}


def change(sample: Sample, kind: str) -> dict[str, Any]:
    """Return a good change of one kind."""
    if kind == "place":
        return a_place(sample)
    return a_move(sample)[0] if kind == "move" else a_swap(sample)[0]


@pytest.mark.parametrize("kind", ["move", "swap", "place"])
def test_a_dry_run_shows_what_the_commit_does_and_changes_nothing(sample: Sample, kind: str) -> None:
    """The preview is the change itself, rolled back: same impact, no version, every table as it was."""
    body = change(sample, kind)
    before = tables(sample.app)
    shown = sample.coordinator.send("POST", f"{PATH}?dry_run=true", body)
    assert shown.status_code == 200
    assert "version" not in shown.get_json()
    assert "id" not in shown.get_json()
    assert tables(sample.app) == before
    done = sample.coordinator.send("POST", PATH, body)
    assert done.status_code == 201
    assert done.get_json()["impact"] == shown.get_json()["impact"]
    assert int(done.headers["ETag"].strip('"')) == done.get_json()["version"]
    assert int(shown.headers["ETag"].strip('"')) == done.get_json()["version"] - 1


def test_a_change_of_what_was_seen_before_is_412(sample: Sample) -> None:
    """Who commits on an older version than the one that holds is told so, and nothing happens."""
    body = a_move(sample)[0]
    seen = int(sample.coordinator.send("POST", f"{PATH}?dry_run=true", body).headers["ETag"].strip('"'))
    assert sample.coordinator.send("POST", PATH, body, version=seen).status_code == 201
    before = tables(sample.app)
    answer = sample.coordinator.send("POST", PATH, change(sample, "swap"), version=seen)
    problem(answer, 412, "stale")
    assert answer.headers["ETag"] == f'"{seen + 1}"'
    assert tables(sample.app) == before


def test_of_changes_on_one_version_at_once_one_wins(sample: Sample) -> None:
    """Two coordinators commit what they saw at the same time: one change holds, the other is 412."""
    body = a_move(sample)[0]
    seen = int(sample.coordinator.send("POST", f"{PATH}?dry_run=true", body).headers["ETag"].strip('"'))
    answers = at_once(4, lambda _: sample.coordinator.send("POST", PATH, body, version=seen))
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
    assert len(sample.rows("SELECT id FROM reassignments WHERE reason = 'flood'")) == 1


def test_a_moved_village_leaves_the_phones_at_once(sample: Sample) -> None:
    """Published stops of a moved village are withdrawn: the phone's day shrinks and has another ETag."""
    phone = sample.phones_with_stops()[0]
    body, village, mine, other = a_move(sample, phone)
    before, etag = phone.day(sample.on), phone.send_day(sample.on).headers["ETag"]
    gone = [stop["id"] for stop in before["stops"] if stop["village"]["id"] == village]
    impact = sample.coordinator.post(PATH, body)["impact"]
    after = phone.send_day(sample.on, etag)
    assert after.status_code == 200
    left = [stop["id"] for stop in after.get_json()["stops"]]
    assert left == [stop["id"] for stop in before["stops"] if stop["id"] not in gone]
    assert impact["plans_touched"] == [sample.plan]
    assert impact["stops_withdrawn"] >= len(gone) > 0
    by_id = {one["id"]: one for one in impact["territories"]}
    assert by_id.keys() == {mine, other}
    moved = by_id[mine]["households_before"] - by_id[mine]["households_after"]
    assert moved == by_id[other]["households_after"] - by_id[other]["households_before"] > 0
    assert by_id[mine]["minutes_after"] < by_id[mine]["minutes_before"]
    assert impact["minutes_are"] == "estimate"
    assert phone.caller.send("GET", f"/api/v1/field/stops/{gone[0]}/details").status_code == 404


def test_two_who_swap_see_each_others_day_and_nothing_of_their_own(sample: Sample) -> None:
    """After a swap each phone shows the other team's stops but those in conflict; its old doors are closed to it."""
    body, mine, theirs = a_swap(sample)
    one, other = body["swaps"][0]["person"], body["swaps"][0]["with"]
    first, second = sample.phone(one), sample.phone(other)
    teams = (first.day(sample.on), second.day(sample.on))
    sample.coordinator.post(PATH, body)
    for phone, had, gets in ((first, teams[0], teams[1]), (second, teams[1], teams[0])):
        day = phone.day(sample.on)
        assert day["team"]["id"] == gets["team"]["id"]
        assert {stop["id"] for stop in day["stops"]} <= {stop["id"] for stop in gets["stops"]}
        for stop in had["stops"][:2]:
            assert phone.caller.send("GET", f"/api/v1/field/stops/{stop['id']}/details").status_code == 404
    nobody_meets_a_conflict(sample)
    assert {mine["team"], theirs["team"]} == {teams[0]["team"]["id"], teams[1]["team"]["id"]}


def nobody_meets_a_conflict(sample: Sample) -> None:
    """Check in the database that no stop to come lies with a team whose member granted the loan or lives there."""
    found = sample.rows(
        """
        SELECT stops.id FROM stops
        JOIN routes ON routes.id = stops.route_id JOIN plans ON plans.id = stops.plan_id
        JOIN shifts ON shifts.team_id = routes.team_id AND shifts.date = routes.date
        JOIN shift_people ON shift_people.shift_id = shifts.id
        JOIN people ON people.id = shift_people.person_id
        JOIN households ON households.id = stops.household_id
        LEFT JOIN accounts ON accounts.household_id = households.id AND accounts.granted_by_id = people.id
        WHERE plans.status = 'published' AND stops.withdrawn_at IS NULL
          AND (accounts.id IS NOT NULL OR people.home_village_id = households.village_id)
        """
    )
    assert found == []


def nobody_works_alone(sample: Sample) -> None:
    """Check that no shift to come has fewer than two people, and no published day a team without."""
    alone = sample.rows(
        """
        SELECT shifts.id FROM shifts LEFT JOIN shift_people ON shift_people.shift_id = shifts.id
        GROUP BY shifts.id HAVING count(shift_people.person_id) < 2
        """
    )
    assert alone == []


@pytest.mark.parametrize("kind", ["swap", "place"])
def test_nobody_works_alone_after_a_change_of_people(sample: Sample, kind: str) -> None:
    """A team that would leave one person alone is not offered (Harms we refuse): its people join another."""
    sample.coordinator.post(PATH, change(sample, kind))
    nobody_works_alone(sample)
    nobody_meets_a_conflict(sample)


def test_a_whole_group_but_one_taken_away_leaves_nobody_alone(sample: Sample) -> None:
    """Three of four are sent elsewhere: the one who stays is in no team of one, and their phone shows no day."""
    groups = list(sample.territories().values())
    people = [one["person"] for one in groups[0]["group"]]
    places = [{"person": person, "territory": groups[1]["id"]} for person in people[:3]]
    left = sample.phone(people[3])
    assert left.knows_day(sample.on)
    sample.coordinator.post(PATH, {"places": places, "reason": "all hands"})
    nobody_works_alone(sample)
    nobody_meets_a_conflict(sample)
    assert not left.knows_day(sample.on)


def test_a_foreign_territory_village_or_person_is_422_and_changes_nothing(sample: Sample) -> None:
    """What lies outside the area is as absent: the field is named, the same for foreign and for unknown."""
    qs = stranger(sample)
    mine = a_move(sample)[2]
    foreign = sample.territories()["河口片区"]
    person = foreign["group"][0]["person"]
    own = next(one["id"] for one in qs.get("/api/v1/villages")["items"])
    known = qs.get("/api/v1/people")["items"][0]["id"]
    before = tables(sample.app, "audit_entries")
    for bad, field in (
        ({"moves": [{"village": own, "to_territory": foreign["id"]}]}, "moves.0.to_territory"),
        ({"moves": [{"village": own, "to_territory": "none"}]}, "moves.0.to_territory"),
        ({"moves": [{"village": "none", "to_territory": mine}]}, "moves.0.village"),
        ({"swaps": [{"person": known, "with": person}]}, "swaps.0.with"),
        ({"places": [{"person": person, "territory": foreign["id"]}]}, "places.0.person"),
    ):
        for query in ("", "?dry_run=true"):
            problem(qs.send("POST", PATH + query, {**bad, "reason": "x"}), 422, "unknown-reference", field)
    assert tables(sample.app, "audit_entries") == before


def test_a_change_is_whole_or_not_at_all(sample: Sample) -> None:
    """One bad part of a mixed change undoes the others."""
    body = {**a_move(sample)[0], "swaps": [{"person": "none", "with": "nobody"}]}
    before = tables(sample.app)
    problem(sample.coordinator.send("POST", PATH, body), 422, "unknown-reference", "swaps.0.person")
    assert tables(sample.app) == before


def test_what_makes_no_sense_is_422(sample: Sample) -> None:
    """Nothing at all, a village twice, a person twice, oneself, the past: each names its field."""
    body, village, mine, other = a_move(sample)
    swap = a_swap(sample)[0]["swaps"][0]
    yesterday = (sample.on - timedelta(days=1)).isoformat()
    for bad, field in (
        ({}, "moves"),
        ({"moves": [*body["moves"], {"village": village, "to_territory": mine}]}, "moves"),
        ({"swaps": [swap, {"person": swap["with"], "with": swap["person"]}]}, "swaps"),
        ({"swaps": [{"person": swap["person"], "with": swap["person"]}]}, "swaps"),
        ({"places": [{"person": swap["person"], "territory": other, "from": yesterday}]}, "places.0.from"),
        ({"places": [{"person": swap["person"], "territory": other, "role": "boss"}]}, "places.0.role"),
        ({"moves": body["moves"], "version": 1}, "version"),
    ):
        answer = sample.coordinator.send("POST", PATH, {"reason": "x", **bad})
        assert answer.status_code == 422, answer.get_data(as_text=True)
        assert answer.get_json()["errors"][0]["field"] == field
    problem(sample.coordinator.send("POST", PATH, body | {"reason": " "}), 422, "invalid", "reason")


def test_who_works_where_is_changed_by_coordinators_only(sample: Sample) -> None:
    """A collector and an admin are 403, who is not signed in 401."""
    body = a_move(sample)[0]
    for caller in (sample.admin, sample.phones_with_stops()[0].caller):
        problem(caller.send("POST", PATH, body), 403, "role")
    problem(Caller(sample.app).send("POST", PATH, body), 401, "sign-in")


def test_a_plan_drawn_up_before_a_move_is_published_without_the_moved_stops(sample: Sample) -> None:
    """A draft made before a reassignment must not bring the old team back to a village it lost."""
    body, village, mine, _other = a_move(sample)
    plan = sample.planned(territories=[mine])
    sample.coordinator.post(PATH, body)
    sample.publish(plan["id"])
    for phone in sample.phones_with_stops():
        assert village not in {stop["village"]["id"] for stop in phone.day(sample.on)["stops"]}
    nobody_meets_a_conflict(sample)


def test_a_plan_drawn_up_before_a_swap_is_published_without_conflicts(sample: Sample) -> None:
    """Nor may it send somebody to a household whose loan they granted, or home."""
    body, mine, _theirs = a_swap(sample)
    territory = sample.coordinator.get(f"/api/v1/teams/{mine['team']}")["territory"]
    plan = sample.planned(territories=[territory])
    sample.coordinator.post(PATH, body)
    sample.publish(plan["id"])
    nobody_meets_a_conflict(sample)
