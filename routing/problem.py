"""The planning problem of one day or several, and its answer, as plain immutable values.

Units: times are whole seconds since local midnight of ``Problem.date``, so that the second day of
several begins at 86,400; durations are seconds; distances metres; places WGS-84 degrees; values are
expected recovery in minor units of the currency (fen), so that sums stay exact. Identifiers are
opaque strings of the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Precision = Literal["door", "village", "town", "none"]
"""What is known of where a door stands: its own place, its village's, its town's only, or nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth, WGS-84 degrees."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90.0 <= self.lat <= 90.0 and -180.0 <= self.lon <= 180.0):
            raise ValueError(f"not a WGS-84 place: latitude {self.lat}, longitude {self.lon}")


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """The door may be knocked at from ``open`` to ``close`` (start of service), inclusive."""

    open: int
    close: int

    def __post_init__(self) -> None:
        if self.open > self.close:
            raise ValueError(f"a time window opens at {self.open} after it closes at {self.close}")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a stable code and the facts it needs, in no language.

    The service turns it into a sentence in the reader's language.
    """

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Town:
    """Stands in for a village whose place is not known: its town, and what finding the village costs from there."""

    name: str
    place: Place
    finding_seconds: int


@dataclass(frozen=True, slots=True)
class Village:
    """A natural village: its centre and what arriving there costs once (parking, asking the way).

    Without a ``place`` it is planned by its ``town``, where that is known.
    """

    id: str
    name: str
    place: Place | None
    arrival_seconds: int = 300
    town: Town | None = None


@dataclass(frozen=True, slots=True)
class Household:
    """One door: where it stands. ``place`` is None where only the village is known."""

    id: str
    village: str | None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One wanted call at one household's door.

    ``value`` is what the call is worth (fen), ``worth`` what it is worth on the shifts named there
    instead (a call that gains by waiting for market day, or loses by it); ``windows`` is empty when
    any time of the shift will do; ``shifts`` names the shifts allowed to make it (None: any), which
    is how conflicts of interest, territories and days reach the solver. Each of its ``skills`` must be
    one of the team's. One that ``must`` be made is planned before all others whenever a shift can reach it.
    """

    id: str
    household: Household
    service: int
    value: int
    windows: tuple[TimeWindow, ...] = ()
    shifts: frozenset[str] | None = None
    reasons: tuple[Reason, ...] = ()
    worth: Mapping[str, int] = field(default_factory=dict)
    must: bool = False
    skills: frozenset[str] = frozenset()

    def may(self, shift: Shift) -> bool:
        """Whether ``shift`` is allowed to make the call and its team can."""
        return (self.shifts is None or shift.id in self.shifts) and self.skills <= shift.team.skills

    def value_on(self, shift: str) -> int:
        """What the call is worth if ``shift`` makes it, fen."""
        return self.worth.get(shift, self.value)


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of ``seconds`` without interruption, wholly between ``earliest`` and ``latest``.

    It lies between two calls, never inside one; the team may stop for it on the road.
    """

    earliest: int
    latest: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Team:
    """People who work together on a date, and what at least one of them can: a language, a trade, a licence."""

    id: str
    people: tuple[str, ...]
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shift:
    """A team's working time on one day, from leaving ``from_place`` to reaching ``to_place``.

    ``from_village`` is the village that it stands in at the start, where its day is already under way:
    the next door there is a walk away. The team may be back up to ``overtime`` seconds after ``end``, at
    ``overtime_rate`` fen an hour: it is for visits that are worth more than it costs, or must be made.
    """

    id: str
    team: Team
    start: int
    end: int
    from_place: Place
    to_place: Place
    rest: Break | None = None
    from_village: str | None = None
    overtime: int = 0
    overtime_rate: int = 0

    @property
    def latest_end(self) -> int:
        """When the team must be back, overtime used up."""
        return self.end + self.overtime

    def overtime_cost(self, back: int) -> int:
        """What it costs, fen, that the team is back then; a fen begun counts."""
        return -(-max(0, back - self.end) * self.overtime_rate // 3600)


#: Seconds of a day: a shift belongs to the day it starts on.
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the planner may know about one day, or about several that begin with ``date``."""

    date: date
    visits: tuple[Visit, ...]
    villages: Mapping[str, Village]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit placed in a route. ``arrival`` is when the call begins, ``leave`` when it ends."""

    visit: str
    arrival: int
    leave: int


@dataclass(frozen=True, slots=True)
class Route:
    """One shift's day: stops in order, leaving at ``start``, back at ``end``.

    ``rest_start`` is when the break begins (None without one). ``drive_seconds`` and
    ``walk_seconds`` are time on the move, arrival overheads counted as driving.
    """

    shift: str
    stops: tuple[Stop, ...]
    start: int
    end: int
    rest_start: int | None
    drive_seconds: int
    walk_seconds: int
    metres: int


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A visit left out, and why. Codes are listed in :mod:`routing.explain`."""

    visit: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes for every shift that has any stop, and a reason for every visit that has none.

    ``value`` is the sum of what the planned visits are worth on their shifts (fen), ``cost`` what the
    overtime of its routes costs (fen); ``engine`` names what took part in drawing it up.
    """

    routes: tuple[Route, ...]
    unplanned: tuple[Unplanned, ...]
    value: int
    engine: str
    cost: int = 0

    def order(self) -> dict[str, list[str]]:
        """The visits of each shift that has any, in their order, by id."""
        return {route.shift: [stop.visit for stop in route.stops] for route in self.routes}
