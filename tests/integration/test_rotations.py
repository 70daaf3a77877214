"""Rotations: a proposal shows what it does, is committed once, and says which rule forbids it where it cannot be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.factories import problem
from tests.integration.test_reassignments import a_swap, nobody_meets_a_conflict, nobody_works_alone, stranger
from tests.sample_county import SHIFT_DAYS, Sample, tables

PATH = "/api/v1/rotations/proposals"


def period(sample: Sample, begins: int = 2, days: int = 30) -> dict[str, str]:
    start = sample.on + timedelta(days=begins)
    return {"from": start.isoformat(), "to": (start + timedelta(days=days - 1)).isoformat()}


def groups_of(proposal: dict[str, Any]) -> dict[str, set[str]]:
    return {
        group["territory"]: {group["leader"], *group["members"]} for group in proposal["periods"][0]["groups"]
    }


def test_a_committed_rotation_gives_shifts_and_plan_of_the_new_period(sample: Sample) -> None:
    """From the first day on the new groups stand in the shifts, nobody alone, and the plan is theirs."""
    first = sample.on + timedelta(days=2)
    assert SHIFT_DAYS > 2
    before = {team: set(shift["people"]) for team, shift in sample.shifts(first - timedelta(days=1)).items()}
    proposal = sample.coordinator.post(PATH, {"periods": [period(sample)]})
    assert sample.coordinator.get(f"{PATH}/{proposal['id']}")["impact"] == proposal["impact"]
    answer = sample.coordinator.send("POST", f"{PATH}/{proposal['id']}/commit", version=proposal["version"])
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.get_json()["status"] == "committed"
    assert answer.get_json()["impact"] == proposal["impact"]
    groups = groups_of(proposal)
    everybody = [person for group in groups.values() for person in group]
    assert len(everybody) == len(set(everybody))
    teams = {one["id"]: one["territory"] for one in sample.client.items("/api/v1/teams")}
    shifts = sample.shifts(first)
    assert shifts
    for team, shift in shifts.items():
        assert set(shift["people"]) <= groups[teams[team]]
        assert len(shift["people"]) >= 2
    unchanged = sample.shifts(first - timedelta(days=1))
    assert {team: set(shift["people"]) for team, shift in unchanged.items()} == before
    nobody_works_alone(sample)
    plan = sample.planned(first)
    assert plan["status"] == "ready"
    assert plan["figures"]["planned"] > 0
    for route in plan["routes"]:
        assert set(route["people"]) == set(shifts[route["team"]]["people"])
    sample.publish(plan["id"])
    nobody_meets_a_conflict(sample)
    route = next(route for route in plan["routes"] if route["stops"])
    assert sample.phone(route["people"][0]).day(first)["team"]["id"] == route["team"]


def test_showing_a_proposal_changes_nobodys_place(sample: Sample) -> None:
    """Proposing and looking leave placements, shifts, stops and phones as they are."""
    but = ("rotation_proposals", "audit_entries", "tokens", "assignment_state")
    before = tables(sample.app, *but)
    proposal = sample.coordinator.post(PATH, {"periods": [period(sample)]})
    sample.coordinator.get(f"{PATH}/{proposal['id']}")
    sample.coordinator.get(PATH)
    assert tables(sample.app, *but) == before


def test_a_proposal_is_stale_once_people_have_changed(sample: Sample) -> None:
    """What was proposed on other assignments than those that hold is 409 on commit; a stale version is 412."""
    proposal = sample.coordinator.post(PATH, {"periods": [period(sample)]})
    commit = f"{PATH}/{proposal['id']}/commit"
    problem(sample.coordinator.send("POST", commit, version=proposal["version"] + 1), 412, "stale")
    sample.coordinator.post("/api/v1/reassignments", a_swap(sample)[0])
    before = tables(sample.app)
    problem(sample.coordinator.send("POST", commit, version=proposal["version"]), 409, "assignments-changed")
    assert tables(sample.app) == before


def test_a_rotation_is_committed_once(sample: Sample) -> None:
    """Committing again is 409 and changes nothing, whoever tries; a foreign coordinator finds nothing."""
    proposal = sample.coordinator.post(PATH, {"periods": [period(sample)]})
    commit = f"{PATH}/{proposal['id']}/commit"
    qs = stranger(sample)
    problem(qs.send("POST", commit), 404, "not-found")
    problem(qs.send("GET", f"{PATH}/{proposal['id']}"), 404, "not-found")
    assert qs.get(PATH)["items"] == []
    assert sample.coordinator.send("POST", commit).status_code == 200
    before = tables(sample.app)
    problem(sample.coordinator.send("POST", commit), 409, "committed")
    assert tables(sample.app) == before


def test_an_impossible_rotation_names_period_and_rule(sample: Sample) -> None:
    """With everybody on leave in the second period there is none: 422 names that period and the rule, in words."""
    second = period(sample, begins=40)
    leave = [{"person": person, "period": 2} for person in sample.people.values()]
    for language in ("en", "zh-Hans", "zh-Hant"):
        answer = sample.coordinator.send(
            "POST", PATH, {"periods": [period(sample), second], "leave": leave}, headers={"Accept-Language": language}
        )
        body = problem(answer, 422, "rotation-impossible")
        assert body["period"] == 2
        assert body["rules"]
        for rule in body["rules"]:
            assert "_" not in rule["message"]
            assert "%(" not in rule["message"]
            assert rule["message"].endswith(".") == (language == "en"), rule
    assert sample.rows("SELECT id FROM rotation_proposals") == []


def test_periods_that_make_no_sense_are_422(sample: Sample) -> None:
    """Backwards, in the past, overlapping, beyond the calendar, a leave of no period: each names its field."""
    past = period(sample, begins=-3)
    good = period(sample)
    someone = next(iter(sample.people.values()))
    for bad, field in (
        ({"periods": [{"from": good["to"], "to": good["from"]}]}, "periods.0.to"),
        ({"periods": [past]}, "periods.0.from"),
        ({"periods": [good, good]}, "periods.1.from"),
        ({"periods": [{"from": "9999-12-01", "to": "9999-12-31"}]}, "periods.0.from"),
        ({"periods": [good], "leave": [{"person": someone, "period": 2}]}, "leave.0.period"),
        ({"periods": [good], "leave": [{"person": "none", "period": 1}]}, "leave.0.person"),
        ({"periods": [good], "territories": ["none"]}, "territories.0"),
        ({"periods": [good], "colour": 1}, "colour"),
    ):
        answer = sample.coordinator.send("POST", PATH, bad)
        assert answer.status_code == 422, answer.get_data(as_text=True)
        assert answer.get_json()["errors"][0]["field"] == field


def test_without_periods_the_next_quarter_is_proposed(sample: Sample) -> None:
    """The default is one period, three months from the first of next month."""
    found = sample.coordinator.post(PATH, {})["periods"]
    assert len(found) == 1
    begins = date.fromisoformat(found[0]["from"])
    assert begins.day == 1
    assert begins > sample.on
    assert date.fromisoformat(found[0]["to"]) + timedelta(days=1) >= begins + timedelta(days=89)
