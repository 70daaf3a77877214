"""Reading a rule file: TOML whose every key is known, typed and bounded, or an error that names it.

A rule file says in ``version``, ``source`` and ``binding`` where its rules come from and how far
they bind: ``law`` (statute), ``standard`` (published standard), ``by_reference`` (a text made for
another kind of loan or lender, followed by choice), ``house`` (the lender's own).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from routing.problem import TimeWindow

BINDINGS = ("law", "standard", "by_reference", "house")
STATUSES = ("in_force", "draft")

_DAY = 86_400


class RulesError(ValueError):
    """A rule file is absent or says something that cannot be followed.

    ``file`` is its path, ``key`` the dotted key at fault ("" for the file itself).
    """

    def __init__(self, file: Path, key: str, problem: str) -> None:
        self.file = file
        self.key = key
        self.problem = problem
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")


class Table:
    """One table of a rule file. Every key that is read is remembered; :meth:`done` refuses the rest."""

    def __init__(self, content: dict[str, Any], file: Path, key: str = "") -> None:
        self._content = content
        self._read: set[str] = set()
        self.file = file
        self.key = key

    def error(self, key: str, problem: str) -> RulesError:
        """The error to raise about ``key`` of this table."""
        return RulesError(self.file, f"{self.key}.{key}" if self.key else key, problem)

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def _value(self, key: str) -> Any:
        self._read.add(key)
        if key not in self._content:
            raise self.error(key, "is missing")
        return self._content[key]

    def done(self) -> None:
        """Raise :class:`RulesError` if a key was never read: a misspelt rule would be a lost rule."""
        for key in self._content:
            if key not in self._read:
                known = ", ".join(sorted(self._read))
                raise self.error(key, f"is not a key that is known here (known: {known})")

    def text(self, key: str, among: Iterable[str] | None = None) -> str:
        """A string that is not blank, one of ``among`` where given."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"must be a text, not {value!r}")
        if among is not None and value not in (allowed := tuple(among)):
            raise self.error(key, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._value(key)
        if not isinstance(value, bool):
            raise self.error(key, f"must be true or false, not {value!r}")
        return value

    def whole(self, key: str, low: int = 0, high: int = 1_000_000_000) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.error(key, f"must be a whole number from {low} to {high}, not {value!r}")
        return value

    def texts(self, key: str, among: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts, without repetition."""
        value = self._list(key)
        allowed = None if among is None else tuple(among)
        for item in value:
            if not isinstance(item, str) or (allowed is not None and item not in allowed):
                raise self.error(key, f"{item!r} is not one of {', '.join(allowed or ('texts',))}")
        if len(set(value)) != len(value):
            raise self.error(key, "says something twice")
        return tuple(value)

    def weekdays(self, key: str) -> frozenset[int]:
        """ISO days of the week, Monday = 1 to Sunday = 7, at least one."""
        value = self._list(key)
        for item in value:
            if not isinstance(item, int) or isinstance(item, bool) or not 1 <= item <= 7:
                raise self.error(key, f"{item!r} is not a day of the week from 1 (Monday) to 7 (Sunday)")
        if not value:
            raise self.error(key, "names no day of the week")
        return frozenset(value)

    def day(self, key: str) -> date:
        """A calendar date."""
        return self._as_day(key, self._value(key))

    def days(self, key: str) -> frozenset[date]:
        """A list of calendar dates."""
        return frozenset(self._as_day(key, item) for item in self._list(key))

    def windows(self, key: str) -> tuple[TimeWindow, ...]:
        """A list of ``"08:00-12:00"``, in order and apart from one another."""
        found: list[TimeWindow] = []
        for item in self._list(key):
            found.append(self._as_window(key, item))
            if len(found) > 1 and found[-2].close >= found[-1].open:
                raise self.error(key, "the hours overlap or are not in order")
        return tuple(found)

    def table(self, key: str) -> Table:
        """A table inside this one."""
        value = self._value(key)
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table, not {value!r}")
        return Table(value, self.file, f"{self.key}.{key}" if self.key else key)

    def named_tables(self, key: str) -> dict[str, Table]:
        """The tables inside the table ``key`` by name, at least one."""
        outer = self.table(key)
        inner = {name: outer.table(name) for name in outer._content}
        if not inner:
            raise self.error(key, "is empty")
        return inner

    def list_of_tables(self, key: str) -> tuple[Table, ...]:
        """An array of tables; none where the key is absent."""
        if key not in self:
            self._read.add(key)
            return ()
        items = self._list(key)
        for item in items:
            if not isinstance(item, dict):
                raise self.error(key, f"must hold tables, not {item!r}")
        prefix = f"{self.key}.{key}" if self.key else key
        return tuple(Table(item, self.file, f"{prefix}[{n}]") for n, item in enumerate(items))

    def numbers(self, key: str, names: Iterable[str], low: int, high: int) -> dict[str, int]:
        """A table of one whole number for each of ``names``."""
        inner = self.table(key)
        found = {name: inner.whole(name, low, high) for name in names}
        inner.done()
        return found

    def _list(self, key: str) -> list[Any]:
        value = self._value(key)
        if not isinstance(value, list):
            raise self.error(key, f"must be a list, not {value!r}")
        return value

    def _as_day(self, key: str, value: Any) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, f"must be a date like 2026-12-05, not {value!r}")
        return value

    def _as_window(self, key: str, value: Any) -> TimeWindow:
        if isinstance(value, str):
            opens, dash, closes = value.partition("-")
            start, end = _seconds(opens), _seconds(closes)
            if dash and start is not None and end is not None and start < end:
                return TimeWindow(start, end)
        raise self.error(key, f"{value!r} is not a span of hours like 08:00-12:00")


def _seconds(clock: str) -> int | None:
    """``"08:30"`` as seconds since midnight; ``"24:00"`` is the end of the day."""
    hours, colon, minutes = clock.strip().partition(":")
    if not colon or len(minutes) != 2 or not (hours.isascii() and (hours + minutes).isdigit()):
        return None
    seconds = int(hours) * 3600 + int(minutes) * 60
    return seconds if int(minutes) < 60 and seconds <= _DAY else None


def read_rule_file(file: Path) -> tuple[Table, str]:
    """The content of a rule file and its version, after its ``source`` and ``binding`` were checked.

    Raises :class:`RulesError` when it is absent, is not TOML, or does not say where it comes from.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RulesError(file, "", "there is no such rule file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(file, "", f"is not TOML: {error}") from error
    table = Table(content, file)
    version = table.text("version")
    table.text("source")
    table.text("binding", BINDINGS)
    return table, version
