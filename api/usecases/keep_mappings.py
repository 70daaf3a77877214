"""Remember how a person corrected the columns of a source, so that its next file is read right at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import invalid
from api.store.models import LedgerMapping

_MOST = 200


def told_mapping(text: str | None) -> dict[str, str] | None:
    """Return the mapping (header → field, "" = not read) that came with an upload. Raises 422 if it is none."""
    if text is None or not text.strip():
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_mapping() from error
    pairs = found.items() if isinstance(found, dict) and len(found) <= _MOST else [(None, None)]
    if not all(isinstance(part, str) and len(part) <= _MOST and "\0" not in part for pair in pairs for part in pair):
        raise _no_mapping()
    return dict(found)


def _no_mapping():  # type: ignore[no-untyped-def]
    return invalid(
        "mapping", "mapping", _("Send the mapping as a JSON object from the headers of the file to names of fields.")
    )


def remembered_mappings(session: Session, actor: Actor, branch: str | None) -> dict[str, dict[str, str]]:
    """Return the mappings by source that apply to an upload: those of the branch, else of the actor's branches."""
    within = [branch] if branch in actor.branches else actor.branches
    query = select(LedgerMapping).where(LedgerMapping.branch_id.in_(within))
    return {row.source: row.mapping for row in session.scalars(query.order_by(LedgerMapping.changed_at))}


def remember(session: Session, actor: Actor, branches: Iterable[str], source: str, mapping: Mapping[str, str]) -> None:
    """Keep the mapping for the next file of this source; an empty one is forgotten."""
    for branch in branches:
        row = session.get(LedgerMapping, (branch, source))
        if not mapping:
            if row is not None:
                session.delete(row)
        elif row is None:
            new = LedgerMapping(branch_id=branch, source=source, mapping=dict(mapping), by=actor.pseudonym)
            session.add(new)
        else:
            row.mapping, row.by = dict(mapping), actor.pseudonym
