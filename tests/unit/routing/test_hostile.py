"""Problems as bad as data can be: there is always a plan, it breaks no rule, and nothing is raised."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import check
from routing.explain import UNPLANNED
from routing.problem import DAY, Break, Place, Problem, Shift, Team, TimeWindow, Visit
from routing.solve import SolveOptions, core, solve
from routing.travel import UNREACHABLE, Block, Mode, Point
from tests.unit.routing.days import HOUR, MINUTE, TRAVEL, day, shift, village, visit

EXAMPLES = int(os.environ.get("ROUNDS_HOSTILE_EXAMPLES", "300"))
SECONDS = st.one_of(
    st.sampled_from([0, 0, 1, 5 * MINUTE, 20 * MINUTE, HOUR, 9 * HOUR, UNREACHABLE - 1, UNREACHABLE]),
    st.integers(0, 2 * HOUR),
)


@dataclass(frozen=True)
class AnyTravel:
    """Legs by hand in both directions: holes, zeros, asymmetry, shortcuts. ``size`` points, named by latitude."""

    seconds: tuple[tuple[int, ...], ...]

    def between(self, sources: list[Point], targets: list[Point]) -> Block:
        """The legs; a point without a place is reached by nobody."""
        table = np.full((len(sources), len(targets)), UNREACHABLE, dtype=np.int64)
        for i, source in enumerate(sources):
            for j, target in enumerate(targets):
                if source.place is not None and target.place is not None:
                    table[i, j] = self.seconds[round(source.place.lat)][round(target.place.lat)]
        return Block(table, table.copy(), np.full(table.shape, Mode.DRIVE, dtype=np.int8))


@st.composite
def hostile(draw: st.DrawFn) -> tuple[Problem, AnyTravel]:
    """Up to fourteen visits at up to six points, up to four shifts on two days."""
    points = draw(st.integers(1, 6))
    legs = tuple(tuple(draw(SECONDS) for _ in range(points)) for _ in range(points))
    shifts = tuple(draw(_shifts(f"s{n}", points)) for n in range(draw(st.integers(0, 4))))
    all_must = draw(st.sampled_from([False, False, True]))
    names = [each.id for each in shifts]
    visits = [draw(_visits(f"x{n:02}", points, names, all_must)) for n in range(draw(st.integers(0, 14)))]
    known = [replace(village(name), place=Place(0.0, 0.0)) for name in "vw"]
    return day(visits, known, shifts), AnyTravel(legs)


@st.composite
def _shifts(draw: st.DrawFn, name: str, points: int) -> Shift:
    start = draw(st.sampled_from([0, 8 * HOUR, DAY + 8 * HOUR]))
    end = start + draw(st.sampled_from([0, 1, HOUR, 9 * HOUR]))
    rest = draw(
        st.sampled_from(
            [None, None, Break(start, end, 1800), Break(start + HOUR, start + HOUR, 0), Break(0, 2 * DAY, 10 * HOUR)]
        )
    )
    ends = [Place(float(draw(st.integers(0, points - 1))), 0.0) for _ in range(2)]
    made = Shift(name, Team(f"t-{name}", ("p", "q")), start, end, ends[0], ends[1], rest)
    overtime = draw(st.sampled_from([0, 0, 1, 2 * HOUR]))
    return replace(made, overtime=overtime, overtime_rate=draw(st.sampled_from([0, 1, 5_000, 10**11])))


@st.composite
def _visits(draw: st.DrawFn, name: str, points: int, shifts: list[str], must: bool) -> Visit:
    place = draw(st.one_of(st.none(), st.integers(0, points - 1)))
    spans = draw(
        st.lists(
            st.tuples(st.integers(0, 2 * DAY), st.sampled_from([0, 1, HOUR, 3 * HOUR, 3 * DAY])), max_size=3
        )
    )
    made = visit(
        name,
        draw(st.sampled_from(["v", "w", None, "unheard of"])),
        place=None if place is None else Place(float(place), 0.0),
        service=draw(st.sampled_from([0, 1, 20 * MINUTE, 20 * MINUTE, 3 * HOUR, 10 * HOUR])),
        value=draw(st.sampled_from([0, -5, 1, 700, 700, 10**9, 10**11])),
        shifts=draw(st.one_of(st.none(), st.none(), st.lists(st.sampled_from([*shifts, "other"]), max_size=2))),
        household=draw(st.sampled_from(["", "", "h"])),
        worth=draw(st.dictionaries(st.sampled_from([*shifts, "other"]), st.sampled_from([0, -7, 10**9]), max_size=2)),
        must=must or draw(st.sampled_from([False, False, True])),
    )
    windows = tuple(TimeWindow(opens, opens + length) for opens, length in spans)
    return replace(made, windows=windows)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "plain"])
def test_no_problem_is_too_hostile(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every problem has a plan that the checker has nothing against, with a known reason for all that is left out."""
    if compiled and not core.compiled():
        pytest.skip("numba is missing or switched off")
    if not compiled:
        monkeypatch.setattr(core, "compiled", lambda: False)

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(hostile(), st.integers(0, 2))
    def any_problem(drawn: tuple[Problem, AnyTravel], seed: int) -> None:
        problem, travel = drawn
        plan = solve(problem, travel, SolveOptions(seconds=None, iterations=40, seed=seed))
        assert check(problem, travel, plan) == []
        assert {item.reason.code for item in plan.unplanned} <= UNPLANNED.keys()

    any_problem()


def test_all_must_and_nothing_reachable() -> None:
    """Every call must be made and no road leads anywhere: no route, and the reason is the missing way."""
    visits = [visit(f"x{n}", None, place=Place(1.0, 0.0), must=True) for n in range(20)]
    travel = AnyTravel(((0, UNREACHABLE), (UNREACHABLE, 0)))
    from_nowhere = [Shift("s", Team("t", ("p", "q")), 0, DAY, Place(0.0, 0.0), Place(0.0, 0.0))]
    plan = solve(day(visits, [], from_nowhere), travel, SolveOptions(seconds=None, iterations=10))
    assert plan.routes == ()
    assert {item.reason.code for item in plan.unplanned} == {"no_way"}


def test_more_musts_than_anybody_can_make() -> None:
    """Five thousand calls that must all be made today by one team: as many as fit, quickly, and no exception."""
    visits = [visit(f"x{n:04}", "v", must=True, value=n) for n in range(5_000)]
    problem = day(visits, [village("v", 3)], [shift("s")])
    plan = solve(problem, TRAVEL, SolveOptions(seconds=None, iterations=10))
    assert check(problem, TRAVEL, plan) == []
    assert len(plan.routes[0].stops) > 15
