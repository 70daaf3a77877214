"""A list of places uploaded from the console: the use case of the command, with its report by cell."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from routing.places import metres, to_gcj02
from routing.problem import Place
from tests.factories import Caller, County, problem
from tests.integration.test_places import LIST, load, places

BAD = (
    "名称,纬度,经度,乡镇\n"
    "石桥,29.52,106.52,龙门镇\n坏,north,106.5,龙门镇\n,29.5,106.5,龙门镇\n无,29.5,,龙门镇\n零,0,0,龙门镇\n反,106.5,29.5,龙门镇\n"
)


def sent(caller: Caller, data: str | bytes, query: str = "", name: str = "places.csv", **more: Any) -> Any:
    data = data.encode() if isinstance(data, str) else data
    return caller.send("POST", f"/api/v1/villages/places{query}", data={"file": (io.BytesIO(data), name)}, **more)


def test_a_list_is_previewed_and_then_stored(county: County) -> None:
    """The preview tells what each village would become and stores nothing; the same list again changes nothing."""
    sure = county.village(name="石桥", town="龙门", lat=None, lon=None)
    twice = county.village(name="桃园", lat=None, lon=None)
    before = places(county)
    preview = sent(county.coordinator, LIST, "?dry_run=true").get_json()
    assert {one["id"]: (one["outcome"], one["places"]) for one in preview["villages"]} == {
        sure: ("placed", 1), twice: ("ambiguous", 2)
    }  # fmt: skip
    assert preview["counts"] == {"placed": 1, "ambiguous": 1, "unconfirmed": 0, "unknown": 0}
    assert places(county) == before
    stored = sent(county.coordinator, LIST).get_json()
    assert stored["summary"] == [*preview["summary"][:-1], "Stored."]
    assert places(county) == before | {sure: (29.51, 106.51)}
    candidates = county.coordinator.get(f"/api/v1/villages/{twice}/place")["candidates"]
    assert {one["source"] for one in candidates} == {"places.csv"}
    assert sent(county.coordinator, LIST).get_json()["counts"]["placed"] == 0


def test_each_cell_that_is_no_place_is_named(county: County) -> None:
    """As a spreadsheet names it, with what stands there, why it cannot be and what to do, in the reader's language."""
    report = sent(county.coordinator, BAD, headers={"Accept-Language": "zh-Hans"}).get_json()
    assert [(one["cell"], one["column"], one["value"], one["code"]) for one in report["problems"]] == [
        ("B3", "纬度", "north", "coordinate_unreadable"), ("A4", "名称", None, "place_name_missing"),
        ("C5", "经度", None, "coordinate_missing"), ("B6", "纬度", "0", "coordinates_zero"),
        ("B7", "纬度", "106.5", "coordinates_swapped"),
    ]  # fmt: skip
    said = [one[part] for one in report["problems"] for part in ("reason", "remedy")]
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in sentence) for sentence in said), said
    assert (report["read"], report["left_out"], report["problems_left_out"]) == (1, 5, 0)


def test_the_command_names_the_cells_too(county: County, tmp_path: Path) -> None:
    """Who loads a list on the server is told the same."""
    (tmp_path / "places.csv").write_text(BAD, encoding="utf-8")
    said = load(county, tmp_path / "places.csv", "--dry-run").output
    assert "B3: north – " in said
    assert "C5: " in said


def test_the_datum_and_the_name_alone_can_be_said(county: County) -> None:
    """A table off a Chinese map is brought to WGS-84; a name that stands once is trusted only if told so."""
    village = county.village(name="柳树湾", town="很远镇", lat=None, lon=None)
    lat, lon = to_gcj02(29.55, 106.55)
    table = f"名称,纬度,经度\n柳树湾,{lat},{lon}\n"
    assert sent(county.coordinator, table, "?datum=gcj02").get_json()["counts"]["unconfirmed"] == 1
    assert sent(county.coordinator, table, "?datum=gcj02&by_name=true").get_json()["counts"]["placed"] == 1
    found = county.coordinator.get(f"/api/v1/villages/{village}")
    assert metres(Place(found["lat"], found["lon"]), Place(29.55, 106.55)) < 0.1
    assert found["datum"] == "gcj02"
    problem(sent(county.coordinator, table, "?datum=mars"), 422, "invalid", "datum")


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"a,b\n1,2\n", "a, b"), (b"%PDF-1.7\x00", "CSV"), (b"PK\x03\x04" + bytes(60), "CSV"), (b"\xff\xff", "CSV")],
)
def test_what_is_no_list_is_refused_with_the_remedy(county: County, data: bytes, says: str) -> None:
    """In a sentence for a person; nothing is stored."""
    assert says in problem(sent(county.coordinator, data), 422, "place-list-unreadable", "file")["detail"]
    other = {"other": (io.BytesIO(b"x"), "x.csv")}
    problem(county.coordinator.send("POST", "/api/v1/villages/places", data=other), 422, "no-file", "file")


def test_only_villages_of_ones_own_branches_are_placed(county: County) -> None:
    """Another branch's village is neither placed nor named, and who may not place villages may not upload."""
    village = county.village(name="石桥", town="龙门", lat=None, lon=None)
    assert sent(county.stranger, LIST).get_json()["villages"] == []
    assert county.coordinator.get(f"/api/v1/villages/{village}")["lat"] is None
    assert sent(county.user("manager"), LIST).status_code == 403
