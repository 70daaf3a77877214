"""Villages placed from a gazetteer: what is sure is set, everything else is left to a person."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from sqlalchemy import select

from api.store.models import AuditEntry, PlaceCandidate, Town
from routing.places import metres
from routing.problem import Place
from tests.factories import PASSWORD, County
from tests.integration.test_ledgers import imported
from tests.integration.test_work_merges import MISSPELT, items, settled

LIST = (
    "名称,纬度,经度,乡镇\n"
    "石桥村,29.51,106.51,龙门镇\n石桥,29.52,106.52,河口镇\n桃园,29.53,106.53,龙门镇\n"
    "桃园,29.54,106.54,龙门镇\n柳树湾,29.55,106.55,\n坏,north,106,龙门镇\n"
)


def load(county: County, file: Path, *options: str, user: str = "coordinator") -> Result:
    """Run the command as a person types it."""
    with county.app.app_context():
        return county.app.test_cli_runner().invoke(
            args=["places", "load", str(file), "--user", user, *options]
        )


def places(county: County) -> dict[str, tuple[float, float] | None]:
    rows = county.coordinator.get("/api/v1/villages?limit=500")["items"]
    return {one["id"]: None if one["lat"] is None else (one["lat"], one["lon"]) for one in rows}


def test_only_what_is_sure_is_placed(county: County, tmp_path: Path) -> None:
    """One place of the name in the town: set. Two there, another town or none said: offered. What has a place: kept."""
    file = tmp_path / "places.csv"
    file.write_text(LIST, encoding="utf-8")
    nowhere = {"lat": None, "lon": None}
    sure = county.village(name="石桥", town="龙门", **nowhere)
    twice = county.village(name="桃园", **nowhere)
    no_town = county.village(name="柳树湾", town="很远镇", **nowhere)
    elsewhere = county.village(name="石桥", town="白沙镇", **nowhere)
    placed = county.village(name="桃园村", town="河口镇", lat=29.9, lon=106.9)
    before = places(county)
    preview = load(county, file, "--dry-run")
    assert preview.exit_code == 0, preview.output
    assert "placed, 1 ambiguous, 2 unconfirmed, 0 not in the list" in preview.output
    assert "Villages: 1 placed" in preview.output
    assert "1 entry of the list has no name or no place." in preview.output
    assert "Nothing was stored." in preview.output
    assert places(county) == before
    assert load(county, file).exit_code == 0
    assert places(county) == before | {sure: (29.51, 106.51)}
    with county.app.extensions["store"].read() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "village.placed"))
        assert (entry.subject, entry.detail["file"], entry.detail["ref"]) == (sure, "places.csv", 2)
    assert load(county, file, "--by-name").exit_code == 0
    after = places(county)
    assert (after[no_town], after[placed]) == ((29.55, 106.55), (29.9, 106.9))
    assert (after[twice], after[elsewhere]) == (None, None)


def test_what_is_not_sure_is_offered_and_taken_with_one_click(county: County, tmp_path: Path) -> None:
    """The places of that name stand beside the village; the one a person takes becomes its place."""
    file = tmp_path / "places.csv"
    file.write_text(LIST, encoding="utf-8")
    village = county.village(name="桃园", lat=None, lon=None)
    other = county.village(name="另村", lat=None, lon=None)
    load(county, file)
    path = f"/api/v1/villages/{village}"
    offered = county.coordinator.get(f"{path}/place")["candidates"]
    assert [(one["name"], one["lat"], one["within"], one["source"]) for one in offered] == [
        ("桃园", 29.53, "龙门镇", "places.csv"), ("桃园", 29.54, "龙门镇", "places.csv"),
    ]  # fmt: skip
    foreign = county.coordinator.send("PATCH", f"/api/v1/villages/{other}", {"candidate": offered[0]["id"]}, version=1)
    assert foreign.status_code == 422
    taken = county.coordinator.patch(path, {"candidate": offered[1]["id"]}, 1)
    assert (taken["lat"], taken["place_source"]) == (29.54, "gazetteer")
    assert county.coordinator.send("POST", f"{path}/place/undo", version=2).get_json()["lat"] is None


def test_a_village_that_was_joined_and_parted_has_its_candidates_and_its_undo(county: County, tmp_path: Path) -> None:
    """What is a village's own comes back with it: the places that a list offers, and the place that it had before."""
    imported(county.coordinator, MISSPELT)
    [item] = items(county.coordinator, "village_merge")
    path = f"/api/v1/villages/{item['subjects'][1]['id']}"
    name = item["subjects"][1]["name"]
    file = tmp_path / "places.csv"
    file.write_text(f"名称,纬度,经度,乡镇\n{name},29.53,106.53,龙门镇\n{name},29.54,106.54,龙门镇\n", encoding="utf-8")
    load(county, file)
    for lat in (29.5, 29.6):
        county.coordinator.patch(path, {"lat": lat, "lon": 106.5}, county.coordinator.get(path)["version"])
    before = county.coordinator.get(f"{path}/place")
    assert (len(before["candidates"]), before["undoable"]) == (2, True)
    settled(county.coordinator, settled(county.coordinator, item, "together"), "reopen")
    assert county.coordinator.get(f"{path}/place") == before
    back = [
        county.coordinator.send("POST", f"{path}/place/undo", version=county.coordinator.get(path)["version"])
        for _ in range(2)
    ]  # fmt: skip
    assert [one.get_json()["lat"] for one in back] == [29.5, None]


def test_the_same_list_again_changes_nothing(county: County, tmp_path: Path) -> None:
    """Loading twice leaves the same places, the same candidates and the same towns."""
    file = tmp_path / "places.csv"
    file.write_text(LIST, encoding="utf-8")
    for name in ("石桥", "桃园", "柳树湾"):
        county.village(name=name, lat=None, lon=None)

    def rows() -> list[list[tuple[object, ...]]]:
        with county.app.extensions["store"].read() as session:
            candidates = select(PlaceCandidate.village_id, PlaceCandidate.lat, PlaceCandidate.name)
            towns = select(Town.match_key, Town.lat, Town.lon)
            return [sorted(map(tuple, session.execute(query))) for query in (candidates, towns)]

    load(county, file)
    first, seen = rows(), county.coordinator.get("/api/v1/villages")
    assert all(first)
    load(county, file)
    assert (rows(), county.coordinator.get("/api/v1/villages")) == (first, seen)


def test_the_summary_is_in_the_users_language(county: County, tmp_path: Path) -> None:
    """Who asks in Chinese is answered in Chinese, also why a file is refused."""
    file = tmp_path / "places.csv"
    file.write_text(LIST, encoding="utf-8")
    new = {"username": "zhangwei", "password": PASSWORD, "role": "coordinator", "branches": [county.branch]}
    county.admin.post("/api/v1/users", new | {"language": "zh-Hans"})
    for name in ("石桥", "桃园"):
        county.village(name=name, lat=None, lon=None)
    said = load(county, file, "--dry-run", user="zhangwei").output
    assert "未保存" in said
    assert "ambiguous" not in said
    file.write_bytes(b"a,b\n1,2\n")
    refused = load(county, file, user="zhangwei")
    assert refused.exit_code == 1
    assert "纬度" in refused.output


def test_an_extract_places_villages_and_towns(county: County, public_data: Callable[[str], Path]) -> None:
    """The villages of Andorra out of its OpenStreetMap extract: each at its own node, the towns kept for planning."""
    with (public_data("gazetteer") / "osm_places_andorra.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    towns = {row["name"]: Place(float(row["lat"]), float(row["lon"])) for row in rows if row["place"] == "town"}
    truth = {}
    for row in [row for row in rows if row["place"] in ("village", "hamlet")][::4]:
        place = Place(float(row["lat"]), float(row["lon"]))
        town = min(towns, key=lambda name: metres(towns[name], place))
        truth[county.village(name=row["name"], town=town, lat=None, lon=None)] = place
    file = public_data("osm") / "andorra.osm.pbf"
    assert load(county, file, "--dry-run").exit_code == 0
    assert set(places(county).values()) == {None}
    done = load(county, file)
    assert done.exit_code == 0, done.output
    found = places(county)
    assert all(found[one] is None or metres(Place(*found[one]), truth[one]) < 1 for one in truth)  # type: ignore[misc]
    assert sum(found[one] is not None for one in truth) >= 0.9 * len(truth)
    unknown = county.village(name="Enlloc", town="Ordino", lat=None, lon=None)
    town = county.coordinator.get(f"/api/v1/villages/{unknown}/place")["town"]
    assert metres(Place(town["lat"], town["lon"]), towns["Ordino"]) < 1


def test_two_villages_of_one_name_in_one_town_share_no_place(county: County, tmp_path: Path) -> None:
    """The list cannot say which of the two it means."""
    file = tmp_path / "places.csv"
    file.write_text("name,lat,lon,town\n石桥,29.5,106.5,龙门镇\n", encoding="gb18030")
    for admin_village in ("东村", "西村"):
        county.village(name="石桥", admin_village=admin_village, lat=None, lon=None)
    assert "0 placed, 2 ambiguous" in load(county, file).output


def test_real_villages_find_their_own_place(county: County, public_data: Callable[[str], Path]) -> None:
    """Of the 394 villages of Sikkim each that its sub-district knows once is placed, and at its own centroid."""
    file = public_data("gazetteer") / "villages_sikkim_india.csv"
    with file.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    seen = Counter((row["NAME"], row["SUB_DIST"]) for row in rows)
    truth = {}
    for row in rows[::8]:
        if seen[row["NAME"], row["SUB_DIST"]] == 1 and row["NAME"]:
            village = county.village(name=row["NAME"], town=row["SUB_DIST"], lat=None, lon=None)
            truth[village] = (float(row["centroid_lat"]), float(row["centroid_lon"]))
    assert load(county, file).exit_code == 0
    found = places(county)
    assert all(found[village] in (None, place) for village, place in truth.items())
    assert sum(found[village] is not None for village in truth) >= 0.9 * len(truth)
