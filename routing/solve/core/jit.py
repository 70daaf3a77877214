"""How functions of the search are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_F = TypeVar("_F", bound=Callable[..., Any])


def uncounted(function: _F) -> _F:
    """Compile for the inner loops: without counting references to arrays, so nothing in it may make one.

    The counts are atomic and were kept for every array of a record at every call: two thirds to nine tenths of
    all time. ``_nrt`` is what numba itself compiles ufuncs with (``numba/np/ufunc/ufuncbuilder.py``) and no part
    of its documented interface; a version without it fails where the search is loaded, not on the way.
    """
    options: dict[str, Any] = {"cache": True, "_nrt": False}
    compiled: _F = njit(**options)(function)
    return compiled
