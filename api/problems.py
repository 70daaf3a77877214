"""Errors as RFC 9457 problem details: one shape, a stable ``type``, a sentence a user understands.

`ProblemApi` mends what flask-smorest does otherwise: its handler drops the headers of an error. What it
documents about errors is mended in :mod:`api.contract`; form-encoded bodies are refused in the guard.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import Any, ClassVar, NoReturn

import structlog
from flask import Flask, Response, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_smorest import Api, Blueprint
from marshmallow import ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from schemas import strict_json
from schemas.problems import ProblemSchema, by_path

log = structlog.get_logger()
TYPE_BASE = "/docs/problems#"
MAX_ERRORS = 50

TITLES: dict[int, Any] = {
    202: _l("Kept for a reviewer"),
    400: _l("The request cannot be read"),
    401: _l("Please sign in"),
    403: _l("Your role does not allow this"),
    404: _l("Not found"),
    405: _l("This address does not do that"),
    406: _l("Not available in that form"),
    409: _l("It conflicts with what is stored"),
    412: _l("Somebody else changed this meanwhile"),
    413: _l("Too large"),
    415: _l("Wrong kind of content"),
    422: _l("Something in the request is not right"),
    428: _l("Say which version you change"),
    429: _l("Too many tries"),
    500: _l("Something went wrong on our side"),
    503: _l("Not available at the moment"),
}


class Problem(Exception):
    """An error for the caller: status, stable code, a sentence, and the fields at fault."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers, self.extra = errors or [], headers or {}, extra

    def body(self) -> dict[str, Any]:
        """Return the problem details object."""
        found: dict[str, Any] = {
            "type": TYPE_BASE + self.code,
            "title": str(TITLES.get(self.status, TITLES[500])),
            "status": self.status,
            "detail": str(self.detail),
        }
        if self.errors:
            found["errors"] = self.errors[:MAX_ERRORS]
        return {**found, **self.extra}


def not_found() -> Problem:
    """Return the one answer for what is absent, and for what is not yours to know of."""
    return Problem(404, "not-found", _("There is nothing here, or it is not in your area."))


def invalid(field: str, code: str, detail: str, status: int = 422) -> Problem:
    """Return a problem about one field of the request."""
    return Problem(status, code, detail, errors=[{"field": field, "message": str(detail)}])


def respond(problem: Problem) -> Response:
    """Turn a problem into the response."""
    response = Response(
        json.dumps(problem.body(), ensure_ascii=False), problem.status, mimetype="application/problem+json"
    )
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


class StrictParser(FlaskParser):
    """Reads JSON as RFC 8259 means it, and reports what is wrong as a problem naming the field."""

    DEFAULT_VALIDATION_STATUS = 422
    # webargs would drop what it does not know of a query; a filter with a slip in its name must not be ignored.
    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": None,
    }

    def load_json(self, req: Any, schema: Any) -> Any:
        return read_json(req.get_data(cache=True))

    def handle_error(self, error: ValidationError, req: Any, schema: Any, **_kwargs: Any) -> NoReturn:
        raise from_validation(error)


def read_json(data: bytes) -> Any:
    """Parse a JSON body; refuse what parsers disagree about, and NUL, which no database takes."""
    try:
        found = strict_json.parse(data)
    except ValueError as error:
        raise Problem(400, "not-json", _("The body is not JSON in UTF-8.")) from error
    if b"\\u0000" in data or b"\0" in data:
        raise Problem(400, "not-json", _("The body holds a NUL character; text cannot."))
    return found


def from_validation(error: ValidationError) -> Problem:
    """Return the problem for a body or query that does not fit its schema."""
    found = islice(by_path(error.normalized_messages()), MAX_ERRORS)
    errors = [{"field": _inside(path), "message": _translated(message)} for path, message in found]
    first = errors[0] if errors else {"field": "", "message": ""}
    detail = f"{first['field']}: {first['message']}" if first["field"] else first["message"]
    return Problem(422, "invalid", detail, errors=errors)


def _inside(path: str) -> str:
    """A path without the part of the request that webargs puts before it."""
    location, _dot, rest = path.partition(".")
    return rest if location in ("json", "query", "files", "form", "headers") else path


def _translated(message: Any) -> str:
    """Marshmallow speaks English; its sentences are keys of our catalogue where we have them."""
    return _(str(message)) if isinstance(message, str) else str(message)


Blueprint.ARGUMENTS_PARSER = StrictParser()


class ProblemApi(Api):
    """flask-smorest's Api, answering and documenting every error as a problem."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        return respond(_from_http(error))


def _from_http(error: HTTPException) -> Problem:
    status = error.code or 500
    details = {
        404: _("There is nothing here, or it is not in your area."),
        405: _("This address does not accept %(method)s.", method=request.method),
        413: _("The body is larger than this address accepts."),
        415: _("Send JSON as application/json, files as multipart/form-data."),
    }
    keep = {
        name: value
        for name, value in error.get_headers()
        if name in ("Allow", "Retry-After", "WWW-Authenticate", "Content-Range")
    }
    codes = {404: "not-found", 405: "method", 413: "too-large", 415: "media-type"}
    return Problem(
        status, codes.get(status, f"http-{status}"), details.get(status, str(TITLES.get(status, ""))), headers=keep
    )


def _unexpected(error: Exception) -> Response:
    if current_app.testing:
        raise error
    log.error("unexpected", error=type(error).__name__, path=request.path, exc_info=error)
    return respond(
        Problem(500, "unexpected", _("We have noted it. Please try again; nothing you sent was half stored."))
    )


def init_app(app: Flask) -> None:
    """Answer every error, also outside the API, as a problem."""
    app.register_error_handler(Problem, respond)
    app.register_error_handler(ValidationError, lambda error: respond(from_validation(error)))
    app.register_error_handler(HTTPException, lambda error: respond(_from_http(error)))
    app.register_error_handler(Exception, _unexpected)
