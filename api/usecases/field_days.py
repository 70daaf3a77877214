"""The published days as phones get them: a ready body a team, day and language, written anew at every change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.language import LANGUAGES, speaking
from api.navigation import link
from api.store.models import Household, Plan, PublishedDay, Route, Stop, Team, Village
from api.usecases.context import settings
from api.usecases.published import newest_published
from api.usecases.reported import reported_on
from api.vault import mask_name
from api.wording import field_sentences
from api.wording.places import village_label
from routing.problem import Precision
from schemas.field import FieldDay


def rebuild_days(session: Session, teams: Iterable[str], on: date) -> None:
    """Write the phones' bodies of these teams for a day from the newest published plan of their territory."""
    teams = sorted(set(teams))
    _one_after_the_other(session)
    session.execute(delete(PublishedDay).where(PublishedDay.team_id.in_(teams), PublishedDay.date == on))
    for team_id in teams:
        team = session.get_one(Team, team_id)
        plan = newest_published(session, team.territory_id, on)
        if plan is None:
            continue
        for language in LANGUAGES:
            with speaking(language):
                body = json.dumps(FieldDay().dump(field_day(session, team, plan, on)), ensure_ascii=False).encode()
            session.add(
                PublishedDay(
                    team_id=team_id, date=on, language=language, plan_id=plan.id, body=body,
                    etag=hashlib.sha256(body).hexdigest()[:32],
                )
            )  # fmt: skip


def _one_after_the_other(session: Session) -> None:
    """Let whoever writes days wait for the one before, until that one's end: two phones of a team report at once.

    SQLite has one writer at a time anyway. Callers take every other lock before this one.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(7202)))


def field_day(session: Session, team: Team, plan: Plan, on: date) -> dict[str, Any]:
    """Return a team's day in the language that is being spoken. Withdrawn stops are not in it."""
    route = session.scalar(select(Route).where(Route.plan_id == plan.id, Route.team_id == team.id, Route.date == on))
    day: dict[str, Any] = {
        "date": on, "plan_version": plan.number, "team": {"id": team.id, "name": team.name},
        "start": None, "end": None, "rest": None, "from_place": None, "to_place": None, "line_back": None,
        "stops": [],
    }  # fmt: skip
    if route is None:
        return day
    day.update(start=clock(route.start), end=clock(route.end), from_place=route.from_place, to_place=route.to_place)
    if route.rest_start is not None:
        day["rest"] = {"start": clock(route.rest_start), "minutes": route.rest_seconds // 60}
    query = (
        select(Stop, Household, Village)
        .join(Household, Household.id == Stop.household_id)
        .outerjoin(Village, Village.id == Stop.village_id)
        .where(Stop.route_id == route.id, Stop.withdrawn_at.is_(None))
        .order_by(Stop.order)
    )
    found = session.execute(query).all()
    reports = reported_on(session, on, [row[0].household_id for row in found])
    reported = {door: {"kind": row.kind, "time": row.device_time} for door, row in reports.items()}
    day["stops"] = [_stop(*row, reported.get(row[0].household_id)) for row in found]
    planned = session.scalar(select(func.max(Stop.order)).where(Stop.route_id == route.id)) or 0
    orders = [0, *(row[0].order for row in found)]
    for stop, before, (row, *_) in zip(day["stops"], orders, found, strict=False):
        stop["line"] = _line(row.line, before + 1 == row.order)
    day["line_back"] = _line(route.line_back, orders[-1] == planned)
    return day


def _line(line: str | None, unbroken: bool) -> str | None:
    """Return the road to a stop if the stop before it is still in the day, and if a phone may know where doors are."""
    return line if unbroken and settings().door_links else None


def _stop(stop: Stop, household: Household, village: Village | None, outcome: dict[str, Any] | None) -> dict[str, Any]:
    precision, where = _whereabouts(stop, household, village)
    return {
        "id": stop.id,
        "order": stop.order,
        "arrival": clock(stop.arrival),
        "leave": clock(stop.leave),
        "drive_min": round(stop.travel_seconds / 60),
        "km": round(stop.metres / 1000, 1),
        "village": {
            "id": stop.village_id,
            "name": village_label(village),
            "town": village.town if village else "",
            "lat": village.lat if village else None,
            "lon": village.lon if village else None,
        },
        "outcome": outcome,
        "visit": {
            "household": household.id,
            "name": mask_name(household.name),
            "door": household.door,
            "reasons": field_sentences(stop.reasons),
            "minutes": round((stop.leave - stop.arrival) / 60),
            "precision": precision,
            "lat": where[0] if where else None,
            "lon": where[1] if where else None,
            "navigate": link(settings().navigation, *where, stop.order) if where else None,
        },
    }


def _whereabouts(
    stop: Stop, household: Household, village: Village | None
) -> tuple[Precision, tuple[float, float] | None]:
    """Return how well it is known where to go, and the place to be led to: the door's or the village's, never a town's.

    As it is known now: a village that was placed after planning is found from then on.
    """
    if settings().door_links and household.lat is not None and household.lon is not None:
        return "door", (household.lat, household.lon)
    if village is not None and village.lat is not None and village.lon is not None:
        return "village", (village.lat, village.lon)
    return "town" if stop.precision == "town" else "none", None


def clock(seconds: int) -> str:
    """Return a time of day as HH:MM from seconds since local midnight."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
