"""Names of files that people send: for readers only, never a path."""

from __future__ import annotations

from flask_babel import gettext as _


def safe_name(filename: str) -> str:
    """Keep a file's name for the reader, without paths and control or direction characters."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in name if letter.isprintable())[:120] or _("unnamed")
