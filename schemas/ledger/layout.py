"""How the columns of a ledger were understood, to be shown to a person and corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from openpyxl.utils import get_column_letter

from routing.places import Datum
from schemas.ledger.dates import DateForms, Order
from schemas.ledger.headers import LedgerColumn, nearest_alias
from schemas.ledger.vocabulary import COLUMNS, plain


class ColumnLayout(TypedDict):
    """One column of a file with a header.

    ``column`` is its letter in a spreadsheet; ``field`` what it is read as, None if it is not read. ``told``: a
    person said so. ``needless``: known, and not needed. ``nearest`` is the field whose name comes nearest to a
    header that is not known. ``unit`` multiplies amounts to yuan (as text); ``dates`` is the order of day and
    month that was decided where the year stands last; ``guarantor`` numbers the guarantor that it speaks of.
    """

    column: str
    header: str
    field: str | None
    told: bool
    needless: bool
    nearest: str | None
    unit: str | None
    dates: Order | None
    datum: Datum | None
    guarantor: int | None


def layout_of(
    columns: tuple[LedgerColumn, ...], forms: Mapping[int, DateForms], mapping: Mapping[str, str]
) -> list[ColumnLayout]:
    """Return the columns that have a header, in their order in the file."""
    told = {plain(header) for header in mapping}
    return [_layout(column, forms, told) for column in columns if column.header]


def _layout(column: LedgerColumn, forms: Mapping[int, DateForms], told: set[str]) -> ColumnLayout:
    field = column.field
    kind = COLUMNS.kind[field] if field else None
    name = plain(column.header)
    needless = field is None and name in COLUMNS.unused
    return {
        "column": get_column_letter(column.index + 1),
        "header": column.header,
        "field": field,
        "told": name in told,
        "needless": needless,
        "nearest": None if field or needless else nearest_field(column.header),
        "unit": str(column.unit) if kind == "money" and column.unit else None,
        "dates": forms[column.index].order if column.index in forms else None,
        "datum": column.datum if kind in ("coordinate", "position") else None,
        "guarantor": column.slot if field and field.startswith("guarantor_") else None,
    }


def nearest_field(header: str) -> str | None:
    """Return the field whose name comes nearest to an unknown header, or None where none is alike."""
    alias = nearest_alias(header)
    return COLUMNS.alias[plain(alias)][0] if alias else None
