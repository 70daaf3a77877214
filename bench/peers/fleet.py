"""An instance as most solvers want it: each place once, one matrix, shifts of one kind together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bench.peers import NotModelled
from routing.problem import Place
from routing.solve.instance import ALWAYS, Instance, Windows

#: A leg that no day has room for, in place of numbers that might overflow in sums.
FAR = 10_000_000


@dataclass(frozen=True, slots=True)
class Depot:
    """A place where shifts start or end: the rows of the instance that tell its legs away from it and to it."""

    place: Place
    away: int
    back: int


class Fleet:
    """The places and shifts of an instance. Locations are numbered: first the depots, then the visits."""

    def __init__(self, instance: Instance) -> None:
        if any(instance.must) or instance.pinned:
            raise NotModelled("visits that must be made, or that are pinned")
        if any(len({row[k] for k in may}) > 1 for row, may in zip(instance.value, instance.allowed, strict=True)):
            raise NotModelled("values that depend on the shift")
        self.instance = instance
        self.depots = _depots(instance)
        self._number = {depot.place: n for n, depot in enumerate(self.depots)}

    def start(self, shift: int) -> int:
        """The location where the shift starts."""
        return self._number[self.instance.shifts[shift].from_place]

    def end(self, shift: int) -> int:
        """The location where the shift ends."""
        return self._number[self.instance.shifts[shift].to_place]

    def location(self, visit: int) -> int:
        """The location of the visit."""
        return len(self.depots) + visit

    def visit(self, location: int) -> int:
        """The visit at the location."""
        return location - len(self.depots)

    @cached_property
    def matrix(self) -> NDArray[np.int64]:
        """Seconds from location to location, from one to itself none, where there is no way :data:`FAR`."""
        inst, visits = self.instance, range(len(self.instance.visits))
        away = [depot.away for depot in self.depots] + list(visits)
        back = [depot.back for depot in self.depots] + list(visits)
        rows = [np.asarray(inst.seconds[row], dtype=np.int64) for row in away]
        # In rows: pyvroom reads the bare memory, whatever the order.
        matrix = np.ascontiguousarray(np.minimum(np.stack(rows)[:, back], FAR))
        np.fill_diagonal(matrix, 0)
        return matrix

    @cached_property
    def kinds(self) -> list[list[int]]:
        """The shifts that are alike in everything but name, together."""
        kinds: dict[tuple[object, ...], list[int]] = {}
        for k, shift in enumerate(self.instance.shifts):
            like = (shift.start, shift.end, shift.from_place, shift.to_place, shift.rest, self.barred(k))
            kinds.setdefault(like, []).append(k)
        return list(kinds.values())

    def barred(self, shift: int) -> frozenset[int]:
        """The visits that the shift may not make, or gains nothing by."""
        return frozenset(x for x, allowed in enumerate(self.instance.allowed) if shift not in allowed)

    def windows(self, visit: int) -> Windows:
        """The windows of a visit inside the time of all shifts; none where any time will do."""
        first = min(shift.start for shift in self.instance.shifts)
        last = max(shift.end for shift in self.instance.shifts)
        if self.instance.windows[visit] == ALWAYS:
            return ()
        inside = [(max(first, opens), min(last, closes)) for opens, closes in self.instance.windows[visit]]
        return tuple((opens, closes) for opens, closes in inside if opens <= closes)

    def worth(self, visits: Sequence[int], mean: int) -> list[int]:
        """The values of the visits, scaled so that their mean is about ``mean``; at least 1."""
        most = [self.instance.most[x] for x in visits]
        scale = mean * len(most) / max(1, sum(most))
        return [max(1, round(value * scale)) for value in most]

    @cached_property
    def wanted(self) -> list[int]:
        """The visits that some shift may make and gain by."""
        some = [x for x, allowed in enumerate(self.instance.allowed) if allowed]
        return [x for x in some if self.instance.windows[x] == ALWAYS or self.windows(x)]


def _depots(instance: Instance) -> list[Depot]:
    away: dict[Place, int] = {}
    back: dict[Place, int] = {}
    for k, shift in enumerate(instance.shifts):
        away.setdefault(shift.from_place, instance.start_row(k))
        back.setdefault(shift.to_place, instance.end_row(k))
    # Where a place only starts shifts, or only ends them, its other legs are never asked for.
    return [Depot(p, away.get(p, back.get(p, 0)), back.get(p, away.get(p, 0))) for p in {**away, **back}]
