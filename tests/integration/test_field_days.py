"""What a phone is told of the days ahead: its own person's published days, a week at most, each with its ETag."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from api.store.models import PublishedDay, Shift, ShiftPerson
from api.usecases.read_field_day import DAYS_AHEAD
from tests.factories import problem
from tests.integration.test_plan_days import phone_of, week
from tests.sample_county import Phone, Sample

DAYS = "/api/v1/field/days"


def listed(phone: Phone, language: str = "en") -> dict[str, str]:
    """Return the ETag of each day that the phone is told of."""
    answer: dict[str, Any] = phone.caller.get(DAYS, headers={"Accept-Language": language})
    return {one["date"]: one["etag"] for one in answer["days"]}


def two_days(sample: Sample) -> tuple[Phone, date]:
    """Plan a week, publish today and tomorrow, and give the phone of somebody who has stops tomorrow."""
    on = sample.on + timedelta(days=1)
    plan = week(sample)
    sample.publish(plan["id"], on)
    return phone_of(sample, plan, on), on


def test_each_published_day_is_listed_with_the_etag_of_its_body(sample: Sample) -> None:
    """The list tells which days there are and how each stands, in the phone's language: the rest need not be asked."""
    phone, on = two_days(sample)
    assert list(listed(phone)) == [sample.day, on.isoformat()]
    for language in ("en", "zh-Hans"):
        for day, etag in listed(phone, language).items():
            assert phone.send_day(day, language=language).headers["ETag"] == f'"{etag}"'
    assert listed(phone)[sample.day] != listed(phone, "zh-Hans")[sample.day]


def test_a_draft_and_another_teams_day_are_not_listed(sample: Sample) -> None:
    """What is not published, and what is published for others, is nobody's to know."""
    on = sample.on + timedelta(days=1)
    plan = week(sample)
    phone = phone_of(sample, plan, on)
    assert list(listed(phone)) == [sample.day]
    sample.publish(plan["id"], on)
    assert list(listed(phone)) == [sample.day, on.isoformat()]
    mine = {route["team"] for route in plan["routes"]}
    other = next(one for one in sample.shifts(on).values() if one["team"] not in mine)
    assert on.isoformat() not in listed(sample.phone(other["people"][0]))


def test_days_that_are_over_or_far_off_are_not_listed(sample: Sample) -> None:
    """Yesterday is not for phones any more, and a phone holds no more than a week at a loss."""
    phone, on = two_days(sample)
    for days, there in ((DAYS_AHEAD, True), (DAYS_AHEAD + 1, False), (-1, False)):
        moved = sample.on + timedelta(days=days)
        _move(sample, on, moved)
        assert (moved.isoformat() in listed(phone)) is there, days
        on = moved


def _move(sample: Sample, before: date, after: date) -> None:
    """Let a published day and its shifts be another day's."""
    with sample.app.extensions["store"].write() as session:
        for table in (ShiftPerson, Shift, PublishedDay):
            session.execute(update(table).where(table.date == after).values(date=after - timedelta(days=400)))
            session.execute(update(table).where(table.date == before).values(date=after))


def test_only_a_phone_asks_for_days(sample: Sample) -> None:
    """A coordinator has the plans; the list is of one's own days."""
    problem(sample.coordinator.send("GET", DAYS), 403, "role")
