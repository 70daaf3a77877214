"""Write the sample county as the files a bank would send: one GB18030 CSV, one XLSX, both a little messy."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from random import Random

from openpyxl import Workbook

from api.sample import names
from api.sample.county import County, Loan, SampleVillage

NOTE = "示例数据，人名、号码、债务均为虚构 (sample data: every person, number and debt is invented)"


def write_ledgers(county: County, folder: Path, seed: int) -> list[Path]:
    """Write one ledger a branch into ``folder`` and return their paths, in the order of the branches."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(seed + 1)
    first, second = (code for code, *_rest in names.BRANCHES)
    paths = [folder / "qingshi-ledger.csv", folder / "hekou-ledger.xlsx"]
    paths[0].write_bytes(_csv([loan for loan in county.loans if loan.branch == first], random))
    paths[1].write_bytes(_xlsx([loan for loan in county.loans if loan.branch == second], random))
    return paths


def _csv(loans: list[Loan], random: Random) -> bytes:
    """A core banking export: dates as 20240102, amounts in yuan with separators, address in one column."""
    header = [
        "机构代码", "贷款账号", "客户名称", "证件号码", "联系方式", "客户地址", "贷款日期", "到期日期", "借款金额",
        "贷款余额（元）", "未还利息", "五级分类", "逾期天数", "担保方式", "担保人", "担保人身份证号", "担保人电话",
        "担保人地址", "信贷员", "最近催收日期", "诉讼时效到期日", "经度", "纬度", "情况说明",
    ]  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for position, loan in enumerate(loans):
        village = _as_heard(loan.village, position)
        writer.writerow(
            [
                loan.branch, loan.number, loan.borrower, _identity(loan.id_number, random),
                _telephone(loan.phone, random), _address(village, loan.door, random),
                f"{loan.loan_date:%Y%m%d}", f"{loan.due_date:%Y%m%d}", f"{loan.principal:,.2f}",
                f"{loan.outstanding:,.2f}", f"{loan.overdue_interest:,.2f}", loan.five_tier, loan.overdue_days,
                "保证" if loan.guarantor else "信用", loan.guarantor, loan.guarantor_id, loan.guarantor_phone,
                _address(loan.guarantor_village, "", random) if loan.guarantor_village else "",
                loan.officer, f"{loan.last_collection:%Y%m%d}" if loan.last_collection else "",
                f"{loan.limitation:%Y%m%d}", loan.lon or "", loan.lat or "",
                "长期在外务工，春节回家" if loan.migrant else "",
            ]
        )  # fmt: skip
    return text.getvalue().encode("gb18030")


def _xlsx(loans: list[Loan], random: Random) -> bytes:
    """A hand-kept workbook: a title row, other headers, amounts in 万元, village and group in columns of their own."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("不良贷款台账")
    sheet.append([NOTE])
    sheet.append(
        [
            "管户机构", "贷款账号", "借款人", "身份证号", "联系电话", "乡镇", "行政村", "村组", "门牌", "贷款日期",
            "到期日期", "借款金额（万元）", "贷款余额(万元)", "五级分类", "逾期天数", "担保方式", "担保人",
            "担保人身份证号", "管户人", "最近催收日期", "诉讼时效到期日", "纬度", "经度", "在家时间",
        ]
    )  # fmt: skip
    for position, loan in enumerate(loans):
        village = _as_heard(loan.village, position)
        sheet.append(
            [
                loan.branch, loan.number, loan.borrower, _identity(loan.id_number, random),
                _telephone(loan.phone, random), village.town, village.admin_village, _group(village.name, random),
                loan.door, loan.loan_date.isoformat(), loan.due_date.isoformat(),
                float(loan.principal / 10_000), str(loan.outstanding / 10_000), loan.five_tier, loan.overdue_days,
                "保证" if loan.guarantor else "信用", loan.guarantor, loan.guarantor_id, loan.officer,
                loan.last_collection.isoformat() if loan.last_collection else None, loan.limitation.isoformat(),
                loan.lat, loan.lon, "春节" if loan.migrant else None,
            ]
        )  # fmt: skip
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _as_heard(village: SampleVillage, position: int) -> SampleVillage:
    """Every 180th row was typed by ear: an administrative village that there is not, to be joined by a person."""
    return replace(village, admin_village=names.by_ear(village.admin_village)) if position % 180 == 179 else village


def _identity(number: str, random: Random) -> str:
    """Spreadsheets round long numbers: the damage is in the file, and only a report can mend it."""
    return f"{int(number[:17]) * 10:.2E}" if number[:17].isdigit() and random.random() < 0.01 else number


def _telephone(number: str, random: Random) -> str:
    return f"{int(number):.2E}" if random.random() < 0.01 else number


def _address(village: SampleVillage, door: str, random: Random) -> str:
    county = "青石县" if random.random() < 0.6 else ""
    return f"{county}{village.town}{village.admin_village}{_group(village.name, random)}{door}"


def _group(name: str, random: Random) -> str:
    """The same group is written 三组, 3组 and 第三组 in one and the same ledger."""
    draw = random.random()
    if draw < 0.25:
        return name.replace(name[0], names.DIGITS[name[0]], 1)
    return f"第{name}" if draw < 0.32 else name
