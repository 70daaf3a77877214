"""Move villages, swap or place people: shown first, committed in one transaction.

A preview makes the change, looks at the effect and rolls back, so it cannot differ from the commit.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import invalid
from api.store.models import Household, Person, Placement, Reassignment, Route, Stop, Territory, Village
from api.usecases import audit, impact, rows
from api.usecases.assignments import (
    follow_placement,
    lock_version,
    merge_lonely,
    place_person,
    swap_people,
)
from api.usecases.context import store, today
from api.usecases.groups import valid_on
from api.usecases.published import route_is_published
from api.usecases.rotation_problem import rotation_problem
from api.usecases.withdraw import withdraw_unfit
from api.wording import sentence
from routing.rotation import PersonPlace, check_places


class _Preview(Exception):
    """Ends a preview: its transaction is rolled back."""


def reassign(actor: Actor, request: dict[str, Any], *, dry_run: bool, version: int | None) -> dict[str, Any]:
    """Return the impact of a change, and commit it unless ``dry_run``. Raises 404, 412, 422."""
    answer: dict[str, Any] = {}
    try:
        with store().write() as session:
            if dry_run:
                answer["current_version"] = lock_version(session, version).version
                answer["impact"] = _apply(session, actor, request)
                raise _Preview
            answer = commit_change(session, actor, request, version)
    except _Preview:
        pass
    return answer


def commit_change(session: Session, actor: Actor, request: dict[str, Any], version: int | None) -> dict[str, Any]:
    """Make the change inside the caller's transaction and note it. Returns its impact. Raises 404, 412, 422."""
    state = lock_version(session, version)
    effect = _apply(session, actor, request)
    state.version += 1
    row = Reassignment(
        version=state.version, by=actor.pseudonym, reason=request["reason"], impact=effect, request=_plain(request)
    )
    session.add(row)
    session.flush()
    audit.record(session, actor.pseudonym, "assignments.changed", row.id, version=state.version)
    return {"impact": effect, "id": row.id, "version": state.version, "current_version": state.version}


def _apply(session: Session, actor: Actor, request: dict[str, Any]) -> dict[str, Any]:
    on = today()
    moves = _moves(session, actor, request["moves"])
    swaps = _swaps(session, actor, request["swaps"])
    places = _places(session, actor, request["places"], on)
    people = {one.id for pair in swaps for one in pair} | {person.id for person, *_rest in places}
    touched = _territories(session, moves, people, on) | {territory.id for _person, territory, *_ in places}
    before = impact.state_of(session, touched, on)
    places_before = impact.places_on(session, touched, on)
    teams_before = impact.teams_of_people(session, people, on)
    effects = impact.Effects()
    for village, territory in moves:
        effects.households |= set(session.scalars(select(Household.id).where(Household.village_id == village.id)))
        village.territory_id = territory.id
        village.version += 1
    session.flush()
    for one, other in swaps:
        swap_people(session, one.id, other.id, on)
    for person, territory, role, starts_on, handover in places:
        place_person(session, person.id, territory.id, role, starts_on, handover=handover)
        effects.shifts_changed += follow_placement(session, person.id, territory.id, starts_on)
    if people:
        _after_people(session, people, touched, teams_before, places_before, effects, on)
    effects.withdrawn = withdraw_unfit(session, on)
    effects.households |= {stop.household_id for stop in effects.withdrawn}
    after = impact.state_of(session, touched, max([on, *(starts for *_, starts, _h in places)]))
    _warn_of_leaders(before, after, effects)
    return impact.describe(before, after, effects)


def _after_people(  # type: ignore[no-untyped-def]
    session: Session, people: set[str], touched: set[str], teams_before: set[str], places_before, effects, on: date
) -> None:
    """Note what a change of people does to teams, published days and the rules of rotation."""
    given_up = merge_lonely(session, touched, on)
    teams = teams_before | impact.teams_of_people(session, people, on)
    effects.plans |= impact.plans_of_teams(session, teams, on)
    effects.shifts_changed += len(given_up)
    effects.households |= _doors_of_teams(session, teams, on)
    if given_up:
        effects.warnings.append(_warning("teams_given_up", {"count": len(given_up)}))
    places: tuple[PersonPlace, ...] = impact.places_on(session, touched, on)
    problem = rotation_problem(session, touched, {row.person for row in (*places, *places_before)}, on)
    checked = check_places(problem, places, before=places_before)
    names = _names(session)
    for fact in (*checked.violations, *checked.warnings):
        facts = dict(fact.facts) | {
            "people": ", ".join(names.get(id_, id_) for id_ in fact.people),
            "territories": ", ".join(names.get(id_, id_) for id_ in fact.territories),
        }
        effects.warnings.append(_warning(fact.code, facts))


def _warn_of_leaders(before: dict[str, Any], after: dict[str, Any], effects: impact.Effects) -> None:
    for id_, now in after.items():
        if before[id_].leader_familiar and not now.leader_familiar:
            effects.warnings.append(_warning("leader_unfamiliar", {"territories": now.name}))


def _warning(code: str, facts: dict[str, Any]) -> dict[str, str]:
    return {"code": code, "message": sentence(code, facts)}


def _moves(session: Session, actor: Actor, moves: list[dict[str, str]]) -> list[tuple[Village, Territory]]:
    found = []
    for position, move in enumerate(moves):
        village = rows.referenced(session, Village, move["village"], actor, f"moves.{position}.village")
        territory = rows.referenced(session, Territory, move["to_territory"], actor, f"moves.{position}.to_territory")
        found.append((village, territory))
    if len({village.id for village, _territory in found}) < len(found):
        raise invalid("moves", "village-twice", _("A village stands in two moves; say once where it goes."))
    return found


def _swaps(session: Session, actor: Actor, swaps: list[dict[str, str]]) -> list[tuple[Person, Person]]:
    found = [
        (
            rows.referenced(session, Person, swap["person"], actor, f"swaps.{position}.person"),
            rows.referenced(session, Person, swap["with_person"], actor, f"swaps.{position}.with"),
        )
        for position, swap in enumerate(swaps)
    ]
    people = [person.id for pair in found for person in pair]
    if len(set(people)) < len(people):
        raise invalid("swaps", "person-twice", _("A person stands twice in the swaps."))
    return found


def _places(session: Session, actor: Actor, places: list[dict[str, Any]], on: date) -> list[tuple[Any, ...]]:
    found = []
    for position, place in enumerate(places):
        person = rows.referenced(session, Person, place["person"], actor, f"places.{position}.person")
        territory = rows.referenced(session, Territory, place["territory"], actor, f"places.{position}.territory")
        starts_on = place["starts_on"] or on
        if starts_on < on:
            raise invalid(
                f"places.{position}.from", "past", _("A place begins today at the earliest; the past is not changed.")
            )
        if not person.active:
            raise invalid(f"places.{position}.person", "inactive", _("This person no longer works here."))
        found.append((person, territory, place["role"], starts_on, place["handover"]))
    return found


def _territories(session: Session, moves: list[tuple[Village, Territory]], people: set[str], on: date) -> set[str]:
    touched = {territory.id for _village, territory in moves}
    touched |= {village.territory_id for village, _territory in moves if village.territory_id is not None}
    query = select(Placement.territory_id).where(Placement.person_id.in_(people), valid_on(on))
    return touched | set(session.scalars(query))


def _doors_of_teams(session: Session, teams: set[str], on: date) -> set[str]:
    query = (
        select(Stop.household_id)
        .join(Route, Route.id == Stop.route_id)
        .where(route_is_published(), Route.team_id.in_(teams), Route.date >= on)
    )
    return set(session.scalars(query))


def _names(session: Session) -> dict[str, str]:
    names = dict(session.execute(select(Person.id, Person.name)).all())
    return names | dict(session.execute(select(Territory.id, Territory.name)).all())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
