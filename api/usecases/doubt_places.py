"""Places that do not agree with what is around them, weighed anew whenever a place or a village of a door changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from api.store.models import Household, PlaceDoubt, Village
from api.usecases.stored_grouping import StoredGrouping
from routing.door_places import Oddity, places_that_disagree
from routing.problem import Place

OPEN, KEPT, CHANGED = "open", "kept", "changed"
SEVERAL_VILLAGES = "rows_name_several_villages"
_Doors = dict[str, list[tuple[str, Place]]]


def weigh_places(session: Session, branch_id: str, village_ids: Iterable[str | None]) -> None:
    """Bring the doubts about these villages and their doors in line with the places as they are now.

    What a person left as it is stays so as long as the places stay. Two who weigh the same village come one after
    the other (:func:`lock_villages`).
    """
    wanted = sorted({village_id for village_id in village_ids if village_id})
    if not wanted:
        return
    session.flush()
    lock_villages(session, Village.id.in_(wanted))
    villages = {row.id: row for row in session.scalars(select(Village).where(Village.id.in_(wanted)))}
    doors = doors_of(session, Household.branch_id == branch_id, Household.village_id.in_(wanted))
    found: dict[tuple[str, str], tuple[Oddity, str, str]] = {}
    for village_id in wanted:
        place = _place(villages.get(village_id))
        at = dict(doors[village_id])
        for odd in places_that_disagree(village_id, place, doors[village_id]):
            about = f"{spot(at.get(odd.household or ''))} {spot(place)} {len(at) if odd.household is None else ''}"
            found[odd.household or village_id, odd.reason.code] = odd, about.strip(), village_id
    subjects = [subject for subject, _code in found]
    stored = select(PlaceDoubt).where(PlaceDoubt.branch_id == branch_id, PlaceDoubt.code != SEVERAL_VILLAGES)
    about_these = or_(PlaceDoubt.village_id.in_(wanted), PlaceDoubt.subject_id.in_(subjects))
    for row in session.scalars(stored.where(about_these)).all():
        new = found.pop((row.subject_id, row.code), None)
        if new is None:
            if row.status == OPEN:
                session.delete(row)
        elif row.about != new[1]:
            _ask_again(row, new)
    for (subject, code), (odd, about, village_id) in found.items():
        session.add(
            PlaceDoubt(
                branch_id=branch_id, subject_id=subject, household_id=odd.household, village_id=village_id, code=code,
                facts=dict(odd.reason.facts), about=about,
            )
        )  # fmt: skip
    session.flush()


def lock_villages(session: Session, which: ColumnElement[bool]) -> None:
    """Let nobody else change these villages, or weigh places in them, until this transaction ends.

    Who changes doors of theirs too takes this lock first: a phone that places a village does so in that order.
    """
    query = select(Village.id).where(which).order_by(Village.id)
    session.execute(query.with_for_update(key_share=True)).all()


def note_doubts(session: Session, branch_id: str, import_id: str, found: StoredGrouping) -> None:
    """Keep what a ledger's places and villages leave in doubt."""
    weigh_places(session, branch_id, found.villages.values())
    odd = {
        found.households[one.household]: one
        for one in found.grouping.oddities
        if one.household is not None and one.reason.code == SEVERAL_VILLAGES
    }
    seen = set(found.households.values())
    stored = select(PlaceDoubt).where(PlaceDoubt.branch_id == branch_id, PlaceDoubt.code == SEVERAL_VILLAGES)
    for row in session.scalars(stored).all():
        if row.subject_id in odd:
            odd.pop(row.subject_id)
        elif row.subject_id in seen and row.status == OPEN:
            session.delete(row)
    for household, one in odd.items():
        village = found.villages.get(one.village) if one.village else None
        session.add(
            PlaceDoubt(
                branch_id=branch_id, subject_id=household, household_id=household, village_id=village,
                code=SEVERAL_VILLAGES, facts=dict(one.reason.facts), about="", import_id=import_id,
            )
        )  # fmt: skip
    session.flush()


def forget_doubts(session: Session, import_id: str, branches: Sequence[str]) -> None:
    """Take the doubts along with an import that was undone."""
    session.execute(delete(PlaceDoubt).where(PlaceDoubt.import_id == import_id, PlaceDoubt.status == OPEN))
    for branch_id in branches:
        of = select(Village.id).where(Village.branch_id == branch_id)
        doors = select(Household.id).where(Household.branch_id == branch_id, Household.merged_into_id.is_(None))
        gone = PlaceDoubt.subject_id.not_in(of.union(doors))
        session.execute(delete(PlaceDoubt).where(PlaceDoubt.branch_id == branch_id, gone))
        weigh_places(session, branch_id, session.scalars(of).all())


def doors_of(session: Session, *which: ColumnElement[bool]) -> _Doors:
    """Return the doors with a place of their own, by village."""
    doors: _Doors = defaultdict(list)
    query = select(Household).where(Household.village_id.is_not(None), Household.lat.is_not(None), *which)
    columns = (Household.id, Household.village_id, Household.lat, Household.lon)
    for id_, village, lat, lon in session.execute(query.with_only_columns(*columns).order_by(Household.id)):
        if village is not None and lat is not None and lon is not None:
            doors[village].append((id_, Place(lat, lon)))
    return doors


def places_dropped(session: Session, branch_id: str) -> set[tuple[str, str]]:
    """Return the doors whose place a person took away, each with the spot that is not to come back."""
    query = select(PlaceDoubt.household_id, PlaceDoubt.before).where(
        PlaceDoubt.branch_id == branch_id, PlaceDoubt.status == CHANGED, PlaceDoubt.household_id.is_not(None)
    )
    return {(str(door), spot(Place(was["lat"], was["lon"]))) for door, was in session.execute(query) if was}


def spot(place: Place | None) -> str:
    """Return a place to the metre: what is nearer is the same place, said again."""
    return "-" if place is None else f"{place.lat:.5f},{place.lon:.5f}"


def _ask_again(row: PlaceDoubt, new: tuple[Oddity, str, str]) -> None:
    odd, row.about, row.village_id = new
    row.facts = dict(odd.reason.facts)
    row.status, row.settled_by, row.settled_at, row.before = OPEN, None, None, None
    row.version += 1


def _place(village: Village | None) -> Place | None:
    if village is None or village.lat is None or village.lon is None:
        return None
    return Place(village.lat, village.lon)
