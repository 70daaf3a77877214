"""JSON as RFC 8259 means it: what parsers disagree about is refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def parse(data: bytes) -> Any:
    """Return what ``data`` says. Raises ``ValueError`` for what is not JSON in UTF-8, duplicate keys, NaN, lone
    surrogates, numbers beyond every float, and nesting that no reader bears.
    """
    try:
        found = json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is beyond every number")
    return number
