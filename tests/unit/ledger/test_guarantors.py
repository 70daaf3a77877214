"""Guarantors in ledgers: whose they are, with one row a guarantor, merged cells, several in a cell."""

from __future__ import annotations

import pytest

from schemas.ledger import LedgerGuarantor
from tests.unit.ledger.ledger_files import GOOD, HEADERS, codes, csv_bytes, id_number, one_row, rows_of

GUARANTEED = (*HEADERS, "担保人", "担保人身份证号")
LOAN = ("2", "王丽", "6.00", "王五")
FIRST, SECOND = id_number("50010119700101123"), id_number("50010119720101123")


def test_rows_that_differ_in_the_guarantor_only_are_one_loan() -> None:
    """Many systems write a row a guarantor: each further one points to the loan's first row, and none is refused."""
    rows = rows_of(csv_bytes([
        GUARANTEED, (*GOOD, "李四", FIRST), (*GOOD, "王五", SECOND), ("2", *GOOD[1:], "李四", FIRST),
        (*GOOD, "赵六", ""),
    ]))  # fmt: skip
    assert [row.same_loan_as for row in rows] == [None, 2, None, 2]
    assert [one.name for row in rows for one in row.guarantors] == ["李四", "王五", "李四", "赵六"]
    assert not any(row.problems for row in rows)


@pytest.mark.parametrize(
    ("column", "said"), [(6, "99.00"), (7, "2019-01-03"), (8, "2023-01-02"), (8, ""), (1, "陈小明")], ids=str
)
def test_rows_of_a_loan_that_contradict_each_other_are_refused(column: int, said: str) -> None:
    """Another amount, date or borrower is another thing said of the loan: which is right, a person must say."""
    other = (*GOOD[:column], said, *GOOD[column + 1 :])
    first, second = rows_of(csv_bytes([GUARANTEED, (*GOOD, "李四", FIRST), (*other, "王五", SECOND)]))
    assert (first.problems, second.same_loan_as) == ((), None)
    assert [(one.code, one.facts, one.value) for one in second.problems] == [
        ("loan_contradicts", {"first": 2, "columns": (HEADERS[column],)}, GOOD[0])
    ]


def test_the_same_row_twice_is_no_second_guarantor() -> None:
    """A row that says nothing new is a copy, with or without its guarantor."""
    content = csv_bytes([GUARANTEED, (*GOOD, "李四", FIRST), (*GOOD, "李四", FIRST), (*GOOD, "", "")])
    assert [[one.code for one in row.problems] for row in rows_of(content)] == [[], ["loan_twice"], ["loan_twice"]]


def test_a_guarantor_below_merged_cells_belongs_to_the_loan_above() -> None:
    """Where the loan's cells are merged over several rows, all but the first are blank; not so below a refused loan."""
    blank = ("",) * len(GOOD)
    rows = rows_of(csv_bytes([
        GUARANTEED, (*GOOD, "李四", FIRST), (*blank, "王五", SECOND), (*blank, "赵六", ""),
        ("", *GOOD[1:], "李四", FIRST), (*blank, "王五", SECOND),
    ]))  # fmt: skip
    assert [row.same_loan_as for row in rows] == [None, 2, 2, None, None]
    assert [row.refused for row in rows] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("below", "code"),
    [(("合计", "", "11.00", "2人"), "total_row"), (("", "", "暂无", "王五"), "amount_unreadable")],
    ids=["totals", "refused"],
)
def test_a_refused_row_below_a_loan_names_no_guarantor_of_it(below: tuple[str, ...], code: str) -> None:
    """A word in the guarantor's column of a total or of a refused row says nothing about the loan above it."""
    loan, last = rows_of(csv_bytes([("贷款账号", "客户名称", "贷款余额（元）", "担保人"), LOAN, below]))
    assert (loan.problems, last.same_loan_as) == ((), None)
    assert [(one.code, one.severity) for one in last.problems] == [(code, "refused")]


def test_guarantors_are_read_from_one_cell_and_from_numbered_columns() -> None:
    """Names with as many numbers behind them belong together; a further guarantor has columns of their own."""
    li, wang = id_number("50010119790101123"), id_number("50010119780101125")
    row = one_row(担保人="李四、王五", 担保人身份证号=f"{li}、{wang}", 担保人2="赵六", 担保人2电话="13700000000")
    assert row.guarantors == (
        LedgerGuarantor("李四", li),
        LedgerGuarantor("王五", wang),
        LedgerGuarantor("赵六", None, "13700000000"),
    )
    unpaired = one_row(担保人="李四、王五", 担保人身份证号=li)
    assert unpaired.guarantors == (LedgerGuarantor("李四"), LedgerGuarantor("王五"))
    assert codes(unpaired) == {"担保人身份证号": "guarantors_unpaired"}
