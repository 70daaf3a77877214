"""Roads that a test sets by hand: an invented source whose legs are known, lopsided and sometimes missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.problem import Place
from routing.travel.legs import UNREACHABLE
from routing.travel.lines import encoded
from routing.travel.roads import UNKNOWN, RoadLegs


def lopsided(start: Place, end: Place) -> int:
    """Seconds that are longer northward than southward: a road up a hill."""
    climb = (end.lat - start.lat) * 111
    return math.ceil(180 * abs(climb) + max(0.0, 240 * climb) + 100 * abs(end.lon - start.lon) * 97)


@dataclass
class SetRoads:
    """A source with set legs. ``gaps`` are metres from the road, 0 where none are set; ``asked`` counts its legs."""

    seconds: Callable[[Place, Place], int | None] = lopsided
    gaps: Mapping[Place, int] = field(default_factory=dict)
    silent: Collection[Place] = ()
    version: str = "invented-1/car"
    asked: int = 0

    def legs(self, sources: Sequence[Place], targets: Sequence[Place]) -> RoadLegs:
        """Legs as set; None is no way; from a silent place no answer comes."""
        self.asked += len(sources) * len(targets)
        found = RoadLegs.unknown(len(sources), len(targets))
        for i, source in enumerate(sources):
            found.source_gaps[i] = UNKNOWN if source in self.silent else self.gaps.get(source, 0)
            for j, target in enumerate(targets):
                found.target_gaps[j] = self.gaps.get(target, 0)
                if source not in self.silent:
                    seconds = 0 if source == target else self.seconds(source, target)
                    found.seconds[i, j] = UNREACHABLE if seconds is None else seconds
                    found.metres[i, j] = UNREACHABLE if seconds is None else 10 * seconds
        missing = int((found.seconds == UNKNOWN).sum())
        failures = {"roads_timed_out": missing} if missing else {}
        return RoadLegs(found.seconds, found.metres, found.source_gaps, found.target_gaps, failures)

    def lines(self, pairs: Sequence[tuple[Place, Place]]) -> list[str | None]:
        """Straight ones."""
        return [encoded(pair) for pair in pairs]


def same(first: RoadLegs, second: RoadLegs) -> bool:
    """Whether two answers say the same of legs and gaps."""
    return all(
        np.array_equal(getattr(first, name), getattr(second, name)) for name in ("seconds", "metres", "source_gaps")
    )
