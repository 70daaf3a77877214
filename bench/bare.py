"""The peer of ``bench serve``: the least that Flask can do with the same bytes."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response

app = Flask(__name__)
app.extensions["store"] = type("Nothing", (), {"dispose": staticmethod(lambda: None)})()
_BODY = Path(os.environ["BARE_BODY"]).read_bytes() if "BARE_BODY" in os.environ else b"{}"


@app.get("/")
def body() -> Response:
    """Answer with the bytes."""
    return Response(_BODY, mimetype="application/json")


@app.get("/healthz")
def health() -> str:
    """Say that it runs."""
    return "ok"
