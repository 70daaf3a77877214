"""Exact timing of a fixed order, judged against trying everything."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.problem import Problem
from routing.solve.instance import Instance, instance_of
from routing.solve.schedule import Schedule, earliest_return, times_of
from tests.unit.routing.days import TRAVEL, days


def _returns(instance: Instance, shift: int, stops: tuple[int, ...]) -> list[int]:
    """When the team is back for every place of the rest, by plain simulation; nothing where it fails."""
    day = instance.shifts[shift]
    rest = day.rest if day.rest is not None and day.rest.seconds else None
    if rest is not None and rest.earliest + rest.seconds > rest.latest:
        return []
    rows = [instance.start_row(shift), *stops, instance.end_row(shift)]
    found = []
    for place in range(-1, len(rows)) if rest else [None]:
        clock, fine = day.start, True
        if place == -1 and rest:
            clock = max(clock, rest.earliest + rest.seconds)
        for leg in range(len(rows) - 1):
            travel = instance.seconds[rows[leg]][rows[leg + 1]]
            if rest and place == leg:
                begin = max(clock, rest.earliest)
                fine = fine and begin + rest.seconds <= rest.latest
                driven = begin - clock if begin - clock < travel else travel
                clock = begin + rest.seconds + travel - driven
            else:
                clock += travel
            if leg < len(stops):
                x = stops[leg]
                opens = [max(clock, a) for a, b in instance.windows[x] if clock <= b]
                fine = fine and bool(opens)
                clock = min(opens, default=clock) + instance.service[x]
        if rest and place == len(rows) - 1:
            fine = fine and max(clock, rest.earliest) + rest.seconds <= rest.latest
        if fine and clock <= day.latest_end:
            found.append(clock)
    return found


@st.composite
def _orders(draw: st.DrawFn) -> tuple[Instance, int, tuple[int, ...]]:
    problem: Problem = draw(days(most_visits=5).filter(lambda p: p.shifts and p.visits))
    instance = instance_of(problem, problem.visits, TRAVEL)
    stops = draw(st.permutations(range(len(problem.visits))))
    return instance, draw(st.integers(0, len(problem.shifts) - 1)), tuple(stops)


@given(_orders())
def test_feasible_means_that_some_place_for_the_rest_works(order: tuple[Instance, int, tuple[int, ...]]) -> None:
    """The two-state schedule finds the earliest return that trying every place of the rest finds."""
    schedule = Schedule(*order)
    returns = _returns(*order)
    assert schedule.feasible == bool(returns)
    if returns:
        assert schedule.end == min(returns)


@given(_orders())
def test_insertion_is_judged_like_the_schedule_it_leads_to(order: tuple[Instance, int, tuple[int, ...]]) -> None:
    """The O(1) test of a spot says what drawing up the longer schedule would say."""
    instance, shift, stops = order
    schedule = Schedule(instance, shift, stops[1:])
    if schedule.feasible:
        for position in range(len(stops)):
            longer = schedule.with_stop(stops[0], position)
            assert (schedule.overrun(stops[0], position) <= 0) == longer.feasible


@given(_orders())
def test_one_call_alone_is_the_same_by_short_cut(order: tuple[Instance, int, tuple[int, ...]]) -> None:
    """The screen's formula for one call agrees with the schedule of one stop."""
    instance, shift, stops = order
    x, day = stops[0], instance.shifts[shift]
    there = instance.seconds[instance.start_row(shift)][x]
    back = instance.seconds[x][instance.end_row(shift)]
    end = earliest_return(day, there, instance.windows[x], instance.service[x], back)
    schedule = Schedule(instance, shift, (x,))
    assert schedule.feasible == (end <= day.latest_end)
    if schedule.feasible:
        assert schedule.end == end


@settings(max_examples=60)
@given(_orders())
def test_leaving_as_late_as_the_earliest_return_allows(order: tuple[Instance, int, tuple[int, ...]]) -> None:
    """Nobody is back later for having left later, and a minute later would be too late or against the rules."""
    schedule = Schedule(*order)
    if schedule.feasible and schedule.stops:
        times = times_of(schedule)
        assert times.end == schedule.end
        assert times.start >= schedule.instance.shifts[schedule.shift].start
        legs = [schedule.instance.seconds[a][b] for a, b in zip(schedule.rows, schedule.rows[1:], strict=False)]
        assert times.arrivals[0] - times.start >= legs[0]
