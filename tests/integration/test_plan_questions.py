"""Questions about a plan: where a visit would fit, what is wrong with a plan made by hand, what changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.store.models import Plan
from api.usecases import drawn_problems
from routing.problem import Problem
from tests.factories import PASSWORD, Caller, problem, sign_in
from tests.sample_county import Sample, draw_up, other_settings


def plan_of(sample: Sample) -> dict[str, Any]:
    """The published plan of today."""
    (summary,) = sample.coordinator.get(f"/api/v1/plans?date={sample.day}&status=published")["items"]
    found: dict[str, Any] = sample.coordinator.get(f"/api/v1/plans/{summary['id']}")
    return found


def crowded_day(sample: Sample) -> dict[str, Any]:
    """The plan of a day on which one team has two hours and a half: there is not room for all."""
    day, like = sample.on + timedelta(days=20), next(iter(sample.shifts().values()))
    new = {key: like[key] for key in ("people", "start", "from_place", "to_place")}
    sample.coordinator.post("/api/v1/shifts", {"team": like["team"], "date": day.isoformat(), **new, "end": "11:00"})
    asked = sample.ask(day)
    draw_up(sample.app, asked["id"])
    found: dict[str, Any] = sample.coordinator.get(f"/api/v1/plans/{asked['id']}")
    return found


def by_hand(route: dict[str, Any], households: list[str]) -> dict[str, Any]:
    return {"routes": [{"team": route["team"], "date": route["date"], "households": households}]}


def households(route: dict[str, Any]) -> list[str]:
    return [stop["household"] for stop in route["stops"]]


def test_a_visit_left_out_for_want_of_room_is_told_what_would_give_way(sample: Sample) -> None:
    """Each place that is offered really works: the checker has nothing against the plan made by hand from it."""
    plan = crowded_day(sample)
    wanted = sample.coordinator.get(f"/api/v1/plans/{plan['id']}/unplanned?code=no_room")["items"][0]
    answer = sample.coordinator.get(f"/api/v1/plans/{plan['id']}/fits?household={wanted['household']}")
    assert answer["impossible"] is None
    assert answer["fits"]
    for fit in answer["fits"]:
        (route,) = [one for one in plan["routes"] if one["team"] == fit["team"]]
        gone = {one["household"] for one in [*fit["displaced"], *fit["moved"]]}
        order = [household for household in households(route) if household not in gone]
        place = order.index(fit["after"]["household"]) + 1 if fit["after"] else 0
        order.insert(place, wanted["household"])
        judged = sample.coordinator.send("POST", f"/api/v1/plans/{plan['id']}/check", by_hand(route, order)).get_json()
        assert judged["violations"] == []


def test_a_planned_visit_says_where_it_stands(sample: Sample) -> None:
    """Asked about a planned household, the answer names team, day and hour."""
    plan = plan_of(sample)
    route = plan["routes"][0]
    stop = route["stops"][0]
    answer = sample.coordinator.get(f"/api/v1/plans/{plan['id']}/fits?household={stop['household']}")
    assert stop["arrival"] in answer["planned"][0]
    assert route["team_name"] in answer["planned"][0]


def test_a_household_that_nobody_wanted_to_visit_says_so(sample: Sample) -> None:
    """A household without a visit due is not impossible by a rule of the planner, and the answer says why."""
    plan = plan_of(sample)
    asked = {one["household"] for route in plan["routes"] for one in route["stops"]}
    asked |= {one["household"] for one in sample.client.items(f"/api/v1/plans/{plan['id']}/unplanned")}
    quiet = next(one["id"] for one in sample.client.items("/api/v1/households") if one["id"] not in asked)
    answer = sample.coordinator.get(f"/api/v1/plans/{plan['id']}/fits?household={quiet}")
    assert answer["fits"] == []
    assert answer["impossible"]


def test_a_plan_made_by_hand_is_judged_rule_by_rule(sample: Sample) -> None:
    """The plan's own order is good and worth the same; all of two routes on one team is not, and the rule is named."""
    plan = plan_of(sample)
    of_territory: dict[str, list[dict[str, Any]]] = {}
    for route in plan["routes"]:
        of_territory.setdefault(route["territory"], []).append(route)
    first, second = max(of_territory.values(), key=len)[:2]
    same = sample.coordinator.send(
        "POST", f"/api/v1/plans/{plan['id']}/check", by_hand(first, households(first))
    ).get_json()
    assert same["violations"] == []
    assert same["value_difference"] == "0.00"
    body = by_hand(first, households(first) + households(second))
    judged = sample.coordinator.send("POST", f"/api/v1/plans/{plan['id']}/check", body).get_json()
    assert {"visited_twice", "after_shift"} & {one["code"] for one in judged["violations"]}
    assert all(one["sentence"] != one["code"] for one in judged["violations"])


def test_questions_are_answered_by_the_figures_that_the_plan_was_drawn_up_with(sample: Sample, tmp_path: Path) -> None:
    """Measured anew meanwhile, ways are slower from the next plan on; the plan that stands keeps its times."""
    plan = plan_of(sample)
    (tmp_path / "calibration.toml").write_text(
        'version = "x"\nsource = "x"\nbinding = "house"\n[car]\nroad_factor_percent = 300\nmetres_per_hour = 9000\n'
        'legs = 99\nroads = "x/car"\nmeasured_on = 2026-11-25\n'
    )
    with other_settings(sample.app, roads_dir=str(tmp_path)):
        for route in plan["routes"]:
            judged = sample.coordinator.send(
                "POST", f"/api/v1/plans/{plan['id']}/check", by_hand(route, households(route))
            ).get_json()
            assert (judged["violations"], judged["travel_note"]) == ([], None)
            (again,) = [one for one in judged["routes"] if one["team"] == route["team"]]
            assert again["drive_min"] == route["drive_min"]
        assert sample.planned()["figures"]["drive_min"] > plan["figures"]["drive_min"]


def test_what_a_plan_was_drawn_up_from_is_written_down_before_anything_is_locked(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A big territory takes its time to be written as JSON: meanwhile others may write, also about this very plan."""
    wrote = []

    def write_problem(problem: Problem) -> bytes:
        with sample.app.extensions["store"].write() as session:
            wrote.append(session.scalars(select(Plan.id).with_for_update(nowait=True)).all())
        return real(problem)

    real = drawn_problems.write_problem
    monkeypatch.setattr(drawn_problems, "write_problem", write_problem)
    with other_settings(sample.app, solve_processes=1):  # one territory after the other: nobody else holds the plan
        assert sample.planned()["status"] == "ready"
    assert wrote


def test_what_cannot_be_judged_names_the_field(sample: Sample) -> None:
    """A team without a shift that day, or a household that is not wanted, is 422 with its place in the body."""
    plan = plan_of(sample)
    route = plan["routes"][0]
    other_day = {**by_hand(route, [])["routes"][0], "date": "2030-01-01"}
    unheard_of = by_hand(route, ["nobody"])["routes"]
    for routes, field in (([other_day], "routes.0.team"), (unheard_of, "routes.0.households.0")):
        response = sample.coordinator.send("POST", f"/api/v1/plans/{plan['id']}/check", {"routes": routes})
        assert response.status_code == 422
        assert response.get_json()["errors"][0]["field"] == field


def test_differences_between_two_plans(sample: Sample) -> None:
    """A plan has no differences from itself; from another of the same day every change names household and teams."""
    plan = plan_of(sample)
    none = sample.coordinator.get(f"/api/v1/plans/{plan['id']}/differences?since={plan['id']}")
    assert [none[kind] for kind in ("added", "removed", "moved", "reordered", "retimed")] == [[], [], [], [], []]
    paused = plan["routes"][0]["stops"][0]["household"]
    row = sample.coordinator.get(f"/api/v1/households/{paused}")
    sample.coordinator.patch(f"/api/v1/households/{paused}", {"paused": "illness"}, row["version"])
    asked = sample.ask()
    draw_up(sample.app, asked["id"])
    again = sample.coordinator.get(f"/api/v1/plans/{asked['id']}")
    found = sample.coordinator.get(f"/api/v1/plans/{again['id']}/differences?since={plan['id']}")
    assert paused in [one["household"] for one in found["removed"]]


@pytest.fixture
def stranger(sample: Sample) -> Caller:
    """Give the coordinator of a branch that has nothing to do with the plan."""
    branch = sample.admin.post("/api/v1/branches", {"code": "999", "name": "外县支行", "lat": 29.4, "lon": 106.4})["id"]
    new = {"username": "stranger", "password": PASSWORD, "role": "coordinator", "branches": [branch]}
    sample.admin.post("/api/v1/users", new)
    stranger = sign_in(sample.app, "stranger")
    stranger.post("/api/v1/territories", {"branch": branch, "name": "外县片区"})
    return stranger


def test_another_branchs_plan_is_absent(sample: Sample, stranger: Caller) -> None:
    """Whoever may not see a plan gets the same 404 as for one that never was, also as the one to compare with."""
    plan = plan_of(sample)
    route = plan["routes"][0]
    questions = [
        ("GET", f"fits?household={households(route)[0]}", None), ("POST", "check", by_hand(route, households(route))),
        ("GET", f"differences?since={plan['id']}", None),
    ]  # fmt: skip
    own = stranger.send("POST", "/api/v1/plans", {"from": sample.day, "to": sample.day}).get_json()["id"]
    for method, question, body in questions:
        assert sample.coordinator.send(method, f"/api/v1/plans/{plan['id']}/{question}", body).status_code == 200
        absent = problem(stranger.send(method, f"/api/v1/plans/none/{question}", body), 404, "not-found")
        foreign = problem(stranger.send(method, f"/api/v1/plans/{plan['id']}/{question}", body), 404, "not-found")
        assert foreign == absent
    assert stranger.get(f"/api/v1/plans/{own}/differences?since={own}")["moved"] == []
    problem(stranger.send("GET", f"/api/v1/plans/{own}/differences?since={plan['id']}"), 404, "not-found")
