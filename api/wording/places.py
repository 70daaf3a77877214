"""How a village is called so that nobody goes to another: “first group” stands in every administrative village."""

from __future__ import annotations

from api.store.models import Village


def village_label(village: Village | None) -> str:
    """Return a village's name with its administrative village before it, once; empty where none is known."""
    if village is None:
        return ""
    if not village.admin_village or village.name.startswith(village.admin_village):
        return village.name
    joint = " " if village.name[:1].isascii() else ""
    return f"{village.admin_village}{joint}{village.name}"
