"""Make two villages one, and two again: everything that stands on the second moves to the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table, exists, select, update
from sqlalchemy.orm import Session, selectinload

from api.store.columns import Json
from api.store.models import (
    Base,
    Familiarity,
    Household,
    ImportChange,
    Merge,
    PlaceCandidate,
    Placing,
    Village,
    VillageAlias,
)
from api.store.portions import portions
from api.usecases import rows
from api.usecases.kept_values import kept_value, plain
from api.usecases.village_places import tell_doors
from routing.villages import normalise

# What is a village's own goes with it: places that may be its, and the places that it had.
_PARTS: tuple[Any, ...] = (PlaceCandidate, Placing)
_INHERITED = (("territory_id",), ("lat", "lon", "datum", "place_source", "place_accuracy", "placed_at"))


def standing_village(session: Session, village_id: str | None) -> str | None:
    """Return the village of that id, or the one that it was joined to."""
    if village_id is None or session.get(Village, village_id) is not None:
        return village_id
    joined = select(Merge.first_id).where(
        Merge.kind == "village", Merge.status == "together", Merge.second_id == village_id
    )
    return session.scalar(joined)


def join_villages(session: Session, first_id: str, second_id: str) -> Json:
    """Move what stands on the second village to the first and take the second away; returns what that changed."""
    first, second = (_locked(session, id_) for id_ in (first_id, second_id))
    moved: Json = {"row": _kept(second), "parts": {}}
    for model in _PARTS:
        mine = session.scalars(select(model).where(model.village_id == second.id).order_by(model.id))
        moved["parts"][model.__tablename__] = [_kept(one) for one in mine]
    moved["own_aliases"] = [alias.name for alias in second.aliases]
    moved["aliases"] = _take_names(first, second)
    moved["inherited"] = _inherit(first, second)
    moved["knew"], moved["learnt"] = _familiar(session, first.id, second.id)
    first.version += 1
    session.flush()
    carry_version(session, "villages", [first.id])
    moved["rows"] = {}
    for column in _standing_on():
        ids = list(session.scalars(select(column.table.c.id).where(column == second.id)))
        if ids:
            moved["rows"][f"{column.table.name}.{column.name}"] = ids
            _point(session, column, ids, second.id, first.id)
    session.expire_all()
    session.delete(session.get_one(Village, second_id))
    tell_doors(session, session.get_one(Village, first_id))
    return moved


def part_villages(session: Session, first_id: str, moved: Json) -> None:
    """Give the second village back what was moved from it and has not been moved on since.

    Raises 409 if its name was given to another village meanwhile.
    """
    columns = Village.__table__.columns
    second: Village = _restored(Village, moved["row"])
    second.version += 1
    second.aliases = [VillageAlias(name=name) for name in moved["own_aliases"]]
    first = _locked(session, first_id)
    first.aliases = [alias for alias in first.aliases if alias.name not in moved["aliases"]]
    for name, (before, after) in moved["inherited"].items():
        if getattr(first, name) == kept_value(columns[name].type, after):
            setattr(first, name, kept_value(columns[name].type, before))
    first.version += 1
    session.add(second)
    rows.flush(session, "village-exists", _("There is already a village of that name in that place."), "name")
    carry_version(session, "villages", [first.id, second.id])
    for model in _PARTS:
        session.add_all(_restored(model, values) for values in moved["parts"].get(model.__tablename__, ()))
    for column in _standing_on():
        ids = moved["rows"].get(f"{column.table.name}.{column.name}", [])
        _point(session, column, ids, first.id, second.id)
    session.add_all(Familiarity(person_id=id_, village_id=second.id, source=source) for id_, source in moved["knew"])
    for person_id in moved["learnt"]:
        known = session.get(Familiarity, (person_id, first.id))
        if known is not None:
            session.delete(known)
    session.flush()
    session.expire_all()
    for village in (first, second):
        tell_doors(session, village)


def _kept(row: Base) -> Json:
    return {column.name: plain(getattr(row, column.name)) for column in row.__table__.columns}


def _restored(model: Any, values: Json) -> Any:
    columns = model.__table__.columns
    return model(**{name: kept_value(columns[name].type, value) for name, value in values.items() if name in columns})


def carry_version(session: Session, kind: str, ids: Iterable[str]) -> None:
    """Let undoing an import know that it was a join that raised these rows' versions: they may still go with it."""
    table = Base.metadata.tables[kind]
    raised = exists().where(table.c.id == ImportChange.row_id, table.c.version == ImportChange.version + 1)
    for some in portions(list(ids)):
        session.execute(
            update(ImportChange)
            .where(ImportChange.kind == kind, ImportChange.row_id.in_(some), raised)
            .values(version=ImportChange.version + 1)
            .execution_options(synchronize_session=False)
        )


def references_to(table: Any) -> list[Any]:
    """Return every column of the schema that refers to this table and does not fall with it: no list to forget one."""
    tables: list[Table] = Base.metadata.sorted_tables
    keys = [key for other in tables for key in other.foreign_keys if key.column.table is table]
    return [key.parent for key in keys if key.ondelete != "CASCADE"]


def _standing_on() -> list[Any]:
    """The columns whose rows move with a village; what is a part of it (aliases …) goes with it instead."""
    return references_to(Village.__table__)


def _point(session: Session, column: Any, ids: Sequence[str], before: str, after: str) -> None:
    """Let rows that refer to one village refer to another."""
    table = column.table
    values: dict[Any, Any] = {column: after}
    if "version" in table.c:
        values[table.c.version] = table.c.version + 1
    for some in portions(ids):
        session.execute(update(table).where(table.c.id.in_(some), column == before).values(values))
    if table is Household.__table__:
        carry_version(session, "households", ids)


def _locked(session: Session, village_id: str) -> Village:
    lock: Any = {"key_share": True}
    return session.get_one(Village, village_id, options=[selectinload(Village.aliases)], with_for_update=lock)


def _take_names(first: Village, second: Village) -> list[str]:
    """Give the first village the second's names as aliases; returns those that it did not have.

    Only inside one administrative village: elsewhere they would be the names of other villages. The next
    ledger knows the second's full name all the same, for the join itself is remembered.
    """
    if any(normalise(getattr(first, part)) != normalise(getattr(second, part)) for part in ("town", "admin_village")):
        return []
    have = {normalise(name) for name in (first.name, *(alias.name for alias in first.aliases))}
    names = [name for name in (second.name, *(alias.name for alias in second.aliases)) if normalise(name) not in have]
    names = list(dict.fromkeys(names))
    first.aliases = [*first.aliases, *(VillageAlias(name=name) for name in names)]
    return names


def _inherit(first: Village, second: Village) -> Json:
    """Give the first village the territory and the place that only the second has; returns before and after."""
    taken: Json = {}
    for names in _INHERITED:
        if getattr(first, names[0]) is None and getattr(second, names[0]) is not None:
            for name in names:
                taken[name] = [plain(getattr(first, name)), plain(getattr(second, name))]
                setattr(first, name, getattr(second, name))
    return taken


def _familiar(session: Session, first: str, second: str) -> tuple[list[list[str]], list[str]]:
    """Let who knows the second village know the first; returns who knew the second, and who learnt the first."""
    known: ColumnElement[bool] = Familiarity.village_id == second
    knew = [[row.person_id, row.source] for row in session.scalars(select(Familiarity).where(known))]
    already = set(session.scalars(select(Familiarity.person_id).where(Familiarity.village_id == first)))
    learnt = [[person, source] for person, source in knew if person not in already]
    session.add_all(Familiarity(person_id=person, village_id=first, source=source) for person, source in learnt)
    session.flush()
    return knew, [person for person, _source in learnt]
