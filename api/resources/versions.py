"""The version of a row in ETag and If-Match (RFC 9110): nobody overwrites what they have not seen."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from api.problems import Problem


def expected_version(required: bool = True) -> int | None:
    """Return the version in If-Match. Raises 428 if it must be there and is not, 412 if it is no version of ours."""
    given = request.headers.get("If-Match")
    if given is None:
        if required:
            raise Problem(428, "if-match", _("Send the version you saw (the ETag) as If-Match."))
        return None
    text = given.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Problem(412, "stale", _("Somebody else changed this meanwhile. Load it again and repeat your change."))
    return int(text)


def required_version() -> int:
    """Return the version in If-Match. Raises 428 if there is none, 412 if it is no version of ours."""
    version = expected_version(required=True)
    assert version is not None
    return version


def tagged(row: Any) -> tuple[Any, int, dict[str, str]]:
    """Answer 200 with a row and its version as ETag."""
    return row, 200, {"ETag": f'"{row.version}"'}


def created(row: Any, location: str) -> tuple[Any, int, dict[str, str]]:
    """Answer 201 with a new row, its version and where it is found."""
    return row, 201, {"ETag": f'"{row.version}"', "Location": location}
