"""One loan in every form that a bank's system writes, through the API: after the first of them nothing is new."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from sqlalchemy import select

from api.store.models import Household
from routing.places import metres, to_bd09, to_gcj02
from routing.problem import Place
from tests.factories import County
from tests.integration.test_ledgers import counts, csv_of, imported
from tests.unit.ledger.ledger_files import id_number, part_of, with_part

HEADER = [
    "贷款账号", "客户名称", "身份证号", "联系电话", "客户地址", "贷款余额（元）", "五级分类", "贷款日期", "到期日期",
]  # fmt: skip
TRADITIONAL = [
    "貸款賬號", "客戶名稱", "身份證號", "聯繫電話", "客戶地址", "貸款餘額（元）", "五級分類", "貸款日期", "到期日期",
]  # fmt: skip
ENGLISH = ["Loan number", "Borrower", "ID number", "Phone", "Address", "Outstanding", "Class", "Loan date", "Due date"]
# Signs that are the same in both scripts, so that Big5 can hold them too.
IDENTITY = id_number("50010119800101123")
ROW = ["6228001", "王小明", IDENTITY, "13800000000", "白水村三社12", "12000.00", "5", "2019-01-02", "2022-01-31"]
OWED, CLASS, LENT, DUE = 5, 6, 7, 8
SHEET = "xl/worksheets/sheet1.xml"


def but(changes: dict[int, Any]) -> list[Any]:
    return [changes.get(at, value) for at, value in enumerate(ROW)]


def owed_in(header: str, amount: str) -> bytes:
    return csv_of(but({OWED: amount}), header=[header if at == OWED else name for at, name in enumerate(HEADER)])


def text(delimiter: str) -> bytes:
    return "\r\n".join(delimiter.join(line) for line in (HEADER, ROW)).encode()


def workbook(fill: Callable[[Workbook, Any], None]) -> bytes:
    book = Workbook()
    fill(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def titled(_book: Workbook, sheet: Any) -> None:
    sheet.append(["某县农商行不良贷款台账"])
    sheet.merge_cells("A1:I1")
    sheet.append([*[None] * 8, "单位：万元"])
    sheet.append(["贷款余额" if at == OWED else name for at, name in enumerate(HEADER)])
    sheet.append(but({OWED: 1.2, LENT: date(2019, 1, 2), DUE: date(2022, 1, 31)}))


def with_cover(book: Workbook, sheet: Any) -> None:
    sheet.append(["填表说明"])
    for line in (HEADER, ROW):
        if len(book.sheetnames) == 1:
            book.create_sheet("明细")
        book["明细"].append(line)


def with_hidden_column(_book: Workbook, sheet: Any) -> None:
    for line in (HEADER, ROW):
        sheet.append(line)
    sheet.column_dimensions["F"].hidden = True


def plain_sheet(_book: Workbook, sheet: Any) -> None:
    for line in (HEADER, but({OWED: 12000})):
        sheet.append(line)


def with_formula() -> bytes:
    """Return a workbook whose amount is a formula with its result, as a spreadsheet saves it."""
    book = workbook(plain_sheet)
    part = part_of(book, SHEET)
    assert b"<v>12000</v>" in part
    return with_part(book, SHEET, part.replace(b"<v>12000</v>", b"<f>3000*4</f><v>12000</v>"))


def forms() -> dict[str, bytes]:
    """Return the loan in each form."""
    return {
        "UTF-8 with a mark": csv_of(ROW, header=HEADER, encoding="utf-8-sig"),
        "GB18030": csv_of(ROW, header=HEADER, encoding="gb18030"),
        "Big5": csv_of(ROW, header=TRADITIONAL, encoding="big5"),
        "UTF-16": csv_of(ROW, header=HEADER, encoding="utf-16"),
        "English headers": csv_of(ROW, header=ENGLISH),
        "semicolons": text(";"),
        "tabs": text("\t"),
        "a line break in quotes": csv_of([*ROW, "电话催收，\n未接"], header=[*HEADER, "领导批示"]),
        "title rows, the unit among them, typed dates": workbook(titled),
        "behind a cover sheet": workbook(with_cover),
        "a hidden column": workbook(with_hidden_column),
        "a formula with its result": with_formula(),
        "万元": owed_in("贷款余额（万元）", "1.2"),
        "千元": owed_in("贷款余额(千元)", "12"),
        "full-width digits": owed_in("贷款余额（元）", "１２，０００．００"),
        "thousands": owed_in("贷款余额(元)", "12,000.00"),
        "Excel's serial dates": csv_of(but({LENT: "43467", DUE: "44592"}), header=HEADER),
        "dates in Chinese": csv_of(but({LENT: "2019年1月2日", DUE: "2022年1月31日"}), header=HEADER),
        "class in words": csv_of(but({CLASS: "损失"}), header=HEADER),
        "class as a code": csv_of(but({CLASS: "50"}), header=HEADER),
        "15 digits of an identity number": csv_of(but({2: IDENTITY[:6] + IDENTITY[8:17]}), header=HEADER),
    }


def test_one_loan_is_one_loan_in_every_form(county: County) -> None:
    """Encoding, delimiter, file kind, headers, units and forms of dates, classes and numbers change nothing stored."""
    assert counts(imported(county.coordinator, csv_of(ROW, header=HEADER))) == {"new": 1}
    found = {form: counts(imported(county.coordinator, data, "ledger")) for form, data in forms().items()}
    assert {form: rows for form, rows in found.items() if rows != {"unchanged": 1}} == {}


def test_day_and_month_are_told_apart_by_their_column(county: County) -> None:
    """31/01/2022 tells for its column that the day comes first; in a column where nothing tells, no day is made up."""
    rows = [but({0: str(number), LENT: "02/01/2019", DUE: f"{number}/01/2022"}) for number in (11, 31)]
    report = imported(county.coordinator, csv_of(*rows, header=HEADER))
    assert [(one["row"], one["column"], one["code"]) for one in report["problems"]] == [
        (2, "贷款日期", "date_ambiguous"), (3, "贷款日期", "date_ambiguous")
    ]  # fmt: skip


def test_a_debt_in_brackets_is_negative_and_told(county: County) -> None:
    """(500.00) is less than nothing: stored as it is, flagged for a person."""
    report = imported(county.coordinator, csv_of(but({OWED: "（500.00）"}), header=HEADER))
    assert [(one["code"], one["severity"]) for one in report["problems"]] == [("amount_negative", "flagged")]
    assert county.coordinator.get("/api/v1/households")["items"][0]["outstanding"] == "-500.00"


def test_places_off_chinese_maps_are_brought_to_one_datum_and_it_is_kept(county: County) -> None:
    """高德 and 百度 in the header say what the coordinates are in; what is stored is WGS-84 and where it came from."""
    county.village(lat=29.5, lon=106.5)

    def at(number: str, marks: str, place: tuple[float, float]) -> tuple[Sequence[str], list[str]]:
        line = [number, f"王小{number}", "", "", f"白水村三社{number}号", *ROW[5:], str(place[0]), str(place[1])]
        return [*HEADER, f"{marks}纬度", f"{marks}经度"], line

    for number, marks, place in (
        ("1", "", (29.51, 106.52)), ("2", "高德", to_gcj02(29.51, 106.52)), ("3", "百度", to_bd09(29.51, 106.52)),
    ):  # fmt: skip
        header, line = at(number, marks, place)
        assert counts(imported(county.coordinator, csv_of(line, header=list(header)))) == {"new": 1}
    with county.app.extensions["store"].read() as session:
        doors = session.execute(select(Household.datum, Household.lat, Household.lon).order_by(Household.datum)).all()
    assert [datum for datum, _lat, _lon in doors] == ["bd09", "gcj02", "wgs84"]
    assert all(metres(Place(lat, lon), Place(29.51, 106.52)) < 0.5 for _datum, lat, lon in doors)
