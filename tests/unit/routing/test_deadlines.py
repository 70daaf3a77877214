"""Limitation and guarantee clocks (Civil Code 188, 202, 692; DOMAIN.md, section 2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.deadlines import (
    DeadlineLaw,
    GuaranteeEnd,
    guarantee_end,
    guarantee_standing,
    limitation,
    limitation_end,
    months_later,
)
from routing.debts import AccountFacts, GuaranteeFacts
from routing.rules import load_rules


def _china() -> DeadlineLaw:
    law = load_rules("cn").deadlines
    assert law is not None
    return law


CN = _china()
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
MODERN = st.dates(date(2018, 1, 1), date(2060, 1, 1))


def _end(maturity: date, *interruptions: date) -> date:
    return limitation_end(maturity, interruptions, CN.limitation)


def _account(**facts: object) -> AccountFacts:
    return replace(AccountFacts("a", Decimal(1000)), **facts)  # type: ignore[arg-type]


def test_three_years_end_on_the_same_calendar_day() -> None:
    """The start day does not count: a debt due on 1 March 2020 can be claimed through 1 March 2023."""
    assert _end(date(2020, 3, 1)) == date(2023, 3, 1)


def test_a_period_from_29_february_ends_on_the_months_last_day() -> None:
    """Where the end month has no such day, its last day is the end (Civil Code 202)."""
    assert _end(date(2024, 2, 29)) == date(2027, 2, 28)
    assert months_later(date(2023, 8, 31), 6) == date(2024, 2, 29)


def test_an_interruption_on_the_last_day_counts_and_one_day_later_does_not() -> None:
    """A period includes its last day; after it nothing restarts it."""
    last = date(2023, 3, 1)
    assert _end(date(2020, 3, 1), last) == date(2026, 3, 1)
    assert _end(date(2020, 3, 1), last + timedelta(days=1)) == last


def test_a_broken_chain_of_interruptions_is_not_mended_by_later_ones() -> None:
    """An interruption after the end does not carry the ones that follow it."""
    assert _end(date(2018, 1, 1), date(2021, 1, 2), date(2023, 12, 1)) == date(2021, 1, 1)


def test_a_demand_before_maturity_interrupts_nothing() -> None:
    """Before maturity no period runs that could be interrupted."""
    assert _end(date(2020, 3, 1), date(2019, 6, 1)) == date(2023, 3, 1)


def test_a_two_year_period_that_had_ended_stays_ended() -> None:
    """What had ended under the two-year rule before 2017-10-01 stays so; what still ran got three years."""
    assert _end(date(2015, 9, 30)) == date(2017, 9, 30)
    assert _end(date(2015, 10, 1)) == date(2018, 10, 1)
    assert _end(date(2012, 5, 1), date(2015, 1, 1)) == date(2014, 5, 1)


def test_twenty_years_cap_every_chain() -> None:
    """However often interrupted, a debt cannot be claimed after 20 years from maturity."""
    yearly = [date(2000 + year, 1, 1) for year in range(1, 40)]
    assert _end(date(2000, 1, 1), *yearly) == date(2020, 1, 1)


@given(DAYS, st.lists(DAYS, max_size=8))
def test_interruptions_never_shorten_and_never_pass_the_cap(maturity: date, days: list[date]) -> None:
    """Evidence can only help the claim, within 20 years of maturity, in whatever order it arrives."""
    end = _end(maturity, *days)
    assert _end(maturity) <= end <= months_later(maturity, 240)
    assert end == _end(maturity, *reversed(days))


@given(DAYS, st.lists(DAYS, max_size=6), DAYS)
def test_one_more_interruption_never_moves_the_end_back(maturity: date, days: list[date], more: date) -> None:
    """Recording another piece of evidence is never to the claim's harm."""
    assert _end(maturity, *days) <= _end(maturity, *days, more)


@given(MODERN, st.integers(1, 1096))
def test_an_interruption_in_time_restarts_a_full_period(maturity: date, after: int) -> None:
    """An interruption within the running period gives three years from itself."""
    day = maturity + timedelta(days=after)
    if day <= _end(maturity):
        assert _end(maturity, day) == months_later(day, 36)


def test_the_last_day_is_running_and_the_next_is_lapsed() -> None:
    """Nothing is called lapsed a day early, nothing running a day late."""
    account = _account(due_date=date(2020, 3, 1))
    assert limitation(account, date(2023, 3, 1), CN).state == "running"
    assert limitation(account, date(2023, 3, 2), CN).state == "lapsed"
    assert limitation(account, date(2020, 3, 1), CN).state == "not_started"


def test_a_ledgers_later_date_is_flagged_not_believed() -> None:
    """A claimed end after the computed one makes a debt unproven; lapsed where claims are not trusted."""
    account = _account(due_date=date(2018, 3, 1), claimed_limitation=date(2027, 1, 1))
    found = limitation(account, date(2026, 11, 24), CN)
    assert (found.state, found.near, found.mismatch) == ("unproven", date(2027, 1, 1), True)
    assert limitation(account, date(2026, 11, 24), replace(CN, trust_ledger=False)).state == "lapsed"


def test_a_claim_beyond_twenty_years_is_worth_nothing() -> None:
    """No ledger date can carry a debt past the absolute cap."""
    account = _account(due_date=date(2005, 3, 1), claimed_limitation=date(2027, 1, 1))
    assert limitation(account, date(2026, 11, 24), CN).state == "lapsed"


def test_a_ledgers_earlier_date_is_the_one_to_plan_by() -> None:
    """Of two dates that have not passed, the safe one is the earlier."""
    account = _account(due_date=date(2025, 3, 1), claimed_limitation=date(2027, 3, 1))
    found = limitation(account, date(2026, 11, 24), CN)
    assert (found.state, found.end, found.near) == ("running", date(2028, 3, 1), date(2027, 3, 1))


def test_the_last_collection_date_of_a_ledger_interrupts_nothing() -> None:
    """ "Last collection + 2 years" is what ledgers compute without evidence; it does not move the clock."""
    account = _account(due_date=date(2020, 3, 1), last_collection=date(2022, 12, 1))
    assert limitation(account, date(2026, 11, 24), CN).end == date(2023, 3, 1)


def test_without_a_maturity_the_ledgers_word_counts_against_the_lender_only() -> None:
    """No clock without a start: a passed claim means lapsed, a coming one unproven, none unknown."""
    today = date(2026, 11, 24)
    assert limitation(_account(), today, CN).state == "unknown"
    assert limitation(_account(claimed_limitation=date(2026, 11, 23)), today, CN).state == "lapsed"
    assert limitation(_account(claimed_limitation=today), today, CN).state == "unproven"


def _guarantee(signed: date, maturity: date, **facts: object) -> GuaranteeFacts:
    account = _account(due_date=maturity, loan_date=signed)
    return replace(GuaranteeFacts("g", account), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signed", "term", "end", "kind"),
    [
        (date(2019, 6, 1), "none", date(2021, 1, 30), "joint"),
        (date(2019, 6, 1), "until_repaid", date(2022, 7, 30), "joint"),
        (date(2021, 1, 1), "none", date(2021, 1, 30), "general"),
        (date(2021, 1, 1), "until_repaid", date(2021, 1, 30), "general"),
    ],
)
def test_the_contracts_date_chooses_the_guarantee_law(signed: date, term: str, end: date, kind: str) -> None:
    """Before 2021: unstated means joint, "until repaid" two years; since then general and six months."""
    guarantee = _guarantee(signed, date(2020, 7, 30), term=term)
    assert guarantee_end(guarantee, CN.guarantee) == GuaranteeEnd(end, kind)  # type: ignore[arg-type]


def test_an_agreed_end_not_after_maturity_counts_as_none() -> None:
    """A period agreed to end by maturity is no period: six months from maturity (Civil Code 692)."""
    agreed = _guarantee(date(2022, 1, 1), date(2025, 1, 1), term="agreed", agreed_end=date(2028, 1, 1))
    assert guarantee_end(agreed, CN.guarantee) == GuaranteeEnd(date(2028, 1, 1), "general")
    absurd = replace(agreed, agreed_end=date(2025, 1, 1))
    assert guarantee_end(absurd, CN.guarantee) == GuaranteeEnd(date(2025, 7, 1), "general")


@given(MODERN, st.lists(MODERN, max_size=4), MODERN)
def test_nothing_about_the_debt_extends_a_guarantee(maturity: date, days: list[date], on: date) -> None:
    """Interruptions of the debt's period do not move the guarantor's (Civil Code 692)."""
    plain = _guarantee(date(2017, 1, 1), maturity, kind="joint", term="none")
    busy = replace(plain, account=replace(plain.account, interruptions=tuple(days)))
    assert guarantee_standing(plain, on, CN) == guarantee_standing(busy, on, CN)


def test_a_demand_in_time_starts_the_joint_guarantors_own_three_years() -> None:
    """Demanded inside its period, a joint guarantee is claimable for three years; a late demand is void."""
    guarantee = _guarantee(date(2022, 1, 1), date(2025, 1, 1), kind="joint", term="none")
    on = date(2026, 11, 24)
    assert guarantee_standing(guarantee, on, CN).state == "lapsed"
    in_time = guarantee_standing(replace(guarantee, demanded_on=date(2025, 7, 1)), on, CN)
    assert (in_time.state, in_time.end) == ("running", date(2028, 7, 1))
    assert guarantee_standing(replace(guarantee, demanded_on=date(2025, 7, 2)), on, CN).state == "lapsed"


def test_a_demand_does_not_help_against_a_general_guarantor() -> None:
    """A general guarantee asks for suit against the debtor; a demand at the door changes nothing."""
    guarantee = _guarantee(
        date(2022, 1, 1), date(2025, 1, 1), kind="general", term="none", demanded_on=date(2025, 6, 1)
    )
    assert guarantee_standing(guarantee, date(2026, 11, 24), CN).state == "lapsed"


def test_a_claimed_guarantee_end_helps_only_where_the_contract_was_not_read() -> None:
    """The ledger's date stands in for an unread term, flagged; against a read one it is worth nothing."""
    unread = _guarantee(date(2022, 1, 1), date(2025, 1, 1), kind="joint", claimed_end=date(2027, 1, 1))
    on = date(2026, 11, 24)
    assert guarantee_standing(unread, on, CN).state == "unproven"
    assert guarantee_standing(replace(unread, term="none"), on, CN).state == "lapsed"


def test_without_dates_a_guarantee_is_unknown() -> None:
    """No contract date or no maturity: no law can be chosen and no clock started."""
    assert guarantee_end(GuaranteeFacts("g", _account(due_date=date(2025, 1, 1))), CN.guarantee) is None
    assert guarantee_end(GuaranteeFacts("g", _account(loan_date=date(2022, 1, 1))), CN.guarantee) is None
