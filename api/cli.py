"""Commands: ``flask --app wsgi …``. Each calls a use case or the public API; none has rules of its own."""

from __future__ import annotations

import base64
import os
import time
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

import click
from flask import Flask, current_app

from api.cli_export import export
from api.cli_places import places
from api.cli_roads import roads
from api.settings import SettingError


def init_app(app: Flask) -> None:
    """Add the commands of Rounds to ``flask``."""
    for command in (
        database, user, worker, sample_county, import_ledger, export, places, roads, plan, solve, demo, data_key,
    ):  # fmt: skip
        app.cli.add_command(command)


@click.command("data-key")
def data_key() -> None:
    """Print a fresh key for ROUNDS_DATA_KEY. Keep it: losing it loses every id and phone number."""
    click.echo(base64.b64encode(os.urandom(32)).decode())


@click.group()
def database() -> None:
    """The database and its schema."""


@database.command("upgrade")
def database_upgrade() -> None:
    """Bring the database to the current schema; safe to repeat."""
    from api.store.schema import upgrade

    upgrade(current_app.extensions["store"].engine)
    click.echo("The database is at the current schema.")


@click.group()
def user() -> None:
    """People who sign in with a password."""


@user.command("add")
@click.argument("username")
@click.option("--role", required=True, help="coordinator, legal, reviewer, manager, auditor or admin")
@click.option("--branch", "branches", multiple=True, help="Code of a branch they cover; repeat for several.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if not given.")
def user_add(username: str, role: str, branches: tuple[str, ...], password: str) -> None:
    """Add a user (the first admin, for instance)."""
    from marshmallow import ValidationError

    from api.problems import Problem, from_validation
    from api.usecases.keep_users import add_user

    try:
        add_user(username, password, role, list(branches))
    except Problem as problem:
        raise click.ClickException(problem.detail) from problem
    except ValidationError as error:
        raise click.ClickException(from_validation(error).detail) from error
    click.echo(f"{username} can sign in as {role}.")


@click.command()
def worker() -> None:
    """Draw up plans in the background until stopped. Run one per database."""
    from api.jobs.worker import run

    run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("sample-county")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("var/sample"), show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Day the county stands at (today).")
def sample_county(out: Path, seed: int, on: object) -> None:
    """Write the ledgers of an invented county, as a bank would send them."""
    from api.sample.county import make_county
    from api.sample.files import write_ledgers

    day = on.date() if hasattr(on, "date") else _today()
    for path in write_ledgers(make_county(seed, day), out, seed):
        click.echo(str(path))


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--user", "username", required=True, help="The coordinator in whose area the ledger lies.")
@click.option("--dry-run", is_flag=True, help="Report only; store nothing.")
def import_ledger(file: Path, username: str, dry_run: bool) -> None:
    """Import a ledger and print its report."""
    from api.usecases.import_ledger import import_ledger as run
    from api.usecases.keep_users import actor_named

    with file.open("rb") as stream:
        report = run(actor_named(username), stream, file.name, dry_run=dry_run)
    click.echo("  ".join(f"{name} {count}" for name, count in report["rows"].items()))
    for problem in report["problems"]:
        click.echo(f"row {problem['row']}, {problem['column']}: {problem['reason']} {problem['remedy']}")


@click.command()
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="First day; today by default.")
@click.option("--days", type=click.IntRange(1, 28), default=1, show_default=True, help="How many days in a row.")
@click.option("--user", "username", required=True, help="The coordinator whose territories are planned.")
@click.option("--publish", is_flag=True, help="Publish it when it is ready.")
def plan(on: object, days: int, username: str, publish: bool) -> None:
    """Ask for a plan of one day or several, watch the worker draw it up, and publish it if asked to."""
    from api.problems import Problem
    from api.usecases import draw_up_plan, publish_plan
    from api.usecases.keep_users import actor_named
    from api.usecases.read_plans import one_plan

    actor = actor_named(username)
    day = on.date() if hasattr(on, "date") else _today()
    last = day + timedelta(days=days - 1)
    request = {"from_date": day, "to_date": last, "territories": None, "seconds": None, "seed": 1}
    try:
        asked = draw_up_plan.request_plan(actor, request)
    except Problem as problem:
        raise click.ClickException(problem.detail) from problem
    with click.progressbar(length=max(1, len(asked.territories)), label=f"Plan {asked.number}") as bar:
        while True:
            found = one_plan(actor, asked.id)
            bar.update(found["progress"]["done"] - bar.pos)
            if found["status"] not in ("queued", "running"):
                break
            time.sleep(0.3)
    if found["status"] != "ready":
        raise click.ClickException(found["error"] or found["status"])
    figures = found["figures"]
    click.echo(f"{figures['planned']} visits planned, {figures['unplanned']} left out, value {figures['value']}")
    if publish:
        publish_plan.publish_plan(actor, asked.id)
        click.echo("Published.")


@click.command()
@click.argument("problem", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seconds", type=click.FloatRange(0, 3600, min_open=True), help="Budget in seconds (3 by default).")
@click.option("--iterations", type=click.IntRange(1), help="Budget in steps instead: the same plan every time.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--out", type=click.File("wb", lazy=True), default="-", help="File of the plan; standard output if none.")
def solve(problem: Path, seconds: float | None, iterations: int | None, seed: int, out: BinaryIO) -> None:
    """Plan a problem in a JSON file without the service; the plan is checked before it is written.

    Progress goes to standard error. Ends with 0; 2: the problem cannot be read; 3: the planner failed;
    4: the checker found the plan wrong. docs/reference/planner-files.md describes both files.
    """
    from api.usecases.solve_file import NotSolved, solve_file
    from routing.solve.options import Progress, SolveOptions

    if seconds is not None and iterations is not None:
        raise click.UsageError("Give a budget either in --seconds or in --iterations.")
    options = SolveOptions(seconds if iterations or seconds else 3.0, iterations, seed)

    def tell(step: Progress) -> None:
        done = 100 * step.done // step.of
        click.echo(f"{step.seconds:6.1f} s  {done:3d} %  {step.iterations} iterations  value {step.value}", err=True)

    try:
        found = solve_file(problem.read_bytes(), options, tell)
    except NotSolved as why:
        for line in why.lines:
            click.echo(line, err=True)
        raise click.exceptions.Exit(why.exit_code) from why
    out.write(found)


@click.command()
@click.option("--port", type=int, envvar="PORT", default=8000, show_default=True)
def demo(port: int) -> None:
    """Set everything up with the sample county and serve it on this machine, until Ctrl-C."""
    from api.demo import run

    try:
        run(port)
    except SettingError as error:
        raise click.ClickException(str(error)) from error


def _today() -> date:
    from api.usecases.context import today

    return today()
