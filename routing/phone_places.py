"""Whether the position that came with an outcome may mark the place of a village that has none."""

from __future__ import annotations

from dataclasses import dataclass

from routing.place_rules import PhoneRules
from routing.places import metres
from routing.problem import Place


@dataclass(frozen=True, slots=True)
class Fix:
    """A phone's position: its circle in metres, and the seconds between it and the outcome (None: not known)."""

    place: Place
    accuracy: float | None
    age_seconds: float | None = None


def marks_village(fix: Fix, town: Place | None, rules: PhoneRules) -> bool:
    """Return whether the fix is sharp and fresh enough, and not far from the village's town where that is known."""
    if fix.accuracy is None or fix.accuracy > rules.accuracy_metres:
        return False
    if fix.age_seconds is not None and abs(fix.age_seconds) > rules.fix_age_seconds:
        return False
    return town is None or metres(fix.place, town) <= rules.town_metres
