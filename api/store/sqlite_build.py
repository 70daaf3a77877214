"""The one place that chooses which SQLite the process runs on.

SQLite 3.7.0-3.51.2 can lose commits when two connections reset the write-ahead log at once
(https://sqlite.org/wal.html, "The WAL-reset bug"; mended in 3.51.3, 3.50.7 and 3.44.6). Debian 12 links 3.40.1,
so the wheel `pysqlite3` takes the place of the standard module.
"""

from __future__ import annotations

import sys

import pysqlite3
import pysqlite3.dbapi2

_MENDED_BRANCHES = {(3, 44): 6, (3, 50): 7, (3, 51): 3}
_MENDED_SINCE = (3, 51, 3)


class UnsafeSqlite(RuntimeError):
    """The linked SQLite can lose commits."""


def is_safe(version: tuple[int, int, int]) -> bool:
    """Say whether this SQLite version is free of the WAL-reset bug."""
    patch = _MENDED_BRANCHES.get(version[:2])
    return version >= _MENDED_SINCE or (patch is not None and version[2] >= patch)


def use_bundled_sqlite() -> None:
    """Make ``import sqlite3`` give the wheel's build, and refuse one that can lose commits.

    Raises UnsafeSqlite with the remedy.
    """
    version = pysqlite3.dbapi2.sqlite_version_info
    if not is_safe(version):
        raise UnsafeSqlite(
            f"SQLite {'.'.join(map(str, version))} can lose commits (WAL-reset bug). "
            "Install the pinned pysqlite3 of requirements.txt, or use PostgreSQL with ROUNDS_DATABASE_URL."
        )
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
