"""A problem as the search sees it: numbers in lists, indexed by visit and shift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from routing.problem import DAY, Break, Problem, Shift, TimeWindow, Visit
from routing.travel.legs import Travel, legs_of

if TYPE_CHECKING:
    from routing.solve.start import Start

#: A time that never comes. Larger than any sum of unreachable legs of one day.
NEVER: Final = 1 << 40

#: Legs from one row, by row. A dict where only some of them are known.
Row = list[int] | dict[int, int] | NDArray[np.int64]
_FEW_ROWS: Final = 800
Windows = tuple[tuple[int, int], ...]
ALWAYS: Final[Windows] = ((-NEVER, NEVER),)


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """Visits 0…n−1 and shifts 0…m−1, both in order of their ids.

    ``seconds[a][b]`` is the leg from row a to row b; rows 0…n−1 are the visits, n+k where shift k
    starts, n+m+k where it ends. ``value[x][k]`` is what x is worth on shift k, ``most[x]`` the highest
    of them where x may be made. ``windows`` are sorted and do not touch. ``allowed[x]`` are the shifts
    that may call on x and gain by it, or must. ``village[x]`` numbers the villages; a door outside any
    village counts as one. ``bound[x]`` are the shifts within which a window of x bites, so that it may
    split a village. ``day[k]`` numbers the days on which shifts start. ``pinned`` visits stay on the shift
    named, in the order they have now; nothing comes between the first ``locked[k]`` stops of shift k.
    """

    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    seconds: Sequence[Row]
    service: list[int]
    value: list[tuple[int, ...]]
    most: list[int]
    must: list[bool]
    windows: list[Windows]
    allowed: list[tuple[int, ...]]
    village: list[int]
    bound: list[frozenset[int]]
    day: list[int]
    pinned: dict[int, int]
    locked: list[int]

    def start_row(self, shift: int) -> int:
        """The row of the place where ``shift`` starts."""
        return len(self.visits) + shift

    def end_row(self, shift: int) -> int:
        """The row of the place where ``shift`` ends."""
        return len(self.visits) + len(self.shifts) + shift

    def dearer(self, visit: int, shift: int) -> float:
        """How many times dearer a second for ``visit`` is on ``shift`` than where it is worth most, 1…100."""
        return min(100.0, self.most[visit] / max(1, self.value[visit][shift])) if self.most[visit] > 0 else 1.0


def instance_of(
    problem: Problem, visits: Sequence[Visit], travel: Travel, start: Start | None = None
) -> Instance:
    """The instance of ``visits`` (some or all of the problem's) on the problem's shifts, all legs known."""
    chosen, shifts = in_order(visits), in_order(problem.shifts)
    legs = legs_of(Problem(problem.date, chosen, problem.villages, shifts), travel)
    rows = [legs.visits[v.id] for v in chosen]
    rows += [legs.starts[s.id] for s in shifts] + [legs.ends[s.id] for s in shifts]
    matrix = legs.block.seconds[np.ix_(rows, rows)]
    for k in range(len(shifts)):
        # A day without calls is not driven, however far apart its ends are.
        matrix[len(chosen) + k, len(chosen) + len(shifts) + k] = 0
    # Plain numbers are quicker to read one by one; of very many there is no room for them.
    return described(chosen, shifts, matrix.tolist() if len(rows) <= _FEW_ROWS else list(matrix), start)


def described(
    visits: tuple[Visit, ...], shifts: tuple[Shift, ...], seconds: Sequence[Row], start: Start | None = None
) -> Instance:
    """The instance of ``visits`` and ``shifts``, both in order of their ids, with these legs and pins."""
    names: dict[tuple[str | None, str], int] = {}
    windows = [merged(visit.windows) for visit in visits]
    value = [tuple(visit.value_on(shift.id) for shift in shifts) for visit in visits]
    allowed = [gainful(visit, shifts) for visit in visits]
    days = sorted({shift.start // DAY for shift in shifts})
    return Instance(
        visits=visits,
        shifts=shifts,
        seconds=seconds,
        service=[visit.service for visit in visits],
        value=value,
        most=[max((worth[k] for k in may), default=0) for worth, may in zip(value, allowed, strict=True)],
        must=[visit.must for visit in visits],
        windows=windows,
        allowed=allowed,
        village=[names.setdefault(_village_key(visit), len(names)) for visit in visits],
        bound=[frozenset(k for k, shift in enumerate(shifts) if bites(spans, shift)) for spans in windows],
        day=[days.index(shift.start // DAY) for shift in shifts],
        pinned=_pinned(visits, shifts, start) if start is not None else {},
        locked=[start.locked.get(shift.id, 0) if start is not None else 0 for shift in shifts],
    )


def _pinned(visits: Sequence[Visit], shifts: Sequence[Shift], start: Start) -> dict[int, int]:
    """The pinned visits, each with its shift."""
    number = {visit.id: x for x, visit in enumerate(visits)}
    return {
        number[name]: k
        for k, shift in enumerate(shifts)
        for name in start.routes.get(shift.id, ())
        if name in start.pinned and name in number
    }


def gainful(visit: Visit, shifts: Sequence[Shift]) -> tuple[int, ...]:
    """The shifts, by their place in ``shifts``, that may make the visit and gain by it, or must make it."""
    return tuple(
        k
        for k, shift in enumerate(shifts)
        if visit.may(shift) and (visit.must or visit.value_on(shift.id) > 0)
    )


_Named = TypeVar("_Named", Visit, Shift)


def in_order(things: Sequence[_Named]) -> tuple[_Named, ...]:
    """In order of the ids, so that no result depends on the order of the input."""
    return tuple(sorted(things, key=lambda thing: thing.id))


def merged(windows: Sequence[TimeWindow]) -> Windows:
    """Windows in order, those that overlap or follow one another without a gap made one; none: any time."""
    spans: list[tuple[int, int]] = []
    for window in sorted(windows, key=lambda w: (w.open, w.close)):
        if spans and window.open <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], window.close))
        else:
            spans.append((window.open, window.close))
    return tuple(spans) or ALWAYS


def bites(windows: Windows, shift: Shift) -> bool:
    """Whether the windows leave some of the shift out: only then may they split a village."""
    return not any(opens <= shift.start and closes >= shift.end for opens, closes in windows)


def rest_of(shift: Shift) -> Break | None:
    """The shift's rest where it has one that takes time."""
    return shift.rest if shift.rest is not None and shift.rest.seconds > 0 else None


def _village_key(visit: Visit) -> tuple[str | None, str]:
    household = visit.household
    return (household.village, "") if household.village is not None else (None, household.id)
