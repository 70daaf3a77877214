"""Signs that people take for one another: typed by sound, or read from handwriting."""

from __future__ import annotations

import os
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Literal

from routing.rulefile import RulesError, Table, read_rule_file
from routing.script import simplify

Confusion = Literal["homophone", "look_alike"]

_FILE = Path(__file__).with_name("data") / "confusable.toml"


class _Confusable:
    """What ``routing/data/confusable.toml`` says."""

    def __init__(self) -> None:
        table, _ = read_rule_file(_FILE)
        sounds = table.table("sounds")
        self.merged = tuple(_pair(sounds, word) for word in sounds.texts("merged"))
        self.homophones = _groups(sounds, "groups")
        self.look_alikes = _groups(table, "look_alikes")
        sounds.done()
        table.done()


def _pair(table: Table, word: str) -> tuple[str, str]:
    heard, _, written = word.partition("=")
    if not (heard and written):
        raise table.error("merged", f"{word!r} is not two sounds with = between them")
    return heard, written


def _groups(table: Table, key: str) -> dict[str, set[int]]:
    member: dict[str, set[int]] = defaultdict(set)
    for number, group in enumerate(table.text(key).split()):
        if len(group) < 2 or len(set(group)) != len(group):
            raise RulesError(_FILE, key, f"{group!r} is no group of different signs")
        for sign in simplify(group):
            member[sign].add(number)
    return dict(member)


_SAID = _Confusable()
_NONE: set[int] = set()


@lru_cache(maxsize=65_536)
def confusion(one: str, other: str) -> Confusion | None:
    """Return how two different signs (simplified) may have been confused, None when there is no such way."""
    if sounds(one) & sounds(other) or _together(_SAID.homophones, one, other):
        return "homophone"
    return "look_alike" if _together(_SAID.look_alikes, one, other) else None


@lru_cache(maxsize=32_768)
def sounds(sign: str) -> frozenset[str]:
    """Return how a Chinese sign is read, without tones and as dialects merge sounds; of any other sign nothing."""
    if not "\u3400" <= sign <= "\u9fff":
        return frozenset()
    # Words of several signs, which take most of its memory (40 MB), are not asked about.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import Style, pinyin

    [readings] = pinyin(sign, style=Style.NORMAL, heteronym=True, errors="ignore") or [[]]
    return frozenset(map(_merged, readings))


def _merged(reading: str) -> str:
    for heard, written in _SAID.merged:
        if heard.startswith("-"):
            reading = reading.removesuffix(heard[1:]) + written if reading.endswith(heard[1:]) else reading
        elif reading.startswith(heard):
            reading = written + reading[len(heard) :]
    return reading


def _together(groups: dict[str, set[int]], one: str, other: str) -> bool:
    return not groups.get(one, _NONE).isdisjoint(groups.get(other, _NONE))
