"""Why a visit is planned or not: the codes, the facts they carry, and what stands behind each claim.

A reason is a code and facts (:class:`routing.problem.Reason`); sentences are made elsewhere. Every
claim here was established by calculation on the very problem and plan it is about; where something
was tried and failed, the reason says that it was tried, not that it could never work. The rules
about travel speak of the straight way there and back: they assume, as holds for the quickest ways
on a road network, that going by way of another door is never quicker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routing.problem import Plan, Problem, Reason, Route, Visit


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code claims, which facts come with it, and how the claim was established."""

    facts: tuple[str, ...]
    claim: str
    established: str
    provable: bool


#: Reasons for leaving a visit out. Seconds are durations, ``…_at`` and windows seconds since midnight.
UNPLANNED: Mapping[str, Meaning] = {
    "no_shift": Meaning((), "Nobody works on this day.", "The problem has no shift.", True),
    "shift_not_allowed": Meaning(
        ("shifts",),
        "None of the day's shifts may make this call.",
        "The shifts the visit allows (conflict of interest, territory) and the day's shifts are disjoint.",
        True,
    ),
    "no_team_has_skill": Meaning(
        ("skills", "shifts"),
        "No team that may make this call has all the skills it asks for.",
        "The visit's skills against those of the team of each of the ``shifts`` it allows.",
        True,
    ),
    "no_place": Meaning(
        ("village",),
        "Neither the door's, nor its village's, nor its town's place is known.",
        "All three places are missing; no place is guessed.",
        True,
    ),
    "no_value": Meaning(
        ("value",),
        "The call is worth nothing.",
        "Its value is zero or less on every shift that may make it; only what must be made is planned then.",
        True,
    ),
    "no_way": Meaning(
        ("shifts",),
        "No allowed shift can reach the door or return from it.",
        "The travel source knows no way from the start or to the end of any allowed shift.",
        True,
    ),
    "no_road": Meaning(
        ("metres", "limit_metres"),
        "The door is farther from any road than anybody is sent on foot.",
        "The road data's nearest road is ``metres`` from the place, more than ``limit_metres``.",
        True,
    ),
    "window_outside_shift": Meaning(
        ("opens_at", "closes_at", "starts_at", "ends_at"),
        "No hours of the visit fall into the working time of an allowed shift.",
        "Every window closes before or opens after every allowed shift. Facts: first opening and last "
        "closing of the windows, first start and last end of those shifts.",
        True,
    ),
    "service_exceeds_shift": Meaning(
        ("service_seconds", "shift_seconds"),
        "The call takes longer than the longest allowed shift.",
        "Comparison of the two.",
        True,
    ),
    "too_far": Meaning(
        ("shift", "needs_seconds", "shift_seconds"),
        "Driving straight there, calling and driving straight back takes longer than any allowed shift.",
        "Sum of both legs and the call for each allowed shift. Facts: the shift that comes closest.",
        True,
    ),
    "rest_does_not_fit": Meaning(
        ("shift", "earliest_at", "latest_at", "rest_seconds"),
        "The rest of every allowed shift is longer than the span it must lie in.",
        "Comparison of the two; such a shift is not planned at all.",
        True,
    ),
    "not_even_alone": Meaning(
        ("shift", "late_seconds"),
        "The visit does not fit into any allowed shift even as its only call.",
        "Exact schedule with that one stop, windows and rest, for each allowed shift. Facts: the "
        "shift that comes closest and how late its team would be back (absent where no hour can be met).",
        True,
    ),
    "no_room": Meaning(
        ("shift", "late_seconds", "spots"),
        "It does not fit beside the chosen visits.",
        "Inserted at every spot of every allowed route of the finished plan that keeps villages "
        "whole; each made something late. Facts: how many spots, the least late one and by how much "
        "(absent where the visit's hours are missed at every spot).",
        False,
    ),
    "overtime_too_dear": Meaning(
        ("shift", "overtime_seconds"),
        "It would fit, but only with overtime that costs as much as the visit is worth, or more.",
        "Fits at a spot of ``shift``, where the overtime that it adds was priced against its value; at no spot "
        "is it cheaper than that. Facts: that shift and how late its team would be back.",
        False,
    ),
    "left_by_hand": Meaning((), "Whoever made the plan left it out.", "The plan was made by hand.", False),
    "village_kept_whole": Meaning(
        ("shift", "village"),
        "It would fit, but only by splitting a village: its own, done elsewhere in the plan, or another.",
        "Fits at a spot of ``shift`` that the rule of whole villages forbids or prices above the "
        "visit's value, and at no other spot. Facts: that shift and the visit's village.",
        False,
    ),
}

#: Reasons for a visit to be where it is in a plan.
PLANNED: Mapping[str, Meaning] = {
    "value_rank": Meaning(
        ("rank", "of"),
        "So many of the day's possible visits are worth more.",
        "Rank of the most it is worth on any shift among all visits of the problem, ties by id.",
        True,
    ),
    "must_be_made": Meaning(
        (),
        "It must be made, and comes before all that need not.",
        "The visit says so.",
        True,
    ),
    "with_village": Meaning(
        ("village", "stops"),
        "The team is in the village for so many calls.",
        "Length of the unbroken run of stops in this village.",
        True,
    ),
    "appointment": Meaning(
        ("opens_at", "closes_at"),
        "It was put into the hours asked for.",
        "The window of the visit that holds the planned beginning of the call.",
        True,
    ),
}


def reasons_planned(problem: Problem, plan: Plan) -> dict[str, tuple[Reason, ...]]:
    """For each planned visit the reasons established from problem and plan, by visit id."""
    visits = {visit.id: visit for visit in problem.visits}
    ranked = sorted(problem.visits, key=lambda visit: (-_most(problem, visit), visit.id))
    rank = {visit.id: place for place, visit in enumerate(ranked, start=1)}
    found: dict[str, tuple[Reason, ...]] = {}
    for route in plan.routes:
        together = _run_lengths(route, visits)
        for stop, length in zip(route.stops, together, strict=True):
            visit = visits[stop.visit]
            reasons = [Reason("value_rank", {"rank": rank[visit.id], "of": len(ranked)})]
            if visit.must:
                reasons.insert(0, Reason("must_be_made"))
            if length > 1 and visit.household.village is not None:
                reasons.append(Reason("with_village", {"village": visit.household.village, "stops": length}))
            reasons += [
                Reason("appointment", {"opens_at": window.open, "closes_at": window.close})
                for window in visit.windows
                if window.open <= stop.arrival <= window.close
            ][:1]
            found[visit.id] = tuple(reasons)
    return found


def _most(problem: Problem, visit: Visit) -> int:
    """The most the visit is worth on any shift that may make it."""
    may = (shift.id for shift in problem.shifts if visit.may(shift))
    return max(map(visit.value_on, may), default=visit.value)


def _run_lengths(route: Route, visits: Mapping[str, Visit]) -> list[int]:
    """For each stop the length of the run of stops in the same village around it."""
    villages = [visits[stop.visit].household.village for stop in route.stops]
    lengths: list[int] = []
    first = 0
    for stop in range(1, len(villages) + 1):
        if stop == len(villages) or villages[stop] is None or villages[stop] != villages[first]:
            lengths += [stop - first] * (stop - first)
            first = stop
    return lengths
