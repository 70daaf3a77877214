"""Small invented days to plan, and travel times that a test can set by hand."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from hypothesis import strategies as st

from routing.problem import Break, Household, Place, Problem, Shift, Team, TimeWindow, Town, Village, Visit
from routing.solve import SolveOptions, core
from routing.travel import UNREACHABLE, Block, GeodesicTravel, Mode, Point

core.compiled()  # so that loading it is not counted as time of the first test that plans

MINUTE, HOUR = 60, 3600
TRAVEL = GeodesicTravel()
QUICK = SolveOptions(seconds=None, iterations=60)


def at(north_km: float, east_km: float = 0.0) -> Place:
    """A place so many kilometres from the branch (about: 1 km is 0.009 degrees)."""
    return Place(29.6 + north_km * 0.009, 106.5 + east_km * 0.0103)


BRANCH = at(0)


def village(name: str, north_km: float | None = None, arrival: int = 300, town_km: float | None = None) -> Village:
    """A village so far north of the branch; without a distance its place is unknown, and its town's may be known."""
    town = None if town_km is None else Town("Invented Town", at(town_km), 25 * MINUTE)
    return Village(name, f"Invented {name}", None if north_km is None else at(north_km), arrival, town)


def visit(
    name: str,
    village: str | None = "v",
    *,
    place: Place | None = None,
    service: int = 20 * MINUTE,
    value: int = 10_000,
    windows: Sequence[tuple[float, float]] = (),
    shifts: Sequence[str] | None = None,
    household: str = "",
    worth: Mapping[str, int] | None = None,
    must: bool = False,
    skills: Sequence[str] = (),
) -> Visit:
    """A visit; windows in hours of the day."""
    return Visit(
        name,
        Household(household or f"h-{name}", village, place),
        service,
        value,
        tuple(TimeWindow(int(a * HOUR), int(b * HOUR)) for a, b in windows),
        None if shifts is None else frozenset(shifts),
        worth=worth or {},
        must=must,
        skills=frozenset(skills),
    )


def shift(
    name: str = "s",
    start: float = 8.5,
    end: float = 17.5,
    *,
    rest: tuple[float, float, int] | None = None,
    from_place: Place = BRANCH,
    to_place: Place = BRANCH,
    skills: Sequence[str] = (),
    overtime: tuple[int, int] = (0, 0),
) -> Shift:
    """A shift in hours of the day; a rest as (earliest hour, latest hour, minutes), overtime (minutes, fen an hour)."""
    pause = None if rest is None else Break(int(rest[0] * HOUR), int(rest[1] * HOUR), rest[2] * MINUTE)
    team = Team(f"team-{name}", (f"{name}-1", f"{name}-2"), frozenset(skills))
    made = Shift(name, team, int(start * HOUR), int(end * HOUR), from_place, to_place, pause)
    return replace(made, overtime=overtime[0] * MINUTE, overtime_rate=overtime[1])


LUNCH = (12.0, 13.5, 45)


def day(
    visits: Sequence[Visit], villages: Sequence[Village] | None = None, shifts: Sequence[Shift] | None = None
) -> Problem:
    """A problem; one village "v" 5 km away and one shift with lunch unless said otherwise."""
    known = villages if villages is not None else [village("v", 5)]
    days = shifts if shifts is not None else [shift(rest=LUNCH)]
    return Problem(date(2026, 11, 24), tuple(visits), {v.id: v for v in known}, tuple(days))


@dataclass(frozen=True)
class SetTravel:
    """Minutes from door to door by hand, ``default`` where none are set; doors by household, None the branch."""

    minutes: Mapping[tuple[str | None, str | None], int | None]
    default: int | None = 10

    def between(self, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
        """Minutes as set; None is no way; a place to itself is no way off."""
        shape = (len(sources), len(targets))
        seconds = np.zeros(shape, dtype=np.int64)
        for i, source in enumerate(sources):
            for j, target in enumerate(targets):
                minutes = self.minutes.get((source.door, target.door), self.default)
                if source.door == target.door:
                    minutes = 0
                seconds[i, j] = UNREACHABLE if minutes is None else minutes * MINUTE
        metres = np.where(seconds == UNREACHABLE, UNREACHABLE, seconds * 8)
        return Block(seconds, metres, np.full(shape, Mode.DRIVE, dtype=np.int8))


class SleepingTravel:
    """A source that never answers in time."""

    def between(self, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
        """Sleep for an hour."""
        time.sleep(HOUR)
        raise AssertionError("an hour has passed")


class CrashingTravel:
    """A source that takes its process down."""

    def between(self, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
        """Abort."""
        print("last words", flush=True)  # noqa: T201
        os.abort()


class RaisingTravel:
    """A source that fails with an exception."""

    def between(self, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
        """Raise."""
        raise LookupError("no map of this county")


@st.composite
def days(draw: st.DrawFn, most_visits: int = 9, most_shifts: int = 2) -> Problem:
    """Problems with everything that may meet: windows, rests, unknown and stand-in places, odd values, tight shifts."""
    villages = [
        village(
            f"v{n}", draw(st.one_of(st.none(), st.integers(1, 40))), draw(st.sampled_from([0, 300])),
            draw(st.sampled_from([None, 6, 20])),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    shifts = [draw(_shifts(f"s{n}")) for n in range(draw(st.integers(0, most_shifts)))]
    visits = [
        draw(_visits(f"x{n}", [v.id for v in villages], [s.id for s in shifts]))
        for n in range(draw(st.integers(0, most_visits)))
    ]
    return day(visits, villages, shifts)


@st.composite
def _shifts(draw: st.DrawFn, name: str) -> Shift:
    start = draw(st.sampled_from([7.0, 8.5, 12.5])) + draw(st.sampled_from([0, 0, 24]))
    end = start + draw(st.sampled_from([0.5, 2.0, 5.0, 9.0]))
    rest = draw(st.one_of(st.none(), st.sampled_from([LUNCH, (12.0, 13.0, 60), (12.0, 12.5, 45), (8.0, 9.5, 30)])))
    if rest is not None and start > 24:
        rest = (rest[0] + 24, rest[1] + 24, rest[2])
    to_place = draw(st.sampled_from([BRANCH, BRANCH, at(15, 5)]))
    skills = draw(st.sampled_from([(), ("Yi",), ("Yi", "boat")]))
    overtime = draw(st.sampled_from([(0, 0), (0, 0), (60, 0), (60, 3_000), (120, 10**6)]))
    return shift(name, start, end, rest=rest, to_place=to_place, skills=skills, overtime=overtime)


@st.composite
def _visits(draw: st.DrawFn, name: str, villages: list[str], shifts: list[str]) -> Visit:
    windows = draw(
        st.sampled_from(
            [(), (), (), ((9, 11),), ((13, 13.25),), ((8, 9), (38, 40)), ((8, 9), (14, 16)), ((5, 6),), ((6, 46),)]
        )
    )
    own = draw(st.one_of(st.none(), st.tuples(st.integers(-3, 40), st.integers(0, 3))))
    return visit(
        name,
        draw(st.sampled_from([*villages, *villages, None, "unheard of"])),
        place=None if own is None else at(*own),
        service=MINUTE * draw(st.sampled_from([0, 10, 25, 25, 90, 700])),
        value=draw(st.sampled_from([100, 5_000, 20_000, 20_000, 0, -5, 10**11])),
        windows=windows,
        shifts=draw(st.one_of(st.none(), st.none(), st.lists(st.sampled_from([*shifts, "other"]), max_size=2))),
        worth=draw(
            st.dictionaries(st.sampled_from([*shifts, "other"]), st.sampled_from([0, -7, 300, 90_000]), max_size=2)
        ),
        must=draw(st.sampled_from([False, False, False, True])),
        skills=draw(st.sampled_from([(), (), (), ("Yi",), ("Yi", "boat")])),
    )
