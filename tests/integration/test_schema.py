"""The migrations make the schema that the models describe, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from api.store.columns import now
from api.store.database import Store
from api.store.models import AssignmentState, AuditEntry, Base
from api.store.schema import _config, at_head, upgrade


@pytest.fixture
def empty_store(empty_database_url: str) -> Iterator[Store]:
    store = Store(empty_database_url)
    yield store
    store.dispose()


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = Store(database)
    yield store
    store.dispose()


def test_the_migrations_make_what_the_models_describe(store: Store) -> None:
    """Whoever changes a model writes the migration with it."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert at_head(store.engine)


def test_migrations_can_be_repeated_and_taken_back(empty_store: Store) -> None:
    """`upgrade` is safe to repeat; `downgrade` leaves nothing but Alembic's own table."""
    upgrade(empty_store.engine)
    upgrade(empty_store.engine)
    command.downgrade(_config(empty_store.engine), "base")
    assert inspect(empty_store.engine).get_table_names() == ["alembic_version"]
    assert not at_head(empty_store.engine)


def test_two_who_migrate_at_once_do_not_disturb_each_other(empty_store: Store) -> None:
    """The service and its worker may both bring the schema up to date at start."""
    url = empty_store.url.render_as_string(hide_password=False)
    program = "import sys, api; from api.store.database import Store; from api.store.schema import upgrade; " + (
        "upgrade(Store(sys.argv[1]).engine)"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors
    assert at_head(empty_store.engine)


def test_there_is_one_row_that_versions_who_works_where(store: Store) -> None:
    """Reassignments lock and raise this row; without it they could not be compared."""
    with store.read() as session:
        assert session.get_one(AssignmentState, 1).version == 1


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"])
def test_the_database_itself_refuses_to_change_what_is_immutable(store: Store, statement: str) -> None:
    """Outcomes and audit entries stay as they were written, whoever has the connection (decision 12)."""
    with store.write() as session:
        session.add(AuditEntry(by="p-1", action="something", created_at=now()))
    with pytest.raises(DBAPIError, match="immutable"), store.write() as session:
        session.execute(text(statement))
    with store.read() as session:
        assert session.execute(text("SELECT action FROM audit_entries")).scalar_one() == "something"
