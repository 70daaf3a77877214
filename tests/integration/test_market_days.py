"""A coordinator says when a village goes to market; the plans of those days heed it."""

from __future__ import annotations

from typing import Any

from tests.factories import problem
from tests.sample_county import Sample


def traders(sample: Sample) -> list[dict[str, Any]]:
    """Let the households of the planned villages be such as go to market; returns their stops in the plan."""
    plan = sample.coordinator.get(f"/api/v1/plans/{sample.plan}")
    stops = [stop for route in plan["routes"] for stop in route["stops"]]
    for stop in stops:
        door = sample.coordinator.get(f"/api/v1/households/{stop['household']}")
        sample.coordinator.patch(f"/api/v1/households/{door['id']}", {"availability": "market_day"}, door["version"])
    return stops


def test_on_market_day_traders_are_called_on_after_the_market(sample: Sample) -> None:
    """Not before half past one, and the reason is said; where another village has no market nothing changes."""
    stops = traders(sample)
    markets = {stops[0]["village"]}
    for village_id in markets:
        village = sample.coordinator.get(f"/api/v1/villages/{village_id}")
        every = {"market_days": {"cycle": "week", "days": [1, 2, 3, 4, 5, 6, 7]}}
        changed = sample.coordinator.patch(f"/api/v1/villages/{village_id}", every, village["version"])
        assert changed["market_days"] == every["market_days"]
    plan = sample.planned(sample.on, [village["territory"]])
    assert plan["status"] == "ready", plan
    said = "Market day in this village: people come home after the market."
    again = [stop for route in plan["routes"] for stop in route["stops"]]
    traded = {stop["household"] for stop in stops}
    at_market = [stop for stop in again if stop["village"] in markets and stop["household"] in traded]
    assert all(stop["arrival"] >= "13:30" and said in stop["reasons"] for stop in at_market)
    assert not any(said in stop["reasons"] for stop in again if stop["village"] not in markets)
    assert {stop["household"] for stop in again if stop["arrival"] < "13:30"} & traded


def test_market_days_can_be_taken_back(sample: Sample) -> None:
    """Null: not known any more. Days that no week has are refused at their field."""
    village = next(iter(sample.client.items("/api/v1/villages")))
    path = f"/api/v1/villages/{village['id']}"
    lunar = {"cycle": "lunar", "days": [1, 4, 7]}
    changed = sample.coordinator.patch(path, {"market_days": lunar | {"days": [7, 4, 1, 1]}}, village["version"])
    assert changed["market_days"] == lunar
    gone = sample.coordinator.patch(path, {"market_days": None}, changed["version"])
    assert gone["market_days"] is None
    wrong = {"market_days": {"cycle": "week", "days": [8]}}
    problem(sample.coordinator.send("PATCH", path, wrong, version=gone["version"]), 422, "invalid", "market_days.days")
