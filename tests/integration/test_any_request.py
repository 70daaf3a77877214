"""Requests made up from our own OpenAPI document: no answer is a failure of ours, and each is as documented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.factories import Caller, County

CHECKS = [content_type_conformance, response_schema_conformance, status_code_conformance]
# Changing passwords and roles would sign the callers out; pages and files are no part of the contract.
LEFT_OUT = ("/api/v1/users/{user_id}", "/docs", "/metrics")


def known_rows(county: County) -> dict[str, str]:
    """Make a row of each kind; return ids by the names under which bodies and paths refer to them."""
    territory = county.territory()
    village = county.village(territory)
    household = county.household(village)
    team = county.team(territory)
    shift = county.shift(team=team)
    found = {
        "branch": county.branch, "territory": territory, "village": village, "household": household, "team": team,
        "shift": shift["id"], "person": county.person(), "to_territory": county.territory(),
        "home_village": village, "with": shift["people"][0],
    }  # fmt: skip
    return found | {f"{name}_id": id_ for name, id_ in found.items()}


def with_known_rows(value: Any, known: dict[str, str]) -> Any:
    """Put real ids where a made-up body refers to rows, so that it gets further than the first check."""
    if isinstance(value, dict):
        return {
            key: known[key] if key in known and isinstance(one, str) else with_known_rows(one, known)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [with_known_rows(one, known) for one in value]
    return value


def operations(app: Flask) -> Iterator[Any]:
    """Yield the operations of the document."""
    for found in schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).get_all_operations():
        operation = found.ok()
        if not operation.path.startswith(LEFT_OUT):
            yield operation


def callers(county: County) -> list[Caller]:
    """Return those who together may call everything."""
    return [county.coordinator, county.admin, county.collector()]


def check(county: County, examples: int) -> None:
    """Send made-up requests to every operation, as everybody who may call it."""
    county.app.testing = False
    known = known_rows(county)
    everybody = callers(county)
    for operation in operations(county.app):

        @hypothesis.seed(1)
        @hypothesis.settings(
            max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @hypothesis.given(case=operation.as_strategy(), known_too=hypothesis.strategies.booleans())
        def send(case: Any, known_too: bool) -> None:
            if known_too:
                case.body = with_known_rows(case.body, known)
                case.path_parameters = {**(case.path_parameters or {})} | {
                    name: known[name] for name in case.path_parameters or {} if name in known
                }
            for who in everybody:
                headers = {"Authorization": f"Bearer {who.token}"}
                if case.method == "PATCH" and known_too:
                    row = who.send("GET", case.formatted_path)
                    headers["If-Match"] = row.headers.get("ETag", '"1"')
                response = case.call(headers=headers)
                assert response.status_code < 500, (case.method, case.formatted_path, case.query, case.body)
                case.validate_response(response, checks=CHECKS)

        send()


def test_made_up_requests_get_documented_answers(county: County) -> None:
    """A few of every kind, on both databases: never 5xx, always the documented status, type and shape."""
    check(county, 4)


@pytest.mark.deep
def test_many_made_up_requests_get_documented_answers(county: County) -> None:
    """The same at length."""
    check(county, 150)
