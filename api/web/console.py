"""The coordinator's console: signing in with a session cookie, and the shells of its pages.

A shell holds no data of the lender. The page's script fetches everything from the JSON API with the
cookie of the session and its CSRF token, so there is one contract and one place that checks roles.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from api import language, problems
from api.auth.actor import USER_ROLES, Role
from api.auth.guard import SESSION_COOKIE, allow, csrf_token, public, public_form
from api.problems import Problem
from api.usecases import sign_in
from api.usecases.context import settings, today

pages = Blueprint("console", __name__, url_prefix="/console")
TABS = ("today", "ledgers", "work", "map", "plans", "rotation", "people", "setup")
_YEAR = 365 * 24 * 3600


@pages.get("/")
@allow(Role.COORDINATOR)
def show_today() -> AnyResponse:
    """Show what is planned, what went wrong and what needs somebody."""
    return _shell("today")


@pages.get("/<any(ledgers, work, map, plans, rotation, people, setup):page>")
@allow(Role.COORDINATOR)
def show_page(page: str) -> AnyResponse:
    """Show one of the console's pages."""
    return _shell(page)


@pages.get("/login")
@public
def show_login() -> AnyResponse:
    """Show the form for signing in."""
    return _login_page()


@pages.post("/login")
@public_form
def log_in() -> AnyResponse:
    """Sign in: a new session at each login, its secret in a cookie that no script can read."""
    name, password = request.form.get("username", ""), request.form.get("password", "")
    try:
        cookie, _csrf = sign_in.open_session(name, password, request.remote_addr or "")
    except Problem as problem:
        return _login_page(problem)
    _end_old_session()
    response = redirect(local_path(request.form.get("next")), 303)
    response.set_cookie(
        SESSION_COOKIE, cookie, max_age=settings().session_hours * 3600, path="/",
        httponly=True, samesite="Strict", secure=settings().cookie_secure,
    )  # fmt: skip
    return response


@pages.post("/logout")
@allow(*USER_ROLES)
def log_out() -> AnyResponse:
    """End the session here and in the browser."""
    _end_old_session()
    response = Response(status=204)
    response.delete_cookie(
        SESSION_COOKIE, path="/", httponly=True, samesite="Strict", secure=settings().cookie_secure
    )
    return response


@pages.errorhandler(Problem)
def show_problem(problem: Problem) -> AnyResponse:
    """Send who is not signed in to the form; show other problems as a page, or as JSON to a script."""
    if request.method != "GET":
        return problems.respond(problem)
    if problem.status == 401:
        query = urlencode({"next": request.full_path.rstrip("?")})
        return redirect(f"{url_for('console.show_login')}?{query}", 303)
    page = render_template("console/problem.html", problem=problem.body())
    return make_response(page, problem.status, problem.headers)


@pages.after_request
def harden(response: Response) -> Response:
    """Keep pages out of caches, and keep the choice of language.

    The guard's ``no-referrer`` would make browsers send ``Origin: null`` with the sign-in form
    (Fetch, "append a request Origin header"), which is refused as foreign.
    """
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    wish = language.canonical(request.args.get("lang", ""))
    if wish is not None:
        response.set_cookie("lang", wish, max_age=_YEAR, samesite="Lax", secure=settings().cookie_secure)
    return response


def local_path(wish: str | None) -> str:
    """Return where to go after signing in: a path of this console, whatever the request asks for."""
    home = url_for("console.show_today")
    if not wish or not wish.startswith(home) or "\\" in wish or any(ord(letter) < 33 for letter in wish):
        return home
    parts = urlsplit(wish)
    return home if parts.scheme or parts.netloc or ".." in parts.path else wish


def _shell(page: str) -> AnyResponse:
    return make_response(
        render_template(
            f"console/{page}.html",
            page=page, pages=TABS, csrf=csrf_token(), today=today().isoformat(),
            zone=settings().time_zone, tiles=settings().tiles_url, tiles_credit=settings().tiles_credit,
            upload_mb=settings().max_upload_mb,
        )
    )  # fmt: skip


def _login_page(problem: Problem | None = None) -> AnyResponse:
    destination = local_path(request.values.get("next"))
    page = render_template(
        "console/login.html", next=destination, problem=problem.body() if problem else None,
        username=request.form.get("username", "")[:120],
    )  # fmt: skip
    return make_response(page, problem.status if problem else 200, problem.headers if problem else {})


def _end_old_session() -> None:
    old = request.cookies.get(SESSION_COOKIE)
    if old:
        sign_in.close_session(old)
