"""Addresses that list their parts with commas, the smallest first: House 4, Satam, Yangyang, South Sikkim.

So addresses are written in Latin script; Chinese ones run on, the largest first (:mod:`routing.place_names`).
A part says by a word in front of it what it is (Vill. Satam, P.O. Yangyang), or by where it stands: the village
is the part before the town. What is neither is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from routing.place_names import LABELS, normalise
from routing.script import fold

_BETWEEN = re.compile(r"\s*[,;\n]+\s*")
_SLASHES = re.compile(r"\s*[/>]\s*")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """What a list of parts says; each piece as written, "" where it does not have it."""

    village: str = ""
    town: str = ""
    door: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    kind: str  # village, door, above (a post office, a district …), or "" where no word says it


def listed_address(text: str, town: str, knows_town: Callable[[str], bool]) -> ListedAddress:
    """Return what a listed address says, given the town of its own column ("": find one that is known).

    ``knows_town`` is asked with normalised names. A text that is no list, or not in Latin script, says nothing.
    """
    parts = _parts(text)
    doors = [part.text for part in parts if part.kind == "door"]
    door = doors[0] if doors else ""
    labelled = [part.text for part in parts if part.kind == "village"]
    wanted = normalise(town)
    at = next(
        (
            index for index in range(len(parts) - 1, -1, -1)
            if parts[index].kind != "door" and _is_town(normalise(parts[index].text), wanted, knows_town)
        ),
        None,
    )  # fmt: skip
    found = town or (parts[at].text if at is not None else "")
    if labelled:
        return ListedAddress(labelled[0], found, door)
    if at is None and not town:
        return ListedAddress("", "", door)
    before = [part.text for part in parts[: len(parts) if at is None else at] if not part.kind]
    if at is None:
        # The town has a column of its own and is not said again: what stands first is the village.
        return ListedAddress(before[0] if before else "", town, door)
    return ListedAddress(before[-1] if before else "", found, door)


def without_label(name: str) -> str:
    """Return a village's name without the word in front that says it is one (Vill. Satam), and without its town.

    ``Yangyang/Satam`` names the village last.
    """
    if _HAN.search(name) or not _LATIN.search(name):
        return name
    last = _SLASHES.split(name.strip())[-1]
    part = _part(last)
    return part.text if part.kind == "village" else last


def _is_town(name: str, wanted: str, knows_town: Callable[[str], bool]) -> bool:
    return bool(name) and (name == wanted if wanted else knows_town(name))


@lru_cache(maxsize=65_536)
def _parts(text: str) -> tuple[_Part, ...]:
    if _HAN.search(text) or not _LATIN.search(text):
        return ()
    pieces = [piece for piece in _BETWEEN.split(text.strip()) if piece]
    return tuple(map(_part, pieces)) if len(pieces) > 1 else ()


def _part(piece: str) -> _Part:
    if piece[:1].isdigit() or piece.startswith("#"):
        return _Part(piece, "door")
    for kind, words in LABELS.items():
        for word in words:
            # Longest first; the word ends there: Post is in front of P.O., and Poshok is a name.
            found = re.match(rf"{word}(?:[.:\-\s]+|(?=\d))(?P<rest>.+)", piece, re.IGNORECASE)
            if found and normalise(found["rest"]):
                return _Part(found["rest"].strip() if kind != "door" else piece, kind)
    return _Part("" if fold(piece) == "" else piece, "")
