"""/api/v1/exports: everything that people put in comes out."""

from __future__ import annotations

from typing import Any

from flask import Response, send_file
from flask_smorest import Blueprint

from api.auth.actor import USER_ROLES
from api.auth.guard import allow, me
from api.usecases.exports.write import ALL, Exported, Form, list_exports, write_export
from schemas.exports import ExportList, ExportQuery

blp = Blueprint("exports", __name__, url_prefix="/api/v1/exports", description="Take out what was put in")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COUNT = {"schema": {"type": "integer"}}
_FILE = {
    "responses": {
        "200": {
            "description": "The file",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("text/csv", XLSX)
            },
            "headers": {
                "Export-Rows": {**_COUNT, "description": "Rows, without the headings"},
                "Export-Replaced-Characters": {
                    **_COUNT, "description": "Characters that the encoding does not have; each stands there as [U+…]",
                },
                "Export-Shortened-Cells": {**_COUNT, "description": "Texts too long for a cell of a workbook"},
            },
        }
    }
}  # fmt: skip


@blp.route("", methods=["GET"])
@allow(*USER_ROLES)
@blp.arguments(ExportQuery(only=("lang",)), location="query")
@blp.response(200, ExportList)
def list_tables(_query: dict[str, Any]) -> Any:
    """List the tables that you may export, with their numbers of rows"""
    return list_exports(me())


@blp.route("/<table>", methods=["GET"])
@allow(*USER_ROLES)
@blp.arguments(ExportQuery, location="query")
@blp.doc(**_FILE)
@blp.response(200)
def get_table(query: dict[str, Any], table: str) -> Response:
    """Export one table as CSV or XLSX, or all of them as one workbook (table “all”); it is noted in the audit trail"""
    form = Form(
        format=query["format"] or ("xlsx" if table == ALL else "csv"), encoding=query["encoding"],
        words=query["headers"] == "words", masked=query["personal"] == "masked",
    )  # fmt: skip
    return _sent(write_export(me(), table, form), form)


def _sent(exported: Exported, form: Form) -> Response:
    kind = XLSX if form.format == "xlsx" else f"text/csv; charset={form.encoding.removesuffix('-sig')}"
    response = send_file(exported.file, mimetype=XLSX, as_attachment=True, download_name=exported.name)
    response.headers["Content-Type"] = kind
    response.headers["Export-Rows"] = str(sum(exported.rows.values()))
    response.headers["Export-Replaced-Characters"] = str(exported.replaced)
    response.headers["Export-Shortened-Cells"] = str(exported.shortened)
    return response
