"""What is wrong with a ledger or one of its rows, and what to do about it (codes of schemas.ledger.codes)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from api.wording.ledger_fields import field_label
from api.wording.words import n

# code → (what is wrong, what to do)
ROWS: dict[str, tuple[str, str]] = {
    "branch_unknown": (
        n("Branch “%(value)s” is not one of yours."),
        n("Check the branch code, or ask the office of that branch to import the row."),
    ),
    "branch_missing": (
        n("The row does not say which branch it belongs to."),
        n("Fill the branch column, or choose the branch when importing."),
    ),
    "loan_number_missing": (
        n("The loan number is missing."),
        n("Fill in the loan number; without it the loan cannot be found again."),
    ),
    "borrower_name_missing": (
        n("The borrower's name is missing."),
        n("Fill in the name."),
    ),
    "outstanding_missing": (
        n("The outstanding amount is missing."),
        n("Fill in the amount; write 0 if nothing is owed."),
    ),
    "loan_twice": (
        n("This loan number stands in row %(first)s already."),
        n("Delete one of the two rows, unless it should name another guarantor."),
    ),
    "loan_contradicts": (
        n("This loan number stands in row %(first)s already, where these columns say something else: %(columns)s."),
        n("Keep the row that is right. Rows of one loan may differ in their guarantors only."),
    ),
    "total_row": (
        n("This looks like a line of totals, not a loan."),
        n("Nothing to do, unless it is a loan: then give it a loan number."),
    ),
    "header_again": (
        n("The header stands here again; this is no loan."),
        n("Nothing to do. Rows below it were read by the first header: check that its columns are the same."),
    ),
    "undecodable": (
        n("Some characters cannot be read in the file's encoding."),
        n("Save the file as UTF-8 and check this cell."),
    ),
    "excel_error": (
        n("The cell holds an error of the spreadsheet."),
        n("Mend the formula or write the value."),
    ),
    "text_too_long": (
        n("The text is longer than %(most)s characters and was not used."),
        n("Shorten it."),
    ),
    "column_twice_disagrees": (
        n("Two columns say different things; the first was used."),
        n("Remove the column that is wrong."),
    ),
    "number_damaged": (
        n("The spreadsheet has rounded this number; its digits are lost, so it was not used."),
        n("Format the column as text, enter the number again and import once more."),
    ),
    "identifier_unreadable": (
        n("This is not readable as a number or code."),
        n("Write it with letters and digits only."),
    ),
    "identifier_too_long": (
        n("The number is longer than %(most)s characters."),
        n("Check it."),
    ),
    "id_number_unreadable": (
        n("This is not an identity number; it was not used."),
        n("Enter the 18 digits of the identity card."),
    ),
    "id_number_length": (
        n("An identity number has 15 or 18 digits, this one %(length)s; it was not used."),
        n("Enter it again from the card."),
    ),
    "id_number_check_digit": (
        n("The last digit does not fit the others, so a digit is wrong; the number was not used."),
        n("Enter it again from the card."),
    ),
    "id_number_region": (
        n("No province has this number's first digits; it was not used."),
        n("Enter it again from the card."),
    ),
    "id_number_birth_date": (
        n("The birth date inside the number is not a date; it was not used."),
        n("Enter it again from the card."),
    ),
    "phone_unreadable": (
        n("This is not a telephone number; it was not used."),
        n("Write digits only, one number or several with a semicolon between them."),
    ),
    "amount_unreadable": (
        n("This is not an amount."),
        n("Write a number, such as 12000.00."),
    ),
    "amount_too_large": (
        n("The amount is impossibly large; perhaps the unit is wrong."),
        n("Check whether the column is in 元 or 万元."),
    ),
    "amount_negative": (
        n("The amount is negative."),
        n("Check whether the borrower really has a credit balance."),
    ),
    "outstanding_above_principal": (
        n("More is outstanding than was lent."),
        n("Check the units of both columns."),
    ),
    "days_unreadable": (
        n("This is not a number of days; it was not used."),
        n("Write a whole number."),
    ),
    "days_negative": (
        n("A number of days cannot be negative; it was not used."),
        n("Write 0 if nothing is overdue."),
    ),
    "date_unreadable": (
        n("This is not a date; it was not used."),
        n("Write it as 2024-01-31."),
    ),
    "date_impossible": (
        n("There is no such day; it was not used."),
        n("Look it up in the contract."),
    ),
    "date_without_day": (
        n("The day is missing; the date was not used."),
        n("Write year, month and day."),
    ),
    "date_ambiguous": (
        n("Day and month could be either way round; the date was not used."),
        n("Write it as 2024-01-31."),
    ),
    "date_order_contradicts": (
        n("Day and month stand in another order than in the rest of the column; the date was not used."),
        n("Write it as 2024-01-31."),
    ),
    "date_out_of_range": (
        n("The year cannot be right; the date was not used."),
        n("Check the year."),
    ),
    "date_unlikely": (
        n("The date is unlikely, but was used."),
        n("Check it."),
    ),
    "due_before_loan": (
        n("It falls due before it was lent (%(loan)s)."),
        n("Check both dates."),
    ),
    "five_tier_class_unknown": (
        n("This class is not known; it was not used."),
        n("Write 正常, 关注, 次级, 可疑 or 损失, or 1 to 5."),
    ),
    "security_unknown": (
        n("This kind of security is not known; it was not used."),
        n("Write 信用, 保证, 抵押 or 质押."),
    ),
    "availability_unknown": (
        n("When they are at home was not understood; it was not used."),
        n("Write for instance 春节, 晚上 or 赶场天."),
    ),
    "id_kind_unknown": (
        n("This kind of identity document is not known."),
        n("Write 身份证, or leave it empty."),
    ),
    "datum_unknown": (
        n("This coordinate system is not known; the place was not used."),
        n("Write WGS-84, GCJ-02 or BD-09."),
    ),
    "coordinate_unreadable": (
        n("This is not a coordinate; the place was not used."),
        n("Write degrees, such as 31.0423."),
    ),
    "coordinate_missing": (
        n("Only one of latitude and longitude is given; the place was not used."),
        n("Give both or neither."),
    ),
    "coordinates_zero": (
        n("The place 0/0 lies in the sea; it was not used."),
        n("Leave both cells empty if the place is not known."),
    ),
    "coordinates_swapped": (
        n("Latitude and longitude stand the wrong way round; the place was not used."),
        n("Swap the two values."),
    ),
    "coordinates_out_of_range": (
        n("There is no such place on earth; it was not used."),
        n("Check both values."),
    ),
    "coordinates_outside_area": (
        n("The place lies outside the lender's area; it was not used."),
        n("Check both values."),
    ),
    "coordinates_order_unknown": (
        n("It cannot be told which value is the latitude; the place was not used."),
        n("Use two columns, 纬度 and 经度."),
    ),
    "guarantor_name_missing": (
        n("The guarantor has no name, so the guarantor was not taken in."),
        n("Fill in the guarantor's name."),
    ),
    "guarantors_unpaired": (
        n("There are %(names)s guarantors but %(values)s of these numbers; they were not used."),
        n("Give one for each guarantor, in the same order."),
    ),
}

# A whole file that cannot be read: why, and the remedy in the same breath
FILES: dict[str, str] = {
    "file_empty": n("The file is empty. Choose the ledger again."),
    "file_too_large": n("The file is larger than %(most)s MB. Split it, or ask for a higher limit."),
    "not_a_table": n(
        "This is no table but another kind of file (%(kind)s), whatever its name. Save the ledger as .xlsx or .csv."
    ),
    "old_excel": n("This is an old Excel file (.xls). Open it and save it as .xlsx."),
    "password_protected": n("The workbook is protected with a password. Save it without one."),
    "html_table": n("This is a web page that calls itself a table. Open it in a spreadsheet and save it as .xlsx."),
    "xml_spreadsheet": n("This is an XML file. Open it in a spreadsheet and save it as .xlsx."),
    "opendocument": n("This is an OpenDocument file. Save it as .xlsx or .csv."),
    "binary_workbook": n("This is a binary workbook (.xlsb). Save it as .xlsx."),
    "archive_not_workbook": n("This is a ZIP archive, not a workbook. Unpack it and send the .xlsx or .csv inside."),
    "archive_broken": n("The workbook is damaged. Save it again in the spreadsheet."),
    "archive_unsafe": n(
        "The workbook would unpack to something far too large or holds parts that a ledger has no need of. Save it anew as .xlsx."
    ),
    "workbook_broken": n("The workbook cannot be read to its end. Save it again in the spreadsheet."),
    "no_sheet": n("The workbook has no sheet with cells."),
    "sheet_unknown": n("There is no sheet “%(sheet)s”. The workbook has: %(sheets)s."),
    "no_known_header": n("No known column was found. Seen: %(seen)s. Nearest known names: %(nearest)s."),
    "columns_missing": n(
        "A needed column is missing: %(missing)s. Seen in row %(row)s: %(seen)s. Nearest known names: %(nearest)s."
    ),
    "no_rows": n("There is a header but no row below it."),
    "too_many_columns": n("Row %(row)s has %(columns)s columns; at most %(most)s are read. Delete the empty ones."),
    "too_many_rows": n("There are more than %(most)s loans. Split the file."),
    "empty_rows": n("After row %(row)s more than %(most)s rows are empty. Delete them and save again."),
    "line_too_long": n("Line %(line)s is too long for a ledger; perhaps a quotation mark is missing."),
    "mapping_field_unknown": n("The mapping names fields that do not exist: %(fields)s."),
}

NOTICES: dict[str, str] = {
    "mapping_remembered": n("The columns were read as they were corrected for the last such file: %(columns)s."),
    "mixed_encoding": n("Some lines are not in the file's encoding (%(encoding)s); their characters may be wrong."),
    "other_sheets_not_read": n("The sheet “%(sheet)s” was read; not these: %(others)s."),
    "field_has_several_columns": n("Several columns mean the same: %(columns)s. The first filled one was used."),
    "columns_not_read": n("These columns were not read: %(columns)s."),
    "formulas_without_values": n(
        "%(cells)s formulas without a result were read as empty cells: %(columns)s. "
        "Open the file in a spreadsheet, save it and import it again."
    ),
}


def row_sentences(code: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is wrong and what to do."""
    reason, remedy = ROWS[code]
    spoken = _Facts(facts)
    return _(reason) % spoken, _(remedy) % spoken


def row_title(code: str) -> str:
    """Return what is wrong with rows of this code, without the facts of any one of them."""
    return _(ROWS[code][0]) % _NoFacts()


def file_sentence(code: str, facts: Mapping[str, Any]) -> str:
    """Return why a whole file cannot be read, and the remedy."""
    if "missing" in facts:
        facts = {**facts, "missing": [field_label(name) for name in facts["missing"]]}
    if code == "file_too_large":
        facts = {"most": facts["most"] >> 20}
    return _(FILES[code]) % _Facts(facts)


def notice_sentence(code: str, facts: Mapping[str, Any]) -> str:
    """Return something about the whole file that a person should know."""
    return _(NOTICES[code]) % _Facts(facts)


class _NoFacts(dict[str, Any]):
    """Stands for the facts of many rows: each is an ellipsis."""

    def __missing__(self, name: str) -> str:
        return "…"


class _Facts(dict[str, Any]):
    """Facts of a sentence: lists become text, what is not known becomes a dash."""

    def __missing__(self, name: str) -> str:
        return "–"

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if isinstance(value, list | tuple | set | frozenset):
            return ", ".join(map(str, value)) or "–"
        return value
