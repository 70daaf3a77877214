"""How far an upload is, told to whoever waits for it or comes back to it from another page.

An import is one transaction, and SQLite has one writer: while its rows are stored nothing can be told but how
many they are. What is quick leaves no trace here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, or_, select, update

from api.auth.actor import Actor
from api.store.columns import now
from api.store.models import RunningImport
from api.usecases.context import store

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
            with store().write() as session:
                gone = or_(RunningImport.id == self.row.id, RunningImport.beat_at < now() - DEAD)
                session.execute(delete(RunningImport).where(gone))

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
        with store().write() as session:
            if self._told:
                changed = update(RunningImport).where(RunningImport.id == self.row.id)
                session.execute(changed.values(phase=phase, rows=rows, beat_at=now()))
            else:
                self.row.phase, self.row.rows = phase, rows
                session.add(self.row)
        self._told = True


def list_running(actor: Actor) -> dict[str, Any]:
    """Return the actor's own uploads that are on their way, the oldest first."""
    mine = select(RunningImport).where(RunningImport.by == actor.pseudonym, RunningImport.beat_at >= now() - DEAD)
    with store().read() as session:
        return {"items": list(session.scalars(mine.order_by(RunningImport.id)))}
