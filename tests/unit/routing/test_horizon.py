"""Several days at once: on which days a visit may be made, what it is worth there, and what must be made."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.calls import Call, consider
from routing.check import check
from routing.debts import AccountFacts, Availability, HouseholdFacts
from routing.horizon import Acquainted, PeriodProblem, period_problem
from routing.period import MOST_DAYS, Period
from routing.problem import DAY, Place, Plan, Shift, Team, TimeWindow, Village, Visit
from routing.rules import Rules, load_rules
from routing.solve import SolveOptions, solve
from routing.strategy import Caps
from routing.travel import GeodesicTravel
from tests.unit.routing.days import HOUR, MINUTE, at

CN = load_rules("cn")
MONDAY = date(2026, 11, 23)
WEEK = Period(MONDAY, MONDAY + timedelta(days=4))
MONTH = Period(MONDAY, MONDAY + timedelta(days=MOST_DAYS - 1))
VILLAGE = Village("v", "Invented village", at(4))
TRAVEL = GeodesicTravel()


def on(number: int) -> date:
    """The so-manieth day of the period, from 0."""
    return MONDAY + timedelta(days=number)


def loan(**facts: object) -> AccountFacts:
    """A doubtful loan of 20,000 yuan (every 90 days, not before 60) with two years left to claim it."""
    known = AccountFacts("loan-1", Decimal("20000.00"), "doubtful", 365, on(-365), on(-1400))
    return replace(known, **facts)  # type: ignore[arg-type]


def home(name: str = "h", *loans: AccountFacts, **facts: object) -> HouseholdFacts:
    """A household of the village at a place of its own."""
    known = HouseholdFacts(name, "v", at(4, 0.1), accounts=loans or (loan(),))
    return replace(known, **facts)  # type: ignore[arg-type]


def shift(team: str, people: Sequence[str] = (), hours: tuple[float, float] = (8.5, 17.5)) -> Shift:
    """A day's shift of a team, on its own day's clock; its id is set by :func:`roster`."""
    members = tuple(people) or (f"{team}-1", f"{team}-2")
    return Shift("", Team(team, members), int(hours[0] * HOUR), int(hours[1] * HOUR), at(0), at(0))


def roster(period: Period, *teams: Shift, off: Mapping[str, Sequence[int]] | None = None) -> dict[date, list[Shift]]:
    """Every team on every day of the period but where it is ``off`` (numbers of days)."""
    return {
        day: [
            replace(one, id=f"{one.team.id} {day}")
            for one in teams or (shift("a"), shift("b"))
            if n not in (off or {}).get(one.team.id, ())
        ]
        for n, day in enumerate(period.days)
    }


def problem(
    households: Sequence[HouseholdFacts],
    period: Period = WEEK,
    shifts: dict[date, list[Shift]] | None = None,
    rules: Rules = CN,
    **more: object,
) -> PeriodProblem:
    """The problem of these households."""
    staffed = roster(period) if shifts is None else shifts
    return period_problem(period, households, {"v": VILLAGE}, staffed, rules, **more)  # type: ignore[arg-type]


def only(found: PeriodProblem) -> Visit:
    """The one visit of a problem."""
    (visit,) = found.problem.visits
    return visit


def days_of(found: PeriodProblem, visit: Visit) -> list[int]:
    """The numbers of the days on which some shift may make a visit."""
    shifts = [s for s in found.problem.shifts if visit.shifts is None or s.id in visit.shifts]
    return sorted({shift.start // DAY for shift in shifts})


def refused(found: PeriodProblem) -> str:
    """The code of the one household that wants no visit."""
    (one,) = found.not_wanted
    assert found.problem.visits == ()
    return one.reason.code


def planned(found: PeriodProblem, iterations: int = 150, seed: int = 0) -> Plan:
    """A plan, which the checker has nothing against."""
    plan = solve(found.problem, TRAVEL, SolveOptions(seconds=None, iterations=iterations, seed=seed))
    assert check(found.problem, TRAVEL, plan) == []
    return plan


def calls(found: PeriodProblem, plan: Plan) -> dict[str, list[int]]:
    """The numbers of the days on which each household is called on."""
    doors = {visit.id: visit.household.id for visit in found.problem.visits}
    made: dict[str, list[int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            made.setdefault(doors[stop.visit], []).append(stop.arrival // DAY)
    return {name: sorted(numbers) for name, numbers in made.items()}


# --- the clock -------------------------------------------------------------------------------------------


def test_each_day_begins_a_day_of_seconds_after_the_one_before() -> None:
    """Shifts, rests and windows of all days stand side by side on one clock."""
    found = problem([home(availability=Availability("mornings"))])
    assert [s.start for s in found.problem.shifts[::2]] == [n * DAY + 8 * HOUR + 30 * MINUTE for n in range(5)]
    service = only(found).service
    assert only(found).windows == tuple(
        TimeWindow(n * DAY + 8 * HOUR, n * DAY + 12 * HOUR) for n in range(5)
    )  # fmt: skip
    assert service == 25 * MINUTE


def test_the_clock_on_the_wall_does_not_notice_summer_time() -> None:
    """08:30 is 08:30 before and after the clocks are set; an hour less or more lies between the real moments."""
    berlin = ZoneInfo("Europe/Berlin")
    period = Period(date(2026, 10, 24), date(2026, 10, 26))
    half_past_eight = [period.moment(n * DAY + 8 * HOUR + 30 * MINUTE, berlin) for n in range(3)]
    assert [moment.strftime("%d %H:%M") for moment in half_past_eight] == ["24 08:30", "25 08:30", "26 08:30"]
    real = [moment.astimezone(UTC) for moment in half_past_eight]
    assert [later - earlier for earlier, later in pairwise(real)] == [timedelta(hours=25), timedelta(hours=24)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 3, 29), "2026-03-29T01:30:00+00:00"), (date(2026, 10, 25), "2026-10-25T00:30:00+00:00")],
)
def test_an_hour_that_is_skipped_or_comes_twice_is_one_moment(day: date, expected: str) -> None:
    """02:30 does not exist in March and is there twice in October: either has one answer, always the same."""
    moment = Period(day, day).moment(2 * HOUR + 30 * MINUTE, ZoneInfo("Europe/Berlin"))
    assert moment.astimezone(UTC) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("days", [-1, 0, MOST_DAYS + 1])
def test_a_period_has_at_least_a_day_and_at_most_four_weeks(days: int) -> None:
    """Twenty working days of five a week fit; a period that ends before it begins is refused."""
    with pytest.raises(ValueError, match="1 to 28 days"):
        Period(MONDAY, MONDAY + timedelta(days=days - 1))


# --- on which days ---------------------------------------------------------------------------------------


@st.composite
def doors(draw: st.DrawFn) -> list[HouseholdFacts]:
    """Households in all states: visited lately, promised, key debts, near their deadline, away, paused."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        due = draw(st.sampled_from([-365, -365, -1090, -1080, -1075]))
        found.append(
            home(
                f"h{number}",
                loan(due_date=on(due), five_tier=draw(st.sampled_from(["substandard", "doubtful", "loss"]))),
                visits=tuple(on(-n) for n in draw(st.lists(st.integers(1, 70), max_size=3))),
                promise_due=draw(st.one_of(st.none(), st.integers(-9, 30).map(on))),
                promise_amount=Decimal(500),
                focus=draw(st.booleans()),
                paused=draw(st.sampled_from([None, None, None, "illness"])),
                availability=Availability(
                    draw(st.sampled_from(["any", "evenings", "weekends", "market_day", "home_at_new_year"])),
                    market_dates=frozenset({on(2), on(7)}),
                ),
            )
        )
    return found


@settings(max_examples=60)
@given(doors(), st.randoms(use_true_random=False))
def test_whichever_days_are_chosen_the_rules_of_each_day_hold(
    households: list[HouseholdFacts], chance: random.Random
) -> None:
    """Any choice of allowed days keeps every cadence (never sooner), every cap, promise and closed day.

    Judged day by day by the rules of a plan of one day, to which the earlier chosen calls are calls made.
    """
    found = problem(households, MONTH)
    for household in households:
        mine = [visit for visit in found.problem.visits if visit.household.id == household.id]
        chosen = sorted(chance.choice(sorted(found.calls[visit.id])) for visit in mine)
        facts = household
        for day in chosen:
            assert isinstance(consider(facts, day, CN), Call)
            facts = replace(facts, visits=(*facts.visits, day), promise_due=None)


def test_a_visit_is_not_made_before_its_cadence_allows_it() -> None:
    """Called on 58 days before: not before 60 days, so from the third day of the period on."""
    found = problem([home(visits=(on(-58),))])
    assert days_of(found, only(found)) == [2, 3, 4]


def test_a_visit_that_is_not_due_in_the_period_is_left_in_peace() -> None:
    """The reason is the one that stands on most of its days."""
    assert refused(problem([home(visits=(on(-20),))])) == "visited_recently"


def test_a_cadence_that_comes_round_makes_another_visit() -> None:
    """A key debt every 14 days, not before 7: in four weeks two visits, at least 7 and at most 28 days apart."""
    found = problem([home(focus=True)], MONTH)
    one, two = found.problem.visits
    assert (days_of(found, one), days_of(found, two)) == (list(range(8)), list(range(14, 28)))
    assert {one.id, two.id} & found.again == {two.id}
    assert [r.code for r in two.reasons if r.code.startswith(("cadence", "never"))] == ["cadence_again"]


def test_a_cadence_that_does_not_come_round_leaves_all_days_to_the_one_visit() -> None:
    """Every 90 days: the period has one visit on whichever of its days suits best."""
    found = problem([home()], MONTH)
    assert days_of(found, only(found)) == list(range(28))


def test_caps_hold_over_the_weeks_of_one_plan() -> None:
    """At most one call in seven days and two in 31 days, also where the strategy asks for more."""
    often = replace(CN.strategies.by_name["early"], cadence_days=3, not_before_days=2)
    strategies = replace(CN.strategies, by_name={**CN.strategies.by_name, "doubtful": often})
    found = problem([home()], MONTH, rules=replace(CN, strategies=strategies))
    assert len(found.problem.visits) == 2
    plan = planned(found)
    first, second = calls(found, plan)["h"]
    assert second - first >= 7


def test_caps_count_calls_already_published_after_the_period() -> None:
    """A call that another plan has promised for the day after the last keeps the last week free."""
    found = problem([home(visits=(on(5),), focus=True)])
    assert refused(found) == "cap_week"


def test_a_promise_is_asked_about_on_its_day() -> None:
    """Neither before nor, as long as somebody works on that day, after it."""
    found = problem([home(promise_due=on(2), promise_amount=Decimal(900))])
    assert days_of(found, only(found)) == [2]
    assert "promise_due" in {reason.code for reason in only(found).reasons}


def test_a_promise_for_a_day_off_is_asked_about_on_the_next_working_day() -> None:
    """Due on Wednesday, nobody works on Wednesday and Thursday: Friday."""
    off = {"a": [2, 3], "b": [2, 3]}
    found = problem([home(promise_due=on(2))], shifts=roster(WEEK, off=off))
    assert days_of(found, only(found)) == [4]


def test_a_promise_that_was_due_before_is_worth_most_at_once() -> None:
    """It may be made on any day, and loses by every day of waiting."""
    found = problem([home(promise_due=on(-1), promise_amount=Decimal(3000))])
    worth = [only(found).value_on(f"a {day}") for day in WEEK.days]
    assert days_of(found, only(found)) == list(range(5))
    assert worth == sorted(worth, reverse=True)
    assert len(set(worth)) == 5


def test_nobody_is_called_on_on_a_holiday() -> None:
    """A day that the policy blacks out has no visit, whoever works then."""
    rules = replace(CN, policy=replace(CN.policy, blackout=frozenset({on(1), on(2)})))
    found = problem([home(f"h{n}") for n in range(8)], rules=rules)
    assert {number for visit in found.problem.visits for number in days_of(found, visit)} == {0, 3, 4}
    assert {number for numbers in calls(found, planned(found)).values() for number in numbers} <= {0, 3, 4}


def test_a_period_of_holidays_is_empty_and_says_so() -> None:
    """The festival week: no visit, and that is the reason."""
    rules = replace(CN, policy=replace(CN.policy, blackout=frozenset(WEEK.days)))
    assert refused(problem([home()], rules=rules)) == "blackout_day"


def test_migrants_are_sought_in_the_weeks_in_which_they_are_home() -> None:
    """Home from 12 days before the Spring Festival (2027-02-06) on: the days before are not theirs."""
    period = Period(date(2027, 1, 21), date(2027, 1, 28))
    found = problem([home(availability=Availability("home_at_new_year"))], period)
    assert days_of(found, only(found)) == [4, 5, 6, 7]


def test_a_market_day_is_worth_less_and_begins_later() -> None:
    """Who is at market in the morning is called on afterwards, and rather on another day."""
    there = Availability("market_day", market_dates=frozenset({on(0)}))
    found = problem([home(availability=there)])
    visit = only(found)
    assert visit.windows[0].open == 13 * HOUR + 30 * MINUTE
    assert visit.value_on(f"a {on(0)}") < 0.8 * visit.value_on(f"a {on(1)}")
    assert calls(found, planned(found))["h"] != [0]


def test_who_is_on_leave_makes_no_visit() -> None:
    """A team without a shift on a day has no route on that day; the others' work goes on."""
    found = problem([home(f"h{n}") for n in range(40)], shifts=roster(WEEK, off={"a": [1, 2]}))
    routes = {route.shift for route in planned(found).routes}
    assert {f"a {on(1)}", f"a {on(2)}"} & routes == set()
    assert {f"b {on(1)}", f"b {on(2)}"} <= routes


def test_conflicts_of_interest_hold_on_every_day() -> None:
    """Whoever granted the loan does not call, whichever team they are in that day."""
    shifts = roster(WEEK, shift("a"), shift("b"))
    shifts[on(3)] = [replace(s, team=Team(s.team.id, ("a-1", "b-1"))) for s in shifts[on(3)][:1]]
    found = problem([home()], shifts=shifts, barred={"h": frozenset({"a-1"})})
    assert only(found).shifts == {f"b {on(n)}" for n in (0, 1, 2, 4)}


# --- deadlines -------------------------------------------------------------------------------------------


def ending(number: int) -> AccountFacts:
    """A loan whose limitation period ends on the so-manieth day."""
    day = on(number)
    return loan(due_date=date(day.year - 3, day.month, day.day), outstanding=Decimal(100), five_tier="loss")


@pytest.mark.parametrize("last", [0, 2, 4])
def test_a_deadline_in_the_period_must_be_met_up_to_its_day(last: int) -> None:
    """The visit must be made, on a day up to the deadline."""
    found = problem([home("h", ending(last))])
    assert only(found).must
    assert days_of(found, only(found)) == list(range(last + 1))


def test_a_deadline_after_the_period_need_not_be_met_in_it() -> None:
    """It is worth more, but there is time."""
    visit = only(problem([home("h", ending(5))]))
    assert not visit.must
    assert "limitation_near" in {reason.code for reason in visit.reasons}


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=5), st.integers(0, 3))
def test_every_deadline_that_a_team_day_can_reach_is_met(deadlines: list[int], seed: int) -> None:
    """Small debts at their deadline come before large ones that have time, on a day up to the deadline."""
    large = [home(f"large {n}", loan(outstanding=Decimal(900_000))) for n in range(25)]
    small = [home(f"small {n}", ending(last)) for n, last in enumerate(deadlines)]
    found = problem([*large, *small], shifts=roster(WEEK, shift("a", hours=(8.5, 12.5))))
    made = calls(found, planned(found, 40, seed))
    for n, last in enumerate(deadlines):
        assert made[f"small {n}"][0] <= last


def test_a_deadline_is_worth_the_same_whenever_it_is_met_but_for_the_waiting() -> None:
    """It must not gain by being left to the last day: the value falls, if little, from day to day."""
    visit = only(problem([home("h", ending(40))]))
    worth = [visit.value_on(f"a {day}") for day in WEEK.days]
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] > 0.95 * worth[0]


def test_what_falls_due_gains_until_it_is_due_and_not_beyond() -> None:
    """Due part by part: grows up to the cadence's end; what is overdue anyway does not gain by waiting longer."""
    coming = problem([home(visits=(on(-88),))])
    due = [
        next(part.fen for part in value if part.code == "due")
        for value in (values_of(coming, day) for day in WEEK.days)
    ]
    assert due[0] < due[1] < due[2] == due[3] == due[4]
    late = problem([home(visits=(on(-120),))])
    assert len({values_of(late, day)[1] for day in WEEK.days}) == 1


def values_of(found: PeriodProblem, day: date):  # type: ignore[no-untyped-def]
    """The parts of the one visit's value on a day."""
    from routing.visits import value_of

    among = found.calls[only(found).id]
    return value_of(among[day], CN, list(among.values()))[1]


# --- the same people -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "unfinished", "kept"),
    [
        ({"promise_due": on(-1)}, False, True),
        ({"focus": True}, False, True),
        ({}, True, True),
        ({}, False, False),
    ],
)  # fmt: skip
def test_promises_key_debts_and_unfinished_business_keep_their_people(
    facts: dict[str, object], unfinished: bool, kept: bool
) -> None:
    """Who called last calls again, if one of them is in the team; other visits are anybody's."""
    known = {"h": Acquainted(frozenset({"b-2", "gone"}), unfinished=unfinished)}
    visit = only(problem([home(visits=(on(-70),), **facts)], acquainted=known))
    assert visit.shifts == ({f"b {day}" for day in WEEK.days} if kept else None)


def test_the_same_people_only_until_their_rotation_ends() -> None:
    """From the first day of the new period on whoever works there then goes."""
    known = {"h": Acquainted(frozenset({"b-1"}), until=on(1))}
    visit = only(problem([home(focus=True, visits=(on(-30),))], acquainted=known))
    assert visit.shifts == {f"b {on(0)}", f"b {on(1)}", *(f"{t} {on(n)}" for t in "ab" for n in (2, 3, 4))}


def test_people_who_work_only_after_their_rotation_ends_keep_nobody_away_before() -> None:
    """They are known until Tuesday and off on Monday and Tuesday: somebody else calls on those days too."""
    staffed = {day: [one for one in shifts if one.id[0] == "a" or day > on(1)] for day, shifts in roster(WEEK).items()}
    known = {"h": Acquainted(frozenset({"b-1"}), until=on(1))}
    visit = only(problem([home(focus=True, visits=(on(-30),))], shifts=staffed, acquainted=known))
    assert visit.shifts is None


def test_people_who_do_not_work_in_the_period_do_not_keep_others_away() -> None:
    """A promise is not dropped because those who heard it are away."""
    known = {"h": Acquainted(frozenset({"gone"}))}
    assert only(problem([home(promise_due=on(-1))], acquainted=known)).shifts is None


def test_a_deadline_goes_before_the_same_people() -> None:
    """Any team-day that can reach it counts."""
    known = {"h": Acquainted(frozenset({"b-1"}), unfinished=True)}
    assert only(problem([home("h", ending(3))], acquainted=known)).shifts == {
        f"{team} {on(n)}" for team in "ab" for n in range(4)
    }


def test_the_repeated_visits_of_a_key_debt_go_to_one_team() -> None:
    """Two visits of one plan, one team; neighbours of one village to the same one."""
    found = problem([home(f"h{n}", focus=True) for n in range(3)], MONTH)
    teams = {name[0] for visit in found.problem.visits for name in visit.shifts or ()}
    assert len(found.problem.visits) == 6
    assert len(teams) == 1


# --- the plan --------------------------------------------------------------------------------------------


def test_the_load_is_spread_over_the_days() -> None:
    """More work than hours: every team-day is used; nobody is called on twice, and each call is of its day."""
    two = {name: Village(name, f"Invented {name}", at(4, east)) for name, east in (("v", 0), ("w", 6))}
    households = [home(f"h{n}", village="vw"[n % 2], place=at(4 + n % 3, n / 9 + n % 2 * 6)) for n in range(120)]
    mornings = [shift(team, hours=(8.5, 12.5)) for team in "ab"]
    found = period_problem(WEEK, households, two, roster(WEEK, *mornings), CN)
    plan = planned(found)
    assert len(plan.routes) == 10
    assert all(len(numbers) == 1 for numbers in calls(found, plan).values())
    for route in plan.routes:
        for stop in route.stops:
            day = found.period.day_of(stop.arrival)
            assert found.reasons_on(stop.visit, day)


def test_the_same_problem_seed_and_steps_give_the_same_plan() -> None:
    """In whatever order households and teams are named."""
    households = [home(f"h{n}", place=at(4, n / 9), focus=n % 5 == 0) for n in range(40)]
    shifts = roster(WEEK)
    turned = {day: shifts[day][::-1] for day in reversed(WEEK.days)}
    first = planned(problem(households, shifts=shifts), seed=3)
    assert planned(problem(households[::-1], shifts=turned), seed=3) == first


def test_visits_whose_days_nobody_works_say_so() -> None:
    """Not a conflict of interest: there is no team on those days."""
    found = problem([home(promise_due=on(3))], shifts=roster(WEEK, off={"a": [3, 4], "b": [3, 4]}))
    (left,) = planned(found).unplanned
    assert found.why(left).code == "no_shift_on_its_days"
    assert found.why(left).facts == {"from": on(3).isoformat(), "until": on(4).isoformat()}


def test_days_of_repeated_visits_never_touch() -> None:
    """Each day belongs to at most one of a household's visits."""
    found = problem([home(f"h{n}", focus=True) for n in range(3)], MONTH)
    for one, other in combinations(found.problem.visits, 2):
        if one.household == other.household:
            assert not set(days_of(found, one)) & set(days_of(found, other))


def test_caps_of_the_house_are_data() -> None:
    """The tests above rest on these figures."""
    assert CN.strategies.caps == Caps(7, 31, 1, 2, 1, 4)
    assert isinstance(VILLAGE.place, Place)
