"""Where the towns of a branch lie: by a list that was loaded, else by their villages that have a place."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.models import Town, Village
from routing.place_names import normalise
from routing.problem import Place
from routing.towns import town_places


class KnownTowns:
    """The places of one branch's towns, read once."""

    def __init__(self, session: Session, branch_id: str) -> None:
        listed = select(Town.match_key, Town.lat, Town.lon).where(Town.branch_id == branch_id)
        placed = select(Village.town, Village.lat, Village.lon).where(Village.branch_id == branch_id)
        self._places = town_places(
            (
                (town, None if lat is None or lon is None else Place(lat, lon))
                for town, lat, lon in session.execute(placed.order_by(Village.id))
            ),
            {key: Place(lat, lon) for key, lat, lon in session.execute(listed)},
        )

    def place(self, town: str) -> Place | None:
        """Return where a town lies, None where nothing says so."""
        return self._places.get(normalise(town)) if town else None
