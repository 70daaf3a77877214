"""Give villages and towns their places out of a list; what is not sure is kept as candidates for a person to take."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from api.auth.actor import Actor
from api.store.models import PlaceCandidate, Town, Village
from api.usecases import audit
from api.usecases.context import rules, store
from api.usecases.doubt_places import lock_villages
from api.usecases.set_up_names import full_name
from api.usecases.village_places import set_place, show_on_phones
from routing.gazetteer import ListMatch, NamedPlace, PlaceProposal, Proposals
from routing.place_names import normalise
from routing.places import Datum
from routing.problem import Place
from routing.villages import KnownVillage
from schemas.gazetteer import Gazetteer, open_gazetteer

MOST_CANDIDATES = 12

Watch = Callable[[Iterable[NamedPlace]], Iterable[NamedPlace]]


class _Preview(Exception):
    """Ends a preview: its transaction is rolled back."""


def place_villages(
    actor: Actor,
    file: Path,
    *,
    name: str | None = None,
    datum: Datum = "wgs84",
    by_name: bool = False,
    dry_run: bool = False,
    watch: Watch = iter,
) -> dict[str, Any]:
    """Place the actor's villages that have none, as far as a list is sure, and tell what it says of each.

    ``name`` is what the list is remembered by (default: the file's); ``watch`` is handed the places as they are
    read, to show how far it is. The same list loaded again changes nothing. Raises
    :class:`schemas.gazetteer.GazetteerRefused` for a file that is no list of places.
    """
    gazetteer = open_gazetteer(file, datum)
    with store().read() as session:
        of_branch: dict[str, list[KnownVillage]] = defaultdict(list)
        for village in _villages(session, actor):
            of_branch[village.branch_id].append(_known(village))
    matches = {
        branch: ListMatch(villages, rules().places.lists, by_name=by_name) for branch, villages in of_branch.items()
    }
    read = 0
    # Outside of any transaction: an extract may take minutes.
    for place in watch(gazetteer.places()):
        read += 1
        for match in matches.values():
            match.read(place)
    proposals, digest = {branch: match.proposals() for branch, match in matches.items()}, gazetteer.sha256()
    found: dict[str, Any] = {}
    try:
        with store().write() as session:
            found = _store(session, actor, proposals, gazetteer, (name or file.name)[:120], digest)
            if dry_run:
                raise _Preview
    except _Preview:
        pass
    return found | {"read": read, "left_out": gazetteer.left_out, "problems": gazetteer.problems}


def _store(
    session: Session, actor: Actor, proposals: dict[str, Proposals], gazetteer: Gazetteer, source: str, digest: str
) -> dict[str, Any]:
    lock_villages(session, Village.branch_id.in_(actor.branches))
    villages = {village.id: village for village in _villages(session, actor)}
    told: list[dict[str, Any]] = []
    for branch, found in proposals.items():
        _keep_towns(session, branch, found.towns, villages.values(), source)
        for one in found.villages:
            village = villages.get(one.village)
            if village is None or village.lat is not None:
                continue  # somebody placed it meanwhile
            _keep_candidates(session, one, gazetteer.datum, source)
            if one.outcome == "placed":
                [place] = one.places
                village.version += 1
                set_place(session, village, place.place, "gazetteer", datum=gazetteer.datum)
                audit.record(
                    session, actor.pseudonym, "village.placed", village.id, source="gazetteer", file=source,
                    sha256=digest, ref=place.ref,
                )  # fmt: skip
            told.append({"id": village.id, "name": full_name(village), "outcome": one.outcome, "places": one.places})
    show_on_phones(session, [one["id"] for one in told if one["outcome"] == "placed"])
    counts = Counter(one["outcome"] for one in told)
    return {
        "villages": told,
        "counts": {name: counts[name] for name in ("placed", "ambiguous", "unconfirmed", "unknown")},
        "towns": sum(len(found.towns) for found in proposals.values()),
    }


def _keep_candidates(session: Session, found: PlaceProposal, datum: Datum, source: str) -> None:
    """Keep the places that may be a village's, in the place of those that this list gave before."""
    mine = (PlaceCandidate.village_id == found.village, PlaceCandidate.source == source)
    session.execute(delete(PlaceCandidate).where(*mine))
    if found.outcome == "placed":
        return
    session.add_all(
        PlaceCandidate(
            village_id=found.village, name=place.name, within=", ".join(place.within)[:200], kind=place.kind[:60],
            lat=place.lat, lon=place.lon, datum=datum, source=source,
        )
        for place in found.places[:MOST_CANDIDATES]
    )  # fmt: skip


def _keep_towns(
    session: Session, branch: str, towns: Mapping[str, Place], villages: Iterable[Village], source: str
) -> None:
    """Keep where the towns lie; what an earlier list said of one is replaced."""
    names = {normalise(village.town): village.town for village in villages if village.branch_id == branch}
    known = {row.match_key: row for row in session.scalars(select(Town).where(Town.branch_id == branch))}
    for key, place in sorted(towns.items()):
        row = known.get(key)
        if row is None:
            row = Town(branch_id=branch, name=names[key], match_key=key)
            session.add(row)
        row.lat, row.lon, row.source = place.lat, place.lon, source


def _villages(session: Session, actor: Actor) -> list[Village]:
    query = select(Village).where(Village.branch_id.in_(actor.branches)).order_by(Village.id)
    return list(session.scalars(query.options(selectinload(Village.aliases))))


def _known(village: Village) -> KnownVillage:
    place = None if village.lat is None or village.lon is None else Place(village.lat, village.lon)
    aliases = tuple(alias.name for alias in village.aliases)
    return KnownVillage(village.id, village.town, village.admin_village, village.name, aliases, place)
