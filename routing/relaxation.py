"""Which single rule keeps a visit from being planned at all: shown by calculating without it.

A visit that fits into no shift even alone (see :mod:`routing.solve.screen`) is tried again with one
rule relaxed at a time. Where that makes it possible, the rule is the cause, and how far it would have
to give is measured, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from routing.problem import Problem, Reason, Shift, Visit
from routing.solve.screen import screen
from routing.travel.legs import Travel

_DAY: Final = 86_400
_MINUTE: Final = 60

#: What may be relaxed, the facts each comes with, and what is claimed.
RELAXATIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "other_shift": (("shift",), "Another shift could make the call if it were allowed to. Facts: one that could."),
    "without_skills": (
        ("shift", "skills"),
        "It could be made if somebody in the team had certain skills. Facts: a shift that could, what its team lacks.",
    ),
    "other_hours": (("shift",), "Without its hours the call could be made. Facts: a shift that could."),
    "longer_shift": (
        ("shift", "seconds"),
        "With a working day so much longer (whole minutes) it could be made. Facts: the shift that needs least.",
    ),
    "shorter_call": (("shift", "seconds"), "A call of at most so long (whole minutes) could be made. Facts: where."),
    "without_rest": (("shift",), "Without its rest the shift could make the call."),
}


@dataclass(frozen=True, slots=True)
class Relaxations:
    """Why a visit cannot be planned (None: it can), and which rules, each relaxed alone, would let it in."""

    reason: Reason | None
    would_do: tuple[Reason, ...]


def relaxations(problem: Problem, travel: Travel, visit: str) -> Relaxations:
    """What stands against a visit, and what would do.

    Empty ``would_do`` with a reason: no single rule is the cause. Raises KeyError for a visit that the
    problem has not.
    """
    wanted = next((one for one in problem.visits if one.id == visit), None)
    if wanted is None:
        raise KeyError(visit)
    trial = _Trial(problem, travel, wanted)
    reason = trial.reason(wanted, problem.shifts)
    return Relaxations(reason, () if reason is None else tuple(trial.would_do()))


class _Trial:
    def __init__(self, problem: Problem, travel: Travel, visit: Visit) -> None:
        self.problem, self.travel, self.visit = problem, travel, visit
        self.shifts = sorted(problem.shifts, key=lambda shift: shift.id)

    def reason(self, visit: Visit, shifts: tuple[Shift, ...] | list[Shift]) -> Reason | None:
        """Why ``visit`` fits into none of ``shifts`` alone; None where it fits."""
        screened = screen(replace(self.problem, visits=(visit,), shifts=tuple(shifts)), self.travel)
        if screened.impossible:
            return screened.impossible[0].reason
        return None

    def would_do(self) -> Iterator[Reason]:
        unskilled = replace(self.visit, skills=frozenset())
        if self.visit.skills and (able := self._first(lambda shift: (unskilled, shift))):
            team = next(shift.team for shift in self.shifts if shift.id == able)
            lacks = ", ".join(sorted(self.visit.skills - team.skills))
            yield Reason("without_skills", {"shift": able, "skills": lacks})
        for code, relaxed in (
            ("other_shift", lambda shift: (replace(self.visit, shifts=frozenset({shift.id})), shift)),
            ("other_hours", lambda shift: (replace(self.visit, windows=()), shift)),
            ("without_rest", lambda shift: (self.visit, replace(shift, rest=None))),
        ):
            if found := self._first(relaxed):
                yield Reason(code, {"shift": found})
        if longer := self._least(self._longer):
            yield Reason("longer_shift", {"shift": longer[1], "seconds": longer[0]})
        if shorter := self._least(self._shorter):
            yield Reason("shorter_call", {"shift": shorter[1], "seconds": -shorter[0]})

    def _first(self, relaxed: Callable[[Shift], tuple[Visit, Shift]]) -> str | None:
        """The first shift that could make the call with a rule relaxed."""
        for shift in self.shifts:
            visit, changed = relaxed(shift)
            if self.reason(visit, [changed]) is None:
                return shift.id
        return None

    def _least(self, measure: Callable[[Shift], int | None]) -> tuple[int, str] | None:
        found = [(amount, shift.id) for shift in self.shifts if (amount := measure(shift)) is not None]
        return min(found, default=None)

    def _longer(self, shift: Shift) -> int | None:
        """By how much the shift would have to end later, whole minutes; None where a day more does not help."""

        def fits(minutes: int) -> bool:
            later = replace(shift, end=shift.end + minutes * _MINUTE)
            return self.reason(self.visit, [later]) is None

        return None if (least := _least_true(fits, _DAY // _MINUTE)) is None else least * _MINUTE

    def _shorter(self, shift: Shift) -> int | None:
        """The longest call that fits, in whole minutes and negated (the most is wanted); None where none does."""
        most = self.visit.service // _MINUTE

        def fits(less: int) -> bool:
            shorter = replace(self.visit, service=(most - less) * _MINUTE)
            return self.reason(shorter, [shift]) is None

        less = _least_true(fits, most - 1)
        return None if less is None else -(most - less) * _MINUTE


def _least_true(holds: Callable[[int], bool], most: int) -> int | None:
    """The least number from 0 to ``most`` from which on it holds; None where it does not hold at ``most``."""
    if most < 0 or not holds(most):
        return None
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
