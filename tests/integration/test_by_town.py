"""A village without a place is planned by its town and says so everywhere; nobody gets a guessed pin."""

from __future__ import annotations

from typing import Any

from tests.sample_county import Sample


def village_with_doors(sample: Sample) -> dict[str, Any]:
    """Return a village that has a place, with doors that have none of their own."""
    plan = sample.coordinator.get(f"/api/v1/plans/{sample.plan}")
    stops = [stop for route in plan["routes"] for stop in route["stops"] if stop["precision"] == "village"]
    return dict(sample.coordinator.get(f"/api/v1/villages/{stops[0]['village']}"))


def plan_without_place(sample: Sample, village: dict[str, Any], **more: Any) -> tuple[Any, list[Any], list[Any]]:
    """Take the place away, plan the day again; returns the plan, the village's stops, and what was left out."""
    gone = {"lat": None, "lon": None, **more}
    sample.coordinator.patch(f"/api/v1/villages/{village['id']}", gone, village["version"])
    plan = sample.planned(sample.on, [village["territory"]])
    assert plan["status"] == "ready", plan
    stops = [stop for route in plan["routes"] for stop in route["stops"] if stop["village"] == village["id"]]
    left = [one for one in sample.unplanned(plan["id"]).values() if one["village"] == village["id"]]
    return plan, stops, left


def test_a_village_without_a_place_is_planned_by_its_town(sample: Sample) -> None:
    """Its doors stay in the plan, without a pin, with the reason; a door with a place of its own keeps it."""
    village = village_with_doors(sample)
    _plan, stops, left = plan_without_place(sample, village)
    assert {one["code"] for one in left}.isdisjoint({"no_place"})
    by_town = [stop for stop in stops if stop["precision"] == "town"]
    said = f"The village's place is not known: planned by the town of {village['town']}."
    assert by_town
    assert all((stop["lat"], stop["lon"]) == (None, None) and said in stop["reasons"] for stop in by_town)
    doors = [stop for stop in stops if stop["precision"] == "door"]
    assert all(stop["lat"] is not None and said not in stop["reasons"] for stop in doors)
    assert len(by_town) + len(doors) == len(stops)
    missing = sample.client.items("/api/v1/villages?missing_place=true")
    assert village["id"] in {one["id"] for one in missing}


def test_the_phone_says_that_the_way_must_be_asked_for(sample: Sample) -> None:
    """Without a place there is no link to navigate by; when the village is placed, the phones' day has it at once."""
    village = village_with_doors(sample)
    plan, stops, _left = plan_without_place(sample, village)
    sample.publish(plan["id"])
    by_town = next(stop for stop in stops if stop["precision"] == "town")
    team = next(route["team"] for route in plan["routes"] if by_town in route["stops"])
    phone = sample.phone(sample.shifts(sample.on)[team]["people"][0])

    def visit() -> dict[str, Any]:
        day = phone.day(sample.on)
        return next(one["visit"] for one in day["stops"] if one["id"] == by_town["id"])

    assert (visit()["precision"], visit()["lat"], visit()["navigate"]) == ("town", None, None)
    found = sample.coordinator.get(f"/api/v1/villages/{village['id']}")
    place = {"lat": village["lat"], "lon": village["lon"]}
    sample.coordinator.patch(f"/api/v1/villages/{village['id']}", place, found["version"])
    assert (visit()["precision"], visit()["lat"]) == ("village", village["lat"])
    assert str(village["lat"])[:6] in visit()["navigate"]


def test_where_even_the_town_is_unknown_the_visit_is_left_out_with_the_remedy(sample: Sample) -> None:
    """No place is made up: the reason says what is missing and what to do."""
    village = village_with_doors(sample)
    _plan, stops, left = plan_without_place(sample, village, town="无人知镇")
    assert all(stop["precision"] == "door" for stop in stops)
    unplaced = [one for one in left if one["code"] == "no_place"]
    assert unplaced
    assert all("Put the village on the map" in one["reason"] for one in unplaced)
