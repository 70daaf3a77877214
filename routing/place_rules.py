"""How villages come to their places, and what stands in until then: read from ``routing/data/place_rules.toml``."""

from __future__ import annotations

from dataclasses import dataclass

from routing.rulefile import Table


@dataclass(frozen=True, slots=True)
class PhoneRules:
    """When the position of an outcome marks a place: metres, seconds, and the outcomes for which somebody was met."""

    accuracy_metres: int
    fix_age_seconds: int
    town_metres: int
    met: frozenset[str]


@dataclass(frozen=True, slots=True)
class ListRules:
    """How a list of places is matched: how far a town reaches, metres, and the kinds of place that are towns."""

    reach_metres: int
    town_kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """What stands in for places that are not known, and how they become known.

    ``finding_seconds``: what a village costs of which only the town is known. ``area_metres``: farther than this from
    every place that is known of a branch nothing of it lies.
    """

    finding_seconds: int
    area_metres: int
    lists: ListRules
    phone: PhoneRules


def read_place_rules(table: Table) -> PlaceRules:
    """The rules of a file's table; raises :class:`routing.rulefile.RulesError` naming the key at fault."""
    town, phone, gazetteer, area = (table.table(name) for name in ("town", "phone", "gazetteer", "area"))
    rules = PlaceRules(
        finding_seconds=town.whole("finding_seconds", 0, 14_400),
        area_metres=area.whole("reach_metres", 80_000, 2_000_000),
        lists=ListRules(
            reach_metres=gazetteer.whole("town_metres", 0, 200_000),
            town_kinds=frozenset(kind.casefold() for kind in gazetteer.texts("town_kinds")),
        ),
        phone=PhoneRules(
            accuracy_metres=phone.whole("accuracy_metres", 1, 1_000),
            fix_age_seconds=phone.whole("fix_age_seconds", 0, 86_400),
            town_metres=phone.whole("town_metres", 1_000, 1_000_000),
            met=frozenset(phone.texts("met")),
        ),
    )
    for part in (town, phone, gazetteer, area):
        part.done()
    return rules
