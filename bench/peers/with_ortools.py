"""OR-Tools' routing library as it does best here: iterated local search, visits optional at a penalty, breaks.

Of its many settings these came out best in our own trials (six first solutions, each with iterated and with guided
local search); what most write first, path cheapest arc and guided local search, is worse.
"""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

from google.protobuf import text_format
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from bench.peers import RouteLists
from bench.peers.fleet import Fleet
from routing.solve.instance import Instance, rest_of

#: A mean visit counts as so many seconds of travel.
_MEAN_WORTH = 100_000
_SEARCH = """
perturbation_strategy: RUIN_AND_RECREATE
ruin_recreate_parameters {
  ruin_strategies { sisr { max_removed_sequence_size: 10 avg_num_removed_visits: 10 bypass_factor: 0.01 } }
  ruin_composition_strategy: RUN_ONE_RANDOMLY
  recreate_strategy { heuristic: LOCAL_CHEAPEST_INSERTION }
  route_selection_neighbors_ratio: 1.0 route_selection_min_neighbors: 10 route_selection_max_neighbors: 100
}
improve_perturbed_solution: false
best_solution_acceptance_strategy { greedy_descent {} }
reference_solution_acceptance_strategy {
  simulated_annealing { cooling_schedule_strategy: EXPONENTIAL initial_temperature: %g final_temperature: %g
    automatic_temperatures: false } }
"""


def routes(instance: Instance, seconds: float, seed: int) -> RouteLists:
    """See :data:`bench.peers.Solve`; the library's search takes no seed."""
    began = time.perf_counter()
    fleet = Fleet(instance)
    shifts = range(len(instance.shifts))
    manager = pywrapcp.RoutingIndexManager(
        len(fleet.matrix), len(shifts), [fleet.start(k) for k in shifts], [fleet.end(k) for k in shifts]
    )
    model = pywrapcp.RoutingModel(manager)
    _timing(fleet, manager, model)
    _visits(fleet, manager, model)
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.SEQUENTIAL_CHEAPEST_INSERTION
    search.use_iterated_local_search = True
    search.iterated_local_search_parameters.Clear()  # else the defaults are added to
    text_format.Parse(_SEARCH % (0.5 * _MEAN_WORTH, 0.01 * _MEAN_WORTH), search.iterated_local_search_parameters)
    search.time_limit.FromMilliseconds(max(50, round(1000 * (seconds - (time.perf_counter() - began)))))
    assignment = model.SolveWithIteratedLocalSearch(search)
    found: RouteLists = [[] for _ in shifts]
    for k in shifts if assignment is not None else ():
        index = assignment.Value(model.NextVar(model.Start(k)))
        while not model.IsEnd(index):
            found[k].append(fleet.visit(manager.IndexToNode(index)))
            index = assignment.Value(model.NextVar(index))
    return found


def _timing(fleet: Fleet, manager: Any, model: Any) -> None:
    inst = fleet.instance
    service = [0] * len(fleet.depots) + inst.service
    legs = fleet.matrix
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(legs.tolist()))
    with_service = [[leg + spent for leg in row] for row, spent in zip(legs.tolist(), service, strict=True)]
    last = max(shift.end for shift in inst.shifts)
    model.AddDimension(model.RegisterTransitMatrix(with_service), last, last, False, "time")
    clock = model.GetDimensionOrDie("time")
    at_index = [service[manager.IndexToNode(index)] for index in range(model.Size())]
    for k, shift in enumerate(inst.shifts):
        for end in (model.Start(k), model.End(k)):
            clock.CumulVar(end).SetRange(shift.start, shift.end)
        rest = rest_of(shift)
        if rest is not None:
            begin = (rest.earliest, rest.latest - rest.seconds, rest.seconds)
            interval = model.solver().FixedDurationIntervalVar(*begin, False, f"rest {k}")
            clock.SetBreakIntervalsOfVehicle([interval], k, at_index)


def _visits(fleet: Fleet, manager: Any, model: Any) -> None:
    inst, clock = fleet.instance, model.GetDimensionOrDie("time")
    wanted = fleet.wanted
    penalties = dict(zip(wanted, fleet.worth(wanted, _MEAN_WORTH), strict=True))
    for x in range(len(inst.visits)):
        index = manager.NodeToIndex(fleet.location(x))
        model.AddDisjunction([index], penalties.get(x, 0))
        if x not in penalties:
            model.ActiveVar(index).SetValue(0)
            continue
        if len(inst.allowed[x]) < len(inst.shifts):
            # SetAllowedVehiclesForIndex takes no list from Python (OR-Tools 9.15); -1 leaves the visit out.
            model.VehicleVar(index).SetValues([-1, *inst.allowed[x]])
        windows = fleet.windows(x)
        if windows:
            clock.CumulVar(index).SetRange(windows[0][0], windows[-1][1])
            for (_, closes), (opens, _) in pairwise(windows):
                clock.CumulVar(index).RemoveInterval(closes + 1, opens - 1)
