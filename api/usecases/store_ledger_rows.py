"""Store what was decided of one branch's ledger: villages, households, obligors, accounts, guarantees, and the traces.

What is new gets its id here, kind by kind, for foreign keys point back. Each row that is written is also noted for
undo, in the same portions: nothing of a ledger is held twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store.bulk import insert_rows, update_rows
from api.store.columns import now
from api.store.ids import new_id
from api.store.models import Account, Guarantee, Household, ImportChange, ImportRow, Obligor, Village
from api.store.portions import portions
from api.usecases.decide_ledger import SAID, Decided, DecidedLedger, row_hash
from api.usecases.kept_values import plain
from api.usecases.known_ledger import HELD, Debtor, Door, known_guarantees
from api.usecases.stored_grouping import StoredGrouping
from api.vault import Vault
from routing.villages import VillageName

_ROW = ("id", "created_at")
_VILLAGE = (
    *_ROW, "version", "branch_id", "town", "admin_village", "name", "match_key", "lat", "lon", "datum", "place_source",
    "placed_at", "arrival_minutes",
)  # fmt: skip
_DOOR = (*_ROW, "version", "branch_id", "name", "door", "match_key", "focus", "facts", *HELD)
_DEBTOR = (
    *_ROW, "version", "branch_id", "household_id", "name", "match_key", "id_number_sealed", "id_number_index",
    "phone_sealed",
)  # fmt: skip
# What a row says of its account (SAID), and what the grouping and the staff list say.
_OF_ROW = (
    "principal", "outstanding", "overdue_interest", "five_tier_class", "overdue_days", "loan_date", "due_date",
    "last_collection_date", "claimed_limitation", "guarantee_kind", "officer", "household_id", "obligor_id",
    "granted_by_id", "status", "content_hash", "import_id",
)  # fmt: skip
_ACCOUNT = (*_ROW, "version", "branch_id", "loan_number", *_OF_ROW)
_UPDATED = (*_OF_ROW, "missing_at", "settlement", "version")
_GUARANTEE = (*_ROW, "account_id", "obligor_id", "kind")
_CHANGE = ("import_id", "kind", "row_id", "made", "before", "version")
_TRACE = ("import_id", "row", "status", "account_id", "before")


class LedgerStore:
    """Writes one branch's decided rows inside the caller's transaction.

    ``further`` are rows of the file that only name further guarantors of a loan, by the number of the loan's row.
    """

    def __init__(
        self, session: Session, branch_id: str, import_id: str, vault: Vault, further: Mapping[int, Sequence[int]]
    ) -> None:
        self._session, self._branch, self._import, self._vault = session, branch_id, import_id, vault
        self._further, self._now = further, now()
        self._village_ids: dict[str, str] = {}

    def store(self, decided: DecidedLedger) -> StoredGrouping:
        """Store it all; returns what the grouping came to, with the ids of its villages and households."""
        known, session = decided.known, self._session
        before = frozenset([*(one.id for one in known.villages), *(id_ for id_ in known.by_id if id_)])
        session.flush()
        self._villages(decided)
        self._doors(list(dict.fromkeys(decided.doors.values())))
        self._debtors(decided.debtors)
        self._accounts(decided)
        # What was read as objects before is no longer what stands there.
        session.expire_all()
        return StoredGrouping(
            decided.grouping,
            {VillageName(one.town, one.admin_village, one.name).key: one.id for one in known.villages}
            | {one.key: one.id or self._village_ids[one.key] for one in decided.grouping.villages},
            {key: _stored(door) for key, door in decided.doors.items()},
            before,
        )

    def _villages(self, decided: DecidedLedger) -> None:
        new = [village for village in decided.grouping.villages if village.id is None]
        self._village_ids = {village.key: new_id() for village in new}
        rows = []
        for one in new:
            lat, lon, *told = (
                (one.place.lat, one.place.lon, "wgs84", "doors", self._now) if one.place else (None,) * 5
            )  # fmt: skip
            name = one.name
            rows.append(
                (self._village_ids[one.key], self._now, 1, self._branch, name.town, name.admin_village, name.name,
                 name.key, lat, lon, *told, 5)
            )  # fmt: skip
        self._insert(Village, _VILLAGE, rows)

    def _doors(self, doors: Sequence[Door]) -> None:
        new = [door for door in doors if door.id is None]
        for door in new:
            door.id = new_id()
        for door in doors:
            door.village = self._village_ids.get(door.village or "", door.village)
        self._insert(
            Household, _DOOR,
            ((door.id, self._now, 1, self._branch, door.name, door.written, door.key, False, {}, *door.held())
             for door in new),
        )  # fmt: skip
        changed = [door for door in doors if door.was is not None and door.was != door.held()]
        update_rows(self._session, Household, HELD, ((door.id, *door.held()) for door in changed))
        names = (*HELD, "version")
        befores = (dict(zip(names, (*(door.was or ()), door.version), strict=True)) for door in changed)
        self._note(
            ("households", door.id, False, before, door.version)
            for door, before in zip(changed, befores, strict=True)
        )  # fmt: skip

    def _debtors(self, debtors: Sequence[Debtor]) -> None:
        new = [debtor for debtor in debtors if debtor.id is None]
        changed = [debtor for debtor in debtors if debtor.id is not None and self._has_new_phone(debtor)]
        for debtor in new:
            debtor.id = new_id()
        self._insert(
            Obligor, _DEBTOR,
            ((one.id, self._now, 1, self._branch, _stored(one.door), one.name, one.key, self._seal(one.number),
              one.index, self._seal(one.told)) for one in new),
        )  # fmt: skip
        update_rows(self._session, Obligor, ("phone_sealed",), ((one.id, self._seal(one.told)) for one in changed))
        self._note(
            ("obligors", one.id, False, {"phone_sealed": plain(one.sealed), "version": one.version}, one.version)
            for one in changed
        )

    def _has_new_phone(self, debtor: Debtor) -> bool:
        return bool(debtor.told) and (debtor.sealed is None or self._vault.open(debtor.sealed) != debtor.told)

    def _seal(self, text: str | None) -> bytes | None:
        return self._vault.seal(text) if text else None

    def _accounts(self, decided: DecidedLedger) -> None:
        staff = decided.known.staff
        ids = {one.row.number: one.known.id if one.known else new_id() for one in decided.rows}
        of_fate: dict[str, list[Decided]] = {"new": [], "updated": [], "unchanged": []}
        for one in decided.rows:
            of_fate[one.fate].append(one)
        insert_rows(
            self._session, Account, _ACCOUNT,
            ((ids[one.row.number], self._now, 1, self._branch, one.row.value("loan_number"), *self._of_row(one, staff))
             for one in of_fate["new"]),
        )  # fmt: skip
        befores = self._befores([ids[one.row.number] for one in of_fate["updated"]])
        update_rows(
            self._session, Account, _UPDATED,
            ((id_, *self._of_row(one, staff), None, None, befores[id_]["version"] + 1)
             for one in of_fate["updated"] for id_ in (ids[one.row.number],)),
        )  # fmt: skip
        self._guarantees(decided, ids)
        insert_rows(self._session, ImportRow, _TRACE, self._traces(decided.rows, ids, befores))

    def _of_row(self, one: Decided, staff: Mapping[str, str]) -> tuple[Any, ...]:
        value = one.row.value
        return (
            *(value(name) for name in SAID), _stored(one.door), one.debtor.id, staff.get(value("officer") or ""),
            "active", one.hash or row_hash(one.row, staff, self._vault), self._import,
        )  # fmt: skip

    def _befores(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What the accounts hold that are to be updated, by id, as it is kept for undo."""
        columns = [getattr(Account, name) for name in _UPDATED]
        return {
            id_: dict(zip(_UPDATED, map(plain, values), strict=True))
            for portion in portions(ids)
            for id_, *values in self._session.execute(select(Account.id, *columns).where(Account.id.in_(portion)))
        }

    def _traces(
        self, rows: Sequence[Decided], ids: Mapping[int, str], befores: Mapping[str, dict[str, Any]]
    ) -> Iterator[tuple[Any, ...]]:
        for one in rows:
            number, fate = one.row.number, "flagged" if one.row.problems else one.fate
            account = ids[number]
            yield self._import, number, fate, account, befores.get(account)
            for other in self._further.get(number, ()):
                yield self._import, other, fate, account, None

    def _guarantees(self, decided: DecidedLedger, ids: Mapping[int, str]) -> None:
        if not any(one.guarantors for one in decided.rows):
            return
        seen, new = known_guarantees(self._session, self._branch), []
        for one in decided.rows:
            for debtor in one.guarantors:
                pair = ids[one.row.number], str(debtor.id)
                if pair not in seen:
                    seen.add(pair)
                    new.append((new_id(), self._now, *pair, one.row.value("guarantee_kind")))
        self._insert(Guarantee, _GUARANTEE, new)

    def _insert(self, model: Any, columns: Sequence[str], rows: Any) -> None:
        """Insert rows that go with the import when it is undone."""
        made: list[str] = []

        def noted() -> Iterator[Any]:
            for row in rows:
                made.append(row[0])
                yield row

        insert_rows(self._session, model, columns, noted())
        self._note((model.__tablename__, id_, True, None, 1) for id_ in made)

    def _note(self, changes: Iterator[tuple[Any, ...]]) -> None:
        insert_rows(self._session, ImportChange, _CHANGE, ((self._import, *change) for change in changes))


def _stored(door: str | Door) -> str:
    return str(door.id) if isinstance(door, Door) else door
