"""DBOS keeps pickles by default: whoever writes its tables would run code here. JSON runs nothing."""

from __future__ import annotations

import json
from typing import Any

from dbos._serialization import Serializer


class WorkFailed(RuntimeError):
    """What is left of an exception once it has been through the job store."""


class JsonSerializer(Serializer):
    """Keeps arguments, results and errors of jobs as JSON."""

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=_plain, ensure_ascii=False)

    def deserialize(cls, serialized_data: str) -> Any:
        return json.loads(serialized_data, object_hook=_revive)

    def name(self) -> str:
        return "rounds_json"


def _plain(value: Any) -> Any:
    if isinstance(value, BaseException):
        # The message may hold personal data; the type tells enough and the log has the trace.
        return {"__error__": type(value).__name__}
    raise TypeError(f"{type(value).__name__} does not go into a job")


def _revive(found: dict[str, Any]) -> Any:
    return WorkFailed(found["__error__"]) if "__error__" in found else found
