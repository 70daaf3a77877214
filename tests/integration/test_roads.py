"""Plans on roads: real ones from an extract, a service that is well and one that is not, and what is said of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text

from api.usecases import draw_up_plan
from api.wording import TABLE
from api.wording.roads import BECAUSE
from routing.problem import Place
from routing.travel.build import BUILD_FAILURES
from routing.travel.calibration import read_calibrations
from routing.travel.geodesic import geodesic_metres
from routing.travel.lines import decoded
from routing.travel.roads import FAILURES
from routing.travel.table import TRAVEL_NOTES
from tests.sample_county import Sample, other_settings
from tests.unit.routing import hostile_roads as hostile

HERE = "127.0.0.0/8"


@pytest.fixture
def service() -> Iterator[hostile.Server]:
    """Give a service that answers like OSRM."""
    with hostile.serving() as server:
        yield server


def by_service(sample: Sample, server: hostile.Server, folder: Path, **more: Any) -> Any:
    """Let the application go by a service on this machine."""
    return other_settings(
        sample.app, roads="service", roads_url=server.url, roads_networks=HERE, roads_version="winter",
        roads_dir=str(folder), **more,
    )  # fmt: skip


@pytest.fixture
def mountains(sample: Sample, public_data: Callable[[str], Path]) -> Sample:
    """Give the sample county with its villages where real ones of Andorra are, and its branches in their capital."""
    with (public_data("gazetteer") / "osm_places_andorra.csv").open(encoding="utf-8") as stream:
        places = [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(stream)]
    with sample.app.extensions["store"].write() as session:
        session.execute(text("update households set lat = null, lon = null"))
        session.execute(text("update branches set lat = :lat, lon = :lon"), {"lat": places[0][0], "lon": places[0][1]})
        for number, (village,) in enumerate(session.execute(text("select id from villages order by id")).all()):
            lat, lon = places[1 + number % (len(places) - 1)]
            values = {"lat": lat, "lon": lon, "id": village}
            session.execute(text("update villages set lat = :lat, lon = :lon where id = :id"), values)
    return sample


@pytest.fixture
def on_roads(mountains: Sample, built_roads: Path) -> Iterator[Sample]:
    """Give the county in the mountains with real road data built."""
    with other_settings(mountains.app, roads="built", roads_dir=str(built_roads)):
        yield mountains


def run(sample: Sample, *arguments: str) -> Result:
    """Run a command of ``flask``."""
    with sample.app.app_context():
        return sample.app.test_cli_runner().invoke(args=list(arguments))


def lines_of(route: dict[str, Any]) -> list[str]:
    """Return the roads of a route."""
    return [line for line in (*(stop["line"] for stop in route["stops"]), route["line_back"]) if line]


def test_a_plan_follows_real_roads_and_names_them(on_roads: Sample, built_roads: Path) -> None:
    """It records the version, its routes carry the roads between villages, none inside one, and little of it."""
    plan = on_roads.planned()
    assert plan["status"] == "ready"
    current = (built_roads / "current").read_text().strip()
    assert plan["rules"]["roads"] == f"{current}/car"
    assert plan["routes"]
    for route in plan["routes"]:
        assert lines_of(route)
        ends = [route["from_place"], *route["stops"], route["to_place"]]
        for (before, after), line in zip(
            pairwise(ends), [*(stop["line"] for stop in route["stops"]), route["line_back"]], strict=True
        ):
            if line is None:
                continue
            assert before.get("village", 1) != after.get("village", 2)
            road = decoded(line)
            gaps = geodesic_metres([road[0], road[-1]], [Place(one["lat"], one["lon"]) for one in (before, after)])
            assert max(gaps[0, 0], gaps[1, 1]) < 2_000
        assert sum(map(len, lines_of(route))) < 12_000


def test_the_phone_gets_the_roads_and_only_where_it_may_know_doors(on_roads: Sample) -> None:
    """With links to the village instead of the door no line tells where the door is."""
    plan = on_roads.planned()
    on_roads.publish(plan["id"])
    phone = on_roads.phones_with_stops()[0]
    day = phone.day(on_roads.on)
    (route,) = [one for one in plan["routes"] if one["team"] == day["team"]["id"]]
    assert [stop["line"] for stop in day["stops"]] == [stop["line"] for stop in route["stops"]]
    assert day["line_back"] == route["line_back"]
    assert len(json.dumps(lines_of({**day, "stops": day["stops"]}))) < 12_000
    with other_settings(on_roads.app, door_links=False):
        on_roads.publish(on_roads.planned()["id"])
        day = phone.day(on_roads.on)
    assert day["stops"]
    assert {stop["line"] for stop in day["stops"]} | {day["line_back"]} == {None}


def test_a_road_to_a_stop_that_was_taken_away_is_not_drawn(on_roads: Sample) -> None:
    """After a withdrawn stop the phone has no road from the stop before it, for nobody comes from there."""
    on_roads.publish(on_roads.planned()["id"])
    phone = next(one for one in on_roads.phones_with_stops() if len(one.day(on_roads.on)["stops"]) > 3)
    before = phone.day(on_roads.on)
    gone = before["stops"][1]
    later = [stop["id"] for stop in before["stops"][2:]]
    with on_roads.app.app_context(), on_roads.app.extensions["store"].write() as session:
        session.execute(
            text("update stops set withdrawn_at = created_at where id in (:gone, :last)"),
            {"gone": gone["id"], "last": later[-1]},
        )
        from api.usecases.field_days import rebuild_days

        rebuild_days(session, [before["team"]["id"]], on_roads.on)
    after = phone.day(on_roads.on)
    assert [stop["id"] for stop in after["stops"]] == [before["stops"][0]["id"], *later[:-1]]
    assert [stop["line"] for stop in after["stops"]] == [
        before["stops"][0]["line"], None, *(stop["line"] for stop in before["stops"][3:-1]),
    ]  # fmt: skip
    assert after["line_back"] is None


def test_the_next_plan_asks_for_nothing_that_is_known(sample: Sample, service: hostile.Server, tmp_path: Path) -> None:
    """Ways are kept between days: a second plan of the same doors asks the service for no table."""
    with by_service(sample, service, tmp_path):
        assert sample.planned()["rules"]["roads"] == "winter/car"
        tables = [path for path in service.paths if "/table/" in path]
        assert tables
        service.paths.clear()
        assert sample.planned()["status"] == "ready"
        assert not [path for path in service.paths if "/table/" in path]


def test_an_answer_about_a_plan_says_that_its_roads_are_not_todays(
    sample: Sample, service: hostile.Server, tmp_path: Path
) -> None:
    """While the roads are the plan's own nothing is said; once the service has others, check and fits both say so."""

    def notes() -> list[str | None]:
        asked = {"routes": [{"team": route["team"], "date": route["date"], "households": [stop["household"]]}]}
        checked = sample.coordinator.send("POST", f"/api/v1/plans/{plan['id']}/check", asked).get_json()
        fits = sample.coordinator.get(f"/api/v1/plans/{plan['id']}/fits?household={stop['household']}")
        return [checked["travel_note"], fits["travel_note"]]

    with by_service(sample, service, tmp_path):
        plan = sample.planned()
        route = plan["routes"][0]
        stop = route["stops"][0]
        assert notes() == [None, None]
    with by_service(sample, service, tmp_path / "empty"):
        service.always = hostile.error_500
        assert all("(winter/car)" in str(note) for note in notes())
        service.always = None
    with other_settings(
        sample.app, roads="service", roads_url=service.url, roads_networks=HERE, roads_version="summer",
        roads_dir=str(tmp_path),
    ):  # fmt: skip
        assert all("(winter/car)" in str(note) for note in notes())


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (hostile.redirect_to("http://127.0.0.1:9"), "roads_redirected"),
        (hostile.with_text("<html>"), "roads_nonsense"),
        (hostile.slow, "roads_timed_out"),
        (hostile.hang_up, "roads_refused"),
        (hostile.error_500, "roads_failed"),
        (hostile.too_big, "roads_rejected"),
    ],
    ids=["redirect", "nonsense", "slow", "refusing", "failing", "rejecting"],
)
def test_a_bad_service_costs_no_plan_and_the_plan_says_so(
    sample: Sample, service: hostile.Server, tmp_path: Path, bad: hostile.Misbehave, code: str
) -> None:
    """The plan is ready, on straight lines; each territory says how many ways and why, in the reader's language."""
    service.always = bad
    with by_service(sample, service, tmp_path, roads_request_seconds=1, roads_seconds=4):
        plan = sample.planned()
        assert plan["status"] == "ready"
        assert plan["figures"]["planned"] > 0
        assert {note["code"] for note in plan["travel_notes"]} == {"legs_without_roads"}
        assert {note["territory"] for note in plan["travel_notes"]} <= set(plan["territories"])
        assert all(BECAUSE[code] in note["note"] for note in plan["travel_notes"])
        assert [lines_of(route) for route in plan["routes"]] == [[] for _ in plan["routes"]]
        chinese = sample.coordinator.get(f"/api/v1/plans/{plan['id']}", headers={"Accept-Language": "zh-CN"})
        assert chinese["travel_notes"][0]["note"] != plan["travel_notes"][0]["note"]


def test_a_service_that_is_down_costs_no_plan_and_the_plan_says_so(sample: Sample, tmp_path: Path) -> None:
    """Nobody listens at its address: the plan is ready, on straight lines, and says that the service was not there."""
    with hostile.serving() as gone:
        pass
    with by_service(sample, gone, tmp_path):
        plan = sample.planned()
    assert (plan["status"], plan["figures"]["planned"] > 0) == ("ready", True)
    assert plan["travel_notes"]
    assert all(BECAUSE["roads_refused"] in note["note"] for note in plan["travel_notes"])


def test_a_village_to_which_the_service_knows_no_way_is_left_out_by_name(
    sample: Sample, service: hostile.Server, tmp_path: Path
) -> None:
    """OSRM's null: each door there has its reason in words, everybody else is planned, and no note says otherwise."""
    with sample.app.extensions["store"].write() as session:
        session.execute(text("update households set lat = null, lon = null"))
    stop = next(stop for route in sample.planned()["routes"] for stop in route["stops"])
    village = sample.coordinator.get(f"/api/v1/villages/{stop['village']}")
    service.always = hostile.without_way_to(Place(village["lat"], village["lon"]))
    with by_service(sample, service, tmp_path):
        plan = sample.planned()
    assert plan["status"] == "ready"
    left = {one["household"]: one for one in sample.unplanned(plan["id"]).values() if one["code"] == "no_way"}
    assert stop["household"] in left
    assert {one["village"] for one in left.values()} == {village["id"]}
    assert all(one["reason"] and one["reason"] != "no_way" for one in left.values())
    assert village["id"] not in {stop["village"] for route in plan["routes"] for stop in route["stops"]}
    assert (plan["figures"]["planned"] > 0, plan["travel_notes"]) == (True, [])


def test_a_service_that_is_not_allowed_is_not_asked(sample: Sample, service: hostile.Server, tmp_path: Path) -> None:
    """Loopback without the operator's word: the plan goes on without roads, and nobody was asked."""
    with other_settings(sample.app, roads="service", roads_url=service.url, roads_dir=str(tmp_path)):
        plan = sample.planned()
    assert plan["status"] == "ready"
    assert BECAUSE["roads_address"] in plan["travel_notes"][0]["note"]
    assert service.paths == []


def test_a_plan_keeps_to_the_roads_it_began_with(
    on_roads: Sample, built_roads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A switch in the middle of a plan is for the next one; where its data is gone the plan says so."""
    asked = on_roads.ask()
    with on_roads.app.app_context():
        batches = draw_up_plan.begin(asked["id"])
        pinned = draw_up_plan.store()
        with pinned.write() as session:
            plan = session.get_one(draw_up_plan.Plan, asked["id"])
            plan.rules = {**plan.rules, "roads": "gone-12345678/car"}
        for batch in batches:
            draw_up_plan.solve_territories(asked["id"], batch)
        draw_up_plan.finish(asked["id"])
    plan = on_roads.coordinator.get(f"/api/v1/plans/{asked['id']}")
    assert (plan["status"], plan["rules"]["roads"]) == ("ready", "gone-12345678/car")
    assert all(BECAUSE["roads_not_built"] in note["note"] for note in plan["travel_notes"])


def test_doors_beyond_roads_are_left_out_with_their_reason(mountains: Sample, built_roads: Path) -> None:
    """With a short limit the far doors are named one by one; the others are planned as ever."""
    with other_settings(mountains.app, roads="built", roads_dir=str(built_roads), roads_limit_metres=60):
        plan = mountains.planned()
    left = [one for one in mountains.unplanned(plan["id"]).values() if one["code"] == "no_road"]
    assert left
    assert plan["figures"]["planned"] > 0
    assert "60 m on foot" in left[0]["reason"]
    with other_settings(mountains.app, roads="built", roads_dir=str(built_roads), roads_limit_metres=2_000):
        fits = mountains.coordinator.get(f"/api/v1/plans/{plan['id']}/fits?household={left[0]['household']}")
    assert "60 m on foot" in fits["impossible"]
    assert "beyond_roads" in {note["code"] for note in plan["travel_notes"]}


def test_roads_of_another_region_are_not_used(sample: Sample, built_roads: Path, tmp_path: Path) -> None:
    """The wrong extract: nobody is declared unreachable for it."""
    with other_settings(sample.app, roads="built", roads_dir=str(built_roads)):
        plan = sample.planned()
    assert {note["code"] for note in plan["travel_notes"]} == {"roads_of_another_region"}
    assert plan["figures"]["planned"] > 0


def test_the_commands_build_list_switch_and_remove(
    mountains: Sample, tmp_path: Path, public_data: Callable[[str], Path], built_roads: Path
) -> None:
    """Building shows how far it is, names the version and measures between the villages; errors are plain sentences."""
    extract = public_data("osm") / "andorra.osm.pbf"
    with other_settings(mountains.app, roads="built", roads_dir=str(tmp_path / "roads")):
        built = run(mountains, "roads", "build", str(extract), "--profile", "foot", "--profile", "car")
        assert built.exit_code == 0, built.output
        name = (tmp_path / "roads" / "current").read_text().strip()
        assert f"{name} is in use." in built.output
        measured = read_calibrations(tmp_path / "roads" / "calibration.toml")
        assert set(measured) == {"car", "foot"}
        assert 110 < measured["car"].road_factor_percent < 300
        assert 3_000 < measured["foot"].metres_per_hour < 6_000 < measured["car"].metres_per_hour
        listed = run(mountains, "roads", "list").output
        assert f"* {name}  car, foot" in listed
        assert "legs of" in listed
        refused = run(mountains, "roads", "remove", name)
        assert refused.exit_code == 1
        assert "is in use. Use another version first." in refused.output
        assert run(mountains, "roads", "use", "nothing").exit_code == 1
        bad = tmp_path / "bad.osm.pbf"
        bad.write_bytes(b"no map")
        failed = run(mountains, "roads", "build", str(bad))
        assert failed.exit_code == 1
        assert "OSRM's step extract ended with" in failed.output
        plan = mountains.planned()
        assert plan["rules"]["travel"].startswith(f"{name}/car ")


def test_what_was_measured_is_used_where_no_road_tells(mountains: Sample, built_roads: Path, tmp_path: Path) -> None:
    """Straight lines are stretched by the county's own detour and driven at its own speed."""
    from api.usecases.travel import parameters
    from routing.travel import default_parameters

    (tmp_path / "calibration.toml").write_text(
        'version = "x"\nsource = "x"\nbinding = "house"\n[car]\nroad_factor_percent = 217\nmetres_per_hour = 21000\n'
        'legs = 99\nroads = "x/car"\nmeasured_on = 2026-11-25\n'
    )
    with mountains.app.app_context(), other_settings(mountains.app, roads_dir=str(tmp_path)):
        assert parameters() == replace(default_parameters(), road_factor=2.17, drive_speed=21_000)


def test_every_code_about_roads_has_its_sentence() -> None:
    """Nobody meets a code where words are due."""
    assert {*TRAVEL_NOTES, *BUILD_FAILURES, "no_road", "roads_not_installed"} <= TABLE.keys()
    assert BECAUSE.keys() == FAILURES.keys()
