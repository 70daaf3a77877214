"""Grouping by village: invented misspellings of invented villages whose truth is known, and 20,000 households."""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable

from routing.households import Borrower, group_households
from routing.match_all import match_all
from routing.place_names import normalise
from routing.villages import AddressParts, KnownVillage, VillageName, Villages


def _words(text: str) -> list[str]:
    return text.split()


_SURNAMES = (
    "张王李赵陈刘杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜夏钟汪田任"
    "姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_FEATURES = _words(
    "家湾 家坝 家沟 家院子 家垭口 家坪 家大湾 家老屋 家冲 家坡 家岩 家嘴 家塘 家庄 家寨 家屯 家桥 家山 家店 家河"
)
_NAMES = _words(
    "石坎 水井湾 大田坝 黄泥坡 青杠林 马鞍山 桐子林 柏树湾 白岩 红岩子 干沟 楠木园 竹林湾 核桃树 木鱼包 枣子坪 "
    "观音岩 龙洞湾 梨子园 凉水井 双河口 三岔路 烂坝子 磨子沟 学堂坝 庙坪 火石岭 老鹰嘴 花椒坪 芭蕉湾 鹿角 桃园 "
    "新房子 瓦窑坪 土地垭 堰塘湾"
)
_TOWNS = _words("石桥 龙门 白沙 永兴 双河 高坪 太平 三汇 清溪 金山 茶店 马家 长滩 南门 新市 红星")
_ADMINS = _words("大坝 石坪 龙塘 新民 红旗 沙湾 高峰 水井 柏林 黄泥 双龙 天池 青杠 马鞍 桐子 团结 前进 光明 和平 胜利")
_LOOKS = {
    pair[0]: pair[1]
    for pair in _words(
        "未末 土士 田由 王玉 坝贝 坪评 湾弯 沟构 岭领 石右 木本 杨扬 陈阵 李季 张弘 大太 天夫 白自 马鸟 龙尤 桥娇 "
        "柏拍 井并 水氷 云去 青清 山出 黄寅 林材"
    )
}
_TRADITIONAL = str.maketrans("湾坝沟张陈刘杨黄岭桥组龙马", "灣壩溝張陳劉楊黃嶺橋組龍馬")
_BANKERS = str.maketrans("一二三四五六七八九十", "壹贰叁肆伍陆柒捌玖拾")

Slip = Callable[[str, random.Random], str]


def invented_villages(number: int, rng: random.Random) -> list[KnownVillage]:
    """Villages that differ in their normalised names; a third are numbered groups."""
    found: dict[str, KnownVillage] = {}
    while len(found) < number:
        kind = rng.randrange(5)
        group = rng.choice([*"一二三四五六七八九", "十一", "十二", "十三"]) + "组"
        name = group if kind < 2 else rng.choice(_NAMES) if kind == 2 else rng.choice(_SURNAMES) + rng.choice(_FEATURES)
        village = KnownVillage(f"v{len(found)}", rng.choice(_TOWNS) + "镇", rng.choice(_ADMINS) + "村", name)
        found.setdefault(VillageName(village.town, village.admin_village, name).key, village)
    return list(found.values())


def _by_sound(name: str, rng: random.Random) -> str:
    """Another sign of the same or a neighbouring sound: GB2312 puts its common signs in the order of their sound."""
    at = rng.randrange(len(name))
    code = name[at].encode("gb2312")
    near = bytes((code[0], min(0xFE, max(0xA1, code[1] + rng.choice((-2, -1, 1, 2))))))
    return f"{name[:at]}{near.decode('gb2312', 'ignore')}{name[at + 1 :]}"


def _by_look(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name))
    return name[:at] + _LOOKS.get(name[at], name[at]) + name[at + 1 :]


def _doubled(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name))
    return name[:at] + name[at] + name[at:]


def _added(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name) + 1)
    return name[:at] + rng.choice("的子儿个") + name[at:]


def _exchanged(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name) - 1)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _suffixed(name: str, rng: random.Random) -> str:
    return name + rng.choice(["组", "自然村", "社", "村民小组"])


SLIPS: dict[str, Slip] = {
    "by_sound": _by_sound, "by_look": _by_look, "doubled": _doubled, "added": _added, "exchanged": _exchanged,
    "suffixed": _suffixed, "traditional": lambda name, _: name.translate(_TRADITIONAL),
}  # fmt: skip


def _number_misspelt(name: str, rng: random.Random) -> str:
    number = name.removesuffix("组")
    digits = normalise(name).removesuffix("组")
    return rng.choice([
        f"{digits}组", f"{number}社", f"第{number}村民小组", f"{number.translate(_BANKERS)}组", f" {number}　组",
        f"{digits}队",
    ])  # fmt: skip


def misspelt(village: KnownVillage, rng: random.Random) -> tuple[str, AddressParts]:
    """One invented way to write a village, and what was done to it."""
    town, admin, name = village.town, village.admin_village, village.name
    numbered = name.endswith("组")
    kind = rng.choice(
        ["numeral" if numbered else rng.choice(list(SLIPS)), "parent", "bare", "left_out"][: rng.choice((1, 4))]
    )
    if kind == "numeral":
        name = _number_misspelt(name, rng)
    elif kind == "parent":
        admin = _by_sound(admin[:-1], rng) + "村"
    elif kind == "bare":
        town, admin = town[:-1], admin[:-1]
    elif kind == "left_out":
        return kind, AddressParts(address=f"{admin}{name}") if numbered else AddressParts(town=town, village=name)
    else:
        name = SLIPS[kind](name, rng)
    forms = (
        AddressParts(town=town, admin_village=admin, village=name),
        AddressParts(town=town, village=admin + name),
        AddressParts(address=f"某县{town}{admin}{name}{rng.randrange(1, 90)}号"),
        AddressParts(address=f"某县{town}{town}{admin}{name}"),
    )
    return kind, rng.choice(forms)


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--villages", type=int, default=2_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--households", type=int, default=20_000)


def run(arguments: argparse.Namespace) -> None:
    """Print how many automatic joins were right, how many true ones were made or suggested, and the time to group."""
    for seed in range(1, arguments.seeds + 1):
        rng = random.Random(seed)
        villages = invented_villages(arguments.villages, rng)
        for known in (villages, villages[: len(villages) // 2]):
            _accuracy(villages, known, rng, seed)
    _speed(arguments.households)


def _accuracy(villages: list[KnownVillage], known: list[KnownVillage], rng: random.Random, seed: int) -> None:
    """Each village three times misspelt and three times as it is; those not among ``known`` are new ones."""
    parts, truth, slip = {}, {}, {}
    for village in villages:
        for number in range(6):
            ref = f"{village.id}-{number}"
            right = AddressParts(town=village.town, admin_village=village.admin_village, village=village.name)
            slip[ref], parts[ref] = misspelt(village, rng) if number < 3 else ("none", right)
            truth[ref] = VillageName(village.town, village.admin_village, village.name).key
    index = Villages(known)
    names = {index.key_of(village.id) for village in known}
    right_joins = wrong_joins = found = wanted = 0
    missed: Counter[str] = Counter()
    for ref, match in match_all(parts, index).items():
        joined = index.key_of(match.village) if match.village else None
        right_joins += joined == truth[ref]
        wrong_joins += joined is not None and joined != truth[ref]
        if truth[ref] in names and slip[ref] != "none":
            wanted += 1
            offered = joined == truth[ref] or any(index.key_of(c.village) == truth[ref] for c in match.candidates)
            found += offered
            missed[slip[ref]] += not offered
    print(
        f"seed {seed}, {len(known)} of {len(villages)} villages known: automatic joins right "
        f"{right_joins / (right_joins + wrong_joins):.2%} of {right_joins + wrong_joins}; misspelt ones joined or "
        f"suggested {found / wanted:.2%} of {wanted}; missed: {dict(+missed)}"
    )


def _speed(households: int) -> None:
    rng = random.Random(3)
    villages = invented_villages(600, rng)
    rows = []
    for number in range(households):
        village = rng.choice(villages)
        _, parts = misspelt(village, rng)
        if rng.random() < 0.8:
            address = f"某县{village.town}{village.admin_village}{village.name}{rng.randrange(60)}号"
            parts = AddressParts(address=address)
        identity = f"id{rng.randrange(households)}" if rng.random() < 0.9 else None
        rows.append(Borrower(f"L{number}", rng.choice(_SURNAMES) + rng.choice("大明小红芳伟强军丽华"), parts, identity))
    began = time.perf_counter()
    grouping = group_households(rows, villages)
    took = time.perf_counter() - began
    made, suggested = len(grouping.households), len(grouping.suggestions)
    print(f"{households} rows into {made} households in {took:.2f} s, {suggested} suggestions")
