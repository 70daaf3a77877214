"""/docs: the API for people: Swagger UI from its wheel, and the types of problems."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Response, render_template, send_from_directory
from flask_smorest import Blueprint

from api.auth.guard import public
from api.problem_types import PROBLEM_TYPES

blp = Blueprint("documentation", __name__, description="This documentation")
_MAX_AGE = 24 * 3600


def swagger_folder() -> Path:
    """Return where the wheel `flask-swagger-ui` keeps Swagger UI."""
    spec = find_spec("flask_swagger_ui")
    if spec is None or spec.origin is None:
        raise RuntimeError("Swagger UI is missing: install flask-swagger-ui (requirements.txt)")
    return Path(spec.origin).parent / "dist"


@blp.route("/docs", methods=["GET"])
@public
@blp.response(200, {"type": "string"}, content_type="text/html")
def show_docs() -> Any:
    """Show the API"""
    return Response(render_template("docs/api.html"), mimetype="text/html")


@blp.route("/docs/assets/<path:name>", methods=["GET"])
@public
@blp.response(200, {"type": "string"}, content_type="*/*")
def get_asset(name: str) -> Any:
    """Get a file of Swagger UI"""
    return send_from_directory(swagger_folder(), name, max_age=_MAX_AGE)


@blp.route("/docs/problems", methods=["GET"])
@public
@blp.response(200, {"type": "string"}, content_type="text/html")
def show_problem_types() -> Any:
    """Show what each type of problem means"""
    page = render_template("docs/problems.html", types=sorted(PROBLEM_TYPES.items()))
    return Response(page, mimetype="text/html")
