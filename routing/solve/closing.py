"""Every visit left out is tried in every spot of the finished routes: put in where it fits, else told why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.problem import Problem, Reason, Shift, Unplanned, Visit
from routing.solve.insertion import Routes
from routing.solve.instance import Instance, Row, described, in_order
from routing.solve.schedule import Schedule
from routing.solve.start import Start
from routing.travel.legs import UNREACHABLE, Travel, end_of, point_of_visit, start_of


def close(
    problem: Problem,
    visits: Sequence[Visit],
    shifts: Sequence[Shift],
    routes: Sequence[Sequence[str]],
    travel: Travel,
    split_price: int,
    start: Start | None = None,
) -> tuple[list[Schedule], list[Unplanned]]:
    """Final schedules (one per shift in order of ids) and a reason for each of ``visits`` they leave out.

    ``routes`` are ids of visits per shift. ``split_price`` is what splitting a village costs, fen.
    """
    closing = _Closing(problem, visits, shifts, routes, travel, split_price, start)
    while closing.insert_what_fits():
        pass  # the last pass found nothing, so what the reasons say was tried on the final routes
    return closing.routes.schedules, closing.reasons()


class _Closing:
    def __init__(
        self,
        problem: Problem,
        visits: Sequence[Visit],
        shifts: Sequence[Shift],
        routes: Sequence[Sequence[str]],
        travel: Travel,
        split_price: int,
        start: Start | None,
    ) -> None:
        self.travel = travel
        self.split_price = split_price
        chosen, days = in_order(visits), in_order(shifts)
        self.points = [point_of_visit(visit, problem.villages) for visit in chosen]
        self.points += [start_of(shift) for shift in days] + [end_of(shift) for shift in days]
        number = {visit.id: x for x, visit in enumerate(chosen)}
        self.rows: list[Row] = [{} for _ in self.points]
        self.instance: Instance = described(chosen, days, self.rows, start)
        stops = [tuple(number[name] for name in names) for names in routes]
        planned = {x for names in stops for x in names}
        self._know([*sorted(planned), *range(len(chosen), len(self.points))])
        for k in range(len(days)):
            self.rows[len(chosen) + k][len(chosen) + len(days) + k] = 0
        self.routes = Routes(self.instance, [Schedule(self.instance, k, s) for k, s in enumerate(stops)])
        self.left = sorted(
            (x for x in range(len(chosen)) if x not in planned),
            key=lambda x: (not chosen[x].must, -self.instance.most[x], chosen[x].id),
        )

    def _know(self, rows: Sequence[int]) -> None:
        """Ask for all legs from and to these rows: for a few routes among thousands of visits."""
        some = [self.points[row] for row in rows]
        onward = self.travel.between(some, self.points).seconds.tolist()
        toward = np.transpose(self.travel.between(self.points, some).seconds).tolist()
        for row, legs_on, legs_to in zip(rows, onward, toward, strict=True):
            self.rows[row] = legs_on
            for other, seconds in enumerate(legs_to):
                known = self.rows[other]
                known[row] = seconds

    def insert_what_fits(self) -> bool:
        """Put in every visit that fits, what must be made and the most valuable first; whether there was one."""
        every = range(len(self.instance.shifts))
        left = []
        for x in self.left:
            spot = self.routes.best_spot(x, every, self.split_price)
            if spot is None:
                left.append(x)
                continue
            self._know([x])
            self.routes.insert(x, spot)
        found = len(left) < len(self.left)
        self.left = left
        return found

    def reasons(self) -> list[Unplanned]:
        """Why each visit that is still out is out; what is claimed was tried just now."""
        return [Unplanned(self.instance.visits[x].id, self._reason(x)) for x in self.left]

    def _reason(self, x: int) -> Reason:
        names = [shift.id for shift in self.instance.shifts]
        spots, least, nearest = 0, UNREACHABLE, ""
        for shift, position, splits in self.routes.positions(x, range(len(names))):
            spots += 1
            late = self.routes.schedules[shift].overrun(x, position)
            if late <= 0 and not splits and self.routes.added_cost(x, shift, position) > 0:
                end = self.routes.schedules[shift].with_stop(x, position).end
                over = end - self.instance.shifts[shift].end
                return Reason("overtime_too_dear", {"shift": names[shift], "overtime_seconds": over})
            if late < least or not nearest:
                least, nearest = late, names[shift]
        for shift in self.instance.allowed[x]:
            schedule = self.routes.schedules[shift]
            if any(schedule.overrun(x, position) <= 0 for position in range(len(schedule.stops) + 1)):
                village = self.instance.visits[x].household.village or ""
                return Reason("village_kept_whole", {"shift": names[shift], "village": village})
        facts: dict[str, str | int] = {"spots": spots, "shift": nearest}
        if least < UNREACHABLE:
            facts["late_seconds"] = least
        return Reason("no_room", facts)
