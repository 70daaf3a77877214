"""The days of a plan and its clock: whole days from a first to a last, in wall clock time.

A problem counts seconds from midnight of its first day as if every day had 86,400 of them: second
``86,400 × d + s`` is what the clock on the wall shows ``s`` seconds after 00:00 of day ``d``. Where
summer time begins or ends in between, nothing moves: a shift at 08:30 is at 08:30 on each day, which
an addition to an aware moment would get wrong. Real moments are made at the edge, with the zone's
offset of that very day (:meth:`Period.moment`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from routing.problem import DAY, Shift, TimeWindow

#: Twenty working days of a week of five lie within four weeks.
MOST_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first`` to ``last``, both included, at most :data:`MOST_DAYS`."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not 1 <= (self.last - self.first).days + 1 <= MOST_DAYS:
            raise ValueError(f"{self.first} to {self.last} are not 1 to {MOST_DAYS} days")

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the calendar in it."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def midnight(self, day: date) -> int:
        """The second at which ``day`` begins on the problem's clock."""
        return DAY * (day - self.first).days

    def day_of(self, second: int) -> date:
        """The day that a second of the problem's clock belongs to."""
        return self.first + timedelta(days=second // DAY)

    def moment(self, second: int, zone: ZoneInfo) -> datetime:
        """The aware moment at which the clock on the wall shows this second.

        An hour that the clocks skip is taken as the moment it would have been without the change, one
        that comes twice as the first of both.
        """
        inside = second % DAY
        shown = time(inside // 3600, inside % 3600 // 60, inside % 60, tzinfo=zone)
        return datetime.combine(self.day_of(second), shown)

    def placed(self, shift: Shift, day: date) -> Shift:
        """A shift whose times count from midnight of its own ``day``, on the problem's clock."""
        at, rest = self.midnight(day), shift.rest
        if rest is not None:
            rest = replace(rest, earliest=at + rest.earliest, latest=at + rest.latest)
        return replace(shift, start=at + shift.start, end=at + shift.end, rest=rest)

    def window(self, window: TimeWindow, day: date) -> TimeWindow:
        """A window that counts from midnight of ``day``, on the problem's clock."""
        at = self.midnight(day)
        return TimeWindow(at + window.open, at + window.close)
