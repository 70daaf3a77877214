"""Columns that a person corrected: read as told, and remembered for the next file of the same source."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from tests.factories import Caller, County, problem
from tests.integration.test_ledgers import csv_of, imported
from tests.sample_county import upload

HEADER = ["户号", "客户名称", "客户地址", "剩多少", "备考"]
DATA = csv_of(["1", "陈大明", "龙门镇石桥村三组12号", "5000.00", "x"], header=HEADER)
MAPPING = {"户号": "loan_number", "剩多少": "outstanding", "备考": ""}


def told(caller: Caller, data: bytes, mapping: Any, query: str = "") -> Any:
    """Send a file with a mapping; returns the response."""
    text = mapping if isinstance(mapping, str) else json.dumps(mapping)
    return caller.send("POST", f"/api/v1/ledgers{query}", data={"file": (io.BytesIO(data), "a.csv"), "mapping": text})


def test_a_file_with_headers_of_its_own_is_read_as_told(county: County) -> None:
    """Without the mapping a needed column is missing; with it the loan is stored."""
    problem(upload(county.coordinator, DATA), 422, "ledger-columns-missing", "file")
    response = told(county.coordinator, DATA, MAPPING)
    assert response.status_code == 201, response.get_data(as_text=True)
    assert response.get_json()["columns"]["户号"] == "loan_number"
    assert response.get_json()["rows"]["new"] == 1


def test_the_correction_is_remembered_for_the_source(county: County) -> None:
    """The next file with these headers is read alike, and the report says why."""
    told(county.coordinator, DATA, MAPPING)
    report = imported(county.coordinator, DATA)
    assert report["rows"]["unchanged"] == 1
    assert any("户号 → Loan number" in notice for notice in report["notices"])
    other = csv_of(["1", "陈大明", "龙门镇石桥村", "5.00"], header=HEADER[:4])
    problem(upload(county.coordinator, other), 422, "ledger-columns-missing")


def test_what_one_branch_corrected_is_not_another_branchs(county: County) -> None:
    """A mapping is remembered for the branches of the file."""
    told(county.coordinator, DATA, MAPPING)
    problem(upload(county.stranger, DATA), 422, "ledger-columns-missing")


def test_a_preview_remembers_nothing(county: County) -> None:
    """Trying a mapping out in a dry run leaves no trace."""
    assert told(county.coordinator, DATA, MAPPING, "?dry_run=true").status_code == 200
    problem(upload(county.coordinator, DATA), 422, "ledger-columns-missing")


def test_a_mapping_can_be_changed_and_forgotten(county: County) -> None:
    """The last correction holds; an empty one forgets it (here for a file that can be read without)."""
    header = ["贷款账号", "客户名称", "客户地址", "贷款余额", "本金余额二"]
    data = csv_of(["1", "陈大明", "龙门镇石桥村三组12号", "5000.00", "7.00"], header=header)
    told(county.coordinator, data, {"贷款余额": "", "本金余额二": "outstanding"})
    assert imported(county.coordinator, data)["columns"]["本金余额二"] == "outstanding"
    told(county.coordinator, data, {"本金余额二": ""})
    assert imported(county.coordinator, data)["columns"]["贷款余额"] == "outstanding"
    assert told(county.coordinator, data, {}).status_code == 201
    assert not any(
        "本金余额二 →" in notice for notice in imported(county.coordinator, data)["notices"] if "–" in notice
    )


@pytest.mark.parametrize("mapping", ["[]", "{", '"x"', '{"a": 1}', '{"a": null}', "1" * 20, '{"a": {"b": "c"}}'])
def test_what_is_no_mapping_is_refused(county: County, mapping: str) -> None:
    """A 422 naming the form field; nothing is imported."""
    problem(told(county.coordinator, DATA, mapping), 422, "mapping", "mapping")


def test_a_field_that_does_not_exist_is_refused(county: County) -> None:
    """The answer names the field that is unknown."""
    body = problem(told(county.coordinator, DATA, {"户号": "loan"}), 422, "ledger-mapping-field-unknown")
    assert "loan" in body["detail"]
