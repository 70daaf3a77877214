"""Sentences of marshmallow about a field of a request. It speaks English; `api/problems.py` translates these.

Sentences with a number in them ("Must be at least 3.") come filled in and stay English.
"""

from __future__ import annotations

from api.wording.words import n

MARSHMALLOW = (
    n("Missing data for required field."),
    n("Field may not be null."),
    n("Unknown field."),
    n("Invalid input type."),
    n("Not a valid string."),
    n("Not a valid utf-8 string."),
    n("Not a valid number."),
    n("Not a valid integer."),
    n("Not a valid boolean."),
    n("Not a valid UUID."),
    n("Not a valid date."),
    n("Not a valid datetime."),
    n("Not a valid list."),
    n("Not a valid mapping type."),
    n("Special numeric values (nan or infinity) are not permitted."),
    n("Number too large."),
)
