"""List, create and change those who sign in with a password."""

from __future__ import annotations

import secrets as random
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from api.auth import secrets
from api.auth.actor import Actor, Role
from api.problems import Problem, invalid, not_found
from api.store.models import Branch, User, UserBranch
from api.usecases import audit, rows, sign_in
from api.usecases.context import settings, store
from schemas.users import NewUser

# What ends every sign-in of a user: it was made under other rights, or with a password that may be known.
_ENDS_ACCESS = {"password", "role", "active"}


def list_users(_actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the users."""
    wanted = select(User).options(selectinload(User.branches))
    if query["role"] is not None:
        wanted = wanted.where(User.role == query["role"])
    if query["active"] is not None:
        wanted = wanted.where(User.active == query["active"])
    with store().read() as session:
        found, following = rows.page(session, wanted, User.id, query["limit"], query["cursor"])
        return {"items": [row[0] for row in found], "next": following}


def one_user(_actor: Actor, user_id: str) -> User:
    """Return a user. Raises 404."""
    with store().read() as session:
        user = session.get(User, user_id, options=[selectinload(User.branches)])
        if user is None:
            raise not_found()
        return user


def create_user(actor: Actor, new: dict[str, Any]) -> User:
    """Create a user. Raises 409 if the name is taken, 422 for an unknown branch."""
    with store().write() as session:
        return _create(session, actor.pseudonym, new)


def change_user(actor: Actor, user_id: str, change: dict[str, Any], version: int) -> User:
    """Change a user that still has ``version``. Raises 404, 409 for the last admin, 412, 422."""
    change = dict(change)
    with store().write() as session:
        user = session.get(User, user_id, options=[selectinload(User.branches)], with_for_update=True)
        if user is None:
            raise not_found()
        rows.expect_version(user, version)
        named = sorted(change)
        if "password" in change:
            user.password_hash = secrets.hash_password(change.pop("password"))
        if "branches" in change:
            _set_branches(session, user, change.pop("branches"))
        for name, value in change.items():
            setattr(user, name, value)
        session.flush()
        _keep_an_admin(session)
        if _ENDS_ACCESS & set(named):
            sign_in.end_access(session, user_id=user.id)
        audit.record(session, actor.pseudonym, "user.changed", user.id, fields=named)
        return user


def add_user(username: str, password: str, role: str, branch_codes: list[str], *, exist_ok: bool = False) -> bool:
    """Create a user from the command line; says whether one was created. Raises Problem, ValidationError."""
    with store().write() as session:
        if exist_ok and session.scalar(select(User.id).where(User.username == username)) is not None:
            return False
        known = dict(session.execute(select(Branch.code, Branch.id).where(Branch.code.in_(branch_codes))).all())
        for code in branch_codes:
            if code not in known:
                raise invalid("branches", "unknown-reference", _("There is no branch %(code)s.", code=code))
        new = NewUser().load(
            {"username": username, "password": password, "role": role, "branches": sorted(known.values())}
        )
        _create(session, "command-line", new)
        return True


def set_password(username: str, password: str) -> None:
    """Give a user a new password from the command line, ending every sign-in. Raises Problem 404."""
    with store().write() as session:
        user = session.scalar(select(User).where(User.username == username).with_for_update())
        if user is None:
            raise not_found()
        user.password_hash = secrets.hash_password(password)
        user.version += 1
        sign_in.end_access(session, user_id=user.id)
        audit.record(session, "command-line", "user.changed", user.id, fields=["password"])


def actor_named(username: str) -> Actor:
    """Return a user as the one who asks, for commands. Raises Problem 404."""
    with store().read() as session:
        user = session.scalar(
            select(User).where(User.username == username, User.active).options(selectinload(User.branches))
        )
        if user is None:
            raise not_found()
        return Actor(user.pseudonym, Role(user.role), frozenset(row.branch_id for row in user.branches), user.id)


def language_of(username: str) -> str:
    """Return the language that a user chose, else the lender's."""
    with store().read() as session:
        chosen = session.scalar(select(User.language).where(User.username == username))
        return chosen or settings().language


def _create(session: Session, by: str, new: dict[str, Any]) -> User:
    user = User(
        username=new["username"], password_hash=secrets.hash_password(new["password"]), role=new["role"],
        language=new["language"], pseudonym=new_pseudonym("u"), branches=[],
    )  # fmt: skip
    session.add(user)
    rows.flush(session, "user-exists", _("There is already a user of that name."), "username")
    _set_branches(session, user, new["branches"])
    audit.record(session, by, "user.created", user.id, role=user.role)
    return user


def new_pseudonym(kind: str) -> str:
    """Return a random name that tells nothing of whom it stands for."""
    return f"{kind}-{random.token_hex(8)}"


def _set_branches(session: Session, user: User, branch_ids: list[str]) -> None:
    wanted = set(branch_ids)
    known = set(session.scalars(select(Branch.id).where(Branch.id.in_(wanted))))
    for position, branch_id in enumerate(branch_ids):
        if branch_id not in known:
            raise invalid(f"branches.{position}", "unknown-reference", _("There is no such branch."))
    kept = [row for row in user.branches if row.branch_id in wanted]
    added = sorted(wanted - {row.branch_id for row in kept})
    user.branches = kept + [UserBranch(branch_id=branch_id) for branch_id in added]
    session.flush()


def _keep_an_admin(session: Session) -> None:
    if not session.scalar(select(func.count(User.id)).where(User.role == Role.ADMIN, User.active)):
        raise Problem(409, "last-admin", _("Somebody must remain who can administer users. Make another admin first."))
