"""Who called last at which door and still works there: promises and unfinished business stay with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.models import Household, Outcome, Person, Shift, ShiftPerson
from api.usecases.groups import group_on
from routing.horizon import Acquainted
from routing.period import Period

#: Spoken with and not settled: the same people come again, whatever the household is otherwise.
UNFINISHED = frozenset({"met"})


def acquainted(
    session: Session, territory_id: str, households: Sequence[Household], period: Period, zone: ZoneInfo
) -> dict[str, Acquainted]:
    """Return for each household the people of its last call who are placed in the territory when the period begins.

    Whoever has been rotated away since is not among them, and with nobody left the household is anybody's.
    """
    placed = {row.person_id: row.ends_on for row in group_on(session, territory_id, period.first)}
    by_pseudonym = dict(session.execute(select(Person.pseudonym, Person.id)).all())
    query = (
        select(Outcome)
        .where(Outcome.household_id.in_([household.id for household in households]))
        .order_by(Outcome.device_time, Outcome.server_time, Outcome.id)
    )
    last = {row.household_id: row for row in session.scalars(query)}
    teams = _people(session, {(row.team_id, row.device_time.astimezone(zone).date()) for row in last.values()})
    found: dict[str, Acquainted] = {}
    for household_id, row in last.items():
        called = teams.get((row.team_id, row.device_time.astimezone(zone).date()), set())
        still = ({by_pseudonym.get(row.by, "")} | called) & placed.keys()
        if still:
            ends = [placed[person] for person in still]
            until = None if None in ends else max(end for end in ends if end is not None)
            found[household_id] = Acquainted(frozenset(still), until, row.kind in UNFINISHED)
    return found


def _people(session: Session, teams: set[tuple[str | None, date]]) -> dict[tuple[str | None, date], set[str]]:
    """Return who was in these teams on these days."""
    ids, days = {team for team, _ in teams if team}, {day for _, day in teams}
    query = (
        select(Shift.team_id, ShiftPerson.date, ShiftPerson.person_id)
        .join(Shift, Shift.id == ShiftPerson.shift_id)
        .where(Shift.team_id.in_(ids), ShiftPerson.date.in_(days))
    )
    found: dict[tuple[str | None, date], set[str]] = {}
    for team_id, day, person_id in session.execute(query):
        found.setdefault((team_id, day), set()).add(person_id)
    return found
