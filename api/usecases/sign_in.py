"""Sign in, refresh, enrol a phone, and say who a token or session belongs to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, false, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.auth import secrets
from api.auth.actor import Actor, Role
from api.problems import Problem
from api.store.columns import now
from api.store.ids import new_id
from api.store.models import Attempts, ConsoleSession, Device, Enrolment, Person, Token, User, UserBranch
from api.usecases import audit
from api.usecases.context import settings, store

# A phone whose answer got lost asks again with the token it still has: no theft, a bad network.
REFRESH_GRACE = timedelta(seconds=60)
_KEPT_MINUTES = 5
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Tokens:
    """A fresh pair of tokens; ``expires_in`` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "Bearer"


def with_password(username: str, password: str, address: str) -> Tokens:
    """Sign a user in. Raises Problem 401 (one answer for every cause) or 429."""
    user_id = _user_of(username, password, address)
    with store().write() as session:
        return _issue(session, new_id(), user_id=user_id)


def open_session(username: str, password: str, address: str) -> tuple[str, str]:
    """Sign a user in at the console; returns the cookie's secret and the CSRF token."""
    user_id = _user_of(username, password, address)
    cookie, csrf = secrets.new_token(), secrets.new_token()
    with store().write() as session:
        ends = now() + timedelta(hours=settings().session_hours)
        session.add(ConsoleSession(digest=secrets.digest(cookie), user_id=user_id, csrf=csrf, expires_at=ends))
    return cookie, csrf


def close_session(cookie: str) -> None:
    """End a console session."""
    with store().write() as session:
        session.execute(delete(ConsoleSession).where(ConsoleSession.digest == secrets.digest(cookie)))


def enrol_device(code: str, address: str) -> Tokens:
    """Enrol a phone with a one-time code. Raises Problem 401 (unknown, used or too old) or 429."""
    _refuse_guessing(address)
    with store().write() as session:
        enrolment = session.scalar(select(Enrolment).where(Enrolment.code_hash == secrets.code_digest(code)))
        if enrolment is not None and _use_up(session, enrolment):
            device = Device(person_id=enrolment.person_id)
            session.add(device)
            session.flush()
            person = session.get_one(Person, enrolment.person_id)
            audit.record(session, person.pseudonym, "device.enrolled", device.id)
            return _issue(session, new_id(), device_id=device.id)
    _count_failure(address)
    raise Problem(401, "code", _("This code is unknown, already used or too old. Ask your coordinator for a new one."))


def _use_up(session: Session, enrolment: Enrolment) -> bool:
    """Use a code if it still may be; of ten at once one wins, because the condition stands in the UPDATE."""
    used = session.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment.id, Enrolment.used_at.is_(None), Enrolment.expires_at > now())
        .where(select(Person.id).where(Person.id == Enrolment.person_id, Person.active).exists())
        .values(used_at=now())
        .returning(Enrolment.id)
        .execution_options(synchronize_session=False)
    )
    return used.first() is not None


def refresh(token: str) -> Tokens:
    """Change a refresh token for a fresh pair.

    A used one seen again ends its whole family (OAuth 2.0 Security BCP, RFC 9700, 4.14), unless nobody has used
    what it was changed for: then the answer was lost on the way, and in the hills the retry comes hours later.
    """
    with store().write() as session:
        found = session.get(Token, secrets.digest(token), with_for_update=True)
        if found is not None and found.kind == "refresh" and found.revoked_at is None and found.expires_at > now():
            if not _still_works_here(session, found):
                revoke_family(session, found.family)
            elif found.rotated_at is None or now() - found.rotated_at < REFRESH_GRACE or _answer_lost(session, found):
                found.rotated_at = found.rotated_at or now()
                return _issue(
                    session, found.family, user_id=found.user_id, device_id=found.device_id, parent=found.digest
                )
            else:
                revoke_family(session, found.family)
                audit.record(session, "system", "tokens.replayed", found.device_id or found.user_id)
    raise Problem(401, "refresh", _("Your access has ended. Please sign in again."))


def _answer_lost(session: Session, token: Token) -> bool:
    """Say whether nothing that was issued for ``token`` has ever been used."""
    used = or_(Token.used_at.is_not(None), Token.rotated_at.is_not(None))
    return session.scalar(select(Token.digest).where(Token.parent == token.digest, used).limit(1)) is None


def _still_works_here(session: Session, token: Token) -> bool:
    """Say whether the phone, its person or the user of a token is still in service."""
    if token.device_id is not None:
        device = session.get_one(Device, token.device_id)
        return device.revoked_at is None and session.get_one(Person, device.person_id).active
    return token.user_id is not None and session.get_one(User, token.user_id).active


def revoke(token: str) -> None:
    """End the family that a token belongs to (sign out)."""
    with store().write() as session:
        found = session.get(Token, secrets.digest(token))
        if found is not None:
            revoke_family(session, found.family)


def end_access(session: Session, *, user_id: str | None = None, device_ids: Sequence[str] = ()) -> None:
    """End every token and console session of a user, or every token of some phones, at once."""
    whose = or_(Token.user_id == user_id if user_id else false(), Token.device_id.in_(device_ids))
    session.execute(update(Token).where(whose, Token.revoked_at.is_(None)).values(revoked_at=now()))
    if user_id is not None:
        session.execute(delete(ConsoleSession).where(ConsoleSession.user_id == user_id))


def revoke_family(session: Session, family: str) -> None:
    """End every token of one sign-in."""
    session.execute(update(Token).where(Token.family == family, Token.revoked_at.is_(None)).values(revoked_at=now()))


# Made once: building this statement took longer than running it.
_BY_ACCESS_TOKEN = (
    select(
        Token.user_id,
        Token.device_id,
        User.pseudonym.label("user_pseudonym"),
        User.role,
        Person.pseudonym.label("person_pseudonym"),
        Person.id.label("person_id"),
        Person.branch_id,
        (Token.parent.is_not(None) & Token.used_at.is_(None)).label("first_use"),
    )
    .outerjoin(User, (User.id == Token.user_id) & User.active)
    .outerjoin(Device, (Device.id == Token.device_id) & Device.revoked_at.is_(None))
    .outerjoin(Person, (Person.id == Device.person_id) & Person.active)
    .where(
        Token.digest == bindparam("digest"),
        Token.kind == "access",
        Token.revoked_at.is_(None),
        Token.expires_at > bindparam("moment"),
    )
)


def actor_of_token(token: str) -> Actor | None:
    """Return who an access token belongs to, None if it is unknown or has ended."""
    row = store().fetch_one(_BY_ACCESS_TOKEN, {"digest": secrets.digest(token), "moment": now()})
    if row is None:
        return None
    actor: Actor | None = None
    if row.person_id is not None:
        area = frozenset([row.branch_id])
        actor = Actor(row.person_pseudonym, Role.COLLECTOR, area, None, row.person_id, row.device_id)
    elif row.user_pseudonym is not None:
        with store().read() as session:
            actor = _user_actor(session, row.user_id, row.user_pseudonym, row.role)
    if row.first_use and actor is not None:
        _note_use(token)
    return actor


def _note_use(token: str) -> None:
    """Note that the answer to a refresh has arrived; once in a token's life."""
    with store().write() as session:
        session.execute(update(Token).where(Token.digest == secrets.digest(token)).values(used_at=now()))


def actor_of_session(cookie: str) -> tuple[Actor, str] | None:
    """Return who a console cookie belongs to, and the session's CSRF token."""
    query = (
        select(User.id, User.pseudonym, User.role, ConsoleSession.csrf)
        .join(User, User.id == ConsoleSession.user_id)
        .where(ConsoleSession.digest == secrets.digest(cookie), ConsoleSession.expires_at > now(), User.active)
    )
    with store().read() as session:
        row = session.execute(query).one_or_none()
        return None if row is None else (_user_actor(session, row[0], row[1], row[2]), row[3])


def _user_actor(session: Session, user_id: str, pseudonym: str, role: str) -> Actor:
    branches = session.scalars(select(UserBranch.branch_id).where(UserBranch.user_id == user_id))
    return Actor(pseudonym, Role(role), frozenset(branches), user_id)


def _user_of(username: str, password: str, address: str) -> str:
    # By name as well: a guesser may have many addresses. The name is hashed, for people type passwords there.
    name = "name:" + secrets.digest(username)
    _refuse_guessing(address, name)
    with store().read() as session:
        user = session.scalar(select(User).where(User.username == username, User.active))
    if secrets.password_fits(user.password_hash if user else None, password) and user is not None:
        return user.id
    _count_failure(address, name)
    raise Problem(401, "password", _("User name or password is wrong."))


def _issue(
    session: Session,
    family: str,
    *,
    user_id: str | None = None,
    device_id: str | None = None,
    parent: str | None = None,
) -> Tokens:
    access, again, moment = secrets.new_token(), secrets.new_token(), now()
    mine = Token.device_id == device_id if device_id is not None else Token.user_id == user_id
    session.execute(delete(Token).where(mine, Token.expires_at < moment))
    if device_id is not None:
        session.execute(update(Device).where(Device.id == device_id).values(last_seen_at=moment))
    lives: dict[str, tuple[str, datetime]] = {
        "access": (access, moment + timedelta(minutes=settings().access_minutes)),
        "refresh": (again, moment + timedelta(days=settings().refresh_days)),
    }
    for kind, (token, ends) in lives.items():
        session.add(
            Token(
                digest=secrets.digest(token), kind=kind, family=family, parent=parent, expires_at=ends,
                user_id=user_id, device_id=device_id,
            )
        )  # fmt: skip
    return Tokens(access, again, settings().access_minutes * 60)


def _refuse_guessing(*subjects: str) -> None:
    minute = int(time.time()) // 60
    with store().read() as session:
        tries = session.scalar(
            select(func.max(Attempts.count)).where(Attempts.subject.in_(subjects), Attempts.window == minute)
        )
    if (tries or 0) >= settings().guesses_per_minute:
        raise Problem(
            429, "guessing", _("Too many failed tries. Wait a minute."),
            headers={"Retry-After": str(60 - int(time.time()) % 60)},
        )  # fmt: skip


def _count_failure(*subjects: str) -> None:
    minute = int(time.time()) // 60
    with store().write() as session:
        insert: Any = _INSERTS[session.get_bind().dialect.name]
        session.execute(delete(Attempts).where(Attempts.window < minute - _KEPT_MINUTES))
        for subject in sorted(subjects):
            # Counted by the database: two failures at once are two, also where both are the first.
            session.execute(
                insert(Attempts)
                .values(subject=subject, window=minute, count=1)
                .on_conflict_do_update(index_elements=["subject", "window"], set_={"count": Attempts.count + 1})
            )
