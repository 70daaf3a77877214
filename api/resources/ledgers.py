"""/api/v1/ledgers"""

from __future__ import annotations

import io
from typing import Any

from flask import Response, request, send_file
from flask_babel import gettext as _
from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.uploads import sent_file, takes_file
from api.usecases import read_imports
from api.usecases.complete_ledger import Scope
from api.usecases.follow_imports import list_running
from api.usecases.import_ledger import import_ledger
from api.usecases.keep_mappings import told_mapping
from api.usecases.undo_import import undo_import
from api.usecases.write_remarks import write_remarks
from api.wording.ledger_fields import field_labels
from schemas.base import LanguageQuery
from schemas.imports import (
    FieldList,
    ImportListQuery,
    ImportPage,
    ImportQuery,
    ImportSchema,
    ProblemsQuery,
    RunningImports,
    UndoQuery,
    UndoSchema,
)
from schemas.ledger.vocabulary import REQUIRED

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
blp = Blueprint("ledgers", __name__, url_prefix="/api/v1/ledgers", description="Import ledgers, read the reports")



@blp.route("", methods=["POST"])
@allow(Role.COORDINATOR, takes="multipart/form-data")
@blp.arguments(ImportQuery, location="query")
@blp.doc(
    **takes_file(
        "CSV or XLSX",
        mapping={
            "type": "string",
            "description": 'JSON object from headers of the file to fields ("": not read); '
            "remembered for the next file with these headers, {} forgets it",
        },
    )
)
@blp.alt_response(200, schema=ImportSchema, description="A preview (dry run): nothing was stored")
@blp.response(201, ImportSchema)
def upload_ledger(query: dict[str, Any]) -> Any:
    """Import a ledger (or preview it with dry_run) and get its report, row by row"""
    file, filename = sent_file(_("Send the ledger as the multipart field “file”."))
    scope = Scope(query["branch"], query["complete"], query["classes"], query["confirm"])
    mapping = told_mapping(request.form.get("mapping"))
    report = import_ledger(
        me(), file.stream, filename, scope, sheet=query["sheet"], mapping=mapping, dry_run=query["dry_run"]
    )
    return (report, 200) if query["dry_run"] else (report, 201, {"Location": f"/api/v1/ledgers/{report['id']}"})


@blp.route("", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(ImportListQuery, location="query")
@blp.response(200, ImportPage)
def list_imports(query: dict[str, Any]) -> Any:
    """List past imports, the newest first"""
    return read_imports.list_imports(me(), query)


@blp.route("/running", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(LanguageQuery, location="query")
@blp.response(200, RunningImports)
def list_running_imports(_query: dict[str, Any]) -> Any:
    """List your uploads that are being read or stored; quick ones are never here"""
    return list_running(me())


@blp.route("/fields", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(LanguageQuery, location="query")
@blp.response(200, FieldList)
def list_fields(_query: dict[str, Any]) -> Any:
    """List the fields that a column of a ledger can be read as"""
    return {"items": [{"field": name, "label": label, "required": name in REQUIRED} for name, label in field_labels()]}


@blp.route("/<import_id>", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(ProblemsQuery, location="query")
@blp.response(200, ImportSchema)
def get_import(query: dict[str, Any], import_id: str) -> Any:
    """Get the report of a past import with a page of its problems"""
    return read_imports.one_import(me(), import_id, query)


@blp.route("/<import_id>/undo", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.arguments(UndoQuery, location="query")
@blp.response(200, UndoSchema)
def undo(query: dict[str, Any], import_id: str) -> Any:
    """Undo an import (or say with dry_run what that would do), unless something rests on it"""
    return undo_import(me(), import_id, dry_run=query["dry_run"])


@blp.route("/<import_id>/remarks", methods=["GET"])
@allow(Role.COORDINATOR)
@blp.arguments(LanguageQuery, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def get_remarks(_query: dict[str, Any], import_id: str) -> Response:
    """Get the problems of an import as a workbook: row, loan, column, value, what is wrong, what to do"""
    data, name = write_remarks(me(), import_id)
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)
