"""The sentences of marshmallow that the catalogues translate are sentences that marshmallow says."""

from __future__ import annotations

import pytest
from marshmallow import Schema, fields

from api.wording.contract import MARSHMALLOW

KINDS = (
    fields.Field, fields.String, fields.Number, fields.Integer, fields.Float, fields.Decimal, fields.Boolean,
    fields.UUID, fields.Date, fields.DateTime, fields.AwareDateTime, fields.List, fields.Dict, fields.Nested,
)  # fmt: skip


def said() -> set[str]:
    """Give what the fields and schemas of marshmallow say, with the names of their kinds filled in."""
    found = set(Schema._default_error_messages.values())
    for kind in KINDS:
        for one in kind.__mro__:
            messages = getattr(one, "default_error_messages", {}).values()
            found |= {message.replace("{obj_type}", getattr(kind, "OBJ_TYPE", "")) for message in messages}
    return found


@pytest.mark.parametrize("sentence", MARSHMALLOW)
def test_marshmallow_says_it(sentence: str) -> None:
    """A sentence that a new marshmallow words differently would silently stay English."""
    assert sentence in said()
