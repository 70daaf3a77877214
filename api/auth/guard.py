"""The one place where roles are enforced: every view says who may call it, or nobody may.

A bearer token (phones, programs) or the console's session cookie says who is asking. A cookie is
sent by browsers unasked, so with it every change needs the session's CSRF token and our own origin.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_babel import gettext as _

from api.auth.actor import Actor, Role
from api.problems import Problem, not_found
from api.usecases import sign_in

View = TypeVar("View", bound=Callable[..., Any])
SESSION_COOKIE = "rounds_session"
CSRF_HEADER = "X-CSRF-Token"
_SAFE = ("GET", "HEAD", "OPTIONS")
_UPLOADS = "multipart/form-data"
_FORM = "application/x-www-form-urlencoded"
MEGABYTE = 1024 * 1024
FRAME = 64 * 1024
"""Bytes that the form about a file may take: the file itself is measured where it is read."""


def public(view: View) -> View:
    """Mark a view that needs no sign-in."""
    view.roles = ()  # type: ignore[attr-defined]
    return view


def public_form(view: View) -> View:
    """Mark a view that needs no sign-in and takes a form that one of our own pages sends (signing in)."""
    view.roles = ()  # type: ignore[attr-defined]
    view.takes = _FORM  # type: ignore[attr-defined]
    return view


def allow(*roles: Role, takes: str = "application/json") -> Callable[[View], View]:
    """Mark a view with the roles that may call it, and with the kind of body it takes."""

    def mark(view: View) -> View:
        view.roles = roles  # type: ignore[attr-defined]
        view.takes = takes  # type: ignore[attr-defined]
        return view

    return mark


def me() -> Actor:
    """Return who is asking; only in views marked with :func:`allow`."""
    return g.actor


def csrf_token() -> str:
    """Return the CSRF token of the console session that asks, for the page to send with its changes."""
    return str(g.get("csrf", ""))


def init_app(app: Flask) -> None:
    """Check every request before its view runs."""

    @app.before_request
    def check() -> None:
        if request.endpoint is None or request.method == "OPTIONS":
            return
        view = app.view_functions[request.endpoint]
        if request.endpoint == "static":
            return
        _check_address()
        roles = getattr(view, "roles", None)
        if roles is None:
            raise Problem(403, "no-rule", _("This address has no access rule, so nobody may use it."))
        _check_body(getattr(view, "takes", "application/json"))
        if roles:
            g.actor = _who()
            if g.actor.role not in roles:
                raise Problem(403, "role", _("Your role does not allow this."))

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Content-Security-Policy", _csp())
        if request.path.startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")
        return response


def _csp() -> str:
    tiles = urlsplit(current_app.config["SETTINGS"].tiles_url.replace("{s}", "*"))
    images = f" {tiles.scheme}://{tiles.netloc}" if tiles.netloc else ""
    return (
        f"default-src 'self'; img-src 'self' data:{images}; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def _check_address() -> None:
    """Refuse what no database text can hold, before it gets to one."""
    if any("\0" in str(value) for value in (request.view_args or {}).values()):
        raise not_found()
    if any("\0" in text for pair in request.args.items(multi=True) for text in pair):
        raise Problem(400, "nul", _("The address holds a NUL character; text cannot."))


def _check_body(takes: str) -> None:
    if request.method in _SAFE:
        return
    if takes == _FORM:
        refuse_foreign_origin()
    if request.headers.get("Transfer-Encoding") and request.content_length:
        raise Problem(400, "two-lengths", _("The request says its length in two ways."))
    limit = current_app.config["SETTINGS"]
    if takes == _UPLOADS and (request.content_length or 0) > limit.max_upload_mb * MEGABYTE + FRAME:
        sentence = _("The file is larger than %(most)s MB. Split it, or ask for a higher limit.")
        raise Problem(413, "too-large", sentence % {"most": limit.max_upload_mb})
    if takes != _UPLOADS and (request.content_length or 0) > limit.max_json_kb * 1024:
        raise Problem(413, "too-large", _("The body is larger than this address accepts."))
    if takes != _UPLOADS:
        request.max_content_length = limit.max_json_kb * 1024
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    if has_body and request.mimetype != takes:
        raise Problem(415, "media-type", _("Send %(kind)s here.", kind=takes))


def _who() -> Actor:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        actor = sign_in.actor_of_token(token.strip())
        if actor is None:
            raise Problem(
                401, "token", _("Your access has ended. Please sign in again."),
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            )  # fmt: skip
        return actor
    cookie = request.cookies.get(SESSION_COOKIE)
    found = sign_in.actor_of_session(cookie) if cookie else None
    if found is None:
        raise Problem(401, "sign-in", _("Please sign in."), headers={"WWW-Authenticate": "Bearer"})
    actor, csrf = found
    g.csrf = csrf
    if request.method not in _SAFE:
        refuse_foreign_origin()
        if not hmac.compare_digest(request.headers.get(CSRF_HEADER, ""), csrf):
            raise Problem(403, "csrf", _("The page is out of date. Please load it again."))
    return actor


def refuse_foreign_origin() -> None:
    """Refuse a change that a browser sends from another site (OWASP: Fetch Metadata, Origin)."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "origin", _("A change must come from this site's own pages."))
