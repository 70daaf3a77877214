"""What a use case needs of its surroundings: the store, the vault, the settings."""

from __future__ import annotations

from datetime import date, datetime

from flask import current_app

from api.settings import Settings
from api.store.database import Store
from api.vault import Vault


def store() -> Store:
    """Return the database of this application."""
    return current_app.extensions["store"]  # type: ignore[no-any-return]


def vault() -> Vault:
    """Return the vault of this application."""
    return current_app.extensions["vault"]  # type: ignore[no-any-return]


def settings() -> Settings:
    """Return the settings of this application."""
    return current_app.config["SETTINGS"]  # type: ignore[no-any-return]


def today() -> date:
    """Return today's date in the county's time zone."""
    return datetime.now(settings().zone).date()
