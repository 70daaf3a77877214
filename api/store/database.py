"""The database: one engine per process, and the only two ways to a session: to read, to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

WRITER = "rounds_writer"


class Store:
    """Opens transactions on one database (SQLite or PostgreSQL).

    Use cases alone call :meth:`read` and :meth:`write`; everything inside one ``with`` is one
    transaction, committed at its end and rolled back by any exception.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _sqlite_engine(url) if self.url.get_backend_name() == "sqlite" else _server_engine(url)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that sees one consistent state and may not write."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session
            if session.new or session.dirty or session.deleted:
                raise RuntimeError("a reading transaction was about to write")

    def fetch_one(self, statement: Executable, parameters: Mapping[str, Any]) -> Any | None:
        """Return the one row of a statement made beforehand, or None: the short way for what every request asks."""
        with self.engine.connect() as connection:
            return connection.execute(statement, parameters).one_or_none()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a writing session; on SQLite it takes the write lock at once, so no update is lost."""
        engine = self.engine.execution_options(**{WRITER: True})
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def is_ready(self) -> bool:
        """Say whether the database answers and holds the current schema."""
        from api.store.schema import at_head

        return at_head(self.engine)

    def dispose(self) -> None:
        """Close every pooled connection (after a fork, before the process ends)."""
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": 30})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        # FULL, not NORMAL: a phone deletes its copy once we acknowledged, also if the power fails next.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later could otherwise lose an update silently.
        writes = connection.get_execution_options().get(WRITER)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _server_engine(url: str) -> Engine:
    return create_engine(url, pool_size=5, max_overflow=10, pool_pre_ping=True)
