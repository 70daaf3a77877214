"""Conduct policies and the loading of rule files (DOMAIN.md, section 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.availability import UnknownProfile, at_home, season
from routing.debts import Availability
from routing.policy import WHOLE_DAY, closed_reason, contact_windows
from routing.problem import TimeWindow
from routing.rules import PACKAGED, RulesError, load_rules, policy_names

CN = load_rules("cn")
WEDNESDAY, SUNDAY = date(2026, 11, 25), date(2026, 11, 29)


def _hours(start: float, end: float) -> TimeWindow:
    return TimeWindow(int(start * 3600), int(end * 3600))


@pytest.mark.parametrize(
    ("policy", "hours"),
    [
        ("cn", (8, 22)), ("in", (8, 19)), ("in-microfinance", (9, 18)), ("id", (8, 20)),
        ("ph", (6, 22)), ("us", (8, 21)),
    ],
)  # fmt: skip
def test_each_policy_has_the_hours_of_its_source(policy: str, hours: tuple[int, int]) -> None:
    """Contact hours per jurisdiction as DOMAIN.md records them."""
    assert contact_windows(load_rules(policy).policy, WEDNESDAY) == (_hours(*hours),)


@pytest.mark.parametrize("policy", policy_names())
def test_no_policy_lets_a_person_work_alone(policy: str) -> None:
    """Every policy that comes with Rounds wants at least two people at a door."""
    assert load_rules(policy).policy.min_people >= 2


def test_a_call_must_end_within_the_hours() -> None:
    """With a service of half an hour the last call begins half an hour before the hours close."""
    assert contact_windows(CN.policy, WEDNESDAY, service=1800) == (_hours(8, 21.5),)


def test_hours_and_presence_are_laid_over_one_another() -> None:
    """A door is knocked at only when the policy allows it and somebody is expected."""
    home = (_hours(5, 9), _hours(12, 13), _hours(21, 23))
    assert contact_windows(CN.policy, WEDNESDAY, home, 600) == (
        _hours(8, 9),
        _hours(12, 13),
        TimeWindow(21 * 3600, 22 * 3600 - 600),
    )
    assert contact_windows(CN.policy, WEDNESDAY, [_hours(4, 7)]) == ()


@given(
    st.lists(st.tuples(st.integers(0, 86_399), st.integers(0, 86_399)), max_size=4), st.integers(0, 40_000)
)
def test_no_call_runs_outside_the_contact_hours(spans: list[tuple[int, int]], service: int) -> None:
    """Whatever the household's hours and the call's length, it lies within the policy's hours."""
    home = [TimeWindow(min(span), max(span)) for span in spans]
    for window in contact_windows(CN.policy, WEDNESDAY, home, service):
        assert window.open >= 8 * 3600
        assert window.close + service <= 22 * 3600


def test_a_blackout_day_has_no_windows_but_the_days_around_it_have() -> None:
    """A festival day may be closed; the weeks around it are when migrants are home (decision 7)."""
    policy = replace(CN.policy, blackout=frozenset({date(2027, 2, 6)}))
    closed = closed_reason(policy, date(2027, 2, 6))
    assert closed is not None
    assert closed.code == "blackout_day"
    assert contact_windows(policy, date(2027, 2, 6)) == ()
    assert contact_windows(policy, date(2027, 2, 7)) == (_hours(8, 22),)
    assert CN.policy.blackout == frozenset()


def test_indonesia_is_closed_on_sundays() -> None:
    """POJK 22/2023 art. 62 allows Monday to Saturday."""
    policy = load_rules("id").policy
    closed = closed_reason(policy, SUNDAY)
    assert closed is not None
    assert closed.facts == {"weekday": 7}
    assert contact_windows(policy, SUNDAY) == ()
    assert closed_reason(policy, WEDNESDAY) is None


def test_a_profile_is_narrowed_by_the_households_own_hours_and_days() -> None:
    """The household's own limits cut the profile, they never widen it."""
    evenings = Availability("evenings", windows=(_hours(7, 18),), weekdays=frozenset({3}))
    assert at_home(evenings, CN.availability, WEDNESDAY) == (_hours(16.5, 18),)
    assert at_home(evenings, CN.availability, SUNDAY) == ()
    assert at_home(Availability(), CN.availability, SUNDAY) == WHOLE_DAY


def test_on_market_days_people_are_home_after_the_market() -> None:
    """The market-day profile closes the morning of the village's market days only."""
    trader = Availability("market_day", market_dates=frozenset({WEDNESDAY}))
    assert at_home(trader, CN.availability, WEDNESDAY) == (_hours(13.5, 20.5),)
    assert at_home(trader, CN.availability, SUNDAY) == WHOLE_DAY


def test_migrants_are_home_around_the_spring_festival_only() -> None:
    """Outside the season they are away until the next one; within it until its end."""
    migrant = Availability("home_at_new_year")
    away = season(migrant, CN.availability, WEDNESDAY)
    assert (away.home, away.back_on) == (False, date(2027, 1, 25))
    home = season(migrant, CN.availability, date(2027, 2, 6))
    assert (home.home, home.until) == (True, date(2027, 2, 21))


def test_an_unknown_profile_is_named() -> None:
    """A misspelt profile is an error with its name, not "any time"."""
    with pytest.raises(UnknownProfile, match="nights"):
        at_home(Availability("nights"), CN.availability, WEDNESDAY)


def test_a_plan_can_record_the_version_of_every_file() -> None:
    """Each rule file that took part is named with its version."""
    assert set(CN.versions) == {
        "policies/cn", "strategy", "values", "classification", "availability", "deadlines/cn", "place_rules",
        "replan",
    }  # fmt: skip
    assert all(CN.versions.values())


def test_no_limitation_law_is_borrowed_from_another_country() -> None:
    """Where no clock is encoded none is computed."""
    assert load_rules("in").deadlines is None


@pytest.mark.parametrize("name", ["xx", "../cn", "CN", ""])
def test_an_unknown_policy_is_refused(name: str) -> None:
    """A policy that does not exist, or a path in its place, is an error that names it."""
    with pytest.raises(RulesError, match=r"policies"):
        load_rules(name)


def _own(folder: Path, name: str, old: str, new: str) -> Path:
    text = (PACKAGED / name).read_text(encoding="utf-8")
    assert old in text
    own = folder / name
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(text.replace(old, new), encoding="utf-8")
    return own


def test_a_lenders_own_file_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    """A lender sets its festival days and figures without touching the program; the version tells."""
    _own(tmp_path, "policies/cn.toml", "blackout = []", "blackout = [2027-02-06]")
    _own(tmp_path, "values.toml", 'version = "2026-11.1"', 'version = "county-7"')
    rules = load_rules("cn", tmp_path)
    assert rules.policy.blackout == {date(2027, 2, 6)}
    assert (rules.versions["values"], rules.versions["strategy"]) == ("county-7", "2026-11.1")


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("policies/cn.toml", "min_people = 2", "min_people = 1", "team.min_people"),
        ("policies/cn.toml", '"08:00-22:00"', '"22:00-08:00"', "contact.hours"),
        ("policies/cn.toml", '"08:00-22:00"', '"8am to 10pm"', "contact.hours"),
        ("policies/cn.toml", "weekdays =", "week_days =", "contact.weekdays"),
        ("policies/cn.toml", 'binding = "house"', 'binding = "binding"', "duty[5].binding"),
        ("policies/cn.toml", "blackout = []", 'blackout = ["Spring Festival"]', "contact.blackout"),
        ("strategy.toml", "focus_per_week = 1", "focus_per_week = 3", "caps.focus_per_week"),
        ("strategy.toml", "[strategy.promise]", "[strategy.promises]", "strategy.promise"),
        ("strategy.toml", "not_before_days = 20", "not_before_days = 31", "strategy.substandard.not_before"),
        ("values.toml", "loss = 30", "loss = 0.3", "rate_bp.loss"),
        ("values.toml", "season_yuan", "seasonal_yuan", "season_yuan"),
        ("values.toml", "due_max_yuan = 180", "due_max_yuan = 18", "due_max_yuan"),
        ("classification.toml", '"substandard", ', '"normal", ', "non_performing"),
        ("classification.toml", "loss = 361", "loss = 200", "class_from_overdue.loss"),
        ("availability.toml", 'around = "spring_festival"', 'around = "harvest"', "around"),
        ("deadlines/cn.toml", "years = 3\n", "", "limitation.years"),
        ("values.toml", "version =", "edition =", "version"),
        ("values.toml", "[rate_bp]", "[rate_bp", "TOML"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_named(
    tmp_path: Path, name: str, old: str, new: str, key: str
) -> None:
    """An unknown, missing or impossible rule is an error with its file and key, never a default."""
    own = _own(tmp_path, name, old, new)
    with pytest.raises(RulesError) as caught:
        load_rules("cn", tmp_path)
    assert caught.value.file == own
    assert key in str(caught.value)


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    """A misspelt rule would be a lost rule."""
    _own(tmp_path, "strategy.toml", "per_month = 2\nfocus", "per_month = 2\nper_year = 12\nfocus")
    with pytest.raises(RulesError, match=r"caps\.per_year"):
        load_rules("cn", tmp_path)


def test_a_folder_of_rules_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A mistyped folder must not fall back to the packaged rules unnoticed."""
    with pytest.raises(RulesError, match="no such folder"):
        load_rules("cn", tmp_path / "absent")
