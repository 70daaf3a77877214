"""Make two households one door, and two again: loans and people move; what was reported stays where it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.store.columns import Json
from api.store.models import Account, Household, Obligor
from api.store.portions import portions
from api.usecases.join_villages import carry_version, standing_village
from api.usecases.kept_values import kept_value, plain

_INHERITED = (
    ("lat", "lon", "datum", "place_source", "precision"), ("paused", "paused_at"), ("village_id",), ("focus",),
    ("availability",),
)  # fmt: skip
_UNSET = {"focus": False, "availability": "any"}
MOVING = (Account, Obligor)


def standing_household(session: Session, household_id: str) -> Household:
    """Return the household, or the one that it was joined to."""
    household = session.get_one(Household, household_id)
    return household if household.merged_into_id is None else session.get_one(Household, household.merged_into_id)


def hold_standing_household(session: Session, household_id: str) -> Household:
    """As :func:`standing_household`, and let nobody join or change it until this transaction ends."""
    lock: Any = {"with_for_update": {"key_share": True}, "populate_existing": True}
    household = session.get_one(Household, standing_household(session, household_id).id, **lock)
    while household.merged_into_id is not None:
        # It was joined to another while the lock was waited for.
        household = session.get_one(Household, household.merged_into_id, **lock)
    return household


def join_households(session: Session, first_id: str, second_id: str) -> Json:
    """Move loans and people of the second household to the first and close the second; returns what that changed."""
    first, second = _locked(session, first_id, second_id)
    moved: Json = {"village_id": second.village_id, "inherited": _inherit(first, second), "rows": {}}
    first.version += 1
    second.version += 1
    second.merged_into_id, second.village_id = first.id, None
    session.flush()
    carry_version(session, "households", [first.id, second.id])
    for model in MOVING:
        ids = list(session.scalars(select(model.id).where(model.household_id == second.id)))
        moved["rows"][model.__tablename__] = ids
        _move(session, model, ids, second.id, first.id)
    moved["households"] = list(session.scalars(select(Household.id).where(Household.merged_into_id == second.id)))
    _redirect(session, moved["households"], first.id)
    session.expire_all()
    return moved


def part_households(session: Session, first_id: str, second_id: str, moved: Json) -> None:
    """Give the second household back what was moved from it and has not been moved on since."""
    first, second = _locked(session, first_id, second_id)
    for name, (before, after) in moved["inherited"].items():
        kind = Household.__table__.columns[name].type
        if getattr(first, name) == kept_value(kind, after):
            setattr(first, name, kept_value(kind, before))
    first.version += 1
    second.version += 1
    second.merged_into_id, second.village_id = None, standing_village(session, moved["village_id"])
    session.flush()
    carry_version(session, "households", [first.id, second.id])
    for model in MOVING:
        _move(session, model, moved["rows"][model.__tablename__], first.id, second.id)
    _redirect(session, moved["households"], second.id)
    session.expire_all()


def _locked(session: Session, *ids: str) -> list[Household]:
    # An outcome that is being stored holds its household's key; it need not be waited for.
    found = session.scalars(
        select(Household).where(Household.id.in_(ids)).order_by(Household.id).with_for_update(key_share=True)
    )
    by_id = {row.id: row for row in found}
    return [by_id[id_] for id_ in ids]


def _move(session: Session, model: type[Account | Obligor], ids: Sequence[str], before: str, after: str) -> None:
    for some in portions(ids):
        session.execute(
            update(model)
            .where(model.id.in_(some), model.household_id == before)
            .values(household_id=after, version=model.version + 1)
            .execution_options(synchronize_session=False)
        )
    if model is Obligor:
        carry_version(session, "obligors", ids)


def _redirect(session: Session, ids: Iterable[str], to: str) -> None:
    """Let households that had been joined to the one that moves point to where it moved: one step, never a chain."""
    for some in portions(list(ids)):
        session.execute(
            update(Household)
            .where(Household.id.in_(some))
            .values(merged_into_id=to)
            .execution_options(synchronize_session=False)
        )


def _inherit(first: Household, second: Household) -> Json:
    """Give the first household what only the second has; a pause always stands. Returns before and after."""
    taken: Json = {}
    for names in _INHERITED:
        unset = _UNSET.get(names[0])
        if getattr(first, names[0]) == unset and getattr(second, names[0]) != unset:
            for name in names:
                taken[name] = [plain(getattr(first, name)), plain(getattr(second, name))]
                setattr(first, name, getattr(second, name))
    return taken
