"""Reading an invented ledger of many rows, against `csv.DictReader` and its decimals on the same file."""

from __future__ import annotations

import argparse
import csv
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl

from bench.grouping import invented_villages
from routing.households import AddressParts, Borrower, group_households
from routing.villages import KnownVillage
from schemas.ledger import LedgerLimits, LedgerOptions, open_ledger
from schemas.ledger.identity import check_digit

HEADERS = (
    "机构代码", "贷款账号", "客户名称", "证件类型", "证件号码", "联系方式", "客户地址", "贷款日期", "到期日期",
    "借款金额(元)", "贷款余额(元)", "未还利息", "五级分类", "逾期天数", "担保方式", "担保人", "管户人",
    "最近催收日期", "诉讼时效到期日", "情况说明", "经度", "纬度",
)  # fmt: skip
AMOUNTS = ("借款金额(元)", "贷款余额(元)", "未还利息")
BRANCHES = 20
VILLAGES = 600
_SURNAMES, _GIVEN = "陈李王张刘杨赵黄周吴徐孙", "大明小红芳伟强军丽华建国平秀英志"


def invented_row(number: int, rng: random.Random, villages: Sequence[KnownVillage], branches: int) -> list[str]:
    """One row of an invented ledger; nobody in it exists. Each village belongs to one branch."""
    born = date(1950, 1, 1) + timedelta(days=rng.randrange(18_000))
    whole = f"500101{born:%Y%m%d}{rng.randrange(1000):03}"
    lent = date(2015, 1, 1) + timedelta(days=rng.randrange(2_500))
    home = rng.randrange(len(villages))
    place = f"某县{villages[home].town}{villages[home].admin_village}{villages[home].name}"
    return [
        f"500{home % branches:02}", f"62280{number:013}",
        rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=2)),
        "身份证", whole + check_digit(whole), f"13{rng.randrange(10**9):09}", f"{place}{rng.randrange(99)}号",
        lent.isoformat(), (lent + timedelta(days=365)).isoformat(), f"{rng.randrange(10**5, 10**7) / 100:.2f}",
        f"{rng.randrange(10**6) / 100:.2f}", f"{rng.randrange(10**5) / 100:.2f}",
        rng.choice(["次级", "可疑", "损失", "正常", "关注"]), str(rng.randrange(900)),
        rng.choice(["信用", "保证", "抵押"]), rng.choice(["", "李四", "王五"]), rng.choice(["周平", "何军"]),
        (lent + timedelta(days=700)).isoformat(),
        (lent + timedelta(days=1400)).isoformat(), "外出务工，春节回家", f"{106 + rng.random():.6f}",
        f"{29 + rng.random():.6f}",
    ]  # fmt: skip


def write(folder: Path, rows: int, workbook: bool, branches: int = BRANCHES, villages: int = VILLAGES) -> Path:
    """Write the ledger as CSV or XLSX and return its path."""
    rng = random.Random(1)
    homes = invented_villages(villages, rng)
    if not workbook:
        path = folder / "ledger.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(HEADERS)
            writer.writerows(invented_row(number, rng, homes, branches) for number in range(rows))
        return path
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADERS)
    for number in range(rows):
        sheet.append(invented_row(number, rng, homes, branches))
    book.save(folder / "ledger.xlsx")
    return folder / "ledger.xlsx"


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--villages", type=int, default=VILLAGES, help="so many villages share the rows")
    parser.add_argument("--xlsx", action="store_true", help="a workbook (no baseline: DictReader reads none)")


def run(arguments: argparse.Namespace) -> None:
    """Print processor seconds, the ratio to the baseline, rows with problems, and peak memory before grouping."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), arguments.rows, arguments.xlsx, villages=arguments.villages)
        base = None if arguments.xlsx else seconds_of_baseline(path)
        read = _seconds(lambda: _read(path))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 if sys.platform == "darwin" else 1024)
        print(f"{arguments.rows} rows, {path.suffix}: read {read:.2f} s, peak {peak} MB", end="")
        print("" if base is None else f", {read / base:.1f} × the baseline's {base:.2f} s")
        grouped = _seconds(lambda: _group(path))
        print(f"read and grouped {grouped:.2f} s" + ("" if base is None else f", {grouped / base:.1f} × the baseline"))


def seconds_of_baseline(path: Path) -> float:
    """Return the processor seconds that `csv.DictReader` and the decimals of a file take, the best of three."""
    return min(_seconds(lambda: _baseline(path)) for _ in range(3))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _baseline(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            for name in AMOUNTS:
                Decimal(row[name])


def _options(path: Path) -> LedgerOptions:
    return LedgerOptions(limits=LedgerLimits(bytes=path.stat().st_size + 1))


def _read(path: Path) -> int:
    with path.open("rb") as source, open_ledger(source, path.name, _options(path)) as ledger:
        return sum(1 for row in ledger.rows() if row.problems)


def _group(path: Path) -> int:
    with path.open("rb") as source, open_ledger(source, path.name, _options(path)) as ledger:
        borrowers = [
            Borrower(
                row.values["loan_number"], row.values["borrower_name"],
                AddressParts(address=row.values.get("address", "")), row.values.get("id_number"),
            )
            for row in ledger.rows()
        ]  # fmt: skip
    return len(group_households(borrowers, ()).households)
