"""Past imports: a light list, the newest first, and the problems of one by page, severity and reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from api.auth.actor import Actor, Role
from api.store.models import User, UserBranch
from api.usecases.follow_imports import LOOK, MANY, Followed
from schemas.ledger.vocabulary import COLUMNS, REQUIRED
from tests.factories import Caller, County, problem
from tests.integration.test_ledger_completeness import loans
from tests.integration.test_ledgers import csv_of, imported, row, xlsx_of
from tests.sample_county import upload


def messy(count: int) -> bytes:
    """Return a ledger of which every row is refused or flagged."""
    rows = [row(f"R{one}", 客户名称="") for one in range(count)]
    return csv_of(*rows, row("F1", 经度="0", 纬度="0"), row("F2", 到期日期="2024-02-31"))


def columns(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["header"]: one for one in report["layout"]}


def walked(caller: Caller, path: str) -> list[dict[str, Any]]:
    """Return the problems of all pages."""
    found, cursor = [], ""
    while cursor is not None:
        page = caller.get(path + (f"&cursor={cursor}" if cursor else ""))
        found += page["problems"]
        cursor = page["next"]
    return found


def test_the_list_is_light_and_the_newest_comes_first(county: County) -> None:
    """Whoever looks for the last import finds it at the top, and no list carries thousands of problems."""
    ids = [imported(county.coordinator, messy(one))["id"] for one in (1, 2, 3)]
    first = county.coordinator.get("/api/v1/ledgers?limit=2")
    assert [one["id"] for one in first["items"]] == [ids[2], ids[1]]
    rest = county.coordinator.get(f"/api/v1/ledgers?limit=2&cursor={first['next']}")
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([ids[0]], None)
    assert not {"problems", "layout", "notices"} & set(first["items"][0])


def test_problems_come_page_by_page_and_by_reason(county: County) -> None:
    """Every problem is on one page, in the order of the rows; the filters narrow them, the counts stay those of all."""
    report = imported(county.coordinator, messy(7))
    path = f"/api/v1/ledgers/{report['id']}"
    assert walked(county.coordinator, f"{path}?limit=3") == report["problems"]
    assert [one["row"] for one in walked(county.coordinator, f"{path}?limit=3&severity=refused")] == list(range(2, 9))
    impossible = county.coordinator.get(f"{path}?code=date_impossible")
    assert [one["code"] for one in impossible["problems"]] == ["date_impossible"]
    assert [(one["severity"], one["code"], one["count"]) for one in impossible["reasons"]] == [
        ("refused", "borrower_name_missing", 7), ("flagged", "coordinates_zero", 1), ("flagged", "date_impossible", 1),
    ]  # fmt: skip
    assert impossible["reasons"] == report["reasons"]


@pytest.mark.parametrize("query", ["cursor=x", "cursor=LTE%3D", "severity=bad", "limit=0"])
def test_a_page_that_is_none_is_refused(county: County, query: str) -> None:
    """A cursor from elsewhere (here: of a negative place), an unknown severity: 422 naming the parameter."""
    report = imported(county.coordinator, messy(1))
    answer = county.coordinator.send("GET", f"/api/v1/ledgers/{report['id']}?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == query.partition("=")[0]


def test_the_columns_are_told_as_they_were_understood(county: County) -> None:
    """Letter, field, unit and order of dates of each column, and for an unknown one the field it comes nearest to."""
    header = ["贷款账号", "客户名称", "贷款余额（万元）", "Due date", "客户地扯", "序号", "colour"]
    data = csv_of(
        ["1", "陈大明", "1.5", "13/01/2024", "石桥村三组", "1", "red"], header=header
    )  # fmt: skip
    preview = imported(county.coordinator, data, query="?dry_run=true")
    found = columns(preview)
    assert [one["column"] for one in preview["layout"]] == list("ABCDEFG")
    assert (found["贷款余额（万元）"]["field"], found["贷款余额（万元）"]["unit"]) == ("outstanding", "10000")
    assert found["Due date"]["dates"] == "dmy"
    assert (found["客户地扯"]["field"], found["客户地扯"]["nearest"]) == (None, "address")
    assert (found["序号"]["needless"], found["序号"]["nearest"]) == (True, None)
    assert columns(county.coordinator.get(f"/api/v1/ledgers/{imported(county.coordinator, data)['id']}")) == found


@pytest.mark.parametrize(("third", "code"), [("贷款余额", "columns-missing"), ("欠款余", "no-known-header")])
def test_a_file_refused_for_its_columns_tells_how_they_were_understood(county: County, third: str, code: str) -> None:
    """So that a person can say which column is which, and send the file again."""
    answer = upload(county.coordinator, csv_of(["1", "陈大明", "5"], header=["贷款账号", "客户名秤", third]))
    layout = problem(answer, 422, f"ledger-{code}", "file")["facts"]["layout"]
    assert [one["field"] or one["nearest"] for one in layout] == ["loan_number", "borrower_name", "outstanding"]
    assert next(one["header"] for one in layout if one["nearest"]) == "客户名秤"


def test_another_sheet_can_be_chosen(county: County) -> None:
    """The likeliest sheet is read; a person may choose another of those that the report names."""
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(xlsx_of(row("1"), row("2"))))
    other = book.create_sheet("表外")
    for cells in (["贷款账号", "客户名称", "贷款余额"], ["9", "王丽", "5"]):
        other.append(cells)
    data = io.BytesIO()
    book.save(data)
    first = imported(county.coordinator, data.getvalue(), "a.xlsx", "?dry_run=true")
    assert (first["rows"]["new"], first["sheets"]) == (2, ["Sheet", "表外"])
    second = imported(county.coordinator, data.getvalue(), "a.xlsx", "?dry_run=true&sheet=表外")
    assert (second["rows"]["new"], second["sheet"]) == (1, "表外")


def test_a_complete_ledger_says_how_many_loans_of_each_branch_it_leaves_out(county: County) -> None:
    """“2 of 3”: before it is imported, and in its report."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    [part] = imported(county.coordinator, csv_of(*loans(1)), query="?complete=true&dry_run=true")["left_out"]
    assert (part["branch"], part["missing"], part["of"]) == (county.branch, 2, 3)
    report = imported(county.coordinator, csv_of(*loans(1)), query="?complete=true&confirm=true")
    assert county.coordinator.get(f"/api/v1/ledgers/{report['id']}")["left_out"] == [part]


def test_every_field_has_a_name_for_people(county: County) -> None:
    """A column can be read as any field of the vocabulary, and each is offered under a name of its own."""
    items = county.coordinator.get("/api/v1/ledgers/fields")["items"]
    assert {one["field"] for one in items} == set(COLUMNS.kind)
    assert len({one["label"] for one in items}) == len(items)
    assert {one["field"] for one in items if one["required"]} == set(REQUIRED)


def running(caller: Caller) -> list[tuple[str, int, str]]:
    items = caller.get("/api/v1/ledgers/running")["items"]
    return [(one["phase"], one["rows"], one["filename"]) for one in items]


def coordinator(county: County) -> Actor:
    """Return the county's coordinator as use cases know them."""
    with county.app.extensions["store"].read() as session:
        mine = select(User).join(UserBranch).where(UserBranch.branch_id == county.branch)
        user = session.scalars(mine.where(User.role == "coordinator")).one()
    return Actor(user.pseudonym, Role.COORDINATOR, frozenset([county.branch]))


def test_a_long_import_can_be_followed_by_whoever_sent_it(county: County) -> None:
    """Rows read so far, then rows being stored; nobody else sees it, and when it has ended it is gone."""
    with county.app.app_context(), Followed(coordinator(county), "a.csv", dry_run=False, beat=0) as followed:
        assert len(list(followed.reading(iter(range(LOOK + 7))))) == LOOK + 7
        assert running(county.coordinator) == [("reading", LOOK, "a.csv")]
        followed.storing(LOOK + 7)
        assert running(county.coordinator) == [("storing", LOOK + 7, "a.csv")]
        assert running(county.stranger) == []
    assert running(county.coordinator) == []


@contextmanager
def busy(app: Flask) -> Iterator[None]:
    """Let nobody write running imports for a while, and nobody wait long for it."""
    store = app.extensions["store"]
    sqlite = store.engine.dialect.name == "sqlite"
    impatient = "PRAGMA busy_timeout=20" if sqlite else "SET lock_timeout='20ms'"

    def hurry(connection: Any, *_: Any) -> None:
        connection.cursor().execute(impatient)

    with store.write() as session:
        session.execute(text("SELECT 1" if sqlite else "LOCK TABLE running_imports"))
        event.listen(store.engine, "checkout", hurry)
        yield
        event.remove(store.engine, "checkout", hurry)


def test_an_import_goes_on_though_its_progress_cannot_be_told(county: County) -> None:
    """What only tells how far it is neither ends the reading nor fails what is stored already."""
    following = Followed(coordinator(county), "a.csv", dry_run=False, beat=0)
    with county.app.app_context(), ExitStack() as later, following as followed:
        with busy(county.app):
            assert len(list(followed.reading(iter(range(LOOK + 7))))) == LOOK + 7
        assert running(county.coordinator) == []
        followed.storing(MANY)
        assert running(county.coordinator) == [("storing", MANY, "a.csv")]
        later.enter_context(busy(county.app))
