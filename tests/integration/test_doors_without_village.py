"""Ledger rows that name no village but say where the door is: the nearest village, or doors that make one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import County
from tests.sample_county import upload

HEADER = "贷款账号,客户名称,身份证号,贷款余额,五级分类,乡镇,村,纬度,经度\n"
IDENTITIES = (
    "110101199003078515", "11010519491231002X", "440524188001010014", "34052419800101001X", "53010219200508011X",
)  # fmt: skip


def ledger(*doors: tuple[str, str, float | str, float | str]) -> bytes:
    """Return a ledger of one row a door: (town, village, latitude, longitude)."""
    rows = [
        f"L{number},示例{'甲乙丙丁戊'[number]},{IDENTITIES[number]},1000.00,次级,{town},{village},{lat},{lon}"
        for number, (town, village, lat, lon) in enumerate(doors)
    ]
    return (HEADER + "\n".join(rows) + "\n").encode()


def households(county: County) -> list[dict[str, Any]]:
    found = county.coordinator.get("/api/v1/households?limit=500")["items"]
    return sorted(found, key=lambda one: one["lat"] or 0)


def stored(county: County, data: bytes) -> dict[str, Any]:
    answer = upload(county.coordinator, data)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return dict(answer.get_json())


def test_a_door_joins_the_nearest_village(county: County) -> None:
    """Some hundred metres from a village's place it belongs to it, keeps its own place, and makes no new village."""
    near = county.village(lat=29.5000, lon=106.5000)
    county.village(lat=29.5150, lon=106.5000)
    report = stored(county, ledger(("", "", 29.5040, 106.5000)))
    [door] = households(county)
    assert (door["village"], door["precision"], door["lat"]) == (near, "door", 29.504)
    assert (report["villages_created"], report["households_created"]) == (0, 1)


def test_a_village_of_another_town_is_not_joined(county: County) -> None:
    """Where the row names its town, a nearer village of another town is not meant."""
    county.village(town="河口镇", lat=29.5000, lon=106.5000)
    mine = county.village(town="龙门镇", lat=29.5100, lon=106.5000)
    stored(county, ledger(("龙门镇", "", 29.5030, 106.5000)))
    assert [door["village"] for door in households(county)] == [mine]


def test_doors_that_lie_together_make_a_village_with_a_place(county: County) -> None:
    """Far from every village three doors are one new village amid them, one far off another; none is without place."""
    county.village(lat=29.5, lon=106.5)
    line = [("", "", 29.8 + n * 0.002, 106.8) for n in range(3)]
    report = stored(county, ledger(*line, ("", "", 29.9, 106.9)))
    assert report["villages_created"] == 2
    doors = households(county)
    together = {door["village"] for door in doors[:3]}
    assert len(together) == 1
    assert doors[3]["village"] not in together
    village = county.coordinator.get(f"/api/v1/villages/{together.pop()}")
    assert (village["lat"], village["lon"], village["place_source"]) == (29.802, 106.8, "doors")
    assert (village["households"], village["territory"]) == (3, None)
    assert county.coordinator.get("/api/v1/villages?missing_place=true")["items"] == []


def test_the_same_ledger_again_makes_no_further_village(county: County) -> None:
    """Doors are found again in the village that they made; the undo of the first import removes it."""
    data = ledger(("", "", 29.8, 106.8), ("", "", 29.802, 106.8))
    first = stored(county, data)
    before = households(county)
    assert stored(county, data)["villages_created"] == 0
    assert households(county) == before
    again = county.coordinator.get("/api/v1/ledgers")["items"]
    for done in sorted(again, key=lambda one: one["created_at"], reverse=True):
        answer = county.coordinator.send("POST", f"/api/v1/ledgers/{done['id']}/undo")
        assert answer.status_code == 200, answer.get_data(as_text=True)
    assert first["villages_created"] == 1
    assert county.coordinator.get("/api/v1/villages")["items"] == []


def test_a_door_first_known_by_its_town_joins_when_its_place_comes(county: County) -> None:
    """Without village and place it waits with the precision town; the next ledger's place finds its village."""
    village = county.village(lat=29.5, lon=106.5)
    stored(county, ledger(("龙门镇", "", "", "")))
    [door] = households(county)
    assert (door["village"], door["precision"]) == (None, "town")
    stored(county, ledger(("龙门镇", "", 29.502, 106.5)))
    [door] = households(county)
    assert (door["village"], door["precision"]) == (village, "door")


@pytest.mark.parametrize(("lat", "lon"), [("0", "0"), ("106.5", "29.5")])
def test_a_place_that_cannot_be_right_joins_nothing_by_guess(county: County, lat: str, lon: str) -> None:
    """0/0 and swapped coordinates are flagged with their reason; the door is not put where they point."""
    county.village(lat=29.5, lon=106.5)
    report = stored(county, ledger(("", "", lat, lon)))
    assert report["rows"]["flagged"] == 1
    assert all(problem["reason"] and problem["remedy"] for problem in report["problems"])
    [door] = households(county)
    assert door["lat"] in (None, 29.5)
    assert report["villages_created"] == 0
