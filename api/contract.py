"""The OpenAPI 3.1 document: what flask-smorest gathers, made true about errors, sign-in and versions."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import fields

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The version you saw: the ETag of the row",
    "schema": {"type": "string"},
}
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "rounds_session"},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
}


def prepare(api: Api) -> None:
    """Teach the document what apispec does not know; before any blueprint is registered."""
    api.ma_plugin.converter.add_attribute_function(_amount_as_text)


def _amount_as_text(_converter: Any, field: fields.Field[Any], **_kwargs: Any) -> dict[str, Any]:
    """Amounts travel as text, because JSON numbers are floats in most readers; apispec says "number"."""
    if not (isinstance(field, fields.Decimal) and field.as_string):
        return {}
    found: dict[str, Any] = {"type": ["string", "null"] if field.allow_none else "string"}
    return {**found, "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}


def openapi_document(api: Api, app: Flask) -> dict[str, Any]:
    """Return the document of every route that the service has registered by now."""
    document: dict[str, Any] = api.spec.to_dict()
    components = document["components"]
    for response in components["responses"].values():
        _as_problem(response)
    components["securitySchemes"] = _SCHEMES
    for rule in app.url_map.iter_rules():
        path = document["paths"].get(re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule))
        for method in rule.methods or ():
            if path is not None and method.lower() in path:
                _complete(path[method.lower()], method, rule.endpoint, app.view_functions[rule.endpoint])
    return document


def _as_problem(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    if "application/json" in content:
        content["application/problem+json"] = content.pop("application/json")


def _complete(operation: dict[str, Any], method: str, endpoint: str, view: Any) -> None:
    operation["operationId"] = endpoint
    roles = getattr(view, "roles", ())
    # A cookie needs the CSRF token beside it, a bearer token does not.
    operation["security"] = [{"bearer": []}, {"session": [], "csrf": []}] if roles else []
    if roles:
        operation["x-roles"] = [str(role) for role in roles]
    if method == "PATCH":
        operation.setdefault("parameters", []).append(_IF_MATCH)
