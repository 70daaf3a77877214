"""Calls at doors as they count for planning: corrected, at the door that stands today, at a time to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from api.store.models import Household, Outcome

WRONG_CLOCK = frozenset({"clock_ahead_seconds", "clock_behind_seconds"})


class Call(NamedTuple):
    """An outcome, the door that it counts for and when it was (UTC)."""

    door: str
    moment: datetime
    outcome: Outcome


def calls_at(session: Session, doors: Sequence[str]) -> list[Call]:
    """Return the calls at these doors, and at those that were joined to them, the oldest first.

    What was corrected is not among them. A phone whose clock is known to be wrong does not say when it was
    there; the server does.
    """
    correction = aliased(Outcome)
    corrected = exists().where(correction.replaces == Outcome.id, correction.household_id == Outcome.household_id)
    joined = select(Household.id, Household.merged_into_id).where(Household.merged_into_id.in_(doors))
    door_of = {id_: id_ for id_ in doors} | {id_: str(into) for id_, into in session.execute(joined)}
    query = select(Outcome).where(Outcome.household_id.in_(door_of), ~corrected)
    found = [
        Call(door_of[row.household_id], row.server_time if row.flags.keys() & WRONG_CLOCK else row.device_time, row)
        for row in session.scalars(query)
    ]
    return sorted(found, key=lambda call: (call.moment, call.outcome.server_time, call.outcome.id))
