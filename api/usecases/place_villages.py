"""Give villages their places out of a gazetteer; what is not sure stays for a person to place."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO, Any, BinaryIO, cast

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from api.auth.actor import Actor
from api.store.models import Village
from api.usecases import audit
from api.usecases.context import store
from api.usecases.set_up_names import full_name
from api.usecases.village_places import set_place, show_on_phones
from routing.gazetteer import propose_places
from routing.problem import Place
from routing.villages import KnownVillage
from schemas.gazetteer import read_gazetteer


def place_villages(
    actor: Actor, stream: IO[bytes], filename: str, *, apply: bool = False, by_name: bool = False
) -> dict[str, Any]:
    """Return what a gazetteer says of the actor's villages without a place, and set what is sure if ``apply``.

    Raises :class:`schemas.ledger.LedgerRefused` for a file that is no gazetteer.
    """
    gazetteer = read_gazetteer(cast(BinaryIO, stream))
    source = PurePath(filename).name[:120]
    with store().write() as session:
        query = select(Village).where(Village.branch_id.in_(actor.branches)).order_by(Village.id)
        villages = list(session.scalars(query.options(selectinload(Village.aliases))))
        names = {village.id: full_name(village) for village in villages}
        proposals = propose_places([_known(village) for village in villages], gazetteer.places, by_name=by_name)
        if apply:
            by_id = {village.id: village for village in villages}
            sure = [one for one in proposals if one.outcome == "placed"]
            for one in sure:
                village = by_id[one.village]
                village.version += 1
                set_place(session, village, Place(one.places[0].lat, one.places[0].lon), "gazetteer")
                audit.record(
                    session, actor.pseudonym, "village.placed", one.village, source=source,
                    sha256=gazetteer.sha256, line=one.places[0].line,
                )  # fmt: skip
            show_on_phones(session, [one.village for one in sure])
    return {
        "left_out": list(gazetteer.left_out),
        "villages": [
            {"id": one.village, "name": names[one.village], "outcome": one.outcome, "places": one.places}
            for one in proposals
        ],
    }


def _known(village: Village) -> KnownVillage:
    place = None if village.lat is None or village.lon is None else Place(village.lat, village.lon)
    aliases = tuple(alias.name for alias in village.aliases)
    return KnownVillage(village.id, village.town, village.admin_village, village.name, aliases, place)
