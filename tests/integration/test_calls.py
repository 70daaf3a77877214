"""Who called last at a door: those people come again, so what counts as the last call must be right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.store.models import Household
from api.usecases.acquainted import acquainted
from api.usecases.context import settings
from routing.horizon import Acquainted
from routing.period import Period
from tests.integration.test_phones_follow import question
from tests.integration.test_work_merges import settled
from tests.sample_county import Phone, Sample, outcome


@pytest.fixture
def phone(sample: Sample) -> Phone:
    """Give a phone of the team with the most stops today."""
    return sample.phones_with_stops()[0]


def known_at(sample: Sample, stop: dict[str, Any], household: str | None = None) -> Acquainted | None:
    """Return who is acquainted with a stop's household, or with another one of its village."""
    door = household or stop["visit"]["household"]
    territory = sample.coordinator.get(f"/api/v1/villages/{stop['village']['id']}")["territory"]
    with sample.app.app_context(), sample.app.extensions["store"].read() as session:
        rows = [session.get_one(Household, door)]
        return acquainted(session, territory, rows, Period(sample.on, sample.on), settings().zone).get(door)


def report(phone: Phone, *outcomes: dict[str, Any]) -> None:
    assert {one["status"] for one in phone.report(*outcomes)} == {"stored"}


def at(**shift: int) -> str:
    return (datetime.now(UTC) + timedelta(**shift)).isoformat(timespec="seconds")


def test_the_team_of_the_last_call_is_acquainted(sample: Sample, phone: Phone) -> None:
    """Both people of the shift know the door; having been met there leaves business unfinished, a refusal does not."""
    first, second = phone.day(sample.on)["stops"][:2]
    assert known_at(sample, first) is None
    report(phone, outcome(first, "met"), outcome(second, "refuses"))
    met, refused = known_at(sample, first), known_at(sample, second)
    assert met is not None
    assert refused is not None
    assert met.people == refused.people
    assert len(met.people) == 2
    assert (met.unfinished, refused.unfinished) == (True, False)


def test_a_corrected_outcome_acquaints_nobody(sample: Sample, phone: Phone) -> None:
    """The correction counts, also where it says that it was earlier than what it corrects."""
    stop = phone.day(sample.on)["stops"][0]
    wrong = outcome(stop, "met", device_time=at())
    report(phone, wrong, outcome(stop, "refuses", device_time=at(minutes=-20), replaces=wrong["id"]))
    known = known_at(sample, stop)
    assert known is not None
    assert not known.unfinished


def test_a_clock_that_is_ahead_does_not_make_a_call_the_last(sample: Sample, phone: Phone) -> None:
    """When a phone with a wrong clock was there, the server knows; and by its day, who was in the team."""
    stop = phone.day(sample.on)["stops"][0]
    report(phone, outcome(stop, "met", device_time=at(days=30)))
    known = known_at(sample, stop)
    assert known is not None
    assert len(known.people) == 2
    report(phone, outcome(stop, "refuses", device_time=at(minutes=1)))
    known = known_at(sample, stop)
    assert known is not None
    assert not known.unfinished


def test_calls_at_a_door_that_was_joined_count_for_the_one_that_stands(sample: Sample, phone: Phone) -> None:
    """Who spoke with them at the door that is closed now comes again to the other."""
    stop = phone.day(sample.on)["stops"][0]
    village = sample.coordinator.get(f"/api/v1/villages/{stop['village']['id']}")
    new = {"branch": village["branch"], "village": village["id"], "name": "甲"}
    other = sample.coordinator.post("/api/v1/households", new)["id"]
    report(phone, outcome(stop, "met"))
    known = known_at(sample, stop)
    settled(sample.coordinator, question(sample, "household", other, stop["visit"]["household"]), "together")
    assert known is not None
    assert known_at(sample, stop, other) == known
