"""Propose who works where in the next periods, and commit a proposal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem, invalid, not_found
from api.store.models import Household, Person, RotationProposal, Territory, Village
from api.usecases import audit, impact, rows
from api.usecases.assignments import (
    clear_shifts,
    end_placements,
    lock_version,
    merge_lonely,
    place_person,
    redraw_shifts,
)
from api.usecases.context import store, today
from api.usecases.rotation_problem import rotation_problem
from api.usecases.withdraw import withdraw_unfit
from api.wording import sentence
from routing import rotation
from routing.rotation.propose import propose

_SECONDS = 4.0


class _Preview(Exception):
    """Ends a preview: its transaction is rolled back."""


def propose_rotation(actor: Actor, request: dict[str, Any]) -> dict[str, Any]:
    """Return a proposal for the coming periods. Raises 422 naming the first period and rule that fail."""
    periods = _periods(request["periods"])
    with store().read() as session:
        territories = _territories(session, actor, request["territories"])
        people = _people(session, territories, actor)
        leave = _leave(session, actor, request["leave"], len(periods))
        problem = rotation_problem(session, territories, people, periods[0][0], leave)
        names = _names(session)
    try:
        found = propose(problem, periods=len(periods), seconds=_SECONDS, seed=request["seed"])
    except rotation.RotationInfeasible as error:
        raise _impossible(error, names) from error
    except rotation.RotationUndecided as error:
        raise Problem(
            503, "rotation-undecided", _("No answer was found in the time allowed. Try fewer periods at once.")
        ) from error
    result = _result(found, periods)
    with store().write() as session:
        state = lock_version(session, None)
        proposal = RotationProposal(
            status="ready", by=actor.pseudonym, assignment_version=state.version, result=result,
            request={"territories": territories, "people": people, "seed": request["seed"]},
        )  # fmt: skip
        session.add(proposal)
        session.flush()
        audit.record(session, actor.pseudonym, "rotation.proposed", proposal.id)
        proposal_id = proposal.id
    return one_proposal(actor, proposal_id)


def one_proposal(actor: Actor, proposal_id: str) -> dict[str, Any]:
    """Return a proposal with what committing it would do now. Raises 404."""
    with store().read() as session:
        proposal = _visible(session, actor, proposal_id)
        shown = _shown(session, proposal)
    if proposal.status == "ready":
        try:
            with store().write() as session:
                shown["impact"] = _apply(session, _visible(session, actor, proposal_id))
                raise _Preview
        except _Preview:
            pass
    else:
        shown["impact"] = proposal.result.get("impact")
    return shown


def list_proposals(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of proposals whose territories are all in the actor's area."""
    with store().read() as session:
        found, following = rows.page(
            session, select(RotationProposal), RotationProposal.id, query["limit"], query["cursor"]
        )
        mine = _mine(session, actor)
        items = [_shown(session, row[0]) for row in found if set(row[0].request["territories"]) <= mine]
        return {"items": items, "next": following}


def commit_rotation(actor: Actor, proposal_id: str, version: int | None) -> dict[str, Any]:
    """Put a proposal into force from its first day on. Raises 404, 409 if assignments moved on since, 412."""
    with store().write() as session:
        proposal = _visible(session, actor, proposal_id, lock=True)
        if version is not None:
            rows.expect_version(proposal, version)
        if proposal.status == "committed":
            raise Problem(409, "committed", _("This proposal is in force already."))
        state = lock_version(session, None)
        if state.version != proposal.assignment_version:
            raise Problem(
                409, "assignments-changed",
                _("Territories or people have changed since this was proposed. Propose again."),
            )  # fmt: skip
        shown_impact = _apply(session, proposal)
        proposal.status = "committed"
        proposal.result = {**proposal.result, "impact": shown_impact}
        state.version += 1
        audit.record(session, actor.pseudonym, "rotation.committed", proposal.id, version=state.version)
        return {**_shown(session, proposal), "impact": shown_impact}


def _apply(session: Session, proposal: RotationProposal) -> dict[str, Any]:
    on = today()
    periods = proposal.result["periods"]
    starts = [date.fromisoformat(period["from"]) for period in periods]
    if starts[0] < on:
        raise Problem(409, "period-begun", _("The first period of this proposal has begun already. Propose again."))
    territories, people = proposal.request["territories"], proposal.request["people"]
    effects = impact.Effects()
    before = impact.state_of(session, territories, on)
    was = {(one.person, one.territory) for one in impact.places_on(session, territories, starts[0] - timedelta(days=1))}
    for person in people:
        end_placements(session, person, starts[0])
    for begins, period in zip(starts, periods, strict=True):
        ends = date.fromisoformat(period["to"])
        clear_shifts(session, people, begins, ends)
        for group in period["groups"]:
            _place_group(session, group, begins, ends)
        for territory_id in territories:
            effects.shifts_changed += redraw_shifts(session, territory_id, begins, ends)
    given_up = merge_lonely(session, territories, starts[0])
    if given_up:
        effects.warnings.append(
            {"code": "teams_given_up", "message": sentence("teams_given_up", {"count": len(given_up)})}
        )
    effects.withdrawn = withdraw_unfit(session, on)
    now_placed = {(one.person, one.territory) for one in impact.places_on(session, territories, starts[0])}
    changed = {territory for _person, territory in was ^ now_placed}
    effects.households = set(
        session.scalars(
            select(Household.id)
            .join(Village, Village.id == Household.village_id)
            .where(Village.territory_id.in_(changed))
        )
    )
    return impact.describe(before, impact.state_of(session, territories, starts[0]), effects)


def _place_group(session: Session, group: dict[str, Any], begins: date, ends: date) -> None:
    """Place a group. Members begin with the leader's handover: it is part of what is committed (decision 2)."""
    for person in group["members"]:
        place_person(session, person, group["territory"], "member", begins, ends_on=ends, handover=True)
    place_person(session, group["leader"], group["territory"], "leader", begins, ends_on=ends)


def _result(found: rotation.RotationProposal, periods: list[tuple[date, date]]) -> dict[str, Any]:
    return {
        "periods": [
            {
                "from": begins.isoformat(),
                "to": ends.isoformat(),
                "groups": [
                    {"territory": group.territory, "leader": group.leader, "members": list(group.members)}
                    for group in period.groups
                ],
            }
            for (begins, ends), period in zip(periods, found.periods, strict=True)
        ],
        "figures": {
            "work_max_percent": found.figures.work_max_percent,
            "work_min_percent": found.figures.work_min_percent,
            "travel_mean_minutes": found.figures.travel_mean_minutes,
            "travel_max_minutes": found.figures.travel_max_minutes,
            "accounts_changed_percent": found.figures.accounts_changed_percent,
            "people_moved": found.figures.people_moved,
            "leaders_changed": found.figures.leaders_changed,
            "proved_best": found.proved,
            "gap_percent": found.gap_percent,
            "rules": found.rules_version,
        },
    }


def _shown(session: Session, proposal: RotationProposal) -> dict[str, Any]:
    names = dict(session.execute(select(Territory.id, Territory.name)).all())
    periods = [
        {
            "from_date": date.fromisoformat(period["from"]),
            "to_date": date.fromisoformat(period["to"]),
            "groups": [{**group, "name": names.get(group["territory"])} for group in period["groups"]],
        }
        for period in proposal.result["periods"]
    ]
    return {
        "id": proposal.id,
        "version": proposal.version,
        "status": proposal.status,
        "periods": periods,
        "figures": proposal.result["figures"],
        "created_at": proposal.created_at,
    }


def _impossible(error: rotation.RotationInfeasible, names: dict[str, str]) -> Problem:
    rules = [
        {
            "code": fact.code,
            "message": sentence(
                fact.code,
                dict(fact.facts)
                | {
                    "people": ", ".join(names.get(id_, id_) for id_ in fact.people),
                    "territories": ", ".join(names.get(id_, id_) for id_ in fact.territories),
                },
            ),
        }
        for fact in error.rules
    ]
    first = rules[0]["message"] if rules else ""
    return Problem(
        422, "rotation-impossible",
        _("No rotation is possible in period %(period)d: %(rule)s", period=error.period + 1, rule=first),
        period=error.period + 1, rule=rules[0]["code"] if rules else None, rules=rules,
    )  # fmt: skip


def _periods(given: list[dict[str, date]]) -> list[tuple[date, date]]:
    if not given:
        begins = _month_after(today(), 1)
        return [(begins, _month_after(begins, 3) - timedelta(days=1))]
    found = [(one["from_date"], one["to_date"]) for one in given]
    for position, (begins, _ends) in enumerate(found):
        if begins <= (found[position - 1][1] if position else today() - timedelta(days=1)):
            raise invalid(
                f"periods.{position}.from", "period-order",
                _("Periods begin today at the earliest and follow one another."),
            )  # fmt: skip
    return found


def _month_after(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)


def _territories(session: Session, actor: Actor, given: list[str] | None) -> list[str]:
    if given is None:
        return sorted(_mine(session, actor))
    return [
        rows.referenced(session, Territory, id_, actor, f"territories.{position}").id
        for position, id_ in enumerate(dict.fromkeys(given))
    ]


def _mine(session: Session, actor: Actor) -> set[str]:
    return set(session.scalars(select(Territory.id).where(Territory.branch_id.in_(actor.branches))))


def _people(session: Session, territories: list[str], actor: Actor) -> list[str]:
    """Return who is rotated: those placed on these territories now, and those placed nowhere."""
    on = today()
    placed = {one.person for one in impact.places_on(session, territories, on)}
    elsewhere = {one.person for one in impact.places_on(session, _mine(session, actor) - set(territories), on)}
    active = session.scalars(select(Person.id).where(Person.branch_id.in_(actor.branches), Person.active))
    return sorted(set(active) - elsewhere | placed)


def _leave(session: Session, actor: Actor, given: list[dict[str, Any]], periods: int) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for position, one in enumerate(given):
        person = rows.referenced(session, Person, one["person"], actor, f"leave.{position}.person")
        if one["period"] > periods:
            raise invalid(f"leave.{position}.period", "period", _("There is no such period in this request."))
        found.setdefault(person.id, {})[one["period"] - 1] = 1.0
    return found


def _names(session: Session) -> dict[str, str]:
    names = dict(session.execute(select(Person.id, Person.name)).all())
    return names | dict(session.execute(select(Territory.id, Territory.name)).all())


def _visible(session: Session, actor: Actor, proposal_id: str, lock: bool = False) -> RotationProposal:
    proposal = session.get(RotationProposal, proposal_id, with_for_update=lock)
    if proposal is None or not set(proposal.request["territories"]) <= _mine(session, actor):
        raise not_found()
    return proposal
