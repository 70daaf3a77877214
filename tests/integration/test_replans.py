"""The rest of a published day again: what was begun stays, phones follow, and nothing that was done is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Caller, _expect, problem
from tests.sample_county import Phone, Sample, outcome, tables


def plan_of(sample: Sample) -> dict[str, Any]:
    """The published plan of today."""
    found: dict[str, Any] = sample.coordinator.get(f"/api/v1/plans/{sample.plan}")
    return found


def two_teams(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The routes of a territory in which several teams go out, the longest first."""
    by_territory: dict[str, list[dict[str, Any]]] = {}
    for route in plan["routes"]:
        by_territory.setdefault(route["territory"], []).append(route)
    return sorted(max(by_territory.values(), key=len), key=lambda route: -len(route["stops"]))


def replan(sample: Sample, plan: str, dry_run: bool = False, status: int | None = None, **what: Any) -> Any:
    """Plan the rest of a day again, at half past eight unless said otherwise: nobody has set out."""
    body = {"at": "08:00", "may_change": "nothing", **what}
    path = f"/api/v1/plans/{plan}/replans" + ("?dry_run=true" if dry_run else "")
    return _expect(sample.coordinator.send("POST", path, body), status or (200 if dry_run else 201))


def refused(sample: Sample, plan: str, status: int, code: str, field: str | None = None, **what: Any) -> dict[str, Any]:
    """Ask for what cannot be; returns the problem."""
    body = {"at": "08:00", "may_change": "nothing", **what}
    return problem(sample.coordinator.send("POST", f"/api/v1/plans/{plan}/replans", body), status, code, field)


def visits(answer: dict[str, Any], kind: str) -> list[str]:
    return [one["household"] for one in answer[kind]]


def order(route: dict[str, Any]) -> list[str]:
    return [stop["household"] for stop in route["stops"]]


def routes_by_team(sample: Sample, plan: str) -> dict[str, dict[str, Any]]:
    return {route["team"]: route for route in sample.coordinator.get(f"/api/v1/plans/{plan}")["routes"]}


def test_a_preview_stores_nothing_and_what_is_accepted_is_what_was_shown(sample: Sample) -> None:
    """A dry run leaves every table as it was; accepting its digest publishes just that order."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    what = {"territory": route["territory"], "teams": [{"team": route["team"], "late_min": 180}], "may_change": "teams"}
    before = tables(sample.app)
    shown = replan(sample, plan["id"], dry_run=True, **what)
    assert tables(sample.app) == before
    assert shown["plan"] is None
    done = replan(sample, plan["id"], expect=shown["digest"], **what)
    assert {kind: visits(done, kind) for kind in ("added", "removed", "moved", "reordered")} == {
        kind: visits(shown, kind) for kind in ("added", "removed", "moved", "reordered")
    }
    assert done["plan"]["status"] == "published"
    assert done["plan"]["replans"] == plan["id"]
    told = [one for kind in ("added", "removed", "moved", "retimed") for one in done[kind]]
    assert all(one["sentence"] != one["code"] for one in told)


def test_a_late_team_loses_what_no_longer_fits_and_its_phone_follows(sample: Sample) -> None:
    """Hours late with teams fixed: others keep their order, the late one drops stops, its phone's ETag changes."""
    plan = plan_of(sample)
    route, *others = two_teams(plan)
    phone = sample.phone(route["people"][0])
    etag = phone.send_day(sample.on).headers["ETag"].strip('"')
    done = replan(sample, plan["id"], territory=route["territory"], teams=[{"team": route["team"], "late_min": 300}])
    assert visits(done, "removed")
    assert done["moved"] == done["reordered"] == []
    again = phone.send_day(sample.on, etag)
    assert again.status_code == 200
    assert again.get_json()["plan_version"] == done["plan"]["version"]
    left = [stop["visit"]["household"] for stop in again.get_json()["stops"]]
    assert left == [one for one in order(route) if one in left]
    assert set(order(route)) - set(left) == set(visits(done, "removed"))
    now = routes_by_team(sample, done["plan"]["id"])
    assert all([one for one in order(now[other["team"]]) if one in order(other)] == order(other) for other in others)


def test_what_was_done_stays_where_it_is_whatever_changes(sample: Sample) -> None:
    """Reported stops keep team and place, and show their outcome on the phones, also when all may change."""
    plan = plan_of(sample)
    route, other, *_ = two_teams(plan)
    phone = sample.phone(route["people"][0])
    first, second = phone.day(sample.on)["stops"][:2]
    phone.report(outcome(first), outcome(second, "not_met"))
    done = replan(
        sample, plan["id"], territory=route["territory"], at="11:00", may_change="teams",
        teams=[{"team": route["team"], "late_min": 120}, {"team": other["team"], "absent": True}], price="0.00",
    )  # fmt: skip
    now = phone.day(sample.on)["stops"]
    assert [stop["visit"]["household"] for stop in now[:2]] == order(route)[:2]
    assert [stop["outcome"]["kind"] for stop in now[:2]] == ["met", "not_met"]
    assert [stop["order"] for stop in now] == list(range(1, len(now) + 1))
    routes = routes_by_team(sample, done["plan"]["id"]).values()
    assert done["plan"]["figures"]["planned"] == sum(len(one["stops"]) for one in routes)


def test_an_absent_team_gives_its_visits_to_the_others_with_the_reason(sample: Sample) -> None:
    """Where teams may change, others take what they have time for; the rest is left out with its reason."""
    plan = plan_of(sample)
    gone, *others = two_teams(plan)
    done = replan(
        sample, plan["id"], territory=gone["territory"], may_change="teams",
        teams=[{"team": gone["team"], "absent": True}],
    )  # fmt: skip
    taken = {*visits(done, "moved"), *visits(done, "removed")}
    assert set(order(gone)) <= taken
    assert {one["code"] for one in done["moved"] if one["household"] in order(gone)} <= {"change_team_gone"}
    assert gone["team"] not in routes_by_team(sample, done["plan"]["id"])
    assert others


def test_a_door_that_went_to_another_team_tells_the_one_before_nothing_more(sample: Sample) -> None:
    """Name and debts are for the team that calls there by the plan that holds, by whichever plan's stop it asks."""
    plan = plan_of(sample)
    gone, *_ = two_teams(plan)
    phone = sample.phone(gone["people"][0])
    old = {stop["visit"]["household"]: stop["id"] for stop in phone.day(sample.on)["stops"]}
    done = replan(
        sample, plan["id"], territory=gone["territory"], may_change="order",
        teams=[{"team": gone["team"], "late_min": 300}],
    )  # fmt: skip
    kept = {stop["visit"]["household"] for stop in phone.day(sample.on)["stops"]}
    lost = set(visits(done, "removed"))
    assert kept
    assert lost
    for household, stop in old.items():
        answer = phone.caller.send("GET", f"/api/v1/field/stops/{stop}/details")
        assert answer.status_code == (404 if household in lost else 200)


def test_an_outcome_for_a_stop_that_went_to_another_team_counts(sample: Sample) -> None:
    """A phone without coverage reports by the old plan: stored, and the team that has the stop now sees it done."""
    plan = plan_of(sample)
    gone, *_ = two_teams(plan)
    phone = sample.phone(gone["people"][0])
    old = {stop["visit"]["household"]: stop for stop in phone.day(sample.on)["stops"]}
    done = replan(
        sample, plan["id"], territory=gone["territory"], may_change="teams",
        teams=[{"team": gone["team"], "absent": True}],
    )  # fmt: skip
    moved = next(one for one in done["moved"] if one["household"] in old)
    assert [one["status"] for one in phone.report(outcome(old[moved["household"]]))] == ["stored"]
    taker = next(
        route for route in routes_by_team(sample, done["plan"]["id"]).values() if moved["household"] in order(route)
    )
    stops = sample.phone(taker["people"][0]).day(sample.on)["stops"]
    (stop,) = [one for one in stops if one["visit"]["household"] == moved["household"]]
    assert stop["outcome"]["kind"] == "met"
    again = replan(sample, done["plan"]["id"], territory=gone["territory"], may_change="teams", dry_run=True)
    assert moved["household"] not in {*visits(again, "moved"), *visits(again, "removed")}


def test_an_urgent_visit_is_put_in_and_the_others_stay_where_they_were(sample: Sample) -> None:
    """A visit without a place in the plan comes in because it must; what stays keeps team and order."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    late = replan(sample, plan["id"], territory=route["territory"], teams=[{"team": route["team"], "late_min": 300}])
    wanted = next(one["household"] for one in late["removed"] if one["code"] == "no_room")
    done = replan(sample, late["plan"]["id"], territory=route["territory"], visits=[{"household": wanted}])
    assert [one["code"] for one in done["added"] if one["household"] == wanted] == ["change_urgent"]
    assert done["moved"] == done["reordered"] == done["left_out"] == []
    assert any(wanted in order(one) for one in routes_by_team(sample, done["plan"]["id"]).values())


def test_an_urgent_visit_that_cannot_be_made_says_why(sample: Sample) -> None:
    """With every team nearly done there is no time for one more: it is named, with the reason."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    shifts = [one for one in sample.shifts().values() if one["team"] in {r["team"] for r in two_teams(plan)}]
    late = [{"team": one["team"], "free_at": one["end"]} for one in shifts]
    wanted = [order(route)[-1]]
    done = replan(
        sample, plan["id"], dry_run=True, territory=route["territory"], teams=late, visits=[{"household": wanted[0]}]
    )  # fmt: skip
    assert {*visits(done, "left_out"), *visits(done, "removed")} >= set(wanted)


def test_nobody_is_sent_into_a_village_that_is_closed(sample: Sample) -> None:
    """Its visits are left out, each with the reason that no way is known, and do not fit in later on either."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    closed = route["stops"][-1]["village"]
    done = replan(sample, plan["id"], territory=route["territory"], closed_villages=[closed], may_change="order")
    out = {one["household"]: one["code"] for one in done["removed"]}
    there = [stop["household"] for r in two_teams(plan) for stop in r["stops"] if stop["village"] == closed]
    assert {out.get(one) for one in there} == {"no_way"}
    asked = f"/api/v1/plans/{done['plan']['id']}/fits?household={there[0]}"
    fits = sample.coordinator.get(asked)
    assert (fits["fits"], bool(fits["impossible"])) == ([], True)
    assert sample.coordinator.get(f"/api/v1/plans/{plan['id']}/fits?household={there[0]}")["impossible"] is None


def test_who_pauses_is_not_called_on_any_more(sample: Sample) -> None:
    """A household that was paused after the plan was made falls out of the rest of the day, with the rule."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    paused = order(route)[-1]
    row = sample.coordinator.get(f"/api/v1/households/{paused}")
    sample.coordinator.patch(f"/api/v1/households/{paused}", {"paused": "illness"}, row["version"])
    done = replan(sample, plan["id"], territory=route["territory"], may_change="order")
    assert paused not in {one for r in routes_by_team(sample, done["plan"]["id"]).values() for one in order(r)}


def test_what_a_team_is_at_by_its_plan_stays_its_own(sample: Sample) -> None:
    """Silence is no sign that nothing was done: at eleven the stops planned before stay with the team."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    begun = [stop["household"] for stop in route["stops"] if stop["arrival"] <= "11:00"]
    done = replan(sample, plan["id"], territory=route["territory"], at="11:00", may_change="teams", price="0.00")
    stands = next(one for one in done["teams"] if one["team"] == route["team"])
    assert stands["begun"] >= len(begun) > 0
    assert stands["goes_on_at"] >= "11:00"
    assert order(routes_by_team(sample, done["plan"]["id"])[route["team"]])[: len(begun)] == begun


def test_only_the_plan_that_holds_can_be_planned_again(sample: Sample) -> None:
    """A draft, a plan that was replaced, a day that is over, nothing left to do: each says so, and what to do."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    territory = route["territory"]
    draft = sample.planned(sample.on)
    refused(sample, draft["id"], 409, "not-published", territory=territory)
    refused(sample, plan["id"], 409, "day-over", territory=territory, at="23:00")
    refused(sample, plan["id"], 422, "not-in-plan", "date", territory=territory, date="2030-01-01")
    refused(sample, plan["id"], 422, "unknown-reference", "territory", territory="nowhere")
    ends = max(r["stops"][-1]["leave"] for r in two_teams(plan))
    refused(sample, plan["id"], 409, "nothing-left", territory=territory, at=ends)
    done = replan(sample, plan["id"], territory=territory, teams=[{"team": route["team"], "late_min": 60}])
    holds = refused(sample, plan["id"], 409, "replaced", territory=territory)
    assert holds["holds"] == done["plan"]["id"]


def test_a_preview_that_the_day_has_left_behind_is_not_stored(sample: Sample) -> None:
    """Another outcome than the one that was seen is refused, and nothing is stored."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    before = tables(sample.app)
    refused(sample, plan["id"], 409, "replan-changed", territory=route["territory"], expect="something else")
    assert tables(sample.app) == before


def test_what_contradicts_itself_names_the_field(sample: Sample) -> None:
    """A stop pinned to a team that is gone, a team or visit of elsewhere, a visit that a rule forbids: 422."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    territory, stop = route["territory"], route["stops"][-1]
    gone = [{"team": route["team"], "absent": True}]
    refused(sample, plan["id"], 422, "pin-impossible", "pinned.0", territory=territory, teams=gone, pinned=[stop["id"]])
    refused(
        sample, plan["id"], 422, "pin-impossible", "pinned.0",
        territory=territory, closed_villages=[stop["village"]], pinned=[stop["id"]],
    )  # fmt: skip
    refused(sample, plan["id"], 422, "unknown-reference", "pinned.0", territory=territory, pinned=["none"])
    refused(sample, plan["id"], 422, "no-shift", "teams.0.team", territory=territory, teams=[{"team": "none"}])
    elsewhere = next(r for r in plan["routes"] if r["territory"] != territory)["stops"][0]["household"]
    refused(
        sample, plan["id"], 422, "other-territory", "visits.0.household",
        territory=territory, visits=[{"household": elsewhere}],
    )  # fmt: skip
    row = sample.coordinator.get(f"/api/v1/households/{stop['household']}")
    sample.coordinator.patch(f"/api/v1/households/{stop['household']}", {"paused": "illness"}, row["version"])
    forbidden = refused(
        sample, plan["id"], 422, "visit-forbidden", "visits.0.household",
        territory=territory, visits=[{"household": stop["household"]}],
    )  # fmt: skip
    assert "illness" in forbidden["detail"]


def test_a_pinned_stop_stays_with_its_team(sample: Sample) -> None:
    """What must go when a team is late is not what was pinned."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    late = {"territory": route["territory"], "teams": [{"team": route["team"], "late_min": 300}]}
    lost = visits(replan(sample, plan["id"], dry_run=True, **late), "removed")[0]
    stop = next(one for one in route["stops"] if one["household"] == lost)
    done = replan(sample, plan["id"], pinned=[stop["id"]], **late)
    assert lost in order(routes_by_team(sample, done["plan"]["id"])[route["team"]])


def test_a_team_without_enough_people_goes_no_further(sample: Sample) -> None:
    """Nobody works alone: one of a pair is absent, so the team's visits are left to the others."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    done = replan(
        sample, plan["id"], territory=route["territory"], absent_people=route["people"][:1], may_change="teams"
    )  # fmt: skip
    stands = next(one for one in done["teams"] if one["team"] == route["team"])
    assert (stands["goes_on_at"], stands["to_come"]) == (None, 0)


def test_the_new_plan_answers_questions_of_its_own(sample: Sample) -> None:
    """Where a visit that was dropped would fit is reckoned on the rest of the day."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    done = replan(sample, plan["id"], territory=route["territory"], teams=[{"team": route["team"], "late_min": 300}])
    path = f"/api/v1/plans/{done['plan']['id']}"
    dropped = next(one for one in done["removed"] if one["code"] == "no_room")
    found = sample.coordinator.get(f"{path}/fits?household={dropped['household']}")
    assert found["impossible"] is None
    assert dropped["household"] in sample.unplanned(done["plan"]["id"])
    since = sample.coordinator.get(f"{path}/differences?since={plan['id']}")
    assert dropped["household"] in visits(since, "removed")


def own(phone: Phone, dry_run: bool = False, **what: Any) -> Any:
    """Let a phone plan the rest of its team's day again."""
    path = "/api/v1/field/replans" + ("?dry_run=true" if dry_run else "")
    return _expect(phone.caller.send("POST", path, {"at": "08:00", **what}), 200 if dry_run else 201)


@pytest.mark.parametrize("may_change", ["nothing", "order"])
def test_a_team_leaves_out_what_it_cannot_make_and_touches_nobody_elses_day(sample: Sample, may_change: str) -> None:
    """Hours late, it loses its own stops only; other teams keep the route that they had, stop by stop and minute."""
    plan = plan_of(sample)
    route, *others = two_teams(plan)
    phone = sample.phone(route["people"][0])
    shown = own(phone, dry_run=True, late_min=300, may_change=may_change)
    done = own(phone, late_min=300, may_change=may_change, expect=shown["digest"])
    assert "value" not in done
    assert visits(done, "removed") == visits(shown, "removed")
    assert set(visits(done, "removed")) < set(order(route))
    assert done["added"] == done["moved"] == []
    day = phone.day(sample.on)
    assert day["plan_version"] == done["plan_version"]
    assert {stop["visit"]["household"] for stop in day["stops"]} == set(order(route)) - set(visits(done, "removed"))
    (again,) = sample.coordinator.get(f"/api/v1/plans?date={sample.day}&status=published&limit=1")["items"]
    now = routes_by_team(sample, again["id"])
    for other in others:
        mine = now[other["team"]]
        assert [(one["household"], one["arrival"], one["leave"]) for one in mine["stops"]] == [
            (one["household"], one["arrival"], one["leave"]) for one in other["stops"]
        ]
        assert (mine["end"], mine["drive_min"], mine["km"]) == (other["end"], other["drive_min"], other["km"])
    assert set(sample.unplanned(again["id"])) >= set(visits(done, "removed"))


def test_a_team_says_that_a_village_on_its_way_is_closed(sample: Sample) -> None:
    """The stops there are left out; a village that is none of its own is refused."""
    plan = plan_of(sample)
    route = two_teams(plan)[0]
    phone = sample.phone(route["people"][0])
    village = route["stops"][-1]["village"]
    done = own(phone, closed_villages=[village])
    assert {one["code"] for one in done["removed"]} == {"no_way"}
    assert set(visits(done, "removed")) == {one["household"] for one in route["stops"] if one["village"] == village}
    elsewhere = next(r for r in plan["routes"] if r["territory"] != route["territory"])["stops"][0]["village"]
    body = {"at": "08:00", "closed_villages": [elsewhere]}
    problem(phone.caller.send("POST", "/api/v1/field/replans", body), 422, "unknown-reference", "closed_villages.0")


def test_who_has_no_day_has_nothing_to_plan_again(sample: Sample) -> None:
    """A person without a shift today gets the 404 of an absent day; a team may not ask that others change."""
    person = sample.coordinator.post(
        "/api/v1/people",
        {"branch": next(iter(sample.territories().values()))["branch"], "name": "王新人", "staff_number": "S999"},
    )["id"]
    problem(sample.phone(person).caller.send("POST", "/api/v1/field/replans", {}), 404, "not-found")
    mate = sample.phones_with_stops()[0]
    problem(
        mate.caller.send("POST", "/api/v1/field/replans", {"may_change": "teams"}), 422, "invalid", "may_change"
    )  # fmt: skip


@pytest.fixture
def stranger(sample: Sample) -> Caller:
    """Give a phone of a team that has stops today."""
    phone: Phone = sample.phones_with_stops()[0]
    return phone.caller


def test_phones_do_not_plan_for_others(sample: Sample, stranger: Caller) -> None:
    """Only a coordinator plans a whole territory again."""
    body = {"territory": "none", "may_change": "nothing"}
    problem(stranger.send("POST", f"/api/v1/plans/{sample.plan}/replans", body), 403, "role")
