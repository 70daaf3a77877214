"""Build road data, and measure how far and how fast one goes on it between the villages that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import select

from api.store.models import Village
from api.usecases.context import store, today
from api.usecases.travel import calibration_file, road_folder, source_of
from routing.problem import Place
from routing.travel.build import OnStep
from routing.travel.calibration import Calibration, calibrate, write_calibrations

log = structlog.get_logger()

#: Legs between so many villages are plenty to measure by.
_MOST_VILLAGES: Final = 200


def build_roads(extract: Path, profiles: Sequence[str], on_step: OnStep | None = None) -> str:
    """Build road data from an extract, use it from now on, and return its name. Raises RoadsError."""
    name = road_folder().build(extract, profiles, on_step)
    log.info("road data built", roads=name)
    return name


def calibrate_roads() -> dict[str, Calibration]:
    """Measure the roads in use between stored villages, and keep what was measured, by profile."""
    folder = road_folder()
    name = folder.current()
    places = _village_places()
    if name is None or not places:
        return {}
    found = {}
    for profile in folder.profiles(name):
        source = source_of(f"{name}/{profile}")
        measured = None if source is None else calibrate(source, places, today())
        if measured is not None:
            found[profile] = measured
    if found:
        write_calibrations(calibration_file(), found)
    return found


def _village_places() -> list[Place]:
    with store().read() as session:
        found = session.execute(select(Village.lat, Village.lon))
        places = sorted({(lat, lon) for lat, lon in found if lat is not None and lon is not None})
    step = -(-len(places) // _MOST_VILLAGES) or 1
    return [Place(lat, lon) for lat, lon in places[::step]]
