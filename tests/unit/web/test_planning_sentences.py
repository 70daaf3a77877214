"""Everything the planner can say about a plan has a sentence whose facts the planner gives."""

from __future__ import annotations

import base64
import re

import pytest

from api.app import create_app
from api.settings import Settings
from api.wording import TABLE, sentence
from routing.check import VIOLATIONS
from routing.explain import PLANNED, UNPLANNED
from routing.relaxation import RELAXATIONS
from routing.replan_reasons import CHANGES

#: What only a fault of ours can break: never of a plan made by hand, whose figures we reckon ourselves.
_OURS = {
    "unknown_visit", "unknown_shift", "unknown_reason", "planned_and_unplanned", "unaccounted", "unplanned_twice",
    "two_routes", "empty_route", "wrong_service_time", "too_fast", "rest_without_cause", "wrong_drive_time",
    "wrong_walk_time", "wrong_distance", "wrong_value", "wrong_cost",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(VIOLATIONS.keys() - _OURS))
def test_every_rule_that_a_plan_made_by_hand_can_break_has_a_sentence(code: str) -> None:
    """A coordinator reads what is wrong, not a code; the last sentence needs no fact that may be missing."""
    told = set(re.findall(r"\w+", VIOLATIONS[code].rpartition("(")[2])) | {"team"}
    assert set(re.findall(r"%\((\w+)\)s", TABLE[code][-1])) <= told


@pytest.mark.parametrize("code", sorted(RELAXATIONS))
def test_every_rule_that_may_be_relaxed_has_a_sentence(code: str) -> None:
    """What would let a visit in is said in words, with the team in place of its shift."""
    (told,) = TABLE[code]
    assert set(re.findall(r"%\((\w+)\)s", told)) <= {"team", "need_seconds", "skills"}


@pytest.mark.parametrize("code", sorted({**PLANNED, **UNPLANNED}))
def test_every_reason_of_the_planner_has_a_sentence(code: str) -> None:
    """Why a visit is in or out is said in words."""
    assert TABLE[code]


@pytest.mark.parametrize("code", sorted(CHANGES))
def test_every_reason_of_a_change_has_a_sentence(code: str) -> None:
    """Why a visit changed is said in words, with the team in place of its shift."""
    (told,) = TABLE[code]
    assert set(re.findall(r"%\((\w+)\)s", told)) <= {"team", "by_seconds"}


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_sums_are_told_with_separators(language: str) -> None:
    """A coordinator reads 1,053,857.00, not a row of digits."""
    app = create_app(Settings(database_url="sqlite://", data_key=base64.b64encode(bytes(32)).decode()))
    with app.test_request_context(headers={"Accept-Language": language}):
        assert "1,053,857.00" in sentence("large_debt", {"outstanding": "1053857.00"})
