"""What the search weighs and how it draws: what is tuned, in one place, each with its unit and its reason."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Ruin:
    """What a step takes out (Christiaens and Vanden Berghe, Transportation Science 54, 2020).

    Around a visit drawn at random, strings of up to ``string`` stops go from each route met until U(1, 1 + ``most``)
    are out; with probability ``spare`` a piece inside the string stays. A share ``villages`` of the steps takes
    out whole villages instead. ``nearest`` visits are known to each.
    """

    most: float = 10.0
    string: float = 10.0
    spare: float = 0.3
    villages: float = 0.25
    nearest: int = 120


@dataclass(frozen=True, slots=True)
class Recreate:
    """In which order visits go in, and where.

    Of the steps, a share ``by_ratio`` ranks by value^U(``least_power``, ``most_power``) per second of the cheapest
    spot, ``by_value`` by value, ``by_chance`` by chance, the rest by width of the window. A share ``by_delay`` measures
    a spot by the delay of the next call instead of the detour. A spot is passed over with probability ``blink``.
    Villages are won or lost whole: in a share ``liking`` of the steps each gets a log-normal factor, in a share
    ``favour`` one gets a factor of four.

    Up to ``all`` visits all that are left out are tried in every step; of more, the ``near`` nearest of each
    one taken out and ``random`` others.
    """

    by_ratio: float = 0.6
    by_value: float = 0.2
    by_chance: float = 0.1
    least_power: float = 0.5
    most_power: float = 2.0
    by_delay: float = 0.5
    blink: float = 0.01
    liking: float = 0.6
    favour: float = 0.3
    all: int = 1_200
    near: int = 60
    random: int = 300


@dataclass(frozen=True, slots=True)
class Annealing:
    """Temperatures in units of the mean value, falling exponentially from ``hot`` to ``cold``."""

    hot: float = 0.8
    cold: float = 0.02


@dataclass(frozen=True, slots=True)
class Master:
    """The set packing of routes met on the way, solved by CP-SAT.

    Routes of solutions within a share ``within`` of the best are kept, at most ``most``; the ``newest`` enter the
    master. It is solved first when a share ``first`` of the budget is spent and then after each further ``every``,
    for at most a share ``share`` of the seconds. Not for one shift, nor where there are less than ``least_seconds``.
    With a budget in iterations CP-SAT gets ``effort`` units of deterministic time for each thousand of them.
    """

    within: float = 0.03
    most: int = 20_000
    newest: int = 6_000
    first: float = 0.35
    every: float = 0.2
    share: float = 0.1
    least_seconds: float = 2.0
    effort: float = 0.02


@dataclass(frozen=True, slots=True)
class SearchParameters:
    """All parameters of the search. The defaults were tuned on published and on invented instances."""

    ruin: Ruin = field(default_factory=Ruin)
    recreate: Recreate = field(default_factory=Recreate)
    annealing: Annealing = field(default_factory=Annealing)
    master: Master = field(default_factory=Master)
