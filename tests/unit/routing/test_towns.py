"""A village without a place is planned by its town: for travel only, with what finding it costs, and saying so."""

from __future__ import annotations

from routing.check import check
from routing.places import metres
from routing.problem import Reason
from routing.solve import solve
from routing.towns import by_town, town_places
from routing.travel import point_of_visit, precision_of
from tests.unit.routing.days import MINUTE, QUICK, TRAVEL, at, day, shift, village, visit

KNOWN = {one.id: one for one in (village("placed", 5), village("by town", None, 300, 8), village("lost"))}


def test_the_nearest_place_that_is_known_is_taken() -> None:
    """Door before village before town; where nothing is known, nothing is made up."""
    for wanted, precision, place in (
        (visit("a", "by town", place=at(3)), "door", at(3)),
        (visit("b", "placed"), "village", at(5)),
        (visit("c", "by town"), "town", at(8)),
        (visit("d", "lost"), "none", None),
        (visit("e", None), "none", None),
    ):
        assert precision_of(wanted, KNOWN) == precision
        assert point_of_visit(wanted, KNOWN).place == place


def test_finding_a_village_from_its_town_costs_time_once() -> None:
    """Entering such a village takes the way to the town, its arrival and the search; from door to door one walks."""
    problem = day([visit("a", "by town"), visit("b", "by town")], list(KNOWN.values()), [shift()])
    plan = solve(problem, TRAVEL, QUICK)
    [route] = plan.routes
    assert sorted(stop.visit for stop in route.stops) == ["a", "b"]
    there = solve(day([visit("x")], [village("v", 8)], [shift()]), TRAVEL, QUICK).routes[0]
    assert route.drive_seconds == there.drive_seconds + 25 * MINUTE
    assert route.walk_seconds == TRAVEL.parameters.walk_unknown
    assert check(problem, TRAVEL, plan) == []


def test_only_a_visit_planned_by_its_town_says_so() -> None:
    """The reason names the town; a door or village with a place of its own needs none."""
    assert by_town(visit("c", "by town"), KNOWN) == (Reason("by_town", {"town": "Invented Town"}),)
    assert by_town(visit("a", "by town", place=at(3)), KNOWN) == by_town(visit("d", "lost"), KNOWN) == ()


def test_a_town_lies_where_the_list_says_else_amid_its_villages() -> None:
    """Spellings of a town are one; a stray village does not pull its middle away; a list goes before."""
    villages = [("龙门镇", at(1)), ("龙门", at(2)), ("龍門鎮", at(3)), ("龙门镇", at(900))]
    villages += [("河口镇", None), ("", at(5))]
    found = town_places(villages)
    assert list(found) == ["龙门"]
    assert metres(found["龙门"], at(2.5)) < 600
    assert town_places(villages, {"龙门": at(40), "白沙": at(50)}) == {"龙门": at(40), "白沙": at(50)}
