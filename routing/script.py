"""One form for text that means the same: simplified, half width, lower case, no blanks.

For comparing only; what people see is always the text as it came.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from routing.rulefile import RulesError, read_rule_file

_FILE = Path(__file__).with_name("data") / "script.toml"
_ASCII_PLAIN = re.compile(r"[a-z0-9]*\Z")
# Blanks of every kind, zero-width marks, byte order marks.
_BLANK = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]+")


def _simplified() -> dict[int, str]:
    table, _version = read_rule_file(_FILE)
    pairs = table.text("pairs").split()
    table.done()
    wrong = [pair for pair in pairs if len(pair) != 2]
    if wrong:
        raise RulesError(_FILE, "pairs", f"{wrong[0]!r} is not a pair of characters")
    return {ord(pair[0]): pair[1] for pair in pairs}


_SIMPLIFIED = _simplified()


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return ``text`` in the form in which texts are compared (see the module's docstring)."""
    if _ASCII_PLAIN.match(text):
        return text
    return _BLANK.sub("", unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED).lower())


def simplify(text: str) -> str:
    """Replace traditional characters by simplified ones, one for one, so that lengths stay."""
    return text.translate(_SIMPLIFIED)
