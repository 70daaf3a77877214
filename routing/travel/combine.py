"""How a leg is travelled: driven from village to village, walked from door to door inside one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.travel.legs import UNREACHABLE, Block, Mode, Point
from routing.travel.parameters import TravelParameters, whole_seconds


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """What matters of the two ends of every leg: boolean arrays and seconds, shape (sources, targets)."""

    same_village: NDArray[np.bool_]
    same_door: NDArray[np.bool_]
    both_own: NDArray[np.bool_]
    known: NDArray[np.bool_]
    arrival: NDArray[np.int64]

    @classmethod
    def of(cls, sources: Sequence[Point], targets: Sequence[Point]) -> Ends:
        villages = _numbers([p.village for p in sources], [p.village for p in targets])
        doors = _numbers([p.door for p in sources], [p.door for p in targets])
        own = [np.array([p.own for p in points], dtype=np.bool_) for points in (sources, targets)]
        known = [np.array([p.place is not None for p in points], dtype=np.bool_) for points in (sources, targets)]
        arrival = np.array([p.arrival for p in targets], dtype=np.int64)
        return cls(
            same_village=(villages[0][:, None] == villages[1]) & (villages[1] >= 0),
            same_door=(doors[0][:, None] == doors[1]) & (doors[1] >= 0),
            both_own=own[0][:, None] & own[1],
            known=known[0][:, None] & known[1],
            arrival=np.broadcast_to(arrival, (len(sources), len(targets))),
        )


def _numbers(first: Sequence[str | None], second: Sequence[str | None]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Names as numbers, the same name the same number, no name −1."""
    number: dict[str, int] = {}
    for name in (*first, *second):
        if name is not None:
            number.setdefault(name, len(number))
    as_array = [
        np.array([-1 if name is None else number[name] for name in names], dtype=np.int64) for names in (first, second)
    ]
    return as_array[0], as_array[1]


def combined(
    parameters: TravelParameters,
    ends: Ends,
    straight: NDArray[np.float64],
    drive: NDArray[np.int64],
    road: NDArray[np.int64],
) -> Block:
    """The legs of a block: ``drive`` seconds over ``road`` metres between villages, on foot inside one.

    All arrays have the shape (sources, targets). ``straight`` are metres as the crow flies, which matter inside a
    village only. Where ``drive`` is :data:`UNREACHABLE` there is no way but on foot inside the village.
    """
    p = parameters
    path = np.rint(straight * p.path_factor).astype(np.int64)
    path = np.where(ends.both_own, path, p.walk_unknown * p.walk_speed // 3600)
    walk = np.where(ends.both_own, np.maximum(whole_seconds(path, p.walk_speed), p.walk_minimum), p.walk_unknown)
    far = ends.both_own & (path > p.walk_limit) & (drive < walk)
    inside = ends.same_village & ~far
    seconds = np.where(inside, walk, np.where(ends.same_village, drive, drive + ends.arrival))
    metres = np.where(inside, path, road)
    mode = np.where(inside, np.int8(Mode.WALK), np.int8(Mode.DRIVE)).astype(np.int8)
    standing = ends.same_door & ends.same_village
    seconds, metres = np.where(standing, 0, seconds), np.where(standing, 0, metres)
    way = ends.known & (standing | inside | (drive < UNREACHABLE))
    return Block(np.where(way, seconds, UNREACHABLE), np.where(way, metres, UNREACHABLE), mode)
