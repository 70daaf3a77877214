"""What an import leaves for people to judge, kept with it and taken away with it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.store.models import Import
from api.usecases.doubt_places import forget_doubts, note_doubts
from api.usecases.merges import forget_merges, note_merges
from api.usecases.rows_to_mend import forget_rows
from api.usecases.stored_grouping import StoredGrouping


def note_findings(session: Session, branch_id: str, import_id: str, found: StoredGrouping) -> None:
    """Keep what the grouping of a branch's rows found: merges to judge, places and villages in doubt."""
    note_merges(session, branch_id, import_id, found)
    note_doubts(session, branch_id, import_id, found)


def forget_findings(session: Session, undone: Import) -> None:
    """Take along what an import had left to judge, now that it was undone."""
    forget_rows(session, undone.id)
    forget_merges(session, undone.id, undone.branches)
    forget_doubts(session, undone.id, undone.branches)
