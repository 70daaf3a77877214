"""Which visits enter the search when there are more than it can weigh.

A visit's worth per second decides: value / (service + walk + its share of the trip there and back),
where a village's trip is shared by its visits, at most :data:`_SHARED`, since a team that is there
does several. The best are taken, ties by id, each for the allowed shift with the fewest so far, so that
many shifts do not choose from the same few. Visits passed over are tried again at the end and planned
where they still fit. What must be made comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final

from routing.problem import Visit
from routing.solve.screen import Screened

_SHARED: Final = 6
_WALK: Final = 120
#: All legs are held in memory, the square of this many numbers thrice.
MOST: Final = 4_000


def candidates(screened: Screened, per_shift: int, always: Collection[str] = ()) -> tuple[Visit, ...]:
    """At most ``per_shift`` visits for each shift and :data:`MOST` in all; those named by ``always`` among them."""
    if len(screened.visits) <= min(per_shift * len(screened.shifts), MOST):
        return screened.visits
    neighbours = Counter(visit.household.village for visit in screened.visits)

    def worth(number: int) -> float:
        visit = screened.visits[number]
        village = visit.household.village
        shared = 1 if village is None else min(_SHARED, neighbours[village])
        return max([visit.value, *visit.worth.values()]) / (visit.service + _WALK + screened.trip[number] / shared)

    def rank(number: int) -> tuple[bool, bool, float, str]:
        visit = screened.visits[number]
        return visit.id not in always, not visit.must, -worth(number), visit.id

    room = {shift.id: per_shift for shift in screened.shifts}
    chosen: list[int] = []
    for number in sorted(range(len(screened.visits)), key=rank):
        visit = screened.visits[number]
        may: Collection[str] = room if visit.shifts is None else visit.shifts & room.keys()
        if visit.skills:
            may = {shift.id for shift in screened.shifts if visit.may(shift)}
        roomiest = max(may, key=lambda s: (room[s], s))
        if room[roomiest] > 0 or visit.id in always:
            room[roomiest] -= 1
            chosen.append(number)
        if len(chosen) == MOST:
            break
    return tuple(screened.visits[number] for number in sorted(chosen))
