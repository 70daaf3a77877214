"""Groups, moves, reasons and figures of a rotation, told from its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev

from routing.problem import Reason
from routing.rotation.model import barriers
from routing.rotation.objective import Fairness, measure
from routing.rotation.problem import (
    Group,
    Move,
    PeriodGroups,
    Person,
    PersonPlace,
    RotationFigures,
    RotationProblem,
    TerritoryDemand,
    percent,
)

Places = Mapping[int, Sequence[PersonPlace]]


def describe(problem: RotationProblem, places: Places) -> tuple[tuple[PeriodGroups, ...], RotationFigures]:
    """Groups of every period with the reasons that are facts, and the figures of the whole."""
    fairness = measure(problem)
    last = {h.person: h.territory for h in problem.history if h.periods_ago == 1}
    leaders = {h.territory: h.person for h in problem.history if h.periods_ago == 1 and h.leader}
    seen = {(h.person, h.territory): -h.periods_ago for h in sorted(problem.history, key=lambda h: -h.periods_ago)}
    told: list[PeriodGroups] = []
    for period, some in places.items():
        at = {p.person: p for p in some}
        groups = tuple(_group(problem, t, some, leaders.get(t.id)) for t in problem.territories)
        moves = tuple(
            _move(problem, person, last.get(person.id), at.get(person.id), period, seen, fairness)
            for person in problem.people
        )
        told.append(PeriodGroups(period, groups, moves))
        last = {p.person: p.territory for p in some}
        leaders = {p.territory: p.person for p in some if p.leader}
        seen |= {(p.person, p.territory): period for p in some}
    return tuple(told), _figures(problem, places, told, fairness)


def _group(
    problem: RotationProblem,
    territory: TerritoryDemand,
    places: Sequence[PersonPlace],
    leader_before: str | None,
) -> Group:
    here = [p for p in places if p.territory == territory.id]
    (leader,) = (p.person for p in here if p.leader)
    members = tuple(p.person for p in here if not p.leader)
    knows = {p.id: p.knows.get(territory.id, 0.0) for p in problem.people}
    reasons = [Reason("leader_knows", {"person": leader, "knows_percent": percent(knows[leader])})]
    if leader_before == leader:
        reasons.append(Reason("leader_stays", {"person": leader}))
    elif leader_before is not None:
        reasons.append(Reason("leader_changes", {"person": leader, "before": leader_before}))
    for skill in sorted(territory.skills):
        holders = [p.id for p in problem.people if skill in p.skills and any(h.person == p.id for h in here)]
        if len(holders) == 1:
            reasons.append(Reason("skill_holder", {"person": holders[0], "skill": skill}))
    return Group(territory.id, leader, members, round(territory.work_minutes / len(here)), tuple(reasons))


def _move(
    problem: RotationProblem,
    person: Person,
    before: str | None,
    now: PersonPlace | None,
    period: int,
    seen: Mapping[tuple[str, str], int],
    fairness: Fairness,
) -> Move:
    if now is None:
        away = person.leave.get(period, 0.0)
        return Move(person.id, before, None, False, (Reason("leave", {"away_percent": percent(away)}),))
    reasons: list[Reason] = []
    if now.leader:
        reasons.append(Reason("leader_knows", {"knows_percent": percent(person.knows[now.territory])}))
    elif (last := seen.get((person.id, now.territory))) is None:
        reasons.append(Reason("new_face"))
    else:
        reasons.append(Reason("returns_after", {"periods": period - last}))
    if (minutes := person.travel_minutes.get(now.territory)) is not None:
        reasons.append(Reason("commute", {"minutes": minutes, "fair_minutes": fairness.fair_travel[person.id]}))
    if sum(not any(barriers(problem, person, t)) for t in problem.territories) == 1:
        reasons.append(Reason("only_choice"))
    return Move(person.id, before, now.territory, now.leader, tuple(reasons))


def _figures(
    problem: RotationProblem, places: Places, told: Sequence[PeriodGroups], fairness: Fairness
) -> RotationFigures:
    work: list[int] = []
    mean_work: list[float] = []
    changed: list[float] = []
    leaders_changed = people_moved = 0
    accounts = {t.id: t.accounts for t in problem.territories}
    total = sum(accounts.values())
    for period in told:
        placed = sum(len(g.people) for g in period.groups)
        mean_work.append(sum(t.work_minutes for t in problem.territories) / placed)
        work += [percent(g.work_minutes / mean_work[-1]) if mean_work[-1] else 100 for g in period.groups]
        new = [g.territory for g in period.groups if not any(r.code == "leader_stays" for r in g.reasons)]
        leaders_changed += len(new)
        changed.append(sum(accounts[t] for t in new) / total if total else 0.0)
        people_moved += sum(m.from_territory is not None and m.from_territory != m.to_territory for m in period.moves)
    everyone = [(p, period) for period, some in places.items() for p in some]
    minutes = [fairness.travel[p.person, p.territory] for p, _ in everyone]
    over = [max(0, fairness.travel[p.person, p.territory] - fairness.fair_travel[p.person]) for p, _ in everyone]
    past = [h for h in problem.history if h.territory in accounts]
    recent = [h for h in past if h.periods_ago <= problem.rules.history_periods]
    values: dict[str, list[int]] = {}
    for who, where in [(h.person, h.territory) for h in recent] + [(p.person, p.territory) for p, _ in everyone]:
        values.setdefault(who, []).append(fairness.value[where])
    faces = {(h.person, h.territory) for h in past} | {(p.person, p.territory) for p, _ in everyone}
    return RotationFigures(
        work_max_percent=max(work),
        work_min_percent=min(work),
        value_spread_percent=round(pstdev(fmean(v) for v in values.values())),
        travel_mean_minutes=round(fmean(minutes)),
        travel_max_minutes=max(minutes),
        travel_over_minutes=round(fmean(over)),
        accounts_changed_percent=percent(fmean(changed)),
        leaders_changed=leaders_changed,
        people_moved=people_moved,
        people_per_territory_percent=percent(len(faces) / len(problem.territories)),
        returning=sum(r.code == "returns_after" for period in told for m in period.moves for r in m.reasons),
    )
