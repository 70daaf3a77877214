"""Setting up an office from a workbook, without a single other call."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from api.usecases.context import today
from api.usecases.keep_users import add_user
from schemas.setup_sheets import setup_sheets
from tests.conftest import running
from tests.factories import PASSWORD, Caller, County, _expect, problem, sign_in
from tests.sample_county import FAST, draw_up

PATH = "/api/v1/setup"
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
Sheets = dict[str, list[dict[str, Any]]]
NOTHING = {"new": 0, "updated": 0, "unchanged": 0}


def send(caller: Caller, data: bytes, query: str = "", language: str = "en") -> TestResponse:
    """Upload a workbook."""
    return caller.send(
        "POST", PATH + query, data={"file": (io.BytesIO(data), "office.xlsx")},
        headers={"Accept-Language": language}, content_type="multipart/form-data",
    )  # fmt: skip


def stored(caller: Caller, data: bytes, query: str = "") -> dict[str, dict[str, int]]:
    """Upload a workbook that must be taken; returns the counts by sheet."""
    report = _expect(send(caller, data, query), 200)
    return {one.pop("sheet"): one for one in report["sheets"]}


def refused(caller: Caller, data: bytes, query: str = "", language: str = "en") -> list[dict[str, Any]]:
    """Upload a workbook that must be refused; returns its problems."""
    found: list[dict[str, Any]] = problem(send(caller, data, query, language), 422, "setup-errors")["problems"]
    return found


def served(caller: Caller, query: str = "", language: str = "en") -> bytes:
    """Download the workbook."""
    response = caller.send("GET", PATH + query, headers={"Accept-Language": language})
    assert response.status_code == 200
    return bytes(response.data)


def filled_in(template: bytes, sheets: Sheets) -> bytes:
    """Write rows below the examples of a served template, as a person would."""
    book = load_workbook(io.BytesIO(template))
    for key, rows in sheets.items():
        spec = setup_sheets().sheets[key]
        page = next(book[title] for title in spec.titles.values() if title in book.sheetnames)
        columns = {spec.fields.get(str(cell.value).lower().replace(" ", "")): cell.column for cell in page[1]}
        for number, row in enumerate(rows, start=3):
            for field, value in row.items():
                cell = page.cell(number, columns[field], value)
                cell.data_type = "s" if isinstance(value, str) else cell.data_type
    return saved(book)


def saved(book: Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def office(day: str | None = None) -> Sheets:
    """Return an office of one branch: two villages without coordinates beside one with, two people, a team."""
    people = [("S0001", "王丽", "leader"), ("S0002", "李强", "member")]
    return {
        "branches": [{"code": "001", "name": "龙门支行", "lat": 29.4, "lon": 106.4}],
        "territories": [{"branch": "001", "name": "东片"}],
        "villages": [
            {
                "branch": "001", "territory": "东片", "town": "龙门镇", "admin_village": "石桥村", "name": "三组",
                "aliases": "石桥湾; 老屋", "lat": 29.41, "lon": "106.41", "arrival_minutes": 7,
                "market_days": "农历逢一四七",
            },
            {"branch": "001", "territory": "东片", "town": "龙门镇", "admin_village": "石桥村", "name": "四组"},
        ],
        "people": [
            {
                "branch": "001", "staff_number": number, "name": name, "phone": "19900000001",
                "home_village": "四组", "knows": "龙门镇/石桥村/3组；石桥村/四组", "active": "yes",
            }
            for number, name, _role in people
        ],
        "groups": [
            {"staff_number": number, "territory": "东片", "role": role, "handover": "yes"}
            for number, _name, role in people
        ],
        "teams": [{"branch": "001", "territory": "东片", "name": "一队"}],
        "shifts": [
            {
                "territory": "东片", "team": "一队", "date": day, "people": "S0001; S0002", "start": "8:30",
                "end": "17:30", "break_earliest": "12:00", "break_latest": "13:30", "break_minutes": "45",
            }
        ]
        if day
        else [],
    }  # fmt: skip


def day_of(app: Flask) -> str:
    with app.app_context():
        return (today() + timedelta(days=1)).isoformat()


@pytest.fixture
def fresh(database: str, tmp_path: Path) -> Iterator[tuple[Flask, Caller]]:
    """Give an application on a database with an admin and a branch, and nothing else."""
    with running(database, jobs_url=f"sqlite:///{tmp_path / 'jobs.db'}", **FAST) as app:
        with app.app_context():
            add_user("admin", PASSWORD, "admin", [])
        admin = sign_in(app, "admin")
        admin.post("/api/v1/branches", {"code": "001", "name": "龙门支行", "lat": 29.4, "lon": 106.4})
        yield app, admin


def test_an_office_is_set_up_and_planned_without_another_call(fresh: tuple[Flask, Caller]) -> None:
    """Admin, branch, workbook: then the first ledger can be imported and its doors are planned (issue B)."""
    app, _admin = fresh
    with app.app_context():
        add_user("office", PASSWORD, "coordinator", ["001"])
    coordinator, day = sign_in(app, "office"), day_of(app)
    data = filled_in(served(coordinator), office(day))
    assert stored(coordinator, data) == {
        "branches": NOTHING | {"unchanged": 1},
        "territories": NOTHING | {"new": 1},
        "villages": NOTHING | {"new": 2},
        "people": NOTHING | {"new": 2},
        "groups": NOTHING | {"new": 2},
        "teams": NOTHING | {"new": 1},
        "shifts": NOTHING | {"new": 1},
    }
    ledger = (
        "贷款账号,客户名称,客户地址,贷款余额,五级分类,到期日期\n"
        "6228001,陈大明,龙门镇石桥村三组12号,12000.00,可疑,2024-01-31\n"
    ).encode()
    report = coordinator.send(
        "POST", "/api/v1/ledgers", data={"file": (io.BytesIO(ledger), "ledger.csv")}, content_type="multipart/form-data"
    )
    assert report.get_json()["rows"]["new"] == 1, report.get_data(as_text=True)
    asked = _expect(coordinator.send("POST", "/api/v1/plans", {"from": day, "to": day}), 202)
    draw_up(app, asked["id"])
    plan = coordinator.get(f"/api/v1/plans/{asked['id']}")
    assert (plan["status"], plan["figures"]["planned"]) == ("ready", 1), plan


def test_what_was_set_up_stands_in_the_api(county: County) -> None:
    """Every cell arrives in its row: names, places, other names, what people know, roles, breaks."""
    day = day_of(county.app)
    stored(county.coordinator, filled_in(served(county.coordinator), office(day)))
    get = county.coordinator.get
    villages = {one["name"]: one for one in get("/api/v1/villages")["items"]}
    assert (villages["三组"]["lat"], villages["三组"]["lon"], villages["三组"]["arrival_minutes"]) == (29.41, 106.41, 7)
    assert villages["三组"]["aliases"] == ["石桥湾", "老屋"]
    assert (villages["四组"]["lat"], villages["四组"]["arrival_minutes"]) == (None, 5)
    assert villages["三组"]["market_days"] == {"cycle": "lunar", "days": [1, 4, 7]}
    assert villages["四组"]["market_days"] is None
    people = get("/api/v1/people")["items"]
    assert {(one["staff_number"], one["home_village"]) for one in people} == {
        ("S0001", villages["四组"]["id"]),
        ("S0002", villages["四组"]["id"]),
    }
    assert all(sorted(one["knows"]) == sorted(village["id"] for village in villages.values()) for one in people)
    assert all(one["phone"] and one["phone"] != "19900000001" for one in people)
    [territory] = get("/api/v1/territories")["items"]
    assert [(one["role"], one["handover"]) for one in territory["group"]] == [("leader", True), ("member", True)]
    [shift] = get("/api/v1/shifts")["items"]
    assert (shift["date"], shift["start"], shift["break"]["minutes"], len(shift["people"])) == (day, "08:30", 45, 2)


def test_the_same_workbook_again_changes_nothing(county: County) -> None:
    """A second upload counts every row as unchanged and raises no version."""
    data = filled_in(served(county.coordinator), office(day_of(county.app)))
    first = stored(county.coordinator, data)
    before = [county.coordinator.get(f"/api/v1/{name}")["items"] for name in ("villages", "people", "teams", "shifts")]
    again = stored(county.coordinator, data)
    assert again == {key: NOTHING | {"unchanged": sum(counts.values())} for key, counts in first.items()}
    after = [county.coordinator.get(f"/api/v1/{name}")["items"] for name in ("villages", "people", "teams", "shifts")]
    assert before == after


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_exported_comes_back_unchanged(county: County, language: str) -> None:
    """The filled workbook in any language of ours, uploaded as it is, says nothing new."""
    sheets = office(day_of(county.app))
    sheets["villages"][1] |= {"aliases": "=1+1\\; 别名; a\\\\b"}
    sheets["people"][1] |= {"name": "=HYPERLINK(1)"}
    first = stored(county.coordinator, filled_in(served(county.coordinator), sheets))
    again = stored(county.coordinator, served(county.coordinator, "?filled=true", language))
    assert again == {key: NOTHING | {"unchanged": sum(counts.values())} for key, counts in first.items()}


def test_no_cell_of_an_export_is_a_formula(county: County) -> None:
    """Names that begin like a formula leave as quoted text; no spreadsheet computes them."""
    for name in ("=1+1", "+1", "-1", "@SUM(1)"):
        county.person(name=name)
    book = load_workbook(io.BytesIO(served(county.coordinator, "?filled=true")))
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    like = [cell for cell in cells if cell.value.startswith(("=", "+", "-", "@"))]
    assert {cell.value for cell in like} >= {"=1+1", "+1", "-1", "@SUM(1)"}
    assert all(cell.quotePrefix for cell in like)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_holds_examples_that_are_not_read(county: County, language: str) -> None:
    """Every sheet shows a row of invention; sent as it is, the template stores nothing."""
    data = served(county.coordinator, language=language)
    book = load_workbook(io.BytesIO(data))
    assert [page.max_row for page in book.worksheets[1:]] == [2] * 7
    assert stored(county.coordinator, data) == dict.fromkeys(setup_sheets().sheets, NOTHING)


def test_a_preview_stores_nothing(county: County) -> None:
    """A dry run counts as the upload would and leaves no row."""
    data = filled_in(served(county.coordinator), office(day_of(county.app)))
    previewed = stored(county.coordinator, data, "?dry_run=true")
    assert previewed["people"]["new"] == 2
    assert county.coordinator.get("/api/v1/people")["items"] == []
    assert stored(county.coordinator, data) == previewed


def test_one_bad_cell_keeps_everything_out(county: County) -> None:
    """All or nothing: rows that are right are not stored beside one that is not."""
    sheets = office()
    sheets["villages"][1]["lat"] = "north"
    data = filled_in(served(county.coordinator), sheets)
    assert [(one["sheet"], one["cell"], one["code"]) for one in refused(county.coordinator, data)] == [
        ("Villages", "G4", "not_number")
    ]
    assert county.coordinator.get("/api/v1/territories")["items"] == []


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("villages", {"branch": "002"}, "branch", "branch_unknown"),
    ("villages", {"territory": "西片"}, "territory", "territory_unknown"),
    ("villages", {"branch": ""}, "branch", "required"),
    ("villages", {"lat": 95, "lon": 106}, "lat", "invalid"),
    ("villages", {"lat": 0, "lon": 0}, "lat", "null_island"),
    ("villages", {"lat": 29.5}, "lon", "half_place"),
    ("villages", {"arrival_minutes": "five"}, "arrival_minutes", "not_whole"),
    ("villages", {"market_days": "1, 4, 7"}, "market_days", "not_market"),
    ("people", {"home_village": "九组"}, "home_village", "village_unknown"),
    ("people", {"phone": "call me"}, "phone", "invalid"),
    ("people", {"active": "perhaps"}, "active", "not_yes_no"),
    ("groups", {"staff_number": "S0009"}, "staff_number", "person_unknown"),
    ("groups", {"staff_number": "S0001"}, "staff_number", "row_twice"),
    ("groups", {"role": "boss"}, "role", "not_role"),
    ("groups", {"role": "leader"}, "role", "leader_twice"),
    ("groups", {"from": "2020-01-01"}, "from", "group_past"),
    ("teams", {"territory": "西片"}, "territory", "territory_unknown"),
    ("shifts", {"team": "九队"}, "team", "team_unknown"),
    ("shifts", {"people": "S0001"}, "people", "alone"),
    ("shifts", {"people": "S0001; S0001"}, "people", "alone"),
    ("shifts", {"end": "07:00"}, "end", "shift_backwards"),
    ("shifts", {"start": "25:00"}, "start", "not_clock"),
    ("shifts", {"date": "soon"}, "date", "not_date"),
    ("shifts", {"break_latest": ""}, "break_latest", "invalid"),
    ("shifts", {"from_place": "home"}, "from_place", "not_place"),
]


def test_each_mistake_is_named_by_its_cell(county: County) -> None:
    """One mistake, one error: sheet, cell, a reason and a remedy in the caller's language."""
    template = served(county.coordinator)
    for number, (sheet, change, field, code) in enumerate(WRONG):
        sheets = office(day_of(county.app))
        sheets[sheet][-1] |= change
        row = len(sheets[sheet]) + 2
        columns = [column.field for column in setup_sheets().sheets[sheet].columns]
        expected = (f"{'ABCDEFGHIJKL'[columns.index(field)]}{row}", row, code)
        language = LANGUAGES[number % len(LANGUAGES)]
        found = refused(county.coordinator, filled_in(template, sheets), "?dry_run=true", language)
        assert [(one["cell"], one["row"], one["code"]) for one in found] == [expected], (sheet, change, found)
        said = found[0]["reason"] + found[0]["remedy"]
        assert "%(" not in said
        assert any("一" <= letter <= "鿿" for letter in said.replace("东", "").replace("片", "")) or language == "en"
    assert county.coordinator.get("/api/v1/people")["items"] == []


def test_all_mistakes_are_told_at_once_up_to_a_thousand(county: County) -> None:
    """A person mends a workbook once; beyond a thousand the rest is counted."""
    rows = [{"branch": "001", "name": f"片{number}", "territory": "东片"} for number in range(1005)]
    data = filled_in(served(county.coordinator), {"villages": rows})
    body = problem(send(county.coordinator, data), 422, "setup-errors")
    assert (len(body["problems"]), body["problems_left_out"]) == (1000, 5)


def test_an_admin_adds_branches_and_leaves_the_rest(county: County) -> None:
    """One workbook, two uploads: an admin keeps branches and sees no collector, a coordinator keeps the rest."""
    sheets = office()
    sheets["branches"].append({"code": "003", "name": "新支行"})
    sheets["branches"][0]["name"] = "龙门分理处"
    data = filled_in(served(county.coordinator), sheets)
    codes = [(one["cell"], one["code"]) for one in refused(county.coordinator, data)]
    assert codes == [("B3", "branch_change_by_admin"), ("A4", "branch_by_admin")]
    report = _expect(send(county.admin, data), 200)
    assert report["sheets"] == [{"sheet": "branches", "new": 1, "updated": 1, "unchanged": 0}]
    assert report["left_to_others"] == ["territories", "villages", "people", "groups", "teams"]
    assert {one["name"] for one in county.admin.get("/api/v1/branches")["items"]} >= {"新支行", "龙门分理处"}
    book = load_workbook(io.BytesIO(served(county.admin, "?filled=true")))
    assert (book["Branches"].max_row, book["People"].max_row) == (4, 1)


def test_another_branch_is_out_of_reach(county: County) -> None:
    """A stranger's rows are neither shown, nor changed, nor betrayed by a different error."""
    stored(county.coordinator, filled_in(served(county.coordinator), office()))
    book = load_workbook(io.BytesIO(served(county.stranger, "?filled=true")))
    assert [page.max_row for page in book.worksheets[1:]] == [2, 1, 1, 1, 1, 1, 1]
    sheets = {"teams": [{"territory": "东片", "name": "二队"}, {"territory": "没有", "name": "二队"}]}
    codes = [one["code"] for one in refused(county.stranger, filled_in(served(county.stranger), sheets))]
    assert codes == ["territory_unknown"] * 2


def test_an_empty_cell_leaves_what_is_stored(county: County) -> None:
    """Places found on the map, phones and known villages survive the next upload of an older workbook."""
    data = filled_in(served(county.coordinator), office())
    stored(county.coordinator, data)
    village = next(one for one in county.coordinator.get("/api/v1/villages")["items"] if one["name"] == "四组")
    place = {"lat": 29.5, "lon": 106.5}
    county.coordinator.patch(f"/api/v1/villages/{village['id']}", place, village["version"])
    assert stored(county.coordinator, data)["villages"] == NOTHING | {"unchanged": 2}
    kept = county.coordinator.get(f"/api/v1/villages/{village['id']}")
    assert (kept["lat"], kept["lon"]) == (29.5, 106.5)


def test_villages_and_people_move_as_a_reassignment_moves_them(county: County) -> None:
    """A changed territory or place in a group raises the version of the assignments, once for the whole workbook."""
    sheets = office()
    stored(county.coordinator, filled_in(served(county.coordinator), sheets))
    sheets["territories"].append({"branch": "001", "name": "西片"})
    sheets["villages"][0]["territory"] = "西片"
    sheets["groups"][1]["territory"] = "西片"
    again = stored(county.coordinator, filled_in(served(county.coordinator), sheets))
    assert again["villages"] == NOTHING | {"updated": 1, "unchanged": 1}
    assert again["groups"] == NOTHING | {"updated": 1, "unchanged": 1}
    sizes = {
        one["name"]: (one["villages"], len(one["group"]))
        for one in county.coordinator.get("/api/v1/territories")["items"]
    }
    assert sizes == {"东片": (1, 1), "西片": (1, 1)}


def test_spreadsheets_change_types_and_headers_change_language(county: County) -> None:
    """Chinese headers on English sheets, numbers, dates and times as a spreadsheet stores them: all are read."""
    from datetime import date, time

    stored(county.coordinator, filled_in(served(county.coordinator), office()))
    day = date.fromisoformat(day_of(county.app))
    book = Workbook()
    page = book.active
    page.title = "排班表"
    page.append(["二〇二六年排班"])
    page.append([])
    page.append(["片区名称", "小隊", "日期", "队员工号", "开始时间", "End time", "休息最早", "休息最晚", "休息分钟"])
    page.append(["东片", "一队", day, "S0001；S0002", time(8, 30), 17.5 / 24, "12：00", "13:30", 45.0])
    assert stored(county.coordinator, saved(book)) == {"shifts": NOTHING | {"new": 1}}
    [shift] = county.coordinator.get("/api/v1/shifts")["items"]
    assert (shift["date"], shift["start"], shift["end"]) == (day.isoformat(), "08:30", "17:30")


def _bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b" " * 150_000_000)
    return data.getvalue()


def _with_part(name: str, content: bytes) -> bytes:
    data = io.BytesIO()
    book = Workbook()
    book.save(data)
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a,b\n1,2\n", "not_setup_workbook"),
        (b"%PDF-1.7", "not_a_table"),
        (b"", "file_empty"),
        (b"PK\x03\x04 broken", "archive_broken"),
        (_bomb(), "archive_unsafe"),
        (_with_part("xl/evil.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "archive_unsafe"),
        (saved(Workbook()), "no_setup_sheet"),
    ],
    ids=["csv", "pdf", "empty", "broken", "bomb", "entities", "other"],
)
def test_a_hostile_workbook_is_refused_with_its_reason(county: County, data: bytes, reason: str) -> None:
    """The checks of ledgers guard this upload too; each refusal says why in words."""
    for language in LANGUAGES:
        body = problem(send(county.coordinator, data, language=language), 422, "setup-unreadable", "file")
        assert body["reason"] == reason
        assert "%(" not in body["detail"]
    problem(county.coordinator.send("POST", PATH, content_type="multipart/form-data", data={}), 422, "no-file", "file")
