"""The one shape of every error (RFC 9457, application/problem+json)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import INCLUDE, Schema, fields


class FieldErrorSchema(Schema):
    """One field at fault, by its path in the request."""

    field = fields.String(metadata={"description": "Path of the field, e.g. outcomes.3.kind"})
    message = fields.String()


class ProblemSchema(Schema):
    """What went wrong, in words for the user and with a stable type for programs. Some types add facts of their own."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata={"description": "Stable; ends in the problem's code"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(metadata={"description": "A sentence in the caller's language"})
    errors = fields.List(fields.Nested(FieldErrorSchema))


def by_path(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each message of a ``ValidationError`` with the path of the field at fault, e.g. ``visits.3.value``."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from by_path(inner, path if key == "_schema" else f"{path}.{key}".lstrip("."))
    elif isinstance(messages, list):
        # A field's own messages first, then those of what is in it.
        yield from ((path, str(message)) for message in messages if not isinstance(message, dict | list))
        for inner in messages:
            if isinstance(inner, dict | list):
                yield from by_path(inner, path)
    else:
        yield path, str(messages)
