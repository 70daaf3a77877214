"""A coordinator lets a team stay longer; plans use that where it pays, never beyond it."""

from __future__ import annotations

from typing import Any

from tests.factories import problem
from tests.sample_county import Sample


def shifts_of(sample: Sample) -> list[dict[str, Any]]:
    """Return the shifts of the planned day."""
    return list(sample.coordinator.get(f"/api/v1/shifts?date={sample.on}&limit=500")["items"])


def test_a_short_day_with_overtime_is_used_where_it_pays(sample: Sample) -> None:
    """Teams go home at half past ten unless calls are worth the overtime; nobody is out longer than two hours more."""
    for shift in shifts_of(sample):
        body = {"end": "10:30", "break": None, "overtime_minutes": 120}
        changed = sample.coordinator.patch(f"/api/v1/shifts/{shift['id']}", body, shift["version"])
        assert changed["overtime_minutes"] == 120
    plan = sample.planned(sample.on)
    assert plan["status"] == "ready", plan
    ends = [route["end"] for route in plan["routes"]]
    assert "10:30" < max(ends) <= "12:30"


def test_overtime_ends_before_midnight_and_has_a_limit(sample: Sample) -> None:
    """A slip is told at its field; a shift that says nothing of overtime has none."""
    shift = shifts_of(sample)[0]
    assert shift["overtime_minutes"] == 0
    path = f"/api/v1/shifts/{shift['id']}"
    late = sample.coordinator.send("PATCH", path, {"end": "22:00", "overtime_minutes": 180}, version=shift["version"])
    problem(late, 422, "overtime-too-late", "overtime_minutes")
    for wrong in (-1, 241, "much"):
        answer = sample.coordinator.send("PATCH", path, {"overtime_minutes": wrong}, version=shift["version"])
        problem(answer, 422, "invalid", "overtime_minutes")
