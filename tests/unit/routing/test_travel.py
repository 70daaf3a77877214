"""Legs from coordinates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import example, given
from hypothesis import strategies as st

from routing.problem import Place
from routing.rulefile import RulesError
from routing.travel import UNREACHABLE, Mode, Point, default_parameters, legs_of
from routing.travel.geodesic import geodesic_metres
from routing.travel.parameters import DEFAULT_FILE, read_parameters
from tests.unit.routing.days import BRANCH, TRAVEL, at, day, shift, village, visit

places = st.builds(
    Place, st.floats(-90, 90, allow_nan=False).map(float), st.floats(-180, 180, allow_nan=False).map(float)
)


@given(places, places)
@example(Place(0, 0), Place(0, 180))
@example(Place(0, 0), Place(0.3, 179.6))
@example(Place(90, 0), Place(-90, 0))
@example(Place(29.6, 106.5), Place(29.6, 106.5))
def test_distances_are_those_of_geopy(a: Place, b: Place) -> None:
    """The array formula is geopy's WGS-84 geodesic to the millimetre, opposite ends of the earth included."""
    assert geodesic_metres([a], [b])[0, 0] == pytest.approx(geodesic((a.lat, a.lon), (b.lat, b.lon)).m, abs=1e-3)


def test_a_leg_does_not_depend_on_the_block_it_is_asked_in() -> None:
    """Solver and checker ask different blocks and must get the same seconds."""
    rng = np.random.default_rng(7)
    points = [Point(at(*xy), True, f"v{n % 5}", f"h{n}", 300) for n, xy in enumerate(rng.normal(0, 9, (40, 2)))]
    whole = TRAVEL.between(points, points)
    for i, j in rng.integers(0, 40, (50, 2)):
        one = TRAVEL.between([points[i]], [points[j]])
        assert (one.seconds[0, 0], one.metres[0, 0]) == (whole.seconds[i, j], whole.metres[i, j])


def test_entering_a_village_costs_its_arrival_once() -> None:
    """The overhead is on every leg into the village from outside, on none inside it and none out of it."""
    branch = Point(BRANCH)
    first, second = (Point(at(5, e), True, "v", f"h{e}", 300) for e in (0.0, 0.1))
    other = Point(at(9), True, "w", "h9", 120)
    seconds = TRAVEL.between([branch, first, other], [branch, first, second, other]).seconds
    assert seconds[0, 1] - seconds[1, 0] == 300
    assert seconds[2, 1] - seconds[1, 3] == 300 - 120
    assert seconds[1, 2] < 300


def test_driving_is_geodesic_times_detour_over_speed_rounded_up() -> None:
    """Never earlier than the road allows."""
    leg = TRAVEL.between([Point(BRANCH)], [Point(at(10))])
    straight = geodesic((BRANCH.lat, BRANCH.lon), (at(10).lat, at(10).lon)).m
    parameters = default_parameters()
    assert leg.metres[0, 0] == round(straight * parameters.road_factor)
    assert leg.seconds[0, 0] == -(-round(straight * parameters.road_factor) * 3600 // parameters.drive_speed)


def test_inside_a_village_one_walks() -> None:
    """Between doors with places: the way on foot, never under the minimum between two doors."""
    near, next_door, far = (Point(at(5, e), True, "v", f"h{e}") for e in (0.0, 0.001, 0.9))
    legs = TRAVEL.between([near], [next_door, far])
    assert legs.mode.tolist() == [[Mode.WALK, Mode.WALK]]
    assert legs.seconds[0, 0] == default_parameters().walk_minimum
    assert legs.seconds[0, 1] == pytest.approx(900 * 1.2 * 3600 / 4200, rel=0.02)


def test_a_door_of_unknown_place_is_a_usual_walk_away() -> None:
    """It stands at the village's place, yet no two doors are at no distance."""
    known, unknown = Point(at(5), True, "v", "a"), Point(at(5), False, "v", "b")
    assert TRAVEL.between([known], [unknown]).seconds[0, 0] == default_parameters().walk_unknown
    assert TRAVEL.between([unknown], [unknown]).seconds[0, 0] == 0


def test_a_scattered_farmstead_is_driven_to() -> None:
    """A long way inside a village is driven where that is quicker, without arriving in the village again."""
    centre, farm = Point(at(5), True, "v", "a", 300), Point(at(5, 6), True, "v", "b", 300)
    legs = TRAVEL.between([centre], [farm])
    assert legs.mode[0, 0] == Mode.DRIVE
    assert legs.seconds[0, 0] == pytest.approx(6000 * 1.33 * 3600 / 30_000, rel=0.02)


def test_where_no_place_is_known_there_is_no_way() -> None:
    """Neither door nor village placed: a named sentinel, not a guess."""
    problem = day([visit("a", "w")], [village("w")])
    legs = legs_of(problem, TRAVEL)
    row, start = legs.visits["a"], legs.starts["s"]
    assert legs.block.seconds[start, row] == legs.block.metres[row, start] == UNREACHABLE


def test_each_place_is_asked_once() -> None:
    """Shifts that start and end at one branch share its row."""
    legs = legs_of(day([visit("a")], shifts=[shift("s"), shift("t", to_place=at(3))]), TRAVEL)
    assert legs.block.seconds.shape == (3, 3)
    assert legs.starts == {"s": 0, "t": 0}
    assert legs.ends["t"] != legs.ends["s"] == 0


def test_a_household_of_no_village_is_driven_to() -> None:
    """Two lone doors have nothing to walk through between them, and nobody to ask the way of."""
    problem = day([visit("a", None, place=at(3)), visit("b", None, place=at(3, 0.2))])
    legs = legs_of(problem, TRAVEL)
    assert legs.block.mode[legs.visits["a"], legs.visits["b"]] == Mode.DRIVE


@pytest.mark.parametrize(
    ("says", "key"),
    [
        ("road_factor_percent = 90", "drive.car.road_factor_percent"),
        ('metres_per_hour = "fast"', "drive.car.metres_per_hour"),
        ("horses = 2", "drive.car.horses"),
    ],
)
def test_a_wrong_parameter_is_named(tmp_path: Path, says: str, key: str) -> None:
    """A mistake in the file of parameters is reported with the key at fault."""
    name = says.split(" ")[0]
    lines = DEFAULT_FILE.read_text(encoding="utf-8").splitlines()
    drive = lines.index("[drive.car]")
    after = lines.index("[drive.motorcycle]")
    kept = [line for n, line in enumerate(lines) if not (drive < n < after and line.startswith(name))]
    kept.insert(kept.index("[drive.car]") + 1, says)
    file = tmp_path / "travel.toml"
    file.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(RulesError) as error:
        read_parameters(file)
    assert error.value.key == key
