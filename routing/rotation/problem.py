"""What a rotation is asked and answers, as plain immutable values.

A *rotation period* is counted from 0, the first period to be proposed; history counts backwards in
``periods_ago`` (1 is the period just before period 0). Durations are whole minutes, values minor
units of the currency (fen), shares numbers from 0 to 1. Identifiers are opaque strings of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from routing.problem import Reason
from routing.rotation.rules import RotationRules, load_rotation_rules


@dataclass(frozen=True, slots=True)
class Conflict:
    """A person's conflict of interest in one territory, in accounts.

    ``granted`` are accounts whose loan the person granted, ``home_village`` those in the person's
    home village, ``accounts`` those that are either (an account that is both counts once).
    """

    granted: int = 0
    home_village: int = 0
    accounts: int = 0

    def __post_init__(self) -> None:
        parts = (self.granted, self.home_village)
        if min(parts) < 0 or not max(parts) <= self.accounts <= sum(parts):
            raise ValueError(f"conflict of {self.granted} granted, {self.home_village} home, {self.accounts} in all")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be placed in a group.

    ``knows`` is the share of a territory's households in villages the person knows
    (:func:`routing.territories.familiarity`; absent: 0). ``travel_minutes`` is the way from home to
    the territory, one way (absent: not known, then it bars nothing and counts as the person's mean).
    ``banned`` are territories a coordinator recorded as closed to the person. ``leave`` is the share
    of a period's working days on which the person is away.
    """

    id: str
    knows: Mapping[str, float] = field(default_factory=dict)
    travel_minutes: Mapping[str, int] = field(default_factory=dict)
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)
    banned: frozenset[str] = frozenset()
    leave: Mapping[int, float] = field(default_factory=dict)
    skills: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not all(0.0 <= share <= 1.0 for shares in (self.knows, self.leave) for share in shares.values()):
            raise ValueError(f"person {self.id!r} has a share outside 0 to 1")
        if min(self.travel_minutes.values(), default=0) < 0:
            raise ValueError(f"person {self.id!r} has a negative commute")


@dataclass(frozen=True, slots=True)
class TerritoryDemand:
    """A territory as rotation sees it: its work in one period, its value, its accounts.

    ``people_min`` and ``people_max`` bound its group, leader included (None: as the rules say).
    ``skills`` must each be held by at least one person of the group.
    """

    id: str
    work_minutes: int
    value: int = 0
    accounts: int = 0
    people_min: int | None = None
    people_max: int | None = None
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PersonPlace:
    """A person works in a territory for a period, as its leader or as a member."""

    person: str
    territory: str
    leader: bool = False


@dataclass(frozen=True, slots=True)
class PastPlace:
    """Where a person worked ``periods_ago`` periods before period 0 (at least 1)."""

    person: str
    territory: str
    periods_ago: int
    leader: bool = False


@dataclass(frozen=True)
class RotationProblem:
    """Everything rotation may know. Raises ValueError when it does not fit together."""

    people: tuple[Person, ...]
    territories: tuple[TerritoryDemand, ...]
    history: tuple[PastPlace, ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    rules: RotationRules = field(default_factory=load_rotation_rules)

    def __post_init__(self) -> None:
        if not self.territories:
            raise ValueError("a rotation needs at least one territory")
        _distinct("person", (p.id for p in self.people))
        _distinct("territory", (t.id for t in self.territories))
        known = {p.id for p in self.people}
        for a, b in self.apart:
            if a == b or a not in known or b not in known:
                raise ValueError(f"a pair kept apart must be two of the people: {a!r}, {b!r}")
        for past in self.history:
            if past.periods_ago < 1:
                raise ValueError(f"history lies before the first period: {past}")
        for t in self.territories:
            low, high = people_range(t, self.rules)
            if not 1 <= low <= high:
                raise ValueError(f"territory {t.id!r} wants {low} to {high} people")
            if t.work_minutes < 0 or t.value < 0 or t.accounts < 0:
                raise ValueError(f"territory {t.id!r} has negative work, value or accounts")


def people_range(territory: TerritoryDemand, rules: RotationRules) -> tuple[int, int]:
    """Fewest and most people of the territory's group, leader included."""
    low = rules.people_min if territory.people_min is None else territory.people_min
    high = rules.people_max if territory.people_max is None else territory.people_max
    return low, high


def conflict_share(person: Person, territory: TerritoryDemand) -> float:
    """Share of the territory's accounts the person may not visit: granted, or in the home village."""
    conflict = person.conflicts.get(territory.id)
    if conflict is None or territory.accounts == 0:
        return 0.0
    return min(1.0, conflict.accounts / territory.accounts)


def percent(share: float) -> int:
    """A share from 0 to 1 as whole per cent, halves up: facts carry whole numbers."""
    return int(share * 100 + 0.5)


@dataclass(frozen=True, slots=True)
class RuleFact:
    """A rule that is broken, or that stands in the way, with the facts a sentence needs.

    ``code`` is one of :data:`routing.rotation.rules.RULES`, or of the checker's own
    ``person_twice``, ``person_unknown``, ``territory_unknown``; warnings have codes of their own
    (:func:`routing.rotation.check.check_places`). ``period`` is None where all periods are meant.
    """

    code: str
    period: int | None = None
    territories: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """A person from one period to the next; None: was, or will be, in no group."""

    person: str
    from_territory: str | None
    to_territory: str | None
    leader: bool
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Who works a territory in a period. ``work_minutes`` is per person of the group."""

    territory: str
    leader: str
    members: tuple[str, ...]
    work_minutes: int
    reasons: tuple[Reason, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody in the group, the leader first."""
        return (self.leader, *self.members)


@dataclass(frozen=True, slots=True)
class PeriodGroups:
    """One period: a group for every territory, and where everybody comes from."""

    period: int
    groups: tuple[Group, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class RotationFigures:
    """What a proposal is worth, over all its periods; per cents are whole numbers.

    ``work_*_percent``: highest and lowest work of a person against the mean. ``value_spread_percent``:
    standard deviation between people of the value per period in per cent of the mean, recent history
    included. ``travel_over_minutes``: mean commute above a person's fair one (what is possible from
    that person's home). ``accounts_changed_percent``: accounts in territories whose leader changes,
    averaged over periods. ``people_per_territory_percent``: distinct people a territory sees, in
    hundredths, history included. ``returning``: placements of a member who had been there before.
    """

    work_max_percent: int
    work_min_percent: int
    value_spread_percent: int
    travel_mean_minutes: int
    travel_max_minutes: int
    travel_over_minutes: int
    accounts_changed_percent: int
    leaders_changed: int
    people_moved: int
    people_per_territory_percent: int
    returning: int


@dataclass(frozen=True, slots=True)
class RotationProposal:
    """Groups for every period, verified by :func:`routing.rotation.check.check_rotation`.

    ``proved`` says that no cheaper rotation exists; else ``gap_percent`` bounds how much cheaper one
    could be. ``reproducible`` is False when the wall clock, not the deterministic budget, stopped the
    search. ``warnings`` are worth a coordinator's eye and break no rule.
    """

    periods: tuple[PeriodGroups, ...]
    figures: RotationFigures
    warnings: tuple[RuleFact, ...]
    cost: int
    proved: bool
    gap_percent: int
    reproducible: bool
    rules_version: str
    seed: int

    def places(self, period: int) -> tuple[PersonPlace, ...]:
        """The period's groups as one place per person, in the groups' order."""
        return tuple(_places(self.periods[period].groups))


def _places(groups: Iterable[Group]) -> Iterable[PersonPlace]:
    for group in groups:
        yield PersonPlace(group.leader, group.territory, leader=True)
        for member in group.members:
            yield PersonPlace(member, group.territory)


def _distinct(kind: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise ValueError(f"{kind} {name!r} appears twice")
        seen.add(name)


class RotationInfeasible(Exception):
    """No rotation obeys the rules.

    ``period`` is the first period that cannot be filled; ``since`` the first period that takes part
    in the reason (equal to ``period`` when that period fails alone). ``rules`` are facts that cannot
    hold together, the leading one first; with ``minimal`` every one of them is needed for that.
    ``remedies`` are alternatives: giving up all rules of one of them makes the whole rotation possible.
    """

    def __init__(
        self,
        period: int,
        since: int,
        rules: tuple[RuleFact, ...],
        remedies: tuple[tuple[RuleFact, ...], ...],
        minimal: bool,
    ) -> None:
        super().__init__(f"no rotation for period {period}: {', '.join(r.code for r in rules)}")
        self.period = period
        self.since = since
        self.rules = rules
        self.remedies = remedies
        self.minimal = minimal


class RotationUndecided(Exception):
    """The budget ended with neither a rotation nor a proof that there is none."""
