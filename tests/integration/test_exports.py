"""What people put in comes out again: whole, safe to open, for those who may read it, and can be put in once more."""

from __future__ import annotations

import csv
import io
import shutil
import tracemalloc
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from api.store.ids import new_id
from api.store.models import Account, AuditEntry
from api.usecases.exports.write import Form, write_export
from api.usecases.keep_users import actor_named, add_user
from api.vault import mask_name
from api.wording.exports import column_title, word
from routing.script import fold
from schemas.export_tables import EXPORT_TABLES, export_columns
from schemas.ledger.headers import find_header
from schemas.ledger.vocabulary import COLUMNS, WORDS
from tests.conftest import running
from tests.factories import PASSWORD, Caller, County, _expect, problem, sign_in
from tests.integration.test_ledgers import csv_of, imported, row
from tests.sample_county import Sample, upload

PATH = "/api/v1/exports"
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
NOTHING = {"new": 0, "updated": 0, "flagged": 0, "refused": 0, "missing": 0}


def exported(caller: Caller, table: str, query: str = "", language: str = "en") -> Any:
    """Return the answer with an exported table."""
    response = caller.send("GET", f"{PATH}/{table}{query}", headers={"Accept-Language": language})
    assert response.status_code == 200, response.get_data(as_text=True)
    return response


def lines(caller: Caller, table: str, query: str = "?headers=fields", encoding: str = "utf-8") -> list[dict[str, str]]:
    """Return the rows of a table as CSV has them."""
    text = exported(caller, table, query).data.decode(encoding)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def listed(caller: Caller, language: str = "en") -> dict[str, dict[str, Any]]:
    """Return the tables on offer by their ids."""
    return {one["id"]: one for one in caller.get(PATH, headers={"Accept-Language": language})["items"]}


def audited(county_app: Any) -> list[AuditEntry]:
    """Return the entries about exports."""
    with county_app.extensions["store"].read() as session:
        query = select(AuditEntry).where(AuditEntry.action == "export.made").order_by(AuditEntry.created_at)
        return list(session.scalars(query))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_has_the_rows_that_the_list_promises(sample: Sample, language: str) -> None:
    """As CSV, as workbook and in the workbook of all: the count of the list, a heading for each column."""
    offered = listed(sample.coordinator, language)
    book = load_workbook(io.BytesIO(exported(sample.coordinator, "all", "", language).data))
    assert book.sheetnames[1:] == [one["title"] for one in offered.values()][:-1]
    for key, one in offered.items():
        if key == "all":
            assert one["count"] == sum(other["count"] for other in offered.values()) / 2
            continue
        response = exported(sample.coordinator, key, "", language)
        heads, *rows = csv.reader(io.StringIO(response.data.decode(), newline=""))
        assert len(rows) == one["count"] == int(response.headers["Export-Rows"])
        assert all(heads)
        assert len(set(heads)) == len(heads)
        sheet = book[one["title"]]
        assert [cell.value for cell in sheet[1]] == heads
        assert sheet.max_row == 1 + one["count"]
    assert offered["accounts"]["count"] > 100
    assert offered["stops"]["count"] > 10


def test_the_draft_days_of_a_plan_are_no_published_stops(sample: Sample) -> None:
    """Of a plan that was published up to a day, the later days are not exported until they are published too."""
    following = sample.on + timedelta(days=1)
    plan = sample.planned(until=following)
    number, of_day = str(plan["version"]), Counter(
        route["date"] for route in plan["routes"] for _stop in route["stops"]
    )  # fmt: skip
    assert of_day.keys() == {sample.day, following.isoformat()}
    sample.publish(plan["id"], until=sample.on)
    stops = [one["date"] for one in lines(sample.coordinator, "stops") if one["plan"] == number]
    assert stops == [sample.day] * of_day[sample.day]
    sample.publish(plan["id"])
    stops = [one["date"] for one in lines(sample.coordinator, "stops") if one["plan"] == number]
    assert Counter(stops) == of_day


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("?format=csv", "en"), ("?format=csv&encoding=utf-8-sig", "zh-Hans"),
        ("?format=csv&encoding=gb18030", "zh-Hant"),
        ("?format=xlsx", "en"), ("?format=xlsx", "zh-Hans"), ("?format=xlsx", "zh-Hant"),
        ("?format=csv&headers=fields", "zh-Hans"), ("?format=xlsx&headers=fields", "en"),
    ],
)  # fmt: skip
def test_an_exported_ledger_comes_back_unchanged(sample: Sample, query: str, language: str) -> None:
    """In every form: 0 new, 0 updated, nothing flagged or refused."""
    before = listed(sample.coordinator)["accounts"]["count"]
    response = exported(sample.coordinator, "accounts", query, language)
    report = _expect(upload(sample.coordinator, response.data, "export", "?complete=true"), 201)
    assert report["rows"] == NOTHING | {"unchanged": before}, report["problems"][:3]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ledger_knows_what_exported_columns_and_words_are_called(app: Flask, language: str) -> None:
    """A heading that no ledger has would be left out in silence; a word that none has would be a flag."""
    with app.test_request_context(headers={"Accept-Language": language}):
        for column in export_columns("accounts", 9):
            field, _dot, slot = column.field.partition(".")
            if field in COLUMNS.kind:
                header = find_header([[column_title("accounts", column, language), "loan number", "name"]])
                assert header is not None
                assert (header.columns[0].field, header.columns[0].slot) == (field, int(slot or 1)), column
        for field, words in WORDS.values.items():
            for value in set(words.values()):
                assert words.get(fold(word(field, value))) == value, (field, value)
                assert words.get(fold(value)) == value, (field, value)


def test_one_workbook_sets_up_the_office_and_is_the_ledger(sample: Sample) -> None:
    """The workbook of all can be uploaded as the setup and as the ledger: all in it is known, nothing changes."""
    data = exported(sample.coordinator, "all").data
    report = _expect(
        sample.coordinator.send("POST", "/api/v1/setup", data={"file": (io.BytesIO(data), "all.xlsx")}), 200
    )
    for one in report["sheets"]:
        assert (one["new"], one["updated"]) == (0, 0), one
    counts = listed(sample.coordinator)
    assert {one["sheet"]: one["unchanged"] for one in report["sheets"]} == {
        one["sheet"]: counts[one["sheet"]]["count"] for one in report["sheets"]
    }
    assert len(report["sheets"]) == 7
    loans = _expect(upload(sample.coordinator, data, "all.xlsx", "?dry_run=true&complete=true"), 200)
    assert loans["rows"] == NOTHING | {"unchanged": counts["accounts"]["count"]}


def test_an_office_moves_into_an_empty_service(sample: Sample, sqlite_template: Path, tmp_path: Path) -> None:
    """Workbook and ledger of one service set up another: its own exports then say the same."""
    book = exported(sample.coordinator, "all").data
    shutil.copy(sqlite_template, tmp_path / "other.db")
    with running(f"sqlite:///{tmp_path / 'other.db'}") as other:
        with other.app_context():
            add_user("admin", PASSWORD, "admin", [])
        admin = sign_in(other, "admin")
        setup = {"data": {"file": (io.BytesIO(book), "all.xlsx")}}
        _expect(admin.send("POST", "/api/v1/setup", **setup), 200)
        branches = [one["id"] for one in admin.get("/api/v1/branches")["items"]]
        user = {"username": "office", "password": PASSWORD, "role": "coordinator", "branches": branches}
        admin.post("/api/v1/users", user)
        office = sign_in(other, "office")
        _expect(office.send("POST", "/api/v1/setup", data={"file": (io.BytesIO(book), "all.xlsx")}), 200)
        report = _expect(upload(office, book, "all.xlsx"), 201)
        assert report["rows"]["refused"] == report["rows"]["flagged"] == report["villages_created"] == 0
        for table in ("branches", "territories", "villages", "people", "groups", "teams", "shifts", "accounts"):
            own = {"id", "household", "obligor", "pseudonym", "place_source", "placed_at"}
            before, after = (
                sorted(sorted((k, v) for k, v in one.items() if k not in own) for one in lines(who, table))
                for who in (sample.coordinator, office)
            )
            assert after == before, table


EVIL = ('=HYPERLINK("http://x.example")', "+1", "-1+2", "@SUM(A1)", "\t=1+1", " =1+1", "＝1+1")


def test_text_stays_text_and_a_negative_debt_a_number(county: County) -> None:
    """What begins like a formula is marked, in CSV and workbook; amounts, negative ones too, are numbers."""
    rows = [row(f"62280{at}", 客户名称=name, **{"贷款余额（元）": "-12.50"}) for at, name in enumerate(EVIL)]
    imported(county.coordinator, csv_of(*rows), "ledger.csv")
    found = lines(county.coordinator, "accounts")
    assert len(found) == len(EVIL)
    for one in found:
        assert one["borrower_name"].startswith("'")
        assert one["outstanding"] == "-12.50"
    sheet = load_workbook(io.BytesIO(exported(county.coordinator, "accounts", "?format=xlsx&headers=fields").data))[
        "Active loans"
    ]
    columns = {cell.value: cell.column - 1 for cell in sheet[1]}
    for line in sheet.iter_rows(min_row=2):
        name, debt, number = (line[columns[key]] for key in ("borrower_name", "outstanding", "loan_number"))
        assert (name.data_type, name.quotePrefix) == ("s", True)
        assert (debt.data_type, debt.value) == ("n", -12.5)
        assert (number.data_type, number.number_format) == ("s", "@")
    again = _expect(upload(county.coordinator, exported(county.coordinator, "accounts").data, "x.csv"), 201)
    assert again["rows"]["unchanged"] + again["rows"]["flagged"] == len(EVIL)
    assert lines(county.coordinator, "accounts") == found


def test_a_character_that_the_encoding_lacks_is_told_and_readable(county: County) -> None:
    """Big5 has no 门 or emoji: each is written as [U+…] and counted; GB18030 and UTF-8 lose nothing."""
    county.village(name="门坝😀", town="龙門鎮")
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        query = f"?headers=fields&encoding={encoding}"
        [one] = lines(county.coordinator, "villages", query, encoding)
        assert one["name"] == "门坝😀"
        assert exported(county.coordinator, "villages", query).headers["Export-Replaced-Characters"] == "0"
    response = exported(county.coordinator, "villages", "?headers=fields&encoding=big5")
    assert response.content_type == "text/csv; charset=big5"
    text = response.data.decode("big5")
    assert "[U+95E8][U+575D][U+1F600]" in text
    assert "[U+9F99]門鎮" in text
    assert response.headers["Export-Replaced-Characters"] == "4"


def test_a_role_gets_the_tables_of_its_work(county: County) -> None:
    """Least privilege, by name: what is not in a role's list is 404 for it, like what does not exist."""
    office = {"branches", "territories", "villages", "towns", "teams"}
    debts = {"households", "obligors", "guarantees", "accounts", "settled_accounts", "outcomes"}
    may = {
        "admin": {"branches", "users"},
        "auditor": {"branches", "audit"},
        "manager": office,
        "reviewer": {"branches", "households", "outcomes"},
        "legal": {"branches", "villages", "towns"} | debts,
        "coordinator": set(EXPORT_TABLES) - {"users", "audit"},
    }
    for role, tables in may.items():
        who = county.coordinator if role == "coordinator" else county.user(role)
        assert set(listed(who)) - {"all"} == tables, role
        for key in (*EXPORT_TABLES, "nothing"):
            response = who.send("GET", f"{PATH}/{key}")
            assert response.status_code == (200 if key in tables else 404), (role, key)
        assert len(load_workbook(io.BytesIO(exported(who, "all").data)).sheetnames) == 1 + len(tables)


def test_who_needs_no_names_gets_none(sample: Sample) -> None:
    """A reviewer sees initials, a coordinator names; masked on request too; nothing sealed gets through."""
    sample.admin.post(
        "/api/v1/users",
        {"username": "reviewer", "password": PASSWORD, "role": "reviewer", "branches": sample_branches(sample)},
    )
    reviewer = sign_in(sample.app, "reviewer")
    clear = {one["id"]: one for one in lines(sample.coordinator, "households")}
    masked = lines(reviewer, "households")
    assert {one["id"] for one in masked} == set(clear)
    for one in masked:
        assert one["name"] == mask_name(clear[one["id"]]["name"]) != clear[one["id"]]["name"]
        assert (one["door"], one["lat"], one["lon"]) == ("", "", "")
    assert lines(reviewer, "households", "?headers=fields&personal=clear") == masked
    secrets = {
        one[key] for one in lines(sample.coordinator, "obligors") for key in ("name", "id_number", "phone") if one[key]
    } | {one["loan_number"] for one in lines(sample.coordinator, "accounts")}  # fmt: skip
    for table in listed(sample.coordinator):
        if table not in ("all", "people"):
            text = exported(sample.coordinator, table, "?personal=masked").data.decode()
            assert not {cell for line in csv.reader(io.StringIO(text)) for cell in line} & secrets, table


def sample_branches(sample: Sample) -> list[str]:
    """Return the ids of the sample's branches."""
    return [one["id"] for one in sample.coordinator.get("/api/v1/branches")["items"]]


def test_another_branch_is_absent(county: County) -> None:
    """Rows of a foreign branch are in no table, nor in the counts."""
    county.shift()
    county.household(county.village())
    imported(county.coordinator, csv_of(row("6228001")), "ledger.csv")
    assert listed(county.coordinator)["accounts"]["count"] == 1
    for key, one in listed(county.stranger).items():
        if key in ("all", "branches"):
            assert one["count"] == 1
        else:
            assert one["count"] == len(lines(county.stranger, key)) == 0, key
    [branch] = lines(county.stranger, "branches")
    assert branch["id"] == county.other_branch


def test_every_export_is_in_the_audit_trail(county: County) -> None:
    """Who took which table out, how many rows, in which form, in clear or masked; and that can be exported too."""
    county.household(county.village())
    exported(county.coordinator, "households", "?encoding=gb18030")
    exported(county.coordinator, "households", "?format=xlsx&personal=masked")
    exported(county.coordinator, "all")
    problem(county.coordinator.send("GET", f"{PATH}/audit"), 404, "not-found")
    first, second, third = audited(county.app)
    assert (first.subject, first.detail) == (
        "households",
        {"rows": 1, "tables": {"households": 1}, "format": "csv", "encoding": "gb18030", "personal": "clear"},
    )
    assert (second.detail["format"], second.detail["personal"]) == ("xlsx", "masked")
    assert (third.subject, third.detail["tables"]["villages"]) == ("all", 1)
    trail = lines(county.user("auditor"), "audit")
    assert [one["subject"] for one in trail if one["action"] == "export.made"] == ["households", "households", "all"]


def test_the_auditor_of_a_branch_reads_its_people_and_not_others(county: County) -> None:
    """Entries by users of another branch alone are absent; those of admins, who keep all users, are there."""
    county.stranger.post("/api/v1/territories", {"branch": county.other_branch, "name": "elsewhere"})
    territory = county.territory()
    trail = lines(county.user("auditor"), "audit")
    assert [one["subject"] for one in trail if one["action"] == "territory.created"] == [territory]
    assert [one for one in trail if one["action"] == "user.created"]


def test_a_loan_that_went_missing_is_apart_and_stays_so(county: County) -> None:
    """Loans that are not active have a table of their own: the active ones imported again wake none of them."""
    imported(county.coordinator, csv_of(*(row(f"622800{at}") for at in range(4))), "ledger.csv")
    half = csv_of(*(row(f"622800{at}") for at in range(2)))
    _expect(upload(county.coordinator, half, "half.csv", "?complete=true&confirm=true"), 201)
    [one, other] = lines(county.coordinator, "settled_accounts")
    assert (one["status"], one["loan_number"], other["loan_number"]) == ("missing", "6228002", "6228003")
    assert one["missing_at"].endswith("+08:00")
    again = _expect(upload(county.coordinator, exported(county.coordinator, "accounts").data, "x.csv"), 201)
    assert again["rows"] == NOTHING | {"unchanged": 2}
    assert len(lines(county.coordinator, "settled_accounts")) == 2


def test_what_people_decided_comes_out(county: County) -> None:
    """Villages joined or kept apart, with who decided when; what is still open is no decision. So do mappings."""
    lives = [
        row(str(at), 客户名称=name, 客户地址=f"龙门镇石桥村{village}{at}号", 经度="", 纬度="")
        for at, (village, name) in enumerate((("李家湾", "陈大明"), ("李家弯", "王丽"), ("李家湾", "赵强")), start=1)
    ]
    data = {"file": (io.BytesIO(csv_of(*lives)), "ledger.csv"), "mapping": '{"情况说明": ""}'}
    _expect(county.coordinator.send("POST", "/api/v1/ledgers", data=data), 201)
    assert lines(county.coordinator, "merges") == []
    [item] = county.coordinator.get("/api/v1/work-items?kind=village_merge")["items"]
    path = f"/api/v1/work-items/village_merge/{item['id']}/settlement"
    _expect(county.coordinator.send("POST", path, {"choice": "together"}, version=item["version"]), 200)
    [merge] = lines(county.coordinator, "merges")
    assert (merge["kind"], merge["decision"]) == ("village", "together")
    assert {merge["first_name"][-3:], merge["second_name"]} == {"李家湾", "李家弯"}
    assert merge["by"]
    assert merge["at"]
    [mapping] = lines(county.coordinator, "mappings")
    assert mapping["mapping"] == "情况说明 → –"


def test_a_form_that_cannot_be_is_refused(county: County) -> None:
    """CSV holds one table; encodings and formats are those of the contract."""
    problem(county.coordinator.send("GET", f"{PATH}/all?format=csv"), 422, "one-table", "format")
    for query in ("format=pdf", "encoding=ebcdic", "headers=none", "personal=all"):
        problem(county.coordinator.send("GET", f"{PATH}/villages?{query}"), 422, "invalid")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("most", [20_000, pytest.param(50_000, marks=pytest.mark.deep)])
def test_ten_times_as_many_loans_need_no_more_memory(county: County, form: str, most: int) -> None:
    """Rows are read and written a batch at a time."""
    imported(county.coordinator, csv_of(row("6228000000")), "ledger.csv")
    peaks = []
    for upto in (most // 10, most):
        copy_loan(county, upto)
        with county.app.test_request_context():
            tracemalloc.start()
            written = write_export(actor_named("coordinator"), "accounts", Form(format=form))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert written.rows == {"accounts": upto}
        written.file.close()
    assert peaks[1] < 1.5 * peaks[0] + 1_000_000, peaks
    assert peaks[1] < 40_000_000


def copy_loan(county: County, upto: int) -> None:
    """Give the one loan copies of other numbers, until there are so many."""
    with county.app.extensions["store"].write() as session:
        table = Account.__table__
        stored = [dict(one) for one in session.execute(table.select().limit(1)).mappings()]
        have = session.scalar(select(func.count()).select_from(table)) or 0
        copies = [stored[0] | {"id": new_id(), "loan_number": f"6228{at:06d}"} for at in range(have, upto)]
        session.execute(table.insert(), copies)


def test_the_command_writes_a_file_for_each_table(county: County, tmp_path: Path) -> None:
    """In the area of the user it is given, readable by the owner alone, and noted like any other export."""
    county.household(county.village())
    with county.app.app_context():
        run = county.app.test_cli_runner().invoke
        args = ["export", str(tmp_path / "out"), "--user", "coordinator"]
        for more in (["--format", "xlsx"], ["--format", "csv", "--encoding", "gb18030", "--table", "villages"]):
            result = run(args=[*args, *more])
            assert result.exit_code == 0, result.output
    files = {path.name.rsplit("-", 3)[0]: path for path in (tmp_path / "out").glob("*.xlsx")}
    assert set(files) == {f"rounds-{key.replace('_', '-')}" for key in listed(county.coordinator)}
    [text] = [path.read_text(encoding="gb18030") for path in (tmp_path / "out").glob("*.csv")]
    assert "龙门镇" in text
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o600}
    assert {one.by for one in audited(county.app)} == {audited(county.app)[0].by}
    assert len(audited(county.app)) == len(files) + 1
