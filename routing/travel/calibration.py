"""Detour and speed measured on real roads, for the ways that have to be assumed without them.

A file of calibrations has a table for each profile that was measured, with where the figures come from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from routing.problem import Place
from routing.rulefile import read_rule_file
from routing.travel.geodesic import geodesic_metres
from routing.travel.legs import UNREACHABLE
from routing.travel.parameters import PROFILES, TravelParameters
from routing.travel.roads import UNKNOWN, RoadSource

#: Ways between villages that a team drives in a day, metres as the crow flies. Shorter ones are mostly the way to
#: the road.
_SHORTEST: Final = 1_000
_LONGEST: Final = 50_000
#: Fewer legs say nothing.
FEWEST_LEGS: Final = 30


@dataclass(frozen=True, slots=True)
class Calibration:
    """Medians of ``legs`` measured legs of ``roads``: way / straight line, and metres an hour on the way.

    The speed is such that the assumed time of the median leg is its time on the road.
    """

    road_factor_percent: int
    metres_per_hour: int
    legs: int
    roads: str
    measured_on: date

    def applied(self, parameters: TravelParameters) -> TravelParameters:
        """The parameters with the measured figures."""
        return replace(parameters, road_factor=self.road_factor_percent / 100, drive_speed=self.metres_per_hour)


def calibrate(source: RoadSource, places: Sequence[Place], on: date, near: int = 100) -> Calibration | None:
    """Measure the roads between ``places`` (villages) that are at most ``near`` metres from a road.

    None where fewer than :data:`FEWEST_LEGS` legs could be measured.
    """
    legs = source.legs(places, places)
    straight = geodesic_metres(places, places)
    at_road = (legs.source_gaps != UNKNOWN) & (legs.source_gaps <= near)
    usable = at_road[:, None] & at_road & (legs.seconds > 0) & (legs.seconds != UNREACHABLE)
    usable &= (straight >= _SHORTEST) & (straight <= _LONGEST)
    if int(usable.sum()) < FEWEST_LEGS:
        return None
    straight, metres, seconds = straight[usable], legs.metres[usable], legs.seconds[usable]
    factor = max(100, round(100 * float(np.median(metres / straight))))
    speed = float(np.median(straight * factor / 100 / seconds)) * 3_600
    return Calibration(factor, int(min(130_000, max(1_000, round(speed, -2)))), len(straight), source.version, on)


def write_calibrations(file: Path, found: Mapping[str, Calibration]) -> None:
    """Write the calibrations by profile, in place of the file's earlier ones of these profiles."""
    every = {**read_calibrations(file), **found}
    newest = max(one.measured_on for one in every.values())
    lines = [
        f'version = "{newest.isoformat()}"',
        'source = "Medians of legs between villages on the roads named; see routing.travel.calibration."',
        'binding = "house"',
    ]
    for profile, one in sorted(every.items()):
        lines += [
            "",
            f"[{profile}]",
            f"road_factor_percent = {one.road_factor_percent}",
            f"metres_per_hour = {one.metres_per_hour}",
            f"legs = {one.legs}",
            f'roads = "{one.roads}"',
            f"measured_on = {one.measured_on.isoformat()}",
        ]
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    beside.write_text("\n".join([*lines, ""]), encoding="utf-8")
    beside.replace(file)


def read_calibrations(file: Path) -> dict[str, Calibration]:
    """The calibrations of a file by profile, none where there is no file.

    Raises :class:`routing.rulefile.RulesError` naming the key at fault.
    """
    if not file.exists():
        return {}
    table, _version = read_rule_file(file)
    found = {}
    for profile in PROFILES:
        if profile in table:
            part = table.table(profile)
            found[profile] = Calibration(
                road_factor_percent=part.whole("road_factor_percent", 100, 1_000),
                metres_per_hour=part.whole("metres_per_hour", 1_000, 130_000),
                legs=part.whole("legs", FEWEST_LEGS),
                roads=part.text("roads"),
                measured_on=part.day("measured_on"),
            )
            part.done()
    table.done()
    return found
