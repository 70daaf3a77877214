"""The pages: shells without data, which fetch everything through the API."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

PAGES = ("vendor", "field", "console")


def init_app(app: Flask) -> None:
    """Register the pages and the third-party files they need."""
    for name in PAGES:
        app.register_blueprint(import_module(f"api.web.{name}").pages)
