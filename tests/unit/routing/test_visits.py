"""From debts to wanted visits: who is called on, why, and who is left in peace, and why."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import visits as visits_module
from routing.calls import Call, consider
from routing.classification import Classification
from routing.debts import AccountFacts, Availability, GuaranteeFacts, HouseholdFacts
from routing.horizon import PeriodProblem, period_problem
from routing.period import Period
from routing.problem import Place, Reason, TimeWindow, Visit
from routing.rules import Rules, load_rules
from routing.value import upper_bound
from routing.visits import is_eligible, value_of

CN = load_rules("cn")
TODAY = date(2026, 11, 25)
EARLY = replace(CN, classification=replace(CN.classification, early_from_days=4))


def _ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def _loan(**facts: object) -> AccountFacts:
    """A doubtful loan of 20,000 yuan that fell due a year ago: two years left to claim it."""
    loan = AccountFacts("loan-1", Decimal("20000.00"), "doubtful", 365, _ago(365), _ago(1400))
    return replace(loan, **facts)  # type: ignore[arg-type]


def _home(*loans: AccountFacts, **facts: object) -> HouseholdFacts:
    home = HouseholdFacts("h-1", "v-1", Place(29.5, 106.5), accounts=loans or (_loan(),))
    return replace(home, **facts)  # type: ignore[arg-type]


def _guarantor(loan: AccountFacts | None = None, **facts: object) -> HouseholdFacts:
    """A household without loans of its own, joint guarantor of a loan until 2028."""
    guarantee = GuaranteeFacts("g-1", loan or _loan(), "joint", "agreed", agreed_end=date(2028, 1, 1))
    return HouseholdFacts("h-2", "v-1", guarantees=(replace(guarantee, **facts),))  # type: ignore[arg-type]


def _made(households: list[HouseholdFacts], rules: Rules = CN, on: date = TODAY) -> PeriodProblem:
    """What is wanted on a day, whoever works."""
    return period_problem(Period(on, on), households, {}, {}, rules)


def _wanted(household: HouseholdFacts, rules: Rules = CN, on: date = TODAY) -> Visit:
    made = _made([household], rules, on)
    assert made.not_wanted == ()
    return made.problem.visits[0]


def _refused(household: HouseholdFacts, rules: Rules = CN, on: date = TODAY) -> Reason:
    made = _made([household], rules, on)
    assert made.problem.visits == ()
    return made.not_wanted[0].reason


def _codes(visit: Visit) -> list[str]:
    return [reason.code for reason in visit.reasons]


def _reason(visit: Visit, code: str) -> Reason:
    return next(reason for reason in visit.reasons if reason.code == code)


# --- who is planned (DESIGN.md, decision 1) ---------------------------------------------------------


@pytest.mark.parametrize("tier", ["substandard", "doubtful", "loss"])
def test_non_performing_classes_are_visited(tier: str) -> None:
    """次级, 可疑 and 损失 ask for a visit."""
    visit = _wanted(_home(_loan(five_tier=tier)))
    assert _reason(visit, "non_performing").facts == {"class": tier, "outstanding": "20000.00", "accounts": 1}


@pytest.mark.parametrize("tier", ["normal", "special_mention"])
def test_performing_accounts_are_never_visited(tier: str) -> None:
    """The lender's own class goes before the days overdue: 正常 and 关注 are kept, not visited."""
    loan = _loan(five_tier=tier, overdue_days=200)
    assert not is_eligible(loan, CN, TODAY)
    assert _refused(_home(loan)) == Reason("performing")


def test_early_stages_only_where_the_lender_uses_them() -> None:
    """From day 4 overdue an account is visited if, and only if, the rule is switched on."""
    loans = {days: _loan(five_tier="special_mention", overdue_days=days) for days in (3, 4)}
    assert not is_eligible(loans[4], CN, TODAY)
    assert not is_eligible(loans[3], EARLY, TODAY)
    assert is_eligible(loans[4], EARLY, TODAY)
    assert _reason(_wanted(_home(loans[4]), EARLY), "overdue_early").facts["days"] == 4


def test_a_class_the_ledger_leaves_out_follows_from_the_days_overdue() -> None:
    """More than 90 days overdue is at least substandard, and the plan says that it was derived."""
    assert _refused(_home(_loan(five_tier=None, overdue_days=90))) == Reason("performing")
    visit = _wanted(_home(_loan(five_tier=None, overdue_days=91)))
    assert _reason(visit, "class_from_overdue").facts == {"class": "substandard", "days": 91}


def test_without_class_and_days_nobody_is_visited_on_a_guess() -> None:
    """Neither class nor days overdue known: the household is listed as such, not visited."""
    loan = _loan(five_tier=None, overdue_days=None, due_date=None)
    assert _refused(_home(loan)) == Reason("class_unknown")


@pytest.mark.parametrize(
    ("status", "code"),
    [("missing", "account_missing"), ("closed", "account_closed"), ("in_court", "account_in_court")],
)
def test_missing_closed_and_sued_accounts_pause(status: str, code: str) -> None:
    """A loan absent from a complete ledger waits for a person; one in court leaves the visiting plan."""
    loan = _loan(status=status)
    assert not is_eligible(loan, CN, TODAY)
    assert _refused(_home(loan)) == Reason(code)


def test_a_household_is_planned_for_the_one_account_that_is_eligible() -> None:
    """One door, several loans: the others neither prevent the visit nor count in it."""
    home = _home(_loan(), _loan(id="loan-2", five_tier="normal"), _loan(id="loan-3", status="missing"))
    assert _reason(_wanted(home), "non_performing").facts["accounts"] == 1


def test_nothing_owed_and_no_accounts_are_no_reason_to_call() -> None:
    """A balance of zero or an empty household is left in peace, each under its own code."""
    assert _refused(_home(_loan(outstanding=Decimal(0)))) == Reason("nothing_owed")
    assert _refused(HouseholdFacts("h-1")) == Reason("no_accounts")


def test_a_household_without_a_place_is_still_wanted() -> None:
    """A missing place is the planner's to report, not a reason to forget a household."""
    visit = _wanted(_home(village=None, place=None))
    assert (visit.household.village, visit.household.place) == (None, None)


# --- harms refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["dispute", "hardship", "bereavement", "something_new"])
def test_any_pause_goes_before_everything_else(why: str) -> None:
    """Whatever the code, also an unknown one, nobody calls until a person has reviewed it."""
    home = _home(paused=why, focus=True, promise_due=_ago(1))
    assert _refused(home) == Reason("paused", {"why": why})


def test_a_lapsed_debt_is_planned_only_with_the_legal_roles_approval() -> None:
    """Matured four years ago without evidence: no visit, but with an approval, and it is named."""
    lapsed = _loan(due_date=date(2022, 11, 24))
    assert _refused(_home(lapsed)) == Reason("lapsed", {"on": "2025-11-24"})
    assert "lapsed_approved" in _codes(_wanted(_home(replace(lapsed, lapsed_approved=True))))


def test_a_lapsed_debt_beside_a_live_one_adds_nothing_to_the_visit() -> None:
    """The visit for the live debt is not an occasion to collect the lapsed one."""
    alone = _wanted(_home(_loan()))
    beside = _wanted(_home(_loan(), _loan(id="loan-2", due_date=date(2020, 1, 1))))
    assert (alone.value, alone.reasons) == (beside.value, beside.reasons)


def test_a_period_that_runs_by_the_ledger_only_is_planned_and_flagged() -> None:
    """Both dates are shown, so that somebody can look for the evidence."""
    loan = _loan(due_date=date(2021, 3, 1), claimed_limitation=date(2027, 11, 1))
    assert _reason(_wanted(_home(loan)), "limitation_unproven").facts == {
        "account": "loan-1",
        "claimed": "2027-11-01",
        "recomputed": "2024-03-01",
    }


def test_a_promise_that_fell_due_does_not_lift_the_caps() -> None:
    """At most one call a week, also when a promise was broken yesterday."""
    home = _home(promise_due=_ago(1), visits=(_ago(5),))
    assert _refused(home).code == "cap_week"


def test_no_visit_twice_on_one_day() -> None:
    """A door that was called at today is not planned again today."""
    for focus in (False, True):
        assert _refused(_home(visits=(TODAY,), focus=focus))


# --- when -------------------------------------------------------------------------------------------


def test_a_visit_is_wanted_from_the_earliest_day_on_and_grows_in_value() -> None:
    """Doubtful: every 90 days, not before 60."""
    assert _refused(_home(visits=(_ago(59),))).facts == {
        "last": _ago(59).isoformat(),
        "from": (TODAY + timedelta(days=1)).isoformat(),
    }
    coming, due = _wanted(_home(visits=(_ago(60),))), _wanted(_home(visits=(_ago(90),)))
    assert "cadence_coming" in _codes(coming)
    assert _reason(due, "cadence_due").facts == {
        "last": _ago(90).isoformat(),
        "days": 90,
        "due": TODAY.isoformat(),
    }
    assert coming.value < due.value < _wanted(_home()).value
    assert "never_visited" in _codes(_wanted(_home()))


def test_a_call_that_is_only_published_is_not_said_to_have_been_made() -> None:
    """It keeps further calls away like one that was made, and the reason names it as what it is."""
    published = TODAY - timedelta(days=7)
    home = _home(visits=(published,), expected=frozenset({published}))
    earliest = published + timedelta(days=60)
    assert _refused(home) == Reason("visit_planned", {"on": published.isoformat(), "from": earliest.isoformat()})
    again = _wanted(replace(home, focus=True))
    assert _reason(again, "cadence_planned").facts == {"planned": published.isoformat(), "days": 14}
    assert again.value == _wanted(_home(visits=(published,), focus=True)).value


def test_a_promise_that_fell_due_is_followed_up_at_once_and_once() -> None:
    """On its day the promise is the first reason; a call since then has answered it."""
    home = _home(promise_due=TODAY, promise_amount=Decimal("1200"), visits=(_ago(14),))
    visit = _wanted(home)
    assert visit.reasons[0] == Reason("promise_due", {"on": TODAY.isoformat(), "amount": "1200.00"})
    assert _refused(replace(home, promise_due=_ago(20))).code == "visited_recently"
    assert _refused(replace(home, promise_due=_ago(14))).code == "visited_recently"


def test_a_running_promise_keeps_visits_away_unless_the_period_ends_first() -> None:
    """Who has promised is left in peace until the day, but not past the debt's last day."""
    promised = TODAY + timedelta(days=30)
    assert _refused(_home(promise_due=promised)) == Reason("promise_pending", {"on": promised.isoformat()})
    ending = _loan(due_date=date(2023, 12, 20))
    assert "limitation_near" in _codes(_wanted(_home(ending, promise_due=promised)))
    assert _wanted(_home(promise_due=TODAY + timedelta(days=46)))


def test_a_promise_counts_for_no_more_than_is_owed() -> None:
    """A promise of a million on a debt of a thousand does not move the map."""
    loan = _loan(outstanding=Decimal(1000))
    big, fair = (
        _wanted(_home(loan, promise_due=TODAY, promise_amount=Decimal(amount))).value
        for amount in (1_000_000, 1000)
    )
    assert big == fair


def test_a_near_deadline_shortens_the_cadence_and_is_dated() -> None:
    """Thirty days before the end a call 20 days ago is not recent any more."""
    visit = _wanted(_home(_loan(due_date=date(2023, 12, 25)), visits=(_ago(20),)))
    assert visit.reasons[0] == Reason(
        "limitation_near", {"on": "2026-12-25", "days": 30, "account": "loan-1"}
    )


def test_of_several_deadlines_the_first_is_named() -> None:
    """The household's deadline is that of the debt that lapses first."""
    home = _home(_loan(id="later", due_date=date(2024, 3, 1)), _loan(id="sooner", due_date=date(2024, 1, 1)))
    assert _reason(_wanted(home), "limitation_near").facts["account"] == "sooner"


def test_focus_is_called_on_more_often_within_the_caps() -> None:
    """A key debt is wanted again after a week, an ordinary one is not."""
    assert "focus" in _codes(_wanted(_home(visits=(_ago(7),), focus=True)))
    assert _refused(_home(visits=(_ago(7),))).code == "visited_recently"
    assert _refused(_home(visits=(_ago(6),), focus=True)).code == "visited_recently"


def test_a_household_set_aside_is_not_called_on() -> None:
    """Where a person chose a strategy without door visits, nobody is sent."""
    assert _refused(_home(strategy="no_door_visit")) == Reason("no_door_visit", {"strategy": "no_door_visit"})


def test_market_days_are_told_where_they_change_the_call() -> None:
    """Who goes to market is told to the team on such a day; to a household that minds no market it is nothing."""
    market = frozenset({TODAY})
    assert "market_day" in _codes(_wanted(_home(availability=Availability("market_day", market_dates=market))))
    assert "market_day" not in _codes(_wanted(_home(availability=Availability("any", market_dates=market))))
    assert "market_day" not in _codes(_wanted(_home(availability=Availability("market_day"))))


def test_migrants_are_sought_when_home_and_not_before_but_for_a_deadline() -> None:
    """Away: not wanted until the season; home: worth more; a deadline does not wait for the season."""
    migrant = Availability("home_at_new_year")
    away = _home(availability=migrant)
    assert _refused(away) == Reason("away", {"back": "2027-01-25"})
    season = date(2027, 2, 8)
    assert "home_season" in _codes(_wanted(away, on=season))
    assert _wanted(away, on=season).value > _wanted(_home(), on=season).value
    assert _wanted(_home(_loan(due_date=date(2023, 12, 20)), availability=migrant))


def test_windows_are_never_empty_and_end_within_the_contact_hours() -> None:
    """Empty windows would mean any time; a wanted visit always states its hours."""
    visit = _wanted(_home())
    assert visit.windows == (TimeWindow(8 * 3600, 22 * 3600 - visit.service),)


def test_a_day_or_hours_that_the_policy_closes_make_no_visit() -> None:
    """A blackout day, a closed weekday, or hours that nobody may use are reasons of their own."""
    festival = replace(CN, policy=replace(CN.policy, blackout=frozenset({TODAY})))
    assert _refused(_home(), festival) == Reason("blackout_day", {"on": TODAY.isoformat()})
    weekdays = replace(CN, policy=replace(CN.policy, weekdays=frozenset({1})))
    assert _refused(_home(), weekdays) == Reason("closed_weekday", {"weekday": 3})
    night = Availability(windows=(TimeWindow(23 * 3600, 86_000),))
    assert _refused(_home(availability=night)) == Reason("no_contact_hours")


# --- guarantors -------------------------------------------------------------------------------------


def test_a_joint_guarantor_has_a_door_of_their_own() -> None:
    """Inside the period a joint guarantor is called on for a non-performing loan."""
    visit = _wanted(_guarantor())
    assert _reason(visit, "guarantor").facts == {"outstanding": "20000.00", "accounts": 1}
    assert _made([_guarantor()]).calls[visit.id][TODAY].strategy.purpose == "demand_guarantor"


@pytest.mark.parametrize(
    ("household", "code"),
    [
        (_guarantor(agreed_end=date(2026, 11, 24)), "guarantee_lapsed"),
        (_guarantor(kind="general"), "guarantee_general"),
        (_guarantor(_loan(loan_date=None)), "guarantee_unknown"),
        (_guarantor(_loan(five_tier="normal")), "performing"),
        (_guarantor(_loan(due_date=date(2022, 1, 1))), "lapsed"),
        (_guarantor(_loan(status="missing")), "account_missing"),
    ],
)
def test_a_guarantor_is_left_in_peace_where_nothing_can_be_claimed(
    household: HouseholdFacts, code: str
) -> None:
    """Period over, general guarantee, facts unknown, debt performing, lapsed or missing: nobody calls."""
    assert _refused(household).code == code


def test_guarantors_are_not_called_on_in_the_early_stages() -> None:
    """First the borrower, then the guarantor."""
    loan = _loan(five_tier="special_mention", overdue_days=10)
    assert _refused(_guarantor(loan), EARLY) == Reason("guarantor_too_early")


def test_without_an_encoded_law_only_a_stated_joint_guarantor_is_called_on() -> None:
    """What an unstated kind means is the law's to say; elsewhere nobody knocks on a guess."""
    india = load_rules("in")
    assert _wanted(_guarantor(), india)
    assert _refused(_guarantor(kind="unstated"), india) == Reason("guarantee_unknown")


def test_borrower_and_guarantor_of_one_loan_owe_it_once() -> None:
    """A couple who are borrower and guarantor at one door are asked for one debt."""
    both = _home(guarantees=_guarantor().guarantees)
    assert (_wanted(both).value, _wanted(both).reasons) == (_wanted(_home()).value, _wanted(_home()).reasons)
    two = replace(_guarantor(), guarantees=(*_guarantor().guarantees, *_guarantor(id="g-2").guarantees))
    assert _reason(_wanted(two), "guarantor").facts["accounts"] == 1


# --- the whole --------------------------------------------------------------------------------------

_DAY = st.dates(date(2012, 1, 1), date(2028, 1, 1))
_LOANS = st.builds(
    AccountFacts,
    id=st.sampled_from(["a", "b", "c"]),
    outstanding=st.decimals(-10, 10**8, places=2),
    five_tier=st.sampled_from([None, "normal", "special_mention", "substandard", "doubtful", "loss"]),
    overdue_days=st.none() | st.integers(0, 4000),
    due_date=st.none() | _DAY,
    loan_date=st.none() | _DAY,
    claimed_limitation=st.none() | _DAY,
    interruptions=st.lists(_DAY, max_size=3).map(tuple),
    status=st.sampled_from(["active", "active", "active", "missing", "closed", "in_court"]),
    lapsed_approved=st.booleans(),
)
_GUARANTEES = st.builds(
    GuaranteeFacts,
    id=st.sampled_from(["g", "k"]),
    account=_LOANS,
    kind=st.sampled_from(["joint", "general", "unstated"]),
    term=st.sampled_from(["agreed", "none", "until_repaid", "unknown"]),
    agreed_end=st.none() | _DAY,
    claimed_end=st.none() | _DAY,
    demanded_on=st.none() | _DAY,
)
_HOUSEHOLDS = st.builds(
    HouseholdFacts,
    id=st.uuids().map(str),
    accounts=st.lists(_LOANS, max_size=3, unique_by=lambda loan: loan.id).map(tuple),
    guarantees=st.lists(_GUARANTEES, max_size=2).map(tuple),
    visits=st.lists(st.integers(-10, 200).map(_ago), max_size=3).map(tuple),
    promise_due=st.none() | st.integers(-60, 60).map(_ago),
    promise_amount=st.none() | st.decimals(0, 10**6, places=2),
    paused=st.sampled_from([None, None, None, "dispute"]),
    availability=st.sampled_from(sorted(CN.availability.by_name)).map(Availability),
    focus=st.booleans(),
    strategy=st.sampled_from([None, None, "loss", "no_door_visit"]),
)


def _documented(table: str) -> set[str]:
    """The codes in the left column of one of the tables in the module's docstring."""
    return {
        code.strip()
        for line in table.splitlines()
        if re.match(r"[a-z]", line) and re.search(r"[a-z]  ", line)
        for code in line.split("  ")[0].split(",")
    } - {"code"}


_DOC = visits_module.__doc__ or ""
_WANTED_CODES = _documented(_DOC.split("Why no visit is wanted")[0])
_REFUSED_CODES = _documented(_DOC.split("Why no visit is wanted")[1])


@given(
    st.lists(_HOUSEHOLDS, max_size=6, unique_by=lambda household: household.id), st.sampled_from([CN, EARLY])
)
def test_every_household_gets_one_answer_in_documented_codes(
    households: list[HouseholdFacts], rules: Rules
) -> None:
    """Wanted or not wanted, never both nor neither, in any order of input; values explained and bounded."""
    made = _made(households, rules)
    assert made == _made(list(reversed(households)), rules)
    answered = [v.household.id for v in made.problem.visits] + [n.household for n in made.not_wanted]
    assert sorted(answered) == sorted(household.id for household in households)
    assert {n.reason.code for n in made.not_wanted} <= _REFUSED_CODES
    for visit in made.problem.visits:
        assert set(_codes(visit)) <= _WANTED_CODES
        assert visit.windows
        assert visit.service > 0
        value, parts = value_of(made.calls[visit.id][TODAY], rules)
        assert visit.value == value == sum(part.fen for part in parts)
        assert 0 <= visit.value <= upper_bound(rules.values)


def test_the_tables_of_codes_are_read_by_the_test_above() -> None:
    """The check against the documentation is no check if it reads nothing."""
    assert {"promise_due", "guarantor"} <= _WANTED_CODES
    assert {"paused", "cap_week", "cap_month", "no_contact_hours"} <= _REFUSED_CODES


def test_two_households_of_one_id_are_an_error() -> None:
    """One door, one visit: the caller must have merged them."""
    with pytest.raises(ValueError, match="h-1"):
        _made([_home(), _home()])


def test_what_counts_as_non_performing_is_data() -> None:
    """A lender whose rule names 损失 only visits only those."""
    narrow = replace(CN, classification=Classification(frozenset({"loss"}), None, ()))
    assert _refused(_home(), narrow) == Reason("performing")
    assert _wanted(_home(_loan(five_tier="loss")), narrow)


def test_a_visit_that_somebody_asks_for_waits_for_no_cadence() -> None:
    """Urgent: neither its cadence nor a promise that runs keeps it away; a pause and the caps do."""
    for spared in (_home(visits=(_ago(10),)), _home(promise_due=TODAY + timedelta(days=3))):
        assert isinstance(consider(spared, TODAY, CN), Reason)
        assert isinstance(consider(spared, TODAY, CN, asked_for=True), Call)
    for protected, code in ((_home(paused="illness"), "paused"), (_home(visits=(_ago(2),)), "cap_week")):
        found = consider(protected, TODAY, CN, asked_for=True)
        assert isinstance(found, Reason)
        assert found.code == code
