"""Many rows at once, past the unit of work: an object a row takes ten times as long as the database does.

PostgreSQL takes them by COPY, SQLite by one prepared statement. Column defaults do not apply, and None is NULL
also in a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, update
from sqlalchemy.orm import Session

from api.store.models.base import Base

Values = Sequence[Any]

PORTION = 2_000
"""So many rows are held in the database's own form at once."""


def insert_rows(session: Session, model: type[Base], columns: Sequence[str], rows: Iterable[Values]) -> None:
    """Insert rows given as the values of ``columns``. They are made as they are sent."""
    connection, table = session.connection(), cast(Table, model.__table__)
    dialect = connection.dialect
    binds = [
        (place, bind)
        for place, name in enumerate(columns)
        if (bind := table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) is not None
    ]
    quote = dialect.identifier_preparer.quote
    into = f"{quote(table.name)} ({', '.join(map(quote, columns))})"
    send = _copy if dialect.name == "postgresql" else _execute
    send(connection, into, len(columns), _bound(rows, binds))


def update_rows(session: Session, model: type[Base], columns: Sequence[str], rows: Iterable[Values]) -> None:
    """Set ``columns`` of the rows by id, each given as its id and the values."""
    connection, table = session.connection(), cast(Table, model.__table__)
    names = ["its_id", *(f"new_{name}" for name in columns)]
    statement = update(table).where(table.c.id == bindparam("its_id"))
    statement = statement.values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns})
    waiting = iter(rows)
    while portion := [dict(zip(names, row, strict=True)) for row in islice(waiting, PORTION)]:
        connection.execute(statement, portion)


def _bound(rows: Iterable[Values], binds: Sequence[tuple[int, Any]]) -> Iterator[Values]:
    for row in rows:
        values = list(row)
        for place, bind in binds:
            if values[place] is not None:
                values[place] = bind(values[place])
        yield tuple(values)


def _copy(connection: Connection, into: str, _width: int, rows: Iterator[Values]) -> None:
    with closing(cast(Any, connection.connection.cursor())) as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _execute(connection: Connection, into: str, width: int, rows: Iterator[Values]) -> None:
    # Names come from our models alone, values are bound.
    statement = f"INSERT INTO {into} VALUES ({', '.join('?' * width)})"  # nosec B608
    while portion := list(islice(rows, PORTION)):
        connection.exec_driver_sql(statement, cast(Any, portion))
