"""From codes and facts to sentences in the reader's language: the only place where rules speak.

A table gives for each code one sentence, or several of which the first whose facts are all known is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from api.wording.planning import PLANNING
from api.wording.replans import REPLANS
from api.wording.roads import BECAUSE, ROADS
from api.wording.rotation import ROTATION
from api.wording.visits import FIELD_CODES, FIELD_WORDING, VISITS
from api.wording.words import WORDS

TABLE: dict[str, tuple[str, ...]] = {**VISITS, **PLANNING, **REPLANS, **ROADS, **ROTATION}


_SUMS = frozenset(("amount", "outstanding"))


def sentence(code: str, facts: Mapping[str, Any], table: Mapping[str, tuple[str, ...]] = TABLE) -> str:
    """Return the sentence of a code with its facts. An unknown code is shown as it is, never hidden."""
    if code == "no_room" and facts.get("spots") == 0:
        code = "no_room_anywhere"
    spoken = {name: _word(name, value) for name, value in facts.items()}
    for message in table.get(code, ()):
        try:
            return _(message) % spoken
        except KeyError:
            continue  # a fact this sentence needs is not known: take the next, plainer one
    return code


def sentences(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the sentences of stored reasons ({"code", "facts"})."""
    return [sentence(reason["code"], reason["facts"]) for reason in reasons]


def field_sentences(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what a phone may say before the identity step: why today, but nothing of the debt."""
    table = {**TABLE, **FIELD_WORDING}
    return [sentence(one["code"], one["facts"], table) for one in reasons if one["code"] in FIELD_CODES]


def _word(name: str, value: Any) -> Any:
    if name in _SUMS:
        return format_decimal(Decimal(value), "#,##0.00")
    if isinstance(value, int) and name.endswith("_at"):
        return f"{value // 3600 % 24:02d}:{value % 3600 // 60:02d}"  # of whichever day
    if isinstance(value, int) and name.endswith("_seconds"):
        return _duration(value)
    if name == "because" and value in BECAUSE:
        return _(BECAUSE[value])
    if isinstance(value, str) and (name, value) in WORDS:
        return _(WORDS[name, value])
    return value


def _duration(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if minutes < 60:
        return _("%(minutes)s min", minutes=minutes)
    return _("%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60)
