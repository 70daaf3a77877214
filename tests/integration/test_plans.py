"""Plans: asked for, drawn up in a child process that may fail, checked, published, and what was left out and why."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert

from api.store.columns import now
from api.store.models import Household
from api.usecases import draw_up_plan
from api.usecases.context import settings, store
from api.usecases.published import published_elsewhere
from api.usecases.store_plan import figures_of
from routing.period import Period
from routing.problem import Plan
from tests.factories import County, problem
from tests.integration.test_ledgers import csv_of, imported, row
from tests.sample_county import Sample, at_once, draw_up, other_settings

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
SQLITE_PARAMETERS = 32_766
"""What SQLite takes in one statement unless it was built to take more, as some are."""


def empty_day(sample: Sample) -> Any:
    """Return a day for which nobody has a shift yet."""
    return sample.on + timedelta(days=20)


def a_territory(sample: Sample) -> str:
    return str(sample.territories()["河口片区"]["id"])


def shift_on(sample: Sample, day: Any, territory: str, **more: Any) -> str:
    """Give one team of a territory a shift on a day; returns the team."""
    team = sample.coordinator.get(f"/api/v1/teams?territory={territory}")["items"][0]["id"]
    like = sample.shifts()[team]
    new = {key: like[key] for key in ("people", "start", "end", "break", "from_place", "to_place")}
    sample.coordinator.post("/api/v1/shifts", {"team": team, "date": day.isoformat(), **new, **more})
    return str(team)


def households_of(plan: dict[str, Any]) -> list[str]:
    return [stop["household"] for route in plan["routes"] for stop in route["stops"]]


def test_a_plan_that_cannot_be_asked_for_is_422(sample: Sample) -> None:
    """Up to four weeks, territories of one's own, known fields; anything else names the field."""
    for new, field in (
        ({"from": "2026-12-01", "to": "2026-12-29"}, "to"),
        ({"from": "2026-12-02", "to": "2026-12-01"}, "to"),
        ({"from": "2026-12-01"}, "to"),
        ({"from": "2026-02-30", "to": "2026-02-30"}, "from"),
        ({"from": "2026-12-01", "to": "2026-12-01", "territories": []}, "territories"),
        ({"from": "2026-12-01", "to": "2026-12-01", "territories": ["none"]}, "territories.0"),
        ({"from": "2026-12-01", "to": "2026-12-01", "seconds": 0}, "seconds"),
        ({"from": "2026-12-01", "to": "2026-12-01", "status": "ready"}, "status"),
    ):
        response = sample.coordinator.send("POST", "/api/v1/plans", new)
        assert response.status_code == 422
        assert response.get_json()["errors"][0]["field"] == field


def test_a_plan_at_the_ends_of_the_calendar_does_no_harm(sample: Sample) -> None:
    """Days that no calendar of ours can count from are refused; the first and last that are not are merely empty."""
    for day in ("0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"):
        problem(sample.coordinator.send("POST", "/api/v1/plans", {"from": day, "to": day}), 422, "invalid", "from")
    for day in ("1900-01-01", "2199-12-31"):
        plan = sample.planned(date.fromisoformat(day), [a_territory(sample)])
        assert (plan["status"], plan["routes"]) == ("ready", [])


def test_plans_asked_for_at_once_never_share_a_number(sample: Sample) -> None:
    """A plan's number is what phones report with: it is given once."""
    numbers = [plan["version"] for plan in at_once(8, lambda _: sample.ask())]
    assert len(set(numbers)) == 8


def test_a_day_without_any_shift_plans_nothing_and_says_why(sample: Sample) -> None:
    """No team goes out: the plan is ready, empty, and every wanted visit has the reason."""
    plan = sample.planned(empty_day(sample), [a_territory(sample)])
    assert plan["status"] == "ready"
    assert plan["routes"] == []
    left = sample.unplanned(plan["id"])
    assert len(left) == plan["figures"]["unplanned"] > 0
    assert {one["code"] for one in left.values()} <= {"no_shift", "no_place"}


def test_a_team_without_a_shift_gets_no_route(sample: Sample) -> None:
    """Only teams that go out that day are planned; the other's day on the phone is absent."""
    day, territory = empty_day(sample), a_territory(sample)
    team = shift_on(sample, day, territory)
    plan = sample.planned(day, [territory])
    assert [route["team"] for route in plan["routes"]] == [team]
    sample.publish(plan["id"])
    idle = next(one for one in sample.shifts().values() if one["team"] != team)
    assert not sample.phone(idle["people"][0]).knows_day(day)


def test_a_shift_shorter_than_the_drive_leaves_all_out_with_the_reason(sample: Sample) -> None:
    """A shift of ten minutes reaches no door: the plan is ready, and each visit says that it is too far."""
    day, territory = empty_day(sample), a_territory(sample)
    shift_on(sample, day, territory, start="08:30", end="08:40", **{"break": None})
    plan = sample.planned(day, [territory])
    assert plan["status"] == "ready"
    assert households_of(plan) == []
    codes = {one["code"] for one in sample.unplanned(plan["id"]).values()}
    assert codes
    assert "no_shift" not in codes


def test_a_person_is_never_in_two_teams_even_when_asked_at_once(sample: Sample) -> None:
    """Two shifts with one person on one day: the second is refused, also where both arrive together."""
    day, territory = empty_day(sample), a_territory(sample)
    teams = [team["id"] for team in sample.coordinator.get(f"/api/v1/teams?territory={territory}")["items"]]
    people = [sample.shifts()[team]["people"] for team in teams]
    shared = [[people[0][0], people[0][1]], [people[0][0], people[1][1]]]
    new = [
        {"team": team, "date": day.isoformat(), "people": who, "start": "08:00", "end": "17:00"}
        for team, who in zip(teams, shared, strict=True)
    ]
    answers = at_once(2, lambda at: sample.coordinator.send("POST", "/api/v1/shifts", new[at]))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_every_wanted_visit_is_planned_once_or_left_out_with_a_reason(sample: Sample) -> None:
    """No household is planned twice, none is both planned and left out, none falls under the table."""
    plan = sample.coordinator.get(f"/api/v1/plans/{sample.plan}")
    planned, left = households_of(plan), sample.unplanned(plan["id"])
    assert len(planned) == len(set(planned)) == plan["figures"]["planned"] > 0
    assert not set(planned) & set(left)
    known = sample.rows("SELECT count(*) AS n FROM households")[0].n
    assert len(planned) + len(left) + plan["figures"]["not_wanted"] == known


def test_more_doors_without_a_territory_than_a_statement_takes_are_no_trouble(county: County) -> None:
    """A county that has imported its ledger and made no territory yet: what is wanted is told, the rest counted."""
    imported(county.coordinator, csv_of(row("1")))
    more = [
        {"branch_id": county.branch, "name": "甲", "match_key": str(number)} for number in range(SQLITE_PARAMETERS)
    ]  # fmt: skip
    with county.app.extensions["store"].write() as session:
        session.execute(insert(Household), more)
    taken: list[int] = []

    def count(_connection: Any, _cursor: Any, _statement: str, given: Any, _context: Any, many: bool) -> None:
        taken.extend(len(one) for one in (given if many else [given]))

    event.listen(county.app.extensions["store"].engine, "before_cursor_execute", count)
    asked = county.coordinator.send("POST", "/api/v1/plans", {"from": "2026-11-30", "to": "2026-11-30"}).get_json()
    assert draw_up(county.app, asked["id"]) == "ready"
    assert max(taken) <= SQLITE_PARAMETERS
    figures = county.coordinator.get(f"/api/v1/plans/{asked['id']}")["figures"]
    assert (figures["unplanned"], figures["not_wanted"]) == (1, SQLITE_PARAMETERS)


def test_reasons_are_sentences_in_the_readers_language(sample: Sample) -> None:
    """Why a visit was left out, and why it was wanted, is said in words: no code, no unfilled place."""
    for language in LANGUAGES:
        for one in sample.unplanned(sample.plan or "", language).values():
            assert one["wanted_because"]
            for sentence in (one["reason"], *one["wanted_because"]):
                assert one["code"] not in sentence
                assert "%(" not in sentence
                assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence) == (language != "en"), sentence


def test_a_village_is_visited_in_one_run(sample: Sample) -> None:
    """The stops of a village follow one another in a route (decision 5)."""
    plan = sample.coordinator.get(f"/api/v1/plans/{sample.plan}")
    for route in plan["routes"]:
        villages = [stop["village"] for stop in route["stops"]]
        runs = [name for at, name in enumerate(villages) if at == 0 or villages[at - 1] != name]
        assert len(runs) == len(set(runs))


def _children() -> list[int]:
    """Return the solver processes of this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == os.getpid() and b"routing.solve.child" in command:
            found.append(int(entry.name))
    return found


def _kill_one_solver(done: threading.Event) -> None:
    while not done.wait(0.01):
        for pid in _children():
            os.kill(pid, signal.SIGKILL)
            return


def test_a_solver_that_is_killed_fails_its_plan_only(sample: Sample) -> None:
    """A crash in the child process is said of that plan; the service and the next plan are well."""
    asked, done = sample.ask(territories=[a_territory(sample)]), threading.Event()
    killer = threading.Thread(target=_kill_one_solver, args=(done,))
    killer.start()
    try:
        assert draw_up(sample.app, asked["id"]) == "failed"
    finally:
        done.set()
        killer.join()
    plan = sample.coordinator.get(f"/api/v1/plans/{asked['id']}")
    assert plan["status"] == "failed"
    assert plan["error"]
    assert "solver_crashed" not in plan["error"]
    problem(sample.coordinator.send("POST", f"/api/v1/plans/{asked['id']}/publish"), 409, "not-ready")
    assert sample.planned(territories=[a_territory(sample)])["status"] == "ready"


def test_a_solver_that_hangs_is_ended_at_its_limit(sample: Sample) -> None:
    """A solve that takes longer than the hard limit is ended; that plan fails, the next one is well."""
    with other_settings(sample.app, plan_limit_seconds=1):
        plan = sample.planned(territories=[a_territory(sample)])
    assert plan["status"] == "failed"
    assert _children() == []
    stored = sample.rows("SELECT error FROM plans WHERE id = :id", id=plan["id"])[0].error
    assert "solver_timed_out" in str(stored)
    assert sample.planned(territories=[a_territory(sample)])["status"] == "ready"


def test_a_plan_that_breaks_a_rule_is_never_stored(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker, independent of the solver, refuses a plan whose team is at two doors at once; nothing is kept."""
    solve = draw_up_plan.solve_in_child

    def faulty(*args: Any, **kwargs: Any) -> Plan:
        plan = solve(*args, **kwargs)
        route = max(plan.routes, key=lambda one: len(one.stops))
        first = route.stops[0]
        wrong = tuple(replace(stop, arrival=first.arrival, leave=first.leave) for stop in route.stops)
        return replace(plan, routes=(replace(route, stops=wrong),))

    monkeypatch.setattr(draw_up_plan, "solve_in_child", faulty)
    plan = sample.planned(territories=[a_territory(sample)])
    assert plan["status"] == "failed"
    assert plan["routes"] == []
    assert sample.rows("SELECT id FROM stops WHERE plan_id = :id", id=plan["id"]) == []


def test_a_plan_is_published_once(sample: Sample) -> None:
    """Publishing again changes nothing; a plan that is not ready is 409, a foreign or absent one 404."""
    plan = sample.coordinator.get(f"/api/v1/plans/{sample.plan}")
    days = sample.rows("SELECT team_id, language, etag FROM published_days ORDER BY 1, 2")
    assert sample.publish(plan["id"])["published_at"] == plan["published_at"]
    assert sample.rows("SELECT team_id, language, etag FROM published_days ORDER BY 1, 2") == days
    queued = sample.ask()
    problem(sample.coordinator.send("POST", f"/api/v1/plans/{queued['id']}/publish"), 409, "not-ready")
    problem(sample.coordinator.send("POST", "/api/v1/plans/none/publish"), 404, "not-found")


def test_a_queued_plan_can_be_cancelled(sample: Sample) -> None:
    """A plan that waits is cancelled at once, is never drawn up and never published."""
    asked = sample.ask()
    answer = sample.coordinator.send("POST", f"/api/v1/plans/{asked['id']}/cancel")
    assert answer.get_json()["status"] == "cancelled"
    assert draw_up(sample.app, asked["id"]) == "cancelled"
    problem(sample.coordinator.send("POST", f"/api/v1/plans/{asked['id']}/publish"), 409, "not-ready")


def test_a_running_plan_can_be_cancelled(sample: Sample) -> None:
    """A plan under way stops soon after somebody asked for it, and leaves no solver behind."""
    asked = sample.ask()

    def cancel_when_running(done: threading.Event) -> None:
        while not done.wait(0.01):
            if _children():
                sample.coordinator.send("POST", f"/api/v1/plans/{asked['id']}/cancel")
                return

    done = threading.Event()
    canceller = threading.Thread(target=cancel_when_running, args=(done,))
    canceller.start()
    try:
        assert draw_up(sample.app, asked["id"]) == "cancelled"
    finally:
        done.set()
        canceller.join()
    assert _children() == []
    problem(sample.coordinator.send("POST", f"/api/v1/plans/{asked['id']}/publish"), 409, "not-ready")


def test_a_published_plan_cannot_be_cancelled(sample: Sample) -> None:
    """What phones have is taken back by a new plan or a reassignment, not by cancelling."""
    sample.coordinator.send("POST", f"/api/v1/plans/{sample.plan}/cancel")
    assert sample.coordinator.get(f"/api/v1/plans/{sample.plan}")["status"] == "published"
    assert sample.phones_with_stops()


def test_steps_that_are_repeated_store_nothing_twice(sample: Sample) -> None:
    """A worker that was killed repeats its last step: the same stops, the same figures, no step counted twice."""
    asked = sample.ask(territories=[a_territory(sample)])
    with sample.app.app_context():
        for batch in draw_up_plan.begin(asked["id"]):
            draw_up_plan.solve_territories(asked["id"], batch)
        once = households_of(sample.coordinator.get(f"/api/v1/plans/{asked['id']}"))
        for batch in draw_up_plan.begin(asked["id"]):
            draw_up_plan.solve_territories(asked["id"], batch)
        progress = sample.coordinator.get(f"/api/v1/plans/{asked['id']}")["progress"]
        assert progress["done"] <= progress["of"]
        draw_up_plan.finish(asked["id"])
    plan = sample.coordinator.get(f"/api/v1/plans/{asked['id']}")
    assert sorted(households_of(plan)) == sorted(once)
    with sample.app.app_context(), sample.app.extensions["store"].read() as session:
        assert figures_of(session, asked["id"]) == plan["figures"]


def test_a_last_step_repeated_after_publishing_takes_nothing_back(sample: Sample) -> None:
    """Killed after its last step was stored but not noted, the worker repeats it: a published plan stays published."""
    plan = sample.planned(territories=[a_territory(sample)])
    sample.publish(plan["id"])
    with sample.app.app_context():
        assert draw_up_plan.finish(plan["id"]) == "published"
    assert sample.coordinator.get(f"/api/v1/plans/{plan['id']}")["status"] == "published"


def test_the_newest_published_plan_holds(sample: Sample) -> None:
    """A second plan of the same day takes the first one's place on the phones of its territories, and only there."""
    territory = a_territory(sample)
    first = {phone.day(sample.on)["team"]["id"]: phone for phone in sample.phones_with_stops()}
    plan = sample.planned(territories=[territory])
    sample.publish(plan["id"])
    mine = {team["id"] for team in sample.coordinator.get(f"/api/v1/teams?territory={territory}")["items"]}
    for team, phone in first.items():
        assert (phone.day(sample.on)["plan_version"] == plan["version"]) == (team in mine)


def test_a_plan_that_another_has_replaced_no_longer_counts_as_a_coming_visit(sample: Sample) -> None:
    """Doors that only a replaced plan of a later day held are free again; those of the plan that holds are not."""
    territory, day = a_territory(sample), empty_day(sample)
    team = shift_on(sample, day, territory)
    first = sample.planned(on=day, territories=[territory])
    sample.publish(first["id"])
    shift = sample.shifts(day)[team]
    version = {"If-Match": str(shift["version"])}
    sample.client.send("PATCH", f"/api/v1/shifts/{shift['id']}", {"end": "11:30", "break": None}, version)
    second = sample.planned(on=day, territories=[territory])
    sample.publish(second["id"])
    before, after = set(households_of(first)), set(households_of(second))
    assert after
    assert before - after
    with sample.app.app_context(), store().read() as session:
        today = Period(sample.on, sample.on)
        coming = published_elsewhere(session, sorted(before | after), today, now(), settings().zone)
        assert {household for household, _day in coming} == after


def test_a_plan_of_foreign_territories_is_as_good_as_absent(sample: Sample) -> None:
    """A coordinator of one branch neither sees, cancels nor publishes a plan of another's."""
    from tests.factories import PASSWORD, sign_in

    branch = next(one["id"] for one in sample.client.items("/api/v1/branches") if one["code"] == "QS")
    new = {"username": "qs", "password": PASSWORD, "role": "coordinator", "branches": [branch]}
    sample.admin.post("/api/v1/users", new)
    stranger = sign_in(sample.app, "qs")
    for method, path in (("GET", ""), ("GET", "/unplanned"), ("POST", "/publish"), ("POST", "/cancel")):
        problem(stranger.send(method, f"/api/v1/plans/{sample.plan}{path}"), 404, "not-found")
    assert stranger.get("/api/v1/plans")["items"] == []
