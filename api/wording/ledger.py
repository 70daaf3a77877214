"""What is wrong with a ledger or one of its rows, and what to do about it (codes of schemas.ledger)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from api.wording.words import n

# code → (what is wrong, what to do)
ROWS: dict[str, tuple[str, str]] = {
    "branch_unknown": (
        n("Branch “%(value)s” is not one of yours."),
        n("Check the branch code, or ask the office of that branch to import the row."),
    ),
    "branch_missing": (
        n("The row does not say which branch it belongs to."),
        n("Fill the branch column, or choose the branch when importing."),
    ),
}
FILES: dict[str, str] = {}


def row_sentences(code: str, facts: Mapping[str, Any], field: str | None) -> tuple[str, str]:
    """Return what is wrong and what to do. An unknown code is shown as it is, never hidden."""
    reason, remedy = ROWS.get(code, (code, n("Correct the row in the ledger and import it again.")))
    spoken = _Facts(facts)
    return _(reason) % spoken, _(remedy) % spoken


def file_sentence(code: str, facts: Mapping[str, Any]) -> str:
    """Return why a whole file cannot be read, and the remedy."""
    return _(FILES[code]) % _Facts(facts) if code in FILES else code


class _Facts(dict[str, Any]):
    """Facts of a sentence: lists become text, what is not known becomes a dash."""

    def __missing__(self, name: str) -> str:
        return "–"

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        return ", ".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else value
