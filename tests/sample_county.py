"""A small sample county for tests: set up through the public API, its ledgers imported, a plan drawn up and published.

It is built once and copied for every test (`planned_county`), for what takes seconds is the planning.
"""

from __future__ import annotations

import inspect
import io
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from api.jobs import worker
from api.sample import load
from api.sample.county import County, make_county
from api.sample.files import write_ledgers
from api.usecases.context import today
from api.usecases.keep_users import add_user
from tests.factories import PASSWORD, Caller, _expect

SEED = 7
HOUSEHOLDS = 150
SHIFT_DAYS = 6
FAST = {"plan_seconds": 1, "guesses_per_minute": 10_000}
_FACTS = "sample-facts.json"


class InProcess(load.Client):
    """The sample's own client, speaking to an application in this process."""

    def __init__(self, app: Flask) -> None:
        super().__init__("http://in.process")
        self.app = app

    def _exchange(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        response = self.app.test_client(use_cookies=False).open(path, method=method, data=data, headers=headers)
        if response.status_code >= 400:
            raise load.ApiError(f"{method} {path}: {response.status_code} {response.get_data(as_text=True)}")
        return response.get_json() if response.data else None


@dataclass
class Sample:
    """The county in the database of ``app``, and who calls the API there."""

    app: Flask
    client: InProcess
    coordinator: Caller
    admin: Caller
    on: date
    people: dict[str, str]
    plan: str | None = None

    @property
    def day(self) -> str:
        """The day that is planned, as the API writes it."""
        return self.on.isoformat()

    def territories(self) -> dict[str, dict[str, Any]]:
        """Return the territories by name."""
        return {one["name"]: one for one in self.client.items("/api/v1/territories")}

    def shifts(self, on: date | None = None) -> dict[str, dict[str, Any]]:
        """Return the shifts of a day by team."""
        return {one["team"]: one for one in self.client.items(f"/api/v1/shifts?date={on or self.on}")}

    def phone(self, person: str, language: str = "en") -> Phone:
        """Enrol a phone of a person."""
        code = self.coordinator.post(f"/api/v1/people/{person}/enrolments")["code"]
        tokens = Caller(self.app).post("/api/v1/devices", {"code": code})
        return Phone(Caller(self.app, tokens["access_token"], tokens["refresh_token"]), language)

    def phones_with_stops(self) -> list[Phone]:
        """Enrol a phone in each team that has stops today, the most stops first."""
        found = []
        for shift in self.shifts().values():
            phone = self.phone(shift["people"][0])
            if phone.knows_day(self.on) and phone.day(self.on)["stops"]:
                found.append(phone)
        return sorted(found, key=lambda phone: -len(phone.day(self.on)["stops"]))

    def ask(
        self, on: date | None = None, territories: list[str] | None = None, until: date | None = None
    ) -> dict[str, Any]:
        """Ask for a plan of a day, or of several."""
        first = on or self.on
        new: dict[str, Any] = {"from": first.isoformat(), "to": (until or first).isoformat()}
        new |= {"territories": territories} if territories else {}
        asked: dict[str, Any] = _expect(self.coordinator.send("POST", "/api/v1/plans", new), 202)
        return asked

    def planned(
        self, on: date | None = None, territories: list[str] | None = None, until: date | None = None
    ) -> dict[str, Any]:
        """Ask for a plan, draw it up with the worker's own code and return it."""
        asked = self.ask(on, territories, until)
        draw_up(self.app, asked["id"])
        plan: dict[str, Any] = self.coordinator.get(f"/api/v1/plans/{asked['id']}")
        return plan

    def publish(self, plan: str, until: date | None = None) -> dict[str, Any]:
        """Publish a plan, or its first days."""
        path = f"/api/v1/plans/{plan}/publish" + (f"?until={until}" if until else "")
        return _expect(self.coordinator.send("POST", path), 200)  # type: ignore[no-any-return]

    def unplanned(self, plan: str, language: str = "en") -> dict[str, dict[str, Any]]:
        """Return what a plan left out, by household."""
        path = f"/api/v1/plans/{plan}/unplanned?lang={language}"
        return {one["household"]: one for one in self.client.items(path)}

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Return the rows of a statement, straight from the database."""
        with self.app.extensions["store"].read() as session:
            return list(session.execute(text(statement), values))


@dataclass
class Phone:
    """A collector's phone."""

    caller: Caller
    language: str = "en"

    def send_day(self, on: date | str, etag: str | None = None, language: str | None = None) -> Any:
        """Ask for a day; returns the response."""
        headers = {"Accept-Language": language or self.language}
        if etag is not None:
            headers["If-None-Match"] = etag
        return self.caller.send("GET", f"/api/v1/field/days/{on}", headers=headers)

    def knows_day(self, on: date | str) -> bool:
        """Say whether there is a day for this phone."""
        return bool(self.send_day(on).status_code == 200)

    def day(self, on: date | str, language: str | None = None) -> dict[str, Any]:
        """Return a day; the test fails without one."""
        found: dict[str, Any] = _expect(self.send_day(on, language=language), 200)
        return found

    def report(self, *outcomes: Any) -> list[dict[str, Any]]:
        """Send outcomes; returns one result per item."""
        answer = _expect(self.caller.send("POST", "/api/v1/field/outcomes", {"outcomes": list(outcomes)}), 200)
        return answer["results"]  # type: ignore[no-any-return]


def outcome(stop: dict[str, Any] | None = None, kind: str = "met", **more: Any) -> dict[str, Any]:
    """Return a new outcome of a stop as a phone gets it, with an id of its own."""
    found = {"id": str(uuid.uuid4()), "kind": kind, "device_time": datetime.now(UTC).isoformat(timespec="seconds")}
    if stop is not None:
        found |= {"stop": stop["id"], "household": stop["visit"]["household"]}
    return {**found, **more}


def draw_up(app: Flask, plan: str) -> str:
    """Draw a plan up with the worker's own workflow, its steps called one after the other in this process."""
    worker._app = app
    return inspect.unwrap(worker.plan_workflow)(plan)


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Call ``act(0)`` … ``act(count - 1)`` in as many threads, let go at the same time; returns the answers."""
    ready, answers, errors = threading.Barrier(count), [None] * count, []

    def one(position: int) -> None:
        try:
            ready.wait()
            answers[position] = act(position)
        except Exception as error:  # noqa: BLE001  raised below, in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=one, args=(position,)) for position in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return answers


def build(app: Flask, folder: Path) -> None:
    """Set the county up in an empty database and publish a plan of today; keep what `sample_in` asks for."""
    with app.app_context():
        on = today()
        add_user("admin", PASSWORD, "admin", [])
    county = make_county(SEED, on, HOUSEHOLDS)
    admin, client = InProcess(app), InProcess(app)
    admin.sign_in("admin", PASSWORD)
    branches = load.create_branches(admin)
    admin.send(
        "POST",
        "/api/v1/users",
        {"username": "coordinator", "password": PASSWORD, "role": "coordinator", "branches": sorted(branches.values())},
    )
    client.sign_in("coordinator", PASSWORD)
    people = _set_up(client, county, branches, on)
    for path in write_ledgers(county, folder, SEED):
        client.upload("/api/v1/ledgers", path)
    sample = _sample(app, on, people)
    plan = sample.planned()
    assert plan["status"] == "ready", plan
    sample.publish(plan["id"])
    facts = {"on": on.isoformat(), "people": people, "plan": plan["id"]}
    (folder / _FACTS).write_text(json.dumps(facts), "utf-8")


def _set_up(client: InProcess, county: County, branches: dict[str, str], on: date) -> dict[str, str]:
    """Like load.set_up, with few days of shifts."""
    territories = load._territories(client, branches)
    villages = load._villages(client, county, branches, territories)
    people = load._people(client, county, branches, villages)
    load._groups(client, county, territories, people, on)
    load.ensure_shifts(client, county, people, load._teams(client, county, territories), on, SHIFT_DAYS)
    return people


def sample_in(app: Flask, folder: Path) -> Sample:
    """Return the county that was built with this folder, in a copy of its database."""
    facts = json.loads((folder / _FACTS).read_text("utf-8"))
    sample = _sample(app, date.fromisoformat(facts["on"]), facts["people"])
    sample.plan = facts["plan"]
    return sample


def _sample(app: Flask, on: date, people: dict[str, str]) -> Sample:
    client = InProcess(app)
    client.sign_in("coordinator", PASSWORD)
    admin = InProcess(app)
    admin.sign_in("admin", PASSWORD)
    return Sample(app, client, Caller(app, client.token), Caller(app, admin.token), on, people)


def tables(app: Flask, *but: str) -> dict[str, list[Any]]:
    """Return every row of every table except ``but``: what a preview must leave as it was."""
    from api.store.models import Base

    with app.extensions["store"].read() as session:
        return {
            table.name: sorted(map(repr, session.execute(table.select())))
            for table in Base.metadata.sorted_tables
            if table.name not in but
        }


def upload(caller: Caller, data: bytes, name: str = "ledger.csv", query: str = "", **kwargs: Any) -> Any:
    """Send a file as a ledger; returns the response."""
    # The test client would leave a temporary file open for what is over half a megabyte.
    file = FileStorage(io.BytesIO(data), name, "file")
    body, length, boundary = stream_encode_multipart({"file": file}, use_tempfile=False)
    return caller.send(
        "POST", f"/api/v1/ledgers{query}", input_stream=body, content_length=length,
        content_type=f"multipart/form-data; boundary={boundary}", **kwargs,
    )  # fmt: skip


@contextmanager
def other_settings(app: Flask, **changes: Any) -> Iterator[None]:
    """Let the application run with other settings for a while."""
    from dataclasses import replace

    kept = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(kept, **changes)
    try:
        yield
    finally:
        app.config["SETTINGS"] = kept


def tomorrow(sample: Sample, days: int = 1) -> date:
    """Return the day after the planned one."""
    return sample.on + timedelta(days=days)
