"""Grouping rows into households, conservatively and in any order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.households import Borrower, Decisions, Grouping, KnownHousehold, group_households, household_keys
from routing.problem import Place
from routing.villages import AddressParts, KnownVillage

THERE = Place(29.5, 106.5)
KNOWN = (
    KnownVillage("v1", "石桥镇", "大坝村", "3组", place=THERE),
    KnownVillage("v2", "石桥镇", "大坝村", "李家湾"),
)
HOME = AddressParts(address="石桥镇大坝村三组")
AT_12 = AddressParts(address="石桥镇大坝村三组12号")
AT_15 = AddressParts(address="石桥镇大坝村三组15号")
ELSEWHERE = AddressParts(address="石桥镇大坝村李家湾")


def row(ref: str, name: str = "陈大明", parts: AddressParts = HOME, identity: str | None = None) -> Borrower:
    """Give a borrower of one row."""
    return Borrower(ref, name, parts, identity)


def groups(*rows: Borrower, known: tuple[KnownHousehold, ...] = ()) -> Grouping:
    """Group rows among the known villages."""
    return group_households(rows, KNOWN, known)


def doors(grouping: Grouping) -> set[tuple[str, ...]]:
    """Give the rows of each household."""
    return {household.refs for household in grouping.households}


def test_one_identity_is_one_household_wherever_its_rows_live() -> None:
    """Several loans of one person are one door, also when an address is old."""
    grouping = groups(row("1", identity="A"), row("2", parts=ELSEWHERE, identity="A"), row("3", identity="A"))
    (household,) = grouping.households
    assert (household.key, household.refs, household.reason.code) == ("id:A", ("1", "2", "3"), "same_identity")
    assert household.village == "石桥/大坝/3组"


def test_one_name_with_two_identities_is_two_people() -> None:
    """Namesakes in one village are never merged."""
    assert doors(groups(row("1", identity="A"), row("2", identity="B"))) == {("1",), ("2",)}


def test_a_missing_identity_goes_by_full_name_and_village() -> None:
    """A damaged number joins the only person of that name there, in simplified or traditional characters."""
    grouping = groups(row("1", identity="A"), row("2", name="陳大明"), row("3", parts=ELSEWHERE))
    assert doors(grouping) == {("1", "2"), ("3",)}
    assert {h.reason.code for h in grouping.households} == {"identity_missing_once", "one_row"}


def test_a_missing_identity_among_namesakes_joins_nobody() -> None:
    """Two people of that name: a person must say which, or whether neither."""
    grouping = groups(row("1", identity="A"), row("2", identity="B"), row("3"))
    assert doors(grouping) == {("1",), ("2",), ("3",)}
    assert {s.reason.code for s in grouping.suggestions} == {"same_name"}
    assert len(grouping.suggestions) == 2


def test_written_doors_that_differ_keep_apart() -> None:
    """陈大明 at 12 and 陈大明 at 15 without identities are two, and a suggestion."""
    grouping = groups(row("1", parts=AT_12), row("2", parts=AT_15))
    assert doors(grouping) == {("1",), ("2",)}
    assert [s.reason.code for s in grouping.suggestions] == ["same_name"]
    assert len({h.key for h in grouping.households}) == 2


def test_a_door_left_out_goes_with_the_only_door_of_that_name() -> None:
    """One row gives the door, the other does not."""
    grouping = groups(row("1", parts=AT_12), row("2"))
    assert doors(grouping) == {("1", "2")}
    assert grouping.households[0].reason.code == "same_name_in_village"


def test_an_identity_that_two_names_share_is_trusted_for_neither() -> None:
    """A number copied into the wrong row does not merge two people; a person is told."""
    grouping = groups(row("1", identity="A"), row("2", name="王芳", identity="A"))
    assert doors(grouping) == {("1",), ("2",)}
    assert [s.reason.code for s in grouping.suggestions] == ["identity_shared"]
    assert all(household.identity is None for household in grouping.households)


def test_a_remark_in_brackets_is_no_other_name() -> None:
    """陈大明（已故） is 陈大明."""
    assert doors(groups(row("1", identity="A"), row("2", name="陈大明（已故）", identity="A"))) == {("1", "2")}


def test_two_people_at_one_door_are_suggested_not_merged() -> None:
    """Husband and wife may be one household: accepted by a person, never assumed."""
    grouping = groups(row("1", parts=AT_12, identity="A"), row("2", name="王芳", parts=AT_12, identity="B"))
    assert len(grouping.households) == 2
    assert [(s.first, s.second, s.reason.code) for s in grouping.suggestions] == [("id:A", "id:B", "same_door")]


def test_without_village_and_identity_nobody_is_anybody() -> None:
    """A name alone joins nothing."""
    grouping = groups(row("1", parts=AddressParts()), row("2", parts=AddressParts()))
    assert {household.key for household in grouping.households} == {"ref:1", "ref:2"}
    assert {household.precision for household in grouping.households} == {"none"}


def test_the_place_is_the_doors_else_the_villages() -> None:
    """The precision says how well the place is known; an unknown one is never guessed."""
    pin = Place(29.6, 106.6)
    grouping = groups(
        row("1", identity="A")._replace(place=pin),
        row("2", identity="B"),
        row("3", identity="C", parts=ELSEWHERE),
        row("4", identity="D", parts=AddressParts(address="石桥镇")),
        row("5", identity="E", parts=AddressParts()),
    )
    assert {h.refs[0]: (h.place, h.precision) for h in grouping.households} == {
        "1": (pin, "door"), "2": (THERE, "village"), "3": (None, "town"), "4": (None, "town"), "5": (None, "none"),
    }  # fmt: skip


def test_villages_known_and_new_are_listed_with_their_doors() -> None:
    """A new village bears the spelling that most rows use; numbers of doors are counted."""
    new = [AddressParts(address=f"石桥镇石坪村{name}") for name in ("五组", "5组", "五组")]
    grouping = groups(row("1", identity="A"), *[row(str(n), identity=str(n), parts=p) for n, p in enumerate(new, 2)])
    assert [(v.id, v.name.name, v.households) for v in grouping.villages] == [("v1", "3组", 1), (None, "五组", 3)]


def test_new_villages_that_are_alike_are_suggested() -> None:
    """张家湾 and 张家弯 in one village of one town, both new."""
    parts = [AddressParts(address=f"石桥镇石坪村{name}") for name in ("张家湾", "张家弯")]
    grouping = groups(*[row(str(n), identity=str(n), parts=p) for n, p in enumerate(parts)])
    assert [(s.kind, s.reason.code) for s in grouping.suggestions] == [("village", "name_homophone")]


def test_a_known_household_is_found_again() -> None:
    """By identity; by name where one of the two ledgers had none; never by name against another identity."""
    by_id = KnownHousehold("h1", frozenset({"id:A"}), "v1", "陈大明")
    assert groups(row("1", identity="A"), known=(by_id,)).households[0].id == "h1"
    assert groups(row("1"), known=(by_id,)).households[0].id == "h1"
    assert groups(row("1", identity="B"), known=(by_id,)).households[0].id is None
    by_name = KnownHousehold("h2", frozenset({"name:石桥/大坝/3组|陈大明"}), "v1", "陈大明")
    assert groups(row("1", identity="A"), known=(by_name,)).households[0].id == "h2"
    assert groups(row("1", parts=AT_12), known=(by_name,)).households[0].id == "h2"
    assert groups(row("1", parts=ELSEWHERE), known=(by_name,)).households[0].id is None


def test_a_household_is_found_by_its_loans_when_its_person_is_told_otherwise() -> None:
    """A corrected name or address does not make a new household of a loan that is known."""
    known = KnownHousehold("h1", frozenset({"name:石桥/大坝/3组|陈大名"}), "v1", "陈大名", frozenset({"loan-1"}))
    assert groups(row("loan-1"), known=(known,)).households[0].id == "h1"
    assert groups(row("loan-2"), known=(known,)).households[0].id is None


def test_a_household_is_found_after_its_village_was_renamed() -> None:
    """Keys made under an old name do not strand it."""
    old = KnownHousehold("h1", frozenset({"name:石桥/大坝/老名|陈大明"}), "v1", "陈大明")
    assert groups(row("1"), known=(old,)).households[0].id == "h1"


def test_one_known_household_is_given_to_one_group() -> None:
    """Of two that claim it, the one with the identity has it."""
    known = KnownHousehold("h1", frozenset({"id:A", "name:石桥/大坝/3组|陈大明"}), "v1", "陈大明")
    grouping = groups(row("1", identity="A"), row("2", parts=AT_12), row("3", parts=AT_15), known=(known,))
    assert [h.id for h in grouping.households].count("h1") == 1
    assert grouping.households[0].id == "h1"


def test_what_people_accepted_is_joined_and_what_they_refused_not_asked_again() -> None:
    """Husband and wife at one door: accepted, they are one household; refused, nobody is asked twice."""
    couple = (row("1", parts=AT_12, identity="A"), row("2", name="王芳", parts=AT_12, identity="B"))
    apart = group_households(couple, KNOWN, decisions=Decisions(apart=frozenset({("id:B", "id:A")})))
    assert (len(apart.households), apart.suggestions) == (2, ())
    together = group_households(couple, KNOWN, decisions=Decisions(together=frozenset({("id:B", "id:A")})))
    (household,) = together.households
    assert (household.key, household.refs, household.reason.code) == ("id:A", ("1", "2"), "accepted")
    assert household.others == (("王芳", ("2",)),)
    assert together.of == {"1": "id:A", "2": "id:A"}
    assert together.suggestions == ()


def at(ref: str, lat: float, lon: float, parts: AddressParts | None = None) -> Borrower:
    """Give a borrower whose door has a place."""
    return Borrower(ref, f"某{ref}", parts or AddressParts(), ref, Place(lat, lon))


def test_a_door_that_names_no_village_joins_the_nearest_within_reach() -> None:
    """900 m from 大坝村3组 and nothing said: it belongs there; the distance is told. Never in another town."""
    grouping = groups(at("1", 29.508, 106.5))
    assert grouping.households[0].village == "石桥/大坝/3组"
    assert grouping.matches["1"].reason.code == "nearest_village"
    assert grouping.matches["1"].reason.facts == {"metres": 890}
    assert groups(at("1", 29.508, 106.5, AddressParts(address="龙门乡"))).villages[0].id is None


def test_doors_far_from_every_village_are_villages_by_themselves() -> None:
    """Doors by steps of 300 m hang together; two kilometres farther is another village; its place is a door's."""
    line = [at(f"a{n}", 30.0 + n * 0.0027, 107.0) for n in range(4)]
    grouping = groups(*line, at("b", 30.03, 107.0))
    assert [(v.id, v.households, v.place in {r.place for r in line}) for v in grouping.villages] == [
        (None, 4, True), (None, 1, False),
    ]  # fmt: skip
    assert {household.precision for household in grouping.households} == {"door"}


def test_a_door_far_from_its_village_is_looked_at() -> None:
    """Eleven kilometres from its village: flagged, neither moved nor dropped."""
    grouping = groups(at("1", 29.6, 106.5, HOME), at("2", 29.501, 106.5, HOME))
    assert [(o.household, o.reason.code) for o in grouping.oddities] == [("id:1", "door_far_from_village")]
    assert grouping.households[0].place == Place(29.6, 106.5)


def test_a_village_far_from_all_its_doors_is_looked_at() -> None:
    """When the doors agree with each other, it is the village's place that is wrong: one note, not four."""
    grouping = groups(*[at(str(n), 29.6 + n / 1000, 106.5, HOME) for n in range(4)])
    assert [(o.household, o.village, o.reason.code) for o in grouping.oddities] == [
        (None, "石桥/大坝/3组", "village_far_from_doors")
    ]


def test_doors_propose_where_a_village_without_a_place_lies() -> None:
    """Four that agree propose it and show the stray; the village stays without a place until accepted."""
    near = [at(str(n), 29.6 + n / 1000, 106.5, ELSEWHERE) for n in range(4)]
    grouping = groups(*near, at("9", 29.9, 106.5, ELSEWHERE))
    (village,) = grouping.villages
    assert village.place is None
    assert village.proposed in {borrower.place for borrower in near}
    assert [(o.household, o.reason.code) for o in grouping.oddities] == [("id:9", "door_far_from_neighbours")]
    assert groups(*near[:2]).villages[0].proposed is None


def test_one_person_in_two_villages_is_looked_at() -> None:
    """Moved, or a number in the wrong row: a person says."""
    grouping = groups(row("1", identity="A"), row("2", parts=ELSEWHERE, identity="A"))
    assert [o.reason.code for o in grouping.oddities] == ["rows_name_several_villages"]


def test_keys_are_given_for_one_row_alone() -> None:
    """Identity first, then name with door, then name; nothing without a village."""
    assert household_keys("陳大明", "A", "k", "12号") == ("id:A", "name:k|陈大明|12号", "name:k|陈大明")
    assert household_keys("陈大明", None, None) == ()


def test_one_ref_twice_is_an_error() -> None:
    """A ref names one row."""
    with pytest.raises(ValueError, match="same ref"):
        groups(row("1"), row("1"))


ROWS = st.lists(
    st.builds(
        row,
        ref=st.uuids().map(str),
        name=st.sampled_from(["陈大明", "陳大明", "王芳"]),
        parts=st.sampled_from([HOME, AT_12, AT_15, ELSEWHERE, AddressParts()]),
        identity=st.sampled_from([None, None, "A", "B"]),
    ),
    max_size=9,
    unique_by=lambda borrower: borrower.ref,
)


@settings(max_examples=150)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Borrower], random: object) -> None:
    """The same rows in another order group the same; every row is in exactly one household, with a key of its own."""
    grouping = groups(*rows)
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = group_households(shuffled, KNOWN[::-1])
    assert again == grouping
    assert sorted(ref for household in grouping.households for ref in household.refs) == sorted(r.ref for r in rows)
    assert len({household.key for household in grouping.households}) == len(grouping.households)


@settings(max_examples=150)
@given(ROWS)
def test_no_household_holds_two_identities_or_two_names(rows: list[Borrower]) -> None:
    """Whatever the rows, people are merged by identity or by name in a village, never across either."""
    by_ref = {borrower.ref: borrower for borrower in rows}
    for household in groups(*rows).households:
        members = [by_ref[ref] for ref in household.refs]
        assert len({member.name.replace("陳", "陈") for member in members}) == 1
        assert len({member.identity for member in members if member.identity and household.identity}) <= 1


@settings(max_examples=100)
@given(ROWS)
def test_grouping_again_finds_every_household_again(rows: list[Borrower]) -> None:
    """The same ledger a second time creates nothing."""
    first = groups(*rows)
    villages = {"石桥/大坝/3组": "v1", "石桥/大坝/李家湾": "v2"}
    stored = [
        KnownHousehold(f"h{n}", h.keys, villages.get(h.village or ""), h.name) for n, h in enumerate(first.households)
    ]
    again = group_households(rows, KNOWN, stored)
    assert [h.id for h in again.households] == [h.id for h in stored]
