"""How far a team travels in a day, by car and on foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from routing.problem import Shift, Village, Visit
from routing.travel.legs import UNREACHABLE, Mode, Travel, end_of, point_of_visit, start_of


@dataclass(frozen=True, slots=True)
class Journey:
    """Seconds on the move by car and on foot (arrival overheads counted as driving), and metres."""

    drive_seconds: int
    walk_seconds: int
    metres: int


def journey_of(shift: Shift, visits: Sequence[Visit], villages: Mapping[str, Village], travel: Travel) -> Journey:
    """The journey of a shift by these doors from start to end; a leg that cannot be travelled counts nothing."""
    points = [start_of(shift), *(point_of_visit(visit, villages) for visit in visits), end_of(shift)]
    legs = travel.between(points, points)
    steps = [step for step in pairwise(range(len(points))) if legs.seconds[step] < UNREACHABLE]
    by_mode = {mode: sum(int(legs.seconds[step]) for step in steps if legs.mode[step] == mode) for mode in Mode}
    return Journey(by_mode[Mode.DRIVE], by_mode[Mode.WALK], sum(int(legs.metres[step]) for step in steps))
