"""What the setup workbook says: its guide, and what is wrong with a cell and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from api.wording.ledger import FILES, file_sentence
from api.wording.words import n
from schemas.setup_sheets import setup_sheets

_AGAIN = n("Correct the cell and upload the workbook again.")

# code → (what is wrong, what to do)
CELLS: dict[str, tuple[str, str]] = {
    "required": (n("This cell must not be empty."), n("Fill it in.")),
    "cell_too_long": (n("The text is longer than %(most)s characters."), n("Shorten it.")),
    "cell_error": (n("The cell holds an error of the spreadsheet."), n("Mend the formula or write the value.")),
    "not_number": (n("“%(value)s” is not a number of degrees."), n("Write degrees with decimals, such as 29.5031.")),
    "not_whole": (n("“%(value)s” is not a whole number."), n("Write a whole number, such as 45.")),
    "not_yes_no": (n("“%(value)s” is neither yes nor no."), n("Write yes or no.")),
    "not_role": (n("“%(value)s” is no role in a group."), n("Write leader or member.")),
    "not_date": (n("“%(value)s” is not a date."), n("Write it as 2026-01-31.")),
    "not_clock": (n("“%(value)s” is not a time of day."), n("Write it as 08:30.")),
    "not_place": (
        n("“%(value)s” is not a place."),
        n("Write branch, or latitude and longitude such as 29.5031, 106.5012."),
    ),
    "not_market": (
        n("“%(value)s” does not say on which days a village goes to market."),
        n("Write lunar 1, 4, 7 or calendar 5, 0 (last digits of the day), or days of the week such as Wed, Sun."),
    ),
    "sheet_twice": (n("Two sheets have this name in two languages."), n("Keep one of the two.")),
    "columns_missing": (
        n("The sheet has no column for: %(wanted)s."),
        n("Take the headers from the template."),
    ),
    "too_many_rows": (n("The sheet has more than %(most)s rows."), n("Split it into two workbooks.")),
    "row_twice": (n("Row %(first)s says the same already."), n("Keep one of the two rows.")),
    "branch_unknown": (
        n("There is no branch “%(name)s” in your area. Known: %(known)s."),
        n("Check the code; if it begins with zeros, format the column as text. An administrator adds branches."),
    ),
    "branch_by_admin": (
        n("“%(name)s” is not one of your branches, and only an administrator adds branches."),
        n("Ask an administrator to upload this workbook first, and to give you the branch."),
    ),
    "branch_change_by_admin": (
        n("Only an administrator changes the branch “%(name)s”."),
        n("Empty the cell, or ask an administrator to upload this workbook first."),
    ),
    "territory_unknown": (
        n("There is no territory “%(name)s” there."),
        n("Add it to the sheet of territories, or write its name as there."),
    ),
    "territory_ambiguous": (
        n("Several branches have a territory “%(name)s”."),
        n("Fill in the branch code."),
    ),
    "team_unknown": (
        n("The territory “%(territory)s” has no team “%(name)s”."),
        n("Add it to the sheet of teams, or write its name as there."),
    ),
    "person_unknown": (
        n("Nobody in your area has the staff number “%(name)s”."),
        n("Add the person to the sheet of people, or write the number as there."),
    ),
    "person_other_branch": (
        n("%(name)s belongs to another branch."),
        n("Write the branch they belong to; to work elsewhere, place them in a group there."),
    ),
    "person_inactive": (
        n("%(name)s no longer works here."),
        n("Remove the row, or write yes under “In service” in the sheet of people."),
    ),
    "village_unknown": (
        n("There is no village “%(name)s”."),
        n("Add it to the sheet of villages, or write town/administrative village/village as there."),
    ),
    "village_ambiguous": (
        n("Several villages are called “%(name)s”: %(found)s."),
        n("Write town/administrative village/village."),
    ),
    "group_past": (
        n("A place in a group begins today (%(today)s) at the earliest; the past is not changed."),
        n("Empty the cell: the place then begins today."),
    ),
    "leader_twice": (
        n("Row %(first)s names another leader of “%(name)s” for that day."),
        n("Make one of the two a member."),
    ),
}

FILE_REFUSALS: dict[str, str] = {
    "not_setup_workbook": n("This is not a workbook. Download the template, fill it in and upload it as .xlsx."),
    "no_setup_sheet": n("The workbook has none of the sheets of the template. Seen: %(seen)s."),
}

_GUIDE = (
    n("Setting up an office"),
    n("Fill in the sheets and upload this workbook: in the console, or with POST /api/v1/setup. Try it first as a preview."),
    n("Either the whole workbook is stored or nothing; every error is named by sheet and cell."),
    n("Upload it as often as you like: rows that say nothing new are left as they are. Rows that you remove here stay stored."),
    n("An empty cell leaves what is stored. Rows marked as example are not read."),
    n("An administrator uploads it for the branches, a coordinator for everything else."),
)  # fmt: skip

_COLUMNS: dict[str, str] = {
    "branches.code": n("The short code by which ledgers name the branch."),
    "name": n("The name, as people say it."),
    "lat": n("Degrees north, WGS-84, with decimals. May stay empty: the place can be set later."),
    "lon": n("Degrees east, WGS-84, with decimals."),
    "branch": n("The code of the branch, as in the first sheet of rows."),
    "territory": n("The name of the territory, as in the sheet of territories."),
    "town": n("The town or township the village belongs to."),
    "admin_village": n("The administrative village, where there is one."),
    "aliases": n("Other spellings in ledgers, with semicolons between them."),
    "arrival_minutes": n("Minutes to park and find the way when a team enters the village; 5 if empty."),
    "market_days": n("When people there go to market: lunar 1, 4, 7; calendar 5, 0; or days of the week. Empty if unknown."),
    "staff_number": n("The number that is theirs alone in the whole lender."),
    "phone": n("Digits, blanks and dashes. Never shown in full, also not when the workbook is downloaded filled."),
    "home_village": n("Where they live: town/administrative village/village. They do not visit there."),
    "knows": n("The villages they know, with semicolons between them."),
    "people.active": n("No for those who have left; yes if empty."),
    "role": n("leader or member. A group has one leader."),
    "from": n("The first day there; today if empty."),
    "handover": n("Yes if they have the leader's notes on the territory."),
    "teams.active": n("No for a team that is not used any more; yes if empty."),
    "team": n("The name of the team, as in the sheet of teams."),
    "date": n("One row for each team and day."),
    "people": n("The staff numbers of those who go out together, with semicolons between them; at least two."),
    "start": n("When the team sets out, such as 08:30."),
    "end": n("When it is back, such as 17:30."),
    "overtime_minutes": n("How much later it may be back, in minutes, where that pays; 0 if empty."),
    "break_earliest": n("The break begins then at the earliest; empty for no break."),
    "break_latest": n("The break has ended by then."),
    "break_minutes": n("How long the break is."),
    "from_place": n("branch, or latitude and longitude; the branch if empty."),
    "to_place": n("branch, or latitude and longitude; the branch if empty."),
}


def guide(language: str) -> list[list[str]]:
    """Return the rows of the guide: sentences, then a line for each column of each sheet."""
    rows = [[_(sentence)] for sentence in _GUIDE]
    rows += [[], [_("Sheet"), _("Column"), _("Required"), _("What it says")]]
    for sheet in setup_sheets().sheets.values():
        for column in sheet.columns:
            text = _COLUMNS.get(f"{sheet.key}.{column.field}") or _COLUMNS[column.field]
            needed = _("yes") if column.required else ""
            rows.append([sheet.titles[language], column.titles[language], needed, _(text)])
    return rows


def setup_sentences(code: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is wrong with a cell and the remedy; a rule of the API speaks for itself."""
    if code in CELLS:
        reason, remedy = CELLS[code]
        return _(reason) % facts, _(remedy) % facts
    return str(facts["reason"]), _(_AGAIN)


def refusal_sentence(code: str, facts: Mapping[str, Any]) -> str:
    """Return why a whole file is refused, and the remedy."""
    if code in FILES:
        return file_sentence(code, facts)
    spoken = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in facts.items()}
    return _(FILE_REFUSALS[code]) % spoken
