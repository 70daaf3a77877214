"""Legs from roads."""

from __future__ import annotations

import errno
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.check import check
from routing.problem import Place, Problem
from routing.solve import solve
from routing.travel import UNREACHABLE, GeodesicTravel, Mode, Point, default_parameters
from routing.travel.cache import LegCache
from routing.travel.closed import ClosedRoads
from routing.travel.lines import encoded
from routing.travel.roads import RoadLegs, RoadTravel, places_of, shared_places
from routing.travel.table import name_beyond_roads, roads_for
from routing.travel.ways import ways_of
from tests.unit.routing.days import BRANCH, QUICK, TRAVEL, at, day, days, shift, village, visit
from tests.unit.routing.road_cases import SetRoads, lopsided

CAR = default_parameters()


def travel_of(problem: Problem, source: SetRoads) -> RoadTravel:
    made = roads_for(problem, source, CAR)
    assert isinstance(made.travel, RoadTravel)
    return made.travel


def test_driving_takes_what_the_roads_say_there_and_back() -> None:
    """Up the hill and down again are different legs, plus the arrival where a village is entered."""
    problem = day([visit("a", "v"), visit("b", "w")], [village("v", 3), village("w", 8)])
    travel = travel_of(problem, SetRoads())
    low, high = Point(at(3), False, "v", "h-a", 300), Point(at(8), False, "w", "h-b", 120)
    legs = travel.between([low, high], [low, high])
    assert legs.seconds[0, 1] == lopsided(at(3), at(8)) + 120
    assert legs.seconds[1, 0] == lopsided(at(8), at(3)) + 300
    assert legs.metres[0, 1] == 10 * lopsided(at(3), at(8)) > legs.metres[1, 0]
    assert (legs.mode == [[Mode.WALK, Mode.DRIVE], [Mode.DRIVE, Mode.WALK]]).all()


def test_inside_a_village_people_walk_as_without_roads() -> None:
    """Roads change nothing between two doors of one village."""
    problem = day([visit("a", place=at(5, 0.2)), visit("b", place=at(5, 0.5))])
    points = [Point(at(5, e), True, "v", f"h{e}", 300) for e in (0.2, 0.5)]
    travel = travel_of(problem, SetRoads())
    assert (travel.between(points, points).seconds == TRAVEL.between(points, points).seconds).all()


@given(days(), st.randoms(use_true_random=False))
def test_a_plan_on_lopsided_roads_is_accepted_by_the_checker(problem: Problem, rng: object) -> None:
    """Solver and checker read the same asymmetric legs, holes included; nothing raises and nothing is refused."""
    cut = {place for place in places_of(problem) if rng.random() < 0.1}  # type: ignore[attr-defined]
    source = SetRoads(lambda a, b: None if a in cut and b not in cut else lopsided(a, b))
    travel = roads_for(problem, source, CAR).travel
    plan = name_beyond_roads(problem, travel, solve(problem, travel, QUICK))
    assert check(problem, travel, plan) == []


def test_the_second_day_travels_like_the_first() -> None:
    """Travel knows no time of day: a day that begins at 86,400 s has the same legs and is planned alike."""
    source = SetRoads()
    visits = [visit(f"x{n}", f"v{n}", value=1_000) for n in range(4)]
    villages = [village(f"v{n}", 3 + 2 * n) for n in range(4)]
    first = day(visits, villages, [shift("s", 8.5, 17.5, rest=(12.0, 13.5, 45))])
    second = day(visits, villages, [shift("s", 32.5, 41.5, rest=(36.0, 37.5, 45))])
    one, two = (solve(p, roads_for(p, source, CAR).travel, QUICK) for p in (first, second))
    assert [r.drive_seconds for r in one.routes] == [r.drive_seconds for r in two.routes]
    assert [[s.arrival + 86_400 for s in r.stops] for r in one.routes] == [
        [s.arrival for s in r.stops] for r in two.routes
    ]


def test_the_last_stretch_from_the_road_is_walked_up_to_the_limit() -> None:
    """A door beside the road costs nothing more; one some way off a walk there and back; it is said in the notes."""
    near, off = at(5), at(7)
    problem = day([visit("a", None, place=near), visit("b", None, place=off)])
    source = SetRoads(gaps={near: CAR.road_near, off: 700})
    made = roads_for(problem, source, CAR)
    legs = made.travel.between([Point(BRANCH)], [Point(near, door="h-a"), Point(off, door="h-b")])
    walk, path = CAR.walked(np.array([700]))
    assert legs.seconds[0].tolist() == [lopsided(BRANCH, near), lopsided(BRANCH, off) + walk[0]]
    assert legs.metres[0, 1] == 10 * lopsided(BRANCH, off) + path[0]
    assert [(note.code, dict(note.facts)) for note in made.notes] == [("reached_on_foot", {"doors": 1, "metres": 700})]


def test_one_door_beyond_all_roads_is_named_and_the_others_are_planned() -> None:
    """It has a reason of its own with the figures, and fails nobody else (vroom #1068, #1141)."""
    lost = at(9, 4)
    problem = day([visit("lost", "w", place=lost), visit("b"), visit("c")], [village("v", 5), village("w", 9)])
    made = roads_for(problem, SetRoads(gaps={lost: CAR.road_limit + 1}), CAR)
    plan = name_beyond_roads(problem, made.travel, solve(problem, made.travel, QUICK))
    assert check(problem, made.travel, plan) == []
    assert sorted(stop.visit for route in plan.routes for stop in route.stops) == ["b", "c"]
    (left,) = plan.unplanned
    assert (left.visit, left.reason.code) == ("lost", "no_road")
    assert dict(left.reason.facts) == {"metres": 2_001, "limit_metres": 2_000}
    assert [note.code for note in made.notes] == ["beyond_roads"]


def test_closed_roads_are_roads_still() -> None:
    """With a village cut off the door beyond all roads keeps its reason, and the ways that are open their lines."""
    lost = at(9, 4)
    visits = [visit("lost", "w", place=lost), visit("b"), visit("cut off", "x")]
    problem = day(visits, [village("v", 5), village("w", 9), village("x", 7)])
    source = SetRoads(gaps={lost: CAR.road_limit + 1})
    travel = ClosedRoads(travel_of(problem, source), villages=frozenset({"x"}))
    plan = name_beyond_roads(problem, travel, solve(problem, travel, QUICK))
    assert {left.visit: left.reason.code for left in plan.unplanned} == {"lost": "no_road", "cut off": "no_way"}
    (ways,) = ways_of(problem, travel, plan, source).values()
    assert [way.line for way in ways] == [encoded([BRANCH, at(5)]), encoded([at(5), BRANCH])]


def test_a_way_that_is_closed_has_no_line() -> None:
    """Nobody is shown a road into a village that is cut off, whatever a plan made before says."""
    problem = day([visit("a"), visit("b", "w")], [village("v", 5), village("w", 9)])
    source = SetRoads()
    open_ = travel_of(problem, source)
    plan = solve(problem, open_, QUICK)
    closed = ClosedRoads(open_, villages=frozenset({"v", "w"}))
    (before,) = ways_of(problem, open_, plan, source).values()
    (after,) = ways_of(problem, closed, plan, source).values()
    assert all(way.line for way in before)
    assert [(way.seconds, way.line) for way in after] == [(UNREACHABLE, None)] * 3


def test_a_start_beyond_all_roads_is_driven_from_as_without_roads() -> None:
    """A team is not kept at home because its branch is not on the map of roads."""
    problem = day([visit("a"), visit("b", "w")], [village("v", 5), village("w", 8)])
    travel = travel_of(problem, SetRoads(gaps={BRANCH: 9_999}))
    there = Point(at(5), False, "v", "h-a", 300)
    assert travel.between([Point(BRANCH)], [there]).seconds == TRAVEL.between([Point(BRANCH)], [there]).seconds
    assert solve(problem, travel, QUICK).value == 20_000


def test_legs_without_an_answer_are_assumed_and_counted() -> None:
    """A source that is silent about one place costs that place's legs, and the plan says how many and why."""
    problem = day([visit("a"), visit("b", "w")], [village("v", 5), village("w", 8)])
    made = roads_for(problem, SetRoads(silent={at(8)}), CAR)
    (note,) = made.notes
    assert (note.code, dict(note.facts)) == ("legs_without_roads", {"legs": 3, "of": 9, "because": "roads_timed_out"})
    there, back = Point(at(8), False, "w", "h-b"), Point(BRANCH)
    legs = made.travel.between([there, back], [there, back])
    assert legs.seconds[0, 1] == TRAVEL.between([there], [back]).seconds[0, 0]
    assert legs.seconds[1, 0] == lopsided(BRANCH, at(8))


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (SetRoads(silent={at(0), at(5), at(8)}), "legs_without_roads"),
        (SetRoads(gaps={at(5): 8_000_000, at(8): 8_000_000}), "roads_of_another_region"),
        (SetRoads(lambda a, b: None), "roads_of_another_region"),
    ],
)
def test_roads_that_are_no_use_are_not_used_and_it_is_said(source: SetRoads, code: str) -> None:
    """No answer at all, roads of another region, no way anywhere: straight lines for everybody, with the reason."""
    problem = day([visit("a"), visit("b", "w")], [village("v", 5), village("w", 8)])
    made = roads_for(problem, source, CAR)
    assert (made.travel, made.roads, [note.code for note in made.notes]) == (GeodesicTravel(CAR), False, [code])
    assert solve(problem, made.travel, QUICK).value == 20_000


def test_a_problem_without_any_place_asks_nobody() -> None:
    """No shift and no known place: nothing to ask for, nothing to say."""
    source = SetRoads()
    made = roads_for(day([visit("a", "w")], [village("w")], []), source, CAR)
    assert (made.roads, made.notes, source.asked) == (False, (), 0)


def test_a_leg_on_the_road_does_not_depend_on_the_block_it_is_asked_in() -> None:
    """Solver and checker ask different blocks and must get the same seconds."""
    rng = np.random.default_rng(7)
    spots = [at(*xy) for xy in rng.normal(0, 9, (30, 2))]
    problem = day([visit(f"x{n}", f"v{n % 5}", place=p) for n, p in enumerate(spots)])
    gaps = {place: int(gap) for place, gap in zip(spots, rng.integers(0, 2_500, 30), strict=True)}
    travel = travel_of(problem, SetRoads(gaps=gaps))
    points = [Point(p, True, f"v{n % 5}", f"h{n}", 300) for n, p in enumerate(spots)] + [Point(at(77)), Point(None)]
    whole = travel.between(points, points)
    for i, j in rng.integers(0, 32, (60, 2)):
        one = travel.between([points[i]], [points[j]])
        assert (one.seconds[0, 0], one.metres[0, 0], one.mode[0, 0]) == (
            whole.seconds[i, j], whole.metres[i, j], whole.mode[i, j],
        )  # fmt: skip
    assert (whole.seconds[:, 31] == UNREACHABLE).all()


def test_road_travel_goes_to_the_solver_and_comes_back_the_same() -> None:
    """It is sent to a child process, so it must survive pickling."""
    problem = day([visit("a")])
    travel = travel_of(problem, SetRoads())
    again: RoadTravel = pickle.loads(pickle.dumps(travel))
    points = [Point(BRANCH), Point(at(5), False, "v", "h-a")]
    assert (again.between(points, points).seconds == travel.between(points, points).seconds).all()


@given(st.integers(1, 40))
def test_too_many_places_share_legs_with_near_ones(most: int) -> None:
    """However many places there are, the table has its size; a place shares with one in the same square at most."""
    rng = np.random.default_rng(3)
    places = [at(*xy) for xy in rng.normal(0, 2, (40, 2))]
    shared = shared_places(places, most)
    assert len(set(shared.values())) <= most
    assert set(shared) == set(places)
    assert all(shared[place] == place for place in set(shared.values()))
    if most >= 40:
        assert all(place == stands_for for place, stands_for in shared.items())


def test_the_next_day_asks_for_new_doors_only(tmp_path: Path) -> None:
    """What is on disk is not asked again; legs from and to a new place are."""
    cache, source = LegCache(tmp_path, 10**6), SetRoads()
    monday = day([visit("a", place=at(5)), visit("b", place=at(6))])
    assert roads_for(monday, source, CAR, cache).asked == 9
    again = roads_for(monday, source, CAR, cache)
    assert (again.asked, again.kept, source.asked) == (0, 9, 9)
    tuesday = day([visit("a", place=at(5)), visit("b", place=at(6)), visit("c", place=at(7))])
    made = roads_for(tuesday, source, CAR, cache)
    assert (made.asked, made.kept) == (7, 9)
    fresh = roads_for(tuesday, SetRoads(), CAR).travel
    points = [Point(at(n), door=f"h{n}") for n in (5, 6, 7)]
    assert (made.travel.between(points, points).seconds == fresh.between(points, points).seconds).all()


def test_an_answer_that_failed_is_asked_again(tmp_path: Path) -> None:
    """Only answers are kept, never that there was none."""
    cache, problem = LegCache(tmp_path, 10**6), day([visit("a", place=at(5)), visit("b", place=at(6))])
    roads_for(problem, SetRoads(silent={at(6)}), CAR, cache)
    healed = roads_for(problem, SetRoads(), CAR, cache)
    assert (healed.asked, healed.kept, healed.notes) == (3, 6, ())


class _FullDisk(LegCache):
    def write(self, version: str, places: object, legs: RoadLegs, rows: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_costs_no_plan(tmp_path: Path) -> None:
    """What cannot be kept is used and said."""
    made = roads_for(day([visit("a")]), SetRoads(), CAR, _FullDisk(tmp_path, 10**6))
    assert made.roads
    assert [(note.code, note.facts["because"]) for note in made.notes] == [
        ("legs_not_kept", "No space left on device")
    ]


def test_places_are_each_asked_once() -> None:
    """Doors without a place of their own stand at their village's, once."""
    problem = day([visit("a"), visit("b"), visit("c", place=Place(29.7, 106.5))])
    assert places_of(problem) == sorted({BRANCH, at(5), Place(29.7, 106.5)}, key=lambda p: (p.lat, p.lon))
