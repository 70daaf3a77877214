"""Who called last at which door and still works there: promises and unfinished business stay with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.models import Household, Person, Shift, ShiftPerson
from api.usecases.calls import calls_at
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
    last = {call.door: call for call in calls_at(session, [household.id for household in households])}
    days = {door: (call.outcome.team_id, call.moment.astimezone(zone).date()) for door, call in last.items()}
    teams = _people(session, set(days.values()))
    found: dict[str, Acquainted] = {}
    for door, call in last.items():
        who = {by_pseudonym.get(call.outcome.by, "")} | teams.get(days[door], set())
        still = who & placed.keys()
        if still:
            ends = [placed[person] for person in still]
            until = None if None in ends else max(end for end in ends if end is not None)
            found[door] = Acquainted(frozenset(still), until, call.outcome.kind in UNFINISHED)
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
