"""The 394 real villages of Sikkim (bench data): names in Latin script go the same way as Chinese ones."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from routing.places import metres
from routing.problem import Place
from routing.villages import AddressParts, KnownVillage, Villages


@pytest.fixture
def sikkim(public_data: Callable[[str], Path]) -> list[KnownVillage]:
    """Give the villages that have a name, each with its sub-district as town."""
    file = public_data("gazetteer") / "villages_sikkim_india.csv"
    with file.open(encoding="utf-8", newline="") as source:
        return [
            KnownVillage(
                f"{number:03}", row["SUB_DIST"], "", row["NAME"],
                place=Place(float(row["centroid_lat"]), float(row["centroid_lon"])),
            )
            for number, row in enumerate(csv.DictReader(source))
            if row["NAME"].strip()
        ]  # fmt: skip


def test_every_real_village_is_found_by_its_name(sikkim: list[KnownVillage]) -> None:
    """Capitals, blanks and the word village do not matter; a name that a town has twice stays open."""
    villages = Villages(sikkim)
    times = Counter(villages.key_of(village.id) for village in sikkim)
    for village in sikkim:
        for spelling in (village.name, village.name.upper(), f" {village.name} Village"):
            match = villages.match(AddressParts(town=village.town, village=spelling))
            if times[villages.key_of(village.id)] == 1:
                assert match.village == village.id
            else:
                assert match.reason.code == "village_ambiguous"
                assert village.id in {candidate.village for candidate in match.candidates}


def test_a_slip_in_a_long_real_name_is_offered_and_not_joined(sikkim: list[KnownVillage]) -> None:
    """A letter typed twice leaves the village among what is offered, unless that is another's name."""
    villages = Villages(sikkim)
    for village in sikkim:
        if len(village.name) < 5:
            continue
        slip = village.name[:2] + village.name[1] + village.name[2:]
        match = villages.match(AddressParts(town=village.town, village=slip))
        assert match.village in (None, village.id)
        assert match.village or village.id in {candidate.village for candidate in match.candidates}


def test_real_villages_are_apart(sikkim: list[KnownVillage]) -> None:
    """The data are places on the ground: nearest neighbours lie between some metres and some tens of kilometres."""
    first, *others = [village.place for village in sikkim if village.place]
    assert 10 < min(metres(first, other) for other in others) < 50_000
