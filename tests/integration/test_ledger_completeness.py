"""Ledgers said to be complete: what they leave out is missing, and a person settles what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Caller, County, problem
from tests.integration.test_ledger_undo import undo, undone
from tests.integration.test_ledgers import counts, csv_of, imported, row
from tests.sample_county import Sample, tables, upload

COMPLETE = "?complete=true"
NAMES = "赵钱孙李周吴郑王冯陈"


def loans(*numbers: int, **changes: str) -> list[list[str]]:
    """Return the rows of these loans, each of its own borrower."""
    return [
        row(f"L{one:04d}", 客户名称=f"{NAMES[one % 10]}大明", 客户地址=f"龙门镇石桥村三组{one}号", **changes)
        for one in numbers
    ]


def statuses(caller: Caller) -> dict[str, str]:
    return {one["loan"][-1]: one["status"] for one in caller.get("/api/v1/accounts")["items"]}


def missing(caller: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get("/api/v1/accounts?status=missing")["items"]
    return found


def settle(caller: Caller, account: dict[str, Any], what: str, version: int | None = None, **more: Any) -> Any:
    path = f"/api/v1/accounts/{account['id']}/settlement"
    return caller.send("POST", path, {"what": what, **more}, version=version or account["version"])


def test_a_loan_that_a_complete_ledger_leaves_out_is_missing(county: County) -> None:
    """It is neither closed nor visited: missing, counted in the report, until a person settles it."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    report = imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE)
    assert counts(report) == {"unchanged": 2, "missing": 1}
    assert report["complete"]
    assert not report["confirm_needed"]
    assert statuses(county.coordinator) == {"1": "active", "2": "active", "3": "missing"}
    [household] = [
        one
        for one in county.coordinator.get("/api/v1/households")["items"]
        if one["id"] == missing(county.coordinator)[0]["household"]
    ]
    assert (household["eligible"], household["outstanding"]) == (False, "0.00")


def test_without_the_declaration_nothing_goes_missing(county: County) -> None:
    """A file that is not said to be complete says nothing of the loans it leaves out."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    assert counts(imported(county.coordinator, csv_of(*loans(1)))) == {"unchanged": 1}
    assert set(statuses(county.coordinator).values()) == {"active"}


def test_a_missing_loan_that_reappears_is_active_again(county: County) -> None:
    """The same row as before is an update then: the loan is back."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE)
    report = imported(county.coordinator, csv_of(*loans(1, 2, 3)), query=COMPLETE)
    assert counts(report) == {"unchanged": 2, "updated": 1}
    assert set(statuses(county.coordinator).values()) == {"active"}
    assert missing(county.coordinator) == []


def test_a_refused_row_still_shows_that_its_loan_exists(county: County) -> None:
    """A row without a usable amount is refused; its loan is in the file, so it is not missing."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    report = imported(county.coordinator, csv_of(*loans(1, 2), *loans(3, **{"贷款余额（元）": "暂无"})), query=COMPLETE)
    assert counts(report) == {"unchanged": 2, "refused": 1}
    assert set(statuses(county.coordinator).values()) == {"active"}


def test_half_a_ledger_is_stopped(county: County) -> None:
    """More than half of a branch would go missing: nothing is stored, the numbers are named, a person may insist."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3, 4, 5)))
    before = tables(county.app)
    body = problem(upload(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE), 409, "half-ledger")
    assert body["facts"]["branches"] == [{"branch": county.branch, "missing": 3, "of": 5}]
    assert "3" in body["detail"]
    assert "5" in body["detail"]
    preview = imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE + "&dry_run=true")
    assert (preview["confirm_needed"], preview["rows"]["missing"]) == (True, 3)
    assert tables(county.app) == before
    report = imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE + "&confirm=true")
    assert report["rows"]["missing"] == 3


def test_exactly_half_needs_no_confirmation(county: County) -> None:
    """The guard is for more than half."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3, 4)))
    assert imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE)["rows"]["missing"] == 2


def test_completeness_ends_at_the_branch(county: County) -> None:
    """Loans of a branch that the file has no row of are not looked at."""
    imported(county.coordinator, csv_of(*loans(1, 2)))
    imported(county.stranger, csv_of(*loans(1, 2, 3)))
    imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE)
    assert set(statuses(county.stranger).values()) == {"active"}


def test_completeness_ends_at_the_classes_that_were_declared(county: County) -> None:
    """A ledger of doubtful loans says nothing of normal ones; one whose class left the ledger is asked about."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3), *loans(4, 五级分类="正常")))
    report = imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE + "&classes=doubtful,loss")
    assert report["rows"]["missing"] == 1
    assert statuses(county.coordinator)["4"] == "active"
    problem(upload(county.coordinator, csv_of(*loans(1)), query=COMPLETE + "&classes=bad"), 422, "invalid", "classes")


def test_undoing_brings_missing_loans_back(county: County) -> None:
    """Half a ledger that was confirmed by mistake is undone, and every loan is as it was."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    report = imported(county.coordinator, csv_of(*loans(1)), query=COMPLETE + "&confirm=true")
    assert undone(county.coordinator, report["id"])["accounts_restored"] == 2
    assert set(statuses(county.coordinator).values()) == {"active"}


@pytest.mark.parametrize(
    ("what", "status"), [("repaid", "closed"), ("sold", "closed"), ("off_balance", "closed"), ("mistake", "active")]
)
def test_a_person_settles_what_became_of_a_missing_loan(county: County, what: str, status: str) -> None:
    """A mistake makes it active again, all else closes it; the auditor reads who said so and why."""
    from sqlalchemy import select

    from api.store.models import AuditEntry

    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE)
    [account] = missing(county.coordinator)
    answer = settle(county.coordinator, account, what, note="asked at the counter")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    body = answer.get_json()
    assert (body["status"], body["settlement"], body["missing_at"]) == (status, what, None)
    assert answer.headers["ETag"] == f'"{account["version"] + 1}"'
    assert missing(county.coordinator) == []
    with county.app.extensions["store"].read() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.settled")).all()
    assert (entry.subject, entry.detail) == (account["id"], {"what": what, "note": "asked at the counter"})


def test_settling_needs_a_missing_loan_its_version_and_the_right_person(county: County) -> None:
    """Not twice, not blindly, not by another branch, not by a reader; and no number of a person in the note."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE)
    [account] = missing(county.coordinator)
    path = f"/api/v1/accounts/{account['id']}/settlement"
    problem(county.coordinator.send("POST", path, {"what": "repaid"}), 428, "if-match")
    problem(settle(county.coordinator, account, "repaid", version=99), 412, "stale")
    problem(settle(county.stranger, account, "repaid"), 404, "not-found")
    problem(settle(county.user("legal"), account, "repaid"), 403, "role")
    problem(settle(county.coordinator, account, "gone"), 422, "invalid", "what")
    problem(settle(county.coordinator, account, "sold", note="call 13800000000"), 422, "invalid", "note")
    settle(county.coordinator, account, "repaid")
    after = county.coordinator.get(f"/api/v1/accounts/{account['id']}")
    problem(settle(county.coordinator, after, "mistake"), 409, "not-missing")


def test_a_settled_loan_keeps_its_import_from_being_undone(county: County) -> None:
    """What a person found out would be lost with it."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    report = imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE)
    settle(county.coordinator, missing(county.coordinator)[0], "repaid")
    body = problem(undo(county.coordinator, report["id"]), 409, "undo-changed")
    assert body["facts"] == {"accounts": 1}


def test_the_list_of_missing_loans_is_masked_and_ends_at_the_branch(county: County) -> None:
    """The work list shows the end of a number and no whole name."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE)
    [account] = missing(county.coordinator)
    assert account["loan"] == "…0003"
    assert "大明" not in account["name"]
    assert account["missing_at"] is not None
    assert missing(county.stranger) == []


def test_a_missing_loan_is_taken_back_from_the_phones(sample: Sample) -> None:
    """Visits pause at once, also those that phones already hold: nobody is sent to a debt that may be paid."""
    phone = sample.phones_with_stops()[0]
    stop = phone.day(sample.on)["stops"][0]
    household = stop["visit"]["household"]
    accounts = sample.client.items("/api/v1/accounts")
    [branch] = {one["branch"] for one in accounts if one["household"] == household}
    with sample.app.extensions["store"].read() as session:
        from sqlalchemy import select

        from api.store.models import Account

        rest = session.scalars(
            select(Account.loan_number).where(Account.branch_id == branch, Account.household_id != household)
        ).all()
    data = csv_of(*[row(number) for number in rest])
    imported(sample.coordinator, data, query=f"?complete=true&branch={branch}")
    assert {one["household"] for one in sample.client.items("/api/v1/accounts?status=missing")} == {household}
    assert household not in {one["visit"]["household"] for one in phone.day(sample.on)["stops"]}
