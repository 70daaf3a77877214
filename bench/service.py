"""A whole service in a temporary folder: gunicorn, worker, database; and the sample county set up in it."""

from __future__ import annotations

import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from api.sample import load
from api.sample.county import County, make_county

REPOSITORY = Path(__file__).parent.parent


@dataclass
class Running:
    """A running service: where it is, a signed-in coordinator, the day it stands at."""

    base_url: str
    folder: Path
    client: load.Client
    county: County
    people: dict[str, str]
    on: date


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(app: str, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Serve a WSGI application with the service's own gunicorn settings; yields its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", str(REPOSITORY / "gunicorn.conf.py"), app],
        cwd=folder, env={**os.environ, **environment, "PORT": str(port)},
        stdout=subprocess.DEVNULL, stderr=(folder / "server.log").open("ab"),
    )  # fmt: skip
    try:
        _await(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(process)


@contextmanager
def sample_service() -> Iterator[Running]:
    """Run the whole service with the sample county set up, but no ledger imported yet."""
    with TemporaryDirectory(prefix="rounds-bench-") as name:
        folder = Path(name)
        environment = {
            "PYTHONPATH": str(REPOSITORY),
            "ROUNDS_DATA_KEY": base64.b64encode(os.urandom(32)).decode(),
            "ROUNDS_DATABASE_URL": f"sqlite:///{folder}/rounds.db",
            "ROUNDS_JOBS_URL": f"sqlite:///{folder}/jobs.db",
        }
        passwords = {"admin": secrets.token_urlsafe(12), "coordinator": secrets.token_urlsafe(12)}
        _flask(folder, environment, "database", "upgrade")
        _flask(folder, environment, "user", "add", "admin", "--role", "admin", "--password", passwords["admin"])
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=folder, env={**os.environ, **environment},
            stdout=subprocess.DEVNULL, stderr=(folder / "worker.log").open("ab"),
        )  # fmt: skip
        try:
            with served("wsgi:app", folder, environment) as base_url:
                yield _set_up(base_url, folder, passwords)
        finally:
            _end(worker)


def _set_up(base_url: str, folder: Path, passwords: dict[str, str]) -> Running:
    on = _today()
    county = make_county(1, on)
    admin, client = load.Client(base_url), load.Client(base_url)
    admin.sign_in("admin", passwords["admin"])
    branches = load.create_branches(admin)
    account = {"username": "coordinator", "password": passwords["coordinator"]}
    admin.send("POST", "/api/v1/users", {**account, "role": "coordinator", "branches": sorted(branches.values())})
    client.sign_in(**account)
    people = load.set_up(client, county, branches, on, lambda _line: None)
    return Running(base_url, folder, client, county, people, on)


def plan_and_publish(running: Running) -> dict[str, object]:
    """Ask for today's plan, wait for it, publish it; returns the plan."""
    day = running.on.isoformat()
    plan = running.client.send("POST", "/api/v1/plans", {"from": day, "to": day})
    while plan["status"] in ("queued", "running"):
        time.sleep(0.1)
        plan = running.client.send("GET", f"/api/v1/plans/{plan['id']}")
    if plan["status"] != "ready":
        raise RuntimeError(f"the plan is {plan['status']}: {plan['error']}")
    running.client.send("POST", f"/api/v1/plans/{plan['id']}/publish")
    return plan  # type: ignore[no-any-return]


def enrol(running: Running, staff_number: str) -> load.Client:
    """Enrol a phone of a person and return its client."""
    code = running.client.send("POST", f"/api/v1/people/{running.people[staff_number]}/enrolments")["code"]
    phone = load.Client(running.base_url)
    phone.token = phone.send("POST", "/api/v1/devices", {"code": code})["access_token"]
    return phone


def _flask(folder: Path, environment: dict[str, str], *command: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command], cwd=folder, env={**os.environ, **environment},
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _today() -> date:
    from datetime import datetime

    from api.settings import Settings

    return datetime.now(Settings().zone).date()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    for _try in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
