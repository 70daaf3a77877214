"""What the fields of a ledger are called on a page (fields of schemas/ledger/columns.toml)."""

from __future__ import annotations

from flask_babel import gettext as _

from api.wording.words import n

FIELDS: dict[str, str] = {
    "loan_number": n("Loan number"),
    "borrower_name": n("Borrower's name"),
    "outstanding": n("Outstanding amount"),
    "five_tier_class": n("Five-tier class"),
    "overdue_days": n("Days overdue"),
    "principal": n("Amount lent"),
    "overdue_interest": n("Interest overdue"),
    "loan_date": n("Lent on"),
    "due_date": n("Due on"),
    "last_collection_date": n("Last collected on"),
    "limitation_expiry": n("Limitation period ends on"),
    "guarantee_expiry": n("Guarantee period ends on"),
    "id_kind": n("Kind of identity document"),
    "id_number": n("Identity number"),
    "phone": n("Telephone"),
    "address": n("Address"),
    "county": n("County"),
    "town": n("Town or township"),
    "admin_village": n("Administrative village"),
    "village": n("Village or group"),
    "household_door": n("Door number"),
    "latitude": n("Latitude"),
    "longitude": n("Longitude"),
    "position": n("Latitude and longitude in one cell"),
    "datum": n("Datum of the coordinates"),
    "branch_code": n("Branch code"),
    "branch_name": n("Branch"),
    "officer": n("Loan officer"),
    "manager": n("Person responsible"),
    "security": n("Kind of security"),
    "guarantor_name": n("Guarantor's name"),
    "guarantor_id_number": n("Guarantor's identity number"),
    "guarantor_phone": n("Guarantor's telephone"),
    "guarantor_address": n("Guarantor's address"),
    "written_off_principal": n("Principal written off"),
    "written_off_interest": n("Interest written off"),
    "off_balance_date": n("Moved off balance sheet on"),
    "off_balance_kind": n("Kind of move off balance sheet"),
    "loan_purpose": n("Purpose of the loan"),
    "situation": n("Situation"),
    "attitude": n("Borrower's attitude"),
    "availability": n("When somebody is at home"),
}


def field_label(field: str) -> str:
    """Return a field's name in the reader's language."""
    return _(FIELDS[field])


def field_labels() -> list[tuple[str, str]]:
    """Return every field with its name in the reader's language, those that matter most first."""
    return [(field, _(label)) for field, label in FIELDS.items()]
