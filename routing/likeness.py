"""How alike two names of villages are, for suggesting that they are one; never for joining them.

Signs that tell neighbours apart (上/下, 东/西, 大/小, numbers) are never taken for typing errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from routing.place_names import is_numbered, numbers_in, tells, told_apart
from routing.problem import Reason

LEAST = 0.6
"""Names less alike than this are not suggested."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` from 0 to 1 and why: name_typing_error, parent_typing_error, parent_left_out …"""

    score: float
    reason: Reason


def likeness(one: tuple[str, str, str], other: tuple[str, str, str]) -> Likeness | None:
    """Compare two villages by their normalised (town, administrative village, name); None when they are not alike."""
    names = alike(one[2], other[2])
    if names is None:
        return None
    towns, admins = _above(one[0], other[0]), _above(one[1], other[1])
    if towns is None or admins is None:
        return None
    if is_numbered(one[2]) and not (one[1] and other[1]):
        # Every administrative village has a group 3: without it, nothing is said.
        return None
    score = names * towns * admins
    if score < LEAST:
        return None
    if names < 1:
        return Likeness(score, Reason("name_typing_error", {"one": one[2], "other": other[2]}))
    if (one[0] and other[0] and towns < 1) or (one[1] and other[1] and admins < 1):
        return Likeness(score, Reason("parent_typing_error"))
    return Likeness(score, Reason("parent_left_out"))


def _above(one: str, other: str) -> float | None:
    if one == other:
        return 1.0
    if not one or not other:
        return 0.85
    return alike(one, other)


@lru_cache(maxsize=262_144)
def alike(one: str, other: str) -> float | None:
    """Return how alike two normalised names are, None when a typing error cannot make one of the other."""
    if one == other:
        return 1.0
    if one > other:
        return alike(other, one)
    longest = max(len(one), len(other))
    most = 0 if longest < 3 else 1 if longest < 6 else 2
    if not most or abs(len(one) - len(other)) > most or numbers_in(one) != numbers_in(other):
        return None
    edits = _edits(one, other, most)
    if edits is None or any(_telling(before, after) for before, after in edits):
        return None
    return 1 - len(edits) / (longest + 1)


def _telling(before: str, after: str) -> bool:
    """Whether an edit changes which village is meant."""
    if before and after:
        return told_apart(before, after) or before.isdigit() or after.isdigit()
    return tells(before or after)


def _edits(one: str, other: str, most: int) -> list[tuple[str, str]] | None:
    """The cheapest changes of signs from one name to the other ("" on one side: left out), None beyond ``most``.

    Two neighbouring signs in the other order count as one change that tells nothing apart.
    """
    if one == other:
        return []
    if most == 0:
        return None
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    tries: list[tuple[str, str, tuple[str, str]]] = []
    if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0]:
        tries.append((a[2:], b[2:], ("⇄", "⇄")))
    if a and b:
        tries.append((a[1:], b[1:], (a[0], b[0])))
    if a:
        tries.append((a[1:], b, (a[0], "")))
    if b:
        tries.append((a, b[1:], ("", b[0])))
    best: list[tuple[str, str]] | None = None
    for left, right, edit in tries:
        rest = _edits(left, right, most - 1)
        if rest is not None and (best is None or len(rest) + 1 < len(best)):
            best = [edit, *rest]
    return best
