"""Find the rows that a setup workbook names: by code, name and staff number, in the area of who uploads."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from api.auth.actor import Actor
from api.store.models import Branch, Person, Team, Territory, Village
from routing.villages import normalise


class NotFound(Exception):
    """Nothing of that name; ``code`` and ``facts`` as in :class:`schemas.setup_reading.SetupProblem`."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


class Consequence(Exception):
    """What is named is a row of the workbook that is itself at fault: one mistake is told once."""


class Names:
    """What is stored, and what the workbook added so far, by the names that people write.

    ``broken`` are the names of rows at fault, as (sheet, name).
    """

    def __init__(self, session: Session, actor: Actor, *, whole: bool) -> None:
        branches = session.scalars(select(Branch) if whole else select(Branch).where(Branch.id.in_(actor.branches)))
        self.branches: dict[str, Branch] = {row.code: row for row in branches}
        self.territories: dict[tuple[str, str], Territory] = {}
        self.teams: dict[tuple[str, str], Team] = {}
        self.people: dict[str, Person] = {}
        self.villages: dict[tuple[str, str], Village] = {}
        self.broken: set[tuple[str, str]] = set()
        self._whole: dict[str, set[str]] = defaultdict(set)
        self._parts: dict[str, set[str]] = defaultdict(set)
        self._by_id: dict[str, Village] = {}
        if whole:
            return
        area = actor.branches
        for territory in session.scalars(select(Territory).where(Territory.branch_id.in_(area))):
            self.territories[territory.branch_id, territory.name] = territory
        ids = [territory.id for territory in self.territories.values()]
        for team in session.scalars(select(Team).where(Team.territory_id.in_(ids))):
            self.teams[team.territory_id, team.name] = team
        people = select(Person).where(Person.branch_id.in_(area)).options(selectinload(Person.knows))
        self.people = {row.staff_number: row for row in session.scalars(people)}
        villages = select(Village).where(Village.branch_id.in_(area)).options(selectinload(Village.aliases))
        for village in session.scalars(villages):
            self.add_village(village)

    def add_village(self, village: Village) -> None:
        """Make a village findable by its names."""
        self._by_id[village.id] = village
        self.villages[village.branch_id, village.match_key] = village
        self._whole[form_of(full_name(village))].add(village.id)
        for name in (village.name, *(alias.name for alias in village.aliases)):
            for above in ((), (village.town,), (village.admin_village,), (village.town, village.admin_village)):
                self._parts[form_of("/".join((*above, name)))].add(village.id)

    def branch(self, code: str) -> Branch:
        """Return a branch by its code. Raises :class:`NotFound`."""
        found = self.branches.get(code)
        if found is None:
            self._missing("branches", code, "branch_unknown", known=", ".join(sorted(self.branches)[:10]) or "–")
        return found  # type: ignore[return-value]

    def territory(self, name: str, branch_code: str | None) -> Territory:
        """Return a territory by its name, in a branch where that is given. Raises :class:`NotFound`."""
        branch = self.branch(branch_code) if branch_code else None
        found = [
            one for (branch_id, its), one in self.territories.items()
            if its == name and (branch is None or branch.id == branch_id)
        ]  # fmt: skip
        if len(found) > 1:
            raise NotFound("territory_ambiguous", name=name)
        if not found:
            self._missing("territories", name, "territory_unknown")
        return found[0]

    def team(self, territory: Territory, name: str) -> Team:
        """Return a team of a territory. Raises :class:`NotFound`."""
        found = self.teams.get((territory.id, name))
        if found is None:
            self._missing("teams", name, "team_unknown", territory=territory.name)
        return found  # type: ignore[return-value]

    def person(self, staff_number: str) -> Person:
        """Return a person by staff number. Raises :class:`NotFound`."""
        found = self.people.get(staff_number)
        if found is None:
            self._missing("people", staff_number, "person_unknown")
        return found  # type: ignore[return-value]

    def village(self, text: str, branch_id: str) -> Village:
        """Return the one village that ``text`` (town/administrative village/village, or less) names.

        The villages of ``branch_id`` go before those of other branches. Raises :class:`NotFound`.
        """
        form = form_of(text)
        for ids in (self._whole.get(form, set()), self._parts.get(form, set())):
            found = [self._by_id[id_] for id_ in sorted(ids)]
            found = [one for one in found if one.branch_id == branch_id] or found
            if len(found) == 1:
                return found[0]
            if found:
                names = "; ".join(full_name(one) for one in found[:5])
                raise NotFound("village_ambiguous", name=text, found=names)
        self._missing("villages", form.rpartition("/")[2], "village_unknown", shown=text)
        raise AssertionError("not reached")

    def _missing(self, sheet: str, name: str, code: str, **facts: Any) -> None:
        if (sheet, name) in self.broken:
            raise Consequence
        raise NotFound(code, **{"name": facts.pop("shown", name), **facts})


def full_name(village: Village) -> str:
    """Return a village's town, administrative village and name, as the workbook writes them."""
    return "/".join(part for part in (village.town, village.admin_village, village.name) if part)


def form_of(text: str) -> str:
    """Return the form in which two spellings of a village's full name are equal."""
    return "/".join(normalise(part) for part in text.replace("／", "/").split("/") if part.strip())
