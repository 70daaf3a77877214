"""Two who change the same thing at once: one comes after the other, and what both said holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.auth.actor import Actor, Role
from api.store.models import Merge, Village
from api.usecases.doubt_places import weigh_places
from api.usecases.merges import TOGETHER, settle_merge
from api.usecases.village_places import set_place
from routing.problem import Place
from tests.factories import County
from tests.integration.test_ledgers import csv_of, imported
from tests.integration.test_phones_follow import question
from tests.integration.test_places import LIST, load, places
from tests.integration.test_work_items import at
from tests.integration.test_work_merges import items, settle, settled
from tests.sample_county import Phone, Sample, outcome

SOMEBODY = Actor("somebody", Role.COORDINATOR)


@pytest.fixture
def phone(sample: Sample) -> Phone:
    """Give a phone of the team with the most stops today."""
    return sample.phones_with_stops()[0]


@contextmanager
def meanwhile(app: Flask, act: Callable[[], Any]) -> Iterator[tuple[Session, list[Any]]]:
    """Give a transaction, and end it when ``act`` waits for a lock that it holds; ``act``'s answer is in the list.

    SQLite has one writer: there ``act`` waits from its beginning, whatever the transaction did.
    """
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(act()))
    with app.app_context():
        with app.extensions["store"].write() as session:
            yield session, answers
            session.flush()
            thread.start()
            _wait_for_lock(app, thread)
        thread.join()


def _wait_for_lock(app: Flask, thread: threading.Thread) -> None:
    store = app.extensions["store"]
    if store.engine.dialect.name == "sqlite":
        return
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity"
                   " WHERE datname = current_database())")  # fmt: skip
    until = time.monotonic() + 20
    while thread.is_alive() and time.monotonic() < until:
        with store.engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
        time.sleep(0.01)
    assert not thread.is_alive(), "neither done nor waiting"


def test_two_who_weigh_the_places_of_a_village_find_a_doubt_once(sample: Sample, phone: Phone) -> None:
    """An import and a phone that look at the same doors at once leave one doubt, and neither fails."""
    stop = phone.day(sample.on)["stops"][0]
    village = sample.coordinator.get(f"/api/v1/villages/{stop['village']['id']}")
    new = {"branch": village["branch"], "village": village["id"], "lon": village["lon"]}
    far = sample.coordinator.post("/api/v1/households", new | {"name": "甲", "lat": village["lat"] + 0.5})["id"]
    near = sample.coordinator.post("/api/v1/households", new | {"name": "乙", "lat": village["lat"]})
    path, moved = f"/api/v1/households/{near['id']}", {"lat": village["lat"] + 0.001}
    with meanwhile(sample.app, lambda: sample.coordinator.send("PATCH", path, moved, version=1)) as (session, answers):
        weigh_places(session, village["branch"], [village["id"]])
    assert [one.status_code for one in answers] == [200]
    found = sample.client.items("/api/v1/work-items?kind=place_doubt")
    assert [one["code"] for one in found if one["subjects"][0]["id"] == far] == ["door_far_from_village"]


def test_a_village_that_is_placed_by_hand_while_a_list_is_loaded_stays_there(county: County, tmp_path: Path) -> None:
    """The list finds it placed, though it had no place when the list was read."""
    file = tmp_path / "places.csv"
    file.write_text(LIST, encoding="utf-8")
    id_ = county.village(name="石桥", town="龙门", lat=None, lon=None)
    with meanwhile(county.app, lambda: load(county, file)) as (session, answers):
        village = session.get_one(Village, id_, with_for_update=True)
        set_place(session, village, Place(29.9, 106.9), "hand")
        village.version += 1
    assert [one.exit_code for one in answers] == [0]
    assert places(county)[id_] == (29.9, 106.9)


def test_a_place_that_was_just_given_by_hand_is_not_taken_back_with_the_one_before(county: County) -> None:
    """Who reopens what the doors had placed is told that somebody was faster."""
    imported(county.coordinator, csv_of(at("1", 29.5), at("2", 29.5001), at("3", 29.5002)))
    [item] = items(county.coordinator, "missing_place")
    done = settled(county.coordinator, item, "place_by_doors")
    with meanwhile(county.app, lambda: settle(county.coordinator, done, "reopen")) as (session, answers):
        village = session.get_one(Village, item["id"], with_for_update=True)
        set_place(session, village, Place(29.6, 106.6), "hand")
        village.version += 1
    assert [one.status_code for one in answers] == [412]
    assert places(county)[item["id"]] == (29.6, 106.6)


def test_a_pause_reported_while_the_door_is_joined_stands_for_the_one_that_stays(sample: Sample, phone: Phone) -> None:
    """Whoever asked to be left alone is left alone, though their door was closed while the report was stored."""
    stop = phone.day(sample.on)["stops"][0]
    village = sample.coordinator.get(f"/api/v1/villages/{stop['village']['id']}")
    new = {"branch": village["branch"], "village": village["id"], "name": "甲"}
    stays = sample.coordinator.post("/api/v1/households", new)["id"]
    item = question(sample, "household", stays, stop["visit"]["household"])
    sent = outcome(stop, "asked_to_be_left_alone")
    with meanwhile(sample.app, lambda: phone.report(sent)) as (session, answers):
        settle_merge(session, SOMEBODY, session.get_one(Merge, item["id"]), TOGETHER)
    assert [one["status"] for one in answers[0]] == ["stored"]
    assert sample.coordinator.get(f"/api/v1/households/{stays}")["paused"] == "asked_to_be_left_alone"
