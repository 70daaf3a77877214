"""Travel from matrices of a caller's own: a road network, a published benchmark, a map service asked before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.problem import Place
from routing.travel.combine import Ends
from routing.travel.legs import UNREACHABLE, Block, Mode, Point


@dataclass(frozen=True, slots=True)
class MatrixPlace(Place):
    """Row and column ``row`` of a :class:`MatrixTravel`; its coordinates mean nothing where none were given."""

    row: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class MatrixTravel:
    """Legs that stand in matrices, row to column, for problems whose places are all :class:`MatrixPlace`.

    ``seconds`` and ``metres``: square int64 arrays, :data:`~routing.travel.legs.UNREACHABLE` where
    there is no way. They need be neither symmetric nor obey the triangle inequality. What entering a
    village costs (:attr:`~routing.problem.Village.arrival_seconds`) comes on top of a leg that enters
    it; between two calls at one door nobody travels. A leg inside a village counts as walked.
    """

    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.seconds.ndim != 2 or self.seconds.shape[0] != self.seconds.shape[1]:
            raise ValueError(f"a travel matrix is square, this one has the shape {self.seconds.shape}")
        if self.metres.shape != self.seconds.shape:
            raise ValueError(f"metres of the shape {self.metres.shape}, seconds of the shape {self.seconds.shape}")

    def between(self, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
        """See :meth:`routing.travel.legs.Travel.between`. Raises ``ValueError`` for a place without a row."""
        rows, columns = self._rows(sources), self._rows(targets)
        cells = np.ix_(rows, columns)
        seconds, metres = self.seconds[cells], self.metres[cells]
        ends = Ends.of(sources, targets)
        standing = ends.same_door & ends.same_village
        seconds = np.where(ends.same_village, seconds, seconds + ends.arrival)
        seconds, metres = np.where(standing, 0, seconds), np.where(standing, 0, metres)
        no_way = (self.seconds[cells] >= UNREACHABLE) & ~standing | ~ends.known
        return Block(
            np.where(no_way, UNREACHABLE, seconds),
            np.where(no_way, UNREACHABLE, metres),
            np.where(ends.same_village, np.int8(Mode.WALK), np.int8(Mode.DRIVE)),
        )

    def _rows(self, points: Sequence[Point]) -> NDArray[np.int64]:
        return np.array([self._row(point.place) for point in points], dtype=np.int64)

    def _row(self, place: Place | None) -> int:
        if place is None:
            return 0  # any row: nothing is read from it
        if not isinstance(place, MatrixPlace) or not 0 <= place.row < len(self.seconds):
            raise ValueError(f"{place} has no row among the {len(self.seconds)} of the travel matrix")
        return place.row
