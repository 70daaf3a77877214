"""A small invented county with one published route, in the database of a service under test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from api.auth import secrets
from api.store.columns import now
from api.store.models import (
    Account,
    Branch,
    Device,
    Enrolment,
    Household,
    Import,
    Obligor,
    Person,
    Plan,
    PlanDay,
    Route,
    Shift,
    ShiftPerson,
    Stop,
    Team,
    Territory,
    Village,
)
from api.usecases.context import store, today, vault
from api.usecases.field_days import rebuild_days

# Village, its place, and the doors in it. One door holds markup: it must come out as text.
VILLAGES = (
    ("河口三组", 29.560, 106.550, ("红色铁门", "<img src=x onerror=alert(1)>")),
    ("上湾", 29.575, 106.585, ("村小学对面", "2号", "老槐树旁")),
)
NAMES = ("陈大明", "李秀英", "欧阳建国", "王桂兰", "张小红")
OUTSTANDING = Decimal("23456.70")
PHONE = "13800001234"
PERSON = "p1"
OFFICE = {"name": "青石分社", "lat": 29.54, "lon": 106.57}


@dataclass(frozen=True, slots=True)
class County:
    """The service's application, to look behind the page."""

    app: Flask

    def new_code(self) -> str:
        """Give a fresh enrolment code of the collector."""
        code = secrets.new_code()
        with self.app.app_context(), store().write() as session:
            ends = now() + timedelta(hours=1)
            session.add(Enrolment(person_id=PERSON, code_hash=secrets.code_digest(code), expires_at=ends))
        return code

    def revoke_phones(self) -> None:
        """End the access of every phone, as a coordinator does for a lost one."""
        with self.app.app_context(), store().write() as session:
            session.execute(update(Device).values(revoked_at=now()))

    def withdraw(self, order: int) -> None:
        """Take a stop away from the published route, as a reassignment does."""
        with self.app.app_context(), store().write() as session:
            session.execute(update(Stop).where(Stop.order == order).values(withdrawn_at=now()))
            session.flush()
            session.expire_all()
            rebuild_days(session, ["team"], today())

    def publish_tomorrow(self) -> date:
        """Publish a plan of tomorrow that leads the team to the last door again; return its date."""
        with self.app.app_context(), store().write() as session:
            on = today() + timedelta(days=1)
            _add_shift(session, "shift-2", on)
            _add_route(session, "plan-2", "route-2", on, number=100)
            last = session.get_one(Stop, "s5")
            session.add(
                Stop(
                    id="later", plan_id="plan-2", route_id="route-2", order=1, household_id=last.household_id,
                    village_id=last.village_id, arrival=34200, leave=35100, value=1, travel_seconds=720, metres=6300,
                    lat=last.lat, lon=last.lon, reasons=last.reasons,
                )
            )  # fmt: skip
            session.flush()
            rebuild_days(session, ["team"], on)
        return on

    def take_tomorrow_back(self) -> None:
        """Let tomorrow have no published plan any more."""
        with self.app.app_context(), store().write() as session:
            session.execute(delete(PlanDay).where(PlanDay.plan_id == "plan-2"))
            rebuild_days(session, ["team"], today() + timedelta(days=1))

    def lose_place(self, village: str) -> None:
        """Let nobody know where a village and its doors lie; it is planned by its town."""
        with self.app.app_context(), store().write() as session:
            nowhere = {"lat": None, "lon": None}
            session.execute(update(Village).where(Village.id == village).values(nowhere))
            session.execute(
                update(Household).where(Household.village_id == village).values(precision="town", **nowhere)
            )
            session.execute(update(Stop).where(Stop.village_id == village).values(precision="town", **nowhere))
            session.flush()
            session.expire_all()
            rebuild_days(session, ["team"], today())

    def know_road(self, stop: str, road: str) -> None:
        """Let the way to a stop follow a road (an encoded polyline)."""
        with self.app.app_context(), store().write() as session:
            session.execute(update(Stop).where(Stop.id == stop).values(line=road))
            rebuild_days(session, ["team"], today())

    def place(self, village: str) -> tuple[float | None, float | None, str | None]:
        """Return where a village lies, and who says so."""
        with self.app.app_context(), store().read() as session:
            found = session.get_one(Village, village)
            return found.lat, found.lon, found.place_source


def make_county(app: Flask) -> County:
    """Fill an empty, migrated database: one branch, one team, two villages, five doors, today published."""
    with app.app_context(), store().write() as session:
        on = today()
        session.add(Branch(id="b1", code="QS", **OFFICE))
        session.flush()
        session.add(Territory(id="t1", branch_id="b1", name="河口"))
        for person in (PERSON, "p2"):
            session.add(Person(id=person, branch_id="b1", name=person, staff_number=person, pseudonym=person))
        session.flush()
        session.add(Team(id="team", territory_id="t1", name="一组"))
        session.add(
            Import(id="import", branch_id="b1", filename="ledger.csv", sha256="0" * 64, format="csv", by="test")
        )
        session.flush()
        _add_shift(session, "shift", on)
        _add_route(session, "plan", "route", on, number=1)
        _add_stops(session)
        session.flush()
        rebuild_days(session, ["team"], on)
    return County(app)


def _add_shift(session: Session, id_: str, on: date) -> None:
    session.add(
        Shift(
            id=id_, team_id="team", date=on, start_minute=510, end_minute=1050, from_place=OFFICE, to_place=OFFICE,
            people=[ShiftPerson(person_id=one, date=on) for one in (PERSON, "p2")],
        )
    )  # fmt: skip


def _add_route(session: Session, plan: str, route: str, on: date, *, number: int) -> None:
    session.add(
        Plan(
            id=plan, number=number, from_date=on, to_date=on, territories=["t1"], branches=["b1"],
            status="published", published_at=now(), by="test",
        )
    )  # fmt: skip
    session.flush()
    session.add(PlanDay(plan_id=plan, date=on, published_at=now()))
    session.add(
        Route(
            id=route, plan_id=plan, team_id="team", territory_id="t1", date=on, start=30600, end=50000,
            rest_start=12 * 3600, rest_seconds=2700, drive_seconds=3600, walk_seconds=600, metres=20000,
            from_place=OFFICE, to_place=OFFICE,
        )
    )  # fmt: skip
    session.flush()


def _add_stops(session: Session) -> None:
    order = 0
    for number, (name, lat, lon, doors) in enumerate(VILLAGES, 1):
        village = f"v{number}"
        session.add(
            Village(
                id=village, branch_id="b1", territory_id="t1", town="青石镇", name=name, match_key=name,
                lat=lat, lon=lon,
            )
        )  # fmt: skip
        session.flush()
        for step, door in enumerate(doors):
            order += 1
            place = {"lat": lat + 0.004 * step, "lon": lon + 0.004 * step}
            household = f"h{order}"
            session.add(
                Household(
                    id=household, branch_id="b1", village_id=village, name=NAMES[order - 1], door=door,
                    match_key=household, precision="door", **place,
                )
            )  # fmt: skip
            session.flush()
            session.add(
                Obligor(
                    id=f"o{order}", branch_id="b1", household_id=household, name=NAMES[order - 1],
                    match_key=household, phone_sealed=vault().seal(PHONE),
                )
            )  # fmt: skip
            session.flush()
            session.add(
                Account(
                    branch_id="b1", household_id=household, obligor_id=f"o{order}", loan_number=f"4210009{order}",
                    outstanding=OUTSTANDING, content_hash="0", import_id="import",
                )
            )  # fmt: skip
            arrival = 9 * 3600 + order * 2400
            session.add(
                Stop(
                    id=f"s{order}", plan_id="plan", route_id="route", order=order, household_id=household,
                    village_id=village, arrival=arrival, leave=arrival + 900, value=1, travel_seconds=720, metres=6300,
                    reasons=[{"code": "never_visited", "facts": {}}], **place,
                )
            )  # fmt: skip
