"""Alembic's entry: migrations run on the engine that the service hands over, all in one transaction."""

from alembic import context
from sqlalchemy import Connection, text

from api.store.database import WRITER
from api.store.models import Base

# Any number, the same for everybody who migrates: the second one waits, and finds the work done.
_ADVISORY_LOCK = 7_408_191


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        # SQLite's DDL is transactional once BEGIN is sent in earnest (api.store.database).
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        context.run_migrations()


engine = context.config.attributes["engine"].execution_options(**{WRITER: True})
with engine.connect() as connection:
    if connection.dialect.name != "sqlite":
        migrate(connection)
    else:
        # A batch migration drops and renames tables, which must not take the rows that refer to them along
        # (https://alembic.sqlalchemy.org/en/latest/batch.html). The pragma has no effect inside a transaction.
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            migrate(connection)
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
