"""Placing a village by hand: datum, version, undo, audit; the doors of the village know at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api.store.models import AuditEntry
from routing.places import metres, to_bd09, to_gcj02
from routing.problem import Place
from tests.factories import County, problem

NOWHERE = {"lat": None, "lon": None}
HERE = Place(29.51234, 106.52345)


def path(village: str, more: str = "") -> str:
    return f"/api/v1/villages/{village}{more}"


def undo(county: County, village: str, version: int) -> Any:
    return county.coordinator.send("POST", path(village, "/place/undo"), version=version)


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_a_place_is_kept_in_wgs84_with_the_datum_it_was_said_in(county: County, datum: str) -> None:
    """A point read off a Chinese map is brought to WGS-84 to the centimetre; where it came from stays known."""
    shift = {"wgs84": lambda *at: at, "gcj02": to_gcj02, "bd09": to_bd09}[datum]
    lat, lon = shift(HERE.lat, HERE.lon)
    village = county.village(**NOWHERE)
    placed = county.coordinator.patch(path(village), {"lat": lat, "lon": lon, "datum": datum}, 1)
    assert metres(Place(placed["lat"], placed["lon"]), HERE) < 0.02
    assert (placed["datum"], placed["place_source"], placed["version"]) == (datum, "hand", 2)
    assert placed["placed_at"]
    made = county.coordinator.get(path(county.village(lat=lat, lon=lon, datum=datum)))
    assert metres(Place(made["lat"], made["lon"]), HERE) < 0.02


def test_half_said_places_are_refused(county: County) -> None:
    """A datum belongs to two coordinates, a candidate to none; 0/0 is nowhere, an unknown datum is no datum."""
    village = county.village(**NOWHERE)
    for body, field in (
        ({"lat": 29.5}, "lon"),
        ({"lat": 29.5, "datum": "gcj02"}, "datum"),
        ({"lat": 0, "lon": 0}, "lat"),
        ({"lat": 29.5, "lon": 106.5, "datum": "nad27"}, "datum"),
        ({"lat": 29.5, "lon": 106.5, "candidate": "x"}, "candidate"),
        ({"candidate": "x"}, "candidate"),
    ):
        answer = county.coordinator.send("PATCH", path(village), body, version=1)
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, field)
    assert county.coordinator.get(path(village))["version"] == 1


def test_each_placing_can_be_taken_back_one_after_the_other(county: County) -> None:
    """The undo leads back through the places that the village had, to the one it was made with; then there is none."""
    village = county.village(lat=29.5, lon=106.5)
    county.coordinator.patch(path(village), {"lat": 29.6, "lon": 106.6}, 1)
    county.coordinator.patch(path(village), NOWHERE, 2)
    assert county.coordinator.get(path(village, "/place"))["undoable"]
    back = undo(county, village, 3)
    assert back.status_code == 200
    assert (back.get_json()["lat"], back.get_json()["place_source"], back.get_json()["version"]) == (29.6, "hand", 4)
    assert undo(county, village, 4).get_json()["lat"] == 29.5
    problem(undo(county, village, 5), 409, "no-placing")
    assert not county.coordinator.get(path(village, "/place"))["undoable"]


def test_the_undo_is_for_who_saw_the_last_version(county: County) -> None:
    """What somebody else has changed since is 412; without If-Match 428; another's village is 404."""
    village = county.village()
    county.coordinator.patch(path(village), {"lat": 29.6, "lon": 106.6}, 1)
    problem(undo(county, village, 1), 412, "stale")
    problem(county.coordinator.send("POST", path(village, "/place/undo")), 428, "if-match")
    problem(county.stranger.send("POST", path(village, "/place/undo"), version=2), 404, "not-found")
    problem(county.stranger.send("GET", path(village, "/place")), 404, "not-found")
    assert county.coordinator.get(path(village))["lat"] == 29.6


def test_doors_know_how_well_they_can_be_found(county: County) -> None:
    """Placing a village makes its doors' precision village; taking it back, town; a door's own place is untouched."""
    village = county.village(**NOWHERE)
    plain, own = county.household(village), county.household(village, lat=29.7, lon=106.7)

    def precisions() -> list[str]:
        return [county.coordinator.get(f"/api/v1/households/{one}")["precision"] for one in (plain, own)]

    assert precisions() == ["town", "door"]
    county.coordinator.patch(path(village), {"lat": 29.6, "lon": 106.6}, 1)
    assert precisions() == ["village", "door"]
    undo(county, village, 2)
    assert precisions() == ["town", "door"]


def test_who_placed_what_stands_in_the_audit_without_the_place(county: County) -> None:
    """Placing, unplacing and undo are each in the trail, with the source."""
    village = county.village(**NOWHERE)
    county.coordinator.patch(path(village), {"lat": 29.6, "lon": 106.6}, 1)
    county.coordinator.patch(path(village), NOWHERE, 2)
    undo(county, village, 3)
    with county.app.extensions["store"].read() as session:
        query = select(AuditEntry).where(AuditEntry.subject == village, AuditEntry.action.like("village.%place%"))
        trail = [(one.action, one.detail) for one in session.scalars(query.order_by(AuditEntry.id))]
    assert [action for action, _detail in trail] == ["village.placed", "village.unplaced", "village.place_undone"]
    assert trail[0][1] == {"source": "hand"}
    assert "29.6" not in repr(trail)


def test_the_town_of_a_village_is_shown_where_its_other_villages_lie(county: County) -> None:
    """Who places a village by hand is led to its town; a town nobody knows of is not made up."""
    county.village(town="河口镇", lat=29.8, lon=106.8)
    village = county.village(town="河口", **NOWHERE)
    assert county.coordinator.get(path(village, "/place"))["town"] == {"name": "河口", "lat": 29.8, "lon": 106.8}
    lost = county.village(town="无人知镇", **NOWHERE)
    assert county.coordinator.get(path(lost, "/place")) == {"town": None, "candidates": [], "undoable": False}


def test_places_are_listed_by_their_source(county: County) -> None:
    """A coordinator finds what was placed in one way, to look it over."""
    by_hand = county.village()
    county.village(**NOWHERE)
    found = county.coordinator.get("/api/v1/villages?place_source=hand")["items"]
    assert [one["id"] for one in found] == [by_hand]
    assert county.coordinator.get("/api/v1/villages?place_source=phone")["items"] == []
