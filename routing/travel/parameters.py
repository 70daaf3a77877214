"""What travel is assumed to cost, read from ``routing/data/travel.toml`` where each figure has its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from routing.rulefile import read_rule_file

DEFAULT_FILE = Path(__file__).parents[1] / "data" / "travel.toml"


@dataclass(frozen=True, slots=True)
class TravelParameters:
    """Speeds and detours of driving between villages and walking inside one.

    ``road_factor`` and ``path_factor`` are way / straight line (≥ 1); speeds are metres an hour;
    ``walk_minimum`` seconds lie between any two doors; ``walk_unknown`` seconds are assumed between
    two doors one of whose places is unknown; a way inside a village of more than
    ``walk_limit`` metres is driven where that is quicker.
    """

    road_factor: float
    drive_speed: int
    path_factor: float
    walk_speed: int
    walk_minimum: int
    walk_unknown: int
    walk_limit: int

    def __post_init__(self) -> None:
        if self.road_factor < 1.0 or self.path_factor < 1.0:
            raise ValueError("a way cannot be shorter than the straight line")
        if self.drive_speed <= 0 or self.walk_speed <= 0:
            raise ValueError("a speed must be positive")
        if min(self.walk_minimum, self.walk_unknown, self.walk_limit) < 0:
            raise ValueError("times and distances cannot be negative")


def read_parameters(file: Path) -> TravelParameters:
    """The parameters of a TOML file; raises :class:`routing.rulefile.RulesError` naming the key at fault."""
    table, _version = read_rule_file(file)
    table.text("source")
    drive = table.table("drive")
    walk = table.table("walk")
    parameters = TravelParameters(
        road_factor=drive.whole("road_factor_percent", 100, 1_000) / 100,
        drive_speed=drive.whole("metres_per_hour", 1_000, 130_000),
        path_factor=walk.whole("path_factor_percent", 100, 1_000) / 100,
        walk_speed=walk.whole("metres_per_hour", 500, 10_000),
        walk_minimum=walk.whole("minimum_seconds", 0, 3_600),
        walk_unknown=walk.whole("unknown_place_seconds", 0, 3_600),
        walk_limit=walk.whole("limit_metres", 0, 100_000),
    )
    for part in (drive, walk, table):
        part.done()
    return parameters


@cache
def default_parameters() -> TravelParameters:
    """The parameters this library ships with."""
    return read_parameters(DEFAULT_FILE)
