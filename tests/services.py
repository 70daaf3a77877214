"""Which outside services and data the tests find: PostgreSQL, Chromium, public data.

`tests/conftest.py` takes this in with ``pytest_plugins = ["tests.services"]``. A service that is not there
skips the tests that ask for it and says why; with ``ROUNDS_REQUIRE_SERVICES=1`` (set by `.ci/run`) it fails
them instead.

PostgreSQL is the server at ``ROUNDS_TEST_POSTGRES`` (an SQLAlchemy URL whose user may create databases), else
a throwaway one of Debian's package: started by the first test that asks, shared by all workers of the run,
stopped at its end.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

ROOT = Path(__file__).resolve().parent.parent
RUN_FOLDER = "ROUNDS_TEST_RUN_FOLDER"


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for, or why it is not there."""

    value: str | None
    reason: str = ""


def are_required() -> bool:
    """Say whether a missing service is a failure rather than a reason to skip."""
    return os.environ.get("ROUNDS_REQUIRE_SERVICES") == "1"


def need(found: Found) -> str:
    """Return what was found; otherwise skip the test, or fail it where services are required."""
    if found.value is not None:
        return found.value
    if are_required():
        pytest.fail(f"required here (ROUNDS_REQUIRE_SERVICES=1): {found.reason}")
    pytest.skip(found.reason)


def find_postgres() -> Found:
    """Find a PostgreSQL server, starting a throwaway one if the package is installed.

    The value is an SQLAlchemy URL of the server's maintenance database.
    """
    given = os.environ.get("ROUNDS_TEST_POSTGRES")
    if given:
        return Found(given)
    if not list(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")):
        return Found(None, "no PostgreSQL: set ROUNDS_TEST_POSTGRES, or apt-get install postgresql")
    with _run_lock("postgres") as folder:
        answer = folder / "postgres.url"
        if not answer.exists():
            started = subprocess.run(
                # Should the run's first process be killed, the server follows it.
                [ROOT / "tools/postgres.sh", "start", folder / "postgres", os.environ[RUN_FOLDER + "_OWNER"]],
                env=os.environ | {"PYTHON": sys.executable},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            failed = f"!{started.stderr.strip() or 'postgres.sh failed'}" if started.returncode else ""
            answer.write_text(failed or started.stdout.strip(), encoding="utf-8")
        said = answer.read_text(encoding="utf-8")
    if said.startswith("!"):
        return Found(None, f"PostgreSQL did not start: {said[1:]}")
    return Found(said)


def find_chromium() -> Found:
    """Find a Chromium that Playwright can be pointed at (its own browsers are never downloaded)."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return Found(path)
    return Found(None, "no Chromium: apt-get install chromium fonts-noto-cjk")


def find_public_data(name: str) -> Found:
    """Find a folder of the public data (`osm`, `toptw`, `gazetteer`) under ``ROUNDS_BENCH_DATA``."""
    root = Path(os.environ.get("ROUNDS_BENCH_DATA") or ROOT.parent / "shared" / "data")
    folder = root / name
    if folder.is_dir():
        return Found(str(folder))
    return Found(None, f"no public data at {folder}: set ROUNDS_BENCH_DATA")


def find_osrm() -> Found:
    """Find the package osrm-bindings, which the lock installs under Python 3.12 and newer."""
    if importlib.util.find_spec("osrm") is not None:
        return Found("osrm")
    if sys.version_info < (3, 12):
        pytest.skip("osrm-bindings has no wheel for Python before 3.12")
    return Found(None, "no osrm-bindings: pip install -r requirements.txt")


@contextlib.contextmanager
def empty_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """Make a database of its own, give its URL, and drop it.

    `template` is the name of a database to copy (see `template_database`): a copy takes tens of milliseconds
    where the migrations take seconds. Nobody may be connected to a template while it is copied.
    """
    name = f"rounds_{uuid.uuid4().hex[:20]}"
    with _lock_for_template(template):
        _run_sql(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
    try:
        yield _with_database(server_url, name)
    finally:
        _run_sql(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def template_database(server_url: str, key: str, build: Callable[[str], None]) -> str:
    """Make a database once in a run, shared by all workers, to be copied by `empty_database`; give its name.

    `build` gets the database's URL, fills it (migrations) and must close all its connections.
    """
    name = f"rounds_template_{key}_{_run_id()}"
    with _run_lock("template") as folder:
        marker = folder / f"{name}.built"
        if not marker.exists():
            _run_sql(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            _run_sql(server_url, f'CREATE DATABASE "{name}" TEMPLATE template0')
            build(_with_database(server_url, name))
            marker.write_text(server_url, encoding="utf-8")
    return name


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """Give the URL of a PostgreSQL *server*; make a database in it with `empty_database`."""
    return need(find_postgres())


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Give the path of Chromium, for Playwright's ``executable_path``."""
    return need(find_chromium())


@pytest.fixture(scope="session")
def public_data() -> Callable[[str], Path]:
    """Give a function from a folder's name (`osm`, `toptw`, `gazetteer`) to its path."""
    return lambda name: Path(need(find_public_data(name)))


@pytest.fixture(scope="session")
def built_roads(public_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of road data built from the extract of Andorra for all profiles."""
    from routing.travel.build import RoadFolder

    need(find_osrm())
    folder = RoadFolder(tmp_path_factory.mktemp("roads"))
    folder.build(public_data("osm") / "andorra.osm.pbf")
    return folder.path


def pytest_configure(config: pytest.Config) -> None:
    """Open the folder that all processes of this run share."""
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="rounds-test-"))
        # As root the server runs as another user, who must be able to pass through.
        folder.chmod(0o711)
        os.environ[RUN_FOLDER] = str(folder)
        os.environ[RUN_FOLDER + "_OWNER"] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this run started."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(RUN_FOLDER))
    del os.environ[RUN_FOLDER + "_OWNER"]
    for marker in folder.glob("*.built"):
        _run_sql(marker.read_text(encoding="utf-8"), f'DROP DATABASE IF EXISTS "{marker.stem}" WITH (FORCE)')
    subprocess.run([ROOT / "tools/postgres.sh", "stop", folder / "postgres"], check=True)
    shutil.rmtree(folder)


def _run_id() -> str:
    return Path(os.environ[RUN_FOLDER]).name.rsplit("-", 1)[1]


@contextlib.contextmanager
def _run_lock(name: str) -> Iterator[Path]:
    """Hold a lock among the processes of this run; give the folder they share."""
    folder = Path(os.environ[RUN_FOLDER])
    with (folder / f"{name}.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder


def _lock_for_template(template: str | None) -> contextlib.AbstractContextManager[object]:
    # Two copies of one template at once can collide: PostgreSQL connects to the source while it copies.
    return contextlib.nullcontext() if template is None else _run_lock("copy")


def _with_database(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def _run_sql(server_url: str, statement: str) -> None:
    """Run one statement outside a transaction, as CREATE and DROP DATABASE want it."""
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT", pool_size=1)
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
