"""What the store holds of one branch, as far as a ledger's rows are compared with it: plain rows, read at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.models import Account, Guarantee, Household, Obligor, Person, Village, VillageAlias
from api.usecases.doubt_places import lock_villages, places_dropped
from api.usecases.merges import decisions_of, names_joined
from routing.grouped import Decisions
from routing.problem import Place
from routing.stored_households import KnownHousehold
from routing.villages import KnownVillage


@dataclass(slots=True, eq=False)
class Door:
    """A household, stored (``id``) or to be; ``was`` is what a stored one held before this import changes it.

    ``village`` is the id of its village (its key while that is to be made), ``merged`` that of the household that a
    person joined it to.
    """

    id: str | None
    key: str
    name: str
    village: str | None = None
    lat: float | None = None
    lon: float | None = None
    datum: str | None = None
    place_source: str | None = None
    precision: str = "none"
    availability: str = "any"
    version: int = 1
    merged: str | None = None
    written: str = ""
    was: tuple[Any, ...] | None = None

    def held(self) -> tuple[Any, ...]:
        """Return what an import may change of it, in the order of :data:`HELD`."""
        return (
            self.village, self.lat, self.lon, self.datum, self.place_source, self.precision, self.availability,
        )  # fmt: skip


HELD = ("village_id", "lat", "lon", "datum", "place_source", "precision", "availability")
_DOORS = (Household.id, Household.match_key, Household.name, *(getattr(Household, name) for name in HELD),
          Household.version, Household.merged_into_id)  # fmt: skip


@dataclass(slots=True, eq=False)
class Debtor:
    """Somebody who owes or guarantees, stored (``id``) or to be. ``told`` is the phone that this ledger tells.

    ``index`` is the blind index of their identity number, ``number`` that number where it is to be sealed.
    """

    id: str | None
    key: str
    name: str
    door: str | Door
    index: str | None = None
    sealed: bytes | None = None
    version: int = 1
    number: str | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """A stored account, as far as its row is compared with it."""

    id: str
    hash: str
    status: str
    door: str
    debtor: str


@dataclass(slots=True)
class KnownLedger:
    """What is stored of a branch. ``staff`` are people by name, ``dropped`` places that are not to come back."""

    villages: list[KnownVillage]
    decisions: Decisions
    doors: dict[str, Door]
    debtors: dict[str, Debtor]
    loans: dict[str, Loan]
    staff: dict[str, str]
    dropped: set[tuple[str, str]]
    by_id: dict[str | None, Door] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {door.id: door for door in self.doors.values()}

    def households(self) -> list[KnownHousehold]:
        """Return the doors as the grouping takes them; one that was joined lends its key to the one that stays."""
        loans: dict[str | None, list[str]] = defaultdict(list)
        for number, loan in self.loans.items():
            loans[loan.door].append(number)
        keys: dict[str | None, list[str]] = defaultdict(list)
        for door in self.doors.values():
            keys[door.merged or door.id].append(door.key)
        return [
            KnownHousehold(door.id, frozenset(keys[door.id]), door.village, door.name, frozenset(loans[door.id]))
            for door in self.doors.values()
            if door.id is not None and door.merged is None
        ]


def known_ledger(session: Session, branch_id: str) -> KnownLedger:
    """Read what is stored of a branch; its villages stay as they are until this transaction ends."""
    lock_villages(session, Village.branch_id == branch_id)
    doors = select(*_DOORS).where(Household.branch_id == branch_id).order_by(Household.id)
    debtors = select(
        Obligor.id, Obligor.match_key, Obligor.name, Obligor.household_id, Obligor.id_number_index,
        Obligor.phone_sealed, Obligor.version,
    )  # fmt: skip
    loans = select(
        Account.loan_number, Account.id, Account.content_hash, Account.status, Account.household_id, Account.obligor_id
    )
    staff = select(Person.name, Person.id).where(Person.branch_id == branch_id)
    return KnownLedger(
        _villages(session, branch_id),
        decisions_of(session, branch_id),
        {row.match_key: Door(*row) for row in session.execute(doors)},
        {
            row.match_key: Debtor(*row)
            for row in session.execute(debtors.where(Obligor.branch_id == branch_id).order_by(Obligor.id))
        },
        {row[0]: Loan(*row[1:]) for row in session.execute(loans.where(Account.branch_id == branch_id))},
        dict(session.execute(staff).all()),
        places_dropped(session, branch_id),
    )


def known_guarantees(session: Session, branch_id: str) -> set[tuple[str, str]]:
    """Return who stands for which account of a branch: (account, obligor)."""
    pairs = select(Guarantee.account_id, Guarantee.obligor_id).join(Account, Account.id == Guarantee.account_id)
    return {(account, debtor) for account, debtor in session.execute(pairs.where(Account.branch_id == branch_id))}


def _villages(session: Session, branch_id: str) -> list[KnownVillage]:
    joined, aliases = names_joined(session, branch_id), defaultdict(list)
    spelt = select(VillageAlias.village_id, VillageAlias.name).join(Village, Village.id == VillageAlias.village_id)
    for village, name in session.execute(spelt.where(Village.branch_id == branch_id).order_by(VillageAlias.name)):
        aliases[village].append(name)
    columns = (Village.id, Village.town, Village.admin_village, Village.name, Village.lat, Village.lon)
    return [
        KnownVillage(
            id_, town, admin, name, tuple(aliases[id_]),
            None if lat is None or lon is None else Place(lat, lon), joined.get(id_, ()),
        )
        for id_, town, admin, name, lat, lon in session.execute(
            select(*columns).where(Village.branch_id == branch_id).order_by(Village.id)
        )
    ]  # fmt: skip
