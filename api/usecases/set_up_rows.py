"""Store the rows of a setup workbook, one by one, inside one transaction.

Every row goes the way that the API's own request of that kind goes: the same schema, the same use case,
the same rules. Empty cells say nothing: what is stored there stays.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from api.auth.actor import Actor, Role
from api.problems import Problem, from_validation
from api.store.models import Branch, Territory, Village
from api.usecases import keep_branches, keep_people, keep_teams, keep_territories, keep_villages
from api.usecases.context import vault
from api.usecases.set_up_names import Consequence, Names, NotFound, form_of
from schemas.branches import BranchChange, NewBranch
from schemas.people import NewPerson, PersonChange
from schemas.setup_reading import ReadSheet, SetupProblem, SetupRow
from schemas.teams import NewTeam, TeamChange
from schemas.territories import NewTerritory
from schemas.villages import NewVillage, VillageChange

# How a row at fault is named by others, and by which cells a row is the same as another.
_NAMED_BY = {
    "branches": "code", "territories": "name", "villages": "name", "people": "staff_number", "teams": "name",
}  # fmt: skip


class Refusal(Exception):
    """A row cannot be stored; ``field`` is the column at fault."""

    def __init__(self, code: str, field: str | None, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.facts = code, field, facts


class RowStore:
    """Stores rows and gathers counts and problems. ``moves`` are villages to be moved to a territory."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self.actor = session, actor
        self.names = Names(session, actor, whole=actor.role is Role.ADMIN)
        self.counts: dict[str, dict[str, int]] = {}
        self.problems: list[SetupProblem] = []
        self.moves: list[dict[str, str]] = []
        self._seen: dict[tuple[Any, ...], int] = {}

    def store(self, sheet: ReadSheet) -> None:
        """Store a sheet's rows; rows at fault become problems."""
        self.counts[sheet.key] = dict.fromkeys(("new", "updated", "unchanged"), 0)
        keep = getattr(self, f"_keep_{sheet.key}")
        for row in sheet.rows:
            if row.faulty:
                self.give_up(row)
            else:
                self.attempt(row, keep)

    def attempt(self, row: SetupRow, keep: Any) -> None:
        """Store one row in a savepoint of its own and count what became of it."""
        try:
            with self.session.begin_nested():
                outcome = keep(row, row.values)
        except Consequence:
            self.give_up(row)
        except Refusal as error:
            self.give_up(row, row.problem(error.code, error.field, **error.facts))
        except Problem as error:
            self.give_up(row, told(row, error))
        except ValidationError as error:
            self.give_up(row, told(row, from_validation(error)))
        else:
            if outcome is not None:
                self.counts[row.sheet.key][outcome] += 1

    def give_up(self, row: SetupRow, problem: SetupProblem | None = None) -> None:
        """Note that a row is at fault, so that rows that name it are not reported too."""
        name = row.values.get(_NAMED_BY.get(row.sheet.key, ""))
        if name is not None:
            self.names.broken.add((row.sheet.key, form_of(name) if row.sheet.key == "villages" else name))
        if problem is not None:
            self.problems.append(problem)

    def once(self, row: SetupRow, field: str, *key: Any) -> None:
        """Refuse a second row of the same key."""
        first = self._seen.setdefault((row.sheet.key, *key), row.number)
        if first != row.number:
            raise Refusal("row_twice", field, first=first)

    def named(self, field: str, find: Any, *names: Any) -> Any:
        """Return what a cell names. Raises :class:`Refusal` in its column."""
        try:
            return find(*names)
        except NotFound as error:
            raise Refusal(error.code, field, **error.facts) from error

    def _keep_branches(self, row: SetupRow, values: dict[str, Any]) -> str:
        self.once(row, "code", values["code"])
        branch = self.names.branches.get(values["code"])
        if branch is None:
            if self.actor.role is not Role.ADMIN:
                raise Refusal("branch_by_admin", "code", name=values["code"])
            branch = keep_branches.add_branch(self.session, self.actor, load(NewBranch, values))
            self.names.branches[branch.code] = branch
            self.actor = replace(self.actor, branches=self.actor.branches | {branch.id})
            return "new"
        change = _differing(values, {name: getattr(branch, name) for name in ("name", "lat", "lon")})
        if not change:
            return "unchanged"
        if self.actor.role is not Role.ADMIN:
            raise Refusal("branch_change_by_admin", next(iter(change)), name=branch.code)
        change = load(BranchChange, change)
        keep_branches.alter_branch(self.session, self.actor, branch.id, change, branch.version)
        return "updated"

    def _keep_territories(self, row: SetupRow, values: dict[str, Any]) -> str:
        branch: Branch = self.named("branch", self.names.branch, values["branch"])
        self.once(row, "name", branch.id, values["name"])
        if (branch.id, values["name"]) in self.names.territories:
            return "unchanged"
        new = load(NewTerritory, values | {"branch": branch.id})
        territory = keep_territories.add_territory(self.session, self.actor, new)
        self.names.territories[branch.id, territory.name] = territory
        return "new"

    def _keep_villages(self, row: SetupRow, values: dict[str, Any]) -> str:
        branch: Branch = self.named("branch", self.names.branch, values["branch"])
        territory: Territory | None = None
        if "territory" in values:
            territory = self.named("territory", self.names.territory, values["territory"], values["branch"])
        own = {name: value for name, value in values.items() if name not in ("branch", "territory")}
        key = keep_villages.match_key(Village(**{"town": "", "admin_village": "", **_names_in(own)}))
        self.once(row, "name", branch.id, key)
        village = self.names.villages.get((branch.id, key))
        if village is None:
            more = {"branch": branch.id, "territory": territory.id if territory else None}
            village = keep_villages.add_village(self.session, self.actor, load(NewVillage, own | more), "workbook")
            self.names.add_village(village)
            return "new"
        stored = {name: getattr(village, name) for name in own if name != "aliases"}
        change = _differing(own, stored | {"aliases": None})
        if set(change.get("aliases", ())) == {alias.name for alias in village.aliases}:
            change.pop("aliases", None)
        moved = territory is not None and territory.id != village.territory_id
        if change:
            loaded = load(VillageChange, change)
            keep_villages.alter_village(self.session, self.actor, village.id, loaded, village.version, "workbook")
            self.names.add_village(village)
        if moved and territory is not None:
            self.moves.append({"village": village.id, "to_territory": territory.id})
        return "updated" if change or moved else "unchanged"

    def _keep_people(self, row: SetupRow, values: dict[str, Any]) -> str:
        branch: Branch = self.named("branch", self.names.branch, values["branch"])
        self.once(row, "staff_number", values["staff_number"])
        own = {name: value for name, value in values.items() if name != "branch"}
        if "home_village" in own:
            own["home_village"] = self.named("home_village", self.names.village, own["home_village"], branch.id).id
        if "knows" in own:
            own["knows"] = [self.named("knows", self.names.village, name, branch.id).id for name in own["knows"]]
        person = self.names.people.get(values["staff_number"])
        if person is None:
            active = own.pop("active", True)
            new = load(NewPerson, own | {"branch": branch.id})
            person = keep_people.add_person(self.session, self.actor, new)
            if not active:
                keep_people.alter_person(self.session, self.actor, person.id, {"active": False}, person.version)
            self.names.people[person.staff_number] = person
            return "new"
        if person.branch_id != branch.id:
            raise Refusal("person_other_branch", "branch", name=person.name)
        phone = None if person.phone_sealed is None else vault().open(person.phone_sealed)
        stored = {
            "name": person.name, "staff_number": person.staff_number, "home_village": person.home_village_id,
            "phone": phone, "active": person.active, "knows": None,
        }  # fmt: skip
        change = _differing(own, stored)
        if set(change.get("knows", ())) == {known.village_id for known in person.knows}:
            change.pop("knows", None)
        if not change:
            return "unchanged"
        change = load(PersonChange, change)
        keep_people.alter_person(self.session, self.actor, person.id, change, person.version)
        return "updated"

    def _keep_teams(self, row: SetupRow, values: dict[str, Any]) -> str:
        territory = self.named("territory", self.names.territory, values["territory"], values.get("branch"))
        self.once(row, "name", territory.id, values["name"])
        active = values.get("active")
        team = self.names.teams.get((territory.id, values["name"]))
        outcome = "unchanged"
        if team is None:
            new = load(NewTeam, {"territory": territory.id, "name": values["name"]})
            team = keep_teams.add_team(self.session, self.actor, new)
            self.names.teams[territory.id, team.name] = team
            outcome = "new"
        if active is not None and active != team.active:
            change = load(TeamChange, {"active": active})
            keep_teams.alter_team(self.session, self.actor, team.id, change, team.version)
            return outcome if outcome == "new" else "updated"
        return outcome


def load(schema: type[Schema], values: dict[str, Any]) -> dict[str, Any]:
    """Check values as the API checks a body. Raises ValidationError."""
    loaded: dict[str, Any] = schema().load(values)
    return loaded


def told(row: SetupRow, problem: Problem) -> SetupProblem:
    """Return an API problem as a problem of the cell that its field came from."""
    first = problem.errors[0] if problem.errors else {"field": "", "message": problem.detail}
    name, _dot, rest = first["field"].partition(".")
    name = f"break_{rest}" if name == "break" and rest else name
    return row.problem(problem.code.replace("-", "_"), name, reason=str(first["message"]))


def _names_in(values: dict[str, Any]) -> dict[str, str]:
    return {name: values[name] for name in ("town", "admin_village", "name") if name in values}


def _differing(values: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    differing: defaultdict[str, Any] = defaultdict()
    for name, value in values.items():
        if name in stored and stored[name] != value:
            differing[name] = value
    return dict(differing)
