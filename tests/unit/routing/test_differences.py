"""What changed between two plans, as a team would tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from routing.differences import differences
from routing.problem import Plan, Route, Stop


def plan(routes: Mapping[str, Sequence[str]], begin: int = 0, value: int = 0) -> Plan:
    """A plan with these stops, a minute each, from ``begin`` on."""
    made = [
        Route(
            name,
            tuple(Stop(v, begin + 60 * n, begin + 60 * n + 60) for n, v in enumerate(stops)),
            0,
            1,
            None,
            60,
            30,
            9,
        )
        for name, stops in routes.items()
    ]
    return Plan(tuple(made), (), value, "by hand")


def test_the_same_plan_has_no_differences() -> None:
    """Nothing is told where nothing changed."""
    one = plan({"s": "abc"})
    found = differences(one, one)
    assert found.kept
    assert found.retimed == ()


def test_one_visit_put_between_others_leaves_their_order() -> None:
    """A visit added in the middle is added; those behind it are later, not reordered."""
    found = differences(plan({"s": "abc"}), plan({"s": "axbc"}))
    assert found.added == ("x",)
    assert found.reordered == ()
    assert found.retimed == (("b", 60, 120), ("c", 120, 180))


def test_of_a_new_order_as_few_as_possible_are_named() -> None:
    """One visit taken from the front to the end is one that changed place, not all the others."""
    found = differences(plan({"s": "abcd"}), plan({"s": "bcda"}))
    assert found.reordered == ("a",)


def test_teams_that_change_and_figures() -> None:
    """A visit that changes teams is named with both; figures are after less before."""
    found = differences(plan({"s": "ab"}, value=10), plan({"s": "a", "t": "b"}, value=7))
    assert found.moved == (("b", "s", "t"),)
    assert (found.value, found.drive_seconds, found.walk_seconds, found.metres) == (-3, 60, 30, 9)


@given(st.permutations("abcdefg"), st.permutations("abcdefg"))
def test_without_those_named_the_order_is_the_same(one: list[str], other: list[str]) -> None:
    """Taking the reordered visits out of both plans leaves the same order, and nobody was named in vain."""
    out = set(differences(plan({"s": one}), plan({"s": other})).reordered)
    assert [v for v in one if v not in out] == [v for v in other if v not in out]
    for named in out:
        fewer = out - {named}
        assert [v for v in one if v not in fewer] != [v for v in other if v not in fewer]
