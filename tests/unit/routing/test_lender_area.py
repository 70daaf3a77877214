"""What lies far from all that is known of a lender is a slip of typing; a new area is none."""

from __future__ import annotations

from routing.lender_area import LenderArea, places_outside
from routing.problem import Place

REACH = 100_000
HERE = Place(29.5, 106.5)


def doors(*places: tuple[float, float]) -> dict[str, Place]:
    return {str(number): Place(*place) for number, place in enumerate(places)}


def test_a_place_far_from_all_that_is_known_is_outside() -> None:
    """A wrong degree is 111 km; another digit, another continent. 60 km from one of several known places is inside."""
    said = doors((29.51, 106.52), (31.0, 106.5), (28.5, 106.5), (2.95, 106.5))
    found = places_outside([HERE, Place(30.4, 106.5)], said, REACH)
    assert found == {"2": False, "3": False}


def test_a_place_whose_numbers_were_exchanged_is_told_as_such() -> None:
    """In any country: south of the equator the numbers alone do not tell which is the latitude."""
    assert places_outside([Place(-1.3, 36.8)], doors((36.81, -1.29)), REACH) == {"0": True}


def test_where_nothing_is_known_the_doors_say_where_they_are() -> None:
    """One of four lies elsewhere; two alone say nothing."""
    near = [(29.5, 106.5), (29.51, 106.5), (29.5, 106.51)]
    assert places_outside([], doors(*near, (39.9, 116.4)), REACH) == {"3": False}
    assert places_outside([], doors((29.5, 106.5), (39.9, 116.4)), REACH) == {}


def test_a_new_area_is_no_slip() -> None:
    """Where most doors lie outside, the lender has gone there and what is known is behind."""
    assert places_outside([HERE], doors((39.9, 116.4), (39.91, 116.4), (39.9, 116.41), (29.5, 106.5)), REACH) == {}


def test_a_wrong_place_among_the_known_ones_makes_nothing_wrong() -> None:
    """A village once put into the sea allows the sea about it, and what lies at home stays at home."""
    assert places_outside([HERE, Place(0.5, 0.5)], doors((29.6, 106.6), (10.0, 50.0)), REACH) == {"1": False}


def test_the_reach_goes_round_in_metres() -> None:
    """At 60° north two degrees of longitude are 111 km, at the equator 222 km."""
    assert LenderArea([Place(60.0, 10.0)], 115_000).holds(Place(60.0, 12.0))
    assert not LenderArea([Place(0.0, 10.0)], 115_000).holds(Place(0.0, 12.0))
