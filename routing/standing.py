"""Where a team stands in the middle of its day: from what was reported, and from its plan where nothing is heard.

A team in the hills reports when it has coverage again. So silence is no sign that nothing was done: by its plan, later
by as much as is known, a team has begun a visit once it was to set out for it, and what was begun stays its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from routing.problem import Problem, Route, Shift, Visit
from routing.replan import UnderWay
from routing.travel.legs import point_of_visit

#: A team that is farther ahead of its plan than this does its stops in another order than planned, seconds.
_MOST_AHEAD: Final = 1800


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of a team beside its reports: how late it is, when it is free again (seconds), that it is absent.

    ``late`` in place of what its reports tell; seconds. None: nothing was said.
    """

    late: int | None = None
    free_at: int | None = None
    absent: bool = False


NO_WORD: Final = Word()


@dataclass(frozen=True, slots=True)
class Stands:
    """The visits that a team has begun, in the order of its plan, and where it is; None where its day is to begin."""

    begun: tuple[str, ...]
    under_way: UnderWay | None


def standing(
    problem: Problem,
    doors: Mapping[str, Visit],
    shift: Shift,
    route: Route | None,
    now: int,
    reported: Mapping[str, int],
    word: Word = NO_WORD,
    cut_off: Collection[str] = (),
    elsewhere: Collection[str] = (),
) -> Stands:
    """Where the team of ``shift`` stands at ``now`` (seconds).

    Parameters
    ----------
    doors
        By id every visit of ``route``, also those that the problem has no longer.
    reported
        By visit when this team reported it, seconds.
    cut_off
        Villages that nobody gets to: a team is not on its way there.
    elsewhere
        Visits that another team reported: they are done, and tell nothing of this one.
    """
    stops = route.stops if route is not None else ()
    last = max((s for s in stops if s.visit in reported), key=lambda s: (reported[s.visit], s.arrival), default=None)
    heard = 0 if last is None else max(-_MOST_AHEAD, min(now, reported[last.visit]) - last.leave)
    late = heard if word.late is None else word.late
    ends: dict[str, int] = {}
    set_out = (shift.start if route is None else route.start) + late
    for stop in stops:
        leave = stop.leave + late
        if stop.visit in reported:
            ends[stop.visit] = min(now, reported[stop.visit])
        elif stop.visit in elsewhere:
            ends[stop.visit] = 0
        elif not word.absent and set_out <= now and doors[stop.visit].household.village not in cut_off:
            ends[stop.visit] = leave
        set_out = leave
    begun = tuple(stop.visit for stop in stops if stop.visit in ends)
    if word.absent:
        return Stands(begun, UnderWay(len(begun), now, shift.from_place, absent=True))
    if not any(ends.values()):
        begins = max(now, shift.start + (word.late or 0), word.free_at or 0)
        at_start = UnderWay(len(begun), begins, shift.from_place, shift.from_village)
        return Stands(begun, at_start if begun or begins > shift.start else None)
    at = max(begun, key=lambda visit: ends[visit])
    point = point_of_visit(doors[at], problem.villages)
    free_at = max(now, ends[at]) if word.free_at is None else max(now, word.free_at)
    rest = None if route is None else route.rest_start
    rested = rest is not None and rest + late < free_at
    return Stands(begun, UnderWay(len(begun), free_at, point.place or shift.from_place, point.village, rested))
