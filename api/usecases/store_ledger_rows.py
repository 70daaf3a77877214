"""Store the rows of one branch's ledger: villages, households, obligors, accounts, guarantees."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from api.store.columns import now
from api.store.ids import new_id
from api.store.models import Account, Branch, Guarantee, Household, Obligor, Person, Village
from api.usecases.doubt_places import lock_villages, places_dropped, spot
from api.usecases.kept_values import plain
from api.usecases.merges import decisions_of, names_joined
from api.usecases.stored_grouping import StoredGrouping
from api.vault import Vault
from routing.households import Borrower, GroupedHousehold, GroupedVillage, KnownHousehold, group_households
from routing.persons import plain_name
from routing.problem import Place
from routing.villages import KnownVillage, VillageName
from schemas.ledger import LedgerRow

Stored = tuple[LedgerRow, str, str, dict[str, Any] | None]
Model = Account | Guarantee | Household | Obligor | Village
# What an import may change of a household or obligor that is known already, and the version that tells who did since.
CHANGED = {
    "households": ("village_id", "lat", "lon", "datum", "place_source", "precision", "availability", "version"),
    "obligors": ("phone_sealed", "version"),
}
_COPIED = (
    "principal", "outstanding", "overdue_interest", "five_tier_class", "overdue_days", "loan_date", "due_date",
    "last_collection_date",
)  # fmt: skip


# What the grouping says of an account, not its row: people may join doors, and the row is unchanged all the same.
_FOUND = ("household_id", "obligor_id")


class LedgerStore:
    """Writes one branch's rows inside the caller's transaction.

    ``created`` counts new villages and households; ``found`` is what the grouping came to, once stored.
    """

    def __init__(self, session: Session, branch: Branch, import_id: str, vault: Vault) -> None:
        self.session, self.branch, self.import_id, self.vault = session, branch, import_id, vault
        lock_villages(session, Village.branch_id == branch.id)
        self.created: Counter[str] = Counter()
        self.found: StoredGrouping | None = None
        self._shared: set[str] = set()
        self._made: list[Model] = []
        self._seen: dict[str, tuple[Household | Obligor, tuple[Any, ...]]] = {}
        self._people = {
            row.name: row.id for row in session.scalars(select(Person).where(Person.branch_id == branch.id))
        }
        self._obligors = self._by_key(Obligor)
        self._by_name = {
            (row.household_id, row.name): row for row in self._obligors.values() if row.id_number_index is None
        }
        self._households = self._by_key(Household)
        self._accounts = {
            row.loan_number: row for row in session.scalars(select(Account).where(Account.branch_id == branch.id))
        }

        pairs = select(Guarantee.account_id, Guarantee.obligor_id).join(Account, Account.id == Guarantee.account_id)
        self._guarantees = {(row[0], row[1]) for row in session.execute(pairs.where(Account.branch_id == branch.id))}
        self._door_of: dict[str, str] = {}
        self._dropped = places_dropped(session, branch.id)

    def store(self, rows: list[LedgerRow], borrowers: list[Borrower]) -> Iterator[Stored]:
        """Store usable rows; yields each, what it was (new, updated, unchanged), its account, the account before."""
        known = self._known_villages()
        decisions = decisions_of(self.session, self.branch.id)
        grouping = group_households(borrowers, known, self._known_households(), decisions)
        self._shared = {
            key[3:].partition("|")[0]
            for group in grouping.households
            for key in group.keys
            if key.startswith("id:") and "|" in key
        }
        before = frozenset([*(village.id for village in known), *(row.id for row in self._households.values())])
        villages = {village.key: self._village(village) for village in grouping.villages}
        self.session.flush()
        by_key = {group.key: self._household(group, villages) for group in grouping.households}
        self.session.flush()
        self.found = StoredGrouping(
            grouping,
            {VillageName(one.town, one.admin_village, one.name).key: one.id for one in known}
            | {key: village.id for key, village in villages.items()},
            {key: household.id for key, household in by_key.items()},
            before,
        )
        household_of = {ref: by_key[key] for ref, key in grouping.of.items()}
        self._door_of = {ref: household.id for ref, household in household_of.items()}
        # Kind by kind, for foreign keys point back; one flush a kind, for a flush a row made imports ten times slower.
        obligors = [self._borrower(row, household_of) for row in rows]
        guarantors = [self._guarantors(row, household_of) for row in rows]
        self.session.flush()
        stored = [self._row(row, obligor) for row, obligor in zip(rows, obligors, strict=True)]
        self.session.flush()
        for (row, _what, account_id, _before), people in zip(stored, guarantors, strict=True):
            for obligor in people:
                self._guarantee(account_id, obligor.id, row)
        self.session.flush()
        yield from stored

    def changes(self) -> Iterator[dict[str, Any]]:
        """Yield what was made and changed besides the accounts of the rows, as rows of ``import_changes``."""
        made = {row.id for row in self._made}
        for row in self._made:
            yield {"kind": row.__tablename__, "row_id": row.id, "made": True, "before": None, "version": 1}
        for id_, (row, before) in self._seen.items():
            if id_ not in made and _held(row) != before:
                values = dict(zip(CHANGED[row.__tablename__], map(plain, before), strict=True))
                version = values["version"]
                yield {
                    "kind": row.__tablename__, "row_id": id_, "made": False, "before": values, "version": version,
                }  # fmt: skip

    def _remember(self, row: Household | Obligor) -> None:
        """Keep what a known row holds before this import changes it; ``version`` tells who changed it later."""
        if row.id is not None and row.id not in self._seen:
            self._seen[row.id] = row, _held(row)

    def _borrower(self, row: LedgerRow, household_of: dict[str, Household]) -> Obligor:
        household, values = household_of[row.values["loan_number"]], row.values
        self._availability(household, row)
        return self._obligor(household, values["borrower_name"], values.get("id_number"), values.get("phone"))

    def _guarantors(self, row: LedgerRow, household_of: dict[str, Household]) -> list[Obligor]:
        return [
            self._obligor(household_of[f"{row.values['loan_number']}:{position}"], one.name, one.id_number, one.phone)
            for position, one in enumerate(row.guarantors)
        ]

    def _row(self, row: LedgerRow, obligor: Obligor) -> Stored:
        values = self._values(row, obligor)
        # Sorted: the same guarantors in another order are no change.
        guarantors = sorted([one.name, *self._marks(one.id_number, one.phone)] for one in row.guarantors)
        own = self._marks(row.values.get("id_number"), row.values.get("phone"))
        said = {name: value for name, value in values.items() if name not in _FOUND}
        content_hash = _hash(said, own, guarantors)
        number = row.values["loan_number"]
        account = self._accounts.get(number)
        before = None
        if account is None:
            account = Account(
                id=new_id(),
                branch_id=self.branch.id,
                loan_number=number,
                import_id=self.import_id,
                content_hash=content_hash,
                **values,
            )
            self.session.add(account)
            self._accounts[number], what = account, "new"
        elif (
            account.content_hash == content_hash
            and account.status == "active"
            and all(getattr(account, name) == values[name] for name in _FOUND)
        ):
            what = "unchanged"
        else:
            names = (*values, "content_hash", "import_id", "missing_at", "settlement", "version")
            before = {name: plain(getattr(account, name)) for name in names}
            for name, value in values.items():
                setattr(account, name, value)
            account.content_hash, account.import_id, what = content_hash, self.import_id, "updated"
            account.missing_at = account.settlement = None
            account.version += 1
        return row, what, account.id, before

    def _values(self, row: LedgerRow, obligor: Obligor) -> dict[str, Any]:
        values: dict[str, Any] = {name: row.values.get(name) for name in _COPIED}
        officer = row.values.get("officer")
        return values | {
            "household_id": self._door_of[row.values["loan_number"]],
            "obligor_id": obligor.id,
            "status": "active",
            "claimed_limitation": row.values.get("limitation_expiry"),
            "guarantee_kind": row.values.get("security"),
            "officer": officer,
            "granted_by_id": self._people.get(officer) if officer else None,
        }

    def _marks(self, *numbers: str | None) -> list[str]:
        """Blind marks of what is sealed: a changed number is a changed row, and tells no number."""
        return [self.vault.blind(number) if number else "" for number in numbers]

    def _obligor(self, household: Household, name: str, id_number: str | None, phone: str | None) -> Obligor:
        index = self.vault.blind(id_number) if id_number else None
        key = f"id:{index}" if index else f"{household.match_key}|{name}"
        found = self._obligors.get(key)
        if index in self._shared and (found is None or plain_name(found.name) != plain_name(name)):
            # One number with several names: people, until somebody says which it belongs to.
            key = f"{key}|{plain_name(name)}"
            found = self._obligors.get(key)
        if found is None and index is None:
            # Their household may have been joined to another, which tells them by another key.
            found = self._by_name.get((household.id, name))
        if found is None:
            found = Obligor(id=new_id(), branch_id=self.branch.id, household_id=household.id, name=name, match_key=key)
            if id_number:
                found.id_number_sealed, found.id_number_index = self.vault.seal(id_number), index
            self.session.add(found)
            self._made.append(found)
            self._obligors[key] = found
        if phone and (found.phone_sealed is None or self.vault.open(found.phone_sealed) != phone):
            self._remember(found)
            found.phone_sealed = self.vault.seal(phone)
        return found

    def _guarantee(self, account_id: str, obligor_id: str, row: LedgerRow) -> None:
        if (account_id, obligor_id) not in self._guarantees:
            kind = row.values.get("guarantee_kind")
            guarantee = Guarantee(id=new_id(), account_id=account_id, obligor_id=obligor_id, kind=kind)
            self.session.add(guarantee)
            self._made.append(guarantee)
            self._guarantees.add((account_id, obligor_id))

    def _availability(self, household: Household, row: LedgerRow) -> None:
        told = row.values.get("availability")
        if told and household.availability == "any":
            household.availability = told

    def _village(self, found: GroupedVillage) -> Village:
        if found.id is not None:
            return self.session.get_one(Village, found.id)
        village = Village(
            id=new_id(), branch_id=self.branch.id, town=found.name.town, admin_village=found.name.admin_village,
            name=found.name.name, match_key=found.name.key, lat=found.place.lat if found.place else None,
            lon=found.place.lon if found.place else None, datum="wgs84" if found.place else None,
            place_source="doors" if found.place else None, placed_at=now() if found.place else None,
        )  # fmt: skip
        self.session.add(village)
        self._made.append(village)
        self.created["villages"] += 1
        return village

    def _household(self, group: GroupedHousehold, villages: dict[str, Village]) -> Household:
        village = villages.get(group.village) if group.village else None
        household = self.session.get_one(Household, group.id) if group.id else self._households.get(group.key)
        if household is None:
            household = Household(
                branch_id=self.branch.id, name=group.name, match_key=group.key, door=group.door,
                precision=group.precision,
            )  # fmt: skip
            self.session.add(household)
            self._made.append(household)
            self._households[group.key] = household
            self.created["households"] += 1
        else:
            household = self._standing(household)
            self._remember(household)
        if household.village_id is None and village is not None:
            household.village_id = village.id
        if group.precision == "door":
            self._place_door(household, group.place)
        elif household.precision == "none":
            household.precision = group.precision
        return household

    def _place_door(self, household: Household, place: Place | None) -> None:
        """Give a door without a place the ledger's, unless a person took just that one away from it."""
        if household.lat is None and place is not None and (household.id, spot(place)) not in self._dropped:
            household.lat, household.lon, household.datum = place.lat, place.lon, "wgs84"
            household.precision, household.place_source = "door", "ledger"

    def _standing(self, household: Household) -> Household:
        """The household, or the one that a person joined it to."""
        into = household.merged_into_id
        return household if into is None else self.session.get_one(Household, into)

    def _known_villages(self) -> list[KnownVillage]:
        joined = names_joined(self.session, self.branch.id)
        query = select(Village).where(Village.branch_id == self.branch.id).options(selectinload(Village.aliases))
        return [
            KnownVillage(
                row.id, row.town, row.admin_village, row.name, tuple(alias.name for alias in row.aliases),
                _place(row.lat, row.lon), joined.get(row.id, ()),
            )
            for row in self.session.scalars(query.order_by(Village.id))
        ]  # fmt: skip

    def _known_households(self) -> list[KnownHousehold]:
        loans: dict[str, set[str]] = defaultdict(set)
        for account in self._accounts.values():
            loans[account.household_id].add(account.loan_number)
        keys: dict[str, set[str]] = defaultdict(set)
        for row in self._households.values():
            keys[row.merged_into_id or row.id].add(row.match_key)
        return [
            KnownHousehold(row.id, frozenset(keys[row.id]), row.village_id, row.name, frozenset(loans[row.id]))
            for row in self._households.values()
            if row.merged_into_id is None
        ]

    def _by_key(self, model: Any) -> dict[str, Any]:
        rows = self.session.scalars(select(model).where(model.branch_id == self.branch.id).order_by(model.id))
        return {row.match_key: row for row in rows}


def _held(row: Household | Obligor) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in CHANGED[row.__tablename__])


def _place(lat: float | None, lon: float | None) -> Place | None:
    return None if lat is None or lon is None else Place(lat, lon)


def _hash(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, default=plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
