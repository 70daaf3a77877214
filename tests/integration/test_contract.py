"""What the service says of itself: the OpenAPI document, the types of problems, health and metrics."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from prometheus_client.parser import text_string_to_metric_families

import api
from api.problem_types import PROBLEM_TYPES
from tests.conftest import running
from tests.factories import Caller, County, problem

SOURCES = Path(api.__file__).parent
# Made of the refusals of the ledger, which its own guide explains.
PREFIXES = ("ledger-", "http-")


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    """Give the OpenAPI document."""
    found: dict[str, Any] = Caller(app).get("/api/v1/openapi.json")
    return found


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    """Others make their clients from it."""
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_route_of_the_api_is_in_the_document(app: Flask, document: dict[str, Any]) -> None:
    """Each route with each method, a summary of its own, and its errors as problem+json."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or rule.rule.endswith("openapi.json"):
            continue
        path = document["paths"][rule.rule.replace("<", "{").replace(">", "}")]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            operation = path[method.lower()]
            assert operation["summary"], rule.rule
            default = document["components"]["responses"][operation["responses"]["default"]["$ref"].rsplit("/", 1)[1]]
            assert list(default["content"]) == ["application/problem+json"], rule.rule


def test_the_document_says_who_may_call_what(app: Flask, document: dict[str, Any]) -> None:
    """Closed routes ask for a bearer token, or for the cookie with its CSRF token; open ones for nothing."""
    assert document["paths"]["/api/v1/tokens"]["post"]["security"] == []
    villages = document["paths"]["/api/v1/villages"]["post"]
    assert villages["security"] == [{"bearer": []}, {"session": [], "csrf": []}]
    assert villages["x-roles"] == ["coordinator"]
    change = document["paths"]["/api/v1/villages/{village_id}"]["patch"]
    assert [one["name"] for one in change["parameters"] if one["in"] == "header"] == ["If-Match"]


def codes_in_source() -> set[str]:
    """Return the codes of all problems that the service can raise, read from its source."""
    position = {"Problem": 1, "invalid": 1, "flush": 1}
    found = set()
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                place = position.get(name)
                if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                    found.add(node.args[place].value)  # type: ignore[attr-defined]
    return found


def test_every_type_of_problem_is_explained(app: Flask) -> None:
    """A `type` leads to a sentence on /docs/problems; whoever adds a code adds its meaning."""
    codes = codes_in_source()
    assert {"stale", "alone", "not-found"} <= codes
    assert {code for code in codes if not code.startswith(PREFIXES)} - set(PROBLEM_TYPES) == set()
    page = Caller(app).send("GET", "/docs/problems").get_data(as_text=True)
    assert all(f'id="{code}"' in page for code in PROBLEM_TYPES)


def test_the_documentation_runs_nothing_inline(app: Flask) -> None:
    """Swagger UI comes from its wheel, and the page works under our content security policy."""
    nobody = Caller(app)
    page = nobody.send("GET", "/docs").get_data(as_text=True)
    assert "<script>" not in page
    assert "style=" not in page
    assert "http://" not in page
    assert "https://" not in page
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/docs/assets/{name}" in page
        assert nobody.send("GET", f"/docs/assets/{name}").status_code == 200
    assert nobody.send("GET", "/docs/assets/../__init__.py").status_code == 404


def test_the_process_says_that_it_lives(app: Flask) -> None:
    """/healthz needs no database; /readyz needs one at the current schema."""
    assert Caller(app).get("/healthz") == {"status": "ok"}
    assert Caller(app).get("/readyz") == {"status": "ok"}


def test_a_database_without_our_schema_is_not_ready(empty_database_url: str) -> None:
    """503 until the migrations have run: no request is answered from half a schema."""
    with running(empty_database_url) as app:
        problem(Caller(app).send("GET", "/readyz"), 503, "unavailable")
        assert Caller(app).get("/healthz") == {"status": "ok"}


def test_a_database_that_does_not_answer_is_not_ready() -> None:
    """503, not a failure of ours."""
    with running("postgresql+psycopg://nobody@127.0.0.1:1/nothing") as app:
        problem(Caller(app).send("GET", "/readyz"), 503, "unavailable")


def test_metrics_count_routes_and_name_nobody(county: County) -> None:
    """Requests by method, pattern and status; no id, name or address is in them, whatever was asked for."""
    village = county.village()
    county.coordinator.get(f"/api/v1/villages/{village}")
    county.coordinator.send("PROPFIND", "/api/v1/made-up-path")
    response = Caller(county.app).send("GET", "/metrics")
    families = list(text_string_to_metric_families(response.get_data(as_text=True)))
    counted = {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"])
        for family in families
        if family.name == "rounds_requests"
        for sample in family.samples
        if sample.name.endswith("_total")
    }
    assert ("GET", "/api/v1/villages/<village_id>", "200") in counted
    assert ("other", "none", "404") in counted
    assert village not in response.get_data(as_text=True)
    assert "made-up-path" not in response.get_data(as_text=True)
