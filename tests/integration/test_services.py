"""The databases that tests get: each its own, and missing services said aloud."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from tests.services import Found, empty_database, need, template_database


def run(url: str, *statements: str) -> list[object]:
    """Run statements in one transaction; give the last one's first column."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            results = [connection.execute(text(statement)) for statement in statements]
            return list(results[-1].scalars()) if results[-1].returns_rows else []
    finally:
        engine.dispose()


@pytest.mark.postgres
def test_two_copies_of_a_template_share_its_tables_and_nothing_else(postgres_url: str) -> None:
    """A test finds the template's schema, and none of the rows that another test wrote."""
    built = []

    def build(url: str) -> None:
        built.append(url)
        run(url, "CREATE TABLE village (name text)")

    template = template_database(postgres_url, "services", build)
    assert template_database(postgres_url, "services", build) == template
    assert len(built) == 1
    with empty_database(postgres_url, template) as one, empty_database(postgres_url, template) as other:
        run(one, "INSERT INTO village VALUES ('石桥村')")
        assert run(one, "SELECT name FROM village") == ["石桥村"]
        assert run(other, "SELECT name FROM village") == []


@pytest.mark.postgres
def test_a_database_is_gone_after_its_test(postgres_url: str) -> None:
    """Nothing piles up on a server that is kept."""
    with empty_database(postgres_url) as url:
        name = url.rsplit("/", 1)[1]
        assert run(postgres_url, f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == [1]
    assert run(postgres_url, f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == []


def test_what_is_missing_skips_a_test_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without the service the test is skipped, and the reason names the remedy."""
    monkeypatch.delenv("ROUNDS_REQUIRE_SERVICES", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install something"):
        need(Found(None, "apt-get install something"))


def test_what_is_missing_fails_a_test_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """In `.ci/run` nothing is skipped for want of a service."""
    monkeypatch.setenv("ROUNDS_REQUIRE_SERVICES", "1")
    with pytest.raises(pytest.fail.Exception, match="apt-get install something"):
        need(Found(None, "apt-get install something"))
