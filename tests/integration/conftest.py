"""The sample county, planned and published, copied for every test that asks for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import sample_county
from tests.conftest import BOTH, running
from tests.services import empty_database, template_database


@pytest.fixture(scope="session")
def sqlite_sample(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the planned county in SQLite and what was noted about it."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copy(sqlite_template, folder / "rounds.db")
    with running(f"sqlite:///{folder / 'rounds.db'}", **sample_county.FAST) as app:
        sample_county.build(app, folder)
    return folder


def _postgres_sample(server: str) -> tuple[str, Path]:
    """Give the name of a PostgreSQL template with the planned county, and the folder with what was noted."""
    import os

    from tests.conftest import _migrate
    from tests.services import RUN_FOLDER

    folder = Path(os.environ[RUN_FOLDER]) / "sample"

    def build(url: str) -> None:
        _migrate(url)
        folder.mkdir(exist_ok=True)
        with running(url, **sample_county.FAST) as app:
            sample_county.build(app, folder)

    return template_database(server, "sample", build), folder


@pytest.fixture(params=BOTH)
def sample_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Give the URL of a copy of the planned county, and the folder of its facts; once on each database."""
    if request.param == "sqlite":
        folder = request.getfixturevalue("sqlite_sample")
        shutil.copy(folder / "rounds.db", tmp_path / "sample.db")
        yield f"sqlite:///{tmp_path / 'sample.db'}", folder
        return
    server = request.getfixturevalue("postgres_url")
    template, folder = _postgres_sample(server)
    with empty_database(server, template) as url:
        yield url, folder


@pytest.fixture
def sample(sample_url: tuple[str, Path], tmp_path: Path) -> Iterator[sample_county.Sample]:
    """Give the planned county of a small sample, today published, in a database of its own."""
    url, folder = sample_url
    jobs = f"sqlite:///{tmp_path / 'jobs.db'}"
    with running(url, jobs_url=jobs, **sample_county.FAST) as app:
        yield sample_county.sample_in(app, folder)
