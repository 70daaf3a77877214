"""Road data built from a real extract, and OSRM's own library reading it. Needs Python 3.12 and the public data."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from routing.check import check
from routing.problem import Place
from routing.solve import solve
from routing.travel import UNREACHABLE, RoadTravel, default_parameters
from routing.travel.build import BUILD_FAILURES, RoadFolder
from routing.travel.geodesic import geodesic_metres
from routing.travel.lines import decoded
from routing.travel.osrm_built import OsrmBuilt
from routing.travel.roads import FAILURES, RoadsError
from routing.travel.table import name_beyond_roads, roads_for
from tests.unit.routing.days import LUNCH, QUICK, day, shift, village, visit

ROOT = Path(__file__).resolve().parents[3]
CAPITAL = Place(42.506939, 1.521247)
PEAK = Place(42.6235, 1.4390)  # Comapedrosa's slopes: no road for kilometres


@pytest.fixture(scope="module")
def places(public_data: Callable[[str], Path]) -> list[Place]:
    file = public_data("gazetteer") / "osm_places_andorra.csv"
    with file.open(encoding="utf-8") as stream:
        return [Place(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(stream)][:40]


def roads(folder: Path, profile: str = "car") -> OsrmBuilt:
    found = RoadFolder(folder)
    return OsrmBuilt(found.versions, found.current() or "", profile)


def problem_of(places: list[Place]):  # type: ignore[no-untyped-def]
    villages = [village(f"v{n:02}") for n in range(len(places))]
    visits = [visit(f"x{n:02}", f"v{n:02}", place=place) for n, place in enumerate(places)]
    return day(visits, villages, [shift("s", rest=LUNCH, from_place=CAPITAL, to_place=CAPITAL)])


@pytest.mark.parametrize("profile", ["car", "motorcycle", "foot"])
def test_legs_are_ways_on_real_roads(built_roads: Path, places: list[Place], profile: str) -> None:
    """No way is shorter than the straight line between the roads' ends; nobody is faster than the profile may be."""
    legs = roads(built_roads, profile).legs(places, places)
    assert legs.failures == {}
    assert (legs.seconds < UNREACHABLE).all()
    straight = geodesic_metres(places, places) - legs.source_gaps[:, None] - legs.target_gaps
    assert (legs.metres >= straight - 2).all()
    fastest = {"car": 140, "motorcycle": 60, "foot": 6}[profile] / 3.6
    assert (legs.metres <= legs.seconds * fastest + 20).all()


def test_a_car_meets_one_way_streets_and_a_walker_does_not(built_roads: Path, places: list[Place]) -> None:
    """There and back differ for a car: the matrix is asymmetric."""
    car, foot = (roads(built_roads, profile).legs(places, places).metres for profile in ("car", "foot"))
    assert (car != car.T).mean() > 0.2
    assert (foot != foot.T).mean() < 0.05


def test_rows_asked_in_parts_are_the_same_rows(built_roads: Path, places: list[Place]) -> None:
    """A block of the matrix is that part of the matrix."""
    whole = roads(built_roads).legs(places, places)
    part = roads(built_roads).legs(places[5:20], places[3:9])
    assert (part.seconds == whole.seconds[5:20, 3:9]).all()
    assert (part.source_gaps == whole.source_gaps[5:20]).all()


def test_a_day_in_the_mountains_is_planned_and_checked(built_roads: Path, places: list[Place]) -> None:
    """Solver, OR-Tools and checker agree on real lopsided legs; the hut without a road is named, not planned."""
    problem = problem_of([*places[:25], PEAK])
    made = roads_for(problem, roads(built_roads), default_parameters())
    assert isinstance(made.travel, RoadTravel)
    plan = name_beyond_roads(problem, made.travel, solve(problem, made.travel, QUICK))
    assert check(problem, made.travel, plan) == []
    assert len(plan.routes[0].stops) > 5
    (hut,) = [left for left in plan.unplanned if left.visit == "x25"]
    assert hut.reason.code == "no_road"
    assert int(hut.reason.facts["metres"]) > default_parameters().road_limit
    assert "beyond_roads" in {note.code for note in made.notes}


def test_a_line_follows_the_road_from_end_to_end(built_roads: Path, places: list[Place]) -> None:
    """It begins and ends on the road beside the places, is as long as the way, and small."""
    source = roads(built_roads)
    pairs = [(places[n], places[n + 1]) for n in range(12)]
    for (start, end), text in zip(pairs, source.lines(pairs), strict=True):
        assert text is not None
        line = decoded(text)
        legs = source.legs([start], [end]) if start == places[0] else None
        if legs is not None:
            ends = geodesic_metres([start, end], [line[0], line[-1]])
            assert ends[0, 0] == pytest.approx(legs.source_gaps[0], abs=3)
            steps = sum(geodesic_metres([a], [b])[0, 0] for a, b in pairwise(line))
            assert steps == pytest.approx(legs.metres[0, 0], rel=0.05)
        assert len(text) < 1_500


@pytest.mark.parametrize(
    ("name", "profile", "code"),
    [("none", "car", "roads_not_built"), ("", "car", "roads_not_built"), (None, "horse", "roads_not_built")],
)
def test_a_version_that_is_not_there_is_named(built_roads: Path, name: str | None, profile: str, code: str) -> None:
    """A plan whose road data was removed goes on without roads and says so."""
    found = RoadFolder(built_roads)
    source = OsrmBuilt(found.versions, found.current() or "" if name is None else name, profile)
    assert source.legs([CAPITAL], [CAPITAL, PEAK]).failures == {code: 2}
    assert source.lines([(CAPITAL, PEAK)]) == [None]


@pytest.mark.parametrize("damage", ["cut", "emptied", "noise", "removed"])
def test_damaged_road_data_takes_nobody_down(built_roads: Path, tmp_path: Path, damage: str) -> None:
    """Whatever OSRM's library does with it happens in a process of its own and becomes a code."""
    found = RoadFolder(built_roads)
    version = tmp_path / "versions" / "bad"
    shutil.copytree(found.versions / (found.current() or "") / "car", version / "car")
    for file in version.rglob("roads.osrm.hsgr" if damage != "removed" else "roads.osrm.geometry"):
        content = file.read_bytes()
        if damage == "removed":
            file.unlink()
        else:
            file.write_bytes({"cut": content[: len(content) // 2], "emptied": b"", "noise": os.urandom(9000)}[damage])
    failures = OsrmBuilt(tmp_path / "versions", "bad", "car", 30).legs([CAPITAL], [PEAK]).failures
    assert set(failures) <= {"roads_crashed", "roads_not_built", "roads_timed_out"}
    assert sum(failures.values()) == 1
    assert set(failures) <= FAILURES.keys()


def test_the_same_extract_is_the_same_version(built_roads: Path, public_data: Callable[[str], Path]) -> None:
    """Built again it is there already: nothing is done, nothing is added."""
    folder, steps = RoadFolder(built_roads), []
    name = folder.build(public_data("osm") / "andorra.osm.pbf", on_step=lambda *step: steps.append(step))
    assert folder.names() == [name] == [folder.current()]
    assert folder.profiles(name) == ["car", "motorcycle", "foot"]
    assert steps == [(0, 0, "")]
    assert name.startswith("andorra-")


def test_a_build_tells_how_far_it_is_and_switches_at_the_end(
    tmp_path: Path, public_data: Callable[[str], Path], built_roads: Path
) -> None:
    """Two steps a profile; the version in use is the old one until the new one is whole."""
    folder = RoadFolder(tmp_path / "roads")
    seen: list[tuple[int, int, str, str | None]] = []
    name = folder.build(
        public_data("osm") / "andorra.osm.pbf", ["foot"], lambda *step: seen.append((*step, folder.current()))
    )
    assert seen == [(0, 2, "foot: extract", None), (1, 2, "foot: contract", None), (2, 2, "", name)]


@pytest.mark.parametrize("content", [b"", b"this is no map", bytes(range(256)) * 16], ids=["empty", "words", "noise"])
def test_a_file_that_is_no_extract_changes_nothing(built_roads: Path, tmp_path: Path, content: bytes) -> None:
    """The error names profile and step; the version in use stays, nothing is left behind."""
    folder = RoadFolder(built_roads)
    before, bad = folder.current(), tmp_path / "bad.osm.pbf"
    bad.write_bytes(content)
    with pytest.raises(RoadsError) as error:
        folder.build(bad)
    assert (error.value.code, error.value.facts["profile"]) == ("roads_build_failed", "car")
    assert error.value.code in BUILD_FAILURES
    assert folder.current() == before
    assert len(folder.names()) == 1
    assert list(built_roads.glob("building-*")) == []


def test_two_builds_at_once_are_one_build(built_roads: Path, public_data: Callable[[str], Path]) -> None:
    """The second is told that the first is under way."""
    folder = RoadFolder(built_roads)
    with folder._alone(), pytest.raises(RoadsError) as error:
        folder.build(public_data("osm") / "andorra.osm.pbf")
    assert error.value.code == "roads_being_built"


@pytest.mark.parametrize("name", ["old", "new", "nobody"])
def test_whoever_switches_or_removes_is_alone_from_the_first_look(tmp_path: Path, name: str) -> None:
    """What is in use is looked at under the lock: nobody removes what another has just switched to, or builds."""
    folder = RoadFolder(tmp_path)
    for version in ("old", "new"):
        (folder.versions / version / "car").mkdir(parents=True)
    folder.use("old")
    with folder._alone():
        for change in (folder.use, folder.remove):
            with pytest.raises(RoadsError, match="roads_being_built"):
                change(name)
    assert (folder.current(), sorted(folder.names())) == ("old", ["new", "old"])
    folder.use("new")
    folder.remove("old")
    assert (folder.current(), folder.names()) == ("new", ["new"])


_KILLED = """
import sys, time
from pathlib import Path
from routing.travel.build import RoadFolder
def step(done, of, what):
    print(what, flush=True)
    time.sleep(60 if what.startswith("foot") else 0)
RoadFolder(Path(sys.argv[1])).build(Path(sys.argv[2]), ["car", "foot"], step)
"""


@pytest.mark.usefixtures("built_roads")  # skipped where the library is missing
def test_a_build_that_was_killed_goes_on_where_it_was(tmp_path: Path, public_data: Callable[[str], Path]) -> None:
    """What was finished is kept, what was not is cleared away, and no plan used any of it meanwhile."""
    folder, extract = RoadFolder(tmp_path / "roads"), public_data("osm") / "andorra.osm.pbf"
    builder = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(folder.path), str(extract)],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert builder.stdout is not None
    while builder.stdout.readline().strip() != "foot: extract":
        assert builder.poll() is None
    builder.kill()
    builder.wait()
    builder.stdout.close()
    assert folder.current() is None
    (name,) = folder.names()
    assert folder.profiles(name) == ["car"]
    steps: list[str] = []
    assert folder.build(extract, ["car", "foot"], lambda done, of, what: steps.append(what)) == name
    assert steps == ["foot: extract", "foot: contract", ""]
    assert list(folder.path.glob("building-*")) == []
    assert folder.current() == name


def test_versions_are_listed_chosen_and_removed(built_roads: Path, tmp_path: Path) -> None:
    """The one in use cannot be removed; a name that is a path leads nowhere."""
    folder = RoadFolder(tmp_path / "roads")
    shutil.copytree(built_roads, folder.path)
    name = folder.current() or ""
    shutil.copytree(folder.versions / name, folder.versions / "older")
    before = (folder.versions / name).stat().st_mtime - 99
    os.utime(folder.versions / "older", (before, before))
    assert folder.names() == ["older", name]
    assert folder.size("older") == folder.size(name) > 1_000_000
    for wrong, code in ((name, "roads_in_use"), ("nobody", "roads_no_such_version"), ("../x", "roads_no_such_version")):
        with pytest.raises(RoadsError, match=code):
            folder.remove(wrong)
    with pytest.raises(RoadsError, match="roads_no_such_version"):
        folder.use("../older")
    folder.use("older")
    folder.remove(name)
    assert (folder.names(), folder.current()) == (["older"], "older")


def test_without_the_package_it_is_said_and_not_a_crash(tmp_path: Path, built_roads: Path) -> None:
    """Where osrm-bindings is missing (Python 3.11) the code says so, in the child and at the build."""
    script = (
        "import sys; sys.modules['osrm'] = None\n"
        "from pathlib import Path\nfrom routing.travel.build import RoadFolder\n"
        "from routing.travel.roads import RoadsError\n"
        "try:\n    RoadFolder(Path(sys.argv[1])).build(Path('/dev/null'))\n"
        "except RoadsError as error:\n    print(error.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.strip() == "roads_not_installed"


def test_doors_all_around_the_villages_have_their_table(built_roads: Path, places: list[Place]) -> None:
    """Many doors beside the same stretch of road, where OSRM's figures fall below nothing: every leg is there."""
    rng = np.random.default_rng(11)
    doors = [
        Place(at.lat + north, at.lon + east)
        for at in places for north, east in zip(rng.normal(0, 0.0027, 25), rng.normal(0, 0.0038, 25), strict=True)
    ]  # fmt: skip
    legs = roads(built_roads).legs(doors, doors)
    assert legs.failures == {}
    assert (legs.seconds >= 0).all()


def test_a_large_table_comes_in_parts_and_is_whole(built_roads: Path) -> None:
    """600 doors in one question, more than the library is asked at a time: every leg is there and in its place."""
    rng = np.random.default_rng(5)
    doors = [Place(*xy) for xy in zip(rng.uniform(42.45, 42.63, 600), rng.uniform(1.42, 1.75, 600), strict=True)]
    legs = roads(built_roads).legs(doors, doors)
    assert legs.failures == {}
    assert (np.diag(legs.seconds) == 0).all()
    some = roads(built_roads).legs(doors[590:], doors[:10])
    assert (legs.seconds[590:, :10] == some.seconds).all()
