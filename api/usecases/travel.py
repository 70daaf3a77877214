"""How the teams of a plan get about: by which roads, and where there are none by what figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from api.usecases.context import settings
from routing.problem import Problem, Reason
from routing.travel import (
    GeodesicTravel,
    LegCache,
    OsrmBuilt,
    OsrmService,
    RoadFolder,
    RoadsMade,
    RoadSource,
    TravelParameters,
    default_parameters,
    roads_for,
)
from routing.travel.calibration import Calibration, read_calibrations
from routing.travel.fetch import base_url, networks

_DAY: Final = 86_400


def road_folder() -> RoadFolder:
    """Return the folder of road data."""
    return RoadFolder(Path(settings().roads_dir))


def roads_in_use() -> dict[str, str]:
    """Return the names that a plan records as it begins: its roads, and the calibration of what it must assume."""
    named = {}
    profile = settings().roads_profile
    if settings().roads == "service":
        named["roads"] = _service().version
    elif settings().roads == "built" and (current := road_folder().current()) is not None:
        named["roads"] = f"{current}/{profile}"
    if (calibration := calibrations().get(profile)) is not None:
        named["travel"] = f"{calibration.roads} {calibration.measured_on.isoformat()}"
    return named


def source_of(roads: str | None) -> RoadSource | None:
    """Return the source of the roads that a plan recorded, whatever version is in use by now; None without roads."""
    if roads is None:
        return None
    if settings().roads == "service":
        return _service()
    name, _, profile = roads.rpartition("/")
    return OsrmBuilt(road_folder().versions, name, profile, settings().roads_seconds)


def travel_for(problem: Problem, source: RoadSource | None, figures: TravelParameters) -> RoadsMade:
    """Return travel for a problem by ``source``, and by ``figures`` for what it does not tell, with notes of that."""
    if source is None:
        return RoadsMade(GeodesicTravel(figures), (), False, 0, 0)
    by_service = isinstance(source, OsrmService)
    cache = LegCache(
        Path(settings().roads_dir) / "legs",
        limit=settings().roads_cache_mb * 1_000_000,
        max_age=settings().roads_cache_days * _DAY if by_service else None,
    )
    return roads_for(problem, source, figures, cache)


def parameters() -> TravelParameters:
    """Return the figures for what no road tells: the packaged ones, or those that were measured here."""
    profile = settings().roads_profile
    own = replace(default_parameters(profile), road_limit=settings().roads_limit_metres)
    calibration = calibrations().get(profile)
    return own if calibration is None else calibration.applied(own)


def calibrations() -> dict[str, Calibration]:
    """Return what was measured here, by profile."""
    return read_calibrations(calibration_file())


def calibration_file() -> Path:
    """Return where it is kept."""
    return Path(settings().roads_dir) / "calibration.toml"


def noted(territory: str, notes: tuple[Reason, ...]) -> list[dict[str, object]]:
    """Return the notes as a plan keeps them."""
    return [{"territory": territory, "code": note.code, "facts": dict(note.facts)} for note in notes]


def _service() -> OsrmService:
    s = settings()
    return OsrmService(
        base=base_url(s.roads_url),
        profile=s.roads_profile,
        data_version=s.roads_version,
        allowed=networks(s.roads_networks),
        places=s.roads_request_places,
        seconds=s.roads_request_seconds,
        all_seconds=s.roads_seconds,
    )
