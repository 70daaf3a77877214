"""Decide what the rows of one branch's ledger come to: compared with what is stored, in memory; nothing is written.

A preview ends here; an import then writes just this (:mod:`api.usecases.store_ledger_rows`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from api.usecases.doubt_places import spot
from api.usecases.known_ledger import Debtor, Door, KnownLedger, Loan
from api.vault import Vault
from routing.grouped import GroupedHousehold, Grouping
from routing.households import Borrower, group_households
from routing.persons import plain_name
from routing.problem import Place
from routing.villages import AddressParts
from schemas.ledger import LedgerRow

SAID = (
    "principal", "outstanding", "overdue_interest", "five_tier_class", "overdue_days", "loan_date", "due_date",
    "last_collection_date", "limitation_expiry", "security", "officer",
)  # fmt: skip
_NUMBERS = ("id_number", "phone")


@dataclass(slots=True)
class Decided:
    """One row: its fate (new, updated, unchanged), the account that it had, who owes, where, who stands for it."""

    row: LedgerRow
    fate: str
    known: Loan | None
    hash: str | None
    door: Door
    debtor: Debtor
    guarantors: list[Debtor]


@dataclass(slots=True)
class DecidedLedger:
    """What the rows of a branch come to: ``doors`` by the grouping's keys, ``debtors`` to be made or told a phone.

    ``created`` counts villages_created and households_created.
    """

    known: KnownLedger
    grouping: Grouping
    doors: dict[str, Door]
    rows: list[Decided] = field(default_factory=list)
    debtors: list[Debtor] = field(default_factory=list)
    created: Counter[str] = field(default_factory=Counter)


def decide_ledger(known: KnownLedger, rows: Sequence[LedgerRow], vault: Vault) -> DecidedLedger:
    """Decide what usable rows of one branch come to."""
    deciding = _Deciding(known, rows, vault)
    decided = deciding.decided
    decided.debtors = deciding.spoken_of()
    return decided


class _Deciding:
    """The rows against what is known; ``known`` is brought up to what the rows say, door by door."""

    def __init__(self, known: KnownLedger, rows: Sequence[LedgerRow], vault: Vault) -> None:
        self._known, self._vault = known, vault
        self._blind: dict[str, str] = {}
        self._datum: dict[Place, str] = {}
        self._touched: dict[int, Debtor] = {}
        grouping = group_households(self._borrowers(rows), known.villages, known.households(), known.decisions)
        self._shared = {
            key[3:].partition("|")[0]
            for group in grouping.households
            for key in group.keys
            if key.startswith("id:") and "|" in key
        }
        self._by_name = {
            (debtor.door, debtor.name): debtor for debtor in known.debtors.values() if debtor.index is None
        }
        new = sum(1 for village in grouping.villages if village.id is None)
        self.decided = DecidedLedger(known, grouping, {}, created=Counter(villages_created=new))
        self._village = {village.key: village.id or village.key for village in grouping.villages}
        for group in grouping.households:
            self.decided.doors[group.key] = self._door(group)
        self._door_of = {ref: self.decided.doors[key] for ref, key in grouping.of.items()}
        owing = [self._borrower(row) for row in rows]
        standing = [self._guarantors(row) for row in rows]
        self.decided.rows = [self._row(*parts) for parts in zip(rows, owing, standing, strict=True)]

    def spoken_of(self) -> list[Debtor]:
        """Return those that the rows speak of and whom they make or change, in the order of the rows."""
        return list(self._touched.values())

    def _borrowers(self, rows: Iterable[LedgerRow]) -> list[Borrower]:
        """Every borrower and guarantor of these rows, as the grouping by door wants them."""
        found = []
        for row in rows:
            value, loan, lat = row.value, row.value("loan_number"), row.value("latitude")
            parts = AddressParts(
                value("county") or "", value("town") or "", value("admin_village") or "", value("village") or "",
                value("household_door") or "", value("address") or "",
            )  # fmt: skip
            place = None if lat is None else Place(lat, value("longitude"))
            if place and value("datum") != "wgs84":
                self._datum[place] = value("datum")
            found.append(Borrower(loan, value("borrower_name"), parts, self._index(value("id_number")), place))
            for position, one in enumerate(row.guarantors):
                address = AddressParts(address=one.address or "")
                found.append(Borrower(f"{loan}:{position}", one.name, address, self._index(one.id_number)))
        return found

    def _index(self, number: str | None) -> str | None:
        if not number:
            return None
        found = self._blind.get(number)
        if found is None:
            found = self._blind[number] = self._vault.blind(number)
        return found

    def _door(self, group: GroupedHousehold) -> Door:
        known = self._known
        door = known.by_id[group.id] if group.id else known.doors.get(group.key)
        if door is None:
            door = Door(None, group.key, group.name, precision=group.precision, written=group.door)
            known.doors[group.key] = door
            self.decided.created["households_created"] += 1
        else:
            door = known.by_id[door.merged] if door.merged else door
            if door.was is None and door.id is not None:
                door.was = door.held()
        if door.village is None and group.village:
            door.village = self._village.get(group.village)
        if group.precision == "door":
            self._place(door, group.place)
        elif door.precision == "none":
            door.precision = group.precision
        return door

    def _place(self, door: Door, place: Place | None) -> None:
        """Give a door without a place the ledger's, unless a person took just that one away from it."""
        if door.lat is None and place is not None and (door.id, spot(place)) not in self._known.dropped:
            door.lat, door.lon, door.datum = place.lat, place.lon, self._datum.get(place, "wgs84")
            door.precision, door.place_source = "door", "ledger"

    def _borrower(self, row: LedgerRow) -> Debtor:
        value = row.value
        door = self._door_of[value("loan_number")]
        if (told := value("availability")) and door.availability == "any":
            door.availability = told
        return self._debtor(door, value("borrower_name"), value("id_number"), value("phone"))

    def _guarantors(self, row: LedgerRow) -> list[Debtor]:
        if not row.guarantors:
            return []
        loan = row.value("loan_number")
        return [
            self._debtor(self._door_of[f"{loan}:{position}"], one.name, one.id_number, one.phone)
            for position, one in enumerate(row.guarantors)
        ]

    def _debtor(self, door: Door, name: str, number: str | None, phone: str | None) -> Debtor:
        index, debtors = self._index(number), self._known.debtors
        key = f"id:{index}" if index else f"{door.key}|{name}"
        found = debtors.get(key)
        if index in self._shared and (found is None or plain_name(found.name) != plain_name(name)):
            # One number with several names: people, until somebody says which it belongs to.
            key = f"{key}|{plain_name(name)}"
            found = debtors.get(key)
        if found is None and index is None and door.id is not None:
            # Their household may have been joined to another, which tells them by another key.
            found = self._by_name.get((door.id, name))
        if found is None:
            found = debtors[key] = Debtor(None, key, name, door, index, number=number)
            self._touched[id(found)] = found
        if phone and found.told != phone:
            found.told = phone
            self._touched[id(found)] = found
        return found

    def _row(self, row: LedgerRow, debtor: Debtor, guarantors: list[Debtor]) -> Decided:
        number = row.value("loan_number")
        door, known = self._door_of[number], self._known.loans.get(number)
        if known is None:
            return Decided(row, "new", None, None, door, debtor, guarantors)
        hash_ = row_hash(row, self._known.staff, self._vault)
        # What the grouping says of an account is no change of its row, but one of the account.
        same = known.hash == hash_ and known.status == "active" and (known.door, known.debtor) == (door.id, debtor.id)
        return Decided(row, "unchanged" if same else "updated", known, hash_, door, debtor, guarantors)


def row_hash(row: LedgerRow, staff: Mapping[str, str], vault: Vault) -> str:
    """Return a mark of all that a row says of its loan: a changed number changes it, and it tells no number.

    The same guarantors in another order are no change.
    """
    value = row.value
    people = sorted((one.name, one.id_number or "", one.phone or "") for one in row.guarantors)
    said = [
        *(_text(value(name)) for name in SAID),
        staff.get(value("officer") or "", ""),
        *(value(name) or "" for name in _NUMBERS),
        *(part for person in people for part in person),
    ]
    return vault.blind("\x1f".join(said))


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else str(value)
