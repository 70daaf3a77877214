"""Places of a ledger that cannot be the lender's: flagged, and not used."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.models import Branch, Town, Village
from api.usecases.context import rules, settings
from routing.lender_area import places_outside
from routing.problem import Place
from schemas.ledger import LedgerRow


def without_far_places(session: Session, branch: Branch, rows: Sequence[LedgerRow]) -> dict[int, LedgerRow]:
    """Return the rows of a branch whose place lies far from all that is known of it, by number, without that place.

    Where a box is set (``ROUNDS_AREA``), the reader has looked already.
    """
    doors = {
        str(row.number): Place(lat, lon)
        for row in rows
        if (lat := row.value("latitude")) is not None and (lon := row.value("longitude")) is not None
    }
    if not doors or settings().box() is not None:
        return {}
    far = places_outside(_known(session, branch), doors, rules().places.area_metres)
    return {
        row.number: row.without_place("coordinates_swapped" if far[str(row.number)] else "coordinates_outside_area")
        for row in rows
        if str(row.number) in far
    }


def _known(session: Session, branch: Branch) -> list[Place]:
    villages = session.execute(select(Village.lat, Village.lon).where(Village.branch_id == branch.id))
    towns = session.execute(select(Town.lat, Town.lon).where(Town.branch_id == branch.id))
    found = [(branch.lat, branch.lon), *villages, *towns]
    return [Place(lat, lon) for lat, lon in found if lat is not None and lon is not None]
