"""List, create and change branches."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor, Role
from api.problems import not_found
from api.store.models import Branch
from api.usecases import audit, rows
from api.usecases.context import store


def list_branches(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the actor's branches; an admin sees all."""
    wanted = rows.branches_of(select(Branch), Branch.id, actor)
    with store().read() as session:
        found, following = rows.page(session, wanted, Branch.id, query["limit"], query["cursor"])
        return {"items": [row[0] for row in found], "next": following}


def one_branch(actor: Actor, branch_id: str) -> Branch:
    """Return a branch of the actor's. Raises 404."""
    with store().read() as session:
        branch = session.get(Branch, branch_id)
        if branch is None or not (actor.role is Role.ADMIN or actor.covers(branch.id)):
            raise not_found()
        return branch


def create_branch(actor: Actor, new: dict[str, Any]) -> Branch:
    """Create a branch. Raises 409 if its code is taken."""
    with store().write() as session:
        return add_branch(session, actor, new)


def add_branch(session: Session, actor: Actor, new: dict[str, Any]) -> Branch:
    """As :func:`create_branch`, inside the caller's transaction."""
    rows.check_place(new["lat"], new["lon"])
    branch = Branch(**new)
    session.add(branch)
    rows.flush(session, "branch-exists", _("There is already a branch with that code."), "code")
    audit.record(session, actor.pseudonym, "branch.created", branch.id)
    return branch


def change_branch(actor: Actor, branch_id: str, change: dict[str, Any], version: int) -> Branch:
    """Change a branch that still has ``version``. Raises 404, 412, 422."""
    with store().write() as session:
        return alter_branch(session, actor, branch_id, change, version)


def alter_branch(session: Session, actor: Actor, branch_id: str, change: dict[str, Any], version: int) -> Branch:
    """As :func:`change_branch`, inside the caller's transaction."""
    branch = session.get(Branch, branch_id, with_for_update=True)
    if branch is None:
        raise not_found()
    rows.expect_version(branch, version)
    for name, value in change.items():
        setattr(branch, name, value)
    rows.check_place(branch.lat, branch.lon)
    audit.record(session, actor.pseudonym, "branch.changed", branch.id, fields=sorted(change))
    return branch
