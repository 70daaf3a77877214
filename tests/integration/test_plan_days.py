"""Plans of several days: drawn up as one, published day by day, read by phones on each of their days."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from api.store.models import ShiftPerson
from api.usecases import draw_up_plan
from api.usecases.context import settings, store
from api.usecases.gather_problem import TerritoryPeriod, gather
from routing.period import Period
from routing.rules import load_rules
from tests.factories import problem
from tests.integration.test_plans import a_territory, shift_on
from tests.sample_county import Phone, Sample, outcome


def days_after(sample: Sample, first: int, last: int) -> list[date]:
    """Return the days so many days after today, both included."""
    return [sample.on + timedelta(days=n) for n in range(first, last + 1)]


def week(sample: Sample) -> dict[str, Any]:
    """Return a plan of one territory for the five days from today on, in which nobody can do everything at once."""
    short_shifts(sample)
    return sample.planned(sample.on, [a_territory(sample)], sample.on + timedelta(days=4))


def short_shifts(sample: Sample, territory: str | None = None) -> None:
    """Let the teams of the territory go out for two hours a day."""
    mine = teams(sample, territory)
    for day in days_after(sample, 0, 4):
        for shift in sample.shifts(day).values():
            if shift["team"] in mine:
                version = {"If-Match": str(shift["version"])}
                sample.client.send("PATCH", f"/api/v1/shifts/{shift['id']}", {"end": "10:30", "break": None}, version)


def teams(sample: Sample, territory: str | None = None) -> set[str]:
    """Return the teams of the territory."""
    territory = territory or a_territory(sample)
    return {one["id"] for one in sample.coordinator.get(f"/api/v1/teams?territory={territory}")["items"]}


def stops(plan: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return every stop with the day that it is on."""
    return [(route["date"], stop) for route in plan["routes"] for stop in route["stops"]]


def phone_of(sample: Sample, plan: dict[str, Any], day: date) -> Phone:
    """Enrol a phone of somebody who has stops on that day."""
    route = next(one for one in plan["routes"] if one["date"] == day.isoformat() and one["stops"])
    return sample.phone(route["people"][0])


def test_several_days_are_one_plan(sample: Sample) -> None:
    """Routes on each working day in that day's own time; each door once at most in a week; figures add up."""
    plan = week(sample)
    assert plan["status"] == "ready", plan
    days = [day.isoformat() for day in days_after(sample, 0, 4)]
    assert [one["date"] for one in plan["figures"]["by_day"]] == sorted({route["date"] for route in plan["routes"]})
    assert {route["date"] for route in plan["routes"]} <= set(days)
    assert len({route["date"] for route in plan["routes"]}) > 1
    doors = Counter(stop["household"] for _, stop in stops(plan))
    assert max(doors.values()) == 1
    for route in plan["routes"]:
        assert "06:00" <= route["start"] < route["end"] <= "20:00"
        assert len(route["people"]) >= 2
        assert [stop["arrival"] for stop in route["stops"]] == sorted(stop["arrival"] for stop in route["stops"])
    for figure in ("planned", "routes"):
        assert sum(one[figure] for one in plan["figures"]["by_day"]) == plan["figures"][figure]
    assert plan["figures"]["planned"] == len(stops(plan))
    assert plan["progress"]["under_way"] == []


def test_what_is_left_out_of_several_days_says_for_which(sample: Sample) -> None:
    """A visit that was wanted on some of the days names the first and last of them."""
    plan = week(sample)
    first, last = plan["from"], plan["to"]
    left = sample.unplanned(plan["id"])
    assert left
    for one in left.values():
        assert first <= one["from"] <= one["until"] <= last
        assert "%(" not in one["reason"]


def test_one_day_of_a_plan_can_be_read_alone(sample: Sample) -> None:
    """A page that shows a day need not fetch a month; figures stay those of the whole plan."""
    plan = week(sample)
    day = plan["routes"][-1]["date"]
    alone = sample.coordinator.get(f"/api/v1/plans/{plan['id']}?date={day}")
    assert alone["routes"] == [route for route in plan["routes"] if route["date"] == day]
    assert alone["figures"] == plan["figures"]


def test_a_five_day_plan_is_published_and_read_by_a_phone_on_its_third_day(sample: Sample) -> None:
    """The first three days are on the phones, each under its date; the other two stay a draft until later."""
    plan = week(sample)
    _, two, three, four, _ = days_after(sample, 0, 4)
    published = sample.publish(plan["id"], until=three)
    assert published["published_days"] == [day.isoformat() for day in days_after(sample, 0, 2)]
    phone = phone_of(sample, plan, three)
    day = phone.day(three)
    wanted = next(
        route for route in plan["routes"] if (route["team"], route["date"]) == (day["team"]["id"], three.isoformat())
    )
    assert (day["date"], day["plan_version"]) == (three.isoformat(), plan["version"])
    assert [one["id"] for one in day["stops"]] == [one["id"] for one in wanted["stops"]]
    assert [one["arrival"] for one in day["stops"]] == [one["arrival"] for one in wanted["stops"]]
    assert phone.knows_day(two)
    assert not phone_of(sample, plan, four).knows_day(four)
    sample.publish(plan["id"])
    assert phone_of(sample, plan, four).day(four)["stops"]


def test_days_that_are_a_draft_cannot_be_worked(sample: Sample) -> None:
    """Neither a door's details nor an outcome belong to a stop that nobody was sent to."""
    plan = week(sample)
    sample.publish(plan["id"], until=sample.on)
    draft = next(
        (route, stop) for route in plan["routes"] for stop in route["stops"] if route["date"] > plan["from"]
    )  # fmt: skip
    phone = sample.phone(draft[0]["people"][0])
    problem(phone.caller.send("GET", f"/api/v1/field/stops/{draft[1]['id']}/details"), 404, "not-found")
    (result,) = phone.report(outcome({"id": draft[1]["id"], "visit": draft[1]}))
    assert (result["status"], result["problem"]["status"]) == ("refused", 404)


def test_a_plan_of_the_rest_takes_the_place_of_the_days_to_come(sample: Sample) -> None:
    """After a day's outcomes the rest is drawn up anew: what was done is not planned again, phones get the new days.

    Publishing more of the older plan afterwards would be for days of its own only.
    """
    plan = week(sample)
    one, two, three, _, five = days_after(sample, 0, 4)
    sample.publish(plan["id"], until=three)
    phone = phone_of(sample, plan, one)
    done = phone.day(one)["stops"][0]
    phone.report(outcome(done))
    rest = sample.planned(two, [a_territory(sample)], five)
    assert rest["status"] == "ready"
    assert done["visit"]["household"] not in {stop["household"] for _, stop in stops(rest)}
    assert sample.coordinator.get(f"/api/v1/plans/{plan['id']}")["superseded_by"] == rest["version"]
    assert sample.coordinator.get(f"/api/v1/plans/{rest['id']}")["superseded_by"] is None
    sample.publish(rest["id"])
    assert phone_of(sample, rest, three).day(three)["plan_version"] == rest["version"]
    assert phone.day(one)["plan_version"] == plan["version"]
    sample.publish(plan["id"], until=three)
    assert phone_of(sample, rest, three).day(three)["plan_version"] == rest["version"]


def test_doors_that_are_on_the_phones_today_are_not_planned_for_tomorrow(sample: Sample) -> None:
    """What will be called on today counts as called on; what a plan would take the place of does not."""
    territory, tomorrow = a_territory(sample), sample.on + timedelta(days=1)
    today = sample.coordinator.get(f"/api/v1/plans/{sample.plan}")
    doors = {stop["household"] for _, stop in stops(today)}
    rest = sample.planned(tomorrow, [territory])
    assert not doors & {*sample.unplanned(rest["id"]), *(stop["household"] for _, stop in stops(rest))}
    again = sample.planned(sample.on, [territory], tomorrow)
    assert doors & {stop["household"] for _, stop in stops(again)}


def test_whoever_spoke_with_a_household_comes_again(sample: Sample) -> None:
    """Met and not settled: in the same rotation period the next visit is for a team with one of those people."""
    today = sample.coordinator.get(f"/api/v1/plans/{sample.plan}")
    route = next(one for one in today["routes"] if one["team"] in teams(sample) and one["stops"])
    later = Period(sample.on + timedelta(days=100), sample.on + timedelta(days=101))
    for day in later.days:
        for team in teams(sample):
            shift_like(sample, team, day)

    def wanted() -> TerritoryPeriod:
        with sample.app.app_context(), store().read() as session:
            return gather(session, a_territory(sample), later, load_rules("cn"), settings().zone)

    still = {visit.household.id for visit in wanted().problem.visits}
    phone = sample.phone(route["people"][0])
    stop = next(one for one in phone.day(sample.on)["stops"] if one["visit"]["household"] in still)
    phone.report(outcome(stop))
    found = wanted()
    (visit,) = [one for one in found.problem.visits if one.household.id == stop["visit"]["household"]]
    allowed = [one for one in found.problem.shifts if visit.shifts is None or one.id in visit.shifts]
    assert allowed
    assert all(set(one.team.people) & set(route["people"]) for one in allowed)


def shift_like(sample: Sample, team: str, day: date) -> None:
    """Give a team the shift of today on another day."""
    like = sample.shifts()[team]
    new = {key: like[key] for key in ("people", "start", "end", "break", "from_place", "to_place")}
    sample.coordinator.post("/api/v1/shifts", {"team": team, "date": day.isoformat(), **new})


def test_who_is_on_leave_on_a_day_has_no_route_on_it(sample: Sample) -> None:
    """One of a pair is away on the third day: the pair is not sent out alone, and that day says so."""
    third = sample.on + timedelta(days=2)
    shift = next(one for one in sample.shifts(third).values() if one["team"] in teams(sample))
    with sample.app.app_context(), store().write() as session:
        session.delete(session.get_one(ShiftPerson, (shift["id"], shift["people"][0])))
    plan = week(sample)
    assert (shift["team"], third.isoformat()) not in {(route["team"], route["date"]) for route in plan["routes"]}
    left = [(one["team"], one["date"], one["code"]) for one in plan["teams_left_out"]]
    assert left == [(shift["team"], third.isoformat(), "alone")]


def test_a_person_who_changes_territory_inside_a_plan_works_in_each_on_its_days(sample: Sample) -> None:
    """Each day goes by the groups of that day; before and after nobody stands in two routes, and no rule is broken."""
    here, there = list(sample.territories().values())[:2]
    person = next(one["person"] for one in here["group"] if one["role"] == "member")
    short_shifts(sample, here["id"])
    short_shifts(sample, there["id"])
    moves_on = sample.on + timedelta(days=2)
    place = {"person": person, "territory": there["id"], "from": moves_on.isoformat()}
    sample.coordinator.post("/api/v1/reassignments", {"places": [place], "reason": "help"})
    plan = sample.planned(sample.on, [here["id"], there["id"]], sample.on + timedelta(days=4))
    assert plan["status"] == "ready"
    mine = [route for route in plan["routes"] if person in route["people"]]
    by_day = {route["date"]: route["territory"] for route in mine}
    assert len(mine) == len(by_day) > 2
    assert {day for day, territory in by_day.items() if territory == here["id"]} == {
        day for day in by_day if day < moves_on.isoformat()
    }
    assert set(by_day.values()) == {here["id"], there["id"]}
    for route in plan["routes"]:
        villages = {stop["village"] for stop in route["stops"]}
        of_territory = sample.client.items(f"/api/v1/villages?territory={route['territory']}")
        assert villages <= {one["id"] for one in of_territory}


def test_a_team_belongs_to_one_territory_for_good(sample: Sample) -> None:
    """People move, teams do not: otherwise a team's days of one plan could lie in two territories."""
    team = sample.coordinator.get(f"/api/v1/teams/{sorted(teams(sample))[0]}")
    other = next(one["id"] for one in sample.territories().values() if one["id"] != team["territory"])
    headers = {"If-Match": str(team["version"])}
    path = f"/api/v1/teams/{team['id']}"
    problem(sample.coordinator.send("PATCH", path, {"territory": other}, headers=headers), 422, "invalid", "territory")


@pytest.mark.parametrize("count", [20, 21])
def test_a_plan_has_at_most_twenty_working_days(sample: Sample, count: int) -> None:
    """Days on which some team has a shift; others in between do not count."""
    first, territory = sample.on + timedelta(days=40), a_territory(sample)
    for number in range(count):
        shift_on(sample, first + timedelta(days=number), territory)
    new = {"from": first.isoformat(), "to": (first + timedelta(days=24)).isoformat(), "territories": [territory]}
    response = sample.coordinator.send("POST", "/api/v1/plans", new)
    if count > 20:
        problem(response, 422, "too-many-days", "to")
    else:
        assert response.status_code == 202


def test_a_day_outside_a_plan_cannot_be_published(sample: Sample) -> None:
    """Neither before its first day nor after its last."""
    plan = week(sample)
    for day in (sample.on - timedelta(days=1), sample.on + timedelta(days=5)):
        problem(
            sample.coordinator.send("POST", f"/api/v1/plans/{plan['id']}/publish?until={day}"), 422, "invalid", "until"
        )
    assert sample.coordinator.get(f"/api/v1/plans/{plan['id']}")["status"] == "ready"


def test_each_territory_under_way_says_how_far_it_is(sample: Sample) -> None:
    """A long plan is watched territory by territory: percent of its budget and the value found so far."""
    territory = a_territory(sample)
    asked = sample.ask(territories=[territory], until=sample.on + timedelta(days=4))
    with sample.app.app_context():
        draw_up_plan.begin(asked["id"])
        progress = draw_up_plan._Progress(asked["id"])
        progress.report(territory, 40, 12_345)
    found = sample.coordinator.get(f"/api/v1/plans/{asked['id']}")["progress"]
    assert found["under_way"] == [{"territory": territory, "percent": 40, "value": "123.45"}]
    assert (found["done"], found["of"], found["value"]) == (0, 1, "123.45")
