"""What was planned and published, what happened at the doors, what people decided, and who did what."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select, union

from api.auth.actor import Role
from api.store.models import (
    AuditEntry,
    Household,
    LedgerMapping,
    Merge,
    Outcome,
    OutcomeReview,
    Person,
    PlaceDoubt,
    Plan,
    Route,
    Stop,
    Team,
    User,
    UserBranch,
    Village,
)
from api.usecases.exports.office import clock
from api.usecases.exports.source import Area, Query, Source, Values
from api.usecases.merges import APART, TOGETHER
from api.usecases.published import route_is_published
from api.wording.places import village_label

# Nobody of a branch: commands and the service itself.
_NOBODY = ("command-line", "system")


def _stops(area: Area) -> Query:
    """Stops of days that were published, whichever plan holds now: the later days of their plan may be a draft."""
    return (
        select(Stop, Route, Plan.number, Household, Village)
        .join(Route, Route.id == Stop.route_id)
        .join(Plan, Plan.id == Stop.plan_id)
        .join(Household, Household.id == Stop.household_id)
        .outerjoin(Village, Village.id == Stop.village_id)
        .where(route_is_published(), area.covers(Household.branch_id))
        .order_by(Plan.number, Route.date, Route.id, Stop.order)
    )


def _stop_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for stop, route, number, household, village in batch:
        team = area.teams.get(route.team_id, {})
        yield {
            "plan": number, "date": route.date, "branch": area.codes[household.branch_id],
            "territory": team.get("territory"), "team": team.get("team"), "order": stop.order,
            "village": village_label(village) or None, "name": household.name,
            "arrival": clock(stop.arrival // 60), "leave": clock(stop.leave // 60),
            "travel_minutes": round(stop.travel_seconds / 60), "km": round(stop.metres / 1000, 1),
            "value": Decimal(stop.value).scaleb(-2), "reasons": stop.reasons,
            "withdrawn": stop.withdrawn_at is not None, "id": stop.id, "household": household.id,
        }  # fmt: skip


def _outcomes(area: Area) -> Query:
    return (
        select(Outcome, Household, Village, Team.name)
        .join(Household, Household.id == Outcome.household_id)
        .outerjoin(Village, Village.id == Household.village_id)
        .outerjoin(Team, Team.id == Outcome.team_id)
        .where(area.covers(Household.branch_id))
        .order_by(Outcome.server_time, Outcome.id)
    )


def _outcome_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    reviews: dict[str, list[str]] = defaultdict(list)
    ids = [row[0].id for row in batch]
    query = select(OutcomeReview.outcome_id, OutcomeReview.code).where(OutcomeReview.outcome_id.in_(ids))
    for outcome_id, code in area.session.execute(query.order_by(OutcomeReview.id)):
        reviews[outcome_id].append(code)
    for outcome, household, village, team in batch:
        place = outcome.content.get("gps") or {}
        yield {
            "server_time": outcome.server_time, "device_time": outcome.device_time,
            "branch": area.codes[household.branch_id], "village": village_label(village) or None,
            "name": household.name, "outcome": outcome.kind, "promise_on": outcome.promise_on,
            "promise_amount": outcome.promise_amount, "paid_amount": outcome.paid_amount,
            "receipt": (outcome.content.get("paid") or {}).get("receipt"), "note": outcome.content.get("note"),
            "lat": place.get("lat"), "lon": place.get("lon"), "team": team, "plan": outcome.plan_version,
            "review": reviews.get(outcome.id), "flags": sorted(outcome.flags) or None, "by": outcome.by,
            "replaces": outcome.replaces, "id": outcome.id, "stop": outcome.stop_id, "household": household.id,
        }  # fmt: skip


def _mappings(area: Area) -> Query:
    query = select(LedgerMapping).where(area.covers(LedgerMapping.branch_id))
    return query.order_by(LedgerMapping.branch_id, LedgerMapping.source)


def _mapping_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        yield {
            "branch": area.codes[one.branch_id], "fingerprint": one.source, "by": one.by, "changed_at": one.changed_at,
            "mapping": [f"{header} → {field or '–'}" for header, field in sorted(one.mapping.items())],
        }  # fmt: skip


def _merges(area: Area) -> Query:
    """What people decided; what is still open was found by the service and is no decision."""
    decided = Merge.status.in_((TOGETHER, APART))
    return select(Merge).where(area.covers(Merge.branch_id), decided).order_by(Merge.settled_at, Merge.id)


def _merge_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    names = _names(area, [id_ for (one,) in batch for id_ in (one.first_id, one.second_id)])
    for (one,) in batch:
        # A village that was joined to another is gone; its name stands in what was moved.
        was = (one.moved or {}).get("row", {}) if one.kind == "village" else {}
        yield {
            "branch": area.codes[one.branch_id], "kind": one.kind, "first_name": names.get(one.first_id),
            "second_name": names.get(one.second_id, was.get("name")), "decision": one.status, "code": one.code,
            "by": one.settled_by, "at": one.settled_at, "first": one.first_id, "second": one.second_id, "id": one.id,
        }  # fmt: skip


def _place_doubts(area: Area) -> Query:
    decided = PlaceDoubt.status.in_(("kept", "changed"))
    return select(PlaceDoubt).where(area.covers(PlaceDoubt.branch_id), decided).order_by(PlaceDoubt.id)


def _place_doubt_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    names = _names(area, [one.household_id for (one,) in batch if one.household_id])
    for (one,) in batch:
        yield {
            "branch": area.codes[one.branch_id], "village": area.villages.get(one.village_id or ""),
            "name": names.get(one.household_id or ""), "code": one.code, "decision": one.status, "by": one.settled_by,
            "at": one.settled_at, "subject": one.subject_id, "id": one.id,
        }  # fmt: skip


def _names(area: Area, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of villages and households by id."""
    doors = select(Household.id, Household.name).where(Household.id.in_(ids))
    names = {id_: area.villages[id_] for id_ in ids if id_ in area.villages}
    return names | {id_: name for id_, name in area.session.execute(doors)}  # noqa: C416 - to mypy a row is no pair


def _audit(area: Area) -> Query:
    """Entries by people of the area, by users of all branches (admins) and by nobody of a branch."""
    mine = union(
        select(Person.pseudonym).where(area.covers(Person.branch_id)),
        select(User.pseudonym).join(UserBranch).where(area.covers(UserBranch.branch_id)),
        select(User.pseudonym).outerjoin(UserBranch).where(UserBranch.user_id.is_(None)),
    )
    return (
        select(AuditEntry)
        .where(or_(AuditEntry.by.in_(mine), AuditEntry.by.in_(_NOBODY)))
        .order_by(AuditEntry.created_at, AuditEntry.id)
    )


def _audit_rows(_area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        detail = json.dumps(one.detail, ensure_ascii=False, sort_keys=True) if one.detail else None
        yield {"at": one.created_at, "by": one.by, "action": one.action, "subject": one.subject, "detail": detail}


RECORDS = {
    "stops": Source(frozenset({Role.COORDINATOR}), _stops, _stop_rows),
    "outcomes": Source(frozenset({Role.COORDINATOR, Role.LEGAL, Role.REVIEWER}), _outcomes, _outcome_rows),
    "mappings": Source(frozenset({Role.COORDINATOR}), _mappings, _mapping_rows),
    "merges": Source(frozenset({Role.COORDINATOR}), _merges, _merge_rows),
    "place_doubts": Source(frozenset({Role.COORDINATOR}), _place_doubts, _place_doubt_rows),
    "audit": Source(frozenset({Role.AUDITOR}), _audit, _audit_rows),
}
