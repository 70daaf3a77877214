"""CP-SAT chooses among routes met on the way: the best set, and never one without what is pinned."""

from __future__ import annotations

from routing.problem import Visit
from routing.solve import Start
from routing.solve.core.arrays import Day, day_of
from routing.solve.core.packing import Column, Limit, _column, _selected
from routing.solve.instance import instance_of
from routing.solve.search import Objective
from tests.unit.routing.days import TRAVEL, day, shift, village, visit

EFFORT = Limit(None, 1.0)


def arrays(visits: list[Visit], start: Start | None = None) -> tuple[Day, dict[str, int]]:
    """Two shifts and these visits, each in a village of its own, and the number of each visit."""
    villages = [village(one.household.village or "", 3 + 4 * n) for n, one in enumerate(visits)]
    problem = day(visits, villages, [shift("s"), shift("t")])
    instance = instance_of(problem, problem.visits, TRAVEL, start)
    return day_of(instance, Objective(instance, 3.0), 120), {one.id: x for x, one in enumerate(instance.visits)}


def chosen(found: list[Column] | None) -> set[int]:
    """The visits of the routes that were chosen."""
    return {x for column in found or () for x in column.stops}


def test_the_best_set_of_routes_is_found() -> None:
    """Two routes that are worth more together than those at hand take their place."""
    found, number = arrays([visit(name, f"v{name}", value=value) for name, value in (("a", 10), ("b", 50), ("c", 40))])
    routes = [(0, "a"), (1, "b"), (0, "c")]
    columns = [_column(found, k, [number[name] for name in names]) for k, names in routes]
    assert chosen(_selected(found, columns, 2, EFFORT, 1)) == {number["b"], number["c"]}


def test_a_pinned_stop_is_in_every_selection() -> None:
    """However little it is worth and however much more the other routes are: its shift keeps a route with it."""
    visits = [visit("p", "vp", value=1), visit("y", "vy", value=10**6), visit("z", "vz", value=10**6)]
    found, number = arrays(visits, Start({"s": ("p",), "t": ()}, frozenset({"p"})))
    routes = [(0, "p"), (1, "z"), (1, "yz"), (0, "py")]
    columns = [_column(found, k, [number[name] for name in names]) for k, names in routes]
    assert number["p"] in chosen(_selected(found, [*columns[:3]], 2, EFFORT, 1))
    assert chosen(_selected(found, columns, 2, EFFORT, 1)) == set(number.values())
