"""``flask --app wsgi roads …``: road data, its versions, what was measured on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from routing.travel.calibration import Calibration
from routing.travel.parameters import PROFILES


@click.group()
def roads() -> None:
    """Road data that plans go by."""


@roads.command("build")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--profile", "profiles", multiple=True, type=click.Choice(PROFILES), help="Repeat for several (all).")
def roads_build(file: Path, profiles: tuple[str, ...]) -> None:
    """Build road data from an extract of OpenStreetMap (.osm.pbf) and use it from the next plan on."""
    from api.usecases.keep_roads import build_roads

    with _plainly(), click.progressbar(length=1, label="Roads", item_show_func=lambda item: item) as bar:

        def tell(done: int, of: int, what: str) -> None:
            bar.length = max(1, of)
            bar.update(max(1, of) - bar.pos if done == of else done - bar.pos, what)

        name = build_roads(file, profiles or PROFILES, tell)
    click.echo(f"{name} is in use.")
    _calibrate()


@roads.command("list")
def roads_list() -> None:
    """List the versions of road data, the oldest first; * marks the one in use."""
    from api.usecases.travel import calibrations, road_folder

    folder = road_folder()
    for name in folder.names():
        mark = "*" if name == folder.current() else " "
        click.echo(f"{mark} {name}  {', '.join(folder.profiles(name))}  {folder.size(name) / 1e6:.1f} MB")
    for profile, one in calibrations().items():
        click.echo(_measured(profile, one))


@roads.command("use")
@click.argument("name")
def roads_use(name: str) -> None:
    """Let plans use a version of road data from now on."""
    from api.usecases.travel import road_folder

    with _plainly():
        road_folder().use(name)
    click.echo(f"{name} is in use.")


@roads.command("remove")
@click.argument("name")
def roads_remove(name: str) -> None:
    """Remove a version of road data that is not in use."""
    from api.usecases.travel import road_folder

    with _plainly():
        road_folder().remove(name)
    click.echo(f"{name} was removed.")


@roads.command("calibrate")
def roads_calibrate() -> None:
    """Measure detour and speed between stored villages, for ways that must be assumed without roads."""
    _calibrate()


def _calibrate() -> None:
    from api.usecases.keep_roads import calibrate_roads

    found = calibrate_roads()
    for profile, one in found.items():
        click.echo(_measured(profile, one))
    if not found:
        click.echo("Too few villages with a place lie on these roads to measure by; the packaged figures hold.")


def _measured(profile: str, one: Calibration) -> str:
    factor, speed = one.road_factor_percent / 100, one.metres_per_hour / 1000
    return f"{profile}: ways are {factor:.2f} × the straight line, {speed:.1f} km/h ({one.legs} legs of {one.roads})"


@contextmanager
def _plainly() -> Iterator[None]:
    from api.wording import sentence
    from routing.travel.roads import RoadsError

    try:
        yield
    except RoadsError as error:
        raise click.ClickException(sentence(error.code, error.facts)) from error
