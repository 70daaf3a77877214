"""Reading lists of places (tables and OpenStreetMap extracts) and holding villages against them."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.gazetteer import ListMatch, NamedPlace, Proposals
from routing.places import metres, to_gcj02
from routing.problem import Place
from routing.rules import load_rules
from routing.villages import KnownVillage
from schemas.gazetteer import GazetteerRefused, open_gazetteer

RULES = load_rules().places.lists
OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6" generator="test">
  <node id="1" lat="29.50" lon="106.50"><tag k="place" v="town"/><tag k="name" v="石桥镇"/></node>
  <node id="2" lat="29.52" lon="106.52"><tag k="place" v="village"/><tag k="name" v="ཤིང་གྲོང"/>
    <tag k="name:zh-Hans" v="石桥村"/><tag k="name:en" v="Shiqiao"/><tag k="alt_name" v="老石桥;石桥坝"/></node>
  <node id="3" lat="29.53" lon="106.53"><tag k="place" v="hamlet"/></node>
  <node id="4" lat="29.54" lon="106.54"><tag k="place" v="planet"/><tag k="name" v="火星"/></node>
  <node id="5" lat="29.55" lon="106.55"><tag k="amenity" v="bank"/><tag k="name" v="石桥"/></node>
  <node id="6" lat="29.56" lon="106.56"><tag k="place" v="hamlet"/><tag k="name" v="桃园"/>
    <tag k="is_in" v="石桥镇, 中国"/></node>
</osm>
"""


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Give a small extract as XML."""
    file = tmp_path / "small.osm"
    file.write_text(OSM, encoding="utf-8")
    return file


def village(id_: str, name: str, town: str = "石桥镇", place: Place | None = None) -> KnownVillage:
    return KnownVillage(id_, town, "", name, place=place)


def held(places: list[NamedPlace], *villages: KnownVillage, by_name: bool = False) -> Proposals:
    match = ListMatch(villages, RULES, by_name=by_name)
    for place in places:
        match.read(place)
    return match.proposals()


def test_an_extract_gives_its_settlements_with_all_their_names(extract: Path) -> None:
    """Nodes of a kind that people live in, in every language they are named in; one without a name is counted."""
    list_ = open_gazetteer(extract)
    found = {place.ref: place for place in list_.places()}
    assert list(found) == [1, 2, 6]
    assert set(found[2].others) == {"石桥村", "Shiqiao", "老石桥", "石桥坝"}
    assert (found[1].kind, found[6].within, found[6].partial) == ("town", ("石桥镇", "中国"), True)
    assert list_.left_out == 1


def test_the_extract_of_andorra_holds_what_its_table_holds(public_data: Callable[[str], Path]) -> None:
    """The pbf and the csv of the same country name the same places at the same coordinates."""
    with (public_data("gazetteer") / "osm_places_andorra.csv").open(encoding="utf-8") as stream:
        rows = {int(row["osm_node_id"]): row for row in csv.DictReader(stream) if row["place"] != "country"}
    by_pbf = {one.ref: one for one in open_gazetteer(public_data("osm") / "andorra.osm.pbf").places()}
    by_csv = {one.name: one for one in open_gazetteer(public_data("gazetteer") / "osm_places_andorra.csv").places()}
    assert rows.keys() <= by_pbf.keys()
    for node, row in rows.items():
        place = by_pbf[node]
        assert (place.name, place.kind) == (row["name"], row["place"])
        assert metres(place.place, Place(float(row["lat"]), float(row["lon"]))) < 0.2
    assert by_csv.keys() == {row["name"] for row in rows.values()}
    assert {one.kind for one in by_csv.values()} == {row["place"] for row in rows.values()}


@pytest.mark.parametrize(
    "name", ["osm_places_andorra.csv", "osm_places_north-bayreuth.csv", "villages_sikkim_india.csv"]
)
def test_every_form_of_table_is_understood(public_data: Callable[[str], Path], name: str) -> None:
    """Columns are found by what they are called; every row with a name is a place, with its kind."""
    file = public_data("gazetteer") / name
    with file.open(encoding="utf-8") as stream:
        named = [row for row in csv.DictReader(stream) if (row.get("name") or row.get("NAME") or "").strip()]
    found = list(open_gazetteer(file).places())
    assert len(found) == len([row for row in named if row.get("place") != "country"]) > 50
    assert all(one.kind for one in found)


def test_a_table_may_be_in_another_datum(tmp_path: Path) -> None:
    """Coordinates off a Chinese map come out as WGS-84; an extract has one datum only."""
    lat, lon = to_gcj02(29.51, 106.51)
    file = tmp_path / "list.csv"
    file.write_text(f"名称,纬度,经度\n石桥,{lat},{lon}\n", encoding="gb18030")
    [place] = open_gazetteer(file, "gcj02").places()
    assert metres(place.place, Place(29.51, 106.51)) < 0.02
    with pytest.raises(GazetteerRefused, match="osm_datum"):
        open_gazetteer(tmp_path / "x.osm.pbf", "gcj02")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", b"a,b\n1,2\n", "gazetteer_columns"),
        ("b.csv", b"%PDF-1.7\x00", "not_gazetteer"),
        ("c.csv", b"", "gazetteer_columns"),
        ("d.csv", b"\xff\xff\xff", "not_gazetteer"),
        ("e.osm.pbf", b"no blob at all", "osm_unreadable"),
        ("f.osm", b"<osm><node", "osm_unreadable"),
        ("g.osm.pbf", b"", "osm_unreadable"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    """Whatever the bytes: a reason, never a traceback."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GazetteerRefused) as refused:
        list(open_gazetteer(tmp_path / name).places())
    assert refused.value.code == code


@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.osm", "x.osm.pbf"]))
def test_any_bytes_are_a_list_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    """Damaged files end with the reason."""
    file = tmp_path_factory.mktemp("any") / name
    file.write_bytes(b"name,lat,lon\n" + data if name == "x.csv" else data)
    with contextlib.suppress(GazetteerRefused):
        list(open_gazetteer(file).places())


def test_a_town_is_no_village_of_the_same_name() -> None:
    """石桥镇 and 石桥村 are both called 石桥: the village is placed at the village, the town at the town."""
    town, hamlet = NamedPlace("石桥镇", 29.50, 106.50, kind="town"), NamedPlace("石桥村", 29.52, 106.52, kind="village")
    found = held([town, hamlet], village("v", "石桥"))
    assert found.villages[0].outcome == "placed"
    assert (found.villages[0].places, found.towns) == ((hamlet,), {"石桥": town.place})
    alone = held([town], village("v", "石桥"))
    assert (alone.villages[0].outcome, alone.villages[0].places) == ("unconfirmed", (town,))


def test_a_place_that_names_no_town_is_of_the_town_it_lies_about() -> None:
    """Near its town a name is confirmed; far off, or where a table names another town, it is not."""
    town = NamedPlace("石桥镇", 29.50, 106.50, kind="town")
    near = NamedPlace("桃园", 29.55, 106.55, kind="hamlet")
    far = NamedPlace("桃园", 30.50, 106.55, kind="hamlet")
    other = NamedPlace("桃园", 29.55, 106.55, ("河口镇",), kind="hamlet")
    for places, outcome in (
        ([town, near], "placed"), ([town, far], "unconfirmed"), ([town, other], "unconfirmed"),
        ([town, near, far], "placed"), ([near], "unconfirmed"), ([town, near, near, far], "placed"),
        ([town, near, NamedPlace("桃园", 29.45, 106.45, kind="hamlet")], "ambiguous"),
    ):  # fmt: skip
        assert held(places, village("v", "桃园")).villages[0].outcome == outcome, places


def test_a_town_that_the_list_lacks_lies_amid_its_places() -> None:
    """A table that says of what town each place is tells where that town lies; two towns of one name tell nothing."""
    places = [NamedPlace(f"{n}村", 29.5 + n / 100, 106.5, ("白沙镇",)) for n in range(5)]
    assert held(places, village("v", "桃园", "白沙")).towns == {"白沙": Place(29.52, 106.5)}
    two = [NamedPlace("白沙镇", 29.5, 106.5), NamedPlace("白沙乡", 30.5, 106.5)]
    assert held(two, village("v", "桃园", "白沙")).towns == {}
    assert held([*places, *two], village("v", "桃园", "白沙")).towns == {"白沙": Place(29.5, 106.5)}


def test_names_in_other_languages_count() -> None:
    """A ledger in Chinese and a map in Tibetan speak of one village."""
    place = NamedPlace("ཤིང་གྲོང", 29.52, 106.52, ("石桥镇",), others=("石桥村",))
    assert held([place], village("v", "石桥")).villages[0].outcome == "placed"
