"""How far an upload is, told to whoever waits for it or comes back to it from another page.

An import is one transaction, and SQLite has one writer: while its rows are stored nothing can be told but how
many they are. What is quick leaves no trace here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.store.columns import now
from api.store.models import RunningImport
from api.usecases.context import store

log = structlog.get_logger()

BEAT = 1.0
"""Seconds between two words, and until the first."""
LOOK = 500
"""So many rows are read before the clock is looked at again."""
MANY = 2_000
"""To store so many rows takes long enough to be told."""
DEAD = timedelta(minutes=20)
"""Whoever has said nothing for so long has died; nothing of it was stored."""

T = TypeVar("T")


class Followed:
    """One upload on its way. Use it in a ``with`` statement around the import."""

    def __init__(self, actor: Actor, filename: str, *, dry_run: bool, beat: float = BEAT) -> None:
        self.row = RunningImport(by=actor.pseudonym, filename=filename, dry_run=dry_run, phase="reading", rows=0)
        self._told, self._beat = False, beat

    def __enter__(self) -> Followed:
        return self

    def __exit__(self, *_: object) -> None:
        if self._told:
            gone = or_(RunningImport.id == self.row.id, RunningImport.beat_at < now() - DEAD)
            _tell(lambda session: session.execute(delete(RunningImport).where(gone)))

    def reading(self, rows: Iterator[T]) -> Iterator[T]:
        """Pass rows on, and tell now and then how many they were."""
        due = time.monotonic() + self._beat
        for count, row in enumerate(rows, start=1):
            if count % LOOK == 0 and time.monotonic() >= due:
                self._tell("reading", count)
                due = time.monotonic() + self._beat
            yield row

    def storing(self, count: int) -> None:
        """Tell that so many rows are being stored from now on."""
        if self._told or count >= MANY:
            self._tell("storing", count)

    def _tell(self, phase: str, rows: int) -> None:
        if self._told:
            changed = update(RunningImport).where(RunningImport.id == self.row.id)
            _tell(lambda session: session.execute(changed.values(phase=phase, rows=rows, beat_at=now())))
        else:
            self.row.phase, self.row.rows = phase, rows
            self._told = _tell(lambda session: session.add(self.row))


def _tell(say: Callable[[Session], object]) -> bool:
    """Tell something in a transaction of its own; where the database is too busy, the import goes on without."""
    try:
        with store().write() as session:
            say(session)
    except OperationalError as error:
        log.warning("progress of an import not told", error=type(error.orig).__name__)
        return False
    return True


def list_running(actor: Actor) -> dict[str, Any]:
    """Return the actor's own uploads that are on their way, the oldest first."""
    mine = select(RunningImport).where(RunningImport.by == actor.pseudonym, RunningImport.beat_at >= now() - DEAD)
    with store().read() as session:
        return {"items": list(session.scalars(mine.order_by(RunningImport.id)))}
