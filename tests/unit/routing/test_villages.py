"""Matching what ledgers say to known villages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.likeness import alike
from routing.match_all import match_all
from routing.place_names import AddressPieces, normalise, take_apart, whole_number
from routing.problem import Place
from routing.villages import AddressParts, KnownVillage, VillageName, Villages

KNOWN = (
    KnownVillage("v1", "石桥镇", "大坝村", "3组", place=Place(29.5, 106.5)),
    KnownVillage("v2", "石桥镇", "大坝村", "李家湾", aliases=("李家弯", "湾里")),
    KnownVillage("v3", "龙门乡", "大坝村", "3组"),
    KnownVillage("v4", "龙门乡", "石坪村", "张家湾"),
    KnownVillage("v5", "龙门乡", "石坪村", "下张家湾"),
    KnownVillage("v6", "", "", "Satam"),
)
VILLAGES = Villages(KNOWN)


@pytest.mark.parametrize(
    "spellings",
    [
        ("三组", "3组", "叁组", "第三组", "第三村民小组", "3社", "三队", "３ 组", "三組", "3"),
        ("十二组", "12社", "拾贰组", "一二组"),
        ("石桥村", "石桥", "石橋村委會", "石桥村村民委员会", " 石 桥 村 "),
        ("石桥镇", "石桥乡", "石橋鎮", "石桥街道办事处"),
        ("李家湾", "李家湾组", "李家湾自然村", "李家湾社", "李家灣"),
        ("那洞屯", "那洞"),
        ("李村", "李村村"),
        ("Aubinyà", "aubinya", "AUBINYA village"),
    ],
)
def test_spellings_of_one_name_are_one(spellings: tuple[str, ...]) -> None:
    """Numerals, suffixes, scripts, widths and blanks do not matter."""
    assert len({normalise(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三组", "三社区"),
        ("上湾", "下湾"),
        ("3组", "13组"),
        ("八一村", "81组"),
        ("李家湾3组", "李家湾"),
        ("五里屯", "5组"),
    ],
)
def test_different_places_stay_different(one: str, other: str) -> None:
    """Normalising takes off words for levels, not what tells places apart."""
    assert normalise(one) != normalise(other)


@given(st.text(max_size=20))
def test_a_normal_form_is_normal(name: str) -> None:
    """Any text has a normal form without blanks."""
    form = normalise(name)
    assert "".join(form.split()) == form


@given(st.integers(1, 99))
def test_numerals_are_read(number: int) -> None:
    """一 to 九十九, also in bankers' numerals and plain digits."""
    signs = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    written = ("" if tens == 0 else "十" if tens == 1 else signs[tens] + "十") + (
        signs[ones] if ones or not tens else ""
    )
    assert whole_number(written) == number
    assert whole_number(written.translate(str.maketrans("一二三四五六七八九十", "壹贰叁肆伍陆柒捌玖拾"))) == number
    assert whole_number(str(number)) == number


@pytest.mark.parametrize(
    ("address", "pieces"),
    [
        ("重庆市某县石桥镇大坝村三组12号", ("某县", "石桥镇", "大坝村", "三组", "12号")),
        ("贵州省遵义市桐梓县石桥镇大坝村李家湾组5号", ("桐梓县", "石桥镇", "大坝村", "李家湾组", "5号")),
        ("四川省凉山彝族自治州昭觉县新城镇东街社区二组", ("昭觉县", "新城镇", "东街社区", "二组", "")),
        ("石桥镇石桥镇大坝村大坝村3组", ("", "石桥镇", "大坝村", "3组", "")),
        ("大坝村李家湾12号", ("", "", "大坝村", "李家湾", "12号")),
        ("镇远县羊场镇龙塘村五组", ("镇远县", "羊场镇", "龙塘村", "五组", "")),
        ("李村镇李村村3组", ("", "李村镇", "李村村", "3组", "")),
        ("東鄉縣石橋鎮大壩村三組", ("東鄉縣", "石橋鎮", "大壩村", "三組", "")),
        ("广西那坡县百都乡那洞屯", ("那坡县", "百都乡", "", "那洞屯", "")),
        ("某县石桥乡大坝村第十二村民小组5号附1", ("某县", "石桥乡", "大坝村", "第十二村民小组", "5号附1")),
        ("石桥镇大坝村", ("", "石桥镇", "大坝村", "", "")),
        ("东乡村三组", ("", "", "东乡村", "三组", "")),
        ("红旗村三组", ("", "", "红旗村", "三组", "")),
        ("某县新市镇大坝村三组", ("某县", "新市镇", "大坝村", "三组", "")),
        ("12 Main street", ("", "", "", "", "12Mainstreet")),
        ("", ("", "", "", "", "")),
    ],
)
def test_an_address_is_taken_apart(address: str, pieces: tuple[str, ...]) -> None:
    """Province, city and repetitions go; county, town, administrative village, group and door stay."""
    assert take_apart(address) == AddressPieces(*pieces)


@given(st.text(max_size=60))
def test_any_address_is_taken_apart(address: str) -> None:
    """No text breaks the taking apart, the naming or the matching."""
    take_apart(address)
    VILLAGES.match(AddressParts(address=address))
    VILLAGES.match(AddressParts(village=address, town=address[:5]))


@pytest.mark.parametrize(
    ("parts", "village", "code"),
    [
        (AddressParts(address="石桥镇大坝村三组12号"), "v1", "village_exact"),
        (AddressParts(address="某县石桥镇石桥镇大坝村叁组"), "v1", "village_exact"),
        (AddressParts(address="石桥大坝三组"), "v1", "village_exact"),
        (AddressParts(address="某县石桥石桥大坝三组8号"), "v1", "village_exact"),
        (AddressParts(town="石桥镇", village="大坝三组"), "v1", "village_exact"),
        (AddressParts(address="某县石桥石桥大坝李家湾12号"), "v2", "village_exact"),
        (AddressParts(town="石桥镇", village="大坝李家湾"), "v2", "village_exact"),
        (AddressParts(town="石桥镇", admin_village="大坝", village="3"), "v1", "village_exact"),
        (AddressParts(town="石桥镇", village="大坝村三组"), "v1", "village_exact"),
        (AddressParts(village="石桥镇大坝村三组"), "v1", "village_exact"),
        (AddressParts(town="龙门", admin_village="大坝村", village="三社"), "v3", "village_exact"),
        (AddressParts(address="石桥镇大坝村李家弯"), "v2", "village_alias"),
        (AddressParts(town="石桥镇", admin_village="大坝村", village="湾里"), "v2", "village_alias"),
        (AddressParts(address="石坪村张家湾"), "v4", "town_not_named"),
        (AddressParts(town="龙门乡", village="张家湾"), "v4", "admin_village_not_named"),
    ],
)
def test_what_agrees_is_matched(parts: AddressParts, village: str, code: str) -> None:
    """Own columns, a free address, a column that holds several parts, an alias, a level left out."""
    match = VILLAGES.match(parts)
    assert (match.village, match.reason.code) == (village, code)


def test_one_name_in_two_towns_is_two_villages() -> None:
    """大坝村3组 is in 石桥 and in 龙门: without the town nothing is joined, both are offered."""
    match = VILLAGES.match(AddressParts(address="大坝村3组"))
    assert (match.village, match.reason.code) == (None, "village_ambiguous")
    assert [candidate.village for candidate in match.candidates] == ["v1", "v3"]


def test_a_village_of_another_town_is_a_new_one() -> None:
    """张家湾 in 石桥 is not 张家湾 in 龙门."""
    match = VILLAGES.match(AddressParts(address="石桥镇石坪村张家湾"))
    assert (match.village, match.reason.code, match.candidates) == (None, "village_unknown", ())
    assert match.name == VillageName("石桥镇", "石坪村", "张家湾")


def test_a_group_without_its_village_is_never_matched() -> None:
    """Every village has a third group."""
    assert VILLAGES.match(AddressParts(town="石桥镇", village="三组")).village is None
    assert VILLAGES.match(AddressParts(village="三组")).village is None


def test_a_typing_error_is_offered_and_not_joined() -> None:
    """李家塆 may be 李家湾: a person decides."""
    match = VILLAGES.match(AddressParts(address="石桥镇大坝村李家塆"))
    assert match.village is None
    assert [(c.village, c.reason.code) for c in match.candidates] == [("v2", "name_homophone")]


def test_signs_that_tell_neighbours_apart_are_no_typing_error() -> None:
    """上张家湾 is neither 张家湾 nor 下张家湾; group 4 is not group 3."""
    assert VILLAGES.match(AddressParts(address="龙门乡石坪村上张家湾")).candidates == ()
    assert VILLAGES.match(AddressParts(address="石桥镇大坝村4组")).candidates == ()
    assert alike("张家上湾", "张家下湾") is None
    assert alike("大张家湾", "张家湾") is None


@pytest.mark.parametrize(
    ("one", "other", "alike_at_all"),
    [
        ("李家湾", "李家弯", True), ("家李湾", "李家湾", True), ("李家大湾子", "李家大湾", True),
        ("李湾", "王湾", False), ("李家湾", "王张沟", False), ("satam", "sattam", True), ("rong", "song", True),
        ("大坝", "大霸", True), ("石坪", "石评", True), ("李家湾", "理家弯", True),
        ("末山", "未山", True), ("东湾", "西湾", False), ("长长五间", "长五间", True), ("丁丁家沟", "丁家沟", True),
    ],
)  # fmt: skip
def test_what_is_alike(one: str, other: str, alike_at_all: bool) -> None:
    """One changed, dropped or exchanged sign in three; two in six; names of two signs must agree."""
    assert (alike(one, other) is not None) == alike_at_all
    assert alike(one, other) == alike(other, one)


def test_an_address_without_levels_and_without_a_door_has_no_door() -> None:
    """A door that is not written is "", never None."""
    match = VILLAGES.match(AddressParts(address="石桥大坝李家湾"))
    assert (match.village, match.door) == ("v2", "")


def test_an_address_that_names_no_village_says_so() -> None:
    """A town alone is no village, nothing is nothing."""
    for parts, town in ((AddressParts(address="石桥镇"), "石桥镇"), (AddressParts(), "")):
        match = VILLAGES.match(parts)
        assert (match.name, match.reason.code, match.town) == (None, "village_not_named", town)


def test_an_administrative_village_alone_is_a_village() -> None:
    """Where the ledger knows no groups, the administrative village is where people live."""
    match = VILLAGES.match(AddressParts(address="石桥镇石坪村12号"))
    assert match.name == VillageName("石桥镇", "石坪村", "石坪村")
    assert match.door == "12号"
    known = Villages([KnownVillage("a", "石桥镇", "石坪村", "石坪村")])
    assert known.match(AddressParts(address="石桥镇石坪村")).village == "a"


def test_levels_that_were_never_recorded_do_not_hinder() -> None:
    """A known village without an administrative village is matched by town and name."""
    known = Villages([KnownVillage("a", "石桥镇", "", "李家湾")])
    match = known.match(AddressParts(address="石桥镇大坝村李家湾"))
    assert (match.village, match.reason.code) == ("a", "level_not_known")


def test_names_without_levels_are_matched_as_they_are() -> None:
    """A village of the hills in any script needs no 村."""
    assert VILLAGES.match(AddressParts(village="SATAM village")).village == "v6"


@given(st.permutations(KNOWN), st.sampled_from(["石桥镇大坝村三组", "大坝村3组", "石桥镇大坝村李家塆", "张家湾"]))
def test_the_order_of_known_villages_does_not_matter(known: list[KnownVillage], address: str) -> None:
    """Matching depends on the set alone."""
    assert Villages(known).match(AddressParts(address=address)) == VILLAGES.match(AddressParts(address=address))


def test_a_name_that_begins_like_what_stands_above_it_is_left_whole() -> None:
    """黄泥坡 in 黄泥村 is not 坡; 黄泥村坡上 is 坡上."""
    known = Villages([KnownVillage("a", "石桥镇", "黄泥村", "黄泥坡"), KnownVillage("b", "石桥镇", "黄泥村", "坡上")])
    for village in ("黄泥坡", "黄泥坡屯", "黄泥村黄泥坡"):
        assert known.match(AddressParts(town="石桥镇", admin_village="黄泥村", village=village)).village == "a"
    assert known.match(AddressParts(town="石桥镇", village="黄泥村坡上")).village == "b"


def test_a_slip_in_what_stands_above_is_offered_where_no_such_one_is_known() -> None:
    """大具村 and 石乔镇 are unknown and one sign off; 石坪村 is known in its own right, not a slip of 高坪村."""
    slip = VILLAGES.match(AddressParts(address="石桥镇大具村李家湾"))
    assert [(c.village, c.reason.code) for c in slip.candidates] == [("v2", "parent_typing_error")]
    slip = VILLAGES.match(AddressParts(address="石乔镇大坝村3组"))
    assert [c.village for c in slip.candidates] == ["v1"]
    known = Villages([KnownVillage("a", "石桥镇", "高坪村", "3组"), KnownVillage("b", "石桥镇", "石坪村", "4组")])
    assert known.match(AddressParts(address="石桥镇石坪村3组")).candidates == ()


def test_a_level_left_out_is_filled_by_what_the_whole_ledger_names() -> None:
    """王家湾 without its village joins the new one that other rows name in full; two such leave it open."""
    full = AddressParts(address="石桥镇石坪村王家湾")
    short = AddressParts(town="石桥镇", village="王家湾")
    matches = match_all({"1": full, "2": short}, VILLAGES)
    assert matches["2"].name == matches["1"].name
    assert (matches["2"].village, matches["2"].reason.code) == (None, "admin_village_not_named")
    known_too = AddressParts(address="石桥镇石坪村李家湾")
    matches = match_all({"1": known_too, "2": AddressParts(town="石桥镇", village="李家湾")}, VILLAGES)
    assert matches["2"].reason.code == "village_ambiguous"
    assert [candidate.village for candidate in matches["2"].candidates] == ["v2"]


def test_two_known_villages_with_one_id_are_an_error() -> None:
    """An id names one village."""
    with pytest.raises(ValueError, match="same id"):
        Villages([KNOWN[0], KNOWN[0]])
