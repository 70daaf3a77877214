"""What every use case on a single kind of row shares: areas, pages, versions."""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.auth.actor import Actor
from api.problems import Problem, invalid, not_found

Model = TypeVar("Model")


def in_area(row: Any, actor: Actor, branch: str | None = None) -> Any:
    """Return ``row`` if it is in the actor's area. Raises the 404 that absent rows get too."""
    if row is None or not actor.covers(branch or row.branch_id):
        raise not_found()
    return row


def referenced(session: Session, model: type[Model], id_: str, actor: Actor, field: str) -> Model:
    """Return the row another row refers to. Raises 422 naming the field if it is absent or not in the area."""
    row = session.get(model, id_)
    if row is None or not actor.covers(row.id if model.__name__ == "Branch" else row.branch_id):  # type: ignore[attr-defined]
        raise invalid(field, "unknown-reference", _("There is no such row in your area."))
    return row


def page(
    session: Session, query: Select[Any], key: InstrumentedAttribute[str], limit: int, cursor: str | None
) -> tuple[list[Any], str | None]:
    """Return one page of ``query`` in the order of ``key`` (a unique column) and the next cursor."""
    if cursor is not None:
        try:
            after = base64.urlsafe_b64decode(cursor.encode("ascii")).decode()
        except (binascii.Error, UnicodeError) as error:
            raise invalid("cursor", "cursor", _("This cursor is not one of ours; start without it.")) from error
        query = query.where(key > after)
    rows = list(session.execute(query.order_by(key).limit(limit + 1)).unique())
    if len(rows) <= limit:
        return rows, None
    last = getattr(rows[limit - 1][0], key.key)
    return rows[:limit], base64.urlsafe_b64encode(last.encode()).decode()


def expect_version(row: Any, version: int) -> None:
    """Raise 412 unless ``row`` still has the version that the caller saw; raise its version by one."""
    if row.version != version:
        raise stale(row.version)
    row.version += 1


def stale(version: int) -> Problem:
    """Return the answer to a change made on an old version."""
    return Problem(
        412, "stale", _("Somebody else changed this meanwhile. Load it again and repeat your change."),
        headers={"ETag": f'"{version}"'},
    )  # fmt: skip
