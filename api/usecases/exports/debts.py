"""Doors, the people behind them and their loans; loans have the columns of a ledger, to be imported again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from api.auth.actor import Role
from api.store.models import Account, Guarantee, Household, Obligor, Village
from api.usecases.context import vault
from api.usecases.exports.source import Area, Query, Source, Values
from schemas.export_tables import MOST_GUARANTORS
from schemas.ledger.identity import id_number_reader

_READERS = frozenset({Role.COORDINATOR, Role.LEGAL})
_read_card = id_number_reader()


def _households(area: Area) -> Query:
    return (
        select(Household, Village)
        .outerjoin(Village, Village.id == Household.village_id)
        .where(area.covers(Household.branch_id))
        .order_by(Household.id)
    )


def _household_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for one, village in batch:
        yield _where(village) | {
            "branch": area.codes[one.branch_id], "name": one.name, "door": one.door or None, "lat": one.lat,
            "lon": one.lon, "precision": one.precision, "place_source": one.place_source, "stated_datum": one.datum,
            "availability": one.availability, "focus": one.focus, "paused": one.paused, "paused_at": one.paused_at,
            "id": one.id, "merged_into": one.merged_into_id,
        }  # fmt: skip


def _where(village: Village | None) -> Values:
    if village is None:
        return {"town": None, "admin_village": None, "village": None}
    return {
        "town": village.town or None, "admin_village": village.admin_village or None, "village": village.name,
    }  # fmt: skip


def _obligors(area: Area) -> Query:
    return select(Obligor).where(area.covers(Obligor.branch_id)).order_by(Obligor.id)


def _obligor_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for (one,) in batch:
        yield {
            "branch": area.codes[one.branch_id], "name": one.name, "id_number": _opened(one.id_number_sealed),
            "phone": _opened(one.phone_sealed), "id": one.id, "household": one.household_id,
        }  # fmt: skip


def _guarantees(area: Area) -> Query:
    return (
        select(Guarantee, Account, Obligor)
        .join(Account, Account.id == Guarantee.account_id)
        .join(Obligor, Obligor.id == Guarantee.obligor_id)
        .where(area.covers(Account.branch_id))
        .order_by(Account.branch_id, Account.loan_number, Guarantee.id)
    )


def _guarantee_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    for guarantee, account, obligor in batch:
        yield {
            "branch": area.codes[account.branch_id], "loan_number": account.loan_number, "name": obligor.name,
            "guarantee_kind": guarantee.kind, "account": account.id, "obligor": obligor.id,
        }  # fmt: skip


def _loans(area: Area) -> Query:
    return (
        select(Account, Obligor, Household, Village)
        .join(Obligor, Obligor.id == Account.obligor_id)
        .join(Household, Household.id == Account.household_id)
        .outerjoin(Village, Village.id == Household.village_id)
        .where(area.covers(Account.branch_id))
        .order_by(Account.branch_id, Account.loan_number)
    )


def _active(area: Area) -> Query:
    return _loans(area).where(Account.status == "active")


def _settled(area: Area) -> Query:
    """Apart from the others: a file of active loans can be imported again without waking a loan that was settled."""
    return _loans(area).where(Account.status != "active")


def _loan_rows(area: Area, batch: Sequence[Any]) -> Iterator[Values]:
    guarantors, kinds = _guarantors(area, [row[0].id for row in batch])
    for account, obligor, household, village in batch:
        number = _opened(obligor.id_number_sealed)
        door = household.precision == "door"
        yield _where(village) | guarantors.get(account.id, {}) | {
            "branch_code": area.codes[account.branch_id],
            "loan_number": account.loan_number,
            "borrower_name": obligor.name,
            "id_kind": None if number is None else "id_card" if _read_card(number).value else "other",
            "id_number": number,
            "phone": _opened(obligor.phone_sealed),
            "household_door": household.door or None,
            "loan_date": account.loan_date,
            "due_date": account.due_date,
            "principal": account.principal,
            "outstanding": account.outstanding,
            "overdue_interest": account.overdue_interest,
            "five_tier_class": account.five_tier_class,
            "overdue_days": account.overdue_days,
            "security": kinds.get(account.id, account.guarantee_kind),
            "officer": account.officer,
            "last_collection_date": account.last_collection_date,
            "limitation_expiry": account.claimed_limitation,
            "latitude": household.lat if door else None,
            "longitude": household.lon if door else None,
            # Whatever the place was said in: it is kept, and written, in WGS-84.
            "datum": "wgs84" if door else None,
            "availability": household.availability,
            "status": account.status,
            "missing_at": account.missing_at,
            "settlement": account.settlement,
            "id": account.id,
            "household": household.id,
            "obligor": obligor.id,
        }


def _guarantors(area: Area, accounts: Sequence[str]) -> tuple[dict[str, Values], dict[str, str]]:
    """Return each loan's guarantors by numbered field, and how they answer where the contract says so."""
    door, village = aliased(Household), aliased(Village)
    query = (
        select(Guarantee.account_id, Guarantee.kind, Obligor, door.door, village)
        .join(Obligor, Obligor.id == Guarantee.obligor_id)
        .join(door, door.id == Obligor.household_id)
        .outerjoin(village, village.id == door.village_id)
        .where(Guarantee.account_id.in_(accounts))
        .order_by(Guarantee.account_id, Guarantee.id)
    )
    by_account: dict[str, list[Values]] = defaultdict(list)
    kinds: dict[str, str] = {}
    for account_id, kind, obligor, number, lives_in in area.session.execute(query):
        parts = (lives_in.town, lives_in.admin_village, lives_in.name) if lives_in else ()
        by_account[account_id].append(
            {
                "guarantor_name": obligor.name,
                "guarantor_id_number": _opened(obligor.id_number_sealed),
                "guarantor_phone": _opened(obligor.phone_sealed),
                "guarantor_address": _joined((*parts, number)) if parts else None,
            }
        )
        if kind in ("joint", "general"):
            kinds[account_id] = kind
    numbered = {
        account_id: {
            f"{field}.{slot}": value for slot, one in enumerate(people, start=1) for field, value in one.items()
        }
        for account_id, people in by_account.items()
    }
    return numbered, kinds


def _joined(parts: Sequence[str]) -> str:
    """An address as it is written: Chinese without blanks, others with commas."""
    parts = [part for part in parts if part]
    return ("" if all(ord(part[0]) > 0x2E80 or part[0].isdigit() for part in parts) else ", ").join(parts)


def most_guarantors(area: Area) -> int:
    """Return for how many guarantors a loan needs columns, at least one."""
    counts = (
        select(func.count(Guarantee.id).label("guarantors"))
        .join(Account, Account.id == Guarantee.account_id)
        .where(area.covers(Account.branch_id))
        .group_by(Guarantee.account_id)
        .subquery()
    )
    return min(MOST_GUARANTORS, max(1, area.session.scalar(select(func.max(counts.c.guarantors))) or 0))


def _opened(sealed: bytes | None) -> str | None:
    return None if sealed is None else vault().open(sealed)


DEBTS = {
    "households": Source(_READERS | {Role.REVIEWER}, _households, _household_rows),
    "obligors": Source(_READERS, _obligors, _obligor_rows),
    "guarantees": Source(_READERS, _guarantees, _guarantee_rows),
    "accounts": Source(_READERS, _active, _loan_rows),
    "settled_accounts": Source(_READERS, _settled, _loan_rows),
}
