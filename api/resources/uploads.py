"""Files that are sent as a form: how a view describes one, and how it takes it."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from api.problems import invalid


def takes_file(kinds: str, **others: dict[str, str]) -> dict[str, Any]:
    """Return how OpenAPI describes a form with a file of these kinds, and with other fields that may be left out."""
    file = {"type": "string", "format": "binary", "description": kinds}
    form = {"type": "object", "required": ["file"], "properties": {"file": file, **others}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}


def sent_file(remedy: str) -> tuple[FileStorage, str]:
    """Return the file of the request and its name. Raises 422 with ``remedy`` where there is none."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise invalid("file", "no-file", remedy)
    return file, file.filename
