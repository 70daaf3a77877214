"""PyVRP (Wouda, Lan and Kool, INFORMS J. Computing 36, 2024): prize collecting by iterated local search.

It knows no breaks: a shift with one ends earlier by its length, and our own timing then looks for a time for it. A
visit with several windows becomes a group of clients of which at most one is served. Shifts that may not make the
same visits get a profile of their own, in which what they may not make is out of reach.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

import numpy as np
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, VehicleType, solve
from pyvrp.stop import MaxRuntime

from bench.peers import RouteLists
from bench.peers.fleet import FAR, Fleet
from routing.solve.instance import Instance, rest_of

#: A mean visit counts as so many seconds of travel.
_MEAN_WORTH = 100_000


def routes(instance: Instance, seconds: float, seed: int) -> RouteLists:
    """See :data:`bench.peers.Solve`."""
    began = time.perf_counter()
    fleet = Fleet(instance)
    clients, groups, visit_of = _clients(fleet)
    matrices, profile_of = _profiles(fleet)
    data = ProblemData(
        locations=[Location(0, 0)] * len(fleet.matrix),
        clients=clients,
        depots=[Depot(location) for location in range(len(fleet.depots))],
        vehicle_types=[_vehicle(fleet, kind, profile_of[fleet.barred(kind[0])]) for kind in fleet.kinds],
        distance_matrices=matrices,
        duration_matrices=matrices,
        groups=groups,
    )
    left = max(0.05, seconds - (time.perf_counter() - began))
    best = solve(data, MaxRuntime(left), seed=seed, collect_stats=False, display=False).best
    return _routes(fleet, best, visit_of)


def _clients(fleet: Fleet) -> tuple[list[Client], list[ClientGroup], list[int]]:
    """One client for each window of each visit, the groups of those that are one visit, and whose each client is."""
    clients: list[Client] = []
    visit_of: list[int] = []
    members: dict[int, list[int]] = defaultdict(list)
    for visit, prize in zip(fleet.wanted, fleet.worth(fleet.wanted, _MEAN_WORTH), strict=True):
        windows = fleet.windows(visit) or ((0, max(shift.end for shift in fleet.instance.shifts)),)
        for opens, closes in windows:
            if len(windows) > 1:
                members[visit].append(len(clients))
            visit_of.append(visit)
            clients.append(
                Client(
                    fleet.location(visit),
                    service_duration=fleet.instance.service[visit],
                    tw_early=opens,
                    tw_late=closes,
                    prize=prize,
                    required=False,
                    group=len(members) - 1 if len(windows) > 1 else None,
                )
            )
    return clients, [ClientGroup(of_visit, required=False) for of_visit in members.values()], visit_of


def _profiles(fleet: Fleet) -> tuple[list[Any], dict[frozenset[int], int]]:
    """A matrix for each set of visits that some shifts may not make."""
    number = {barred: n for n, barred in enumerate({fleet.barred(kind[0]): None for kind in fleet.kinds})}
    matrices: list[Any] = []
    for barred in number:
        matrix = fleet.matrix.copy()
        matrix[:, [fleet.location(x) for x in barred]] = FAR
        np.fill_diagonal(matrix, 0)
        matrices.append(matrix)
    return matrices, number


def _vehicle(fleet: Fleet, kind: list[int], profile: int) -> VehicleType:
    shift = fleet.instance.shifts[kind[0]]
    rest = rest_of(shift)
    return VehicleType(
        len(kind),
        start_depot=fleet.start(kind[0]),
        end_depot=fleet.end(kind[0]),
        tw_early=shift.start,
        tw_late=shift.end - (rest.seconds if rest else 0),
        profile=profile,
    )


def _routes(fleet: Fleet, best: Any, visit_of: list[int]) -> RouteLists:
    found: RouteLists = [[] for _ in fleet.instance.shifts]
    free = [list(kind) for kind in fleet.kinds]
    for route in best.routes():
        shift = free[route.vehicle_type()].pop()
        found[shift] = [visit_of[stop.idx] for stop in route if stop.is_client()]
    return found
