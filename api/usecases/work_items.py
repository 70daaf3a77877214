"""One list of all that waits for a person to judge, kind by kind, and the one way to settle it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from api.auth.actor import Actor
from api.problems import invalid, not_found
from api.store.columns import Json
from api.usecases import rows
from api.usecases.context import store
from api.usecases.work_kind import Conditions, WorkKind
from api.usecases.work_merges import MERGES
from api.usecases.work_places import MISSING_PLACE, PLACE_DOUBT
from api.usecases.work_rows import MISSING_LOAN, ROWS
from schemas.work_items import KINDS

_KINDS: dict[str, WorkKind] = {
    "missing_place": MISSING_PLACE, "place_doubt": PLACE_DOUBT, "missing_loan": MISSING_LOAN, **MERGES, **ROWS,
}  # fmt: skip


def list_items(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of what waits in the actor's area, in the order of the kinds and of their making.

    A cursor is the kind that goes on and the cursor in it. Raises 422 for one that is none.
    """
    wanted = [query["kind"]] if query["kind"] else list(KINDS)
    inner = None
    if query["cursor"] is not None:
        kind, _dot, inner = query["cursor"].partition(".")
        if kind not in wanted:
            raise invalid("cursor", "cursor", _("This cursor is not one of ours; start without it."))
        wanted, inner = wanted[wanted.index(kind) :], inner or None
    items: list[Json] = []
    with store().read() as session:
        for position, name in enumerate(wanted):
            kind_of = _KINDS[name]
            conditions = _conditions(kind_of, actor, query)
            if conditions is None:
                continue
            left = query["limit"] - len(items)
            rows_of = select(kind_of.model).where(*conditions)
            found, following = rows.page(session, rows_of, kind_of.model.id, left, inner)
            inner = None
            items += kind_of.describe(session, [row[0] for row in found])
            if following is not None:
                return {"items": items, "next": f"{name}.{following}"}
            if len(items) == query["limit"]:
                after = wanted[position + 1 :]
                return {"items": items, "next": f"{after[0]}." if after else None}
    return {"items": items, "next": None}


def count_items(actor: Actor, branch: str | None = None) -> dict[str, int]:
    """Return how many items wait in the actor's area, by kind."""
    with store().read() as session:
        return {
            name: session.scalar(
                select(func.count())
                .select_from(_KINDS[name].model)
                .where(*(_conditions(_KINDS[name], actor, {"branch": branch, "settled": False}) or []))
            )
            or 0
            for name in KINDS
        }


def settle(actor: Actor, kind: str, id_: str, choice: str, note: str, version: int) -> Json:
    """Settle an item with one of its choices, or reopen it. Raises 404, 409, 412, 422."""
    if kind not in _KINDS:
        raise not_found()
    return _KINDS[kind].settle(actor, id_, choice, note, version)


def _conditions(kind: WorkKind, actor: Actor, query: dict[str, Any]) -> Conditions | None:
    """What rows must fulfil; None where nothing of the kind can be in the list."""
    which = kind.settled if query["settled"] else kind.wait
    if which is None:
        return None
    return [*which(actor), *([kind.branch == query["branch"]] if query["branch"] else [])]
