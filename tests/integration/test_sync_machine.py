"""Phones and the office act in any order: what was acknowledged is stored once, or waits for a reviewer."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from schemas.field import NewOutcome
from tests.conftest import running
from tests.integration.test_reassignments import nobody_meets_a_conflict, nobody_works_alone
from tests.sample_county import FAST, Phone, Sample, outcome, sample_in

KINDS = st.sampled_from(["met", "not_met", "refuses", "moved", "asked_to_be_left_alone"])
ANY = st.integers(min_value=0, max_value=10_000)


def content_hash(sent: dict[str, Any]) -> str:
    """Return the hash that the service keeps of a report's content."""
    content = NewOutcome().dump(NewOutcome().load(sent))
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Sync(RuleBasedStateMachine):
    """Four phones, which know the day they last fetched, and a coordinator who moves villages and people."""

    template: Path
    scratch: Path

    def __init__(self) -> None:
        super().__init__()
        path = self.scratch / f"{uuid.uuid4()}.db"
        shutil.copy(self.template / "rounds.db", path)
        self.running = running(f"sqlite:///{path}", **FAST)
        self.sample: Sample = sample_in(self.running.__enter__(), self.template)
        self.path = path
        self.phones: list[Phone] = []
        self.people: list[str] = []
        self.days: list[list[dict[str, Any]]] = []
        self.sent: list[tuple[int, dict[str, Any]]] = []
        self.acknowledged: Counter[tuple[str, str]] = Counter()

    @initialize()
    def enrol(self) -> None:
        shifts = list(self.sample.shifts().values())
        self.people = [shifts[0]["people"][0], shifts[0]["people"][1], shifts[2]["people"][0], shifts[4]["people"][0]]
        self.phones = [self.sample.phone(person) for person in self.people]
        self.days = [[] for _phone in self.phones]
        for at in range(len(self.phones)):
            self.fetch(at)

    def teardown(self) -> None:
        self.running.__exit__(None, None, None)
        self.path.unlink()

    @rule(at=st.integers(min_value=0, max_value=3))
    def fetch(self, at: int) -> None:
        """A phone gets its day."""
        answer = self.phones[at].send_day(self.sample.on)
        assert answer.status_code in (200, 404)
        self.days[at] = answer.get_json()["stops"] if answer.status_code == 200 else []

    @rule(at=st.integers(min_value=0, max_value=3), which=ANY, kind=KINDS)
    def report(self, at: int, which: int, kind: str) -> None:
        """A phone reports a stop of the day it knows, which may no longer be its own."""
        if self.days[at]:
            self._send(at, outcome(self.days[at][which % len(self.days[at])], kind))

    @precondition(lambda self: self.sent)
    @rule(which=ANY)
    def send_again(self, which: int) -> None:
        """The answer was lost: the phone sends the same again."""
        at, sent = self.sent[which % len(self.sent)]
        self._send(at, sent)

    @precondition(lambda self: self.sent)
    @rule(which=ANY, kind=KINDS)
    def send_other_content(self, which: int, kind: str) -> None:
        """A phone with a fault sends other content under an id it has used."""
        at, sent = self.sent[which % len(self.sent)]
        self._send(at, {**sent, "kind": kind})

    @rule(which=ANY, to=ANY)
    def move_a_village(self, which: int, to: int) -> None:
        """The coordinator gives a village to a territory."""
        villages = [stop["village"]["id"] for day in self.days for stop in day]
        if villages:
            territories = sorted(one["id"] for one in self.sample.territories().values())
            move = {"village": villages[which % len(villages)], "to_territory": territories[to % len(territories)]}
            self._reassign({"moves": [move]})

    @rule(which=ANY, other=ANY)
    def swap_two(self, which: int, other: int) -> None:
        """The coordinator swaps two people."""
        people = sorted(self.sample.people.values())
        one, two = people[which % len(people)], people[other % len(people)]
        if one != two:
            self._reassign({"swaps": [{"person": one, "with": two}]})

    @rule(which=ANY, to=ANY)
    def place_one(self, which: int, to: int) -> None:
        """The coordinator sends one of the four to another territory from today on."""
        territories = sorted(one["id"] for one in self.sample.territories().values())
        place = {"person": self.people[which % 4], "territory": territories[to % len(territories)]}
        self._reassign({"places": [place]})

    def _reassign(self, change: dict[str, Any]) -> None:
        answer = self.sample.coordinator.send("POST", "/api/v1/reassignments", {**change, "reason": "test"})
        assert answer.status_code == 201, answer.get_data(as_text=True)

    def _send(self, at: int, sent: dict[str, Any]) -> None:
        status = self.phones[at].report(sent)[0]["status"]
        first = not any(known["id"] == sent["id"] for _at, known in self.sent)
        assert status in (("stored", "review") if first else ("duplicate", "conflict")), status
        self.acknowledged[sent["id"], content_hash(sent)] += 1
        if first:
            self.sent.append((at, sent))

    @invariant()
    def what_was_acknowledged_is_kept_once(self) -> None:
        stored = [(row.id, row.content_hash) for row in self.sample.rows("SELECT id, content_hash FROM outcomes")]
        conflicts = [
            (row.outcome_id, row.content_hash)
            for row in self.sample.rows("SELECT outcome_id, content_hash FROM outcome_reviews WHERE code = 'conflict'")
        ]
        assert Counter(stored + conflicts) == Counter(self.acknowledged.keys())
        assert len({id_ for id_, _hash in stored}) == len(stored) == len(self.sent)

    @invariant()
    def no_stop_is_on_the_phones_of_two_teams(self) -> None:
        bodies = self.sample.rows("SELECT team_id, body FROM published_days WHERE language = 'en'")
        stops = [stop["id"] for row in bodies for stop in json.loads(bytes(row.body))["stops"]]
        assert len(stops) == len(set(stops))

    @invariant()
    def conduct_is_kept(self) -> None:
        nobody_works_alone(self.sample)
        unreported = self.sample.rows(
            "SELECT s.id FROM stops s JOIN households h ON h.id = s.household_id"
            " LEFT JOIN outcomes o ON o.stop_id = s.id"
            " WHERE h.paused IS NOT NULL AND s.withdrawn_at IS NULL AND o.id IS NULL"
        )
        assert unreported == []


def run(template: Path, scratch: Path, examples: int, steps: int) -> None:
    """Try so many histories of so many steps."""
    machine = type("Machine", (Sync,), {"template": template, "scratch": scratch})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_no_report_is_lost_or_doubled_in_any_order(sqlite_sample: Path, tmp_path: Path) -> None:
    """Reports, resends, conflicts, moves, swaps and placings in any order keep every acknowledged report once."""
    run(sqlite_sample, tmp_path, 8, 12)


@pytest.mark.deep
def test_no_report_is_lost_or_doubled_in_any_order_however_long_one_tries(sqlite_sample: Path, tmp_path: Path) -> None:
    """The same with many long histories."""
    run(sqlite_sample, tmp_path, 200, 40)


def test_what_conflict_means(sample: Sample) -> None:
    """The check of conflicts of interest finds one that is there: it can fail."""
    person = next(iter(sample.people.values()))
    stop = sample.rows(
        "SELECT s.household_id FROM stops s JOIN routes r ON r.id = s.route_id"
        " JOIN shifts f ON f.team_id = r.team_id AND f.date = r.date JOIN shift_people p ON p.shift_id = f.id"
        " WHERE p.person_id = :person",
        person=person,
    )[0]
    nobody_meets_a_conflict(sample)
    from sqlalchemy import text

    with sample.app.extensions["store"].write() as session:
        session.execute(
            text("UPDATE accounts SET granted_by_id = :person WHERE household_id = :household"),
            {"person": person, "household": stop.household_id},
        )
    with pytest.raises(AssertionError):
        nobody_meets_a_conflict(sample)
