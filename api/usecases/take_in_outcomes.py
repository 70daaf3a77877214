"""Take outcomes in from phones: each is stored once, or stands in a visible review list; none is lost.

The same id and content is the same outcome (a resend); the same id with other content is a conflict, and
both are kept. Work for a door that was this person's once and has been given away since is stored into review.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem, from_validation, invalid, not_found
from api.store.columns import now
from api.store.models import (
    Household,
    Outcome,
    OutcomeReview,
    Placement,
    Route,
    Shift,
    ShiftPast,
    ShiftPerson,
    Stop,
    Village,
)
from api.usecases import audit
from api.usecases.context import settings, store, today
from api.usecases.field_days import rebuild_days
from api.usecases.join_households import hold_standing_household, standing_household
from api.usecases.mark_places import mark_place
from api.usecases.published import route_is_published
from api.usecases.reported import teams_calling
from api.usecases.village_places import show_on_phones
from api.usecases.withdraw import withdraw_unfit
from schemas.field import NewOutcome

# What pauses visits until a person has looked (DESIGN, "Harms we refuse").
PAUSES = {"asked_to_be_left_alone": "asked_to_be_left_alone", "deceased_to_verify": "deceased_to_verify"}
CLOCK_TOLERANCE = timedelta(minutes=10)
_schema = NewOutcome()


def take_in_outcomes(actor: Actor, items: list[Any]) -> list[dict[str, Any]]:
    """Store each item by itself and return one result per item, in order. Raises 413 for too many."""
    if len(items) > settings().max_outcomes:
        raise Problem(413, "too-many", _("Send at most %(most)d outcomes at once.", most=settings().max_outcomes))
    results = [_take_in(actor, item) for item in items]
    stored = [result["id"] for result in results if result["status"] in ("stored", "review")]
    if stored:
        _show_on_phones(stored)
    return results


def _show_on_phones(outcomes: list[str]) -> None:
    """Write the days anew of the teams whose stops were reported: every phone shows what is done."""
    with store().write() as session:
        for team_id, day in teams_calling(session, outcomes):
            rebuild_days(session, [team_id], day)


def _take_in(actor: Actor, item: Any) -> dict[str, Any]:
    given = item.get("id") if isinstance(item, dict) else None
    id_ = given if isinstance(given, str) else None
    try:
        outcome = _schema.load(item)
        id_ = str(outcome["id"])
        with store().write() as session:
            status, problem = _store(session, actor, outcome)
    except ValidationError as error:
        status, problem = "refused", from_validation(error)
    except Problem as error:
        status, problem = "refused", error
    return {"id": id_, "status": status, **({"problem": problem.body()} if problem else {})}


def _store(session: Session, actor: Actor, outcome: dict[str, Any]) -> tuple[str, Problem | None]:
    content = _schema.dump(outcome)
    content_hash = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    known = session.get(Outcome, content["id"])
    if known is not None:
        return _known(session, actor, known, content, content_hash)
    stop, in_hand = _work(session, actor, content)
    _check_replaced(session, content)
    row = {
        "id": content["id"], "content_hash": content_hash, "content": content,
        "household_id": content["household"], "stop_id": stop.id if stop else None,
        "team_id": stop.team if stop else None, "plan_version": outcome["plan_version"], "kind": outcome["kind"],
        "device_time": outcome["device_time"], "server_time": now(), "by": actor.pseudonym,
        "device_id": actor.device_id, "replaces": content["replaces"],
        "promise_on": outcome["promise"]["on"] if outcome["promise"] else None,
        "promise_amount": outcome["promise"]["amount"] if outcome["promise"] else None,
        "paid_amount": outcome["paid"]["amount"] if outcome["paid"] else None,
        "flags": _flags(outcome),
    }  # fmt: skip
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    # Thirty-two resends at once: the database decides who was first, the others read what it kept.
    statement = dialect.insert(Outcome).values(**row).on_conflict_do_nothing(index_elements=["id"])
    if session.execute(statement.returning(Outcome.id)).one_or_none() is None:
        return _known(session, actor, session.get_one(Outcome, content["id"]), content, content_hash)
    marked = mark_place(session, actor, outcome, row["flags"]) if in_hand else None
    _apply(session, outcome, content)
    if marked is not None:
        show_on_phones(session, [marked])
    audit.record(session, actor.pseudonym, "outcome.stored", content["id"], kind=outcome["kind"])
    if in_hand:
        return "stored", None
    _review(session, actor, content, content_hash, "reassigned")
    return "review", Problem(
        202, "reassigned", _("This door has been given to another team meanwhile. Your report is kept for a reviewer.")
    )


def _known(
    session: Session, actor: Actor, known: Outcome, content: dict[str, Any], content_hash: str
) -> tuple[str, Problem | None]:
    if known.by != actor.pseudonym:
        raise not_found()  # somebody else's id tells nothing
    if known.content_hash == content_hash:
        return "duplicate", None
    # Many resends of a conflict at once: one after the other, so that the reviewer sees it once.
    session.get_one(Outcome, known.id, with_for_update=True)
    kept = session.scalar(
        select(OutcomeReview.id).where(OutcomeReview.outcome_id == known.id, OutcomeReview.content_hash == content_hash)
    )
    if kept is None:
        _review(session, actor, content, content_hash, "conflict")
    return "conflict", Problem(
        409, "conflict", _("Another report with this number is stored already. Both are kept for a reviewer.")
    )


def _check_replaced(session: Session, content: dict[str, Any]) -> None:
    """Refuse a correction of another door's outcome. One that is not here yet may still be on its way."""
    replaced = session.get(Outcome, content["replaces"]) if content["replaces"] else None
    if replaced is not None and replaced.household_id != content["household"]:
        raise invalid("replaces", "other-door", _("A correction replaces an outcome of the same door."))


class _Work:
    """The stop that an outcome is about: its id and the team that had it."""

    def __init__(self, id_: str, team: str) -> None:
        self.id, self.team = id_, team


def _work(session: Session, actor: Actor, content: dict[str, Any]) -> tuple[_Work | None, bool]:
    """Return the stop and whether it is still this person's. Raises 404 for work that never was theirs."""
    if content["stop"] is not None:
        return _stop_work(session, actor, content)
    household = session.get(Household, content["household"])
    if household is None:
        raise not_found()
    # Not by branch: the county exchanges people between branches, and a territory is theirs wherever it lies.
    door = standing_household(session, household.id)
    village = session.get(Village, door.village_id) if door.village_id else None
    placements = session.scalars(
        select(Placement).where(Placement.person_id == actor.person_id, Placement.starts_on <= today())
    ).all()
    if village is not None and village.territory_id is not None:
        mine = [row for row in placements if row.territory_id == village.territory_id]
        if mine:
            return None, any(row.ends_on is None or row.ends_on >= today() for row in mine)
    if _had_stop(session, actor, household.id):
        return None, False
    raise not_found()


def _stop_work(session: Session, actor: Actor, content: dict[str, Any]) -> tuple[_Work, bool]:
    query = (
        select(Stop.id, Stop.withdrawn_at, Stop.household_id, Route.team_id, Route.date)
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.id == content["stop"], route_is_published())
    )
    row = session.execute(query).one_or_none()
    if row is None or row.household_id != content["household"]:
        raise not_found()
    work = _Work(row.id, row.team_id)
    on_shift = session.scalar(
        select(ShiftPerson.person_id)
        .join(Shift, Shift.id == ShiftPerson.shift_id)
        .where(Shift.team_id == row.team_id, Shift.date == row.date, ShiftPerson.person_id == actor.person_id)
    )
    if on_shift is not None:
        return work, row.withdrawn_at is None
    if _was_on_shift(session, actor, row.team_id, row.date):
        return work, False
    raise not_found()


def _was_on_shift(session: Session, actor: Actor, team_id: str, on: Any) -> bool:
    """Say whether the person was in that shift before somebody moved them out of it."""
    query = select(ShiftPast.person_id).where(
        ShiftPast.team_id == team_id, ShiftPast.date == on, ShiftPast.person_id == actor.person_id
    )
    return session.scalar(query) is not None


def _had_stop(session: Session, actor: Actor, household_id: str) -> bool:
    query = (
        select(Route.team_id, Route.date)
        .join(Stop, Stop.route_id == Route.id)
        .where(Stop.household_id == household_id, route_is_published())
    )
    for team_id, on in session.execute(query).all():
        on_shift = session.scalar(
            select(ShiftPerson.person_id)
            .join(Shift, Shift.id == ShiftPerson.shift_id)
            .where(Shift.team_id == team_id, Shift.date == on, ShiftPerson.person_id == actor.person_id)
        )
        if on_shift is not None or _was_on_shift(session, actor, team_id, on):
            return True
    return False


def _apply(session: Session, outcome: dict[str, Any], content: dict[str, Any]) -> None:
    pause = PAUSES.get(outcome["kind"])
    if pause is not None:
        household = hold_standing_household(session, content["household"])
        household.paused, household.paused_at = pause, now()
        household.version += 1
        session.flush()
        withdraw_unfit(session, today())


def _review(session: Session, actor: Actor, content: dict[str, Any], content_hash: str, code: str) -> None:
    session.add(
        OutcomeReview(
            outcome_id=content["id"], household_id=content["household"], code=code, content=content,
            content_hash=content_hash, by=actor.pseudonym, device_id=actor.device_id,
        )
    )  # fmt: skip


def _flags(outcome: dict[str, Any]) -> dict[str, Any]:
    """Note what looks odd. Nothing is refused for it: the phone's clock may simply be wrong."""
    flags: dict[str, Any] = {}
    skew = outcome["device_time"] - now()
    if skew > CLOCK_TOLERANCE:
        flags["clock_ahead_seconds"] = int(skew.total_seconds())
    if skew < -timedelta(days=60):
        flags["clock_behind_seconds"] = int(-skew.total_seconds())
    place = outcome["gps"]
    if place and place["lat"] == 0 and place["lon"] == 0:
        flags["gps_null"] = True
    return flags
