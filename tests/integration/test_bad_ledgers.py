"""Ledgers as they should not be, sent as users send them: each gets a report or a clear refusal, and loses nothing."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import County, problem
from tests.integration.test_ledger_completeness import loans, statuses
from tests.integration.test_ledger_undo import content, undone
from tests.integration.test_ledgers import CHINESE, codes, counts, csv_of, imported, row, xlsx_of
from tests.sample_county import other_settings, tables, upload

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
LOCKED = "EncryptedPackage".encode("utf-16-le")
SHEET = "xl/worksheets/sheet1.xml"
IDENTITY = "11010519491231002X"


def wide() -> tuple[list[str], list[str]]:
    """Return a header and a row that fill the 16,384 columns that a worksheet has."""
    more = range(16_384 - len(CHINESE))
    return [*CHINESE, *(f"c{number}" for number in more)], [*row(), *("1" for _ in more)]


def with_empty_rows() -> bytes:
    """Return a workbook with a loan and the rows below it formatted down to the last one that a worksheet has."""
    source = xlsx_of(row())
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == SHEET:
                empty = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(3, 1_048_577))
                part = part.replace(b"</sheetData>", empty.encode() + b"</sheetData>")
            new.writestr(name, part)
    return out.getvalue()


REFUSED: dict[str, tuple[str, Any, str]] = {
    "password-protected workbook": ("a.xlsx", OLE + LOCKED, "ledger-password-protected"),
    ".xls": ("a.xls", OLE, "ledger-old-excel"),
    ".xls named .xlsx": ("a.xlsx", OLE, "ledger-old-excel"),
    "PDF named .csv": ("a.csv", b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n", "ledger-not-a-table"),
    "16,384 columns, csv": ("a.csv", lambda: csv_of(wide()[1], header=wide()[0]), "ledger-too-many-columns"),
    "16,384 columns, xlsx": ("a.xlsx", lambda: xlsx_of(wide()[1], header=wide()[0]), "ledger-too-many-columns"),
    "a million empty lines": ("a.csv", lambda: csv_of(row()) + b"\r\n" * 1_000_000, "ledger-empty-rows"),
    "a million rows of commas": ("a.csv", lambda: csv_of(row()) + b",,,,,\r\n" * 1_000_000, "ledger-empty-rows"),
    "a million empty rows, xlsx": ("a.xlsx", with_empty_rows, "ledger-empty-rows"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_is_no_ledger_is_refused_with_what_to_do(county: County, what: str) -> None:
    """A sentence for a person in their language, no code of ours in it, and nothing stored."""
    name, data, code = REFUSED[what]
    data = data() if callable(data) else data
    before = tables(county.app)
    for language, letter in (("en", "a"), ("zh-Hans", "的")):
        response = upload(county.coordinator, data, name, headers={"Accept-Language": language})
        detail = problem(response, 422, code, "file")["detail"]
        assert "_" not in detail
        assert any("\u4e00" <= sign <= "\u9fff" for sign in detail) == (letter == "的")
    assert tables(county.app) == before


def test_a_line_in_another_encoding_costs_its_own_row(county: County) -> None:
    """GBK pasted into UTF-8: the report says so, the row is refused for its cells, the others are stored."""
    pasted = csv_of(row("2"), encoding="gbk").split(b"\r\n", 1)[1]
    data = csv_of(row("1")) + pasted + csv_of(row("3")).split(b"\r\n", 1)[1]
    report = imported(county.coordinator, data)
    assert counts(report) == {"new": 2, "refused": 1}
    assert any("utf-8" in notice for notice in report["notices"])
    assert ("undecodable", "refused") in [(code, severity) for _row, code, severity in codes(report)]


def test_a_header_that_stands_again_is_no_loan(county: County) -> None:
    """Two files put together: the second header is told as what it is, and asks nobody to mend it."""
    report = imported(county.coordinator, csv_of(row("1"), CHINESE, row("2")))
    assert counts(report) == {"new": 2, "refused": 1}
    assert codes(report) == [(3, "header_again", "refused")]
    assert county.coordinator.get("/api/v1/work-items?kind=refused_row")["items"] == []


def test_a_day_that_never_was_is_left_out_and_told(county: County) -> None:
    """29 February 2023 is neither the 28th nor 1 March: the loan is stored without a due date."""
    report = imported(county.coordinator, csv_of(row("1", 到期日期="2023年2月29日"), row("2", 到期日期="2024-02-29")))
    assert codes(report) == [(2, "date_impossible", "flagged")]
    assert counts(report) == {"new": 1, "flagged": 1}
    assert report["problems"][0]["value"] == "2023年2月29日"


def test_an_amount_that_is_none_refuses_its_row(county: County) -> None:
    """暂无 is not zero: without an amount nothing is known of the debt, and the row waits to be mended."""
    report = imported(county.coordinator, csv_of(row("1", **{"贷款余额（元）": "暂无"}), row("2")))
    assert codes(report) == [(2, "amount_unreadable", "refused")]
    assert report["problems"][0]["value"] == "暂无"
    [item] = county.coordinator.get("/api/v1/work-items?kind=refused_row")["items"]
    assert "1" in str(item)


def test_an_id_shared_by_two_people_joins_neither(county: County) -> None:
    """Both loans are stored, each at a door of its own, and a person is asked whose number it is."""
    elsewhere = {"客户名称": "王丽", "客户地址": "龙门镇石桥村四组5号"}
    shared = (row("1", 证件号码=IDENTITY), row("2", 证件号码=IDENTITY, **elsewhere))
    report = imported(county.coordinator, csv_of(*shared))
    assert (report["rows"]["new"], report["households_created"]) == (2, 2)
    assert len(county.coordinator.get("/api/v1/work-items?kind=shared_identity")["items"]) == 1


def test_forty_loans_of_one_person_are_one_door(county: County) -> None:
    """One visit for all of them, owing their sum; the same file again changes nothing."""
    data = csv_of(*(row(f"L{number}", 证件号码=IDENTITY) for number in range(40)))
    report = imported(county.coordinator, data)
    assert (report["rows"]["new"], report["households_created"]) == (40, 1)
    [door] = county.coordinator.get("/api/v1/households")["items"]
    assert door["outstanding"] == "480000.00"
    assert counts(imported(county.coordinator, data)) == {"unchanged": 40}


def test_nine_hundred_doors_of_one_village_stay_apart(county: County) -> None:
    """Namesakes at other doors are other households; the list gives each once, page by page."""
    names = [f"{family}{given}" for family in "赵钱孙李周吴郑王冯" for given in "明华强丽芳军杰娜静磊"]
    rows = [
        row(f"L{number}", 客户名称=names[number % 90], 客户地址=f"龙门镇石桥村三组{number + 1}号", 经度="", 纬度="")
        for number in range(900)
    ]
    report = imported(county.coordinator, csv_of(*rows))
    assert (report["rows"]["new"], report["villages_created"], report["households_created"]) == (900, 1, 900)
    seen: list[str] = []
    page = county.coordinator.get("/api/v1/households?limit=500")
    seen += [one["id"] for one in page["items"]]
    page = county.coordinator.get(f"/api/v1/households?limit=500&cursor={page['next']}")
    seen += [one["id"] for one in page["items"]]
    assert (len(seen), len(set(seen)), page["next"]) == (900, 900, None)
    assert counts(imported(county.coordinator, csv_of(*reversed(rows)))) == {"unchanged": 900}


def test_half_a_ledger_by_mistake_makes_nothing_disappear(county: County) -> None:
    """Not said to be complete, it leaves the rest alone; said so and confirmed, all comes back by the undo."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3, 4, 5)))
    before = content(county)
    half = imported(county.coordinator, csv_of(*loans(1, 2)))
    assert counts(half) == {"unchanged": 2}
    assert set(statuses(county.coordinator).values()) == {"active"}
    undone(county.coordinator, half["id"])
    mistaken = imported(county.coordinator, csv_of(*loans(1, 2)), query="?complete=true&confirm=true")
    assert sorted(statuses(county.coordinator).values()) == ["active"] * 2 + ["missing"] * 3
    undone(county.coordinator, mistaken["id"])
    assert content(county) == before


def test_the_upload_limit_is_a_setting(county: County) -> None:
    """A file of more than what is set is refused with the figure, well over it unread; a smaller one is read."""
    just_over, far_over = (csv_of(row("1")) + b"\r\n" * lines for lines in (524_288, 1_048_576))
    with other_settings(county.app, max_upload_mb=1):
        for data, status, code in ((just_over, 422, "ledger-file-too-large"), (far_over, 413, "too-large")):
            assert "1 MB" in problem(upload(county.coordinator, data), status, code)["detail"]
        assert imported(county.coordinator, csv_of(row("1")))["rows"]["new"] == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from([b"", csv_of(row("9")), xlsx_of(row("9"))]), st.integers(0, 5000))
def test_any_bytes_are_answered(county: County, noise: bytes, good: bytes, at: int) -> None:
    """Noise, or a good file with noise in it, is 200 with a report or 4xx with a sentence; never a failure of ours."""
    data = good[:at] + noise + good[at:]
    response = upload(county.coordinator, data, "ledger.csv", "?dry_run=true")
    assert response.status_code in (200, 422), response.get_data(as_text=True)
    body = response.get_json()
    assert body["rows"] if response.status_code == 200 else body["detail"]
