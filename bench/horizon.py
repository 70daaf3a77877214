"""A week as one problem against five days planned one after the other, with the same rules and seconds."""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from bench.days import rural_day
from routing.calls import Call, consider
from routing.check import check
from routing.debts import AccountFacts, HouseholdFacts
from routing.horizon import PeriodProblem, period_problem
from routing.period import Period
from routing.problem import Plan, Shift, Village, Visit
from routing.rules import Rules, load_rules
from routing.solve import SolveOptions
from routing.solve.process import solve_in_child
from routing.travel import GeodesicTravel
from routing.visits import value_of

_MONDAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class _County:
    """Households of invented debts in the villages of :func:`bench.days.rural_day`, and the teams of a day."""

    households: tuple[HouseholdFacts, ...]
    villages: Mapping[str, Village]
    teams: tuple[Shift, ...]


def _county(visits: int, villages: int, teams: int, seed: int) -> _County:
    rng, day = random.Random(seed), rural_day(villages=villages, visits=visits, teams=teams, seed=seed)
    return _County(tuple(_household(rng, visit) for visit in day.visits), day.villages, day.shifts)


def _household(rng: random.Random, visit: Visit) -> HouseholdFacts:
    """A debt worth about what the visit is, sometimes near its end, sometimes promised, visited at some time."""
    near_end, promised = rng.random() < 0.03, rng.random() < 0.05
    due = _MONDAY - timedelta(days=1095 - rng.randrange(8) if near_end else rng.randrange(200, 900))
    loan = AccountFacts(
        f"loan of {visit.id}", Decimal(visit.value), rng.choice(("substandard", "doubtful", "loss")),
        due_date=due, loan_date=due - timedelta(days=700),
    )  # fmt: skip
    return HouseholdFacts(
        visit.household.id,
        visit.household.village,
        visit.household.place,
        accounts=(loan,),
        visits=tuple({_MONDAY - timedelta(days=rng.randrange(1, 150))}),
        promise_due=_MONDAY + timedelta(days=rng.randrange(-2, 5)) if promised else None,
        promise_amount=Decimal(500),
        focus=rng.random() < 0.05,
    )


def _problem(county: _County, households: Sequence[HouseholdFacts], period: Period, rules: Rules) -> PeriodProblem:
    shifts = {day: [replace(shift, id=f"{shift.id} {day}") for shift in county.teams] for day in period.days}
    return period_problem(period, households, county.villages, shifts, rules)


def _solved(found: PeriodProblem, seconds: float) -> Plan:
    plan = solve_in_child(found.problem, GeodesicTravel(), SolveOptions(seconds=seconds, seed=1), 60 + 3 * seconds)
    wrong = check(found.problem, GeodesicTravel(), plan)
    if wrong:
        raise SystemExit(f"the checker refuses the plan: {wrong[0]}")
    return plan


def _calls(found: PeriodProblem, plan: Plan) -> list[tuple[date, str]]:
    doors = {visit.id: visit.household.id for visit in found.problem.visits}
    return [(found.period.day_of(stop.arrival), doors[stop.visit]) for route in plan.routes for stop in route.stops]


def _one_after_the_other(county: _County, period: Period, rules: Rules, seconds: float) -> list[tuple[date, str]]:
    """Each day by itself; who was called on is known the next morning."""
    known = {household.id: household for household in county.households}
    calls: list[tuple[date, str]] = []
    for day in period.days:
        found = _problem(county, list(known.values()), Period(day, day), rules)
        for on, door in _calls(found, _solved(found, seconds)):
            calls.append((on, door))
            known[door] = replace(known[door], visits=(*known[door].visits, on), promise_due=None)
    return calls


def _figures(county: _County, period: Period, rules: Rules, calls: list[tuple[date, str]]) -> str:
    known = {household.id: household for household in county.households}
    value = deadlines = on_day = 0
    for day, door in sorted(calls):
        call = consider(known[door], day, rules)
        if not isinstance(call, Call):
            raise SystemExit(f"{door} is called on against the rules: {call}")
        value += value_of(call, rules)[0]
        deadlines += call.nearest is not None and call.nearest.end is not None and call.nearest.end <= period.last
        on_day += call.promise and known[door].promise_due == day
        known[door] = replace(known[door], visits=(*known[door].visits, day), promise_due=None)
    worth, met = f"{value / 100:>12,.0f} yuan  {len(calls):>5} calls", f"{deadlines:>3} deadlines"
    return f"{worth}  {met}  {on_day:>3} promises on their day"


def options(parser: argparse.ArgumentParser) -> None:
    """The size, and how long to search."""
    parser.add_argument("--households", type=int, default=330)
    parser.add_argument("--villages", type=int, default=14)
    parser.add_argument("--teams", type=int, default=2)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each day")
    parser.add_argument("--seeds", type=int, default=3)


def run(arguments: argparse.Namespace) -> None:
    """Print value, calls, deadlines met and promises kept of both ways for each county."""
    rules = load_rules("cn")
    period = Period(_MONDAY, _MONDAY + timedelta(days=arguments.days - 1))
    for seed in range(arguments.seeds):
        county = _county(arguments.households, arguments.villages, arguments.teams, seed)
        began = time.monotonic()
        week = _problem(county, county.households, period, rules)
        made = time.monotonic() - began
        must = sum(visit.must for visit in week.problem.visits)
        promises = sum(h.promise_due is not None and h.promise_due >= period.first for h in county.households)
        print(f"county {seed}: {len(week.problem.visits)} visits, {must} must be made, {promises} promises to come")
        print(f"  put as one problem in {made:.2f} s")
        single = _one_after_the_other(county, period, rules, arguments.seconds)
        print(f"  day by day  {_figures(county, period, rules, single)}")
        whole = _calls(week, _solved(week, arguments.seconds * arguments.days))
        print(f"  as one      {_figures(county, period, rules, whole)}")
