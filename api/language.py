"""Which language a reader gets.

Babel and Werkzeug map neither zh-CN to zh-Hans nor zh-TW to zh-Hant, so the table stands here.
"""

from __future__ import annotations

from flask import current_app, g, has_request_context, request
from flask_babel import Babel, force_locale

LANGUAGES = {"en": "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
_LOCALES = {"en": "en", "zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def canonical(tag: str) -> str | None:
    """Return the language of ours that a tag such as zh-CN or en-GB asks for, or None."""
    tag = tag.lower().replace("_", "-")
    if tag.startswith(_TRADITIONAL):
        return "zh-Hant"
    if tag == "zh" or tag.startswith("zh-"):
        return "zh-Hans"
    if tag == "en" or tag.startswith("en-"):
        return "en"
    return None


def current() -> str:
    """Return the language of this request: ?lang, the page's cookie, Accept-Language, the setting."""
    if not has_request_context():
        return str(current_app.config["SETTINGS"].language)
    if "language" not in g:
        g.language = _choose()
    return str(g.language)


def _choose() -> str:
    wishes = [request.args.get("lang", ""), request.cookies.get("lang", "")]
    wishes += [tag for tag, _ in request.accept_languages]
    chosen = (canonical(wish) for wish in wishes if wish)
    return next((tag for tag in chosen if tag), str(current_app.config["SETTINGS"].language))


def speaking(language: str):  # type: ignore[no-untyped-def]
    """Make the messages inside a ``with`` come out in ``language``."""
    return force_locale(_LOCALES[language])


def init_app(app) -> None:  # type: ignore[no-untyped-def]
    """Install Flask-Babel with our catalogues and choice of language."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "web/translations"
    Babel(app, locale_selector=lambda: _LOCALES[current()])
    app.jinja_env.globals.update(LANGUAGES=LANGUAGES, current_language=current)
