"""Which positions of phones may mark a village."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.phone_places import Fix, marks_village
from routing.rules import load_rules
from tests.unit.routing.days import at

RULES = replace(
    load_rules().places.phone, accuracy_metres=50, fix_age_seconds=300, town_metres=30_000, met=frozenset({"met"})
)


@pytest.mark.parametrize(
    ("fix", "town", "good"),
    [
        (Fix(at(5), 12, 20), at(0), True),
        (Fix(at(5), 50, 300), None, True),
        (Fix(at(5), 12, None), at(0), True),
        (Fix(at(5), 51, 20), at(0), False),
        (Fix(at(5), None, 20), at(0), False),
        (Fix(at(5), 12, 301), at(0), False),
        (Fix(at(5), 12, -301), at(0), False),
        (Fix(at(29), 12, 20), at(0), True),
        (Fix(at(31), 12, 20), at(0), False),
    ],
)
def test_a_fix_is_sharp_fresh_and_near_the_town(fix: Fix, town: object, good: bool) -> None:
    """A wide circle, one of another moment, one from far off its town: each alone is enough to mark nothing."""
    assert marks_village(fix, town, RULES) is good  # type: ignore[arg-type]
