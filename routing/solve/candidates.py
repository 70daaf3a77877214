"""Which visits enter the search when there are more than it can weigh.

A visit's worth per second decides: value / (service + walk + its share of the trip there and back),
where a village's trip is shared by its visits, at most :data:`_SHARED`, since a team that is there
does several. For each shift in turn the best of those it may call on and no other has taken, ties by
id, so that many shifts do not choose from the same few. Visits passed over are tried again at the end
and planned where they still fit. What must be made comes first.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from routing.problem import Visit
from routing.solve.screen import Screened

_SHARED: Final = 6
_WALK: Final = 120
#: All legs are held in memory, the square of this many numbers thrice.
MOST: Final = 1_500
_FEWEST: Final = 40


def candidates(screened: Screened, per_shift: int) -> tuple[Visit, ...]:
    """At most ``per_shift`` visits for each shift, fewer where that would be more than :data:`MOST` in all."""
    shifts = screened.shifts
    limit = min(per_shift, max(_FEWEST, MOST // max(1, len(shifts))))
    if len(screened.visits) <= limit:
        return screened.visits
    neighbours = Counter(visit.household.village for visit in screened.visits)

    def worth(number: int) -> float:
        visit = screened.visits[number]
        village = visit.household.village
        shared = 1 if village is None else min(_SHARED, neighbours[village])
        return max([visit.value, *visit.worth.values()]) / (visit.service + _WALK + screened.trip[number] / shared)

    def rank(number: int) -> tuple[bool, float, str]:
        visit = screened.visits[number]
        return not visit.must, -worth(number), visit.id

    ranked = sorted(range(len(screened.visits)), key=rank)
    chosen: set[int] = set()
    for shift in shifts:
        allowed = (n for n in ranked if n not in chosen and _may(screened.visits[n], shift.id))
        chosen.update([number for number, _ in zip(allowed, range(limit), strict=False)])
    return tuple(screened.visits[number] for number in sorted(chosen))


def _may(visit: Visit, shift: str) -> bool:
    return visit.shifts is None or shift in visit.shifts
