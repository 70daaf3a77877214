"""Who called last at a door: those people come again, so what counts as the last call must be right."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from api.store.models import Device, Household, Shift, ShiftPerson
from api.usecases.acquainted import acquainted
from api.usecases.context import settings
from api.usecases.household_facts import household_facts
from api.usecases.published import published_elsewhere
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


def expected(sample: Sample, now: datetime) -> dict[str, set[date]]:
    """Return the calls that a plan for tomorrow takes as made although nobody has reported them, by household."""
    with sample.app.app_context(), sample.app.extensions["store"].read() as session:
        doors = sorted(session.scalars(select(Household.id)))
        later = Period(sample.on + timedelta(days=1), sample.on + timedelta(days=1))
        found: dict[str, set[date]] = {}
        for door, day in published_elsewhere(session, doors, later, now, settings().zone):
            found.setdefault(door, set()).add(day)
        return found


def test_todays_doors_count_as_called_on_until_the_team_is_back_and_has_reported(sample: Sample, phone: Phone) -> None:
    """Whom today's team will still call on is not planned tomorrow; whom it has not reached by the evening is.

    A phone that has not been heard of since the shift may hold outcomes that nobody knows yet: its doors wait.
    """
    route = phone.day(sample.on)
    (shift,) = [one for one in sample.shifts().values() if one["team"] == route["team"]["id"]]
    end = datetime.combine(sample.on, time.fromisoformat(shift["end"]), sample.app.config["SETTINGS"].zone)
    mine = {stop["visit"]["household"] for stop in route["stops"]}
    others = expected(sample, end).keys() - mine

    def heard(moment: datetime) -> None:
        with sample.app.extensions["store"].write() as session:
            people = select(ShiftPerson.person_id).where(ShiftPerson.shift_id == shift["id"])
            session.execute(update(Device).where(Device.person_id.in_(people)).values(last_seen_at=moment))

    heard(end - timedelta(minutes=30))
    for now in (end - timedelta(hours=3), end, end + timedelta(hours=3)):
        assert mine <= expected(sample, now).keys()
    heard(end + timedelta(minutes=10))
    assert mine <= expected(sample, end - timedelta(hours=3)).keys()
    after = expected(sample, end + timedelta(minutes=20)).keys()
    assert (after & mine, others - after) == (set(), set())


def test_a_call_that_was_made_today_is_known_and_not_expected(sample: Sample, phone: Phone) -> None:
    """With its outcome in, today's call counts by what it was; one that is still to come is marked as such."""
    done, coming = phone.day(sample.on)["stops"][:2]
    report(phone, outcome(done, "met"))
    with sample.app.extensions["store"].write() as session:
        session.execute(update(Shift).where(Shift.date == sample.on).values(end_minute=24 * 60 - 1))  # still under way
    tomorrow = Period(sample.on + timedelta(days=1), sample.on + timedelta(days=1))
    with sample.app.app_context(), sample.app.extensions["store"].read() as session:
        rows = [session.get_one(Household, stop["visit"]["household"]) for stop in (done, coming)]
        made, planned = household_facts(session, rows, tomorrow, settings().zone).values()
    assert (sample.on in made.visits, made.expected) == (True, frozenset())
    assert (sample.on in planned.visits, planned.expected) == (True, frozenset({sample.on}))


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
