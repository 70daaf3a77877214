"""What exported tables, their columns and the words in them are called. Ledger columns keep names that ledgers have."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from api.wording.words import WORDS as FACTS
from api.wording.words import n
from schemas.export_tables import ExportColumn
from schemas.setup_sheets import setup_sheets

TITLES: dict[str, str] = {
    "placements": n("History of placements"),
    "households": n("Households"),
    "obligors": n("Borrowers and guarantors"),
    "guarantees": n("Guarantees"),
    "accounts": n("Active loans"),
    "settled_accounts": n("Loans missing or settled"),
    "stops": n("Published stops"),
    "outcomes": n("Outcomes at the doors"),
    "mappings": n("Corrected columns of ledgers"),
    "merges": n("Merges decided"),
    "place_doubts": n("Doubtful places decided on"),
    "towns": n("Towns"),
    "users": n("Users"),
    "audit": n("Audit trail"),
    "all": n("Everything in one workbook"),
}

# By field, or by table and field where a table says it otherwise.
HEADINGS: dict[str, str] = {
    "account": n("Loan ID"),
    "action": n("What was done"),
    "active": n("In use"),
    "admin_village": n("Administrative village"),
    "arrival": n("Arrival"),
    "at": n("When"),
    "availability": n("At home"),
    "borrower_name": n("Borrower"),
    "branch": n("Branch no."),
    "branch_code": n("Branch no."),
    "branches": n("Branch nos."),
    "by": n("By (pseudonym)"),
    "changed_at": n("Changed at"),
    "code": n("Found because of"),
    "date": n("Date"),
    "datum": n("Datum"),
    "decision": n("Decision"),
    "detail": n("Details"),
    "device_time": n("Time on the phone"),
    "door": n("Door number"),
    "due_date": n("Due date"),
    "fingerprint": n("Fingerprint of the headers"),
    "first": n("ID of the first"),
    "first_name": n("The first"),
    "five_tier_class": n("Five-tier class"),
    "flags": n("What looks odd"),
    "focus": n("Focus"),
    "from": n("First day"),
    "guarantee_kind": n("Kind of guarantee"),
    "guarantor_address": n("Guarantor %(n)s address"),
    "guarantor_id_number": n("Guarantor %(n)s ID number"),
    "guarantor_name": n("Guarantor %(n)s"),
    "guarantor_phone": n("Guarantor %(n)s phone"),
    "handover": n("Handed over"),
    "household": n("Household ID"),
    "household_door": n("Door number"),
    "id": n("ID"),
    "id_kind": n("ID type"),
    "id_number": n("ID number"),
    "kind": n("Kind"),
    "km": n("Way in km"),
    "language": n("Language"),
    "last_collection_date": n("Last collection date"),
    "lat": n("Latitude"),
    "latitude": n("Latitude"),
    "leave": n("Leaves at"),
    "limitation_expiry": n("Limitation expiry date"),
    "loan_date": n("Loan date"),
    "loan_number": n("Loan number"),
    "lon": n("Longitude"),
    "longitude": n("Longitude"),
    "mapping": n("Column → read as"),
    "merged_into": n("Joined to (ID)"),
    "missing_at": n("Missing since"),
    "name": n("Name"),
    "note": n("Note"),
    "obligor": n("Person ID"),
    "officer": n("Loan officer"),
    "order": n("Order"),
    "outcome": n("What happened"),
    "outstanding": n("Outstanding"),
    "overdue_days": n("Overdue days"),
    "overdue_interest": n("Overdue interest"),
    "paid_amount": n("Amount paid"),
    "paused": n("Paused for"),
    "paused_at": n("Paused since"),
    "phone": n("Phone number"),
    "place_accuracy": n("Accuracy in metres"),
    "place_source": n("Where the place is from"),
    "placed_at": n("Placed at"),
    "plan": n("Plan version"),
    "precision": n("Precision of the place"),
    "principal": n("Loan amount"),
    "promise_amount": n("Amount promised"),
    "promise_on": n("Promised for"),
    "pseudonym": n("Pseudonym"),
    "reasons": n("Why"),
    "receipt": n("Receipt"),
    "replaces": n("Replaces"),
    "review": n("In review for"),
    "role": n("Role"),
    "security": n("Security type"),
    "server_time": n("Received at"),
    "settlement": n("What became of it"),
    "second": n("ID of the second"),
    "second_name": n("The second"),
    "source": n("Source"),
    "staff_number": n("Staff number"),
    "stated_datum": n("Datum it was said in"),
    "status": n("Status"),
    "stop": n("Stop ID"),
    "subject": n("Row ID"),
    "team": n("Team"),
    "territory": n("Territory"),
    "town": n("Town"),
    "travel_minutes": n("Minutes of travel"),
    "until": n("Last day"),
    "username": n("User name"),
    "value": n("Value"),
    "village": n("Natural village"),
    "withdrawn": n("Taken back"),
}

_CLASSES = {("five_tier_class", value): text for (fact, value), text in FACTS.items() if fact == "class"}
_PAUSES = {("paused", value): text for (fact, value), text in FACTS.items() if fact == "why"}
WORDS: dict[tuple[str, str], str] = {
    **_CLASSES,
    **_PAUSES,
    ("id_kind", "id_card"): n("identity card"),
    ("id_kind", "other"): n("other document"),
    ("security", "none"): n("unsecured"),
    ("security", "guarantee"): n("guaranteed"),
    ("security", "joint"): n("joint guarantee"),
    ("security", "general"): n("general guarantee"),
    ("security", "mortgage"): n("mortgage"),
    ("security", "pledge"): n("pledge"),
    ("guarantee_kind", "joint"): n("joint guarantee"),
    ("guarantee_kind", "general"): n("general guarantee"),
    ("guarantee_kind", "unstated"): n("not stated"),
    ("availability", "any"): n("any time"),
    ("availability", "mornings"): n("mornings"),
    ("availability", "evenings"): n("evenings"),
    ("availability", "weekends"): n("weekends"),
    ("availability", "market_day"): n("market days"),
    ("availability", "farming"): n("farming"),
    ("availability", "home_at_new_year"): n("new year only"),
    ("precision", "door"): n("door known"),
    ("precision", "village"): n("village known"),
    ("precision", "town"): n("town known"),
    ("precision", "none"): n("no place known"),
    ("place_source", "hand"): n("by hand"),
    ("place_source", "workbook"): n("set-up workbook"),
    ("place_source", "gazetteer"): n("list of places"),
    ("place_source", "doors"): n("its doors"),
    ("place_source", "phone"): n("a phone that stood there"),
    ("place_source", "ledger"): n("ledger"),
    ("kind", "village"): n("a village"),
    ("kind", "household"): n("a household"),
    ("decision", "together"): n("joined"),
    ("decision", "apart"): n("kept apart"),
    ("decision", "kept"): n("right as it is"),
    ("decision", "changed"): n("changed"),
    ("status", "active"): n("active"),
    ("status", "missing"): n("missing"),
    ("status", "closed"): n("closed"),
    ("settlement", "repaid"): n("repaid"),
    ("settlement", "sold"): n("sold"),
    ("settlement", "off_balance"): n("moved off balance sheet"),
    ("settlement", "mistake"): n("a mistake of the ledger"),
    ("outcome", "met"): n("Met"),
    ("outcome", "not_met"): n("Not here"),
    ("outcome", "paid"): n("Paid"),
    ("outcome", "promise"): n("Promise"),
    ("outcome", "refuses"): n("Refuses"),
    ("outcome", "moved"): n("Moved"),
    ("outcome", "deceased_to_verify"): n("Deceased – to verify"),
    ("outcome", "asked_to_be_left_alone"): n("Asked to be left alone"),
}


def table_title(key: str, language: str) -> str:
    """Return what a table is called."""
    sheet = setup_sheets().sheets.get(key)
    return sheet.titles[language] if sheet is not None else _(TITLES[key])


def column_title(key: str, column: ExportColumn, language: str) -> str:
    """Return what a column is called: in set-up tables as in the setup workbook, to be uploaded again."""
    sheet = setup_sheets().sheets.get(key)
    for one in sheet.columns if sheet is not None else ():
        if one.field == column.field:
            return one.titles[language]
    field, _dot, slot = column.field.partition(".")
    number = "" if slot == "1" else slot
    return re.sub(r"\s+", " ", _(HEADINGS[field]) % {"n": number}).strip()


def word(field: str, value: str) -> str:
    """Return a value of a fixed list in the reader's language; one that has no word as it is."""
    found = WORDS.get((field, value))
    return _(found) if found is not None else value
