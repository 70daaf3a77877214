"""What every use case on a single kind of row shares: areas, pages, versions."""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.auth.actor import Actor, Role
from api.problems import Problem, invalid, not_found

Model = TypeVar("Model")


def branches_of(query: Select[Any], column: InstrumentedAttribute[str], actor: Actor) -> Select[Any]:
    """Narrow a query to the actor's branches. An admin keeps users and phones of all branches."""
    return query if actor.role is Role.ADMIN else query.where(column.in_(actor.branches))


def in_area(row: Any, actor: Actor, branch: str | None = None) -> Any:
    """Return ``row`` if it is in the actor's area. Raises the 404 that absent rows get too."""
    if row is None or not actor.covers(branch or row.branch_id):
        raise not_found()
    return row


def referenced(session: Session, model: type[Model], id_: str, actor: Actor, field: str) -> Model:
    """Return the row another row refers to. Raises 422 naming the field if it is absent or not in the area."""
    row = session.get(model, id_)
    if row is None or not actor.covers(row.id if model.__name__ == "Branch" else row.branch_id):  # type: ignore[attr-defined]
        raise unknown_reference(field)
    return row


def unknown_reference(field: str) -> Problem:
    """Return the answer to a field that refers to a row that is absent, or not in the area."""
    return invalid(field, "unknown-reference", _("There is no such row in your area."))


def page(
    session: Session,
    query: Any,
    key: InstrumentedAttribute[str],
    limit: int,
    cursor: str | None,
    *,
    newest: bool = False,
) -> tuple[list[Any], str | None]:
    """Return one page of ``query`` in the order of ``key`` (a unique column) and the next cursor.

    Ids are in the order of their making (:mod:`api.store.ids`): by them, ``newest`` first turns the order round.
    """
    if cursor is not None:
        after = cursor_value(cursor)
        query = query.where(key < after if newest else key > after)
    rows = list(session.execute(query.order_by(key.desc() if newest else key).limit(limit + 1)).unique())
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor_after(getattr(rows[limit - 1][0], key.key))


def cursor_value(cursor: str) -> str:
    """Return what :func:`cursor_after` was given. Raises 422 for what is no cursor."""
    try:
        after = base64.b64decode(cursor.encode("ascii"), b"-_", validate=True).decode()
        if "\0" in after:
            raise binascii.Error("no text of ours")
    except (binascii.Error, UnicodeError) as error:
        raise no_cursor() from error
    return after


def no_cursor() -> Problem:
    """Return the answer to a cursor that no page gave."""
    return invalid("cursor", "cursor", _("This cursor is not one of ours; start without it."))


def cursor_after(key: str) -> str:
    """Return the cursor of the page that begins after the row with this key."""
    return base64.urlsafe_b64encode(key.encode()).decode()


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


def check_place(lat: float | None, lon: float | None) -> None:
    """Raise 422 for half a place, and for 0/0, which is what broken devices send."""
    if (lat is None) != (lon is None):
        raise invalid("lat" if lat is None else "lon", "half-place", _("A place needs both lat and lon."))
    if lat == 0 and lon == 0:
        raise invalid("lat", "null-island", _("0/0 lies in the sea. Leave the place out if it is not known."))


def flush(session: Session, code: str, detail: str, field: str) -> None:
    """Send the changes to the database; a value that must be unique and is not becomes a 409 naming the field."""
    try:
        session.flush()
    except IntegrityError as error:
        raise invalid(field, code, detail, 409) from error
