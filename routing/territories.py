"""Territories: how much work a set of villages is, and who knows it.

The work is an *estimate*: line-haul + route among the villages + inside them + count (Daganzo 1984;
Beardwood, Halton, Hammersley 1959), with coefficients as data (``routing/data/territory_work.toml``).
The solver's plans are the truth; the estimate answers within milliseconds, before anything is planned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from functools import cache
from math import cos, hypot, radians, sqrt
from pathlib import Path

from routing.places import EARTH_RADIUS, metres
from routing.problem import Place
from routing.rotation.rules import RotationRules, load_rotation_rules
from routing.rulefile import read_rule_file
from routing.travel.parameters import TravelParameters, default_parameters

LEAST_OF_DAY = 0.25
"""However far a village, this much of a team-day is worked there: farther would be a night away."""


@dataclass(frozen=True, slots=True)
class WorkCoefficients:
    """One version of the coefficients, none negative; fields as explained beside the data.

    ``road_factor`` and ``drive_speed`` (metres an hour) are those that plans are drawn up with.
    """

    version: str
    road_factor: float
    drive_speed: int
    line_haul_percent: int
    among_area_percent: int
    among_hull_percent: int
    inside_seconds: int
    arrival_seconds: int
    service_seconds: int
    unplaced_drive_seconds: int
    unplaced_hop_seconds: int
    territory_percent: int
    move_percent: int

    def drive_seconds(self, metres: float) -> float:
        """Driving time over a distance as the crow flies."""
        return metres * self.road_factor * 3600 / self.drive_speed


def read_work_coefficients(file: Path, travel: TravelParameters | None = None) -> WorkCoefficients:
    """One coefficient file. Raises :class:`routing.rulefile.RulesError`, naming the key at fault."""
    travel = travel or default_parameters()
    table, version = read_rule_file(file)
    errors = ("territory_percent", "move_percent")
    taken = {"version", "road_factor", "drive_speed", *errors}
    names = [f.name for f in fields(WorkCoefficients) if f.name not in taken]
    found = WorkCoefficients(
        version=version,
        road_factor=travel.road_factor,
        drive_speed=travel.drive_speed,
        **table.numbers("estimate", names, 0, 100_000),
        **table.numbers("error", errors, 0, 100),
    )
    table.done()
    return found


@cache
def load_work_coefficients() -> WorkCoefficients:
    """The coefficients that ship with the library."""
    return read_work_coefficients(Path(__file__).parent / "data" / "territory_work.toml")


@dataclass(frozen=True, slots=True)
class VillageWork:
    """What a village asks of its territory in a rotation period.

    ``households`` counts the calls (a household to be called at twice counts twice);
    ``service_seconds`` is the time at all their doors (None: the coefficients' time per call).
    """

    village: str
    place: Place | None
    households: int
    service_seconds: int | None = None

    def __post_init__(self) -> None:
        if self.households < 0 or (self.service_seconds or 0) < 0:
            raise ValueError(f"village {self.village!r} has negative work")


@dataclass(frozen=True, slots=True)
class WorkEstimate:
    """Estimated work of a territory: ``minutes``, give or take the data's error.

    The parts are seconds: ``line_haul`` out and back every team-day, ``among`` the villages,
    ``inside`` them on foot, ``arrivals`` in them, ``service`` at the doors. ``team_days`` is the
    smallest number of whole team-days that holds the minutes. ``placeless`` counts villages without
    a place, whose roads were filled in with a mean.
    """

    minutes: int
    low: int
    high: int
    team_days: int
    line_haul: int
    among: int
    inside: int
    arrivals: int
    service: int
    placeless: int


def estimate_work(
    villages: Sequence[VillageWork],
    start: Place,
    day_minutes: int,
    coefficients: WorkCoefficients | None = None,
    *,
    typical_drive_seconds: int | None = None,
) -> WorkEstimate:
    """Estimate the work of a territory whose teams leave from ``start`` for days of ``day_minutes``.

    ``day_minutes`` is a team's working day without its break. ``typical_drive_seconds`` is the mean
    drive from the start to the county's villages, used for villages without a place; it has to be the
    same before and after a move. Villages without households are no work. Adding a village, a
    household or service time never lowers the estimate: every part is a sum of non-negative terms or a
    measure of the villages' convex hull, which only grows. Raises ValueError for a day without minutes.
    """
    if day_minutes <= 0:
        raise ValueError(f"a team-day of {day_minutes} minutes")
    c = coefficients or load_work_coefficients()
    unplaced = c.unplaced_drive_seconds if typical_drive_seconds is None else typical_drive_seconds
    wanted = [v for v in villages if v.households]
    placed = [v.place for v in wanted if v.place is not None]
    service = inside = arrivals = line_haul = farthest = 0.0
    for v in wanted:
        at_doors = v.households * c.service_seconds if v.service_seconds is None else v.service_seconds
        on_foot = v.households * c.inside_seconds
        drive = unplaced if v.place is None else c.drive_seconds(metres(start, v.place))
        # A village of three days' work is reached three times; far out, less of a day is left for it.
        left_of_day = max(day_minutes * 60 - 2 * drive, day_minutes * 60 * LEAST_OF_DAY)
        share_of_days = (at_doors + on_foot + c.arrival_seconds) / left_of_day
        service += at_doors
        inside += on_foot
        arrivals += c.arrival_seconds * max(1.0, share_of_days)
        line_haul += 2 * drive * share_of_days * c.line_haul_percent / 100
        farthest = max(farthest, 2 * drive)
    # Less than a day's work is still a trip to the farthest village.
    line_haul = max(line_haul, farthest * c.line_haul_percent / 100)
    among = _among(placed, start, c) + c.unplaced_hop_seconds * (len(wanted) - len(placed))
    minutes = round((service + inside + arrivals + line_haul + among) / 60)
    return WorkEstimate(
        minutes=minutes,
        low=minutes * (100 - c.territory_percent) // 100,
        high=-(-minutes * (100 + c.territory_percent) // 100),
        team_days=-(-minutes // day_minutes),
        line_haul=round(line_haul),
        among=round(among),
        inside=round(inside),
        arrivals=round(arrivals),
        service=round(service),
        placeless=len(wanted) - len(placed),
    )


@dataclass(frozen=True, slots=True)
class TerritoryImpact:
    """What a move does to one territory. ``change_*`` bound the change in minutes by the data's error."""

    territory: str
    minutes_before: int
    minutes_after: int
    change_low: int
    change_high: int
    households_before: int
    households_after: int


def move_impact(
    territories: Mapping[str, tuple[Place, Sequence[VillageWork]]],
    moves: Mapping[str, str],
    day_minutes: int,
    coefficients: WorkCoefficients | None = None,
    *,
    typical_drive_seconds: int | None = None,
) -> tuple[TerritoryImpact, ...]:
    """Effect of moving villages to other territories, for the territories touched, in their given order.

    ``territories`` holds start place and villages as they are. A village that is already where it
    should go touches nothing. Raises KeyError for a village or territory that is not there.
    """
    c = coefficients or load_work_coefficients()
    home = {v.village: (name, v) for name, (_, villages) in territories.items() for v in villages}
    after = {name: list(villages) for name, (_, villages) in territories.items()}
    touched: set[str] = set()
    for village, target in moves.items():
        origin, work = home[village]
        if target not in territories:
            raise KeyError(target)
        if target != origin:
            after[origin].remove(work)
            after[target].append(work)
            touched |= {origin, target}
    found = []
    for name, (start, villages) in territories.items():
        if name in touched:
            old, new = (
                estimate_work(some, start, day_minutes, c, typical_drive_seconds=typical_drive_seconds).minutes
                for some in (villages, after[name])
            )
            slack = -(-abs(new - old) * c.move_percent // 100)
            calls = (sum(v.households for v in some) for some in (villages, after[name]))
            found.append(TerritoryImpact(name, old, new, new - old - slack, new - old + slack, *calls))
    return tuple(found)


def familiarity(known: AbstractSet[str], villages: Mapping[str, int]) -> float:
    """Share of a territory's households, from 0 to 1, that stand in villages a person knows.

    ``villages`` maps each village of the territory to its households. Where no household is counted
    yet, villages count alike; a territory without villages holds nothing unknown: 1.
    """
    if any(households < 0 for households in villages.values()):
        raise ValueError("a village with fewer than no households")
    total = sum(villages.values())
    if total:
        return sum(n for village, n in villages.items() if village in known) / total
    return sum(village in known for village in villages) / len(villages) if villages else 1.0


def familiar(known: AbstractSet[str], villages: Mapping[str, int], rules: RotationRules | None = None) -> bool:
    """Whether who knows these villages knows the territory well enough to lead in it."""
    return familiarity(known, villages) >= (rules or load_rotation_rules()).knows_min_share


def commute_minutes(
    home: Place, villages: Sequence[VillageWork], coefficients: WorkCoefficients | None = None
) -> int | None:
    """Mean drive from a home to a territory's calls, one way; None where no village has a place."""
    c = coefficients or load_work_coefficients()
    placed = [(v.place, v.households) for v in villages if v.place is not None]
    if not placed:
        return None
    # Villages without calls count alike where there are no calls at all.
    weights = [n for _, n in placed] if any(n for _, n in placed) else [1] * len(placed)
    way = sum(metres(home, place) * n for (place, _), n in zip(placed, weights, strict=True))
    return round(c.drive_seconds(way / sum(weights)) / 60)


def _among(places: Sequence[Place], start: Place, c: WorkCoefficients) -> float:
    """Seconds of driving among places, from the area and the perimeter of their convex hull."""
    # The plane touches the earth at the start, not amid the places: it must not move with them.
    scale = cos(radians(start.lat))
    metres_per_degree = EARTH_RADIUS * radians(1)
    flat = [
        (
            ((p.lon - start.lon + 180) % 360 - 180) * scale * metres_per_degree,
            (p.lat - start.lat) * metres_per_degree,
        )
        for p in places
    ]
    hull = _convex_hull(flat)
    around = list(zip(hull, hull[1:] + hull[:1], strict=True))
    area = abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in around)) / 2
    perimeter = sum(hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in around)
    way = (c.among_area_percent * sqrt(len(flat) * area) + c.among_hull_percent * perimeter) / 100
    return c.drive_seconds(way)


def _convex_hull(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners of the convex hull, counter-clockwise (Andrew 1979)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered

    def chain(some: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        line: list[tuple[float, float]] = []
        for x, y in some:
            while len(line) > 1 and (
                (line[-1][0] - line[-2][0]) * (y - line[-2][1]) <= (line[-1][1] - line[-2][1]) * (x - line[-2][0])
            ):
                line.pop()
            line.append((x, y))
        return line[:-1]

    return chain(ordered) + chain(ordered[::-1])
