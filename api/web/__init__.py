"""The pages: shells without data, which fetch everything through the API."""

from __future__ import annotations

from importlib import import_module

from flask import Flask, redirect
from werkzeug.wrappers import Response

from api.auth.guard import public

PAGES = ("vendor", "field", "console")


def init_app(app: Flask) -> None:
    """Register the pages and the third-party files they need."""
    for name in PAGES:
        app.register_blueprint(import_module(f"api.web.{name}").pages)

    @app.get("/")
    @public
    def front_door() -> Response:
        """Whoever types the bare address is at a desk."""
        return redirect("/console/")
