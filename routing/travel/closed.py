"""Travel while roads are closed: nobody drives into, out of, or between what cannot be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.travel.legs import UNREACHABLE, Block, Point, Travel


@dataclass(frozen=True)
class ClosedRoads:
    """A source of travel times without what is closed.

    ``villages`` are cut off: no way leads in or out, on foot inside one goes on. ``pairs`` are pairs of
    villages whose direct way is closed in both directions, ``None`` standing for a branch or other start.
    """

    open: Travel
    villages: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str | None, str | None]] = frozenset()

    def between(self, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
        """Every leg, those that are closed :data:`UNREACHABLE`."""
        block = self.open.between(sources, targets)
        closed = np.array([[self._closed(a, b) for b in targets] for a in sources], dtype=np.bool_)
        closed = closed.reshape(block.seconds.shape)
        return Block(
            np.where(closed, UNREACHABLE, block.seconds), np.where(closed, UNREACHABLE, block.metres), block.mode
        )

    def _closed(self, source: Point, target: Point) -> bool:
        if source.village == target.village:
            return False
        if self.villages & {source.village, target.village}:
            return True
        return (source.village, target.village) in self.pairs or (target.village, source.village) in self.pairs
