"""The whole job timed: upload, grouping, plan, publish, the phone's day; and one large team from request to plan."""

from __future__ import annotations

import argparse
import time

from api.sample import load
from api.sample.files import write_ledgers
from bench.service import Running, enrol, plan_and_publish, sample_service


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--repeat", type=int, default=1, help="how often (default 1)")


def run(arguments: argparse.Namespace) -> None:
    """Print seconds from upload to the phone's day, and from request to stored plan for one team."""
    for _round in range(arguments.repeat):
        with sample_service() as running:
            began = time.perf_counter()
            imported = _upload(running)
            uploaded = time.perf_counter()
            plan = plan_and_publish(running)
            published = time.perf_counter()
            phone = enrol(running, running.county.people[0].staff_number)
            day = phone.send("GET", f"/api/v1/field/days/{running.on}")
            done = time.perf_counter()
            print(f"upload and import {uploaded - began:.1f} s ({imported} rows)")
            print(f"plan, store and publish {published - uploaded:.1f} s ({plan['figures']})")
            print(f"upload to the phone's day {done - began:.1f} s ({len(day['stops'])} stops on the phone)")
            print(f"one team, 120 households in 12 villages: {_one_team(running):.1f} s from request to stored plan")


def _upload(running: Running) -> int:
    rows = 0
    for path in write_ledgers(running.county, running.folder / "sample", 1):
        rows += sum(running.client.upload("/api/v1/ledgers", path)["rows"].values())
    return rows


def _one_team(running: Running) -> float:
    """Make a territory of one team with 120 households in 12 villages, and time its plan."""
    client: load.Client = running.client
    day = running.on.isoformat()
    branch = next(client.items("/api/v1/branches"))
    territory = client.send("POST", "/api/v1/territories", {"branch": branch["id"], "name": "bench"})["id"]
    people = []
    for number in range(2):
        new = {"branch": branch["id"], "name": f"bench {number}", "staff_number": f"bench-{number}"}
        people.append(client.send("POST", "/api/v1/people", new)["id"])
    places = [
        {"person": person, "territory": territory, "role": role, "from": day}
        for person, role in zip(people, ("leader", "member"), strict=True)
    ]
    client.send("POST", "/api/v1/reassignments", {"places": places, "reason": "bench"})
    rows = ["机构代码,贷款账号,客户名称,身份证号,乡镇,行政村,村组,贷款余额,五级分类,逾期天数,到期日期,诉讼时效到期日"]
    for village in range(12):
        place = {"lat": branch["lat"] + 0.01 * (village % 4 - 2), "lon": branch["lon"] + 0.015 * (village // 4 + 1)}
        new = {"branch": branch["id"], "territory": territory, "town": "测试镇", "admin_village": "测试村", **place}
        client.send("POST", "/api/v1/villages", {**new, "name": f"{village + 1}组"})
        for door in range(10):
            number = village * 10 + door
            rows.append(
                f"{branch['code']},bench{number},测试{number},,测试镇,测试村,{village + 1}组,"
                f"{5000 + 700 * (number * 37 % 100)},次级,120,2026-05-01,2029-05-01"
            )
    path = running.folder / "bench.csv"
    path.write_text("\n".join(rows), "utf-8")
    client.upload("/api/v1/ledgers", path)
    team = client.send("POST", "/api/v1/teams", {"territory": territory, "name": "bench"})["id"]
    shift = {"team": team, "date": day, "people": people, "start": "08:30", "end": "17:30", "from_place": "branch"}
    rest = {"earliest": "12:00", "latest": "13:30", "minutes": 45}
    client.send("POST", "/api/v1/shifts", {**shift, "to_place": "branch", "break": rest})
    began = time.perf_counter()
    plan = client.send("POST", "/api/v1/plans", {"from": day, "to": day, "territories": [territory]})
    while plan["status"] in ("queued", "running"):
        time.sleep(0.02)
        plan = client.send("GET", f"/api/v1/plans/{plan['id']}")
    took = time.perf_counter() - began
    figures = plan["figures"]
    print(f"  {plan['status']}: {figures.get('planned')} planned, {figures.get('unplanned')} left out")
    return took
