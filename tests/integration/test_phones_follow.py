"""A published day leads to where doors and villages are known to be now, whatever changed that."""

from __future__ import annotations

from typing import Any

import pytest

from api.store.models import Merge
from tests.integration.test_work_merges import settled
from tests.sample_county import Phone, Sample

FAR = 0.5


@pytest.fixture
def phone(sample: Sample) -> Phone:
    """Give a phone of the team with the most stops today."""
    return sample.phones_with_stops()[0]


@pytest.fixture
def stop(sample: Sample, phone: Phone) -> dict[str, Any]:
    """Give a stop of that phone that is found by its village."""
    return dict(next(one for one in phone.day(sample.on)["stops"] if one["visit"]["precision"] == "village"))


def shown(sample: Sample, phone: Phone, stop: dict[str, Any]) -> dict[str, Any]:
    return dict(next(one for one in phone.day(sample.on)["stops"] if one["id"] == stop["id"]))


def led_to(sample: Sample, phone: Phone, stop: dict[str, Any]) -> tuple[str, float]:
    """Return how well the stop's place is known on the phone, and its latitude."""
    visit = shown(sample, phone, stop)["visit"]
    return visit["precision"], visit["lat"]


def place_door(sample: Sample, stop: dict[str, Any], lat: float | None) -> None:
    path = f"/api/v1/households/{stop['visit']['household']}"
    change = {"lat": lat, "lon": None if lat is None else stop["village"]["lon"]}
    sample.coordinator.patch(path, change, sample.coordinator.get(path)["version"])


def question(sample: Sample, kind: str, first: str, second: str) -> dict[str, Any]:
    """Ask whether two villages or two doors are one; returns the work item."""
    branch = sample.coordinator.get(f"/api/v1/{kind}s/{first}")["branch"]
    ledger = next(iter(sample.client.items("/api/v1/ledgers")))["id"]
    with sample.app.extensions["store"].write() as session:
        row = Merge(
            branch_id=branch, kind=kind, first_id=first, second_id=second, pair="a\nb", code="same_door", score=0.7,
            import_id=ledger, facts={"first": "a", "second": "b"},
        )  # fmt: skip
        session.add(row)
        session.flush()
        id_ = row.id
    return next(one for one in sample.client.items(f"/api/v1/work-items?kind={kind}_merge") if one["id"] == id_)


def test_a_door_that_is_placed_by_hand_is_found_at_once(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """The phone is led to the door from then on, and to the village again when the place is taken away."""
    place_door(sample, stop, stop["village"]["lat"] + 0.001)
    assert led_to(sample, phone, stop) == ("door", stop["village"]["lat"] + 0.001)
    place_door(sample, stop, None)
    assert led_to(sample, phone, stop) == ("village", stop["village"]["lat"])


def test_a_place_that_is_taken_away_in_the_work_list_leads_nobody_there(
    sample: Sample, phone: Phone, stop: dict[str, Any]
) -> None:
    """Dropped, the phone is led to the village; taken back, to the door again."""
    place_door(sample, stop, stop["village"]["lat"] + FAR)
    found = sample.client.items("/api/v1/work-items?kind=place_doubt")
    [doubt] = [one for one in found if one["subjects"][0]["id"] == stop["visit"]["household"]]
    dropped = settled(sample.coordinator, doubt, "drop_place")
    assert led_to(sample, phone, stop) == ("village", stop["village"]["lat"])
    settled(sample.coordinator, dropped, "reopen")
    assert led_to(sample, phone, stop) == ("door", stop["village"]["lat"] + FAR)


def test_a_door_joined_to_one_with_a_place_is_found_there(sample: Sample, phone: Phone, stop: dict[str, Any]) -> None:
    """It inherits the place, which is shown at once; parted, it is found by its village again."""
    village = sample.coordinator.get(f"/api/v1/villages/{stop['village']['id']}")
    lat = village["lat"] + 0.001
    new = {"branch": village["branch"], "village": village["id"], "name": "甲", "lat": lat, "lon": village["lon"]}
    other = sample.coordinator.post("/api/v1/households", new)["id"]
    item = question(sample, "household", stop["visit"]["household"], other)
    joined = settled(sample.coordinator, item, "together")
    assert led_to(sample, phone, stop) == ("door", lat)
    settled(sample.coordinator, joined, "reopen")
    assert led_to(sample, phone, stop) == ("village", village["lat"])


def test_a_village_joined_to_another_is_shown_under_its_name(
    sample: Sample, phone: Phone, stop: dict[str, Any]
) -> None:
    """The phone names the village that stayed and leads to it; parted, the one that it was planned for."""
    village = sample.coordinator.get(f"/api/v1/villages/{stop['village']['id']}")
    new = {name: village[name] for name in ("branch", "territory", "town", "lon")} | {"lat": village["lat"] + 0.001}
    other = sample.coordinator.post("/api/v1/villages", new | {"name": "新湾"})["id"]
    joined = settled(sample.coordinator, question(sample, "village", other, village["id"]), "together")
    assert shown(sample, phone, stop)["village"]["id"] == other
    assert led_to(sample, phone, stop) == ("village", village["lat"] + 0.001)
    settled(sample.coordinator, joined, "reopen")
    assert shown(sample, phone, stop)["village"] == stop["village"]
