"""How alike two names of villages are, for suggesting that they are one; never for joining them.

A sign typed by its sound or misread from handwriting counts less than any other slip. Signs that
tell neighbours apart (上/下, 东/西, 大/小, numbers) are never taken for a slip.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from routing.confusable import confusion
from routing.place_names import is_numbered, numbers_in, tells, told_apart
from routing.problem import Reason

LEAST = 0.6
"""Names less alike than this are not suggested."""

# Costs of slips in hundredths; a name may cost as much as its length allows.
_SLIP, _CONFUSED = 100, 40
_ALLOWED = ((2, _CONFUSED), (5, _SLIP), (10**9, 2 * _SLIP))

Edit = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` from 0 to 1 and why.

    ``reason.code``: name_homophone, name_look_alike, name_typing_error (with both normalised names),
    parent_typing_error (the town's or administrative village's name), parent_left_out.
    """

    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike two names are: ``score`` up to 1 (equal), ``code`` of what makes the difference."""

    score: float
    code: str


_EQUAL = Alike(1.0, "equal")
_LEFT_OUT = Alike(0.85, "left_out")
_ONE_OF_TWO = Alike(0.7, "typing_error")


def likeness(
    one: tuple[str, str, str], other: tuple[str, str, str], doubtful: tuple[bool, bool] = (False, False)
) -> Likeness | None:
    """Compare two villages by their normalised (town, administrative village, name); None when they are not alike.

    ``doubtful`` says of ``one``'s town and administrative village that nobody knows such a one: then a
    single other sign in a name of two is likely a slip too.
    """
    towns = _above(one[0], other[0], doubtful[0])
    if towns is None:
        return None
    admins = _above(one[1], other[1], doubtful[1])
    if admins is None:
        return None
    names = alike(one[2], other[2])
    if names is None or (is_numbered(one[2]) and not (one[1] and other[1])):
        # Every administrative village has a group 3: without its name, nothing is said.
        return None
    score = names.score * towns.score * admins.score
    if score < LEAST:
        return None
    if names is not _EQUAL:
        return Likeness(score, Reason(f"name_{names.code}", {"one": one[2], "other": other[2]}))
    if _LEFT_OUT in (towns, admins):
        return Likeness(score, Reason("parent_left_out"))
    return Likeness(score, Reason("parent_typing_error"))


def _above(one: str, other: str, doubtful: bool) -> Alike | None:
    """Compare names of one level above; a name that is left out on one side may be any."""
    if one == other:
        return _EQUAL
    if not one or not other:
        return _LEFT_OUT
    if doubtful and len(one) == len(other) == 2:
        changed = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
        if len(changed) == 1 and not _telling(*changed[0]):
            return alike(one, other) or _ONE_OF_TWO
    return alike(one, other)


@lru_cache(maxsize=262_144)
def alike(one: str, other: str) -> Alike | None:
    """Return how alike two normalised names are, None when slips cannot make one of the other.

    Symmetric. A name of two signs allows one confused sign, one of three to five signs one slip or
    two confused ones, a longer one two slips.
    """
    if one == other:
        return _EQUAL
    if one > other:
        return alike(other, one)
    longest = max(len(one), len(other))
    allowed = next(cost for length, cost in _ALLOWED if longest <= length)
    if longest < 2 or abs(len(one) - len(other)) * _SLIP > allowed or numbers_in(one) != numbers_in(other):
        return None
    if _once(one) == _once(other):
        # A sign typed twice tells nothing, whichever it is.
        return Alike(1 - 1 / (longest + 1), "typing_error")
    edits = _edits(one, other, allowed)
    if edits is None or any(_telling(before, after) for before, after in edits):
        return None
    cost = sum(_cost(edit) for edit in edits)
    kinds = {confusion(*edit) for edit in edits}
    code = "typing_error" if None in kinds else "homophone" if kinds == {"homophone"} else "look_alike"
    return Alike(1 - cost / _SLIP / (longest + 1), code)


def _once(name: str) -> str:
    """The name with every sign that stands twice in a row standing once."""
    return "".join(sign for sign, before in zip(name, " " + name, strict=False) if sign != before)


def _cost(edit: Edit) -> int:
    return _CONFUSED if edit[0] and edit[1] and confusion(*edit) else _SLIP


def _telling(before: str, after: str) -> bool:
    """Whether an edit changes which village is meant."""
    if before and after:
        return told_apart(before, after) or before.isdigit() or after.isdigit()
    return tells(before or after)


def _edits(one: str, other: str, allowed: int) -> list[Edit] | None:
    """The cheapest changes of signs from one name to the other ("" on one side: left out), None beyond ``allowed``.

    Two neighbouring signs in the other order count as one change that tells nothing apart.
    """
    if one == other:
        return []
    if allowed <= 0:
        return None
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    tries: list[tuple[str, str, Edit]] = []
    if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0]:
        tries.append((a[2:], b[2:], ("⇄", "⇄")))
    if a and b:
        tries.append((a[1:], b[1:], (a[0], b[0])))
    if a:
        tries.append((a[1:], b, (a[0], "")))
    if b:
        tries.append((a, b[1:], ("", b[0])))
    best: list[Edit] | None = None
    for left, right, edit in tries:
        rest = _edits(left, right, allowed - _cost(edit)) if _cost(edit) <= allowed else None
        if rest is not None and (best is None or _cost(edit) + sum(map(_cost, rest)) < sum(map(_cost, best))):
            best = [edit, *rest]
    return best
