"""Where a table's rows come from, and what they are named by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from api.auth.actor import Actor, Role
from api.store.models import Branch, Person, Team, Territory, Village
from api.usecases.set_up_names import full_name

BATCH = 1000
"""So many rows are in memory at once."""

Values = dict[str, Any]
Query = Select[*tuple[Any, ...]]


class Area:
    """What lies in an actor's area, by the names that people know; read when it is needed."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self.actor = session, actor

    def covers(self, column: Any) -> ColumnElement[bool]:
        """Return the condition that a branch is the actor's. An admin keeps all branches."""
        return column.is_not(None) if self.actor.role is Role.ADMIN else column.in_(self.actor.branches)

    @cached_property
    def codes(self) -> dict[str, str]:
        """Branch codes by id."""
        query = select(Branch.id, Branch.code).where(self.covers(Branch.id))
        return {id_: code for id_, code in self.session.execute(query)}  # noqa: C416 - to mypy a row is no pair

    @cached_property
    def territories(self) -> dict[str, dict[str, str]]:
        """By id, as the setup workbook names a territory: branch and name."""
        query = select(Territory.id, Territory.branch_id, Territory.name).where(self.covers(Territory.branch_id))
        return {
            id_: {"branch": self.codes[branch], "territory": name}
            for id_, branch, name in self.session.execute(query)
        }  # fmt: skip

    @cached_property
    def teams(self) -> dict[str, dict[str, str]]:
        """By id: branch, territory and name."""
        query = select(Team.id, Team.territory_id, Team.name).where(Team.territory_id.in_(self.territories))
        return {
            id_: self.territories[territory] | {"team": name} for id_, territory, name in self.session.execute(query)
        }  # fmt: skip

    @cached_property
    def villages(self) -> dict[str, str]:
        """Full names by id."""
        query = select(Village).where(self.covers(Village.branch_id)).execution_options(yield_per=BATCH)
        return {village.id: full_name(village) for village in self.session.scalars(query)}

    @cached_property
    def staff_numbers(self) -> dict[str, str]:
        """Staff numbers by person. People exchanged from other branches too: they work here."""
        query = select(Person.id, Person.staff_number)
        return {id_: number for id_, number in self.session.execute(query)}  # noqa: C416


@dataclass(frozen=True, slots=True)
class Source:
    """A table: ``query`` gives one row for each of its rows, ``rows`` turns a batch of them into values by field."""

    roles: frozenset[Role]
    query: Callable[[Area], Query]
    rows: Callable[[Area, Sequence[Any]], Iterable[Values]]

    def count(self, area: Area) -> int:
        """Return how many rows there are."""
        return area.session.scalar(select(func.count()).select_from(self.query(area).order_by(None).subquery())) or 0

    def values(self, area: Area) -> Iterator[Values]:
        """Yield all rows, a batch in memory at a time."""
        found = area.session.execute(self.query(area).execution_options(yield_per=BATCH))
        for batch in found.partitions(BATCH):
            yield from self.rows(area, batch)
