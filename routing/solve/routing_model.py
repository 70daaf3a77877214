"""OR-Tools' routing library on an instance: chooses and orders visits, and judges routes made elsewhere.

Traps met here (OR-Tools 9.15): its iterated local search was seen to run on without end on a small
day when bounded by a number of solutions and no time (why was not looked into), so the search here
is a plain descent, which ends by itself, and :mod:`routing.solve.search` goes on from there. Starting
from the iterated search gave up to 1.3 % more on some days of two teams, none on others. A model
whose time is spent refuses even its own routes. A solve holds the GIL from beginning to end and two
models in one process are reported to crash (google/or-tools#5076; never seen here over thousands
made one after another), which is why the service solves in a child process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.solve.instance import Instance, rest_of
from routing.solve.search import Objective

#: A mean visit costs this much to leave out; one second of travel costs 1.
_MEAN_PENALTY: Final = 100_000
_DAY: Final = 86_400
#: What entering a village costs, in units of a mean visit. A nudge only: a high price would keep
#: teams out of poor villages altogether, and whole villages are seen to afterwards.
_ENTRY: Final = 0.1

RouteLists = list[list[int]]


class RoutingModel:
    """The routing model of an instance with at least one visit and one shift.

    ``order`` is a permutation of the visits: the library has no seed, it breaks ties by node number.
    """

    def __init__(self, instance: Instance, order: Sequence[int], objective: Objective, split_cost: float) -> None:
        self.instance = instance
        self._order = list(order)
        self._objective = objective
        shifts, visits = len(instance.shifts), len(instance.visits)
        starts = [instance.start_row(k) for k in range(shifts)]
        ends = [instance.end_row(k) for k in range(shifts)]
        self._rows = [*self._order, *starts, *ends]
        self._manager: Any = pywrapcp.RoutingIndexManager(
            visits + 2 * shifts,
            shifts,
            list(range(visits, visits + shifts)),
            list(range(visits + shifts, visits + 2 * shifts)),
        )
        self._model: Any = pywrapcp.RoutingModel(self._manager)
        self._horizon = max(_DAY, *(shift.latest_end for shift in instance.shifts))
        self._add_costs(split_cost)
        self._add_time()

    def _village(self, row: int) -> int:
        return self.instance.village[row] if row < len(self.instance.visits) else -1

    def _add_costs(self, split_cost: float) -> None:
        inst, model = self.instance, self._model
        entry = int(_ENTRY * _MEAN_PENALTY)
        cost = [
            [inst.seconds[a][b] + (entry if self._village(a) != self._village(b) != -1 else 0) for b in self._rows]
            for a in self._rows
        ]
        model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(cost))
        members: dict[int, list[int]] = {}
        for node, visit in enumerate(self._order):
            index = self._manager.NodeToIndex(node)
            # Values reach 10^11 fen; relative to the mean they cannot overflow 64 bits. A visit that is worth
            # more on some shifts counts with the most here: the library knows no prize by vehicle.
            penalty = max(0, round(self._objective.highest(visit) * _MEAN_PENALTY / self._objective.mean))
            model.AddDisjunction([index], penalty)
            members.setdefault(inst.village[visit], []).append(index)
            if len(inst.allowed[visit]) < len(inst.shifts):
                # SetAllowedVehiclesForIndex takes no Python list in 9.15; -1 stands for a visit left out.
                model.VehicleVar(index).SetValues([-1, *inst.allowed[visit]])
        for indices in members.values():
            if len(indices) > 1 and len(inst.shifts) > 1:
                model.AddSoftSameVehicleConstraint(indices, round(split_cost * _MEAN_PENALTY))

    def _add_time(self) -> None:
        inst, model, manager, horizon = self.instance, self._model, self._manager, self._horizon
        service = [inst.service[row] if row < len(inst.visits) else 0 for row in self._rows]
        transit = [[inst.seconds[a][b] + service[i] for b in self._rows] for i, a in enumerate(self._rows)]
        model.AddDimension(model.RegisterTransitMatrix(transit), horizon, horizon, False, "time")
        clock = model.GetDimensionOrDie("time")
        for node, visit in enumerate(self._order):
            begin = clock.CumulVar(manager.NodeToIndex(node))
            windows = inst.windows[visit]
            begin.SetRange(max(0, windows[0][0]), min(horizon, windows[-1][1]))
            for (_, closes), (opens, _) in pairwise(windows):
                begin.RemoveInterval(closes + 1, opens - 1)
        at_door = [service[manager.IndexToNode(index)] for index in range(model.Size())]
        for k, shift in enumerate(inst.shifts):
            clock.CumulVar(model.Start(k)).SetRange(shift.start, shift.latest_end)
            clock.CumulVar(model.End(k)).SetRange(shift.start, shift.latest_end)
            second = round(shift.overtime_rate * _MEAN_PENALTY / (3600 * self._objective.mean))
            if shift.overtime > 0 and second > 0:
                clock.SetCumulVarSoftUpperBound(model.End(k), shift.end, second)
            rest = rest_of(shift)
            if rest is not None:
                interval = model.solver().FixedDurationIntervalVar(
                    rest.earliest, rest.latest - rest.seconds, rest.seconds, False, f"rest {k}"
                )
                clock.SetBreakIntervalsOfVehicle([interval], k, at_door)

    def solve(
        self,
        seconds: float | None,
        solutions: int | None,
        on_solution: Callable[[RouteLists], None] | None = None,
    ) -> RouteLists:
        """Stops per shift at a local optimum, after ``seconds`` or after ``solutions`` steps, whichever is first.

        Routes are empty where none was found in that time.
        """
        model = self._model
        search = pywrapcp.DefaultRoutingSearchParameters()
        strategies = routing_enums_pb2.FirstSolutionStrategy
        search.first_solution_strategy = strategies.LOCAL_CHEAPEST_INSERTION
        metaheuristics = routing_enums_pb2.LocalSearchMetaheuristic
        search.local_search_metaheuristic = metaheuristics.GREEDY_DESCENT
        if seconds is not None:
            search.time_limit.FromMilliseconds(max(1, round(seconds * 1000)))
        if solutions is not None:
            search.solution_limit = solutions
        if on_solution is not None:
            self._report(on_solution)
        assignment = model.SolveWithParameters(search)
        if assignment is None:
            return [[] for _ in self.instance.shifts]
        return self._routes(lambda index: assignment.Value(model.NextVar(index)))

    def _report(self, on_solution: Callable[[RouteLists], None]) -> None:
        last = time.monotonic()

        def report() -> None:
            nonlocal last
            if time.monotonic() - last > 0.2:
                last = time.monotonic()
                on_solution(self._routes(lambda index: self._model.NextVar(index).Value()))

        self._model.AddAtSolutionCallback(report)

    def _routes(self, following: Callable[[int], int]) -> RouteLists:
        routes = []
        for k in range(len(self.instance.shifts)):
            stops, index = [], following(self._model.Start(k))
            while not self._model.IsEnd(index):
                stops.append(self._order[self._manager.IndexToNode(index)])
                index = following(index)
            routes.append(stops)
        return routes

    def accepts(self, routes: Sequence[Sequence[int]]) -> bool:
        """Whether the library finds these routes feasible.

        Not on a model that has solved: its spent time limit makes it refuse even its own routes.
        """
        self._model.CloseModel()
        node_of = {visit: node for node, visit in enumerate(self._order)}
        indices = [[self._manager.NodeToIndex(node_of[x]) for x in stops] for stops in routes]
        return self._model.ReadAssignmentFromRoutes(indices, True) is not None
