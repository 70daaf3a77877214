"""Coordinates of doors: three datums in, WGS-84 out, and nothing that cannot stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger.coordinates import Area, Degrees, ordered, place, read_coordinate, read_position
from tests.unit.ledger.ledger_files import codes, one_row

CHONGQING = Area(28.0, 105.0, 32.5, 110.5)


@pytest.mark.parametrize(
    ("cell", "degrees"),
    [
        ("29.5", 29.5), (29.5, 29.5), ("29.5°", 29.5), ("29°30′00″", 29.5), ("29度30分", 29.5), ("N29.5", 29.5),
        ("北纬29.5°", 29.5), ("29.5S", -29.5), ("１０６．５", 106.5), ("106°30'0\"E", 106.5),
    ],
)  # fmt: skip
def test_degrees_are_read_in_every_usual_writing(cell: object, degrees: float) -> None:
    """Decimal, with minutes and seconds, with a hemisphere."""
    assert read_coordinate(cell).value.value == pytest.approx(degrees)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["29.5" + "0" * 300, "29°75′", "abc", "29,5,6", float("nan"), float("inf"), 1e9, True])
def test_what_is_no_coordinate_is_reported(cell: object) -> None:
    """A coordinate of 300 characters is refused before anything parses it (RELIABILITY.md, 15)."""
    assert read_coordinate(cell)[:2] == (None, "coordinate_unreadable")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (0, 0, "coordinates_zero"),
        (106.5, 29.5, "coordinates_swapped"),
        (85.0, 43.0, "coordinates_swapped"),
        (91, 181, "coordinates_out_of_range"),
        (91, 20, "coordinates_swapped"),
    ],
)
def test_a_place_that_cannot_be_is_no_place(lat: float, lon: float, code: str) -> None:
    """0/0, latitude 91 and swapped coordinates are flagged and left out, never set right by guessing."""
    assert place(lat, lon, "wgs84", None) == (None, code, {})


def test_outside_the_lenders_area_is_flagged() -> None:
    """A door in the sea is a typing error."""
    assert place(20.0, 106.5, "wgs84", CHONGQING).code == "coordinates_outside_area"
    assert place(29.5, 106.5, "wgs84", CHONGQING).value == (29.5, 106.5)


@given(st.one_of(st.text(), st.text("0123456789.°′″NSEW北纬东经, ", max_size=40), st.floats(), st.integers()))
def test_no_cell_breaks_the_readers(cell: object) -> None:
    """Any cell gives degrees or a code."""
    read_coordinate(cell)  # type: ignore[arg-type]
    read_position(cell)  # type: ignore[arg-type]


def test_both_coordinates_in_one_cell_are_told_apart() -> None:
    """In China the larger number is the longitude; where nothing tells, nothing is assumed."""
    assert ordered(Degrees(106.5), Degrees(29.5)) == (29.5, 106.5)
    assert ordered(Degrees(29.5), Degrees(106.5)) == (29.5, 106.5)
    assert ordered(Degrees(10.0), Degrees(20.0)) is None
    assert ordered(Degrees(20.0, "lon"), Degrees(10.0)) == (10.0, 20.0)
    assert one_row(坐标="106.5，29.5").values["latitude"] == 29.5
    assert codes(one_row(坐标="10.5 20.5")) == {"坐标": "coordinates_order_unknown"}


def test_the_datum_comes_from_the_header_or_its_own_column() -> None:
    """高德经度, 经度(BD-09) and a column 坐标系 each say what the coordinates are in; WGS-84 is kept, and the datum."""
    for cells, datum in (
        ({"高德经度": "106.5", "高德纬度": "29.5"}, "gcj02"),
        ({"经度(BD-09)": "106.5", "纬度(BD-09)": "29.5"}, "bd09"),
        ({"经度": "106.5", "纬度": "29.5", "坐标系": "火星坐标"}, "gcj02"),
    ):
        values = one_row(**cells).values
        assert values["datum"] == datum
        assert values["latitude"] != 29.5
        assert values["latitude"] == pytest.approx(29.5, abs=0.02)


def test_one_coordinate_alone_is_no_place() -> None:
    """A latitude without its longitude is flagged."""
    row = one_row(经度="", 纬度="29.5")
    assert codes(row) == {"经度": "coordinate_missing"}
    assert "latitude" not in row.values
