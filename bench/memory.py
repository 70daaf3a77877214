"""The most memory that this process and all processes below it held at one time, from ``/proc``."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Final

_EVERY: Final = 0.2
_PROC: Final = Path("/proc")


class Peak:
    """Looks five times a second while it is entered. ``mb`` is None where the system does not tell.

    What processes share is counted for each of them, so the truth is not above it.
    """

    def __init__(self) -> None:
        self.mb: int | None = None
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Peak:
        self._looking.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            now = memory_below(os.getpid())
            if now is not None:
                self.mb = max(self.mb or 0, now)


def memory_below(process: int) -> int | None:
    """Resident memory of a process and all below it now, MB; None where there is no ``/proc``."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.glob("[0-9]*"):
        parent = _parent(folder)
        if parent is not None:
            children.setdefault(parent, []).append(int(folder.name))
    if not children:
        return None
    pages, found = 0, [process]
    while found:
        one = found.pop()
        found += children.get(one, [])
        pages += _pages(_PROC / str(one))
    return pages * os.sysconf("SC_PAGE_SIZE") // (1 << 20)


def _parent(folder: Path) -> int | None:
    try:
        # The name of the program, in brackets, may hold anything.
        return int((folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None  # it has ended meanwhile


def _pages(folder: Path) -> int:
    try:
        return int((folder / "statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0
