"""What a use case needs of its surroundings: the store, the vault, the settings."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from flask import current_app

from api.settings import Settings
from api.store.database import Store
from api.vault import Vault
from routing.rules import Rules, load_rules


def store() -> Store:
    """Return the database of this application."""
    return current_app.extensions["store"]


def vault() -> Vault:
    """Return the vault of this application."""
    return current_app.extensions["vault"]


def settings() -> Settings:
    """Return the settings of this application."""
    return current_app.config["SETTINGS"]


def today() -> date:
    """Return today's date in the county's time zone."""
    return datetime.now(settings().zone).date()


def rules() -> Rules:
    """Return the rule files that bind planning. They are read once per process."""
    return _rules(settings().policy)


@cache
def _rules(policy: str) -> Rules:
    return load_rules(policy)
