"""What may be one: asked once, and what people decided is handed to the grouping of every later ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.store.columns import now
from api.store.models import Household, ImportChange, Merge, Village
from api.usecases.join_households import join_households, part_households
from api.usecases.join_villages import join_villages, part_villages
from api.usecases.stored_grouping import StoredGrouping
from routing.grouped import Decisions, Pair, Suggestion
from routing.households import household_keys
from routing.villages import VillageName

OPEN, TOGETHER, APART, MOOT = "open", "together", "apart", "moot"


def decisions_of(session: Session, branch_id: str) -> Decisions:
    """Return what people of a branch have settled, as the grouping takes it."""
    pairs: dict[str, set[Pair]] = {TOGETHER: set(), APART: set()}
    query = select(Merge.pair, Merge.kind, Merge.status).where(
        Merge.branch_id == branch_id, Merge.status.in_((TOGETHER, APART))
    )
    for pair, kind, status in session.execute(query):
        if kind == "household" or status == APART:
            one, other = pair.split("\n")
            pairs[status].add((one, other))
    return Decisions(frozenset(pairs[APART]), frozenset(pairs[TOGETHER] | _joined_doors(session, branch_id)))


def names_joined(session: Session, branch_id: str) -> dict[str, tuple[VillageName, ...]]:
    """Return the full names of the villages that were joined to others, by the id of the other."""
    names: dict[str, list[VillageName]] = defaultdict(list)
    query = select(Merge).where(Merge.branch_id == branch_id, Merge.kind == "village", Merge.status == TOGETHER)
    for row in session.scalars(query.order_by(Merge.id)):
        if row.moved:
            was = row.moved["row"]
            names[row.first_id].append(VillageName(was["town"], was["admin_village"], was["name"]))
    return {village: tuple(found) for village, found in names.items()}


def joined_into(session: Session, branches: Sequence[str]) -> dict[str, str]:
    """Return, by the id of each village and household that was joined to another, the other's id."""
    villages = select(Merge.second_id, Merge.first_id).where(
        Merge.branch_id.in_(branches), Merge.kind == "village", Merge.status == TOGETHER
    )
    doors = select(Household.id, Household.merged_into_id).where(
        Household.branch_id.in_(branches), Household.merged_into_id.is_not(None)
    )
    return {one: str(other) for query in (villages, doors) for one, other in session.execute(query)}


def note_merges(session: Session, branch_id: str, import_id: str, found: StoredGrouping) -> None:
    """Keep what the grouping of a ledger suggests; what was decided before is not asked, but done, again."""
    by_pair: dict[str, Merge] = {}
    by_ids: dict[frozenset[str], Merge] = {}
    for row in session.scalars(select(Merge).where(Merge.branch_id == branch_id).order_by(Merge.id)):
        by_pair[row.pair] = by_ids[frozenset((row.first_id, row.second_id))] = row
    doors = {found.villages[village.key]: village.households for village in found.grouping.villages}
    again = []
    for one in found.grouping.suggestions:
        ids = _ids(one, found)
        if ids is None:
            continue
        pair = "\n".join((one.first, one.second))
        asked = by_pair.get(pair) or by_ids.get(frozenset(ids))
        row = asked or _new(branch_id, import_id, one, pair, _staying_first(ids, found, doors))
        if asked is None:
            session.add(row)
            by_pair[pair] = by_ids[frozenset(ids)] = row
        elif frozenset((row.first_id, row.second_id)) != frozenset(ids) and row.status != APART:
            # The rows that it spoke of went with an import that was undone, and have come back.
            row.first_id, row.second_id = _staying_first(ids, found, doors)
            row.status = OPEN if row.status == MOOT else row.status
        if row.status == TOGETHER:
            again.append(row)
    session.flush()
    for row in again:
        _join(session, row)


def settle_merge(session: Session, actor: Actor, row: Merge, status: str) -> None:
    """Join the two or keep them apart (from open), or take that back (to open)."""
    before, row.status = row.status, status
    if before == TOGETHER and row.moved is None:
        # Its rows went with an import that was undone: there is nothing to part, only a decision to forget.
        session.delete(row)
        return
    row.settled_by, row.settled_at = (None, None) if status == OPEN else (actor.pseudonym, now())
    if status == TOGETHER:
        _join(session, row)
    elif before == TOGETHER:
        _part(session, row)
    session.flush()


def forget_merges(session: Session, import_id: str, branches: Sequence[str]) -> None:
    """Take back what was asked about rows that went with an import; what people decided is remembered."""
    mine = Merge.branch_id.in_(branches)
    for row in session.scalars(select(Merge).where(mine, Merge.status == TOGETHER)).all():
        gone = (
            _was_made(session, import_id, "village", row.second_id)
            if row.kind == "village"
            else not _stand(session, "household", row.second_id)
        )
        if gone or not _stand(session, row.kind, row.first_id):
            row.moved = None  # there is nothing left to bring back
    for row in session.scalars(select(Merge).where(mine, Merge.status.in_((OPEN, MOOT)))).all():
        if row.import_id == import_id or not _stand(session, row.kind, row.first_id, row.second_id):
            session.delete(row)
    session.flush()


def _joined_doors(session: Session, branch_id: str) -> set[Pair]:
    """The keys of households that were joined, as they are today: a village's new name changes them."""
    joined = select(Household).where(Household.branch_id == branch_id, Household.merged_into_id.is_not(None))
    pairs = set()
    for second in session.scalars(joined):
        first = session.get_one(Household, second.merged_into_id)
        village = session.get(Village, first.village_id) if first.village_id else None
        key = village.match_key if village else None
        pairs |= {(one, other) for one in _keys(first, key) for other in _keys(second, key)}
    return pairs


def _keys(household: Household, village: str | None) -> set[str]:
    """The keys that mean this household alone: somebody with an identity shares their name with others."""
    own = {household.match_key}
    return own if household.match_key.startswith("id:") else own | set(household_keys(household.name, None, village))


def _ids(one: Suggestion, found: StoredGrouping) -> tuple[str, str] | None:
    of = found.villages if one.kind == "village" else found.households
    first, second = of.get(one.first), of.get(one.second)
    return None if first is None or second is None or first == second else (first, second)


def _staying_first(ids: tuple[str, str], found: StoredGrouping, doors: Mapping[str, int]) -> tuple[str, str]:
    """The row that was known before stays; of two new ones the one with more doors, of equals the first by key."""
    first, second = sorted(ids, key=lambda id_: (id_ not in found.known, -doors.get(id_, 0)))
    return first, second


def _new(branch_id: str, import_id: str, one: Suggestion, pair: str, ids: tuple[str, str]) -> Merge:
    return Merge(
        branch_id=branch_id, kind=one.kind, first_id=ids[0], second_id=ids[1], pair=pair, code=one.reason.code,
        facts=dict(one.reason.facts), score=one.score, import_id=import_id, status=OPEN,
    )  # fmt: skip


def _join(session: Session, row: Merge) -> None:
    join = join_villages if row.kind == "village" else join_households
    moved = join(session, row.first_id, row.second_id)
    row.moved = moved | {"merges": _follow(session, row)}
    session.flush()


def _part(session: Session, row: Merge) -> None:
    moved, row.moved = row.moved, None
    if moved is None:
        return
    if row.kind == "village":
        part_villages(session, row.first_id, moved)
    else:
        part_households(session, row.first_id, row.second_id, moved)
    for other_id, side in moved["merges"]:
        other = session.get(Merge, other_id)
        if other is not None and getattr(other, side) == row.first_id:
            setattr(other, side, row.second_id)
    moot = or_(Merge.first_id == row.second_id, Merge.second_id == row.second_id)
    session.execute(update(Merge).where(Merge.status == MOOT, moot).values(status=OPEN))


def _follow(session: Session, row: Merge) -> list[list[str]]:
    """Let other merges that name the second speak of the first; returns them with the side that was changed.

    What would then be asked of two villages that were known as two, or was asked before, is moot.
    """
    followed = []
    about = or_(Merge.first_id == row.second_id, Merge.second_id == row.second_id)
    others = select(Merge).where(about, Merge.id != row.id, Merge.status.in_((OPEN, TOGETHER))).order_by(Merge.id)
    for other in session.scalars(others).all():
        side, far = ("first_id", other.second_id) if other.first_id == row.second_id else ("second_id", other.first_id)
        if other.status == TOGETHER and side == "second_id":
            continue
        if other.status == OPEN and _is_moot(session, row, other, far):
            other.status = MOOT
        else:
            setattr(other, side, row.first_id)
            followed.append([other.id, side])
    session.flush()
    return followed


def _is_moot(session: Session, row: Merge, other: Merge, far: str) -> bool:
    if far == row.first_id:
        return True
    asked = or_(
        (Merge.first_id == far) & (Merge.second_id == row.first_id),
        (Merge.first_id == row.first_id) & (Merge.second_id == far),
    )
    if session.scalar(select(Merge.id).where(asked).limit(1)) is not None:
        return True
    return row.kind == "village" and not _was_made(session, other.import_id, row.kind, far)


def _was_made(session: Session, import_id: str, kind: str, row_id: str) -> bool:
    change = session.get(ImportChange, (import_id, f"{kind}s", row_id))
    return change is not None and change.made


def _stand(session: Session, kind: str, *ids: str) -> bool:
    model = Village if kind == "village" else Household
    return all(session.scalar(select(exists().where(model.id == id_))) for id_ in ids)

