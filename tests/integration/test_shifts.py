"""Shifts: who goes out when, and every way in which that cannot be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from api.store.models import ShiftPast
from tests.factories import SOME_DAY, County, days_from, problem
from tests.sample_county import Sample

DAY = SOME_DAY.isoformat()


def test_a_shift_comes_back_as_it_was_sent(county: County) -> None:
    """The contract's body: clock times, break, start place by branch or coordinate."""
    new = county.new_shift(to_place={"lat": 29.56, "lon": 106.55})
    made = county.coordinator.post("/api/v1/shifts", new)
    assert {**made, "people": set(made["people"])}.items() >= {**new, "people": set(new["people"])}.items()
    bare = county.new_shift(**{"break": None})
    del bare["from_place"], bare["to_place"], bare["break"]
    made = county.coordinator.post("/api/v1/shifts", bare)
    assert (made["break"], made["from_place"], made["to_place"]) == (None, "branch", "branch")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"end": "08:30"}, "shift-backwards", "end"),
        ({"end": "07:00"}, "shift-backwards", "end"),
        ({"start": "8:30"}, "invalid", "start"),
        ({"start": "08:60"}, "invalid", "start"),
        ({"end": "24:01"}, "invalid", "end"),
        ({"start": "０８:３０"}, "invalid", "start"),
        ({"break": {"earliest": "12:00", "latest": "12:30", "minutes": 45}}, "invalid", "break.minutes"),
        ({"break": {"earliest": "13:00", "latest": "12:00", "minutes": 45}}, "invalid", "break.latest"),
        ({"break": {"earliest": "12:00", "latest": "13:00"}}, "invalid", "break.minutes"),
        ({"break": {"earliest": "08:00", "latest": "13:00", "minutes": 45}}, "break-outside", "break.earliest"),
        ({"break": {"earliest": "12:00", "latest": "18:00", "minutes": 45}}, "break-outside", "break.latest"),
        ({"from_place": "home"}, "invalid", "from_place"),
        ({"from_place": {"lat": 29.5}}, "invalid", "from_place.lon"),
        ({"to_place": {"lat": 106.5, "lon": 29.5}}, "invalid", "to_place.lat"),
        ({"date": "30.11.2026"}, "invalid", "date"),
        ({"people": []}, "invalid", "people"),
    ],
)
def test_times_and_places_must_fit(county: County, change: dict[str, Any], code: str, field: str) -> None:
    """Each mistake is 422 and names the field at fault, in making and in changing."""
    problem(county.coordinator.send("POST", "/api/v1/shifts", county.new_shift(**change)), 422, code, field)
    if "date" not in change:
        path = f"/api/v1/shifts/{county.shift()['id']}"
        problem(county.coordinator.send("PATCH", path, change, version=1), 422, code, field)


def test_no_one_works_alone(county: County) -> None:
    """One person is no team: 422, by the policy's minimum."""
    one = county.person()
    problem(county.coordinator.send("POST", "/api/v1/shifts", county.new_shift(people=[one])), 422, "alone", "people")
    shift = county.shift()
    response = county.coordinator.send(
        "PATCH", f"/api/v1/shifts/{shift['id']}", {"people": shift["people"][:1]}, version=1
    )
    assert "2" in problem(response, 422, "alone", "people")["detail"]


def test_a_person_stands_once_in_a_team(county: County) -> None:
    """The same id twice would make a team of one look like two."""
    one = county.person()
    response = county.coordinator.send("POST", "/api/v1/shifts", county.new_shift(people=[one, one]))
    problem(response, 422, "person-twice", "people.1")


def test_nobody_is_in_two_teams_on_one_day(county: County) -> None:
    """409 naming the person, the team and the date; on another day it is fine."""
    shared, other = county.person(name="王丽"), county.person()
    first = county.shift(people=[shared, other])
    new = county.new_shift(people=[county.person(), shared])
    body = problem(county.coordinator.send("POST", "/api/v1/shifts", new), 409, "person-busy", "people.1")
    team = county.coordinator.get(f"/api/v1/teams/{first['team']}")["name"]
    assert all(fact in body["detail"] for fact in ("王丽", team, DAY))
    county.coordinator.post("/api/v1/shifts", {**new, "date": "2026-12-01"})
    second = county.shift()
    change = {"people": [shared, second["people"][0]]}
    response = county.coordinator.send("PATCH", f"/api/v1/shifts/{second['id']}", change, version=1)
    problem(response, 409, "person-busy", "people.0")


def test_nobody_gets_into_two_teams_by_asking_at_once(county: County) -> None:
    """The database decides who was first: of four teams asking for the same person one gets them."""
    shared = county.person()
    bodies = [county.new_shift(people=[shared, county.person()]) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda body: county.coordinator.send("POST", "/api/v1/shifts", body), bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


def test_a_team_has_one_shift_a_day(county: County) -> None:
    """The second is 409 and names the date."""
    first = county.shift()
    new = county.new_shift(team=first["team"])
    assert DAY in problem(county.coordinator.send("POST", "/api/v1/shifts", new), 409, "shift-exists", "date")["detail"]


def test_who_left_goes_nowhere(county: County) -> None:
    """An inactive person or team is refused; a person still counted on cannot be made inactive."""
    gone = county.person()
    county.coordinator.patch(f"/api/v1/people/{gone}", {"active": False}, 1)
    new = county.new_shift(people=[county.person(), gone])
    problem(county.coordinator.send("POST", "/api/v1/shifts", new), 422, "inactive", "people.1")
    team = county.team()
    county.coordinator.patch(f"/api/v1/teams/{team}", {"active": False}, 1)
    problem(county.coordinator.send("POST", "/api/v1/shifts", county.new_shift(team=team)), 422, "inactive", "team")


def test_who_leaves_leaves_the_group(county: County) -> None:
    """An inactive person has no place any more, so no later shift is drawn up with them."""
    territory, person = county.territory(), county.person()
    places = [{"person": person, "territory": territory, "role": "leader"}]
    county.coordinator.post("/api/v1/reassignments", {"places": places, "reason": "Groups"})
    county.coordinator.patch(f"/api/v1/people/{person}", {"active": False}, 1)
    assert county.coordinator.get(f"/api/v1/territories/{territory}")["group"] == []


def test_who_is_counted_on_cannot_leave_yet(county: County) -> None:
    """Making somebody inactive who is in a shift to come is 409 and names the first day."""
    shift = county.shift(date="2099-01-01")
    path = f"/api/v1/people/{shift['people'][0]}"
    response = county.coordinator.send("PATCH", path, {"active": False}, version=1)
    assert "2099-01-01" in problem(response, 409, "still-in-shifts", "active")["detail"]


def test_a_team_is_made_of_its_own_branch(county: County) -> None:
    """A person of another area is unknown; one of another branch of ours needs a place in the territory."""
    foreign = county.stranger.post(
        "/api/v1/people", {"branch": county.other_branch, "name": "赵敏", "staff_number": "F1"}
    )["id"]
    new = county.new_shift(people=[county.person(), foreign])
    problem(county.coordinator.send("POST", "/api/v1/shifts", new), 422, "unknown-reference", "people.1")
    [user] = [one for one in county.admin.get("/api/v1/users")["items"] if one["username"] == "coordinator"]
    both = {"branches": [county.branch, county.other_branch]}
    county.admin.patch(f"/api/v1/users/{user['id']}", both, user["version"])
    problem(county.coordinator.send("POST", "/api/v1/shifts", new), 422, "other-branch", "people.1")
    territory = county.coordinator.get(f"/api/v1/teams/{new['team']}")["territory"]
    places = [{"person": foreign, "territory": territory}]
    county.coordinator.post("/api/v1/reassignments", {"places": places, "reason": "Exchange"})
    county.coordinator.post("/api/v1/shifts", {**new, "date": "2099-01-05"})


def test_shifts_are_found_by_day_team_and_territory(county: County) -> None:
    """`date`, `from`/`to` (both included), `team` and `territory` narrow the list."""
    territory = county.territory()
    team, people = county.team(territory), [county.person(), county.person()]
    days = days_from(SOME_DAY, 4)
    for day in days:
        county.shift(team=team, people=people, date=day)
    county.shift()
    for query, expected in (
        (f"team={team}", days),
        (f"territory={territory}&from={days[1]}&to={days[2]}", days[1:3]),
        (f"team={team}&date={days[3]}", days[3:]),
        ("team=nothing", []),
    ):
        found = county.coordinator.get(f"/api/v1/shifts?{query}")["items"]
        assert [one["date"] for one in found] == expected


def test_who_was_taken_out_is_remembered(county: County) -> None:
    """Their outcomes of that day still count: the past of the shift is kept."""
    shift = county.shift()
    stays, goes = shift["people"]
    changed = county.coordinator.patch(f"/api/v1/shifts/{shift['id']}", {"people": [stays, county.person()]}, 1)
    assert goes not in changed["people"]
    with county.app.extensions["store"].read() as session:
        assert list(session.scalars(select(ShiftPast.person_id))) == [goes]


def test_the_published_day_follows_the_people(sample: Sample) -> None:
    """Who is put into a team gets its day, who is taken out loses it; doors that the new one may not visit go."""
    first = sample.phones_with_stops()[0].day(sample.on)
    shift = sample.shifts()[first["team"]["id"]]
    stays, goes = shift["people"]
    village = first["stops"][0]["village"]["id"]
    branch = sample.coordinator.get(f"/api/v1/villages/{village}")["branch"]
    new = {"branch": branch, "name": "赵敏", "staff_number": "N1", "home_village": village}
    comes = sample.coordinator.post("/api/v1/people", new)["id"]
    sample.coordinator.patch(f"/api/v1/shifts/{shift['id']}", {"people": [stays, comes]}, shift["version"])
    assert not sample.phone(goes).knows_day(sample.on)
    kept = [stop["id"] for stop in first["stops"] if stop["village"]["id"] != village]
    for person in (stays, comes):
        assert [stop["id"] for stop in sample.phone(person).day(sample.on)["stops"]] == kept
