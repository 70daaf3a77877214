"""What all tests share."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flask import Flask

    from tests.factories import Caller, County

pytest_plugins = ["tests.services"]

DATA_KEY = base64.b64encode(bytes(range(32))).decode()
BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


def _migrate(url: str) -> None:
    from api.store.database import Store
    from api.store.schema import upgrade

    store = Store(url)
    try:
        upgrade(store.engine)
    finally:
        store.dispose()


@pytest.fixture(autouse=True, scope="session")
def _no_clock_ends_a_rotation() -> Iterator[None]:
    """Let the deterministic limit end a rotation's search, however busy the machine is with other tests."""
    from routing.rotation import solve

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solve, "WALL_LEAST", 600.0)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SQLite file to be copied."""
    path = tmp_path_factory.mktemp("template") / "rounds.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a fresh database at the current schema; the test runs once on each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "rounds.db")
        yield f"sqlite:///{tmp_path / 'rounds.db'}"
        return
    from tests.services import empty_database, template_database

    server = request.getfixturevalue("postgres_url")
    with empty_database(server, template_database(server, "schema", _migrate)) as url:
        yield url


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without any table; the test runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    from tests.services import empty_database

    with empty_database(request.getfixturevalue("postgres_url")) as url:
        yield url


@contextmanager
def running(database_url: str, **changes: object) -> Iterator[Flask]:
    """Give an application on that database, with settings fit for tests."""
    from api.app import create_app
    from api.settings import Settings

    fit = {"roads": "none", "cookie_secure": False, **changes}
    settings = Settings(database_url=database_url, data_key=DATA_KEY, **fit)  # type: ignore[arg-type]
    app = create_app(settings)
    app.testing = True
    try:
        yield app
    finally:
        app.extensions["store"].dispose()


@pytest.fixture(scope="session")
def county_template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], tuple[str, dict[str, Any]]]:
    """Give a function from a kind of database to a template that holds a county, and what is known of it.

    Hashing passwords takes long by design, so the users are made once for all tests of a worker.
    """
    known: dict[str, tuple[str, dict[str, Any]]] = {}

    def build(url: str, kind: str) -> None:
        from tests.factories import make_county

        _migrate(url)
        with running(url) as app:
            known[kind] = (known[kind][0], make_county(app))

    def template(kind: str, server: str) -> tuple[str, dict[str, Any]]:
        from tests.services import template_database

        if kind not in known and kind == "sqlite":
            known[kind] = (str(tmp_path_factory.mktemp("county") / "rounds.db"), {})
            build(f"sqlite:///{known[kind][0]}", kind)
        elif kind not in known:
            known[kind] = ("", {})
            key = "county_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
            name = template_database(server, key, lambda url: build(url, kind))
            known[kind] = (name, known[kind][1])
        return known[kind]

    return template


@pytest.fixture(params=BOTH)
def county_database(
    request: pytest.FixtureRequest, tmp_path: Path, county_template: Callable[[str, str], tuple[str, dict[str, Any]]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the URL of a database with a county of its own, and its ids and tokens; once on each kind."""
    from tests.services import empty_database

    if request.param == "sqlite":
        template, facts = county_template("sqlite", "")
        shutil.copy(template, tmp_path / "rounds.db")
        yield f"sqlite:///{tmp_path / 'rounds.db'}", facts
        return
    server = request.getfixturevalue("postgres_url")
    template, facts = county_template("postgresql", server)
    with empty_database(server, template) as url:
        yield url, facts


@pytest.fixture
def app(county_database: tuple[str, dict[str, Any]]) -> Iterator[Flask]:
    """Give an application whose database holds a county and nothing else."""
    with running(county_database[0]) as app:
        yield app


@pytest.fixture
def county(app: Flask, county_database: tuple[str, dict[str, Any]]) -> County:
    """Give two branches, an admin, and a coordinator for each branch, all signed in."""
    from tests.factories import open_county

    return open_county(app, county_database[1])


@pytest.fixture
def nobody(app: Flask) -> Caller:
    """Give a caller who is not signed in."""
    from tests.factories import Caller

    return Caller(app)
