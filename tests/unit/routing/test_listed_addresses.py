"""Addresses in Latin script that list their parts: which one is the village is told, never guessed."""

from __future__ import annotations

import pytest

from routing.listed_addresses import ListedAddress, listed_address, without_label
from routing.villages import AddressParts, KnownVillage, Villages

TOWNS = {"yangyang", "namchi"}


@pytest.mark.parametrize(
    ("text", "town", "village", "said", "door"),
    [
        ("Satam, Yangyang, South Sikkim, Sikkim", "", "Satam", "Yangyang", ""),
        ("House No 12, Satam, Yangyang", "", "Satam", "Yangyang", "House No 12"),
        ("12/4, Satam; P.O. Yangyang", "", "Satam", "Yangyang", "12/4"),
        ("Vill. Satam, PO Yangyang, Dist. South Sikkim, PIN 737133", "", "Satam", "Yangyang", ""),
        ("Village: Satam, Ward 3, South Sikkim", "", "Satam", "", "Ward 3"),
        ("Satam, South Sikkim", "Yangyang", "Satam", "Yangyang", ""),
        # A village that has the name of its town stands before it once more.
        ("Namchi, Namchi, South Sikkim", "", "Namchi", "Namchi", ""),
        # Neither a word nor a known town says which part is the village.
        ("Satam, South Sikkim, Sikkim", "", "", "", ""),
        ("House 4, Yangyang", "", "", "Yangyang", "House 4"),
        # No list, or another script.
        ("Satam Yangyang", "", "", "", ""),
        ("石桥村, Yangyang", "", "", "", ""),
        ("Postal Colony, Namchi", "", "Postal Colony", "Namchi", ""),
    ],
)
def test_the_village_is_before_its_town_or_says_that_it_is_one(
    text: str, town: str, village: str, said: str, door: str
) -> None:
    """The part before the town, or the one with Vill. in front; doors and larger places are neither."""
    assert listed_address(text, town, TOWNS.__contains__) == ListedAddress(village, said, door)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Vill. Satam", "Satam"), ("VILLAGE SATAM", "SATAM"), ("Yangyang/Satam", "Satam"), ("Villa Park", "Villa Park"),
        ("Village", "Village"), ("三组", "三组"), ("Neh-Brum", "Neh-Brum"), ("Ward 3", "Ward 3"),
    ],
)  # fmt: skip
def test_a_word_that_says_village_is_no_part_of_the_name(name: str, bare: str) -> None:
    """Only where a name follows it."""
    assert without_label(name) == bare


def test_a_listed_address_finds_the_known_village_of_its_town() -> None:
    """The same village by its column, by its address, and by an address with the town's own column."""
    villages = Villages(
        [KnownVillage("1", "Yangyang", "", "Satam"), KnownVillage("2", "Namchi", "", "Satam")]
    )
    for parts in (
        AddressParts(town="Yangyang", village="Vill. Satam"),
        AddressParts(address="House 4, Satam, Yangyang, South Sikkim"),
        AddressParts(town="Yangyang Subdivision", address="4, Satam, South Sikkim"),
        AddressParts(address="Vill Satam, P.O. Yangyang"),
    ):
        assert villages.match(parts).village == "1", parts
    unsure = villages.match(AddressParts(address="Vill. Satam, South Sikkim"))
    assert unsure.village is None
