"""A bank's messy ledger over the 394 real villages of Sikkim: the villages are real, everything else is invented.

Every person, number and debt is made up from a seed; identity numbers begin with 0000 and telephone numbers are of a
block that nobody has. What was damaged, and which village each row means, is known, to be compared with the report.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from routing.place_names import normalise

NOTE = "Sample data: every person, number and debt is invented; the names of villages are real"
HEADERS = (
    "Branch Code", "Loan Account Number", "Borrower Name", "ID No", "Mobile Number", "Town", "Village", "Address",
    "Loan Date", "Due Date", "Loan Amount", "Outstanding Balance (thousand)", "Class", "Days Past Due", "Guarantor",
)  # fmt: skip
BRANCH = "SK01"
# Sub-districts of one territory each: what one group of people gets round.
TERRITORIES = {
    "South": ("Namchi", "Ravong", "Jorethang", "Yangyang"),
    "West": ("Soreng", "Gyalshing", "Dentam", "Yuksom"),
    "East": ("Gangtok", "Pakyong", "Rongli", "Rangpo"),
    "North": ("Kabi", "Mangan", "Dzongu", "Chungthang"),
}
_FIRST = (
    "Pema", "Karma", "Dawa", "Nima", "Lhamu", "Tashi", "Sonam", "Phurba", "Mingma", "Kiran", "Asha", "Bimal", "Deepa",
    "Suraj", "Anita",
)  # fmt: skip
_LAST = ["Exampel", "Samplang", "Inventi", "Fictipa", "Madeupcha", "Nobodyal"]
_CLASSES = ("Standard", "Watch", "Sub-standard", "Sub-standard", "Doubtful", "Doubtful", "Loss")


@dataclass(frozen=True)
class RealVillage:
    """A village of the gazetteer: its sub-district is the town that a ledger names."""

    name: str
    town: str
    district: str
    lat: float
    lon: float

    @property
    def territory(self) -> str:
        """The territory that its sub-district belongs to."""
        return next((name for name, towns in TERRITORIES.items() if self.town in towns), "")


@dataclass
class MessyLedger:
    """The file, the village that each loan means, and what was damaged on purpose, by the rows of the file."""

    data: bytes = b""
    village_of: dict[str, RealVillage] = field(default_factory=dict)
    spelling_of: dict[str, str] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    flagged: set[int] = field(default_factory=set)


def real_villages(gazetteer: Path) -> list[RealVillage]:
    """Return the villages that have a name and a sub-district, and are the only ones of that name there."""
    with gazetteer.open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["NAME"].strip() and row["SUB_DIST"]]
    times = Counter((normalise(row["NAME"]), row["SUB_DIST"]) for row in rows)
    return [
        RealVillage(
            " ".join(row["NAME"].split()), row["SUB_DIST"], row["DISTRICT"], float(row["centroid_lat"]),
            float(row["centroid_lon"]),
        )
        for row in rows
        if times[normalise(row["NAME"]), row["SUB_DIST"]] == 1
    ]  # fmt: skip


Spelling = Callable[[RealVillage, Random], tuple[str, str, str]]
"""What stands under Town, Village and Address."""


def _doubled(village: RealVillage, random: Random) -> tuple[str, str, str]:
    at = random.randrange(1, len(village.name))
    return village.town, village.name[:at] + village.name[at - 1] + village.name[at:], ""


def _exchanged(village: RealVillage, random: Random) -> tuple[str, str, str]:
    at = random.randrange(1, len(village.name) - 1)
    name = village.name
    return village.town, name[:at] + name[at + 1] + name[at] + name[at + 2 :], ""


# By what was done; a third of the rows is written as the village is called.
SPELLINGS: dict[str, Spelling] = {
    "as_it_is": lambda one, _: (one.town, one.name, ""),
    "capitals": lambda one, _: (one.town.upper(), one.name.upper(), ""),
    "level_word": lambda one, _: (f"{one.town} Subdivision", f"{one.name} Village", ""),
    "label": lambda one, _: (one.town, f"Vill. {one.name}", ""),
    "blanks": lambda one, _: (f" {one.town} ", f"  {one.name.replace(' ', '  ')}", ""),
    "prefix": lambda one, _: (one.town, f"{one.town}/{one.name}", ""),
    "address": lambda one, random: (
        "", "", f"House No {random.randrange(1, 90)}, {one.name}, {one.town}, {one.district}, Sikkim",
    ),
    "post_office": lambda one, _: ("", "", f"Vill. {one.name}, P.O. {one.town}, Dist. {one.district}"),
    "town_apart": lambda one, random: (one.town, "", f"{random.randrange(1, 90)}, {one.name}, {one.district}"),
    "doubled": _doubled,
    "exchanged": _exchanged,
}  # fmt: skip
SLIPS = ("doubled", "exchanged")


def messy_ledger(villages: list[RealVillage], on: date, seed: int = 11, loans: int = 900) -> MessyLedger:
    """Return a ledger as a bank might send it: semicolons, a title, days first, amounts in thousands, and damage."""
    random = Random(seed)
    ledger = MessyLedger()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([NOTE])
    writer.writerow(["Position as on", on.strftime("%d/%m/%Y")])
    writer.writerow(HEADERS)
    damages = list(_DAMAGES)
    for number in range(loans):
        # Every village has a borrower; the rest gather where they like.
        village = villages[number] if number < len(villages) else random.choice(villages)
        loan = f"77{seed:02}{number:08}"
        how = "as_it_is" if random.random() < 0.33 else random.choice(list(SPELLINGS))
        if how in SLIPS and len(village.name) < 6:
            how = "as_it_is"
        cells = _row(village, loan, how, on, random)
        row = number + 4
        if number % 25 == 24:
            damage = damages[number // 25 % len(damages)]
            cells |= _DAMAGES[damage][0]
            (ledger.refused if _DAMAGES[damage][1] else ledger.flagged).add(row)
        if row not in ledger.refused:
            ledger.village_of[loan], ledger.spelling_of[loan] = village, how
        writer.writerow([cells[header] for header in HEADERS])
    writer.writerow(["Total", "", "", "", "", "", "", "", "", "", "", "12,345.00"])
    ledger.refused.add(loans + 4)
    ledger.data = text.getvalue().encode("utf-8-sig")
    return ledger


# What it does to cells, and whether nothing can be stored then.
_DAMAGES: dict[str, tuple[dict[str, str], bool]] = {
    "amount in words": ({"Outstanding Balance (thousand)": "twelve thousand"}, True),
    "rounded phone": ({"Mobile Number": "9.1E+11"}, False),
    "rounded account": ({"Loan Account Number": "7.71E+11"}, True),
    "no such day": ({"Loan Date": "31/02/2023"}, False),
    "no name": ({"Borrower Name": ""}, True),
    "unknown class": ({"Class": "Fairly bad"}, False),
    "no amount": ({"Outstanding Balance (thousand)": "n/a"}, True),
    "foreign branch": ({"Branch Code": "ZZ99"}, True),
}


def _row(village: RealVillage, loan: str, how: str, on: date, random: Random) -> dict[str, str]:
    town, name, address = SPELLINGS[how](village, random)
    overdue = random.randrange(0, 900)
    due = on - timedelta(days=overdue)
    principal = random.randrange(20, 900) * 500
    left = principal * random.randrange(30, 100) // 100
    cells = (
        BRANCH, loan, f"{random.choice(_FIRST)} {random.choice(_LAST)}",
        f"0000 {random.randrange(10_000):04} {random.randrange(10_000):04}", f"+91 00000 {random.randrange(10**5):05}",
        town, name, address, (due - timedelta(days=730)).strftime("%d/%m/%Y"), due.strftime("%d-%b-%Y"),
        _lakhs(principal), f"{left / 1000:.3f}", random.choice(_CLASSES), str(overdue),
        f"{random.choice(_FIRST)} {random.choice(_LAST)}" if random.random() < 0.2 else "",
    )  # fmt: skip
    return dict(zip(HEADERS, cells, strict=True))


def _lakhs(amount: int) -> str:
    """1,25,000.00: as amounts are written in India."""
    whole = str(amount)
    head, tail = whole[:-3], whole[-3:]
    while len(head) > 2:
        head, tail = head[:-2], f"{head[-2:]},{tail}"
    return f"{head},{tail}.00" if head else f"{tail}.00"


def office(villages: list[RealVillage], day: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a setup workbook: villages without a single coordinate, two people a territory."""
    people = [
        (f"SK{number:02}{role[0].upper()}", territory, role)
        for number, territory in enumerate(TERRITORIES)
        for role in ("leader", "member")
    ]
    knows = {
        territory: "; ".join(f"{one.town}/{one.name}" for one in villages if one.territory == territory)
        for territory in TERRITORIES
    }
    return {
        "branches": [{"code": BRANCH, "name": "Sample branch", "lat": 27.2, "lon": 88.45}],
        "territories": [{"branch": BRANCH, "name": name} for name in TERRITORIES],
        "villages": [
            {"branch": BRANCH, "territory": one.territory, "town": one.town, "name": one.name} for one in villages
        ],
        "people": [
            {"branch": BRANCH, "staff_number": number, "name": f"Invented {number}", "knows": knows[territory]}
            for number, territory, _role in people
        ],
        "groups": [{"staff_number": number, "territory": one, "role": role} for number, one, role in people],
        "teams": [{"branch": BRANCH, "territory": name, "name": f"{name} team"} for name in TERRITORIES],
        "shifts": [
            {
                "territory": name, "team": f"{name} team", "date": day, "start": "08:30", "end": "17:30",
                "people": "; ".join(number for number, territory, _role in people if territory == name),
                "break_earliest": "12:00", "break_latest": "13:30", "break_minutes": "45",
            }
            for name in TERRITORIES
        ],
    }  # fmt: skip
