"""Undoing an import: everything is as it was, or the answer says what rests on it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Caller, County, problem
from tests.integration.test_ledgers import csv_of, imported, row
from tests.sample_county import Sample, at_once, outcome, tables, upload

OWED = "贷款余额（元）"
# What an import and its undoing themselves leave behind; versions rise, so accounts are compared without.
TRACES = ("imports", "import_rows", "import_changes", "audit_entries")


def undo(caller: Caller, import_id: str, query: str = "") -> Any:
    return caller.send("POST", f"/api/v1/ledgers/{import_id}/undo{query}")


def undone(caller: Caller, import_id: str, query: str = "") -> dict[str, int]:
    """Undo; returns the counts that are not zero."""
    response = undo(caller, import_id, query)
    assert response.status_code == 200, response.get_data(as_text=True)
    body = response.get_json()
    assert (body["status"], body["dry_run"]) == (("stored", True) if query else ("undone", False))
    return {name: count for name, count in body.items() if isinstance(count, int) and count and name != "dry_run"}


def content(county: County) -> dict[str, list[dict[str, Any]]]:
    """Return what tables hold, but for the traces and the versions."""
    from api.store.models import Base

    with county.app.extensions["store"].read() as session:
        return {
            table.name: sorted(
                (
                    {name: value for name, value in one._mapping.items() if name != "version"}
                    for one in session.execute(table.select())
                ),
                key=repr,
            )
            for table in Base.metadata.sorted_tables
            if table.name not in TRACES
        }


def test_undoing_a_first_import_leaves_nothing_of_it(county: County) -> None:
    """Accounts, obligors, guarantees, households and villages that came with it go; its report stays."""
    before = content(county)
    header = ["贷款账号", "客户名称", "客户地址", OWED, "担保人", "担保人身份证号"]
    data = csv_of(
        ["1", "陈大明", "龙门镇石桥村三组12号", "5000", "李四", ""],
        ["2", "王丽", "龙门镇石桥村四组1号", "700", "", ""],
        header=header,
    )
    report = imported(county.coordinator, data)
    counts = undone(county.coordinator, report["id"])
    assert counts["accounts_removed"] == 2
    assert counts["guarantees_removed"] == 1
    assert counts["villages_removed"] == report["villages_created"] == 2
    assert counts["households_removed"] == report["households_created"]
    assert "kept" not in counts
    assert content(county) == before
    assert county.coordinator.get(f"/api/v1/ledgers/{report['id']}")["status"] == "undone"


def test_undoing_a_second_import_restores_every_account_as_it_was(county: County) -> None:
    """Amounts, classes, dates, phones and places go back; loans that came with it go; the first import stands."""
    imported(county.coordinator, csv_of(row("1", 经度="", 纬度=""), row("2", 客户名称="李秀英")))
    before = content(county)
    second = imported(
        county.coordinator,
        csv_of(
            row("1", **{OWED: "1.05", "五级分类": "损失", "到期日期": "2025-02-28", "联系电话": "19900000009"}),
            row("2", 客户名称="李秀英"),
            row("3", 客户地址="龙门镇石桥村五组2号", 客户名称="赵强"),
        ),
    )
    assert content(county) != before
    counts = undone(county.coordinator, second["id"])
    assert (counts["accounts_restored"], counts["accounts_removed"]) == (1, 1)
    assert content(county) == before


def test_a_dry_run_of_undoing_tells_and_changes_nothing(county: County) -> None:
    """``dry_run`` gives the counts that undoing will give, and leaves every table as it was."""
    report = imported(county.coordinator, csv_of(row("1"), row("2")))
    before = tables(county.app)
    told = undone(county.coordinator, report["id"], "?dry_run=true")
    assert tables(county.app) == before
    assert undone(county.coordinator, report["id"]) == told


def test_an_import_cannot_be_undone_twice_and_comes_back_when_imported_again(county: County) -> None:
    """The second undoing is a 409; the same file imported again is new again."""
    data = csv_of(row("1"), row("2"))
    first = imported(county.coordinator, data)
    undone(county.coordinator, first["id"])
    problem(undo(county.coordinator, first["id"]), 409, "undone")
    assert imported(county.coordinator, data)["rows"]["new"] == 2


def test_a_later_import_of_the_branch_must_be_undone_first(county: County) -> None:
    """Imports are undone in reverse; the answer names the one that rests on this one."""
    first = imported(county.coordinator, csv_of(row("1")), "first.csv")
    second = imported(county.coordinator, csv_of(row("1"), row("2")), "second.csv")
    body = problem(undo(county.coordinator, first["id"]), 409, "undo-later-import")
    assert "second.csv" in body["detail"]
    assert body["facts"] == {"import": second["id"]}
    undone(county.coordinator, second["id"])
    assert undone(county.coordinator, first["id"])["accounts_removed"] == 1


def test_imports_are_undone_one_after_the_other_down_to_nothing(county: County) -> None:
    """Also where the later one changed the loan, the phone and the place that the earlier one had brought."""
    nothing = content(county)
    first = imported(county.coordinator, csv_of(row("1", 经度="", 纬度="")))
    between = content(county)
    second = imported(county.coordinator, csv_of(row("1", **{OWED: "7.00", "联系电话": "19900000009"})))
    third = imported(county.coordinator, csv_of(row("1", **{OWED: "8.00"}), row("2")), query="?complete=true")
    for report in (third, second):
        undone(county.coordinator, report["id"])
    assert content(county) == between
    assert "kept" not in undone(county.coordinator, first["id"])
    assert content(county) == nothing


def test_an_import_of_another_branch_rests_on_nothing_of_this_one(county: County) -> None:
    """Only later imports of the same branch stand in the way."""
    first = imported(county.coordinator, csv_of(row("1")))
    imported(county.stranger, csv_of(row("1")))
    assert undone(county.coordinator, first["id"])["accounts_removed"] == 1


def test_two_imports_of_one_file_at_once_come_one_after_the_other(county: County) -> None:
    """The loans are new in one and unchanged in the other; nothing doubles and nobody gets an error."""
    data = csv_of(*(row(str(number), 客户名称=f"陈大明{number}") for number in range(20)))
    answers = at_once(2, lambda _position: upload(county.coordinator, data))
    assert [one.status_code for one in answers] == [201, 201]
    assert sorted((one.get_json()["rows"]["new"], one.get_json()["rows"]["unchanged"]) for one in answers) == [
        (0, 20),
        (20, 0),
    ]


def test_undone_twice_at_once_it_is_undone_once(county: County) -> None:
    """One of two who press at once is told that it was done before."""
    report = imported(county.coordinator, csv_of(row("1"), row("2")))
    answers = at_once(2, lambda _position: undo(county.coordinator, report["id"]))
    assert sorted(one.status_code for one in answers) == [200, 409]


def test_only_its_own_branch_undoes_an_import(county: County) -> None:
    """To everybody else the import does not exist."""
    report = imported(county.coordinator, csv_of(row("1")))
    problem(undo(county.stranger, report["id"]), 404, "not-found")
    problem(undo(county.user("legal"), report["id"]), 403, "role")


def test_what_a_person_has_changed_since_stays(county: County) -> None:
    """A village placed and a household paused by hand stay, without their loans."""
    report = imported(county.coordinator, csv_of(row("1")))
    [household] = county.coordinator.get("/api/v1/households")["items"]
    path = f"/api/v1/households/{household['id']}"
    county.coordinator.patch(path, {"paused": "illness"}, household["version"])
    counts = undone(county.coordinator, report["id"])
    assert counts["kept"] >= 2
    after = county.coordinator.get(path)
    assert (after["paused"], after["accounts"], after["village"]) == ("illness", [], household["village"])


def test_undoing_is_noted_for_the_auditor(county: County) -> None:
    """The audit trail says who undid which import and how much that moved, and names nobody."""
    from sqlalchemy import select

    from api.store.models import AuditEntry

    report = imported(county.coordinator, csv_of(row("1")))
    undone(county.coordinator, report["id"])
    with county.app.extensions["store"].read() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.undone")).all()
    assert entry.subject == report["id"]
    assert entry.detail["accounts_removed"] == 1
    assert "陈" not in repr(entry.detail)


def _newest(sample: Sample) -> str:
    return str(sample.coordinator.get("/api/v1/ledgers?limit=500")["items"][0]["id"])


def test_a_published_plan_rests_on_the_import(sample: Sample) -> None:
    """Whoever is being sent to its doors must not find the ground gone: 409 naming the plan."""
    before = tables(sample.app)
    body = problem(undo(sample.coordinator, _newest(sample)), 409, "undo-plan")
    assert body["facts"]["plans"] == [1]
    assert tables(sample.app) == before


def test_an_outcome_rests_on_the_import(sample: Sample) -> None:
    """What was reported at a door stays true, so the import that led there stays too."""
    phone = sample.phones_with_stops()[0]
    phone.report(outcome(phone.day(sample.on)["stops"][0]))
    answers = {
        one["id"]: undo(sample.coordinator, one["id"]).get_json()
        for one in sample.coordinator.get("/api/v1/ledgers?limit=500")["items"]
    }
    assert {body["status"] for body in answers.values()} == {409}
    assert "/docs/problems#undo-outcome" in {body["type"] for body in answers.values()}


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_the_reason_is_told_in_the_readers_language(county: County, language: str) -> None:
    """Why an import must stand is a sentence for a person."""
    report = imported(county.coordinator, csv_of(row("1")))
    undone(county.coordinator, report["id"])
    response = county.coordinator.send(
        "POST", f"/api/v1/ledgers/{report['id']}/undo", headers={"Accept-Language": language}
    )
    assert ("undone before" in response.get_json()["detail"]) == (language == "en")
