"""Several days at once: one problem for all team-days of a territory, each visit with the days that suit it.

For every household and day the same rules are asked as for a plan of one day (:mod:`routing.calls`),
so a visit is allowed exactly on the days on which it would be wanted then: not before its cadence and
caps allow it, not on a day that policy, market or season close, not once a debt has lapsed. Beyond
that, over the days:

*Promises.* One that falls due in the period is followed up on its day, or on the first day after it on
which somebody works there who may go.

*Deadlines.* A visit whose must-by date lies in the period must be made, on a day up to that date.

*Repeated visits.* A cadence that comes round again inside the period makes another visit. The solver
places visits one by one, so their days are kept apart beforehand: the first may be made until
``cadence − not_before`` days after its first day, the next is judged as if the first had been made on
the last of these. Whichever days are chosen, two calls are then at least ``not_before`` days apart and
the caps hold; where the next is not due within the period, the first may use all of it.

*The same people* (DESIGN.md, decision 6). A promise, a key debt or unfinished business stays with the
people who called last in this rotation period, where they work; a deadline goes before that. The
repeated visits of one plan to a key debt go to one team.

*Value by day*: see :func:`routing.visits.value_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zlib import crc32

from routing.calls import Call, consider
from routing.debts import HouseholdFacts
from routing.period import Period
from routing.problem import Household, Problem, Reason, Shift, TimeWindow, Unplanned, Village, Visit
from routing.rules import Rules
from routing.visits import NotWanted, in_order, reasons_of, value_of, visit_id


@dataclass(frozen=True, slots=True)
class Acquainted:
    """Who called at a household last, and until when they stay with it (None: no end is known).

    ``unfinished``: what they began there is not done, whatever the household is otherwise.
    """

    people: frozenset[str]
    until: date | None = None
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class PeriodProblem:
    """The problem of a period, and what stands behind its visits.

    ``calls`` gives for each visit, by its id, the call of every day on which it may be made;
    ``again`` are those that repeat an earlier visit of the same problem.
    """

    period: Period
    problem: Problem
    not_wanted: tuple[NotWanted, ...]
    rules: Rules
    calls: Mapping[str, Mapping[date, Call]]
    again: frozenset[str]

    def reasons_on(self, visit: str, day: date) -> tuple[Reason, ...]:
        """Why the visit is wanted, as it stands on the day on which it is made."""
        return reasons_of(self.calls[visit][day], self.rules, visit in self.again)

    def why(self, left: Unplanned) -> Reason:
        """Why a visit was left out; where that nobody works on its days is the cause, that is said."""
        days = self.calls[left.visit]
        working = {self.period.day_of(shift.start) for shift in self.problem.shifts}
        if left.reason.code != "shift_not_allowed" or working & days.keys():
            return left.reason
        return Reason("no_shift_on_its_days", {"from": min(days).isoformat(), "until": max(days).isoformat()})


def period_problem(
    period: Period,
    households: Iterable[HouseholdFacts],
    villages: Mapping[str, Village],
    shifts: Mapping[date, Sequence[Shift]],
    rules: Rules,
    barred: Mapping[str, frozenset[str]] | None = None,
    acquainted: Mapping[str, Acquainted] | None = None,
    asked_for: Mapping[str, bool] | None = None,
) -> PeriodProblem:
    """The problem of all these households and team-days. Depends on the order of neither.

    Parameters
    ----------
    shifts
        By day; times count from midnight of that day. Each has an id of its own in the whole period.
    barred
        Household id → people who may not call there (conflict of interest).
    acquainted
        Household id → the people who called there last in this rotation period.
    asked_for
        Household id → whether the visit that somebody asked for there must be made.

    Raises ``ValueError`` for two households of one id, :class:`routing.strategy.UnknownStrategy` and
    :class:`routing.availability.UnknownProfile` for names that no rule file describes.
    """
    days = _Days(period, shifts, rules, barred or {}, acquainted or {}, asked_for or {})
    found: list[_Wanted] = []
    not_wanted: list[NotWanted] = []
    for household in in_order(households):
        visits = days.visits(household)
        if isinstance(visits, Reason):
            not_wanted.append(NotWanted(household.id, visits))
        else:
            found += visits
    placed = [period.placed(shift, day) for day in sorted(shifts) for shift in shifts[day]]
    return PeriodProblem(
        period=period,
        problem=Problem(period.first, tuple(one.visit for one in found), dict(villages), tuple(placed)),
        not_wanted=tuple(not_wanted),
        rules=rules,
        calls={one.visit.id: {call.on: call for call in one.calls} for one in found},
        again=frozenset(one.visit.id for one in found if one.again),
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A visit and the calls it is made of, one for each day, in their order."""

    visit: Visit
    calls: tuple[Call, ...]
    again: bool


@dataclass(slots=True)
class _Days:
    """The visits of one household after the other."""

    period: Period
    shifts: Mapping[date, Sequence[Shift]]
    rules: Rules
    barred: Mapping[str, frozenset[str]]
    acquainted: Mapping[str, Acquainted]
    asked_for: Mapping[str, bool]
    every: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.every = frozenset(shift.id for day in self.shifts.values() for shift in day)

    def visits(self, household: HouseholdFacts) -> list[_Wanted] | Reason:
        """Its visits in the period, or why there is none."""
        slots = self._slots(household, self.period.days)
        if isinstance(slots, Reason):
            return slots
        team = self._one_team(household, slots) if household.focus and len(slots) > 1 else None
        return [self._wanted(calls, n > 0, team) for n, calls in enumerate(slots)]

    def _slots(self, household: HouseholdFacts, days: Sequence[date]) -> list[list[Call]] | Reason:
        """For each visit the calls it may be, by day."""
        asked = household.id in self.asked_for
        answers = [consider(household, day, self.rules, asked) for day in days]
        calls = [answer for answer in answers if isinstance(answer, Call)]
        if not calls:
            return _most_frequent([answer for answer in answers if isinstance(answer, Reason)])
        staffed = [call for call in calls if self._may(household.id, call.on)]
        calls = _by_deadline(_on_promised_day(staffed, self.period) if staffed else calls, self.period)
        first, strategy = calls[0], calls[0].strategy
        if first.on + timedelta(days=strategy.cadence_days) > self.period.last:
            return [calls]
        until = first.on + timedelta(days=strategy.cadence_days - strategy.not_before_days)
        early = [call for call in calls if call.on <= until]
        made = early[-1].on
        after = replace(household, visits=(*household.visits, made), promise_due=None, promise_amount=None)
        further = self._slots(after, [day for day in days if day > made])
        if isinstance(further, Reason) or _due_again(first, further[0]) > self.period.last:
            return [calls]
        return [early, *further]

    def _may(self, household: str, day: date) -> list[Shift]:
        """The shifts of a day none of whose people is barred from the household."""
        barred = self.barred.get(household, frozenset())
        return [shift for shift in self.shifts.get(day, ()) if not barred & set(shift.team.people)]

    def _wanted(self, calls: list[Call], again: bool, team: str | None) -> _Wanted:
        first, service = calls[0], max(call.strategy.service for call in calls)
        facts = first.household
        worth = {call.on: value_of(call, self.rules, calls)[0] for call in calls}
        most, must = max(worth.values()), _must(first, self.period) or self.asked_for.get(facts.id, False)
        allowed = self._allowed(calls, must, team)
        shift_ids = frozenset(shift.id for shifts in allowed.values() for shift in shifts)
        visit = Visit(
            id=visit_id(facts.id, first.on),
            household=Household(facts.id, facts.village, facts.place),
            service=service,
            value=most,
            windows=tuple(
                self.period.window(TimeWindow(window.open, close), call.on)
                for call in calls
                for window in call.windows
                if (close := window.close - (service - call.strategy.service)) >= window.open
            ),
            shifts=None if shift_ids == self.every else shift_ids,
            reasons=reasons_of(first, self.rules, again),
            worth={shift.id: worth[day] for day, may in allowed.items() for shift in may if worth[day] != most},
            must=must,
        )
        return _Wanted(visit, tuple(calls), again)

    def _allowed(self, calls: list[Call], must: bool, team: str | None) -> dict[date, list[Shift]]:
        """The shifts that may make the visit, by day."""
        may = {call.on: self._may(call.household.id, call.on) for call in calls}
        known = self.acquainted.get(calls[0].household.id)
        if must:
            return may
        if known is not None and (known.unfinished or calls[0].household.focus or calls[0].promise):
            theirs = {
                day: [shift for shift in shifts if known.people & set(shift.team.people)]
                for day, shifts in may.items()
                if known.until is None or day <= known.until
            }
            # Where they work on none of these days, nobody waits for them.
            if any(theirs.values()):
                return {**may, **theirs}
        if team is not None:
            return {day: [shift for shift in shifts if shift.team.id == team] for day, shifts in may.items()}
        return may

    def _one_team(self, household: HouseholdFacts, slots: list[list[Call]]) -> str | None:
        """The team that can make all these visits; of several the one that the village falls to."""
        teams = [
            {shift.team.id for call in calls for shift in self._may(household.id, call.on)} for calls in slots
        ]  # fmt: skip
        able = sorted(set.intersection(*teams))
        # Doors of one village fall to one team, so that it need not be visited by several.
        return able[crc32((household.village or household.id).encode()) % len(able)] if able else None


def _most_frequent(refusals: Sequence[Reason]) -> Reason:
    """What stands against a visit on most days, the earlier of two."""
    times = Counter(refusal.code for refusal in refusals)
    return max(refusals, key=lambda refusal: times[refusal.code])


def _on_promised_day(calls: list[Call], period: Period) -> list[Call]:
    """A promise that falls due in the period is asked about on the first day that can be had."""
    due = next((n for n, call in enumerate(calls) if call.promise), None)
    promised = calls[0].household.promise_due
    if due is None or promised is None or promised < period.first:
        return calls
    return calls[: due + 1]


def _must(call: Call, period: Period) -> bool:
    """Whether the must-by date of what the call is about lies in the period."""
    return call.nearest is not None and call.nearest.end is not None and call.nearest.end <= period.last


def _by_deadline(calls: list[Call], period: Period) -> list[Call]:
    nearest = calls[0].nearest
    if not _must(calls[0], period) or nearest is None or nearest.end is None:
        return calls
    return [call for call in calls if call.on <= nearest.end]


def _due_again(first: Call, further: Sequence[Call]) -> date:
    """When the visit after ``first`` is due by the strategy that then holds."""
    return first.on + timedelta(days=further[0].strategy.cadence_days)
