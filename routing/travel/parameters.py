"""What travel is assumed to cost, read from ``routing/data/travel.toml`` where each figure has its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.rulefile import read_rule_file

DEFAULT_FILE: Final = Path(__file__).parents[1] / "data" / "travel.toml"

#: How a team gets from village to village.
PROFILES: Final = ("car", "motorcycle", "foot")


@dataclass(frozen=True, slots=True)
class TravelParameters:
    """Speeds and detours of driving between villages and walking inside one.

    ``road_factor`` and ``path_factor`` are way / straight line (≥ 1); speeds are metres an hour;
    ``walk_minimum`` seconds lie between any two doors; ``walk_unknown`` seconds are assumed between
    two doors one of whose places is unknown; a way inside a village of more than
    ``walk_limit`` metres is driven where that is quicker. A place not more than ``road_near`` metres
    from a road is at the road; up to ``road_limit`` metres the rest is walked; a place farther off
    cannot be reached by road.
    """

    road_factor: float
    drive_speed: int
    path_factor: float
    walk_speed: int
    walk_minimum: int
    walk_unknown: int
    walk_limit: int
    road_near: int = 100
    road_limit: int = 2_000

    def __post_init__(self) -> None:
        if self.road_factor < 1.0 or self.path_factor < 1.0:
            raise ValueError("a way cannot be shorter than the straight line")
        if self.drive_speed <= 0 or self.walk_speed <= 0:
            raise ValueError("a speed must be positive")
        if min(self.walk_minimum, self.walk_unknown, self.walk_limit, self.road_near, self.road_limit) < 0:
            raise ValueError("times and distances cannot be negative")

    def driven(self, straight: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Seconds and metres by road that are assumed for a distance as the crow flies, metres."""
        road = np.rint(straight * self.road_factor).astype(np.int64)
        return whole_seconds(road, self.drive_speed), road

    def walked(self, straight: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Seconds and metres on foot that are assumed for a distance as the crow flies, metres."""
        path = np.rint(straight * self.path_factor).astype(np.int64)
        return whole_seconds(path, self.walk_speed), path


def whole_seconds(metres: NDArray[np.int64], speed: int) -> NDArray[np.int64]:
    """Whole seconds for metres at ``speed`` metres an hour, rounded up: a plan must not run late by rounding."""
    return -(-metres * 3600 // speed)


def read_parameters(file: Path, profile: str = "car") -> TravelParameters:
    """The parameters of a TOML file for one of :data:`PROFILES`.

    Raises :class:`routing.rulefile.RulesError` naming the key at fault.
    """
    table, _version = read_rule_file(file)
    ways = table.table("drive")
    drives = {name: ways.table(name) for name in PROFILES}
    figures = {
        name: (drive.whole("road_factor_percent", 100, 1_000) / 100, drive.whole("metres_per_hour", 1_000, 130_000))
        for name, drive in drives.items()
    }
    walk, road = table.table("walk"), table.table("road")
    parameters = TravelParameters(
        road_factor=figures[profile][0],
        drive_speed=figures[profile][1],
        path_factor=walk.whole("path_factor_percent", 100, 1_000) / 100,
        walk_speed=walk.whole("metres_per_hour", 500, 10_000),
        walk_minimum=walk.whole("minimum_seconds", 0, 3_600),
        walk_unknown=walk.whole("unknown_place_seconds", 0, 3_600),
        walk_limit=walk.whole("limit_metres", 0, 100_000),
        road_near=road.whole("near_metres", 0, 10_000),
        road_limit=road.whole("limit_metres", 0, 100_000),
    )
    for part in (*drives.values(), ways, walk, road, table):
        part.done()
    return parameters


@cache
def default_parameters(profile: str = "car") -> TravelParameters:
    """The parameters this library ships with for one of :data:`PROFILES`."""
    return read_parameters(DEFAULT_FILE, profile)
