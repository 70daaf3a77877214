"""Names of villages as people write them: one form to compare, and addresses taken apart.

Natural villages have no official codes and ledgers spell them freely: 三组, 3组, 叁组 and 第三村民小组
are one group; 石桥村, 石桥村委会 and 石橋村 one village.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from routing.rulefile import read_rule_file
from routing.script import fold, simplify

_FILE = Path(__file__).with_name("data") / "place_names.toml"

_NUMERALS = {
    **{sign: str(value) for value, sign in enumerate("零一二三四五六七八九")},
    **{sign: str(value) for value, sign in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "○": "0",
    "两": "2",
    "参": "3",
}
_NUMERAL = "零〇○一二三四五六七八九十两壹贰叁参肆伍陆柒捌玖拾廿0-9"
_EDGES = ",.;:、。"
_MARKS = re.compile(r"[^\w]+|_+")
_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class _Words:
    suffixes: tuple[str, ...]
    group: tuple[str, ...]
    latin: tuple[str, ...]
    telling: tuple[frozenset[str], ...]
    town: frozenset[str]
    labels: dict[str, tuple[str, ...]]


def _read_words() -> _Words:
    table, _ = read_rule_file(_FILE)
    suffixes, telling, labels = table.table("suffixes"), table.table("telling"), table.table("labels")
    group = suffixes.texts("group")
    levels = [suffixes.texts(level) for level in ("town", "admin_village", "natural_village")]
    found = _Words(
        tuple(sorted({*group, *(word for level in levels for word in level)}, key=lambda word: (-len(word), word))),
        tuple(sorted(group, key=lambda word: (-len(word), word))),
        suffixes.texts("latin"),
        tuple(frozenset(signs) for signs in telling.texts("groups")),
        frozenset(suffixes.texts("town")) | {"township", "town"},
        {kind: tuple(sorted(labels.texts(kind), key=lambda word: -len(word))) for kind in ("village", "door", "above")},
    )
    for part in (suffixes, telling, labels, table):
        part.done()
    return found


_WORDS = _read_words()
LABELS = {
    kind: tuple(re.escape(word).replace(r"\.", r"[.\s]?").replace(r"\ ", r"\s+") for word in words)
    for kind, words in _WORDS.labels.items()
}
"""Patterns of the words that say what a part of a listed address is, by kind (see :mod:`routing.listed_addresses`)."""
_TELLING = frozenset().union(*_WORDS.telling)
_NUMBERED_GROUP = re.compile(rf"(?P<stem>.*?)第?(?P<number>[{_NUMERAL}]+)号?(?:{'|'.join(_WORDS.group)})\Z")
_ONLY_NUMBER = re.compile(rf"第?(?P<number>[{_NUMERAL}]+)\Z")
_DIGITS = re.compile(r"[0-9]+")


@lru_cache(maxsize=65_536)
def normalise(name: str) -> str:
    """Return the form in which two spellings of one name are equal; "" for a name without letters.

    Simplified, half width, lower case, without blanks, marks and Latin accents; a numbered group as
    ``3组``; the word for the level (村, 村委会, 镇, 自然村, 屯 …) taken off where two signs remain.
    """
    text = fold(name)
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)) if _latin(text) else text
    text = _MARKS.sub("", text)
    if found := (_NUMBERED_GROUP.match(text) or _ONLY_NUMBER.match(text)):
        number = whole_number(found["number"])
        if number is not None:
            stem = found.groupdict().get("stem") or ""
            return f"{stem}{number}组"
    for suffix in _WORDS.suffixes:
        if text.endswith(suffix) and len(text) - len(suffix) >= 2:
            return text.removesuffix(suffix)
    for suffix in _WORDS.latin:
        if text.endswith(suffix) and len(text) - len(suffix) >= 3:
            return text.removesuffix(suffix)
    return text


def _latin(text: str) -> bool:
    return any("\u00c0" <= sign <= "\u024f" or "\u1e00" <= sign <= "\u1eff" for sign in text)


def whole_number(text: str) -> int | None:
    """Return a number written in Arabic, Chinese or bankers' numerals (12, 十二, 拾贰, 一二), None if it is none."""
    text = "".join(_NUMERALS.get(sign, sign) for sign in simplify(text).replace("廿", "二十").replace("拾", "十"))
    if not text or len(text) > 6:
        return None
    tens, ten, ones = text.partition("十")
    if not ten:
        return int(text) if text.isdigit() else None
    if (tens and not tens.isdigit()) or (ones and not ones.isdigit()) or len(ones) > 1 or len(tens) > 1:
        return None
    return int(tens or 1) * 10 + int(ones or 0)


def bare_length(name: str) -> int:
    """Return how many signs a name has without the word for its level, though only one be left (林屯: 1)."""
    text = _MARKS.sub("", fold(name))
    suffix = next((word for word in (*_WORDS.suffixes, *_WORDS.latin) if text.endswith(word)), "")
    return len(text) - len(suffix)


def is_town(name: str) -> bool:
    """Return whether the word at the end of a name says that it is a town (石桥镇, Oak Township)."""
    text = fold(name).strip()
    found = next((word for word in (*_WORDS.suffixes, *_WORDS.latin) if text.endswith(word)), "")
    return found in _WORDS.town


def numbers_in(normalised: str) -> tuple[str, ...]:
    """Return the Arabic numbers in a normalised name: names with other numbers are other places."""
    return tuple(_DIGITS.findall(normalised))


def is_numbered(normalised: str) -> bool:
    """Whether a normalised name is nothing but the number of a group (``3组``), which every village has."""
    return normalised.endswith("组") and normalised[:-1].isdigit()


def told_apart(one: str, other: str) -> bool:
    """Whether two signs belong to a pair that tells villages apart (上 and 下, 东 and 西, 大 and 小 …)."""
    return any(one in signs and other in signs for signs in _WORDS.telling)


def tells(sign: str) -> bool:
    """Whether a sign that one name has and the other lacks makes two places of them (上张家湾, 张家湾)."""
    return sign in _TELLING or sign.isdigit()


@dataclass(frozen=True, slots=True)
class AddressPieces:
    """An address taken apart; each piece as written, "" where the address does not have it."""

    county: str = ""
    town: str = ""
    admin_village: str = ""
    village: str = ""
    door: str = ""


# Each level: any first sign, then none that would end the level before or begin the one after. The
# patterns know simplified characters only and look at simplified text, of the same length as the written one.
_PROVINCE = re.compile(r".[^省市县区镇乡村]{1,7}?(?:省|自治区)|内蒙古|广西|宁夏|新疆|西藏")
_CITY = re.compile(r".[^省市县区镇乡村]{1,6}?(?:市|自治州|州|盟|地区)")
_COUNTY = re.compile(
    r".(?:[^省市县区旗镇乡村组]|[乡镇](?=[县族])){0,9}?(?:自治县|县|(?<!社)区|旗|市)(?![镇乡村]|街道|社区)"
)
_TOWN = re.compile(r".(?:[^镇乡村组队]|村(?=[镇乡])){0,9}?(?:街道办事处|街道办|街道|[镇乡](?!村|社区)|苏木)")
_ADMIN = re.compile(
    r".[^村组队号]{0,11}?(?:村村民委员会|村村委会|村村(?!民小组)|村民委员会|村委会"
    r"|社区居委会|居委会|社区|嘎查|村(?!民小组))"
)
_GROUP_WORD = r"(?:村民小组|村民组|生产队|自然村|自然屯|小组|组|社(?!区)|队|屯)"
_VILLAGE = re.compile(rf"第?[{_NUMERAL}]+{_GROUP_WORD}|.[^组队屯号户栋幢0-9]{{0,9}}?[0-9]{{0,3}}{_GROUP_WORD}")
_NAME_BEFORE_DOOR = re.compile(r"[^\d号第]{2,8}(?=\d|$)")
_DOOR = re.compile(r"\d+(?:[-之]\d+)*[号户栋幢]?.*")


@lru_cache(maxsize=65_536)
def take_apart(address: str) -> AddressPieces:
    """Take an address apart by its words for the levels; what is said twice is taken once.

    A free text without such words gives no piece.
    """
    rest = _Rest("".join(unicodedata.normalize("NFKC", address).split()).strip(_EDGES))
    county = town = admin = ""
    for _ in range(3):
        before = rest.at
        rest.take(_PROVINCE)
        rest.take(_CITY)
        county = rest.take_all(_COUNTY, county)
        town = rest.take_all(_TOWN, town)
        admin = rest.take_all(_ADMIN, admin)
        if rest.at == before:
            break
    village = rest.take(_VILLAGE) or (rest.take(_NAME_BEFORE_DOOR) if town or admin else "")
    return AddressPieces(county, town, admin, village, rest.take(_DOOR))


class _Rest:
    """What is left of an address while pieces are taken off its front."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._simple = simplify(text)
        self.at = 0

    def take(self, pattern: re.Pattern[str]) -> str:
        """Take off what the pattern finds in front, "" when it finds nothing."""
        found = pattern.match(self._simple, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return self._text[found.start() : found.end()]

    def take_all(self, pattern: re.Pattern[str], known: str) -> str:
        """Take off a piece and its repetitions; a second, different piece is left where it is."""
        while piece := self.take(pattern):
            if known and normalise(known) != normalise(piece):
                self.at -= len(piece)
                break
            known = known or piece
        return known
