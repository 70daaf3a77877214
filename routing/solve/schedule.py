"""Exact timing of a given order of stops, with windows and a rest, and insertion tested in O(1).

Time on a route runs in two states: the rest still ahead, or behind. A rest lies wholly between
``earliest`` and ``latest``, outside every call; it may be taken on the road, at a door before the
call begins, before the team leaves or after it is back. Because a team may wait, being earlier
never hurts, so the earliest leaving time for each state (forward) and the latest harmless time of
reaching a door (backward) decide feasibility exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from routing.problem import Shift
from routing.solve.instance import NEVER, Instance, Windows, rest_of


def first_start(windows: Windows, ready: int) -> int:
    """The earliest start of service at or after ``ready``; NEVER where every window has closed."""
    for opens, closes in windows:
        if ready <= closes:
            return ready if ready > opens else opens
    return NEVER


def last_start(windows: Windows, by: int) -> int:
    """The latest start of service at or before ``by``; −NEVER where no window has opened."""
    for opens, closes in reversed(windows):
        if by >= opens:
            return by if by < closes else closes
    return -NEVER


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest of a shift; of no length where it has none."""

    earliest: int
    latest: int
    length: int

    @classmethod
    def of(cls, shift: Shift) -> Rest:
        """The rest that ``shift`` asks for."""
        rest = rest_of(shift)
        return cls(rest.earliest, rest.latest, rest.seconds) if rest else cls(0, 0, 0)

    def on_leg(self, leave: int, leg: int) -> int:
        """When the next door is reached if the rest is taken on a leg begun at ``leave``; NEVER if it cannot be."""
        begin = leave if leave > self.earliest else self.earliest
        if begin + self.length > self.latest:
            return NEVER
        arrive = leave + leg
        return (arrive if arrive > self.earliest else self.earliest) + self.length

    def opening(self, start: int) -> tuple[int, int]:
        """Earliest leaving of a day that begins at ``start``, with the rest still ahead and behind."""
        if not self.length:
            return NEVER, start
        if self.earliest + self.length > self.latest:
            return NEVER, NEVER
        return start, max(start, self.earliest + self.length)

    def home(self, before: int, after: int, leg: int) -> int:
        """The earliest return over a last leg begun at these times, rest ahead or behind."""
        back = min(after + leg, self.on_leg(before, leg))
        return min(back, before + leg) if before + leg + self.length <= self.latest else back


def earliest_return(shift: Shift, there: int, windows: Windows, service: int, back: int) -> int:
    """When a day with one call is over at the earliest; NEVER (or later) where it cannot be."""
    rest = Rest.of(shift)
    before, after = rest.opening(shift.start)
    ready = min(after + there, rest.on_leg(before, there))
    before = first_start(windows, before + there) + service
    return rest.home(before, first_start(windows, ready) + service, back)


class Schedule:
    """The stops of one shift in order and the slack around each of them. Immutable once made.

    ``leave_before[p]`` / ``leave_after[p]``: earliest leaving of position p (0 is the start place)
    with the rest still ahead / behind. ``reach_before[p]`` / ``reach_after[p]``: latest moment of
    being ready at position p (the last is the end place) so that the rest of the day still works.
    """

    __slots__ = (
        "end",
        "instance",
        "leave_after",
        "leave_before",
        "reach_after",
        "reach_before",
        "rest",
        "rows",
        "shift",
        "stops",
        "travel",
    )

    def __init__(self, instance: Instance, shift: int, stops: tuple[int, ...]) -> None:
        self.instance = instance
        self.shift = shift
        self.stops = stops
        self.rows = [instance.start_row(shift), *stops, instance.end_row(shift)]
        self.rest = Rest.of(instance.shifts[shift])
        self.travel = sum(instance.seconds[a][b] for a, b in pairwise(self.rows))
        self._forward()
        self._backward()

    @property
    def feasible(self) -> bool:
        """Whether the whole order can be kept."""
        return self.end < NEVER

    @property
    def cost(self) -> int:
        """What its overtime costs, fen. Of a feasible schedule only."""
        return self.instance.shifts[self.shift].overtime_cost(self.end)

    def _forward(self) -> None:
        inst, rows, rest = self.instance, self.rows, self.rest
        shift = inst.shifts[self.shift]
        before, after = rest.opening(shift.start)
        self.leave_before, self.leave_after = [before], [after]
        for at, to in pairwise(rows[:-1]):
            leg, windows, service = inst.seconds[at][to], inst.windows[to], inst.service[to]
            ready = min(after + leg, rest.on_leg(before, leg))
            before = first_start(windows, before + leg) + service
            after = first_start(windows, ready) + service
            self.leave_before.append(before)
            self.leave_after.append(after)
        if not self.stops:
            self.end = shift.start
            return
        back = rest.home(before, after, inst.seconds[rows[-2]][rows[-1]])
        self.end = back if back <= shift.latest_end else NEVER

    def _backward(self) -> None:
        inst, rows, rest = self.instance, self.rows, self.rest
        after = inst.shifts[self.shift].latest_end
        before = min(after, rest.latest - rest.length) if rest.length else -NEVER
        reach_before, reach_after = [before], [after]
        for position in range(len(rows) - 2, 0, -1):
            at = rows[position]
            by_before, by_after = self.leave_by(before, after, inst.seconds[at][rows[position + 1]])
            before = last_start(inst.windows[at], by_before - inst.service[at])
            after = last_start(inst.windows[at], by_after - inst.service[at])
            reach_before.append(before)
            reach_after.append(after)
        self.reach_before = [NEVER, *reversed(reach_before)]
        self.reach_after = [NEVER, *reversed(reach_after)]

    def leave_by(self, reach_before: int, reach_after: int, leg: int) -> tuple[int, int]:
        """The latest leaving (rest ahead, rest behind) for a leg to a point to be reached by these times."""
        by, rest = reach_before - leg, self.rest
        if rest.length and rest.earliest + rest.length <= reach_after:
            by = max(by, min(reach_after - leg, rest.latest) - rest.length)
        return by, reach_after - leg

    def overrun(self, visit: int, position: int) -> int:
        """By how many seconds inserting ``visit`` before ``stops[position]`` would be too late; ≤ 0: it fits."""
        inst = self.instance
        at, to = self.rows[position], self.rows[position + 1]
        there, on = inst.seconds[at][visit], inst.seconds[visit][to]
        windows, service = inst.windows[visit], inst.service[visit]
        before, after = self.leave_before[position], self.leave_after[position]
        ready_after = min(after + there, self.rest.on_leg(before, there))
        by_before, by_after = self.leave_by(self.reach_before[position + 1], self.reach_after[position + 1], on)
        late = first_start(windows, ready_after) + service - by_after
        return min(late, first_start(windows, before + there) + service - by_before)

    def detour(self, visit: int, position: int) -> int:
        """Extra seconds of travel if ``visit`` is put before ``stops[position]``."""
        seconds = self.instance.seconds
        at, to = self.rows[position], self.rows[position + 1]
        return seconds[at][visit] + seconds[visit][to] - seconds[at][to]

    def with_stop(self, visit: int, position: int) -> Schedule:
        """The schedule with ``visit`` before ``stops[position]``."""
        return Schedule(self.instance, self.shift, (*self.stops[:position], visit, *self.stops[position:]))


@dataclass(frozen=True, slots=True)
class Times:
    """Start, end and the begin of every call, seconds since midnight; ``rest`` is when the rest begins."""

    start: int
    arrivals: tuple[int, ...]
    end: int
    rest: int | None


def times_of(schedule: Schedule) -> Times:
    """The times of a feasible schedule: back as early as can be, then leaving as late as that allows.

    So nobody waits at a door for what could have been slept at home.
    """
    candidates = [times for leg in _rest_legs(schedule) if (times := _timed(schedule, leg)) is not None]
    return min(candidates, key=lambda times: (times.end, -times.start))


def _rest_legs(schedule: Schedule) -> list[int | None]:
    """Where the rest may be: −1 before leaving, 0…k on a leg, k+1 after the return; None without a rest."""
    if not schedule.rest.length:
        return [None]
    return list(range(-1, len(schedule.stops) + 2))


def _timed(schedule: Schedule, rest_leg: int | None) -> Times | None:
    """The times with the rest on a given leg, or None where that does not work."""
    first = _run(schedule, rest_leg, schedule.instance.shifts[schedule.shift].start)
    if first is None:
        return None
    best, low, high = first, first.start, first.arrivals[0] if first.arrivals else first.start
    # Leaving later keeps the return as it is up to a point, which bisection finds.
    while low < high:
        middle = (low + high + 1) // 2
        later = _run(schedule, rest_leg, middle)
        if later is not None and later.end == first.end:
            best, low = later, middle
        else:
            high = middle - 1
    return best


def _run(schedule: Schedule, rest_leg: int | None, start: int) -> Times | None:
    """The day begun at ``start`` with the rest on a given leg, everything as early as can be."""
    inst, rows, rest = schedule.instance, schedule.rows, schedule.rest
    rested: int | None = None
    clock = start
    if rest_leg == -1:
        clock = start = max(start, rest.earliest + rest.length)
        rested = min(clock, rest.latest) - rest.length
    arrivals = []
    for leg, (at, to) in enumerate(pairwise(rows)):
        seconds = inst.seconds[at][to]
        if leg == rest_leg:
            rested = max(clock, rest.earliest)
            clock = rest.on_leg(clock, seconds)
        else:
            clock += seconds
        if leg < len(schedule.stops):
            begin = first_start(inst.windows[to], clock)
            arrivals.append(begin)
            clock = begin + inst.service[to]
    if rest_leg == len(schedule.stops) + 1:
        rested = max(clock, rest.earliest)
        if rested + rest.length > rest.latest:
            return None
    if clock > inst.shifts[schedule.shift].latest_end:
        return None
    return Times(start, tuple(arrivals), clock, rested)
