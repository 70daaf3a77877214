"""Where towns lie: by a list of places, else by their villages that have one; and what is planned by its town only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from routing.door_places import middle_door
from routing.place_names import normalise
from routing.problem import Place, Reason, Village, Visit
from routing.travel.legs import precision_of


def town_places(
    villages: Iterable[tuple[str, Place | None]], known: Mapping[str, Place] | None = None
) -> dict[str, Place]:
    """Return where each town lies, by its normalised name.

    ``villages`` are (town as written, the village's place if known). ``known`` are towns whose place a list
    says, by normalised name. Of the others it is the village in their middle: a place that can be driven to.
    """
    of: dict[str, list[Place]] = defaultdict(list)
    for town, place in villages:
        if place is not None and (key := normalise(town)):
            of[key].append(place)
    return {key: middle_door(places) for key, places in of.items()} | dict(known or {})


def by_town(visit: Visit, villages: Mapping[str, Village]) -> tuple[Reason, ...]:
    """Return what is to be said of a visit that is planned by its town: ``by_town`` (town)."""
    village = villages.get(visit.household.village or "")
    if village is None or village.town is None or precision_of(visit, villages) != "town":
        return ()
    return (Reason("by_town", {"town": village.town.name}),)
