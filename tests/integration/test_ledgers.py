"""Ledgers through the API: what becomes of every row and of every file that is none."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import text

from tests.factories import Caller, County, problem
from tests.sample_county import Sample, tables, upload

CHINESE = [
    "贷款账号", "客户名称", "证件号码", "联系电话", "客户地址", "贷款余额（元）", "五级分类", "到期日期",
    "经度", "纬度",
]  # fmt: skip
ENGLISH = ["Loan number", "Borrower", "ID number", "Phone", "Address", "Outstanding", "Loan class", "Due date"]
ROW = [
    "6228001", "陈大明", "", "19900000001", "龙门镇石桥村三组12号", "12000.00", "可疑", "2024-01-31", "106.51", "29.52",
]  # fmt: skip
LANGUAGES = ("en", "zh-Hans", "zh-Hant")


def row(number: str = "6228001", **changes: str) -> list[str]:
    """Return a good row with some cells changed, named by their header."""
    values = dict(zip(CHINESE, ROW, strict=True)) | {"贷款账号": number} | changes
    return [values[header] for header in CHINESE]


def csv_of(*rows: list[str], header: list[str] | None = None, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([header or CHINESE, *rows])
    return text.getvalue().encode(encoding)


def xlsx_of(*rows: list[Any], header: list[str] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    for cells in [header or CHINESE, *rows]:
        sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def imported(caller: Caller, data: bytes, name: str = "ledger.csv", query: str = "") -> dict[str, Any]:
    response = upload(caller, data, name, query)
    assert response.status_code == (200 if "dry_run=true" in query else 201), response.get_data(as_text=True)
    report: dict[str, Any] = response.get_json()
    return report


def counts(report: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in report["rows"].items() if count}


def codes(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["row"], one["code"], one["severity"]) for one in report["problems"]]


def test_every_row_is_new_updated_unchanged_flagged_or_refused(county: County) -> None:
    """Each row of a file has one of five fates, and the report counts them all."""
    first = imported(county.coordinator, csv_of(row("1"), row("2"), row("3")))
    assert counts(first) == {"new": 3}
    assert first["villages_created"] == 1
    again = imported(
        county.coordinator,
        csv_of(
            row("1"), row("2", **{"贷款余额（元）": "9000.00"}), row("3", 联系电话="1.38E+10"), row("4"),
            row("5", 客户名称=""),
        ),
    )  # fmt: skip
    assert counts(again) == {"new": 1, "updated": 1, "unchanged": 1, "flagged": 1, "refused": 1}
    assert codes(again) == [(4, "number_damaged", "flagged"), (6, "borrower_name_missing", "refused")]


def test_the_same_file_again_changes_nothing(county: County) -> None:
    """Importing a ledger twice is safe: every row is unchanged, no account, household or village doubles."""
    data = csv_of(row("1"), row("2", 客户名称="李秀英", 客户地址="龙门镇石桥村三组7号"), row("3"))
    imported(county.coordinator, data)
    before = tables(county.app, "imports", "import_rows", "audit_entries")
    assert counts(imported(county.coordinator, data)) == {"unchanged": 3}
    assert tables(county.app, "imports", "import_rows", "audit_entries") == before


def test_the_sample_ledgers_again_change_nothing(sample: Sample, tmp_path: Any) -> None:
    """Also a whole county's mess, both files, is unchanged the second time."""
    from api.sample.county import make_county
    from api.sample.files import write_ledgers
    from tests.sample_county import HOUSEHOLDS, SEED

    before = tables(sample.app, "imports", "import_rows", "audit_entries")
    for path in write_ledgers(make_county(SEED, sample.on, HOUSEHOLDS), tmp_path, SEED):
        report = imported(sample.coordinator, path.read_bytes(), path.name)
        assert set(counts(report)) <= {"unchanged", "flagged"}, counts(report)
        assert report["villages_created"] == report["households_created"] == 0
    assert tables(sample.app, "imports", "import_rows", "audit_entries") == before


def test_a_preview_reports_the_same_and_stores_nothing(county: County) -> None:
    """``dry_run`` shows the report that the import would give, and leaves every table as it was."""
    data = csv_of(row("1"), row("2", 经度="0", 纬度="0"), row("1"))
    before = tables(county.app)
    preview = imported(county.coordinator, data, query="?dry_run=true")
    assert preview["dry_run"]
    assert preview["id"] is None
    assert tables(county.app) == before
    report = imported(county.coordinator, data)
    for name in ("rows", "problems", "columns", "villages_created", "households_created"):
        assert preview[name] == report[name]


def test_a_preview_of_a_changed_ledger_is_the_report_of_its_import(county: County) -> None:
    """Whatever rows come to, also against what is stored, the preview says it word for word."""
    imported(county.coordinator, csv_of(row("1"), row("2"), row("3"), row("4", 客户名称="李秀英")))
    changed = csv_of(
        row("1"), row("2", **{"贷款余额（元）": "9000.00"}), row("3", 联系电话="1.38E+10"), row("5", 客户名称=""),
        row("6", 客户名称="王强", 客户地址="龙门镇石桥村七组2号"),
    )  # fmt: skip
    preview = imported(county.coordinator, changed, query="?complete=true&dry_run=true")
    assert counts(preview) == {"new": 1, "updated": 1, "unchanged": 1, "flagged": 1, "refused": 1, "missing": 1}
    assert preview["villages_created"] == preview["households_created"] == 1
    report = imported(county.coordinator, changed, query="?complete=true")
    differs = {name for name in report if report[name] != preview[name]}
    assert differs == {"id", "created_at", "dry_run"}


def test_a_preview_takes_no_write_lock(county: County) -> None:
    """However long it takes, phones and others are stored meanwhile."""
    with county.app.app_context(), county.app.extensions["store"].write() as session:
        session.execute(text("UPDATE towns SET name = name"))
        assert counts(imported(county.coordinator, csv_of(row()), query="?dry_run=true")) == {"new": 1}


@pytest.mark.parametrize(
    ("data", "name", "format_"),
    [
        (csv_of(row()), "a.csv", "csv"),
        (csv_of(row(), encoding="utf-8-sig"), "a.csv", "csv"),
        (csv_of(row(), encoding="gb18030"), "a.csv", "csv"),
        (xlsx_of(row()), "a.xlsx", "xlsx"),
        (csv_of(row()), "misnamed.xlsx", "csv"),
        (csv_of([*row()[:6], "doubtful", row()[7]], header=ENGLISH), "a.csv", "csv"),
    ],
    ids=["utf-8", "utf-8-bom", "gb18030", "xlsx", "csv-named-xlsx", "english"],
)  # fmt: skip
def test_one_loan_is_read_alike_from_every_kind_of_file(county: County, data: bytes, name: str, format_: str) -> None:
    """Encoding, file kind and the headers' language do not change what is stored."""
    report = imported(county.coordinator, data, name)
    assert report["format"] == format_
    assert counts(report) == {"new": 1}, report["problems"]
    household = county.coordinator.get("/api/v1/households")["items"][0]
    details = county.coordinator.get(f"/api/v1/households/{household['id']}")
    assert [(one["outstanding"], one["class"]) for one in details["accounts"]] == [("12000.00", "doubtful")]
    disclosed = county.coordinator.post(f"/api/v1/households/{household['id']}/disclosures", {"reason": "test"})
    assert (disclosed["name"], disclosed["phones"]) == ("陈大明", ["19900000001"])


def test_the_report_of_the_past_is_kept(county: County) -> None:
    """A report can be read again, by those whose branch it is, and by nobody else."""
    report = imported(county.coordinator, csv_of(row("1"), row("2", 客户名称="")))
    assert county.coordinator.get(f"/api/v1/ledgers/{report['id']}")["problems"] == report["problems"]
    problem(county.stranger.send("GET", f"/api/v1/ledgers/{report['id']}"), 404, "not-found")
    assert county.stranger.get("/api/v1/ledgers")["items"] == []


def test_a_loan_twice_in_one_file_is_taken_once(county: County) -> None:
    """The second row of a loan number is refused and names the first."""
    report = imported(county.coordinator, csv_of(row("1"), row("2"), row("1", **{"贷款余额（元）": "5.00"})))
    assert codes(report) == [(4, "loan_contradicts", "refused")]
    assert "2" in report["problems"][0]["reason"]
    assert counts(report) == {"new": 2, "refused": 1}


def test_a_loan_under_two_spellings_of_its_branch_is_taken_once(county: County) -> None:
    """The code, the name and no word at all are one branch: the second row is refused, and the file is taken."""
    header, code = [*CHINESE, "机构代码"], county.admin.get(f"/api/v1/branches/{county.branch}")["code"]
    report = imported(county.coordinator, csv_of([*row("1"), code], [*row("1"), ""], [*row("2"), ""], header=header))
    assert counts(report) == {"new": 2, "refused": 1}
    assert codes(report) == [(3, "loan_twice", "refused")]
    assert "2" in report["problems"][0]["reason"]


def test_a_row_a_guarantor_is_one_loan_with_several_guarantors(county: County) -> None:
    """Rows that differ in the guarantor only share the fate of their loan, now and when the file comes again."""
    header = [*CHINESE, "担保人", "担保人电话"]
    data = csv_of(
        [*row("1"), "李四", "19900000002"], [*row("1"), "王五", ""], [*row("2", 客户名称="李秀英"), "王五", ""],
        [*row("1", **{"贷款余额（元）": "7.00"}), "赵六", ""],
        header=header,
    )  # fmt: skip
    report = imported(county.coordinator, data)
    assert counts(report) == {"new": 3, "refused": 1}
    assert codes(report) == [(5, "loan_contradicts", "refused")]
    assert "贷款余额（元）" in report["problems"][0]["reason"]
    assert len(tables(county.app)["guarantees"]) == 3
    before = tables(county.app, "imports", "import_rows", "audit_entries", "rows_to_mend")
    assert counts(imported(county.coordinator, data)) == {"unchanged": 3, "refused": 1}
    assert tables(county.app, "imports", "import_rows", "audit_entries", "rows_to_mend") == before


def test_a_total_that_counts_guarantors_takes_no_loan_along(county: County) -> None:
    """Also with a number in the guarantor's column, a refused row below a loan leaves the loan as it is."""
    header = ["贷款账号", "客户名称", "贷款余额（元）", "担保人"]
    data = csv_of(["2", "王丽", "6.00", "王五"], ["", "", "暂无", "王五"], ["合计", "", "11.00", "2人"], header=header)
    report = imported(county.coordinator, data)
    assert counts(report) == {"new": 1, "refused": 2}
    assert [code for _row, code, _severity in codes(report)] == ["amount_unreadable", "total_row"]
    assert len(tables(county.app)["guarantees"]) == 1


def test_formulas_without_results_are_told_with_the_remedy(county: County) -> None:
    """A workbook that nobody calculated: the report names the columns and says what to do."""
    report = imported(county.coordinator, xlsx_of(row("1"), row("2", **{"贷款余额（元）": "=1+1"})), "a.xlsx")
    assert counts(report) == {"new": 1, "refused": 1}
    [notice] = report["notices"]
    assert "贷款余额（元）" in notice
    assert "spreadsheet" in notice


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        ("0", "0", "coordinates_zero"),
        ("29.52", "106.51", "coordinates_swapped"),
        ("206.51", "29.52", "coordinates_out_of_range"),
    ],
)  # fmt: skip
def test_an_unlikely_place_is_reported_and_not_used(county: County, lon: str, lat: str, code: str) -> None:
    """0/0 and swapped coordinates are flagged; the loan is stored without a pin, never with a guessed one."""
    report = imported(county.coordinator, csv_of(row(经度=lon, 纬度=lat)))
    assert codes(report) == [(2, code, "flagged")]
    household = county.coordinator.get("/api/v1/households")["items"][0]
    assert (household["lat"], household["lon"]) == (None, None)


@pytest.mark.parametrize("name", ["=1+1", '=HYPERLINK("http://x.example")', "+SUM(A1)", "@cmd", "-2+3", "<b>王</b>"])
def test_a_name_that_looks_like_a_formula_stays_text(county: County, name: str) -> None:
    """What begins like a formula or markup is text, in and out, in CSV and XLSX alike."""
    sheet = xlsx_of(row())
    book = Workbook()
    book.active.append(CHINESE)
    book.active.append(row("2"))
    cell = book.active["B2"]
    cell.value, cell.data_type = name, "s"
    kept = io.BytesIO()
    book.save(kept)
    assert sheet
    for number, (data, file) in enumerate(((csv_of(row("1", 客户名称=name)), "a.csv"), (kept.getvalue(), "a.xlsx"))):
        report = imported(county.coordinator, data, file)
        assert counts(report) == {"new": 1}, report["problems"]
        assert number < 2
    ids = {one["id"] for one in county.coordinator.get("/api/v1/households")["items"]}
    named = {
        county.coordinator.post(f"/api/v1/households/{id_}/disclosures", {"reason": "test"})["name"] for id_ in ids
    }
    assert named == {name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_file_is_refused_with_the_remedy(county: County, language: str) -> None:
    """An empty file is no ledger; the reader is told so in their language."""
    response = upload(county.coordinator, b"", headers={"Accept-Language": language})
    body = problem(response, 422, "ledger-file-empty", "file")
    assert ("empty" in body["detail"]) == (language == "en")


@pytest.mark.parametrize("data", [csv_of(), csv_of([]), b"\xef\xbb\xbf", b"\r\n\r\n", b" "])
def test_a_file_without_rows_is_refused(county: County, data: bytes) -> None:
    """A header alone, a mark alone or blank lines are no ledger either: refused, never an empty success."""
    response = upload(county.coordinator, data)
    assert response.status_code == 422, response.get_data(as_text=True)
    assert response.get_json()["type"].startswith("/docs/problems#ledger-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_headers_are_named_with_the_nearest_aliases(county: County, language: str) -> None:
    """Where no column is known, the answer shows those seen and which known names come nearest."""
    data = csv_of(["1", "2", "3"], header=["贷款帐好", "客户名秤", "colour"])
    response = upload(county.coordinator, data, headers={"Accept-Language": language})
    detail = problem(response, 422, "ledger-no-known-header", "file")["detail"]
    for word in ("贷款帐好", "客户名秤", "colour", "贷款帐号"):
        assert word in detail


def test_a_missing_column_is_named(county: County) -> None:
    """A ledger without the amount column says which one is missing and what was seen."""
    response = upload(county.coordinator, csv_of(["1", "王丽"], header=["贷款账号", "客户名称"]))
    detail = problem(response, 422, "ledger-columns-missing", "file")["detail"]
    assert "贷款账号" in detail


def _zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("photo.txt", "no workbook")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_zip(), "ledger-archive-not-workbook"),
        (_zip()[:40], "ledger-archive-broken"),
        (xlsx_of(row())[:700], "ledger-archive-broken"),
        (b"%PDF-1.7 something", "ledger-not-a-table"),
        (b"\x89PNG\r\n\x1a\n0000", "ledger-not-a-table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), None),
        (b"<html><table><tr><td>1</td></tr></table></html>", "ledger-html-table"),
    ],
    ids=["zip", "cut-zip", "cut-xlsx", "pdf", "png", "xls", "html"],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_by_what_it_is(county: County, data: bytes, code: str | None) -> None:
    """The name of a file is not believed: a ZIP, a PDF, an old .xls are told apart and refused with the remedy."""
    response = upload(county.coordinator, data, "ledger.xlsx")
    assert response.status_code == 422, response.get_data(as_text=True)
    body = problem(response, 422, code or response.get_json()["type"].partition("#")[2], "file")
    assert "_" not in body["detail"].replace(".xlsx", "")


class _Unread(io.BytesIO):
    """A body that tells how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


def test_a_file_of_200_mb_is_413_before_it_is_read(county: County) -> None:
    """A file far over the limit is refused by its length, without reading or keeping it."""
    body = _Unread(b"--x\r\n" * 100_000)
    response = county.coordinator.send(
        "POST",
        "/api/v1/ledgers",
        input_stream=body,
        content_length=200 * 1024 * 1024,
        content_type="multipart/form-data; boundary=x",
    )
    problem(response, 413, "too-large")
    assert body.taken == 0


def test_a_request_without_the_file_says_which_field(county: County) -> None:
    """The file is the multipart field ``file``; without it, 422 names it."""
    response = county.coordinator.send("POST", "/api/v1/ledgers", data={"other": (io.BytesIO(b"x"), "x.csv")})
    problem(response, 422, "no-file", "file")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_says_reason_and_remedy_in_the_readers_language(county: County, language: str) -> None:
    """A report is for people: no raw code, no unfilled place in a sentence, and the language that was asked for."""
    data = csv_of(
        row("1", 证件号码="500101199003071230", 联系电话="abc", 到期日期="2024-02-31", 经度="0", 纬度="0"),
        row("2", 五级分类="好极了", **{"贷款余额（元）": "-5"}),
        row("1"),
        row("", 客户名称=""),
        row("3", **{"贷款余额（元）": "much"}),
    )
    response = upload(county.coordinator, data, headers={"Accept-Language": language})
    problems = response.get_json()["problems"]
    assert len({one["code"] for one in problems}) >= 8
    for one in problems:
        for sentence in (one["reason"], one["remedy"]):
            assert sentence
            assert one["code"] not in sentence
            assert "%(" not in sentence
            assert "–" not in sentence, one
            if language == "en":
                assert sentence.split()[0].isascii(), sentence
            else:
                assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence), sentence


def test_numbers_of_people_are_masked_in_the_report(county: County) -> None:
    """A report is passed on and printed: identity and phone numbers in it are masked."""
    wrong = "500101199003071230"
    report = imported(county.coordinator, csv_of(row("1", 证件号码=wrong), row("2", 联系电话="1990000x001")))
    assert codes(report)
    assert wrong not in str(report)
    assert "19900000001" not in str(report)


def test_a_row_of_a_foreign_branch_is_refused_alone(sample: Sample, county_of_two: tuple[Caller, str]) -> None:
    """A row that names a branch outside the area is refused and says so; the others are stored."""
    coordinator, code = county_of_two
    header = ["机构代码", *CHINESE]
    nowhere = {"经度": "", "纬度": ""}
    rows = [[code, *row("A1", **nowhere)], ["ZZ9", *row("A2", **nowhere)]]
    report = imported(coordinator, csv_of(*rows, header=header))
    assert counts(report) == {"new": 1, "refused": 1}
    assert codes(report) == [(3, "branch_unknown", "refused")]
    assert "ZZ9" in report["problems"][0]["reason"]


@pytest.fixture
def county_of_two(sample: Sample) -> tuple[Caller, str]:
    return sample.coordinator, "QS"


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "C:\\ledgers\\a.csv", "\u202egpj.csv", "a\r\nX-Evil: 1.csv"])
def test_a_files_name_is_only_a_name(county: County, name: str) -> None:
    """A path, control or direction characters in a file's name reach neither disk nor report."""
    response = upload(county.coordinator, csv_of(row()), name)
    assert response.status_code in (201, 400, 422)
    shown = county.coordinator.get("/api/v1/ledgers")["items"]
    for one in shown:
        assert all(letter.isprintable() for letter in one["filename"])
        assert "/" not in one["filename"]
        assert "\\" not in one["filename"]
