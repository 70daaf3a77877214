"""A team plans the rest of its own day again from its phone: what no longer fits, without touching another team's."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem, not_found
from api.store.models import Shift, ShiftPerson, Team
from api.usecases import rows
from api.usecases.context import rules, store, today
from api.usecases.day_under_way import DayUnderWay, clock_now, day_under_way
from api.usecases.published import newest_published
from api.usecases.replan_day import Happened, accept, answer, plan_rest
from routing.replan import MayChange
from routing.standing import Word


def replan_own_day(actor: Actor, new: dict[str, Any], *, dry_run: bool) -> dict[str, Any]:
    """Return what changes in the rest of the own team's day, published unless ``dry_run``. Raises 404, 409, 422, 503.

    Nobody gets a visit that they had not, and no other route changes.
    """
    with store().read() as session:
        day, shift = _own_day(session, actor)
    villages = {stop.village_id for stop in day.stops.get(shift, ())}
    for n, village in enumerate(new["closed_villages"]):
        if village not in villages:
            raise rows.unknown_reference(f"closed_villages.{n}")
    happened = Happened(
        at=clock_now(day.on) if new["at"] is None else new["at"] * 60,
        words={shift: Word(late=None if new["late_min"] is None else new["late_min"] * 60)},
        may_change=MayChange(new["may_change"]),
        price=rules().replan.price,
        villages=frozenset(new["closed_villages"]),
    )
    rest = plan_rest(day, happened)
    plan = None if dry_run else accept(actor, day, rest, happened, new["expect"])
    # Why a rule wants a visit no more may tell of a debt: not for a phone before the identity step.
    told = answer(day, happened, rest, plan, because=False)
    return {**told, "plan_version": None if plan is None else plan.number}


def _own_day(session: Session, actor: Actor) -> tuple[DayUnderWay, str]:
    """The published day of the person's team, narrowed to that team, and its shift."""
    own = select(Team).join(Shift, Shift.team_id == Team.id).join(ShiftPerson, ShiftPerson.shift_id == Shift.id)
    team = session.scalars(own.where(ShiftPerson.person_id == actor.person_id, Shift.date == today())).first()
    plan = newest_published(session, team.territory_id, today()) if team is not None else None
    if team is None or plan is None:
        raise not_found()
    day = day_under_way(session, plan, team.territory_id, today())
    shift = next((one.id for one in day.problem.shifts if one.team.id == team.id), None)
    if shift is None:
        raise Problem(409, "no-shift", _("Your team cannot go on as it is today. Call the office."))
    return day.narrowed(shift), shift
