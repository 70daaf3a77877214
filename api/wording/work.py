"""Why something waits for a person, and the choices that settle it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from api.wording.words import n

# (kind of work, code) → why it waits. Codes of routing.likeness, routing.suggestions, routing.door_places.
WORK: dict[str, str] = {
    "missing_place": n("The village has no place on the map, so no way there can be reckoned."),
    "place_told_by_doors": n("The places of %(doors)s doors agree on where it lies."),
    # villages
    "name_homophone": n("The names sound alike: “%(one)s” and “%(other)s”."),
    "name_look_alike": n("The names look alike: “%(one)s” and “%(other)s”."),
    "name_typing_error": n("The names differ as by a slip of the pen: “%(one)s” and “%(other)s”."),
    "parent_typing_error": n("Equal names; the town or administrative village differs as by a slip of the pen."),
    "parent_left_out": n("Equal names; one leaves out the town or administrative village."),
    "village_ambiguous": n("The name fits several villages that are known."),
    "village_exact": n("The name fits several villages that are known."),
    "village_alias": n("The name fits another name of several villages that are known."),
    "level_not_known": n("Equal names; of one the town or administrative village is not known."),
    "town_not_named": n("Equal names; the ledger leaves out the town."),
    "admin_village_not_named": n("Equal names; the ledger leaves out the administrative village."),
    # households
    "identity_shared": n("The ledger gives one identity number to two names."),
    "same_name": n("Equal names in one village."),
    "same_door": n("One door is written for two names."),
    # places
    "door_far_from_village": n("The door's place lies %(km)s km from the village."),
    "door_far_from_neighbours": n("The door's place lies %(km)s km from the other doors of the village."),
    "village_far_from_doors": n("The village's place lies %(km)s km from where its doors are."),
    "rows_name_several_villages": n("The ledger names %(villages)s villages for this door."),
    # loans
    "missing_loan": n("The last complete ledger does not have this loan."),
}

CHOICES: dict[str, str] = {
    "together": n("They are one"),
    "together_second": n("They are one"),
    "apart": n("They are two"),
    "keep": n("It is right as it is"),
    "drop_place": n("Take the place away"),
    "place_by_doors": n("Put it where its doors are"),
    "leave": n("Leave the row out"),
    "repaid": n("Repaid"),
    "sold": n("Sold"),
    "off_balance": n("Moved off the balance sheet"),
    "mistake": n("A mistake: it still runs"),
    "reopen": n("Take back"),
}


def work_sentence(code: str, facts: Mapping[str, Any]) -> str:
    """Return why it waits, in the reader's language."""
    spoken = dict(facts)
    if "metres" in facts:
        spoken["km"] = f"{int(facts['metres']) / 1000:.1f}"
    return _(WORK[code]) % spoken


def choice_label(choice: str, name: str = "") -> str:
    """Return what a choice is called on its button; ``name`` is the one that it would leave."""
    label = _(CHOICES[choice])
    return _("%(choice)s: %(name)s", choice=label, name=name) if name else label
