"""Requests nobody thought of, made from the API's own description: no error of ours, answers as described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.sample_county import Sample, outcome

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
WHO: dict[str, Callable[[Sample], str]] = {
    "coordinator": lambda sample: sample.coordinator.token or "",
    "collector": lambda sample: sample.phones_with_stops()[0].caller.token or "",
    "admin": lambda sample: sample.admin.token or "",
}
MOSTLY = st.sampled_from([True, True, True, False])
# A CP-SAT search each: some seconds.
SLOW = {"rotations.propose"}


def known_ids(sample: Sample) -> dict[str, list[str]]:
    """Return ids of rows that are there, by what the API calls them: made-up ids alone would only ever meet 404."""
    found = {}
    for name, table in (
        ("village", "villages"), ("territory", "territories"), ("person", "people"), ("team", "teams"),
        ("household", "households"), ("shift", "shifts"), ("branch", "branches"), ("plan", "plans"), ("stop", "stops"),
        ("import", "imports"),
    ):  # fmt: skip
        found[name] = [row.id for row in sample.rows(f"SELECT id FROM {table} ORDER BY id LIMIT 5")]
    return found | {"to_territory": found["territory"], "with": found["person"], "home_village": found["village"]}


def with_known_ids(value: Any, ids: dict[str, list[str]], draw: Any) -> Any:
    """Put ids that are there into the fields that name rows, mostly."""
    if isinstance(value, dict):
        return {
            key: draw(st.sampled_from(ids[key]))
            if key in ids and isinstance(inner, str) and draw(MOSTLY)
            else with_known_ids(inner, ids, draw)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [with_known_ids(inner, ids, draw) for inner in value]
    return value


def fuzz(sample: Sample, who: str, examples: int) -> None:
    """Call every operation with a role's token, ``examples`` times."""
    token, ids = WHO[who](sample), known_ids(sample)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", sample.app)
    for found in schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]

        @settings(
            max_examples=min(examples, 2) if name in SLOW else examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), data=st.data())
        def call(case: Any, data: Any) -> None:
            path = {name.removesuffix("_id"): value for name, value in (case.path_parameters or {}).items()}
            chosen = with_known_ids(path, ids, data.draw)
            case.path_parameters = {name: chosen[name.removesuffix("_id")] for name in case.path_parameters or {}}
            if isinstance(case.body, dict | list):
                case.body = with_known_ids(case.body, ids, data.draw)
            # The token is this test's; one made up would end at the door.
            case.headers = {key: value for key, value in (case.headers or {}).items() if key != "Authorization"}
            case.cookies = {}
            if "If-Match" in case.headers and data.draw(MOSTLY):
                case.headers["If-Match"] = data.draw(st.sampled_from(['"1"', '"2"']))
            case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {token}"})

        call()


@pytest.mark.parametrize("who", WHO)
def test_no_request_is_an_error_of_ours(sample: Sample, who: str) -> None:
    """Whatever is asked, the answer is one that the API describes, never a 5xx."""
    fuzz(sample, who, 3)


@pytest.mark.deep
@pytest.mark.parametrize("who", WHO)
def test_no_request_is_an_error_of_ours_however_long_one_tries(sample: Sample, who: str) -> None:
    """The same with a hundred requests an operation."""
    fuzz(sample, who, 100)


def _texts() -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", min_codepoint=1), max_size=30)


def _anything() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts()
    return st.recursive(leaves, lambda some: st.lists(some, max_size=3) | st.dictionaries(_texts(), some, max_size=3))


def outcomes_beside(sample: Sample, examples: int) -> None:
    """Change single fields of a good outcome to anything; a good one beside it must be stored each time."""
    phone = sample.phones_with_stops()[0]
    stop = phone.day(sample.on)["stops"][0]
    names = sorted({*outcome(stop), "gps", "promise", "paid", "note", "replaces", "plan_version", "more"})

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(field=st.sampled_from(names), value=_anything())
    def send(field: str, value: Any) -> None:
        good = outcome(stop)
        results = phone.report({**outcome(stop), field: value}, good)
        assert len(results) == 2
        assert results[0]["status"] in ("stored", "refused")
        assert results[1] == {"id": good["id"], "status": "stored"}

    send()


def test_an_odd_field_never_harms_the_outcome_beside_it(sample: Sample) -> None:
    """One item of a batch may hold anything: it gets its own answer and the other is stored."""
    outcomes_beside(sample, 25)


@pytest.mark.deep
def test_an_odd_field_never_harms_the_outcome_beside_it_however_long_one_tries(sample: Sample) -> None:
    """The same with a thousand odd fields."""
    outcomes_beside(sample, 1000)
