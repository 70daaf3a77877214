"""Merges to judge: found by an import, settled once by a person, remembered by every import after it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Caller, County, problem
from tests.integration.test_ledger_undo import content, undone
from tests.integration.test_ledgers import counts, csv_of, imported, row
from tests.sample_county import Sample, at_once, outcome

ONE_ID, OTHER_ID = "110101199003078515", "110101198001010010"


def lives(number: str, village: str, name: str = "陈大明", door: str = "12号", **more: str) -> list[str]:
    """Return the row of a borrower in a village of 石桥村, without a place of the door."""
    return row(number, 客户名称=name, 客户地址=f"龙门镇石桥村{village}{door}", 经度="", 纬度="", **more)


def items(caller: Caller, kind: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(f"/api/v1/work-items?kind={kind}{query}")["items"]
    return found


def settle(caller: Caller, item: dict[str, Any], choice: str, version: int | None = None, **more: Any) -> Any:
    path = f"/api/v1/work-items/{item['kind']}/{item['id']}/settlement"
    return caller.send("POST", path, {"choice": choice, **more}, version=version or item["version"])


def settled(caller: Caller, item: dict[str, Any], choice: str) -> dict[str, Any]:
    response = settle(caller, item, choice)
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json()
    assert response.headers["ETag"] == f'"{body["version"]}"'
    assert body["settled"] == (None if choice == "reopen" else choice)
    return body


def villages(caller: Caller) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in caller.get("/api/v1/villages?limit=500")["items"]}


def doors(caller: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get("/api/v1/households?limit=500")["items"]
    return found


NEIGHBOURS = csv_of(lives("1", "三组"), lives("2", "三组", "王丽"), lives("3", "三组", "赵强", "3号"))
MISSPELT = csv_of(lives("1", "李家湾"), lives("2", "李家弯", "王丽"), lives("3", "李家湾", "赵强", "3号"))


@pytest.fixture
def misspelt(county: County) -> dict[str, Any]:
    """Import two spellings of one village and return the question about them."""
    imported(county.coordinator, MISSPELT)
    [item] = items(county.coordinator, "village_merge")
    return item


@pytest.fixture
def two_names(county: County) -> dict[str, Any]:
    """Import two people of one door and return the question about them."""
    imported(county.coordinator, NEIGHBOURS)
    [item] = items(county.coordinator, "household_merge")
    return item


def test_a_likely_misspelling_waits_with_its_reason(county: County, misspelt: dict[str, Any]) -> None:
    """The item names both villages, how many doors each has, why they may be one, and the choices."""
    assert misspelt["code"].startswith("name_")
    assert "李家湾" in misspelt["reasons"][0]
    assert {one["name"]: one["households"] for one in misspelt["subjects"]} == {"李家湾": 2, "李家弯": 1}
    assert [one["choice"] for one in misspelt["choices"]] == ["together", "together_second", "apart"]
    assert [one["name"] for one in misspelt["subjects"]] == ["李家湾", "李家弯"]
    assert county.coordinator.get("/api/v1/work-items/counts")["village_merge"] == 1


def test_choices_name_villages_by_what_tells_them_apart(county: County) -> None:
    """“They are one: 二组 / 二组” cannot be chosen from: where the level above differs, it stands before the name."""
    county.village(town="青石镇", admin_village="柳湾村", name="二组")
    imported(county.coordinator, csv_of(row("Z1", 客户地址="青石镇柳弯村2组9号", 经度="", 纬度="")))
    [item] = items(county.coordinator, "village_merge")
    assert [one["label"] for one in item["choices"][:2]] == ["They are one: 柳湾村 二组", "They are one: 柳弯村 2组"]


def test_villages_that_are_one_are_joined(county: County, misspelt: dict[str, Any]) -> None:
    """The one that stays gets the other's name as an alias and its households; the other is gone."""
    settled(county.coordinator, misspelt, "together")
    first, second = (one["name"] for one in misspelt["subjects"])
    found = villages(county.coordinator)
    assert list(found) == [first]
    assert found[first]["aliases"] == [second]
    assert found[first]["households"] == 3
    assert {door["village"] for door in doors(county.coordinator)} == {found[first]["id"]}


def test_a_person_says_which_name_is_right(county: County, misspelt: dict[str, Any]) -> None:
    """The spelling of fewer doors may be the right one; taken back, everything is as it was."""
    before = content(county)
    done = settle(county.coordinator, misspelt, "together_second").get_json()
    [village] = villages(county.coordinator).values()
    assert (village["name"], village["aliases"], village["households"]) == ("李家弯", ["李家湾"], 3)
    assert [one["name"] for one in done["subjects"]] == ["李家弯", "李家湾"]
    settled(county.coordinator, done, "reopen")
    after = content(county)
    assert {name: rows for name, rows in after.items() if name != "merges"} == {
        name: rows for name, rows in before.items() if name != "merges"
    }


def test_joined_villages_are_not_asked_about_again(county: County, misspelt: dict[str, Any]) -> None:
    """The next ledger, spelt the same way, finds the one village; its rows are unchanged and new doors go there."""
    settled(county.coordinator, misspelt, "together")
    report = imported(county.coordinator, MISSPELT)
    assert counts(report) == {"unchanged": 3}
    more = imported(county.coordinator, csv_of(lives("4", "李家弯", "周敏", "9号")))
    assert (report["villages_created"], more["villages_created"]) == (0, 0)
    assert items(county.coordinator, "village_merge") == []
    [village] = villages(county.coordinator).values()
    assert village["households"] == 4


def test_a_village_of_another_spelling_of_the_town_is_found_again_too(county: County) -> None:
    """What is remembered is the whole name: an alias alone would not know the misspelt town."""
    county.village(name="李家湾", town="青石桥镇", admin_village="石桥村")
    data = csv_of(row("1", 客户地址="青石乔镇石桥村李家湾1号", 经度="", 纬度=""))
    imported(county.coordinator, data)
    [item] = items(county.coordinator, "village_merge")
    settled(county.coordinator, item, "together")
    more = row("2", 客户地址="青石乔镇石桥村李家湾2号", 客户名称="王丽", 经度="", 纬度="")
    report = imported(county.coordinator, csv_of(more))
    assert report["villages_created"] == 0
    [village] = villages(county.coordinator).values()
    assert (village["town"], village["aliases"], village["households"]) == ("青石桥镇", [], 2)


def test_villages_that_are_two_stay_two(county: County, misspelt: dict[str, Any]) -> None:
    """Refused, the question is not asked again, also where the ledger that asked it was undone and comes back."""
    settled(county.coordinator, misspelt, "apart")
    imported(county.coordinator, MISSPELT)
    assert items(county.coordinator, "village_merge") == []
    assert len(villages(county.coordinator)) == 2
    past = county.coordinator.get("/api/v1/ledgers")["items"]
    for one in sorted(past, key=lambda report: report["created_at"], reverse=True):
        undone(county.coordinator, one["id"])
    assert villages(county.coordinator) == {}
    imported(county.coordinator, MISSPELT)
    assert items(county.coordinator, "village_merge") == []
    assert len(villages(county.coordinator)) == 2


def test_joining_villages_is_taken_back(county: County, misspelt: dict[str, Any]) -> None:
    """Reopened, everything is as it was, and the question waits again."""
    before = content(county)
    done = settled(county.coordinator, misspelt, "together")
    assert [one["choice"] for one in done["choices"]] == ["reopen"]
    [listed] = items(county.coordinator, "village_merge", "&settled=true")
    assert listed == done
    settled(county.coordinator, done, "reopen")
    assert content(county) == before
    [again] = items(county.coordinator, "village_merge")
    assert (again["subjects"], again["settled"]) == (misspelt["subjects"], None)


def test_an_import_whose_villages_were_joined_is_undone_to_nothing(county: County) -> None:
    """The join is no change of a person's that its rows would have to stay for."""
    nothing = content(county)
    report = imported(county.coordinator, MISSPELT)
    [item] = items(county.coordinator, "village_merge")
    settled(county.coordinator, item, "together")
    counts_ = undone(county.coordinator, report["id"])
    assert counts_["accounts_removed"] == 3
    assert "kept" not in counts_
    assert {name: rows for name, rows in content(county).items() if name != "merges"} == {
        name: rows for name, rows in nothing.items() if name != "merges"
    }


def test_a_join_is_done_again_when_its_ledger_comes_back(county: County, misspelt: dict[str, Any]) -> None:
    """Asked once: the same file imported after undoing it makes one village by itself."""
    settled(county.coordinator, misspelt, "together")
    [report] = county.coordinator.get("/api/v1/ledgers")["items"]
    undone(county.coordinator, report["id"])
    imported(county.coordinator, MISSPELT)
    assert items(county.coordinator, "village_merge") == []
    assert len(villages(county.coordinator)) == 1


def test_an_undone_import_leaves_its_joined_village_nothing_to_come_back_to(county: County) -> None:
    """A known village keeps its alias; the village that went with the import is not brought back by reopening."""
    county.village(name="李家湾", town="龙门镇", admin_village="石桥村")
    report = imported(county.coordinator, csv_of(lives("2", "李家弯", "王丽")))
    [item] = items(county.coordinator, "village_merge")
    assert item["subjects"][0]["name"] == "李家湾"
    done = settled(county.coordinator, item, "together")
    undone(county.coordinator, report["id"])
    assert items(county.coordinator, "village_merge", "&settled=true") == []
    settle(county.coordinator, done, "reopen")
    assert list(villages(county.coordinator)) == ["李家湾"]


def test_a_later_import_is_undone_though_its_village_was_joined(county: County) -> None:
    """What it had changed goes back, to the village that stands for the one that it named."""
    imported(county.coordinator, csv_of(lives("1", "李家湾"), lives("2", "李家弯", "王丽")))
    second = imported(county.coordinator, csv_of(lives("2", "李家弯", "王丽", 联系电话="19900000009")))
    [item] = items(county.coordinator, "village_merge")
    settled(county.coordinator, item, "together")
    undone(county.coordinator, second["id"])
    [village] = villages(county.coordinator).values()
    assert {door["village"] for door in doors(county.coordinator)} == {village["id"]}


def test_a_third_spelling_asks_about_the_village_that_stayed(county: County) -> None:
    """Of three alike, joining two leaves one question; joining that leaves one village, and both are taken back."""
    three = (("1", "李家湾", "陈大明"), ("2", "李家弯", "王丽"), ("3", "李稼弯", "赵强"))
    imported(county.coordinator, csv_of(*(lives(*one) for one in three)))
    before = content(county)
    asked = items(county.coordinator, "village_merge")
    assert len(asked) >= 2
    decided = []
    while asked:
        decided.append(settled(county.coordinator, asked[0], "together"))
        asked = items(county.coordinator, "village_merge")
    assert len(villages(county.coordinator)) == 1
    for one in reversed(decided):
        by_id = {kept["id"]: kept for kept in items(county.coordinator, "village_merge", "&settled=true")}
        settled(county.coordinator, by_id[one["id"]], "reopen")
    after = content(county)
    for table in ("villages", "households", "village_aliases"):
        assert after[table] == before[table]


def test_doors_that_are_one_are_joined(county: County, two_names: dict[str, Any]) -> None:
    """Loans and people move to the one door that stays, and the plan sees one household."""
    assert two_names["code"] == "same_door"
    assert all("**" in one["name"] or "*" in one["name"] for one in two_names["subjects"])
    assert sorted(one["loans"] for one in two_names["subjects"]) == [["…1"], ["…2"]]
    settled(county.coordinator, two_names, "together")
    assert len(doors(county.coordinator)) == 2
    stays = two_names["subjects"][0]["id"]
    accounts = county.coordinator.get("/api/v1/accounts")["items"]
    assert {one["loan"]: one["household"] == stays for one in accounts} == {"…1": True, "…2": True, "…3": False}
    [village] = villages(county.coordinator).values()
    assert village["households"] == 2


def test_joined_doors_are_not_asked_about_again(county: County, two_names: dict[str, Any]) -> None:
    """The next ledger keeps them one, whether it has both people or only the one who joined."""
    settled(county.coordinator, two_names, "together")
    assert counts(imported(county.coordinator, NEIGHBOURS)) == {"unchanged": 3}
    assert counts(imported(county.coordinator, csv_of(lives("2", "三组", "王丽"), lives("4", "三组", "王丽")))) == {
        "unchanged": 1, "new": 1,
    }  # fmt: skip
    assert len(doors(county.coordinator)) == 2
    assert items(county.coordinator, "household_merge") == []


def test_joined_doors_stay_one_when_their_village_is_renamed(county: County, two_names: dict[str, Any]) -> None:
    """The decision is about the doors, not about how their village is called today."""
    settled(county.coordinator, two_names, "together")
    [village] = villages(county.coordinator).values()
    path = f"/api/v1/villages/{village['id']}"
    county.coordinator.patch(path, {"name": "桥头组", "aliases": [village["name"]]}, village["version"])
    imported(county.coordinator, NEIGHBOURS)
    assert len(doors(county.coordinator)) == 2
    assert items(county.coordinator, "household_merge") == []


def test_doors_that_are_two_stay_two(county: County, two_names: dict[str, Any]) -> None:
    """Refused, it is not asked again."""
    settled(county.coordinator, two_names, "apart")
    imported(county.coordinator, csv_of(lives("1", "三组"), lives("2", "三组", "王丽")))
    assert items(county.coordinator, "household_merge") == []
    assert len(doors(county.coordinator)) == 3


def test_joining_doors_is_taken_back(county: County, two_names: dict[str, Any]) -> None:
    """Reopened, loans and people are where they were."""
    before = content(county)
    settled(county.coordinator, settled(county.coordinator, two_names, "together"), "reopen")
    assert content(county) == before


def test_an_import_whose_doors_were_joined_is_undone_to_nothing(county: County) -> None:
    """Also the household that had been closed goes."""
    nothing = content(county)
    report = imported(county.coordinator, csv_of(lives("1", "三组"), lives("2", "三组", "王丽")))
    [item] = items(county.coordinator, "household_merge")
    settled(county.coordinator, item, "together")
    counts_ = undone(county.coordinator, report["id"])
    assert counts_["households_removed"] == 2
    assert "kept" not in counts_
    assert {name: rows for name, rows in content(county).items() if name != "merges"} == {
        name: rows for name, rows in nothing.items() if name != "merges"
    }
    imported(county.coordinator, csv_of(lives("1", "三组"), lives("2", "三组", "王丽")))
    assert len(doors(county.coordinator)) == 1
    assert items(county.coordinator, "household_merge") == []


def test_a_pause_stands_for_the_joined_door(county: County, two_names: dict[str, Any]) -> None:
    """Who is not to be visited is not to be visited under the other's name either."""
    second = county.coordinator.get(f"/api/v1/households/{two_names['subjects'][1]['id']}")
    county.coordinator.patch(f"/api/v1/households/{second['id']}", {"paused": "illness"}, second["version"])
    settled(county.coordinator, two_names, "together")
    assert county.coordinator.get(f"/api/v1/households/{two_names['subjects'][0]['id']}")["paused"] == "illness"


def test_a_closed_door_cannot_be_changed(county: County, two_names: dict[str, Any]) -> None:
    """A pause or a place given there would hold nowhere: whoever still has it open is told that it is not there."""
    settled(county.coordinator, two_names, "together")
    path = f"/api/v1/households/{two_names['subjects'][1]['id']}"
    closed = county.coordinator.get(path)
    assert closed["accounts"] == []
    problem(county.coordinator.send("PATCH", path, {"paused": "illness"}, version=closed["version"]), 404, "not-found")


def test_one_identity_number_with_two_names_waits(county: County) -> None:
    """Two people are kept, each with their own loan, until a person says whose number it is."""
    data = csv_of(lives("1", "三组", 证件号码=ONE_ID), lives("2", "四组", "王丽", "5号", 证件号码=ONE_ID))
    imported(county.coordinator, data)
    [item] = items(county.coordinator, "shared_identity")
    assert item["code"] == "identity_shared"
    assert ONE_ID not in repr(item)
    assert sorted(one["loans"] for one in item["subjects"]) == [["…1"], ["…2"]]
    names = set()
    for door in doors(county.coordinator):
        told = county.coordinator.post(f"/api/v1/households/{door['id']}/disclosures", {"reason": "whose number is it"})
        names.add(tuple(person["name"] for person in told["obligors"]))
    assert names == {("陈大明",), ("王丽",)}
    settled(county.coordinator, item, "apart")
    imported(county.coordinator, data)
    assert items(county.coordinator, "shared_identity") == []


def test_who_settles_at_the_same_time_settles_once(county: County, misspelt: dict[str, Any]) -> None:
    """Of two who press at once, one is told that somebody was faster; nothing is joined twice."""
    answers = at_once(2, lambda at: settle(county.coordinator, misspelt, ("together", "apart")[at]))
    assert sorted(one.status_code for one in answers) == [200, 412]
    [won] = [one.get_json() for one in answers if one.status_code == 200]
    assert len(villages(county.coordinator)) == (1 if won["settled"] == "together" else 2)


def test_an_import_and_a_join_at_once_come_one_after_the_other(county: County, misspelt: dict[str, Any]) -> None:
    """Neither fails, and whoever was first, one village is left."""
    answers = at_once(
        2,
        lambda at: settle(county.coordinator, misspelt, "together")
        if at
        else county.coordinator.send("GET", f"/api/v1/ledgers/{imported(county.coordinator, MISSPELT)['id']}"),
    )
    assert [one.status_code for one in answers] == [200, 200]
    assert len(villages(county.coordinator)) == 1


def test_a_merge_is_settled_by_its_branch_only(county: County, misspelt: dict[str, Any]) -> None:
    """To another branch it does not exist; a reader may not settle; without the version nobody may."""
    assert items(county.stranger, "village_merge") == []
    assert county.stranger.get("/api/v1/work-items/counts")["village_merge"] == 0
    problem(settle(county.stranger, misspelt, "together"), 404, "not-found")
    problem(settle(county.user("legal"), misspelt, "together"), 403, "role")
    problem(settle(county.coordinator, misspelt, "keep"), 422, "work-choice", "choice")
    problem(settle(county.coordinator, misspelt, "reopen"), 409, "work-open")
    problem(settle(county.coordinator, misspelt, "apart", note="call 13800000000"), 422, "invalid", "note")
    path = f"/api/v1/work-items/village_merge/{misspelt['id']}/settlement"
    problem(county.coordinator.send("POST", path, {"choice": "apart"}), 428, "if-match")
    done = settled(county.coordinator, misspelt, "apart")
    problem(settle(county.coordinator, misspelt, "together"), 412, "stale")
    problem(settle(county.coordinator, done, "together"), 409, "work-settled")


def test_settling_is_noted_for_the_auditor(county: County, misspelt: dict[str, Any]) -> None:
    """The trail says who decided what, and names nobody."""
    from sqlalchemy import select

    from api.store.models import AuditEntry

    settle(county.coordinator, misspelt, "together", note="asked the village head")
    with county.app.extensions["store"].read() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "work.settled")).all()
    assert entry.subject == misspelt["id"]
    assert entry.detail == {"kind": "village_merge", "choice": "together", "note": "asked the village head"}


def test_outcomes_stay_where_they_were_reported_and_count_for_the_joined_door(sample: Sample) -> None:
    """An outcome is immutable and names its door; the door it was joined to is not called on again too soon."""
    from sqlalchemy import select

    from api.store.models import Household, Merge, Outcome
    from api.usecases.context import settings
    from api.usecases.household_facts import household_facts
    from api.usecases.merges import TOGETHER, settle_merge
    from routing.period import Period

    phone = sample.phones_with_stops()[0]
    stops = phone.day(sample.on)["stops"]
    report = outcome(stops[0], "asked_to_be_left_alone")
    phone.report(report)
    second, first = (one["visit"]["household"] for one in stops[:2])
    with sample.app.app_context(), sample.app.extensions["store"].write() as session:
        from api.auth.actor import Actor, Role

        branch = session.get_one(Household, first).branch_id
        import_id = next(iter(sample.client.items("/api/v1/ledgers")))["id"]
        row = Merge(
            branch_id=branch, kind="household", first_id=first, second_id=second, pair="a\nb", code="same_door",
            score=0.7, import_id=import_id, status="open", facts={},
        )  # fmt: skip
        session.add(row)
        session.flush()
        settle_merge(session, Actor("somebody", Role.COORDINATOR), row, TOGETHER)
    with sample.app.app_context(), sample.app.extensions["store"].read() as session:
        door = session.get_one(Household, first)
        assert session.scalars(select(Outcome.household_id).where(Outcome.id == report["id"])).all() == [second]
        facts = household_facts(session, [door], Period(sample.on, sample.on), settings().zone)[first]
    assert len(facts.visits) == 1
    assert facts.paused == "asked_to_be_left_alone"
    [shown] = sample.coordinator.get("/api/v1/outcomes")["items"]
    assert shown["household"] == first
