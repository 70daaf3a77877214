"""Who works which territory on a day, and who knows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from api.store.models import Familiarity, Household, Placement, Village
from routing.territories import familiar, familiarity


def group_on(session: Session, territory_id: str, on: date) -> list[Placement]:
    """Return the placements of a territory on a day, the leader first."""
    rows = session.scalars(
        select(Placement).where(Placement.territory_id == territory_id, valid_on(on)).order_by(Placement.id)
    )
    return sorted(rows, key=lambda row: row.role != "leader")


def valid_on(on: date):  # type: ignore[no-untyped-def]
    """Return the condition that a placement holds on a day."""
    return (Placement.starts_on <= on) & or_(Placement.ends_on.is_(None), Placement.ends_on >= on)


def households_by_village(session: Session, territory_id: str) -> dict[str, int]:
    """Return how many households each village of a territory has (villages without any count 0)."""
    query = (
        select(Village.id, func.count(Household.id))
        .outerjoin(Household, Household.village_id == Village.id)
        .where(Village.territory_id == territory_id)
        .group_by(Village.id)
    )
    return dict(session.execute(query).all())


def villages_known(session: Session, people: Iterable[str]) -> dict[str, set[str]]:
    """Return the villages that each person knows."""
    known: dict[str, set[str]] = {person: set() for person in people}
    query = select(Familiarity.person_id, Familiarity.village_id).where(Familiarity.person_id.in_(known))
    for person_id, village_id in session.execute(query):
        known[person_id].add(village_id)
    return known


def share_known(session: Session, person_id: str, villages: dict[str, int]) -> float:
    """Return the share, 0 to 1, of a territory's households in villages that the person knows."""
    return familiarity(villages_known(session, [person_id])[person_id], villages)


def knows_territory(session: Session, territory_id: str, people: Iterable[str], group: list[Placement]) -> bool:
    """Say whether one of these people knows the territory or has its leader's handover (decision 2)."""
    people = list(people)
    briefed = {row.person_id for row in group if row.handover or row.role == "leader"}
    if briefed & set(people):
        return True
    villages = households_by_village(session, territory_id)
    known = villages_known(session, people)
    return any(familiar(known[person], villages) for person in people)
