"""Datums of coordinates in China, and distances."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.places import Datum, metres, to_bd09, to_gcj02, to_wgs84
from routing.problem import Place

CHINA = st.tuples(st.floats(18, 53), st.floats(74, 134))
EARTH = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_the_shift_agrees_with_published_points() -> None:
    """Tiananmen, 39.90733, 116.39105, lies at 39.90873, 116.39729 on Amap and 39.91507, 116.40366 on Baidu."""
    assert to_gcj02(39.90733, 116.39105) == pytest.approx((39.90873, 116.39729), abs=2e-5)
    assert to_bd09(39.90733, 116.39105) == pytest.approx((39.91507, 116.40366), abs=3e-5)


@given(CHINA, st.sampled_from(["gcj02", "bd09"]))
def test_there_and_back_is_the_same_point(point: tuple[float, float], datum: Datum) -> None:
    """Shifting to a vendor's datum and back loses less than a centimetre."""
    shifted = to_gcj02(*point) if datum == "gcj02" else to_bd09(*point)
    back = to_wgs84(*shifted, datum)
    assert metres(Place(*point), Place(*back)) < 0.01


@given(CHINA)
def test_the_shift_is_some_hundred_metres(point: tuple[float, float]) -> None:
    """GCJ-02 moves a point by less than a kilometre, BD-09 by less than two."""
    assert metres(Place(*point), Place(*to_gcj02(*point))) < 1_000
    assert metres(Place(*point), Place(*to_bd09(*point))) < 2_000


def test_outside_china_nothing_is_shifted() -> None:
    """Kathmandu's neighbours to the south-west have one datum."""
    assert to_gcj02(-1.29, 36.82) == (-1.29, 36.82)


@given(EARTH, st.sampled_from(["wgs84", "gcj02", "bd09"]))
def test_every_point_of_the_globe_stays_on_it(point: tuple[float, float], datum: Datum) -> None:
    """Whatever point is claimed to be in whatever datum, the result is a place."""
    Place(*to_wgs84(*point, datum))


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    """The haversine on the mean radius."""
    assert metres(Place(29, 106), Place(30, 106)) == pytest.approx(111_195, abs=1)
