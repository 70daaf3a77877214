"""Which tables come out of the service, with which columns, and what in them is personal.

Set-up tables have the columns of the setup workbook, so that they can be uploaded again; ``accounts`` has those
of a ledger, so that it can be imported again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.setup_sheets import setup_sheets

Personal = Literal["name", "number", "loan", "withheld"]
"""How a value is masked: initials, first and last digits, the last four, or not shown at all."""

MOST_GUARANTORS = 9
"""A ledger numbers a loan's guarantors with one digit."""


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column: ``kind`` as in the setup workbook, or money, moment (with its zone), word (of a fixed list), reasons.

    ``field`` of a loan's guarantor ends in its number: guarantor_name.2.
    """

    field: str
    kind: str = "text"
    personal: Personal | None = None


def _columns(*spec: str) -> tuple[ExportColumn, ...]:
    """Columns from ``field``, ``field:kind`` or ``field:kind:personal``."""
    made = []
    for text in spec:
        field, kind, personal = (*text.split(":"), "", "")[:3]
        made.append(ExportColumn(field, kind or "text", personal or None))  # type: ignore[arg-type]
    return tuple(made)


def _sheet(key: str, *more: str, personal: dict[str, Personal] | None = None) -> tuple[ExportColumn, ...]:
    """The columns of a sheet of the setup workbook, and ``more`` behind them."""
    masks = personal or {}
    own = (ExportColumn(one.field, one.kind, masks.get(one.field)) for one in setup_sheets().sheets[key].columns)
    return (*own, *_columns(*more))


_LOAN = _columns(
    "branch_code", "loan_number::loan", "borrower_name::name", "id_kind:word", "id_number::number", "phone::number",
    "town", "admin_village", "village", "household_door::withheld", "loan_date:date", "due_date:date",
    "principal:money", "outstanding:money", "overdue_interest:money", "five_tier_class:word", "overdue_days:whole",
    "security:word", "officer", "last_collection_date:date", "limitation_expiry:date", "latitude:number:withheld",
    "longitude:number:withheld", "datum", "availability:word",
)  # fmt: skip
_GUARANTOR = _columns(
    "guarantor_name::name", "guarantor_id_number::number", "guarantor_phone::number", "guarantor_address::withheld"
)
_STATE = _columns("status:word", "missing_at:moment", "settlement:word", "id", "household", "obligor")

EXPORT_TABLES: dict[str, tuple[ExportColumn, ...]] = {
    "branches": _sheet("branches", "id"),
    "territories": _sheet("territories", "id"),
    "villages": _sheet(
        "villages", "precision:word", "place_source:word", "stated_datum", "place_accuracy:whole", "placed_at:moment",
        "id",
    ),
    "towns": _columns("branch", "name", "lat:number", "lon:number", "source", "id"),
    "people": _sheet("people", "id", "pseudonym", personal={"name": "name", "phone": "number"}),
    "groups": _sheet("groups"),
    "teams": _sheet("teams", "id"),
    "shifts": _sheet("shifts", "id"),
    "placements": _columns(
        "staff_number", "branch", "territory", "role:role", "from:date", "until:date", "handover:boolean"
    ),
    "households": _columns(
        "branch", "town", "admin_village", "village", "name::name", "door::withheld", "lat:number:withheld",
        "lon:number:withheld", "precision:word", "place_source:word", "stated_datum", "availability:word",
        "focus:boolean", "paused:word", "paused_at:moment", "id", "merged_into",
    ),
    "obligors": _columns("branch", "name::name", "id_number::number", "phone::number", "id", "household"),
    "guarantees": _columns("branch", "loan_number::loan", "name::name", "guarantee_kind:word", "account", "obligor"),
    "accounts": _LOAN + _STATE,
    "settled_accounts": _LOAN + _STATE,
    "stops": _columns(
        "plan:whole", "date:date", "branch", "territory", "team", "order:whole", "village", "name::name",
        "arrival:clock", "leave:clock", "travel_minutes:whole", "km:number", "value:money", "reasons:reasons",
        "withdrawn:boolean", "id", "household",
    ),
    "outcomes": _columns(
        "server_time:moment", "device_time:moment", "branch", "village", "name::name", "outcome:word",
        "promise_on:date", "promise_amount:money", "paid_amount:money", "receipt::withheld", "note::withheld",
        "lat:number:withheld", "lon:number:withheld", "team", "plan:whole", "review:list", "flags:list", "by",
        "replaces", "id", "stop", "household",
    ),
    "mappings": _columns("branch", "fingerprint", "mapping:list", "by", "changed_at:moment"),
    "merges": _columns(
        "branch", "kind:word", "first_name::name", "second_name::name", "decision:word", "code", "by", "at:moment",
        "first", "second", "id",
    ),
    "place_doubts": _columns(
        "branch", "village", "name::name", "code", "decision:word", "by", "at:moment", "subject", "id"
    ),
    "users": _columns("username", "role", "branches:list", "language", "active:boolean", "pseudonym", "id"),
    "audit": _columns("at:moment", "by", "action", "subject", "detail"),
}  # fmt: skip
"""The tables in the order in which they are listed and written."""


LOANS = ("accounts", "settled_accounts")
"""The tables of loans, with columns for guarantors between these."""


def export_columns(key: str, guarantors: int = 1) -> tuple[ExportColumn, ...]:
    """Return the columns of a table; loans have so many groups of columns for guarantors."""
    if key not in LOANS:
        return EXPORT_TABLES[key]
    slots = [
        ExportColumn(f"{one.field}.{slot}", one.kind, one.personal)
        for slot in range(1, guarantors + 1)
        for one in _GUARANTOR
    ]
    return (*_LOAN, *slots, *_STATE)


def has_personal(key: str) -> bool:
    """Say whether a table tells of people what not everybody may read."""
    return any(column.personal for column in export_columns(key))
