"""Merges to judge, as work items: villages, doors, and identity numbers that two names share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import not_found
from api.store.columns import Json
from api.store.models import Account, Household, Merge, Territory, Village
from api.usecases import audit
from api.usecases.context import store, today
from api.usecases.doubt_places import lock_villages, weigh_places
from api.usecases.merges import APART, MOOT, OPEN, TOGETHER, settle_merge
from api.usecases.village_places import show_on_phones
from api.usecases.withdraw import withdraw_unfit
from api.usecases.work_kind import REOPEN, Conditions, WorkKind, expect_choice, item, taken
from api.vault import mask_name
from api.wording.places import told_apart, village_label
from api.wording.work import work_sentence

SHARED = "identity_shared"
SECOND = "together_second"
# Which spelling of a village is right, a person knows; of a door either row may stay.
_CHOICES = {"village_merge": (TOGETHER, SECOND, APART)}
_OF_DOORS = (TOGETHER, APART)


def _which(kind: str) -> ColumnElement[bool]:
    if kind == "village_merge":
        return Merge.kind == "village"
    return (Merge.kind == "household") & (Merge.code == SHARED if kind == "shared_identity" else Merge.code != SHARED)


def _wait(kind: str, actor: Actor) -> Conditions:
    return [Merge.branch_id.in_(actor.branches), Merge.status == OPEN, _which(kind)]


def _settled(kind: str, actor: Actor) -> Conditions:
    """Decisions that may be taken back: one about rows that went with an import has nothing to show."""
    model: Any = Village if kind == "village_merge" else Household
    first, second = exists().where(model.id == Merge.first_id), exists().where(model.id == Merge.second_id)
    parted = (Merge.status == APART) & second
    joined = (Merge.status == TOGETHER) & Merge.moved.is_not(None)
    return [Merge.branch_id.in_(actor.branches), _which(kind), first, parted | joined]


def _settle(kind: str, actor: Actor, id_: str, choice: str, note: str, version: int) -> Json:
    """Join the two, keep them apart, or take that back. Raises 404, 409, 412, 422."""
    with store().write() as session:
        row: Merge = taken(session, actor, Merge, id_, version)
        if row.status == MOOT:
            raise not_found()
        expect_choice(choice, _CHOICES.get(kind, _OF_DOORS), row.status in (TOGETHER, APART))
        about = _villages_of(session, row)
        lock_villages(session, Village.id.in_(about))
        if choice == SECOND:
            row.first_id, row.second_id = row.second_id, row.first_id
        settle_merge(session, actor, row, {REOPEN: OPEN, SECOND: TOGETHER}.get(choice, choice))
        about |= _villages_of(session, row)
        weigh_places(session, row.branch_id, about)
        withdraw_unfit(session, today())
        show_on_phones(session, about)
        audit.record(session, actor.pseudonym, "work.settled", row.id, kind=kind, choice=choice, note=note)
        return _describe(kind, session, [row])[0]


def _villages_of(session: Session, row: Merge) -> set[str]:
    ids = {row.first_id, row.second_id}
    if row.kind == "village":
        return ids
    lived_in = session.scalars(select(Household.village_id).where(Household.id.in_(ids)))
    return {one for one in (*lived_in, (row.moved or {}).get("village_id")) if one}


def _describe(kind: str, session: Session, found: Sequence[Merge]) -> list[Json]:
    ids = sorted({id_ for row in found for id_ in (row.first_id, row.second_id)})
    tell = village_subjects(session, ids) if kind == "village_merge" else household_subjects(session, ids)
    items = []
    for row in found:
        was = (row.moved or {}).get("row")
        second = _village_gone(was) if was else tell.get(row.second_id)
        subjects = [one for one in (tell.get(row.first_id), second) if one]
        settled = row.status if row.status in (TOGETHER, APART) else None
        choices = _CHOICES.get(kind, _OF_DOORS)
        names = dict(zip(choices[:-1], told_apart(*subjects), strict=True)) if len(choices) > 2 else {}
        reasons = [work_sentence(row.code, row.facts)]
        items.append(item(kind, row, row.code, reasons, subjects, choices, settled, names))
    return items


def village_subjects(session: Session, ids: Sequence[str]) -> dict[str, Json]:
    """Return what tells these villages apart, by id."""
    doors = dict(
        session.execute(
            select(Household.village_id, func.count(Household.id))
            .where(Household.village_id.in_(ids))
            .group_by(Household.village_id)
        )

        .all()
    )
    query = select(Village, Territory.name).outerjoin(Territory, Territory.id == Village.territory_id)
    return {
        row.id: {
            "kind": "village", "id": row.id, **_called(row.town, row.admin_village, row.name),
            "households": doors.get(row.id, 0), "lat": row.lat, "lon": row.lon, "territory": territory,
        }
        for row, territory in session.execute(query.where(Village.id.in_(ids)))
    }  # fmt: skip


def _village_gone(was: Json) -> Json:
    return {
        "kind": "village", "id": None, **_called(was["town"], was["admin_village"], was["name"]),
        "lat": was["lat"], "lon": was["lon"],
    }  # fmt: skip


def _called(town: str, admin_village: str, name: str) -> Json:
    within = " · ".join(part for part in (town, admin_village) if part)
    return {"name": name, "within": within, "town": town, "admin_village": admin_village}


def household_subjects(session: Session, ids: Sequence[str]) -> dict[str, Json]:
    """Return what may be told of these doors to who judges them, names and loan numbers masked."""
    loans: dict[str, list[Account]] = defaultdict(list)
    query = select(Account).where(Account.household_id.in_(ids), Account.status != "closed")
    for account in session.scalars(query.order_by(Account.loan_number)):
        loans[account.household_id].append(account)
    doors = select(Household, Village).outerjoin(Village, Village.id == Household.village_id)
    return {
        row.id: {
            "kind": "household", "id": row.id, "name": mask_name(row.name), "within": village_label(village),
            "door": row.door, "lat": row.lat, "lon": row.lon, "loans": [mask_loan(one) for one in loans[row.id]],
            "outstanding": sum((one.outstanding for one in loans[row.id]), Decimal("0.00")),
        }
        for row, village in session.execute(doors.where(Household.id.in_(ids)))
    }  # fmt: skip


def mask_loan(account: Account) -> str:
    """Return the end of a loan's number."""
    return "…" + account.loan_number[-4:]


MERGES = {
    kind: WorkKind(
        Merge, Merge.branch_id, partial(_wait, kind), partial(_settled, kind), partial(_describe, kind),
        partial(_settle, kind),
    )
    for kind in ("village_merge", "household_merge", "shared_identity")
}  # fmt: skip
