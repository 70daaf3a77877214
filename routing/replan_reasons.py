"""Why a visit changed when the rest of a day was planned again: a code and facts for every change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from routing.problem import Reason
from routing.replan import Replanned

#: What may be said of a change; facts in brackets. A visit left out has a reason of :data:`routing.explain.UNPLANNED`.
CHANGES: Final[Mapping[str, str]] = {
    "change_urgent": "It was asked for and must be made.",
    "change_room": "There is room for it now.",
    "change_team_gone": "Its team goes no further today (shift).",
    "change_team_late": "Its team has no time left for it (shift).",
    "change_worth_more": "The day is worth more with it there, the price of the change paid.",
    "change_order": "In this order more is made, or the same with less travel.",
    "change_later": "It begins later (by_seconds).",
    "change_earlier": "It begins earlier (by_seconds).",
    "change_fell_away": "No visit is wanted there any more.",
    "change_own_team": "Its own team can no longer make it, and it was to stay with that team (shift).",
}


def why_changed(found: Replanned, urgent: Collection[str], pinned: Collection[str] = ()) -> dict[str, Reason]:
    """The reason of every change, by visit.

    ``urgent`` are visits that were put in because they must be made, ``pinned`` those that were to stay with their
    team.
    """
    works = {shift.id for shift in found.problem.shifts}
    had = {stop.visit: route.shift for route in found.before.routes for stop in route.stops}
    left = {one.visit: one.reason for one in found.plan.unplanned}
    why = {visit: Reason("change_urgent" if visit in urgent else "change_room") for visit in found.changes.added}
    for visit in found.changes.removed:
        reason = left.get(visit, Reason("change_fell_away"))
        stays = visit in pinned and reason.code == "shift_not_allowed"
        why[visit] = Reason("change_own_team", {"shift": had[visit]}) if stays else reason
    for visit, before, _ in found.changes.moved:
        if before not in works:
            why[visit] = Reason("change_team_gone", {"shift": before})
        elif visit in found.lost:
            why[visit] = Reason("change_team_late", {"shift": before})
        else:
            why[visit] = Reason("change_worth_more")
    why |= {visit: Reason("change_order") for visit in found.changes.reordered}
    why |= {visit: _shifted(to - was) for visit, was, to in found.changes.retimed}
    return why


def _shifted(seconds: int) -> Reason:
    return Reason("change_later" if seconds > 0 else "change_earlier", {"by_seconds": abs(seconds)})
