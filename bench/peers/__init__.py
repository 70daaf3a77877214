"""Other solvers of the same problems, each behind one thin adapter and none of them needed by the service.

A peer gets what our own search gets, a :class:`~routing.solve.instance.Instance`, and hands back routes; whether
these can be kept and what they are worth is judged by :mod:`bench.judge`, never by the peer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Final

from routing.solve.instance import Instance

RouteLists = list[list[int]]
"""For each shift its visits in order, as numbers of the instance."""

Solve = Callable[[Instance, float, int], RouteLists]
"""Routes for an instance within so many seconds, building the peer's model included, by a seed; one thread."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A solver: the package that it comes in, the module of its adapter, and what it cannot be told."""

    package: str
    module: str
    cannot: str

    @property
    def version(self) -> str | None:
        """The installed version, None where it is not installed."""
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return None

    def load(self) -> None:
        """Import it."""
        import_module(self.module)

    def routes(self, instance: Instance, seconds: float, seed: int) -> RouteLists:
        """What it finds. Raises :class:`NotModelled` where it cannot be asked."""
        solve: Solve = import_module(self.module).routes
        return solve(instance, seconds, seed)


class NotModelled(ValueError):
    """The instance has something that the adapter cannot say to its peer."""


PEERS: Final = {
    "pyvrp": Peer("pyvrp", "bench.peers.with_pyvrp", "breaks: its shifts end earlier by the lunch"),
    "vroom": Peer("pyvroom", "bench.peers.with_vroom", "values: a visit has a whole priority from 1 to 100"),
    "ortools": Peer("ortools", "bench.peers.with_ortools", "nothing that is measured here"),
}


def installed(names: list[str]) -> list[str]:
    """Those of the peers named that are installed; says plainly which are not, and what to do."""
    found = []
    for name in names:
        if PEERS[name].version is None:
            print(f"{name} is not installed (package {PEERS[name].package}) and left out; remedy: make bench-peers")
        else:
            found.append(name)
    return found
