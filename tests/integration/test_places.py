"""Villages placed from a gazetteer: what is sure is set, everything else is left to a person."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from sqlalchemy import select

from api.store.models import AuditEntry
from tests.factories import County

LIST = (
    "名称,纬度,经度,乡镇\n"
    "石桥村,29.51,106.51,龙门镇\n石桥,29.52,106.52,河口镇\n桃园,29.53,106.53,龙门镇\n"
    "桃园,29.54,106.54,龙门镇\n柳树湾,29.55,106.55,\n坏,north,106,龙门镇\n"
)


def load(county: County, file: Path, *options: str) -> Result:
    """Run the command as a person types it."""
    with county.app.app_context():
        return county.app.test_cli_runner().invoke(
            args=["places", "load", str(file), "--user", "coordinator", *options]
        )


def places(county: County) -> dict[str, tuple[float, float] | None]:
    rows = county.coordinator.get("/api/v1/villages?limit=500")["items"]
    return {one["id"]: None if one["lat"] is None else (one["lat"], one["lon"]) for one in rows}


def test_only_what_is_sure_is_placed(county: County, tmp_path: Path) -> None:
    """One place of the name in the town: set. Two there, another town or none said: listed. What has a place: kept."""
    file = tmp_path / "places.csv"
    file.write_text(LIST, encoding="utf-8")
    nowhere = {"lat": None, "lon": None}
    sure = county.village(name="石桥", town="龙门", **nowhere)
    twice = county.village(name="桃园", **nowhere)
    no_town = county.village(name="柳树湾", **nowhere)
    elsewhere = county.village(name="石桥", town="白沙镇", **nowhere)
    placed = county.village(name="桃园村", town="河口镇", lat=29.9, lon=106.9)
    before = places(county)
    preview = load(county, file)
    assert preview.exit_code == 0, preview.output
    assert "placed 1  ambiguous 1  unconfirmed 2  unknown 0" in preview.output
    assert "1 lines of the file" in preview.output
    assert places(county) == before
    assert load(county, file, "--apply").exit_code == 0
    assert places(county) == before | {sure: (29.51, 106.51)}
    with county.app.extensions["store"].read() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "village.placed"))
        assert (entry.subject, entry.detail["source"], entry.detail["line"]) == (sure, "places.csv", 2)
    assert load(county, file, "--apply", "--by-name").exit_code == 0
    after = places(county)
    assert (after[no_town], after[placed]) == ((29.55, 106.55), (29.9, 106.9))
    assert (after[twice], after[elsewhere]) == (None, None)


def test_two_villages_of_one_name_in_one_town_share_no_place(county: County, tmp_path: Path) -> None:
    """The list cannot say which of the two it means."""
    file = tmp_path / "places.csv"
    file.write_text("name,lat,lon,town\n石桥,29.5,106.5,龙门镇\n", encoding="gb18030")
    for admin_village in ("东村", "西村"):
        county.village(name="石桥", admin_village=admin_village, lat=None, lon=None)
    assert "placed 0  ambiguous 2" in load(county, file, "--apply").output


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
    assert load(county, file, "--apply").exit_code == 0
    found = places(county)
    assert all(found[village] in (None, place) for village, place in truth.items())
    assert sum(found[village] is not None for village in truth) >= 0.9 * len(truth)


def test_a_file_that_is_no_gazetteer_is_refused(county: County, tmp_path: Path) -> None:
    """A file without the columns, or that is no text, ends the command with its reason."""
    for name, data in (("a.csv", b"a,b\n1,2\n"), ("b.csv", b"%PDF-1.7"), ("c.csv", b""), ("d.csv", b"\xff\xff\xff")):
        (tmp_path / name).write_bytes(data)
        result = load(county, tmp_path / name)
        assert (result.exit_code, result.output.startswith("Error: ")) == (1, True)
