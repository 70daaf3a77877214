"""A ledger's place outside the lender's area is flagged and not used."""

from __future__ import annotations

from typing import Any

import pytest

from api.settings import SettingError, Settings
from tests.conftest import running
from tests.factories import County, open_county
from tests.integration.test_ledgers import codes, csv_of, imported, row
from tests.sample_county import upload


def at(number: str, lat: str, lon: str) -> list[str]:
    return row(number, 客户名称=f"陈{number}", 客户地址=f"龙门镇石桥村三组{number}号", 纬度=lat, 经度=lon)


def placed(county: County) -> list[float]:
    doors = county.coordinator.get("/api/v1/households?limit=500")["items"]
    return sorted(one["lat"] for one in doors if one["lat"] is not None)


def test_a_place_far_from_the_lenders_villages_is_flagged_and_not_used(county: County) -> None:
    """The loan is stored without it, the reason names both numbers, and the row waits in the work list."""
    county.village(lat=29.5, lon=106.5)
    report = imported(county.coordinator, csv_of(at("1", "29.52", "106.51"), at("2", "2.952", "106.51")))
    assert codes(report) == [(3, "coordinates_outside_area", "flagged")]
    [problem] = report["problems"]
    assert (problem["column"], problem["value"]) == ("纬度", "2.952, 106.51")
    assert placed(county) == [29.52]
    [item] = county.coordinator.get("/api/v1/work-items?kind=unusable_place")["items"]
    assert "3" in str(item)
    again = imported(county.coordinator, csv_of(at("1", "29.52", "106.51"), at("2", "29.53", "106.51")))
    assert codes(again) == []
    assert placed(county) == [29.52, 29.53]
    assert county.coordinator.get("/api/v1/work-items?kind=unusable_place")["items"] == []


def test_a_preview_tells_of_it_too(county: County) -> None:
    """Before anything is stored."""
    county.village(lat=29.5, lon=106.5)
    report = imported(county.coordinator, csv_of(at("1", "2.952", "106.51")), query="?dry_run=true")
    assert codes(report) == [(2, "coordinates_outside_area", "flagged")]


def test_the_area_can_be_set(county_database: tuple[str, dict[str, Any]]) -> None:
    """A box of degrees decides then, and nothing else: also in a county of which nothing is known."""
    with running(county_database[0], area="29,106,30,107") as app:
        county = open_county(app, county_database[1])
        county.village(lat=31.5, lon=106.5)
        report = upload(county.coordinator, csv_of(at("1", "29.5", "106.5"), at("2", "31.5", "106.5"))).get_json()
        assert codes(report) == [(3, "coordinates_outside_area", "flagged")]


@pytest.mark.parametrize("area", ["29,106,30", "north", "30,106,29,107", "-91,0,0,1"])
def test_a_box_that_is_none_is_refused_at_start(area: str) -> None:
    """The variable is named."""
    with pytest.raises(SettingError, match="ROUNDS_AREA"):
        Settings(area=area)
