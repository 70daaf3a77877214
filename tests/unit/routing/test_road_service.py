"""OSRM over HTTP, right and wrong, by a real server on this machine."""

from __future__ import annotations

import ipaddress
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from routing.check import check
from routing.problem import Place
from routing.solve import solve
from routing.travel import UNREACHABLE, Point, default_parameters
from routing.travel.fetch import Fetch, WrongAddress, base_url, is_allowed, networks
from routing.travel.lines import decoded
from routing.travel.osrm_service import OsrmService
from routing.travel.roads import FAILURES, UNKNOWN, RoadsError
from routing.travel.table import roads_for
from tests.unit.routing import hostile_roads as hostile
from tests.unit.routing.days import QUICK, TRAVEL, at, day, village, visit
from tests.unit.routing.hostile_roads import Misbehave, Server, serving, with_changed, with_text
from tests.unit.routing.road_cases import SetRoads, lopsided, same

HERE = networks("127.0.0.0/8")
PLACES = [Place(round(29.6 + n * 0.013, 6), round(106.5 + n * n * 0.001, 6)) for n in range(13)]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


def service(server: Server, **changes: Any) -> OsrmService:
    return replace(OsrmService(base_url(server.url), allowed=HERE, seconds=20, all_seconds=60), **changes)


@pytest.mark.parametrize("places", [2, 7, 100])
def test_a_large_matrix_in_blocks_is_the_matrix(server: Server, places: int) -> None:
    """However few places one request may name, the legs are the same, and no request names more."""
    found = service(server, places=places).legs(PLACES, PLACES)
    assert same(found, SetRoads().legs(PLACES, PLACES))
    assert found.failures == {}
    assert max(path.partition("?")[0].count(";") + 1 for path in server.paths) <= places
    assert len(server.paths) == (-(-13 // (places // 2))) ** 2


def test_a_failure_that_passes_is_tried_again(server: Server) -> None:
    """Two bad answers and then a good one: nobody notices."""
    server.misbehave = [hostile.error_500, hostile.hang_up]
    assert service(server, at_once=1).legs(PLACES, PLACES).failures == {}
    assert len(server.paths) == 3


def test_one_block_that_fails_costs_its_legs_only(server: Server) -> None:
    """The others are there, and the missing ones are counted by why."""
    server.misbehave = [with_text("no table today")]
    found = service(server, places=26 - 2, at_once=1).legs(PLACES, PLACES)
    assert found.failures == {"roads_nonsense": 144}
    assert (found.seconds == UNKNOWN).sum() == 144


def test_null_is_no_way_and_the_door_is_named(server: Server) -> None:
    """OSRM's null is an answer: that leg cannot be driven; a door without any is left out, the others planned."""
    island = at(9)
    problem = day([visit("a"), visit("lost", "w")], [village("v", 5), village("w", 9)])
    server.always = hostile.without_way_to(island)
    made = roads_for(problem, service(server), default_parameters())
    plan = solve(problem, made.travel, QUICK)
    assert check(problem, made.travel, plan) == []
    assert [(left.visit, left.reason.code) for left in plan.unplanned] == [("lost", "no_way")]
    assert made.travel.gap(island) == 0  # type: ignore[attr-defined]


NONSENSE: dict[str, Misbehave] = {
    "no JSON": with_text("<html>hello</html>"),
    "empty": with_text(""),
    "a list": with_text("[]"),
    "deep": with_text("[" * 200_000),
    "bytes": lambda handler: handler.send_text(b"\xff\xfe\x00"),
    "NaN": with_changed(lambda a: a["durations"][1].__setitem__(0, float("nan"))),
    "infinite": with_changed(lambda a: a["distances"][1].__setitem__(0, float("inf"))),
    "a billion": with_changed(lambda a: a["durations"][1].__setitem__(0, 10**9)),
    "a large number": with_changed(lambda a: a["durations"][1].__setitem__(0, 10**400)),
    "text": with_changed(lambda a: a["durations"][1].__setitem__(0, "12")),
    "true": with_changed(lambda a: a["durations"][1].__setitem__(0, True)),
    "short row": with_changed(lambda a: a["durations"][1].pop()),
    "long row": with_changed(lambda a: a["distances"][1].append(1)),
    "row missing": with_changed(lambda a: a["durations"].pop()),
    "no distances": with_changed(lambda a: a.pop("distances")),
    "no gaps": with_changed(lambda a: a.pop("sources")),
    "null gap": with_changed(lambda a: a["destinations"].__setitem__(0, None)),
    "gap is text": with_changed(lambda a: a["destinations"][0].__setitem__("distance", "near")),
    "code is a number": with_changed(lambda a: a.__setitem__("code", 1)),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_not_believed(server: Server, name: str) -> None:
    """Nothing that is not an answer of OSRM becomes a leg; it is asked once and counted."""
    server.always = NONSENSE[name]
    found = service(server).legs(PLACES[:4], PLACES[:4])
    assert found.failures == {"roads_nonsense": 16}
    assert (found.seconds == UNKNOWN).all()
    assert len(server.paths) == 1


@pytest.mark.parametrize(("below", "metres"), [(-0.4, 0), (-8.7, 0), (-30_000.5, UNKNOWN)])
def test_a_negative_distance_beside_a_right_duration_costs_that_distance_only(
    server: Server, below: float, metres: int
) -> None:
    """OSRM answers such ones (its #5855, #7269): the table is used, and the leg's metres are assumed."""
    problem = day([visit("a", None, place=at(5)), visit("b", None, place=at(9))])
    there, back = Point(at(5), door="h-a"), Point(at(9), door="h-b")

    def change(answer: dict[str, Any]) -> None:
        for row in answer["distances"]:
            row[:] = [float(value) for value in row]
        answer["distances"][1][2] = below

    server.always = with_changed(change)
    found = service(server).legs(PLACES[:3], PLACES[:3])
    assert (found.failures, found.metres[1, 2]) == ({}, metres)
    assert found.seconds[1, 2] == lopsided(PLACES[1], PLACES[2])
    travel = roads_for(problem, service(server), default_parameters()).travel
    leg, assumed = travel.between([there], [back]), TRAVEL.between([there], [back])
    assert leg.seconds[0, 0] == lopsided(at(5), at(9))
    assert leg.metres[0, 0] == (assumed.metres[0, 0] if metres == UNKNOWN else 0)


def test_a_negative_duration_costs_its_leg_only(server: Server) -> None:
    """A tenth of a second below nothing is nothing; more than that is no answer for that leg, and counted."""

    def change(answer: dict[str, Any]) -> None:
        answer["durations"][0][1], answer["durations"][1][0] = -0.1, -7

    server.always = with_changed(change)
    found = service(server).legs(PLACES[:3], PLACES[:3])
    assert found.failures == {"roads_nonsense": 1}
    assert (found.seconds[0, 1], found.seconds[1, 0], found.metres[1, 0]) == (0, UNKNOWN, UNKNOWN)
    assert (found.seconds == UNKNOWN).sum() == 1


SHORT = 0.5
REFUSALS: dict[str, tuple[Misbehave, str]] = {
    "slow": (hostile.slow, "roads_timed_out"),
    "drips its header": (hostile.drip_headers, "roads_timed_out"),
    "drips its body": (hostile.drip_body, "roads_timed_out"),
    "hangs up": (hostile.hang_up, "roads_refused"),
    "500": (hostile.error_500, "roads_failed"),
    "says no": (hostile.too_big, "roads_rejected"),
    "has no segment": (with_changed(lambda a: {"code": "NoSegment"}), "roads_rejected"),
    "404": (with_text("not here", 404), "roads_rejected"),
    "200 MB": (hostile.huge, "roads_too_large"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_service_that_does_not_answer_costs_no_plan(server: Server, name: str) -> None:
    """Slow, refusing, broken, endless: the day is planned on straight lines and the plan says why."""
    server.always, code = REFUSALS[name]
    problem = day([visit("a"), visit("b", "w")], [village("v", 5), village("w", 8)])
    patience = SHORT if code == "roads_timed_out" else 20
    made = roads_for(problem, service(server, seconds=patience), default_parameters())
    assert [(note.code, dict(note.facts)) for note in made.notes] == [
        ("legs_without_roads", {"legs": 9, "of": 9, "because": code})
    ]
    assert code in FAILURES
    plan = solve(problem, made.travel, QUICK)
    assert plan.value == 20_000
    assert check(problem, made.travel, plan) == []


@pytest.mark.parametrize(
    ("bad", "times"),
    [
        (hostile.too_big, 1), (with_text("?", 400), 1), (with_text("no", 403), 1), (with_text("not here", 404), 1),
        (with_text("later", 429), 3), (with_text("too slow", 408), 3), (with_text("", 502), 3), (hostile.error_500, 3),
    ],
    ids=["400 of OSRM", "400", "403", "404", "429", "408", "502", "500"],
)  # fmt: skip
def test_only_what_may_pass_is_asked_again(server: Server, bad: Misbehave, times: int) -> None:
    """A question that the service does not take is asked once; an error of the moment three times."""
    server.always = bad
    assert sum(service(server).legs(PLACES[:2], PLACES[:2]).failures.values()) == 4
    assert len(server.paths) == times


def test_a_service_that_is_not_there_is_given_up_on(server: Server) -> None:
    """After some blocks in a row without an answer the others are not asked: a dead service costs seconds."""
    server.always = hostile.error_500
    found = service(server, places=2, at_once=1).legs(PLACES, PLACES)
    assert found.failures == {"roads_failed": 169}
    assert len(server.paths) < 12


def test_all_questions_together_keep_to_their_time(server: Server) -> None:
    """However many blocks there are: when the time is up the rest is not asked."""
    server.always = hostile.slow
    found = service(server, places=2, seconds=0.3, all_seconds=0.5).legs(PLACES, PLACES)
    assert found.failures == {"roads_timed_out": 169}
    assert len(server.paths) <= 8


def test_a_port_where_nobody_listens(server: Server) -> None:
    """Connection refused is an answer like any other."""
    gone = base_url("http://127.0.0.1:9")
    assert service(server, base=gone).legs(PLACES[:2], PLACES[:2]).failures == {"roads_refused": 4}


def test_two_hundred_megabytes_are_not_taken_in(server: Server) -> None:
    """Memory stays flat: reading ends a little over the limit."""
    server.always = hostile.huge
    tracemalloc.start()
    try:
        service(server).legs(PLACES[:2], PLACES[:2])
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_a_redirect_is_never_followed(server: Server) -> None:
    """Neither inward nor anywhere: the place it points to is not asked."""
    with serving() as inner:
        server.always = hostile.redirect_to(inner.url)
        found = service(server).legs(PLACES[:2], PLACES[:2])
        assert found.failures == {"roads_redirected": 4}
        assert inner.paths == []


def test_a_proxy_of_the_environment_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Coordinates go to the service named and to nobody in between."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert service(server).legs(PLACES[:2], PLACES[:2]).failures == {}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
def test_this_machine_is_asked_only_if_the_operator_says_so(server: Server, host: str) -> None:
    """However the address is written: without being allowed nobody there hears of it."""
    port = server.url.rpartition(":")[2]
    here = service(server, base=base_url(f"http://{host}:{port}"), allowed=())
    assert here.legs(PLACES[:2], PLACES[:2]).failures == {"roads_address": 4}
    assert server.paths == []


@pytest.mark.parametrize(
    ("address", "allowed", "is_so"),
    [
        ("169.254.169.254", "", False),
        ("169.254.169.254", "127.0.0.0/8", False),
        ("169.254.169.254", "169.254.0.0/16", True),
        ("fe80::1", "", False),
        ("fe80::1", "fe80::/10", True),
        ("::1", "127.0.0.0/8", False),
        ("::1", "::1/128", True),
        ("::ffff:169.254.169.254", "", False),
        ("::ffff:127.0.0.1", "127.0.0.0/8", True),
        ("224.0.0.1", "", False),
        ("0.0.0.0", "", False),
        ("255.255.255.255", "", False),
        ("10.1.2.3", "", True),
        ("192.168.1.9", "", True),
        ("93.184.216.34", "", True),
    ],
)
def test_where_a_service_may_lie(address: str, allowed: str, is_so: bool) -> None:
    """Ordinary addresses, the office's own among them; this machine and its link only where they are listed."""
    assert is_allowed(ipaddress.ip_address(address), networks(allowed)) == is_so


@pytest.mark.parametrize("second", ["169.254.169.254", "127.0.0.1"])
def test_a_name_with_one_wrong_address_is_not_asked(server: Server, second: str) -> None:
    """Whoever moves a name inward gets nothing: all its addresses are looked at, and the one looked at is used."""
    fetch = Fetch(base_url("http://roads.example:80"), resolve=lambda host, port: ["93.184.216.34", second])
    with pytest.raises(RoadsError, match="roads_address"):
        fetch.json("/")


def test_of_several_addresses_the_one_that_listens_is_found(server: Server) -> None:
    """A name may lead to IPv6 first where the service listens on IPv4 only: the next address is tried."""
    port = base_url(server.url).port
    fetch = Fetch(base_url(f"http://roads.example:{port}"), HERE, resolve=lambda host, port: ["127.0.0.9", "127.0.0.1"])
    server.always = with_text('{"code": "Ok"}')
    assert fetch.json("/") == {"code": "Ok"}
    fetch.close()


def test_who_is_slow_is_not_asked_twice(server: Server) -> None:
    """A connection that was kept open and gives no answer in time is one failure, not a second question at once."""
    fetch = Fetch(base_url(server.url), HERE, seconds=1.0)
    server.misbehave = [with_text('{"code": "Ok"}')]
    fetch.json("/")
    server.always = hostile.slow
    with pytest.raises(RoadsError, match="roads_timed_out"):
        fetch.json("/")
    assert len(server.paths) == 2


@pytest.mark.parametrize(
    "text",
    [
        "", "roads.example", "ftp://roads.example", "file:///etc/passwd", "http://", "http://user:pw@roads.example",
        "http://roads.example/?a=b", "http://roads.example/#a", "http://roads.example:0", "http://roads.example:99999",
        "http://[::1", "http://a..b", "http://" + "a" * 300, "gopher://127.0.0.1:70/_x",
    ],
)  # fmt: skip
def test_a_url_that_is_no_plain_service_is_refused(text: str) -> None:
    """Scheme, host, port, path; no password, no query, no file."""
    with pytest.raises(WrongAddress):
        base_url(text)


def test_a_line_is_what_the_service_draws(server: Server) -> None:
    """From the one place to the other, as text; where it fails or there is no way, none."""
    pairs = [(PLACES[0], PLACES[1]), (PLACES[1], PLACES[2]), (PLACES[2], PLACES[3])]
    server.misbehave = [None, with_text('{"code": "NoRoute"}', 400), with_changed(lambda a: {"code": "Ok"})]
    lines = service(server, at_once=1).lines(pairs)
    assert [line is None for line in lines] == [False, True, True]
    assert decoded(lines[0] or "") == [Place(round(p.lat, 5), round(p.lon, 5)) for p in pairs[0]]


@pytest.mark.parametrize("geometry", [None, 7, ["x"], "\x00", "é", "_p~iF~ps|U_", "~" * 300_000, "?" * 300_000])
def test_a_line_that_is_none_is_not_stored(server: Server, geometry: object) -> None:
    """A geometry of another kind, cut short or endless becomes a straight line, not a page that breaks."""
    server.always = with_changed(lambda a: {"code": "Ok", "routes": [{"geometry": geometry}]})
    assert service(server).lines([(PLACES[0], PLACES[1])]) == [None]


def test_a_connection_that_was_kept_open_and_closed_is_opened_again(server: Server) -> None:
    """Between two questions a service may close: that is no failure."""
    fetch = Fetch(base_url(server.url), HERE, 2.0)

    def answer_and_close(handler: hostile.Handler) -> None:
        handler.send_json({"code": "Ok"})
        handler.close_connection = True  # without saying so

    server.always = answer_and_close
    for _ in range(3):
        assert fetch.json("/x") == {"code": "Ok"}
    fetch.close()


def test_many_plans_at_once_get_their_own_answers(server: Server) -> None:
    """Territories are planned side by side; no answer goes to another's question."""
    wrong: list[int] = []

    def one(number: int) -> None:
        some = PLACES[number : number + 5]
        if not same(service(server, places=4).legs(some, some), SetRoads().legs(some, some)):
            wrong.append(number)

    running = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert wrong == []


def test_no_way_and_no_answer_are_not_the_same(server: Server) -> None:
    """Null is a leg that cannot be driven; silence is a leg that is assumed."""
    server.always = with_changed(lambda a: a["durations"][0].__setitem__(1, None))
    found = service(server).legs(PLACES[:3], PLACES[:3])
    assert found.seconds[0, 1] == UNREACHABLE
    assert np.count_nonzero(found.seconds == UNKNOWN) == 0
