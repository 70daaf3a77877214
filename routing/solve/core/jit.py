"""How functions of the search are compiled, and where what is compiled lies."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import config, njit

_F = TypeVar("_F", bound=Callable[..., Any])
_FOLDER = Path(__file__).parent


def digest_of(folder: Path) -> str:
    """What changes with any Python file of a folder."""
    found = hashlib.sha256()
    for file in sorted(folder.glob("*.py")):
        found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _keep_apart() -> None:
    """Let what is compiled lie in a folder of its own for each state of the code.

    Numba looks at nothing but a function's own file: it would go on with what was compiled into it from another file
    before that one changed (numba, "Notes on Caching"). So a new version would search by the rules of the old one.
    """
    said = vars(config)["CACHE_DIR"]
    beside = _FOLDER / "__pycache__"
    writable = os.access(beside if beside.exists() else _FOLDER, os.W_OK)
    user = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "numba"
    vars(config)["CACHE_DIR"] = str((Path(said) if said else beside if writable else user) / digest_of(_FOLDER))


_keep_apart()


def counted(function: _F) -> _F:
    """Compile as numba does by itself."""
    options: dict[str, Any] = {"cache": True}
    compiled: _F = njit(**options)(function)
    return compiled


def uncounted(function: _F) -> _F:
    """Compile for the inner loops: without counting references to arrays, so nothing in it may make one.

    The counts are atomic and were kept for every array of a record at every call: two thirds to nine tenths of
    all time. ``_nrt`` is what numba itself compiles ufuncs with (``numba/np/ufunc/ufuncbuilder.py``) and no part
    of its documented interface; a version without it fails where the search is loaded, not on the way.
    """
    options: dict[str, Any] = {"cache": True, "_nrt": False}
    compiled: _F = njit(**options)(function)
    return compiled
