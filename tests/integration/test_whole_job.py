"""The whole job as a lender does it: ledger, villages, plan, phones, outcomes, reassignment, rotation, next plan."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DATA_KEY
from tests.integration.test_reassignments import a_swap, nobody_meets_a_conflict, nobody_works_alone
from tests.sample_county import Phone, Sample, outcome

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "zh-Hans", "zh-Hant")


def doors(plan: dict[str, Any]) -> set[str]:
    return {stop["household"] for route in plan["routes"] for stop in route["stops"]}


def test_the_job_from_ledger_to_the_next_period(sample: Sample) -> None:
    """Ledger in, grouped, planned, on phones, outcomes back, a village moved, people swapped, groups rotated."""
    phone = sample.phones_with_stops()[0]
    the_ledger_is_grouped(sample)
    stops = the_phone_shows_the_day(sample, phone)
    the_next_plan_knows_what_happened(sample, phone, stops)
    a_moved_village_is_planned_where_it_went(sample, phone)
    swapped_people_see_the_others_day(sample)
    the_next_period_is_right(sample)


def the_ledger_is_grouped(sample: Sample) -> None:
    """Every borrower's household stands in a village of the county that was set up; spellings made no new ones."""
    assert len(list(sample.client.items("/api/v1/villages"))) == 60
    borrowers = "SELECT id FROM households WHERE id IN (SELECT household_id FROM accounts) AND village_id IS NULL"
    assert sample.rows(borrowers) == []
    imports = list(sample.client.items("/api/v1/ledgers"))
    assert [one["villages_created"] for one in imports] == [0, 0]
    assert sum(one["households_created"] for one in imports) >= 140


def the_phone_shows_the_day(sample: Sample, phone: Phone) -> list[dict[str, Any]]:
    """The day is the published route, in three languages, each with its own ETag, masked, under its villages."""
    plan = sample.coordinator.get(f"/api/v1/plans/{sample.plan}")
    tags = set()
    for language in LANGUAGES:
        response = phone.send_day(sample.on, language=language)
        etag = response.headers["ETag"]
        tags.add(etag)
        assert response.headers["Content-Language"] == language
        again = phone.send_day(sample.on, etag, language)
        assert (again.status_code, again.data) == (304, b"")
    assert len(tags) == len(LANGUAGES)
    day = phone.day(sample.on)
    route = next(route for route in plan["routes"] if route["team"] == day["team"]["id"])
    assert [stop["id"] for stop in day["stops"]] == [stop["id"] for stop in route["stops"]]
    assert day["plan_version"] == plan["version"]
    assert [stop["arrival"] for stop in day["stops"]] == sorted(stop["arrival"] for stop in day["stops"])
    names = {row.name for row in sample.rows("SELECT name FROM households")}
    sent = json.dumps(day, ensure_ascii=False)
    assert not [name for name in names if len(name) > 1 and f'"{name}"' in sent]
    return day["stops"]  # type: ignore[no-any-return]


def the_next_plan_knows_what_happened(sample: Sample, phone: Phone, stops: list[dict[str, Any]]) -> None:
    """Met: not visited again. Left alone: paused. A promise: held until its day, then followed up."""
    tomorrow, due = sample.on + timedelta(days=1), sample.on + timedelta(days=9)
    met, alone, promised = stops[:3]
    results = phone.report(
        outcome(met),
        outcome(alone, "asked_to_be_left_alone"),
        outcome(promised, "promise", promise={"on": due.isoformat(), "amount": "100.00"}),
    )
    assert [one["status"] for one in results] == ["stored"] * 3
    shown = {stop["id"]: stop["outcome"] for stop in phone.day(sample.on)["stops"]}
    assert shown[met["id"]]["kind"] == "met"
    household = alone["visit"]["household"]
    assert sample.coordinator.get(f"/api/v1/households/{household}")["paused"] == "asked_to_be_left_alone"
    reported = {stop["visit"]["household"] for stop in (met, alone, promised)}
    mine = sample.coordinator.get(f"/api/v1/villages/{met['village']['id']}")["territory"]
    plan = sample.planned(tomorrow, [mine])
    assert not reported & (doors(plan) | set(sample.unplanned(plan["id"])))
    follow_up = sample.planned(due, [mine])
    wanted = sample.unplanned(follow_up["id"])
    assert set(wanted) & reported == {promised["visit"]["household"]}
    assert "100.00" in " ".join(wanted[promised["visit"]["household"]]["wanted_because"])


def a_moved_village_is_planned_where_it_went(sample: Sample, phone: Phone) -> None:
    """The preview equals the commit, the phone's day shrinks, and the other territory's next plan has the village."""
    day = phone.day(sample.on)
    village = next(stop["village"]["id"] for stop in day["stops"] if stop["outcome"] is None)
    mine = sample.coordinator.get(f"/api/v1/villages/{village}")["territory"]
    other = next(one["id"] for one in sample.territories().values() if one["id"] != mine)
    move = {"moves": [{"village": village, "to_territory": other}], "reason": "nearer"}
    shown = sample.coordinator.send("POST", "/api/v1/reassignments?dry_run=true", move).get_json()
    done = sample.coordinator.post("/api/v1/reassignments", move)
    assert done["impact"] == shown["impact"]
    left = phone.day(sample.on)["stops"]
    assert len(left) < len(day["stops"])
    assert all(stop["outcome"] for stop in left if stop["village"]["id"] == village)
    plan = sample.planned(sample.on + timedelta(days=1), [mine, other])
    by_village = {
        stop["village"]: route["territory"] for route in plan["routes"] for stop in route["stops"]
    } | {one["village"]: one["territory"] for one in sample.unplanned(plan["id"]).values()}
    assert by_village[village] == other


def swapped_people_see_the_others_day(sample: Sample) -> None:
    """Two people change places, and each one's phone shows the other team's day."""
    body, _mine, _theirs = a_swap(sample)
    one, other = (sample.phone(body["swaps"][0][name]) for name in ("person", "with"))
    teams = one.day(sample.on)["team"]["id"], other.day(sample.on)["team"]["id"]
    sample.coordinator.post("/api/v1/reassignments", body)
    assert (other.day(sample.on)["team"]["id"], one.day(sample.on)["team"]["id"]) == teams
    nobody_works_alone(sample)
    nobody_meets_a_conflict(sample)


def the_next_period_is_right(sample: Sample) -> None:
    """Rotation proposes groups; committed, the shifts and the plan of the new period's days are theirs."""
    first = sample.on + timedelta(days=3)
    period = {"from": first.isoformat(), "to": (first + timedelta(days=60)).isoformat()}
    proposal = sample.coordinator.post("/api/v1/rotations/proposals", {"periods": [period]})
    answer = sample.coordinator.send("POST", f"/api/v1/rotations/proposals/{proposal['id']}/commit")
    assert answer.status_code == 200
    groups = {
        group["territory"]: {group["leader"], *group["members"]} for group in proposal["periods"][0]["groups"]
    }
    plan = sample.planned(first)
    assert plan["figures"]["planned"] > 0
    for route in plan["routes"]:
        assert set(route["people"]) <= groups[route["territory"]]
    sample.publish(plan["id"])
    nobody_works_alone(sample)
    nobody_meets_a_conflict(sample)
    route = next(route for route in plan["routes"] if route["stops"])
    assert sample.phone(route["people"][0]).day(first)["stops"]


@contextmanager
def worker(sample: Sample, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the real worker process on the sample's database; it and its solvers are gone at the end."""
    store = sample.app.extensions["store"]
    environment = os.environ | {
        "ROUNDS_DATABASE_URL": store.url.render_as_string(hide_password=False),
        "ROUNDS_JOBS_URL": sample.app.config["SETTINGS"].jobs_url,
        "ROUNDS_DATA_KEY": DATA_KEY,
        "ROUNDS_PLAN_SECONDS": "1",
        "ROUNDS_SOLVE_PROCESSES": "1",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "worker"]
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(sample: Sample, plan: str, reached: Callable[[dict[str, Any]], bool], folder: Path) -> dict[str, Any]:
    """Wait until a plan is as asked for; the test fails with the worker's log if that never comes."""
    for _ in range(1200):
        found: dict[str, Any] = sample.coordinator.get(f"/api/v1/plans/{plan}")
        if reached(found):
            return found
        time.sleep(0.05)
    pytest.fail(f"{found['status']} {found['error']}\n{(folder / 'worker.log').read_text('utf-8')[-3000:]}")


def ended(plan: dict[str, Any]) -> bool:
    return plan["status"] not in ("queued", "running")


def half_done(plan: dict[str, Any]) -> bool:
    return plan["status"] == "running" and 0 < plan["progress"]["done"] < plan["progress"]["of"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_a_worker_that_ends_in_the_middle_goes_on_when_it_is_back(sample: Sample, tmp_path: Path, how: int) -> None:
    """Killed or stopped half way, the next worker finishes the plan: whole, nothing twice, publishable."""
    asked = sample.ask(sample.on + timedelta(days=1))
    with worker(sample, tmp_path) as process:
        wait_for(sample, asked["id"], half_done, tmp_path)
        process.send_signal(how)
        process.wait(timeout=60)
    assert sample.coordinator.get(f"/api/v1/plans/{asked['id']}")["status"] == "running"
    with worker(sample, tmp_path):
        plan = wait_for(sample, asked["id"], ended, tmp_path)
    assert plan["status"] == "ready", plan["error"]
    assert plan["progress"]["done"] == plan["progress"]["of"] == 3
    planned = [stop["household"] for route in plan["routes"] for stop in route["stops"]]
    assert len(planned) == len(set(planned)) == plan["figures"]["planned"] > 0
    teams = [route["team"] for route in plan["routes"]]
    assert len(teams) == len(set(teams))
    left = sample.unplanned(plan["id"])
    assert len(left) == plan["figures"]["unplanned"]
    known = sample.rows("SELECT count(*) AS n FROM households")[0].n
    assert len(planned) + len(left) + plan["figures"]["not_wanted"] == known
    sample.publish(plan["id"])


def test_the_worker_takes_plans_one_after_the_other(sample: Sample, tmp_path: Path) -> None:
    """Plans asked for while none worked, and one more while it works, all get ready in the order of asking."""
    territory = next(iter(sample.territories().values()))["id"]
    first = [sample.ask(sample.on + timedelta(days=1), [territory]) for _ in range(2)]
    with worker(sample, tmp_path):
        wait_for(sample, first[0]["id"], lambda plan: plan["status"] != "queued", tmp_path)
        last = sample.ask(sample.on + timedelta(days=2), [territory])
        for asked in (*first, last):
            assert wait_for(sample, asked["id"], ended, tmp_path)["status"] == "ready"
    ends = sample.rows("SELECT number FROM plans WHERE number > 1 ORDER BY finished_at")
    assert [row.number for row in ends] == [2, 3, 4]
