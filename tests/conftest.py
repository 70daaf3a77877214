"""What all tests share."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

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

    settings = Settings(database_url=database_url, data_key=DATA_KEY, cookie_secure=False, **changes)  # type: ignore[arg-type]
    app = create_app(settings)
    app.testing = True
    try:
        yield app
    finally:
        app.extensions["store"].dispose()


@pytest.fixture
def app(database: str) -> Iterator[Flask]:
    """Give an application on a fresh database."""
    with running(database) as app:
        yield app


@pytest.fixture
def county(app: Flask) -> County:
    """Give two branches, an admin, and a coordinator for each branch."""
    from tests.factories import make_county

    return make_county(app)


@pytest.fixture
def nobody(app: Flask) -> Caller:
    """Give a caller who is not signed in."""
    from tests.factories import Caller

    return Caller(app)
