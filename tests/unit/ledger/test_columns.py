"""Columns read in bulk: never anything else than the cells one by one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.ledger.column_reader import ColumnReader, readers_of
from schemas.ledger.dates import DateForms
from schemas.ledger.headers import LedgerColumn
from schemas.ledger.identity import id_number_reader, surely_resident
from schemas.ledger.vocabulary import COLUMNS
from tests.unit.ledger.ledger_files import id_number

FIELDS = sorted({kind: field for field, kind in COLUMNS.kind.items() if kind != "id_number"}.values())
WRITTEN = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"\A-?[0-9]{0,12}(\.[0-9]{1,3})?\Z"),
    st.from_regex(r"\A1[0-9]{10}\Z"),
    st.sampled_from(
        (
            "次级",
            "可疑",
            "春节",
            "无",
            "#N/A",
            "2024-01-02",
            "１２",
            " 石桥镇大坝村三组",
            "石桥镇\u202e大坝村三组",
            "106.51",
        )
    ),
)
CELLS = st.one_of(WRITTEN, st.none(), st.booleans(), st.integers(-5, 10**12), st.floats())


@pytest.mark.parametrize("field", FIELDS)
@settings(max_examples=60, deadline=None)
@given(columns=st.lists(st.lists(WRITTEN, max_size=6) | st.lists(CELLS, max_size=6), max_size=3))
def test_a_column_gives_what_its_cells_give(field: str, columns: list[list[object]]) -> None:
    """In bulk or one by one, the first time or remembered: one cell, one value, one problem."""
    column = LedgerColumn(0, field, field)
    read, _ = readers_of(column, DateForms())
    reader = ColumnReader(column)
    for cells in columns:
        values, wrong = reader.read(cells)  # type: ignore[arg-type]
        one_by_one = [read(cell) for cell in cells]  # type: ignore[arg-type]
        assert [repr(value) for value in values] == [repr(one.value) for one in one_by_one]
        expected = {at: one.code for at, one in enumerate(one_by_one) if one.code}
        assert {at: one.code for at, one in wrong.items()} == expected


@settings(max_examples=300, deadline=None)
@given(
    st.dates(min_value=date(1930, 1, 1)),
    st.sampled_from(["500101", "110101", "440301"]),
    st.integers(0, 999),
    st.text("0123456789X", min_size=17, max_size=19),
)
def test_the_quick_look_at_an_identity_number_says_yes_to_right_ones_only(
    born: date, region: str, order: int, other: str
) -> None:
    """What it does not know yet it leaves open; afterwards it knows region and birthday."""
    right = id_number(f"{region}{born:%Y%m%d}{order:03}")
    assert id_number_reader()(right).code is None
    assert surely_resident(right)
    digits = "0123456789X"
    slip = right[:17] + digits[(digits.index(right[17]) + 1) % 11]
    for wrong in (other, slip, right[:17], right + "1"):
        if surely_resident(wrong):
            assert id_number_reader()(wrong).value == wrong
    assert not surely_resident(slip)
