"""Importing an invented ledger through the service's own use case: preview, import, both again, in each database."""

from __future__ import annotations

import argparse
import base64
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bench.ledgers import BRANCHES, VILLAGES, seconds_of_baseline, write

STEPS = ("preview", "import", "preview again", "import again")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--branches", type=int, default=BRANCHES, help="so many branches share the rows")
    parser.add_argument("--villages", type=int, default=VILLAGES, help="so many villages share the rows")
    parser.add_argument("--xlsx", action="store_true", help="a workbook (no baseline: DictReader reads none)")
    parser.add_argument("--postgres", metavar="URL", help="a PostgreSQL server to measure on besides SQLite")


def run(arguments: argparse.Namespace) -> None:
    """Print, for each step, seconds by the clock and of the processor, the ratio to the baseline and peak memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write(folder, arguments.rows, arguments.xlsx, arguments.branches, arguments.villages)
        base = None if arguments.xlsx else seconds_of_baseline(path)
        _measure(f"sqlite:///{folder / 'rounds.db'}", path, arguments.branches, base)
        with _empty_database(arguments.postgres) as url:
            if url is not None:
                _measure(url, path, arguments.branches, base)


def _measure(url: str, path: Path, branches: int, base: float | None) -> None:
    key = base64.b64encode(os.urandom(32)).decode()
    for step in STEPS:
        # A process of its own each: peak memory never goes down again.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            report = pool.apply(_step, (url, key, path, branches, step))
        ratio = "" if base is None else f", {report['processor'] / base:.1f} × the baseline"
        print(
            f"{make_url(url).get_backend_name()}, {step}: {report['clock']:.1f} s, "
            f"processor {report['processor']:.1f} s{ratio}, "
            f"peak {report['peak']} MB (before: {report['before']} MB); {report['rows']}"
        )


def _step(url: str, key: str, path: Path, branches: int, step: str) -> dict[str, Any]:
    from api.app import create_app
    from api.settings import Settings
    from api.store.schema import upgrade
    from api.usecases.import_ledger import import_ledger

    app = create_app(Settings(database_url=url, data_key=key, max_upload_mb=500, roads="none"))
    with app.test_request_context():
        upgrade(app.extensions["store"].engine)
        actor = _actor(app.extensions["store"], branches)
        before, clock, processor = _peak(), time.perf_counter(), time.process_time()
        with path.open("rb") as stream:
            report = import_ledger(actor, stream, path.name, dry_run="preview" in step)
        return {
            "clock": time.perf_counter() - clock, "processor": time.process_time() - processor, "before": before,
            "peak": _peak(), "rows": {name: count for name, count in report["rows"].items() if count},
        }  # fmt: skip


def _actor(store: Any, branches: int) -> Any:
    """A coordinator of all branches, which are made the first time."""
    from sqlalchemy import select

    from api.auth.actor import Actor, Role
    from api.store.models import Branch

    with store.write() as session:
        if session.scalar(select(Branch).limit(1)) is None:
            session.add_all(Branch(code=f"500{number:02}", name=f"{number}") for number in range(branches))
        session.flush()
        return Actor("bench", Role.COORDINATOR, frozenset(session.scalars(select(Branch.id))))


def _peak() -> int:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << 20 if sys.platform == "darwin" else 1 << 10)


@contextmanager
def _empty_database(server: str | None) -> Iterator[str | None]:
    """A database on a server for as long as it is measured."""
    if server is None:
        yield None
        return
    name = f"rounds_bench_{uuid.uuid4().hex[:16]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
