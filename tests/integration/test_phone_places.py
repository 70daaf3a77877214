"""A village without a place gets it from the first phone that stands there, if that phone can be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sample_county import Phone, Sample, at_once, outcome

NEAR = 0.01


@pytest.fixture
def phone(sample: Sample) -> Phone:
    """Give a phone of the team with the most stops today."""
    return sample.phones_with_stops()[0]


@pytest.fixture
def stop(sample: Sample, phone: Phone) -> dict[str, Any]:
    """Give a stop of that phone, whose village and door have just lost their place."""
    found: dict[str, Any] = next(s for s in phone.day(sample.on)["stops"] if s["visit"]["precision"] == "village")
    _change(sample, f"/api/v1/villages/{found['village']['id']}", {"lat": None, "lon": None})
    return found


def _change(sample: Sample, path: str, change: dict[str, Any]) -> dict[str, Any]:
    return dict(sample.coordinator.patch(path, change, sample.coordinator.get(path)["version"]))


def village_of(sample: Sample, stop: dict[str, Any]) -> dict[str, Any]:
    return dict(sample.coordinator.get(f"/api/v1/villages/{stop['village']['id']}"))


def household_of(sample: Sample, stop: dict[str, Any]) -> dict[str, Any]:
    return dict(sample.coordinator.get(f"/api/v1/households/{stop['visit']['household']}"))


def report_at(stop: dict[str, Any], kind: str = "met", **gps: Any) -> dict[str, Any]:
    """Return an outcome whose fix is near where the village was."""
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    here = {"lat": stop["village"]["lat"] + NEAR, "lon": stop["village"]["lon"], "accuracy": 12.4, "time": moment}
    return outcome(stop, kind, gps=here | gps, device_time=moment)


def test_the_first_phone_there_places_village_and_door(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """Place, accuracy and source are kept, who did it stands in the audit; the phones find the village at once."""
    sent = report_at(stop)
    assert phone.report(sent)[0]["status"] == "stored"
    village, household = village_of(sample, stop), household_of(sample, stop)
    assert (village["lat"], village["place_source"], village["place_accuracy"]) == (sent["gps"]["lat"], "phone", 12)
    assert (household["lat"], household["precision"]) == (sent["gps"]["lat"], "door")
    noted = sample.rows("SELECT by, detail FROM audit_entries WHERE action = 'village.placed' AND subject = :id",
                        id=village["id"])  # fmt: skip
    stored = sample.rows("SELECT by FROM outcomes WHERE id = :id", id=sent["id"])
    assert [row.by for row in noted] == [row.by for row in stored]
    assert sent["id"] in str(noted[0].detail)
    assert str(sent["gps"]["lat"]) not in str(noted[0].detail)
    again = next(one for one in phone.day(sample.on)["stops"] if one["id"] == stop["id"])
    assert (again["visit"]["precision"], again["village"]["lat"]) == ("door", sent["gps"]["lat"])
    placed = sample.client.items("/api/v1/villages?place_source=phone")
    assert [one["id"] for one in placed] == [village["id"]]


def test_nobody_met_marks_the_village_but_no_door(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """Who found nobody stood in the village, perhaps not at the right door."""
    phone.report(report_at(stop, "not_met"))
    assert village_of(sample, stop)["place_source"] == "phone"
    assert household_of(sample, stop)["precision"] == "village"


def test_a_phone_never_moves_a_place(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """What a person or a list said stands, and so does what the first phone marked."""
    first = report_at(stop, "not_met")
    phone.report(first)
    phone.report(report_at(stop, lat=stop["village"]["lat"] + 0.02))
    assert village_of(sample, stop)["lat"] == first["gps"]["lat"]
    by_hand = _change(sample, f"/api/v1/villages/{stop['village']['id']}", {"lat": 30.1, "lon": 106.1})
    phone.report(report_at(stop))
    assert village_of(sample, stop) == by_hand


@pytest.mark.parametrize(
    "doubt",
    [
        {"accuracy": 900}, {"accuracy": None}, {"lat": 0, "lon": 0}, {"lat": 45.5, "lon": 120.5},
        {"time": "2026-01-01T00:00:00Z"},
    ],
    ids=["coarse", "without accuracy", "null island", "far from the town", "an old fix"],
)  # fmt: skip
def test_a_doubtful_position_marks_nothing(
    sample: Sample, phone: Phone, stop: dict[str, Any], doubt: dict[str, Any]
) -> None:
    """The outcome is stored all the same."""
    assert phone.report(report_at(stop, **doubt))[0]["status"] == "stored"
    assert village_of(sample, stop)["lat"] is None
    assert household_of(sample, stop)["precision"] == "town"


def test_a_wrong_clock_and_a_correction_mark_nothing(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """A phone that does not know when it was does not say where; a correction is written anywhere."""
    late = (datetime.now(UTC) + timedelta(hours=5)).isoformat(timespec="seconds")
    phone.report(report_at(stop, time=late) | {"device_time": late})
    plain = outcome(stop)
    phone.report(plain, report_at(stop) | {"replaces": plain["id"]})
    assert village_of(sample, stop)["lat"] is None


def test_work_given_away_marks_nothing(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """Such a report waits for a reviewer, so its position moves nothing yet."""
    other = next(one for one in sample.territories().values() if one["id"] != village_of(sample, stop)["territory"])
    move = {"moves": [{"village": stop["village"]["id"], "to_territory": other["id"]}], "reason": "test"}
    assert sample.coordinator.send("POST", "/api/v1/reassignments", move).status_code == 201
    assert phone.report(report_at(stop))[0]["status"] == "review"
    assert village_of(sample, stop)["lat"] is None


def test_the_coordinator_takes_a_phone_s_place_back(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """The undo removes the village's place and that of the door that was marked along."""
    phone.report(report_at(stop))
    village = village_of(sample, stop)
    undo = sample.coordinator.send("POST", f"/api/v1/villages/{village['id']}/place/undo", version=village["version"])
    assert undo.status_code == 200
    assert (undo.get_json()["lat"], undo.get_json()["place_source"]) == (None, None)
    household = household_of(sample, stop)
    assert (household["lat"], household["precision"]) == (None, "town")


def test_a_door_that_was_corrected_since_stays_when_its_village_is_taken_back(
    sample: Sample, phone: Phone, stop: dict[str, Any]
) -> None:
    """Whoever set the door's place by hand knew better than the phone; the undo is about the phone's word."""
    phone.report(report_at(stop))
    path = f"/api/v1/households/{stop['visit']['household']}"
    corrected = _change(sample, path, {"lat": stop["village"]["lat"], "lon": stop["village"]["lon"]})
    village = village_of(sample, stop)
    undo = sample.coordinator.send("POST", f"/api/v1/villages/{village['id']}/place/undo", version=village["version"])
    assert (undo.status_code, undo.get_json()["lat"]) == (200, None)
    assert household_of(sample, stop) == corrected


def test_two_phones_at_once_place_a_village_once(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """Whoever comes first marks it; the other's report is stored like any."""
    sent = [report_at(stop, "not_met", lat=stop["village"]["lat"] + 0.001 * at) for at in range(6)]
    answers = at_once(6, lambda at: phone.report(sent[at]))
    assert {answer[0]["status"] for answer in answers} == {"stored"}
    kept = sample.rows("SELECT source FROM placings WHERE village_id = :id", id=stop["village"]["id"])
    assert sorted(str(row.source) for row in kept) == ["None", "phone"]
    assert village_of(sample, stop)["lat"] in {one["gps"]["lat"] for one in sent}
