"""Store the groups and shifts of a setup workbook: who works where from when, and who goes out on a day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from api.problems import Problem
from api.store.models import Person, Placement, Shift, Territory
from api.usecases import keep_shifts, reassign
from api.usecases.context import today
from api.usecases.set_up_rows import Refusal, RowStore, load, told
from schemas.setup_reading import SetupRow
from schemas.shifts import NewShift, ShiftChange

_BREAK = {"break_earliest": "earliest", "break_latest": "latest", "break_minutes": "minutes"}


class DayStore(RowStore):
    """Adds groups and shifts. Groups are gathered first and stored as one reassignment, with the moves."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.warnings: list[dict[str, str]] = []
        self._places: dict[str, list[tuple[date, bool, dict[str, Any], SetupRow]]] = defaultdict(list)

    def reassign(self) -> None:
        """Move villages and place people as one change of the assignments; what it warns of is kept."""
        places: list[tuple[dict[str, Any], SetupRow]] = []
        for of_person in self._places.values():
            of_person.sort(key=lambda one: one[0])
            changed = [number for number, one in enumerate(of_person) if one[1]]
            # A place ends every later one of the person, so those follow anew.
            places += [(one[2], one[3]) for one in of_person[changed[0] :]] if changed else []
        places.sort(key=lambda one: one[0]["starts_on"])
        if not (places or self.moves):
            return
        request = {
            "moves": self.moves, "swaps": [], "places": [place for place, _row in places],
            "reason": _("Set up from a workbook"),
        }  # fmt: skip
        try:
            with self.session.begin_nested():
                self.warnings = reassign.commit_change(self.session, self.actor, request, None)["impact"]["warnings"]
        except Problem as problem:
            field = problem.errors[0]["field"].split(".") if problem.errors else []
            if len(field) < 2 or field[0] != "places":
                raise
            self.problems.append(told(places[int(field[1])][1], problem))

    def _keep_groups(self, row: SetupRow, values: dict[str, Any]) -> str:
        person: Person = self.named("staff_number", self.names.person, values["staff_number"])
        territory: Territory = self.named("territory", self.names.territory, values["territory"], values.get("branch"))
        starts_on = date.fromisoformat(values["from"]) if "from" in values else today()
        self.once(row, "staff_number", "person", person.id, starts_on)
        if values["role"] == "leader":
            self._one_leader(row, territory, starts_on)
        wanted = {
            "person": person.id, "territory": territory.id, "role": values["role"],
            "starts_on": max(starts_on, today()), "handover": values.get("handover", False),
        }  # fmt: skip
        held = self._held(person, territory, values, starts_on)
        if not held and starts_on < today():
            raise Refusal("group_past", "from", today=today().isoformat())
        if not held and not person.active:
            raise Refusal("person_inactive", "staff_number", name=person.name)
        self._places[person.id].append((starts_on, not held, wanted, row))
        return "unchanged" if held else ("updated" if person.id in self._placed else "new")

    def _one_leader(self, row: SetupRow, territory: Territory, starts_on: date) -> None:
        first = self._seen.setdefault(("leader", territory.id, starts_on), row.number)
        if first != row.number:
            raise Refusal("leader_twice", "role", first=first, name=territory.name)

    @property
    def _placed(self) -> dict[str, list[Placement]]:
        """The placements of today and later, by person; read once."""
        if not hasattr(self, "_placements"):
            self._placements: dict[str, list[Placement]] = defaultdict(list)
            people = [person.id for person in self.names.people.values()]
            query = select(Placement).where(Placement.person_id.in_(people))
            for row in self.session.scalars(query):
                if row.ends_on is None or row.ends_on >= today():
                    self._placements[row.person_id].append(row)
        return self._placements

    def _held(self, person: Person, territory: Territory, values: dict[str, Any], on: date) -> bool:
        return any(
            row.territory_id == territory.id
            and row.role == values["role"]
            and row.starts_on <= on
            and (row.ends_on is None or row.ends_on >= on)
            and values.get("handover", row.handover) == row.handover
            for row in self._placed.get(person.id, ())
        )

    def _keep_shifts(self, row: SetupRow, values: dict[str, Any]) -> str:
        territory = self.named("territory", self.names.territory, values["territory"], values.get("branch"))
        team = self.named("team", self.names.team, territory, values["team"])
        people = [self.named("people", self.names.person, number).id for number in values["people"]]
        self.once(row, "date", team.id, values["date"])
        given = ("start", "end", "overtime_minutes", "from_place", "to_place")
        body: dict[str, Any] = {name: values[name] for name in given if name in values}
        body["people"] = people
        if rest := {name: values[column] for column, name in _BREAK.items() if column in values}:
            body["break"] = rest
        stored = self.session.scalar(
            select(Shift)
            .where(Shift.team_id == team.id, Shift.date == date.fromisoformat(values["date"]))
            .options(selectinload(Shift.people))
        )
        if stored is None:
            new = load(NewShift, body | {"team": team.id, "date": values["date"]})
            keep_shifts.add_shift(self.session, self.actor, new)
            return "new"
        loaded = load(ShiftChange, body)
        now = {
            "start": stored.start_minute, "end": stored.end_minute, "rest": stored.rest,
            "from_place": stored.from_place, "to_place": stored.to_place, "overtime_minutes": stored.overtime_minutes,
        }  # fmt: skip
        change = {name: value for name, value in loaded.items() if name != "people" and now[name] != value}
        if set(loaded["people"]) != {one.person_id for one in stored.people}:
            change["people"] = loaded["people"]
        if not change:
            return "unchanged"
        keep_shifts.alter_shift(self.session, self.actor, stored.id, change, stored.version)
        return "updated"
