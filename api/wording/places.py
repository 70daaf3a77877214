"""How a village is called so that nobody goes to another: “first group” stands in every administrative village."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from api.store.models import Village
from api.wording.ledger import row_sentences
from api.wording.words import n

OUTCOMES: dict[str, str] = {
    "placed": n("placed"),
    "ambiguous": n("several of this name"),
    "unconfirmed": n("of this name, but not surely there"),
    "unknown": n("not in the list"),
}

LISTS: dict[str, str] = {
    "not_gazetteer": n("This is no list of places: a text table (CSV) or an OpenStreetMap extract is read."),
    "gazetteer_columns": n("No columns for name, latitude and longitude were found. The first line says: %(seen)s"),
    "gazetteer_too_large": n("A table of places may have %(most)s MB. Cut it to your area."),
    "osm_unreadable": n("The OpenStreetMap extract cannot be read: %(says)s"),
    "osm_datum": n("An OpenStreetMap extract is in WGS-84; leave the datum out."),
}


NO_NAME = (n("The place has no name."), n("Fill in its name, or delete the row."))


def place_sentences(code: str) -> tuple[str, str]:
    """Return why a row of a list is no place, and what to do."""
    return (_(NO_NAME[0]), _(NO_NAME[1])) if code == "place_name_missing" else row_sentences(code, {})


def village_label(village: Village | None) -> str:
    """Return a village's name with its administrative village before it, once; empty where none is known."""
    if village is None:
        return ""
    if not village.admin_village or village.name.startswith(village.admin_village):
        return village.name
    joint = " " if village.name[:1].isascii() else ""
    return f"{village.admin_village}{joint}{village.name}"


def told_apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, str]:
    """Return two villages' names from the first level (town, admin_village, name) on in which they differ."""
    levels = ("town", "admin_village", "name")
    first = next((place for place, level in enumerate(levels) if one[level] != other[level]), 2)
    told = [[village[level] for level in levels[first:] if village[level]] for village in (one, other)]
    return " ".join(told[0]), " ".join(told[1])


def list_sentence(code: str, facts: Mapping[str, Any]) -> str:
    """Return why a list of places cannot be read."""
    return _(LISTS[code]) % dict(facts)


def loading_sentences(found: Mapping[str, Any], dry_run: bool) -> list[str]:
    """Return what became of a list of places: counts first, then what to do."""
    counts = found["counts"]
    lines = [
        _(
            "%(read)s places read. Villages: %(placed)s placed, %(ambiguous)s ambiguous, %(unconfirmed)s unconfirmed, "
            "%(unknown)s not in the list.",
            read=found["read"], **counts,
        ),
        ngettext("%(num)s town was found.", "%(num)s towns were found.", found["towns"]),
    ]  # fmt: skip
    if found["left_out"]:
        lines.append(
            ngettext(
                "%(num)s entry of the list has no name or no place.",
                "%(num)s entries of the list have no name or no place.", found["left_out"],
            )
        )  # fmt: skip
    if counts["ambiguous"] or counts["unconfirmed"]:
        lines.append(_("What is not sure is offered on the map, to be taken with one click."))
    lines.append(_("Nothing was stored.") if dry_run else _("Stored."))
    return lines
