"""Roads from a running OSRM service (``osrm-routed``), asked over HTTP in blocks.

OSRM takes places in the path of a GET and nothing else, so its log knows coordinates (never whose they are): the
service must be one's own. See docs/decisions/0016-roads.md.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import SplitResult

from routing.problem import Place
from routing.travel.fetch import Fetch, Network
from routing.travel.osrm_answer import read_line, read_table
from routing.travel.roads import RoadLegs, RoadsError, count

#: What OSRM's public services call the profiles; osrm-routed takes any word, a gateway before it may choose by it.
_PROFILES: Final = {"car": "driving", "motorcycle": "motorcycle", "foot": "foot"}
#: A failure of these kinds may be over at the next try; the others are not.
_PASSING: Final = frozenset({"roads_timed_out", "roads_refused", "roads_failed"})
_TRIES: Final = 3
_PAUSE: Final = 0.2
#: After so many blocks in a row without an answer nobody is asked any more.
_GIVE_UP_AFTER: Final = 3

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class OsrmService:
    """A service at ``base``. ``places`` is the most that one request may name (``--max-table-size``).

    ``seconds`` bounds one request, ``all_seconds`` all requests of one call; ``at_once`` connections ask side by side.
    """

    base: SplitResult
    profile: str = "car"
    data_version: str = "unnamed"
    allowed: Sequence[Network] = ()
    places: int = 100
    seconds: float = 10.0
    all_seconds: float = 60.0
    at_once: int = 4

    @property
    def version(self) -> str:
        """See :class:`routing.travel.roads.RoadSource`."""
        return f"{self.data_version}/{self.profile}"

    def legs(self, sources: Sequence[Place], targets: Sequence[Place]) -> RoadLegs:
        """See :class:`routing.travel.roads.RoadSource`."""
        size = max(1, self.places // 2)
        whole = RoadLegs.unknown(len(sources), len(targets))
        asking = _Asking(self)
        blocks = [(row, column) for row in range(0, len(sources), size) for column in range(0, len(targets), size)]

        def one(block: tuple[int, int]) -> dict[str, int]:
            rows = slice(block[0], min(block[0] + size, len(sources)))
            columns = slice(block[1], min(block[1] + size, len(targets)))
            from_, to = sources[rows], targets[columns]
            found = asking.ask(lambda fetch: read_table(fetch.json(self._table(from_, to)), len(from_), len(to)))
            if isinstance(found, RoadsError):
                return {found.code: len(from_) * len(to)}
            whole.seconds[rows, columns], whole.metres[rows, columns] = found.seconds, found.metres
            whole.source_gaps[rows], whole.target_gaps[columns] = found.source_gaps, found.target_gaps
            return dict(found.failures)

        with closing(asking), ThreadPoolExecutor(max_workers=self.at_once) as pool:
            failures = count(*pool.map(one, blocks))
        return RoadLegs(whole.seconds, whole.metres, whole.source_gaps, whole.target_gaps, failures)

    def lines(self, pairs: Sequence[tuple[Place, Place]]) -> list[str | None]:
        """See :class:`routing.travel.roads.RoadSource`."""
        asking = _Asking(self)

        def one(pair: tuple[Place, Place]) -> str | None:
            found = asking.ask(lambda fetch: read_line(fetch.json(self._route(pair))))
            return None if isinstance(found, RoadsError) else found

        with closing(asking), ThreadPoolExecutor(max_workers=self.at_once) as pool:
            return list(pool.map(one, pairs))

    def _table(self, sources: Sequence[Place], targets: Sequence[Place]) -> str:
        places = _coordinates([*sources, *targets])
        first = ";".join(str(number) for number in range(len(sources)))
        last = ";".join(str(len(sources) + number) for number in range(len(targets)))
        asked = f"sources={first}&destinations={last}&annotations=duration,distance&generate_hints=false"
        return f"/table/v1/{_PROFILES[self.profile]}/{places}?{asked}"

    def _route(self, pair: tuple[Place, Place]) -> str:
        asked = "overview=full&geometries=polyline&alternatives=false&steps=false&generate_hints=false"
        return f"/route/v1/{_PROFILES[self.profile]}/{_coordinates(pair)}?{asked}"


def _coordinates(places: Sequence[Place]) -> str:
    return ";".join(f"{place.lon:.6f},{place.lat:.6f}" for place in places)


@dataclass(slots=True)
class _Asking:
    """The questions of one call: tries again, gives up on a service that is not there, keeps to the time."""

    service: OsrmService
    ends: float = field(init=False)
    failed: int = field(default=0, init=False)
    last: RoadsError | None = field(default=None, init=False)
    mine: threading.local = field(default_factory=threading.local, init=False)
    opened: list[Fetch] = field(default_factory=list, init=False)
    lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.service.all_seconds

    def ask(self, question: Callable[[Fetch], _Answer]) -> _Answer | RoadsError:
        """The answer to a question, or why there is none."""
        error = self._hopeless()
        for attempt in range(_TRIES):
            if error is not None:
                break
            try:
                answer = question(self._fetch())
            except RoadsError as failure:
                if failure.code in _PASSING and attempt + 1 < _TRIES and self._hopeless() is None:
                    time.sleep(_PAUSE * 2**attempt)
                    continue
                error = failure
            else:
                self._note(None)
                return answer
        error = error or RoadsError("roads_timed_out")
        self._note(error)
        return error

    def close(self) -> None:
        """Close all connections."""
        for fetch in self.opened:
            fetch.close()

    def _hopeless(self) -> RoadsError | None:
        with self.lock:
            if self.failed >= _GIVE_UP_AFTER and self.last is not None:
                return self.last
        return RoadsError("roads_timed_out") if time.monotonic() >= self.ends else None

    def _note(self, error: RoadsError | None) -> None:
        with self.lock:
            self.failed = 0 if error is None else self.failed + 1
            self.last = error

    def _fetch(self) -> Fetch:
        fetch: Fetch | None = getattr(self.mine, "fetch", None)
        if fetch is None:
            service = self.service
            fetch = self.mine.fetch = Fetch(service.base, service.allowed, service.seconds)
            with self.lock:
                self.opened.append(fetch)
        fetch.seconds = max(0.1, min(self.service.seconds, self.ends - time.monotonic()))
        return fetch
