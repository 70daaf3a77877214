"""The phone page `/field/`: a shell without data. What it shows comes from /api/v1/field/… with the phone's token."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, url_for
from flask_babel import gettext as _

from api import language
from api.auth.guard import public
from api.settings import Settings
from api.web.field_texts import texts

pages = Blueprint("field_page", __name__, url_prefix="/field")
# Named in the shell, so that a slow network fetches them side by side and not one import after the other.
_MODULES = tuple(
    f"{folder}/{file.name}"
    for folder in ("shared", "field")
    for file in sorted((Path(__file__).parent / "static" / folder).glob("*.js"))
)


@pages.get("/")
@public
def page() -> Response:
    """The shell of the phone page, in the reader's language."""
    settings: Settings = current_app.config["SETTINGS"]
    facts = {
        "language": language.current(),
        "languages": language.LANGUAGES,
        "timeZone": settings.time_zone,
        "tiles": {"url": settings.tiles_url, "credit": settings.tiles_credit},
        "leaflet": url_for("vendor.leaflet", name=""),
    }
    shell = render_template("field/page.html", texts=texts(), facts=facts, modules=_MODULES)
    return _in_language(make_response(shell))


@pages.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """The web manifest: makes the page installable on the home screen."""
    icon = {"src": url_for("static", filename="field/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    response = jsonify(
        name=_("Rounds"), short_name=_("Rounds"), lang=language.current(), start_url=url_for(".page"),
        scope=url_for(".page"), display="standalone", background_color="#ffffff", theme_color="#0b3d75",
        icons=[icon],
    )  # fmt: skip
    response.mimetype = "application/manifest+json"
    return _in_language(response)


def _in_language(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Language"] = language.current()
    response.vary.update(("Accept-Language", "Cookie"))
    return response
