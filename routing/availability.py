"""When somebody is at home: profiles as data (``data/availability.toml``), narrowed per household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from routing.debts import Availability
from routing.problem import TimeWindow
from routing.rulefile import Table


@dataclass(frozen=True, slots=True)
class Season:
    """Days, both included, in which people who work far away are home."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Profile:
    """Hours at home, hours on the village's market days, days of the week, and seasons.

    ``windows`` empty: any hour. ``seasons`` empty: all year. A call on a market day is worth
    ``market_day_percent`` of one on another day.
    """

    windows: tuple[TimeWindow, ...]
    market_day_windows: tuple[TimeWindow, ...]
    weekdays: frozenset[int]
    seasons: tuple[Season, ...]
    market_day_percent: int = 100


class UnknownProfile(ValueError):
    """A household names an availability profile that no rule file describes."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """All profiles by name."""

    by_name: dict[str, Profile]

    def of(self, availability: Availability) -> Profile:
        """The household's profile. Raises :class:`UnknownProfile`."""
        try:
            return self.by_name[availability.profile]
        except KeyError:
            known = ", ".join(sorted(self.by_name))
            problem = f"no availability profile {availability.profile!r} (known: {known})"
            raise UnknownProfile(problem) from None

    def market_on(self, availability: Availability, on: date) -> bool:
        """Whether ``on`` is a market day that changes when the household is at home or what a call is worth."""
        profile = self.of(availability)
        heeds = bool(profile.market_day_windows) or profile.market_day_percent != 100
        return heeds and on in availability.market_dates

    def percent_on(self, availability: Availability, on: date) -> int:
        """What a call on ``on`` is worth, per cent of one on a common day. Raises :class:`UnknownProfile`."""
        return self.of(availability).market_day_percent if on in availability.market_dates else 100


_WHOLE_DAY = (TimeWindow(0, 86_399),)


def at_home(availability: Availability, profiles: Profiles, on: date) -> tuple[TimeWindow, ...]:
    """When somebody is expected at home on ``on``; ``()``: nobody that day. Seasons: see :func:`season`."""
    profile = profiles.of(availability)
    days = profile.weekdays if availability.weekdays is None else profile.weekdays & availability.weekdays
    if on.isoweekday() not in days:
        return ()
    spans = profile.windows or _WHOLE_DAY
    if on in availability.market_dates and profile.market_day_windows:
        spans = profile.market_day_windows
    if not availability.windows:
        return spans
    return tuple(
        TimeWindow(max(a.open, b.open), min(a.close, b.close))
        for a in spans
        for b in availability.windows
        if max(a.open, b.open) <= min(a.close, b.close)
    )


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a household with seasons is ``home``; ``until`` its season's end, else ``back_on``."""

    home: bool
    until: date | None = None
    back_on: date | None = None


def season(availability: Availability, profiles: Profiles, on: date) -> Presence:
    """Whether the household's people are in the county at all. Without seasons they are.

    Where the file knows no coming season, ``back_on`` is None: the people's return is unknown.
    """
    seasons = profiles.of(availability).seasons
    if not seasons:
        return Presence(home=True)
    for span in seasons:
        if span.first <= on <= span.last:
            return Presence(home=True, until=span.last)
    coming = min((span.first for span in seasons if span.first > on), default=None)
    return Presence(home=False, back_on=coming)


def read_profiles(table: Table) -> Profiles:
    """The profiles from their rule file. Raises :class:`routing.rulefile.RulesError`."""
    festivals = {name: inner.days("days") for name, inner in _done(table.named_tables("festival")).items()}
    found: dict[str, Profile] = {}
    for name, inner in table.named_tables("profile").items():
        found[name] = Profile(
            windows=inner.windows("windows"),
            market_day_windows=inner.windows("market_day_windows"),
            weekdays=inner.weekdays("weekdays"),
            seasons=_read_seasons(inner, festivals),
            market_day_percent=inner.whole("market_day_percent", 1, 100) if "market_day_percent" in inner else 100,
        )
        inner.done()
    return Profiles(found)


def _done(tables: dict[str, Table]) -> dict[str, Table]:
    for table in tables.values():
        table.days("days")
        table.done()
    return tables


def _read_seasons(table: Table, festivals: dict[str, frozenset[date]]) -> tuple[Season, ...]:
    if "around" not in table:
        return ()
    days = festivals[table.text("around", festivals)]
    before = timedelta(days=table.whole("days_before", 0, 60))
    after = timedelta(days=table.whole("days_after", 0, 60))
    return tuple(Season(day - before, day + after) for day in sorted(days))
