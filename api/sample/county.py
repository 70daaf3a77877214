"""Make up a county from a seed: branches, villages, people, households, loans, and how a bank's ledger shows them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from api.sample import names

CLASSES = (("正常", 46), ("关注", 17), ("次级", 16), ("可疑", 13), ("损失", 8))


@dataclass(frozen=True)
class SampleVillage:
    """A natural village of the sample; ``known`` says whether the office has its place on the map."""

    branch: str
    territory: str
    town: str
    admin_village: str
    name: str
    lat: float
    lon: float
    known: bool


@dataclass(frozen=True)
class SamplePerson:
    """A collector: the territories' villages they know, and where they live."""

    branch: str
    staff_number: str
    name: str
    knows: tuple[str, ...]
    leads: str | None
    works: str
    home: SampleVillage | None


@dataclass(frozen=True)
class Loan:
    """One row of a ledger, as true values; the files spell them the way a bank does."""

    branch: str
    number: str
    borrower: str
    id_number: str
    phone: str
    village: SampleVillage
    door: str
    lat: float | None
    lon: float | None
    principal: Decimal
    outstanding: Decimal
    overdue_interest: Decimal
    loan_date: date
    due_date: date
    overdue_days: int
    five_tier: str
    officer: str
    guarantor: str
    guarantor_id: str
    guarantor_phone: str
    guarantor_village: SampleVillage | None
    last_collection: date | None
    limitation: date
    migrant: bool


@dataclass
class County:
    """The whole sample."""

    villages: list[SampleVillage] = field(default_factory=list)
    people: list[SamplePerson] = field(default_factory=list)
    loans: list[Loan] = field(default_factory=list)


def make_county(seed: int, on: date, households: int = 900) -> County:
    """Return the sample county as it stands on a day. Same seed and day, same county."""
    random = Random(seed)
    county = County()
    _make_villages(random, county)
    _make_people(random, county)
    _make_loans(random, county, on, households)
    return county


def _make_villages(random: Random, county: County) -> None:
    territory_of = {town: name for name, towns in names.TERRITORIES.items() for town in towns}
    for code, _name, lat, lon in names.BRANCHES:
        for number, town in enumerate(names.TOWNS[code]):
            for position, admin in enumerate(names.ADMIN_VILLAGES[town]):
                # Valleys fan out from the town; groups lie along their valley.
                angle = 2 * math.pi * (number * 3 + position) / 6 + random.uniform(-0.25, 0.25)
                reach = random.uniform(0.035, 0.10)
                for step, group in enumerate(names.GROUPS):
                    away = reach + step * random.uniform(0.006, 0.014)
                    county.villages.append(
                        SampleVillage(
                            code, territory_of[town], town, admin, group,
                            round(lat + away * math.sin(angle) + random.uniform(-0.004, 0.004), 6),
                            round(lon + away * math.cos(angle) * 1.16 + random.uniform(-0.004, 0.004), 6),
                            known=random.random() < 0.97,
                        )
                    )  # fmt: skip


def _make_people(random: Random, county: County) -> None:
    territories = list(names.TERRITORIES)
    for position, name in enumerate(names.PEOPLE):
        works = territories[position // 4]
        leads = works if position % 4 == 0 else None
        # Two in four know the territory they work in; one of the others knows a second one well.
        knows = {works} if position % 4 in (0, 1) else set()
        if position % 4 == 2:
            knows.add(territories[(position // 4 + 1) % 3])
        at_home = [village for village in county.villages if village.territory == works]
        county.people.append(
            SamplePerson(
                branch="QS" if works == "青石片区" else "HK", staff_number=f"S{position + 1:03d}", name=name,
                knows=tuple(sorted(knows)), leads=leads, works=works,
                home=random.choice(at_home) if position % 3 == 1 else None,
            )
        )  # fmt: skip


def _make_loans(random: Random, county: County, on: date, households: int) -> None:
    weights = [random.lognormvariate(0, 0.5) for _ in county.villages]
    used: set[str] = set()
    doors: dict[SampleVillage, dict[int, str]] = {village: {} for village in county.villages}
    for number in range(households):
        # Every village has someone; the rest gather where villages are large.
        village = (
            county.villages[number] if number < len(county.villages) else random.choices(county.villages, weights)[0]
        )
        borrower, identity = names.full_name(random), names.id_number(random)
        while identity in used:
            identity = names.id_number(random)
        used.add(identity)
        if number % 60 == 59 and doors[village]:
            # A grown child at a parent's door: two borrowers of one household, for people to judge.
            shared = random.choice(sorted(doors[village]))
            borrower, door = doors[village][shared][0] + borrower[1:], f"{shared}号"
        else:
            door = _free_door(random, doors[village], borrower)
        has_place = village.known and random.random() < 0.55
        lat = round(village.lat + random.uniform(-0.0035, 0.0035), 6) if has_place else None
        lon = round(village.lon + random.uniform(-0.0035, 0.0035), 6) if has_place else None
        migrant = random.random() < 0.14
        phone = names.phone(random)
        for _copy in range(2 if random.random() < 0.12 else 1):
            county.loans.append(_loan(random, county, on, village, borrower, identity, phone, door, lat, lon, migrant))


def _free_door(random: Random, taken: dict[int, str], borrower: str) -> str:
    """Return a door of a village that nobody else has."""
    number = random.choice([one for one in range(1, 2 * len(taken) + 40) if one not in taken])
    taken[number] = borrower
    return f"{number}号"


def _loan(
    random: Random, county: County, on: date, village: SampleVillage, borrower: str, identity: str, phone: str,
    door: str, lat: float | None, lon: float | None, migrant: bool,
) -> Loan:  # fmt: skip
    five_tier = random.choices([name for name, _share in CLASSES], [share for _name, share in CLASSES])[0]
    principal = Decimal(min(800_000, max(3_000, int(random.lognormvariate(10.4, 0.9)) // 100 * 100)))
    overdue = {"正常": (0, 3), "关注": (4, 90), "次级": (91, 270), "可疑": (271, 900), "损失": (500, 1500)}[five_tier]
    overdue_days = random.randint(*overdue)
    due = on - timedelta(days=overdue_days) if overdue_days else on + timedelta(days=random.randint(20, 700))
    left = principal * Decimal(random.randint(30, 100)) / 100
    last = due + timedelta(days=random.randint(10, max(11, overdue_days))) if overdue_days > 30 else None
    last = min(last, on - timedelta(days=random.randint(20, 200))) if last else None
    guaranteed = random.random() < 0.25
    officers = [person.name for person in county.people if person.branch == village.branch]
    return Loan(
        branch=village.branch,
        number=f"{village.branch}{on.year - random.randint(1, 8)}{len(county.loans) + 100_001}",
        borrower=borrower,
        id_number=identity,
        phone=phone,
        village=village,
        door=door,
        lat=lat,
        lon=lon,
        principal=principal,
        outstanding=left.quantize(Decimal("0.01")),
        overdue_interest=(left * overdue_days * Decimal("0.00018")).quantize(Decimal("0.01")),
        loan_date=due - timedelta(days=random.choice((365, 730, 1095))),
        due_date=due,
        overdue_days=overdue_days,
        five_tier=five_tier,
        officer=random.choice(officers) if random.random() < 0.8 else "已离职",
        guarantor=names.full_name(random) if guaranteed else "",
        guarantor_id=names.id_number(random) if guaranteed else "",
        guarantor_phone=names.phone(random) if guaranteed else "",
        guarantor_village=random.choice([one for one in county.villages if one.town == village.town])
        if guaranteed
        else None,
        last_collection=last,
        limitation=_years_later(max(due, last or due), 3),
        migrant=migrant,
    )


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
