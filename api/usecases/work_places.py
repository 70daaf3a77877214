"""Villages without a place, and places in doubt, as work items."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.store.columns import Json, now
from api.store.models import Household, PlaceDoubt, Village
from api.usecases import audit
from api.usecases.context import store
from api.usecases.doubt_places import CHANGED, KEPT, OPEN, doors_of, lock_villages, weigh_places
from api.usecases.keep_villages import alter_village, place_village
from api.usecases.village_places import show_on_phones, take_back, village_precision
from api.usecases.work_kind import REOPEN, Conditions, WorkKind, expect_choice, item, taken
from api.usecases.work_merges import household_subjects, village_subjects
from api.wording.work import work_sentence
from routing.door_places import place_by_doors
from routing.problem import Place

BY_DOORS, KEEP, DROP = "place_by_doors", "keep", "drop_place"
BY_DOORS_SOURCE = "doors"
_CHOICES = {
    "door_far_from_village": (KEEP, DROP),
    "door_far_from_neighbours": (KEEP, DROP),
    "village_far_from_doors": (BY_DOORS, KEEP),
    "rows_name_several_villages": (KEEP,),
}
_PLACE = ("lat", "lon", "datum", "place_source", "precision")


def _missing(actor: Actor) -> Conditions:
    return [Village.branch_id.in_(actor.branches), Village.lat.is_(None)]


def _describe_missing(session: Session, found: Sequence[Village]) -> list[Json]:
    ids = [row.id for row in found]
    subjects, doors = village_subjects(session, ids), _doors(session, ids)
    items = []
    for row in found:
        told = place_by_doors(doors[row.id]) is not None and row.lat is None
        reasons = [work_sentence("missing_place", {})]
        if told:
            reasons.append(work_sentence("place_told_by_doors", {"doors": len(doors[row.id])}))
        settled = None if row.lat is None else BY_DOORS
        choices = (BY_DOORS,) if told else ()
        items.append(item("missing_place", row, "missing_place", reasons, [subjects[row.id]], choices, settled))
    return items


def _settle_missing(actor: Actor, id_: str, choice: str, note: str, version: int) -> Json:
    """Put a village where its doors are, or take that place away again. Raises 404, 409, 412, 422."""
    with store().write() as session:
        village: Village = taken(session, actor, Village, id_, version)
        proposed = place_by_doors(_doors(session, [id_])[id_])
        expect_choice(choice, (BY_DOORS,) if proposed else (), village.lat is not None)
        if choice == REOPEN:
            take_back(session, actor, village)
        else:
            place_village(session, actor, village, _as_change(proposed), BY_DOORS_SOURCE)
        audit.record(session, actor.pseudonym, "work.settled", id_, kind="missing_place", choice=choice, note=note)
        return _describe_missing(session, [village])[0]


def _doubtful(actor: Actor) -> Conditions:
    return [PlaceDoubt.branch_id.in_(actor.branches), PlaceDoubt.status == OPEN]


def _decided(actor: Actor) -> Conditions:
    return [PlaceDoubt.branch_id.in_(actor.branches), PlaceDoubt.status.in_((KEPT, CHANGED))]


def _describe_doubts(session: Session, found: Sequence[PlaceDoubt]) -> list[Json]:
    villages = village_subjects(session, [row.village_id for row in found if row.village_id])
    doors = household_subjects(session, [row.household_id for row in found if row.household_id])
    items = []
    for row in found:
        subjects = [doors.get(row.household_id or ""), villages.get(row.village_id or "")]
        items.append(
            item(
                "place_doubt", row, row.code, [work_sentence(row.code, row.facts)], [one for one in subjects if one],
                _CHOICES[row.code], _settled_by(row),
            )
        )  # fmt: skip
    return items


def _settled_by(row: PlaceDoubt) -> str | None:
    if row.status == OPEN:
        return None
    return KEEP if row.status == KEPT else BY_DOORS if row.household_id is None else DROP


def _settle_doubt(actor: Actor, id_: str, choice: str, note: str, version: int) -> Json:
    """Leave a place as it is, change it, or take that back. Raises 404, 409, 412, 422."""
    with store().write() as session:
        row: PlaceDoubt = taken(session, actor, PlaceDoubt, id_, version)
        expect_choice(choice, _CHOICES[row.code], row.status != OPEN)
        lock_villages(session, Village.id == row.village_id)
        before = row.status
        row.status = {KEEP: KEPT, REOPEN: OPEN}.get(choice, CHANGED)
        row.settled_by, row.settled_at = (None, None) if choice == REOPEN else (actor.pseudonym, now())
        if choice == DROP:
            _drop_place(session, row)
        elif choice == BY_DOORS:
            _move_village(session, actor, row)
        elif before == CHANGED:
            _put_back(session, actor, row)
        weigh_places(session, row.branch_id, [row.village_id])
        if row.household_id is not None and choice != KEEP:
            show_on_phones(session, [row.village_id])
        audit.record(session, actor.pseudonym, "work.settled", row.id, kind="place_doubt", choice=choice, note=note)
        return _describe_doubts(session, [row])[0]


def _drop_place(session: Session, row: PlaceDoubt) -> None:
    household = session.get_one(Household, row.household_id, with_for_update={"key_share": True})
    village = session.get(Village, household.village_id) if household.village_id else None
    row.before = {name: getattr(household, name) for name in _PLACE}
    household.lat = household.lon = household.datum = household.place_source = None
    household.precision = village_precision(village)
    household.version += 1


def _move_village(session: Session, actor: Actor, row: PlaceDoubt) -> None:
    village = session.get_one(Village, row.village_id)
    place = place_by_doors(_doors(session, [village.id])[village.id])
    row.before = _as_change(place)
    alter_village(session, actor, village.id, _as_change(place), village.version, BY_DOORS_SOURCE)


def _put_back(session: Session, actor: Actor, row: PlaceDoubt) -> None:
    """Give the place back that was taken or changed, unless somebody has set another since."""
    before, row.before = row.before or {}, None
    if row.household_id is not None:
        household = session.get_one(Household, row.household_id, with_for_update={"key_share": True})
        if household.lat is None:
            for name in _PLACE:
                setattr(household, name, before[name])
            household.version += 1
        return
    village = session.get(Village, row.village_id)
    if village is not None and before == {"lat": village.lat, "lon": village.lon}:
        take_back(session, actor, village)
        village.version += 1


def _doors(session: Session, village_ids: Sequence[str]) -> dict[str, list[Place]]:
    found = doors_of(session, Household.village_id.in_(village_ids))
    return {id_: [place for _id, place in found.get(id_, ())] for id_ in village_ids}


def _as_change(place: Place | None) -> Json:
    return {"lat": place.lat if place else None, "lon": place.lon if place else None}


MISSING_PLACE = WorkKind(Village, Village.branch_id, _missing, None, _describe_missing, _settle_missing)
PLACE_DOUBT = WorkKind(PlaceDoubt, PlaceDoubt.branch_id, _doubtful, _decided, _describe_doubts, _settle_doubt)
