"""What every kind of work item has: which rows wait, how they are told, how they are settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.auth.actor import Actor
from api.problems import Problem, invalid, not_found
from api.store.columns import Json
from api.usecases import rows
from api.usecases.import_ledger import lock_branches
from api.wording.work import choice_label

Conditions = list[ColumnElement[bool]]
REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class WorkKind:
    """One kind of work: rows of ``model``, those that ``wait`` and those that were ``settled`` in the actor's area.

    ``settle`` opens a transaction of its own and returns the item as it is then.
    """

    model: Any
    branch: InstrumentedAttribute[Any]
    wait: Callable[[Actor], Conditions]
    settled: Callable[[Actor], Conditions] | None
    describe: Callable[[Session, Sequence[Any]], list[Json]]
    settle: Callable[[Actor, str, str, str, int], Json]


def item(
    kind: str, row: Any, code: str, reasons: Iterable[str], subjects: Sequence[Json], choices: Iterable[str],
    settled: str | None = None, names: Mapping[str, str] | None = None,
) -> Json:  # fmt: skip
    """Return a work item as the API gives it; ``names`` are those that choices leave."""
    return {
        "kind": kind, "id": row.id, "version": row.version, "branch": row.branch_id, "code": code,
        "reasons": list(reasons), "subjects": list(subjects), "settled": settled,
        "settled_at": getattr(row, "settled_at", None),
        "choices": [
            {"choice": one, "label": choice_label(one, (names or {}).get(one, ""))}
            for one in ((REOPEN,) if settled else choices)
        ],
    }  # fmt: skip


def taken(session: Session, actor: Actor, model: Any, id_: str, version: int) -> Any:
    """Return a row that is about to be settled, nobody else meanwhile. Raises 404, 412."""
    row = rows.in_area(session.get(model, id_), actor)
    lock_branches(session, [row.branch_id])
    row = session.get(model, id_, with_for_update=True, populate_existing=True)
    if row is None:
        raise not_found()
    rows.expect_version(row, version)
    return row


def expect_choice(choice: str, offered: Iterable[str], settled: bool) -> None:
    """Raise 422 for a choice that does not settle the item, 409 where it is settled or there is nothing to reopen."""
    if choice == REOPEN:
        if not settled:
            raise Problem(409, "work-open", _("Nothing was decided here, so there is nothing to take back."))
    elif choice not in offered:
        raise invalid("choice", "work-choice", _("This choice does not settle it."))
    elif settled:
        raise Problem(409, "work-settled", _("This was settled before. Take that back first."))
