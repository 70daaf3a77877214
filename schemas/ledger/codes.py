"""Every code that reading a ledger can give, with the facts that come with it.

Whoever words messages words these; a test keeps the lists and the code together.
"""

from __future__ import annotations

REFUSALS: dict[str, tuple[str, ...]] = {
    # The upload
    "file_empty": (),
    "file_too_large": ("most",),
    "not_a_table": ("kind",),
    "old_excel": (),
    "password_protected": (),
    "html_table": (),
    "xml_spreadsheet": (),
    "opendocument": (),
    "binary_workbook": (),
    "archive_not_workbook": (),
    "archive_broken": (),
    "archive_unsafe": (),
    "workbook_broken": (),
    "no_sheet": (),
    "sheet_unknown": ("sheet", "sheets"),
    # The table
    "no_known_header": ("seen", "nearest"),
    "columns_missing": ("missing", "wanted", "row", "seen", "nearest"),
    "no_rows": ("header",),
    "too_many_columns": ("row", "columns", "most"),
    "too_many_rows": ("most",),
    "empty_rows": ("row", "most"),
    "line_too_long": ("line", "most"),
    "mapping_field_unknown": ("fields", "known"),
}
"""Codes of :class:`~schemas.ledger.refusals.LedgerRefused`. More facts may come with some of them."""

NOTICES: dict[str, tuple[str, ...]] = {
    "mixed_encoding": ("encoding",),
    "other_sheets_not_read": ("sheet", "others"),
    "field_has_several_columns": ("field", "columns"),
    "columns_not_read": ("columns", "nearest"),
    "formulas_without_values": ("columns", "cells"),
}
"""Codes of :class:`~schemas.ledger.refusals.Notice`."""

PROBLEMS: dict[str, tuple[str, ...]] = {
    # The row is left out
    "loan_number_missing": (),
    "borrower_name_missing": (),
    "outstanding_missing": (),
    "loan_twice": ("first",),
    "loan_contradicts": ("first", "columns"),
    "total_row": (),
    "header_again": (),
    # Any cell
    "undecodable": (),
    "excel_error": (),
    "text_too_long": ("most",),
    "column_twice_disagrees": (),
    # Numbers that are names
    "number_damaged": (),
    "identifier_unreadable": (),
    "identifier_too_long": ("most",),
    "id_number_unreadable": (),
    "id_number_length": ("length",),
    "id_number_check_digit": (),
    "id_number_region": (),
    "id_number_birth_date": (),
    "phone_unreadable": (),
    # Amounts and days
    "amount_unreadable": (),
    "amount_too_large": (),
    "amount_negative": (),
    "outstanding_above_principal": (),
    "days_unreadable": (),
    "days_negative": (),
    # Dates
    "date_unreadable": (),
    "date_impossible": (),
    "date_without_day": (),
    "date_ambiguous": (),
    "date_order_contradicts": (),
    "date_out_of_range": (),
    "date_unlikely": (),
    "due_before_loan": ("loan",),
    # Words with a fixed list
    "five_tier_class_unknown": (),
    "security_unknown": (),
    "availability_unknown": (),
    "id_kind_unknown": (),
    "datum_unknown": (),
    # Places
    "coordinate_unreadable": (),
    "coordinate_missing": (),
    "coordinates_zero": (),
    "coordinates_swapped": (),
    "coordinates_out_of_range": (),
    "coordinates_outside_area": (),
    "coordinates_order_unknown": (),
    # Guarantors
    "guarantor_name_missing": (),
    "guarantors_unpaired": ("names", "values"),
}
"""Codes of :class:`~schemas.ledger.refusals.RowProblem`. A required cell that cannot be read refuses its row."""
