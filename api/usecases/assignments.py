"""Change who works where: placements, shifts and the stops that follow. All inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from api.store.models import (
    AssignmentState,
    Placement,
    Shift,
    ShiftPast,
    ShiftPerson,
    Team,
)
from api.usecases import rows
from api.usecases.groups import group_on, valid_on

MIN_PEOPLE = 2
_DAY = timedelta(days=1)


def lock_version(session: Session, expected: int | None) -> AssignmentState:
    """Take the one row that says which version of the assignments holds. Raises 412 if ``expected`` is an older one."""
    state = session.get_one(AssignmentState, 1, with_for_update=True)
    if expected is not None and expected != state.version:
        raise rows.stale(state.version)
    return state


def place_person(
    session: Session, person_id: str, territory_id: str, role: str, starts_on: date, *,
    ends_on: date | None = None, handover: bool = False,
) -> None:  # fmt: skip
    """Put a person into a territory's group from a day on; where they were ends the day before."""
    end_placements(session, person_id, starts_on)
    if role == "leader":
        for row in group_on(session, territory_id, starts_on):
            if row.role == "leader" and row.person_id != person_id:
                end_placements(session, row.person_id, starts_on)
                session.add(
                    Placement(
                        person_id=row.person_id, territory_id=territory_id, role="member", starts_on=starts_on,
                        ends_on=row.ends_on, handover=True,
                    )
                )  # fmt: skip
    session.add(
        Placement(
            person_id=person_id, territory_id=territory_id, role=role, starts_on=starts_on, ends_on=ends_on,
            handover=handover,
        )
    )  # fmt: skip
    session.flush()


def end_placements(session: Session, person_id: str, before: date) -> None:
    """End what a person's placements hold from ``before`` on."""
    query = select(Placement).where(Placement.person_id == person_id)
    for row in session.scalars(query).all():
        if row.starts_on >= before:
            session.delete(row)
        elif row.ends_on is None or row.ends_on >= before:
            session.add(
                Placement(
                    person_id=row.person_id, territory_id=row.territory_id, role=row.role, starts_on=row.starts_on,
                    ends_on=before - _DAY, handover=row.handover,
                )
            )  # fmt: skip
            session.delete(row)
    session.flush()


def swap_people(session: Session, one: str, other: str, on: date) -> tuple[Placement | None, Placement | None]:
    """Let two people change territory, role and shifts from a day on. Returns the placements they had."""
    had = tuple(
        session.scalars(select(Placement).where(Placement.person_id == person, valid_on(on))).first()
        for person in (one, other)
    )
    kept = [(row.territory_id, row.role, row.ends_on) if row else None for row in had]
    end_placements(session, one, on)
    end_placements(session, other, on)
    for person, place in ((one, kept[1]), (other, kept[0])):
        if place is not None:
            session.add(
                Placement(person_id=person, territory_id=place[0], role=place[1], starts_on=on, ends_on=place[2])
            )
    members = list(
        session.scalars(select(ShiftPerson).where(ShiftPerson.person_id.in_((one, other)), ShiftPerson.date >= on))
    )
    moved = [(row.shift_id, other if row.person_id == one else one, row.date) for row in members]
    for row in members:
        _remember(session, row)
        session.delete(row)
    session.flush()
    session.add_all(ShiftPerson(shift_id=shift, person_id=person, date=day) for shift, person, day in moved)
    session.flush()
    session.expire_all()
    return had[0], had[1]


def follow_placement(session: Session, person_id: str, territory_id: str, starts_on: date) -> int:
    """Take a person out of other territories' shifts from a day on and into this one's; returns the shifts changed."""
    changed = 0
    theirs = session.execute(
        select(ShiftPerson, Team.territory_id)
        .join(Shift, Shift.id == ShiftPerson.shift_id)
        .join(Team, Team.id == Shift.team_id)
        .where(ShiftPerson.person_id == person_id, ShiftPerson.date >= starts_on)
    ).all()
    busy = {row.date for row, territory in theirs if territory == territory_id}
    for row, territory in theirs:
        if territory != territory_id:
            _remember(session, row)
            session.delete(row)
            changed += 1
    session.flush()
    session.expire_all()
    shifts = session.scalars(_shifts_of(territory_id, starts_on))
    smallest: dict[date, Shift] = {}
    for shift in shifts:
        if shift.date not in busy and (
            shift.date not in smallest or len(shift.people) < len(smallest[shift.date].people)
        ):
            smallest[shift.date] = shift
    for shift in smallest.values():
        session.add(ShiftPerson(shift_id=shift.id, person_id=person_id, date=shift.date))
        changed += 1
    session.flush()
    session.expire_all()
    return changed


def redraw_shifts(session: Session, territory_id: str, starts_on: date, until: date | None) -> int:
    """Draw the teams of a territory's shifts anew from its group, pairs at least; returns the shifts changed."""
    changed = 0
    by_day: dict[date, list[Shift]] = defaultdict(list)
    for shift in session.scalars(_shifts_of(territory_id, starts_on)):
        if until is None or shift.date <= until:
            by_day[shift.date].append(shift)
    for day, shifts in by_day.items():
        group = [row.person_id for row in group_on(session, territory_id, day)]
        teams = min(len(shifts), len(group) // MIN_PEOPLE)
        wanted = [set(group[position::teams]) if position < teams else set() for position in range(len(shifts))]
        for shift, people in zip(shifts, wanted, strict=True):
            changed += _set_people(session, shift, people)
    session.flush()
    session.expire_all()
    return changed


def clear_shifts(session: Session, people: Iterable[str], starts_on: date, until: date | None) -> None:
    """Take people out of every shift of a span, so that they can be put into others."""
    query = select(ShiftPerson).where(ShiftPerson.person_id.in_(list(people)), ShiftPerson.date >= starts_on)
    for row in session.scalars(query).all():
        if until is None or row.date <= until:
            _remember(session, row)
            session.delete(row)
    session.flush()
    session.expire_all()


def merge_lonely(session: Session, territories: Iterable[str], starts_on: date) -> list[tuple[str, date]]:
    """Let nobody work alone: a shift with too few people is given up, its people join another team of that day.

    Returns the teams and days given up.
    """
    given_up: list[tuple[str, date]] = []
    for territory_id in sorted(set(territories)):
        by_day: dict[date, list[Shift]] = defaultdict(list)
        for shift in session.scalars(_shifts_of(territory_id, starts_on)):
            by_day[shift.date].append(shift)
        for day, shifts in sorted(by_day.items()):
            lonely = [shift for shift in shifts if len(shift.people) < MIN_PEOPLE]
            others = [shift for shift in shifts if len(shift.people) >= MIN_PEOPLE]
            for shift in lonely:
                people = [row.person_id for row in shift.people]
                _set_people(session, shift, set())
                session.flush()
                if others:
                    target = min(others, key=lambda other: len(other.people))
                    for person in people:
                        session.add(ShiftPerson(shift_id=target.id, person_id=person, date=day))
                session.delete(shift)
                given_up.append((shift.team_id, day))
            session.flush()
            session.expire_all()
    return given_up


def _shifts_of(territory_id: str, starts_on: date):  # type: ignore[no-untyped-def]
    return (
        select(Shift)
        .join(Team, Team.id == Shift.team_id)
        .where(Team.territory_id == territory_id, Team.active, Shift.date >= starts_on)
        .options(selectinload(Shift.people))
        .order_by(Shift.date, Team.name, Shift.id)
    )


def _set_people(session: Session, shift: Shift, people: set[str]) -> int:
    has = {row.person_id for row in shift.people}
    if has == people:
        return 0
    for row in list(shift.people):
        if row.person_id not in people:
            _remember(session, row)
    session.execute(
        delete(ShiftPerson).where(ShiftPerson.shift_id == shift.id, ShiftPerson.person_id.in_(has - people))
    )
    session.add_all(
        ShiftPerson(shift_id=shift.id, person_id=person, date=shift.date) for person in sorted(people - has)
    )
    shift.version += 1
    session.flush()
    session.expire(shift, ["people"])
    return 1


def _remember(session: Session, row: ShiftPerson) -> None:
    team_id = session.scalar(select(Shift.team_id).where(Shift.id == row.shift_id))
    session.add(ShiftPast(team_id=team_id, person_id=row.person_id, date=row.date))
