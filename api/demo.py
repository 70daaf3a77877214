"""``make demo``: the whole of Rounds on one machine, with the sample county, today planned and published."""

from __future__ import annotations

import base64
import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import current_app

from api.sample import load
from api.sample.county import County, make_county
from api.sample.files import write_ledgers
from api.store.schema import upgrade
from api.usecases.context import today
from api.usecases.keep_users import add_user, set_password

VAR = Path("var")
GUNICORN = Path(__file__).parent.parent / "gunicorn.conf.py"
SEED = 1
_PDEATHSIG = 1


def run(port: int) -> None:
    """Set up, start server and worker, fill them through the public API, and wait for Ctrl-C."""
    # Names and debts, even invented ones, are for this user only.
    os.umask(0o077)
    VAR.mkdir(exist_ok=True)
    _require_free(port)
    _keep_settings()
    upgrade(current_app.extensions["store"].engine)
    accounts = _accounts()
    current_app.extensions["store"].dispose()
    base_url = f"http://127.0.0.1:{port}"
    signal.signal(signal.SIGTERM, _as_interrupt)
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start("worker", [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], port))
        started.append(
            _start("server", [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), "wsgi:app"], port)
        )
        _await_ready(base_url, started)
        _fill(base_url, accounts)
        _watch(started)
    except KeyboardInterrupt:
        click.echo("\nStopping.")
    finally:
        _stop(started)


def _fill(base_url: str, accounts: dict[str, dict[str, str]]) -> None:
    on = today()
    county = make_county(SEED, on)
    admin, client = load.Client(base_url), load.Client(base_url)
    admin.sign_in(**accounts["admin"])
    branches = load.create_branches(admin)
    _ensure_coordinator(admin, accounts["coordinator"], branches)
    client.sign_in(**accounts["coordinator"])
    if not any(client.items("/api/v1/territories")):
        load.set_up(client, county, branches, on, click.echo)
        for path in write_ledgers(county, VAR / "sample", SEED):
            report = client.upload("/api/v1/ledgers", path)
            counts = ", ".join(f"{count} {name}" for name, count in report["rows"].items() if count)
            click.echo(f"{path}: {counts}")
    people = {person["staff_number"]: person["id"] for person in client.items("/api/v1/people")}
    load.ensure_shifts(client, county, people, load.team_ids(client), on)
    _ensure_plan(client, on.isoformat(), (on + timedelta(days=1)).isoformat())
    code = client.send("POST", f"/api/v1/people/{people[county.people[0].staff_number]}/enrolments")["code"]
    found = {
        "base_url": base_url,
        "coordinator": accounts["coordinator"],
        "device_code": code,
        "date": on.isoformat(),
    }
    _write_private(VAR / "demo.json", json.dumps({**found, "admin": accounts["admin"]}, ensure_ascii=False, indent=2))
    _greet(found, county)


def _greet(found: dict[str, Any], county: County) -> None:
    coordinator = found["coordinator"]
    click.echo(
        f"""
Rounds is running with an invented county of {len(county.villages)} villages. Everything is in {VAR}/demo.json.

  Console   {found["base_url"]}/console/    user {coordinator["username"]}, password {coordinator["password"]}
  Phone     {found["base_url"]}/field/      enrolment code {found["device_code"]}
  API       {found["base_url"]}/docs

Ctrl-C stops it; the data stays in {VAR}/."""
    )


def _ensure_plan(client: load.Client, day: str, last: str) -> None:
    """Publish a plan from ``day`` to ``last``, unless the day has one."""
    published = client.send("GET", f"/api/v1/plans?date={day}&status=published")["items"]
    if published:
        return
    plan = client.send("POST", "/api/v1/plans", {"from": day, "to": last})
    shown = ""
    while plan["status"] in ("queued", "running"):
        time.sleep(0.4)
        plan = client.send("GET", f"/api/v1/plans/{plan['id']}")
        progress = plan["progress"]
        line = f"Planning {day} and {last}: {progress['done']} of {progress['of']} territories"
        if line != shown:
            click.echo(line)
            shown = line
    if plan["status"] != "ready":
        raise click.ClickException(f"The plan of {day} is {plan['status']}: {plan['error']}")
    client.send("POST", f"/api/v1/plans/{plan['id']}/publish")
    planned, teams, left = (plan["figures"][one] for one in ("planned", "teams", "unplanned"))
    click.echo(f"Published: {planned} visits of both days by {teams} teams, {left} left out.")


def _ensure_coordinator(admin: load.Client, account: dict[str, str], branches: dict[str, str]) -> None:
    if account["username"] not in {user["username"] for user in admin.items("/api/v1/users")}:
        admin.send("POST", "/api/v1/users", {**account, "role": "coordinator", "branches": sorted(branches.values())})


def _accounts() -> dict[str, dict[str, str]]:
    """Return user names and passwords: those of the last demo, or fresh ones."""
    try:
        last = json.loads((VAR / "demo.json").read_text("utf-8"))
        accounts = {
            role: {key: str(last[role][key]) for key in ("username", "password")} for role in ("admin", "coordinator")
        }
    except (OSError, ValueError, KeyError, TypeError):
        accounts = {
            role: {"username": role, "password": secrets.token_urlsafe(12)} for role in ("admin", "coordinator")
        }
    if not add_user(accounts["admin"]["username"], accounts["admin"]["password"], "admin", [], exist_ok=True):
        for account in accounts.values():
            set_password(account["username"], account["password"])
    return accounts


def _keep_settings() -> None:
    """Make the key once and keep it beside the data; the demo is served without HTTPS on this machine only."""
    path = VAR / "settings.env"
    if not path.exists():
        key = base64.b64encode(os.urandom(32)).decode()
        _write_private(path, f"# Settings of the demo.\nROUNDS_DATA_KEY={key}\nROUNDS_COOKIE_SECURE=no\n")


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; it is whole or it is not there."""
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(f"Port {port} is busy. Use another: make demo PORT={port + 1}") from error


def _start(name: str, command: list[str], port: int) -> subprocess.Popen[bytes]:
    log = (VAR / f"{name}.log").open("ab")
    libc = ctypes.CDLL(None, use_errno=True)

    def die_with_parent() -> None:
        libc.prctl(_PDEATHSIG, signal.SIGTERM)

    with log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, "PORT": str(port)},
            start_new_session=True, preexec_fn=die_with_parent,
        )  # fmt: skip


def _await_ready(base_url: str, started: list[subprocess.Popen[bytes]]) -> None:
    for _try in range(300):
        _require_running(started)
        try:
            load.Client(base_url).send("GET", "/readyz")
        except (OSError, load.ApiError):
            time.sleep(0.1)
        else:
            return
    raise click.ClickException(f"The server did not get ready. See {VAR}/server.log.")


def _require_running(started: list[subprocess.Popen[bytes]]) -> None:
    for process in started:
        if process.poll() is not None:
            raise click.ClickException(
                f"A part of the demo ended by itself. See {VAR}/server.log and {VAR}/worker.log."
            )


def _watch(started: list[subprocess.Popen[bytes]]) -> None:
    while True:
        _require_running(started)
        time.sleep(0.5)


def _stop(started: list[subprocess.Popen[bytes]]) -> None:
    for process in started:
        if process.poll() is None:
            process.terminate()
    for process in started:
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _as_interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
