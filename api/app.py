"""Build the Flask application."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from api import contract, language, logs, metrics, problems
from api.auth import guard
from api.settings import Settings
from api.store.database import Store
from api.vault import Vault

RESOURCES = (
    "tokens", "devices", "branches", "users", "people", "territories", "villages", "households", "teams", "shifts",
    "ledgers", "accounts", "work_items", "setup", "exports", "plans", "reassignments", "rotations", "field",
    "outcomes", "health", "documentation",
)  # fmt: skip


def create_app(settings: Settings | None = None) -> Flask:
    """Return the service for these settings (default: from the environment)."""
    settings = settings or Settings.from_environment()
    app = Flask("api", static_folder="web/static", template_folder="web/templates")
    app.config.update(
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=settings.max_upload_mb * guard.MEGABYTE + guard.FRAME,
        MAX_FORM_PARTS=20,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        API_TITLE="Rounds",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        PROPAGATE_EXCEPTIONS=False,
    )
    logs.configure()
    app.extensions["store"] = Store(settings.database_url)
    app.extensions["vault"] = Vault(settings.key() if settings.data_key else None)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1)  # type: ignore[method-assign]
    language.init_app(app)
    logs.init_app(app)
    metrics.init_app(app)
    guard.init_app(app)
    api = problems.ProblemApi(app)
    contract.prepare(api)
    problems.init_app(app)
    for name in RESOURCES:
        api.register_blueprint(import_module(f"api.resources.{name}").blp)
    from api import cli, web

    web.init_app(app)
    cli.init_app(app)

    @app.get("/api/v1/openapi.json")
    @guard.public
    def openapi() -> Response:
        return Response(_document(), mimetype="application/json")

    @cache
    def _document() -> str:
        return json.dumps(contract.openapi_document(api, app), ensure_ascii=False)

    return app
