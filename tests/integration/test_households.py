"""Households: masked by default, disclosed with a reason, filtered, paused; and what is kept sealed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from api.store.models import Account, AuditEntry, Base, Household, Import, Obligor
from tests.factories import County, problem
from tests.integration.test_exports import lines
from tests.integration.test_ledgers import csv_of, imported, row

ID_NUMBER = "51022219700101123X"
PHONE = "13800138000"


def owe(county: County, household: str, **more: Any) -> None:
    """Give a household an obligor with an account, as an import does."""
    vault = county.app.extensions["vault"]
    with county.app.extensions["store"].write() as session:
        row = session.get_one(Household, household)
        ledger = Import(filename="l.csv", sha256="0", format="csv", by="u-1")
        obligor = Obligor(
            branch_id=row.branch_id, household_id=row.id, name=row.name, match_key=row.id,
            id_number_sealed=vault.seal(ID_NUMBER), id_number_index=vault.blind(ID_NUMBER),
            phone_sealed=vault.seal(PHONE),
        )  # fmt: skip
        session.add_all([ledger, obligor])
        session.flush()
        facts = {
            "status": "active", "outstanding": Decimal("1200.50"), "five_tier_class": "doubtful",
            "loan_number": f"LN{row.id[-8:]}7788", "due_date": date(2024, 5, 1), **more,
        }  # fmt: skip
        session.add(
            Account(
                branch_id=row.branch_id, household_id=row.id, obligor_id=obligor.id, content_hash="0",
                import_id=ledger.id, **facts,
            )
        )  # fmt: skip


@pytest.fixture
def debtor(county: County) -> str:
    """Give a household that owes."""
    household = county.household(county.village(), name="陈大明")
    owe(county, household)
    return household


def test_the_export_tells_where_a_door_s_place_is_from(county: County) -> None:
    """From the ledger, by hand, or nowhere any more."""
    imported(county.coordinator, csv_of(row("1")))
    [door] = county.coordinator.get("/api/v1/households")["items"]
    path, told = f"/api/v1/households/{door['id']}", []
    for place in ({}, {"lat": 29.6}, {"availability": "evenings"}, {"lat": None, "lon": None}):
        if place:
            county.coordinator.patch(path, place, county.coordinator.get(path)["version"])
        told += [one["place_source"] for one in lines(county.coordinator, "households")]
    assert told == ["ledger", "hand", "hand", ""]
    made = county.household(county.village(), lat=29.5, lon=106.5)
    assert [one["place_source"] for one in lines(county.coordinator, "households") if one["id"] == made] == ["hand"]


def test_a_household_shows_its_debts_and_hides_its_people(county: County, debtor: str) -> None:
    """Name and loan number are masked; outstanding, class and dates are there."""
    found = county.coordinator.get(f"/api/v1/households/{debtor}")
    assert (found["name"], found["outstanding"], found["class"], found["eligible"]) == (
        "陈**",
        "1200.50",
        "doubtful",
        True,
    )
    [account] = found["accounts"]
    assert (account["loan"], account["due_date"]) == ("…7788", "2024-05-01")
    assert "陈大明" not in str(found)
    [listed] = county.coordinator.get("/api/v1/households")["items"]
    assert "accounts" not in listed
    assert listed["name"] == "陈**"


def test_reading_in_clear_needs_a_reason_and_leaves_a_trace(county: County, debtor: str) -> None:
    """Who read whose numbers and why is in the audit trail; without a reason nothing is shown."""
    path = f"/api/v1/households/{debtor}/disclosures"
    problem(county.coordinator.send("POST", path, {}), 422, "invalid", "reason")
    problem(county.coordinator.send("POST", path, {"reason": f"call {PHONE}"}), 422, "invalid", "reason")
    problem(county.stranger.send("POST", path, {"reason": "call them"}), 404, "not-found")
    shown = county.coordinator.post(path, {"reason": "call them"})
    assert (shown["name"], shown["phones"], shown["id_numbers"]) == ("陈大明", [PHONE], [ID_NUMBER])
    with county.app.extensions["store"].read() as session:
        entries = list(session.scalars(select(AuditEntry).where(AuditEntry.action == "household.disclosed")))
    assert [(entry.subject, entry.detail) for entry in entries] == [(debtor, {"reason": "call them"})]


def test_no_number_of_anybody_is_kept_in_clear(county: County, debtor: str) -> None:
    """A stolen database shows no id number and no phone number, of debtors or of staff."""
    county.person(phone="+86 139-1234-5678")
    county.coordinator.post(f"/api/v1/households/{debtor}/disclosures", {"reason": "call them"})
    with county.app.extensions["store"].read() as session:
        for table in Base.metadata.sorted_tables:
            kept = str([tuple(row) for row in session.execute(text(f"SELECT * FROM {table.name}"))])
            for number in (ID_NUMBER, PHONE, "139-1234-5678", "13912345678"):
                assert number not in kept, table.name


def test_equal_numbers_do_not_look_equal_when_sealed(county: County) -> None:
    """Sealing uses a fresh nonce: who shares a phone with whom cannot be read off."""
    village = county.village()
    for _ in range(2):
        owe(county, county.household(village))
    with county.app.extensions["store"].read() as session:
        sealed = list(session.scalars(select(Obligor.phone_sealed)))
    assert len(set(sealed)) == 2


def test_households_are_found_by_what_is_known_of_them(county: County, debtor: str) -> None:
    """Village, territory, missing place, eligibility, class, pause and the beginning of a name narrow the list."""
    territory = county.territory()
    placed = county.village(territory)
    unplaced = county.village(None, lat=None, lon=None)
    good = county.household(placed, name="李强")
    owe(county, good, five_tier_class="normal")
    lost = county.household(unplaced, name="李_明%")
    county.coordinator.patch(f"/api/v1/households/{lost}", {"paused": "illness"}, 1)
    for query, expected in (
        ("", [debtor, good, lost]),
        (f"village={unplaced}", [lost]),
        (f"territory={territory}", [good]),
        (f"branch={county.branch}", [debtor, good, lost]),
        (f"branch={county.other_branch}", []),
        ("missing_place=true", [lost]),
        ("missing_place=false", [debtor, good]),
        ("eligible=true", [debtor]),
        ("eligible=false", [good, lost]),
        ("class=doubtful", [debtor]),
        ("class=normal", [good]),
        ("paused=true", [lost]),
        ("q=陈大", [debtor]),
        ("q=李", [good, lost]),
        ("q=李_", [lost]),
        ("q=%25", []),
    ):
        found = county.coordinator.get(f"/api/v1/households?{query}")["items"]
        assert [one["id"] for one in found] == sorted(expected), query


def test_a_filter_by_the_rule_comes_in_pages_too(county: County) -> None:
    """Eligibility is a rule of data, not of SQL; its pages are full and none is lost between them."""
    village = county.village()
    made = [county.household(village) for _ in range(7)]
    for household in made[::2]:
        owe(county, household)
    seen, cursor = [], ""
    while cursor is not None:
        page = county.coordinator.get(f"/api/v1/households?eligible=true&limit=2{cursor and '&cursor='}{cursor}")
        assert len(page["items"]) == 2
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == made[::2]


def test_the_class_is_the_worst_of_its_accounts(county: County, debtor: str) -> None:
    """A household with a doubtful and a lost debt counts as loss, also in the filter; the sum is of both."""
    owe_again = {"five_tier_class": "loss", "outstanding": Decimal("0.50"), "loan_number": "LN2"}
    with county.app.extensions["store"].write() as session:
        first = session.scalars(select(Account)).one()
        session.add(
            Account(
                branch_id=first.branch_id, household_id=debtor, obligor_id=first.obligor_id, content_hash="1",
                import_id=first.import_id, status="active", **owe_again,
            )
        )  # fmt: skip
    found = county.coordinator.get(f"/api/v1/households/{debtor}")
    assert (found["class"], found["outstanding"], found["accounts_count"]) == ("loss", "1201.00", 2)
    assert county.coordinator.get("/api/v1/households?class=doubtful")["items"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"availability": "sometimes"}, "availability"),
        ({"paused": "because"}, "paused"),
        ({"lat": 29.5}, "lon"),
        ({"village": "nothing"}, "village"),
        ({"name": "x"}, "name"),
        ({"focus": "maybe"}, "focus"),
    ],
)
def test_a_household_changes_within_its_contract(
    county: County, debtor: str, change: dict[str, Any], field: str
) -> None:
    """A known profile, a known reason to pause, a whole place, a village of ours: else 422 naming the field."""
    response = county.coordinator.send("PATCH", f"/api/v1/households/{debtor}", change, version=1)
    assert response.status_code == 422
    assert field in [one["field"] for one in response.get_json()["errors"]]


def test_a_household_has_a_name_that_can_be_found_again(county: County) -> None:
    """What cannot be seen names nobody: the next ledger could not find them."""
    new = {"branch": county.branch, "village": county.village(), "name": "\u200b"}
    problem(county.coordinator.send("POST", "/api/v1/households", new), 422, "no-name", "name")


def test_a_pause_has_its_moment_and_a_person_ends_it(county: County, debtor: str) -> None:
    """Pausing notes when; null says that somebody has looked at it."""
    path = f"/api/v1/households/{debtor}"
    paused = county.coordinator.patch(path, {"paused": "dispute"}, 1)
    assert paused["paused_at"] is not None
    ended = county.coordinator.patch(path, {"paused": None, "availability": "home_at_new_year"}, 2)
    assert (ended["paused"], ended["paused_at"], ended["availability"]) == (None, None, "home_at_new_year")


def test_a_door_s_place_says_how_exact_it_is(county: County) -> None:
    """A door of its own, the village's centre, or nothing: never a guessed pin."""
    household = county.household(county.village())
    path = f"/api/v1/households/{household}"
    assert county.coordinator.get(path)["precision"] == "village"
    assert county.coordinator.patch(path, {"lat": 29.51, "lon": 106.51}, 1)["precision"] == "door"
    moved = county.coordinator.patch(
        path, {"lat": None, "lon": None, "village": county.village(None, lat=None, lon=None)}, 2
    )
    assert moved["precision"] == "town"


def test_a_reader_of_deadlines_reads_and_changes_nothing(county: County, debtor: str) -> None:
    """Legal and reviewer read households; only legal may read in clear; neither changes."""
    legal, reviewer = county.user("legal"), county.user("reviewer")
    path = f"/api/v1/households/{debtor}"
    for who in (legal, reviewer):
        assert who.get(path)["id"] == debtor
        problem(who.send("PATCH", path, {"focus": True}, version=1), 403, "role")
    legal.post(f"{path}/disclosures", {"reason": "letter before suit"})
    problem(reviewer.send("POST", f"{path}/disclosures", {"reason": "curious"}), 403, "role")
