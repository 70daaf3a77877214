"""The work lists: what waits for a person, how many of each kind, and what settles it."""

from __future__ import annotations

from typing import Any

import pytest

from api.usecases.rows_to_mend import MOST
from tests.factories import PASSWORD, Caller, County, problem, sign_in
from tests.integration.test_ledger_completeness import COMPLETE, loans
from tests.integration.test_ledger_undo import content, undone
from tests.integration.test_ledgers import csv_of, imported, row
from tests.integration.test_work_merges import MISSPELT, doors, items, lives, settle, settled
from tests.sample_county import tables

OWED = "贷款余额（元）"


def waiting(caller: Caller) -> dict[str, int]:
    """Return the counts that are not zero."""
    return {kind: count for kind, count in caller.get("/api/v1/work-items/counts").items() if count}


def at(number: str, lat: float, lon: float = 106.5, **more: str) -> list[str]:
    """Return the row of a borrower with a place of their own."""
    name = "赵钱孙李周吴郑王"[int(number)] + "大明"
    return row(number, 客户名称=name, 客户地址=f"龙门镇石桥村三组{number}号", 经度=str(lon), 纬度=str(lat), **more)


def village(caller: Caller) -> dict[str, Any]:
    [found] = caller.get("/api/v1/villages")["items"]
    return dict(found)


def placed(county: County, lat: float = 29.5, lon: float = 106.5) -> str:
    return county.village(name="三组", town="龙门镇", admin_village="石桥村", lat=lat, lon=lon)


def test_a_village_without_a_place_waits_until_it_has_one(county: County) -> None:
    """It is offered the place that its doors agree on, with one click; placed by hand it is gone from the list too."""
    imported(county.coordinator, csv_of(at("1", 29.5), at("2", 29.5001), at("3", 29.5002), lives("4", "四组")))
    told = {one["subjects"][0]["name"]: one for one in items(county.coordinator, "missing_place")}
    assert waiting(county.coordinator) == {"missing_place": 2}
    assert [one["choice"] for one in told["三组"]["choices"]] == ["place_by_doors"]
    assert len(told["三组"]["reasons"]) == 2
    assert told["四组"]["choices"] == []
    problem(settle(county.coordinator, told["四组"], "place_by_doors"), 422, "work-choice", "choice")
    done = settled(county.coordinator, told["三组"], "place_by_doors")
    assert done["subjects"][0]["lat"] == pytest.approx(29.5001)
    assert waiting(county.coordinator) == {"missing_place": 1}
    settled(county.coordinator, done, "reopen")
    assert waiting(county.coordinator) == {"missing_place": 2}
    by_hand = told["四组"]["subjects"][0]["id"]
    county.coordinator.patch(f"/api/v1/villages/{by_hand}", {"lat": 29.5, "lon": 106.5}, told["四组"]["version"])
    assert waiting(county.coordinator) == {"missing_place": 1}


def test_a_door_far_from_its_village_waits(county: County) -> None:
    """Left so it is not asked again, also by the next ledger; its place taken away it is planned by its village."""
    placed(county)
    data = csv_of(at("1", 29.5), at("2", 29.6))
    imported(county.coordinator, data)
    [item] = items(county.coordinator, "place_doubt")
    assert item["code"] == "door_far_from_village"
    assert "11.1 km" in item["reasons"][0]
    kept = settled(county.coordinator, item, "keep")
    imported(county.coordinator, data)
    assert waiting(county.coordinator) == {}
    dropped = settled(county.coordinator, settled(county.coordinator, kept, "reopen"), "drop_place")
    [door] = [one for one in doors(county.coordinator) if one["id"] == item["subjects"][0]["id"]]
    assert (door["lat"], door["precision"]) == (None, "village")
    assert waiting(county.coordinator) == {}
    settled(county.coordinator, dropped, "reopen")
    [door] = [one for one in doors(county.coordinator) if one["id"] == item["subjects"][0]["id"]]
    assert (door["lat"], door["precision"]) == (29.6, "door")
    assert waiting(county.coordinator) == {"place_doubt": 1}


@pytest.mark.parametrize("lat", [29.5, None], ids=["placed", "nowhere"])
def test_a_place_that_was_taken_away_does_not_come_back_with_the_next_ledger(county: County, lat: float | None) -> None:
    """The same coordinates are what a person took away; others are news, and asked about where they are odd."""
    county.village(name="三组", town="龙门镇", admin_village="石桥村", lat=lat, lon=lat and 106.5)
    near = [at("1", 29.5), at("2", 29.5001), at("3", 29.5002)]
    data = csv_of(*near, at("4", 29.6))
    imported(county.coordinator, data)
    [item] = [one for one in items(county.coordinator, "place_doubt") if one["subjects"][0]["kind"] == "household"]
    settled(county.coordinator, item, "drop_place")
    before = tables(county.app, "imports", "import_rows", "audit_entries")
    assert imported(county.coordinator, data)["rows"]["unchanged"] == 4
    assert tables(county.app, "imports", "import_rows", "audit_entries") == before
    imported(county.coordinator, csv_of(*near, at("4", 29.7)))
    [door] = [one for one in doors(county.coordinator) if one["id"] == item["subjects"][0]["id"]]
    assert (door["lat"], door["precision"]) == (29.7, "door")
    assert waiting(county.coordinator)["place_doubt"] == 1


def test_a_village_far_from_its_doors_waits_and_is_moved_with_one_click(county: County) -> None:
    """The doors agree with each other, so it is the village's place that is wrong; taken back, it is where it was."""
    placed(county, lat=29.9)
    imported(county.coordinator, csv_of(at("1", 29.5), at("2", 29.5001), at("3", 29.5002)))
    [item] = items(county.coordinator, "place_doubt")
    assert item["code"] == "village_far_from_doors"
    done = settled(county.coordinator, item, "place_by_doors")
    assert village(county.coordinator)["lat"] == pytest.approx(29.5001)
    settled(county.coordinator, done, "reopen")
    assert village(county.coordinator)["lat"] == 29.9


def test_a_doubt_goes_when_the_place_is_mended_by_hand(county: County) -> None:
    """Whoever moves the village or the door settles the doubt with it, and a wrong move raises it."""
    id_ = placed(county, lat=29.9)
    imported(county.coordinator, csv_of(at("1", 29.5), at("2", 29.5001), at("3", 29.5002)))
    assert waiting(county.coordinator) == {"place_doubt": 1}
    found = village(county.coordinator)
    found = county.coordinator.patch(f"/api/v1/villages/{id_}", {"lat": 29.5, "lon": 106.5}, found["version"])
    assert waiting(county.coordinator) == {}
    door = doors(county.coordinator)[0]
    county.coordinator.patch(f"/api/v1/households/{door['id']}", {"lat": 29.7, "lon": 106.5}, door["version"])
    assert waiting(county.coordinator) == {"place_doubt": 1}


def test_doubts_do_not_depend_on_which_import_brought_the_doors(county: County) -> None:
    """They are weighed by what is stored: doors of two imports make the same doubt as doors of one."""
    placed(county, lat=29.9)
    rows = [at("1", 29.5), at("2", 29.5001), at("3", 29.5002)]
    for one in rows[::-1]:
        imported(county.coordinator, csv_of(one))
    [item] = items(county.coordinator, "place_doubt")
    assert item["code"] == "village_far_from_doors"


def test_undoing_an_import_takes_what_it_left_to_judge_along(county: County) -> None:
    """Doubts, questions and rows to mend go with it, and all is as before."""
    placed(county)
    before = content(county)
    refused = at("5", 29.5, **{OWED: "暂无"})
    data = csv_of(at("1", 29.6), lives("2", "李家湾"), lives("3", "李家弯", "王丽"), at("4", 0, 0), refused)
    report = imported(county.coordinator, data)
    assert set(waiting(county.coordinator)) == {
        "missing_place", "place_doubt", "refused_row", "unusable_place", "village_merge",
    }  # fmt: skip
    undone(county.coordinator, report["id"])
    assert waiting(county.coordinator) == {}
    assert content(county) == before


def test_a_preview_leaves_nothing_to_judge(county: County) -> None:
    """A dry run asks nobody anything."""
    before = tables(county.app)
    imported(county.coordinator, MISSPELT, query="?dry_run=true")
    assert tables(county.app) == before


def test_rows_of_one_door_that_name_two_villages_wait(county: County) -> None:
    """They moved, or a number stands in the wrong row: a person says that it is right, once."""
    number = "110101199003078515"
    data = csv_of(lives("1", "三组", 证件号码=number), lives("2", "四组", 证件号码=number))
    imported(county.coordinator, data)
    [item] = items(county.coordinator, "place_doubt")
    assert item["code"] == "rows_name_several_villages"
    settled(county.coordinator, item, "keep")
    imported(county.coordinator, data)
    assert items(county.coordinator, "place_doubt") == []
    imported(county.coordinator, csv_of(lives("1", "三组", 证件号码=number), lives("2", "三组", 证件号码=number)))
    assert items(county.coordinator, "place_doubt") == []


def test_a_refused_row_waits_until_a_later_file_brings_it(county: County) -> None:
    """The item says row, file, column, what is wrong and what to do; a later import that has it right takes it off."""
    imported(county.coordinator, csv_of(row("1"), row("2", **{OWED: "暂无"}), row("3", 客户名称="")), "november.csv")
    refused = items(county.coordinator, "refused_row")
    assert {one["code"] for one in refused} == {"amount_unreadable", "borrower_name_missing"}
    assert "november.csv" in refused[0]["subjects"][0]["name"]
    assert sorted(one["subjects"][0]["loans"] for one in refused) == [["…2"], ["…3"]]
    later = imported(county.coordinator, csv_of(row("2")), "mended.csv")
    assert [one["subjects"][0]["loans"] for one in items(county.coordinator, "refused_row")] == [["…3"]]
    undone(county.coordinator, later["id"])
    assert waiting(county.coordinator)["refused_row"] == 2


def test_a_row_refused_again_waits_once(county: County) -> None:
    """The newest file says where it stands now; one that a person left out stays left out."""
    data = csv_of(row("1"), row("2", **{OWED: "暂无"}), ["", *row("3")[1:]])
    imported(county.coordinator, data, "november.csv")
    for item in items(county.coordinator, "refused_row"):
        if item["code"] == "amount_unreadable":
            left = settled(county.coordinator, item, "leave")
    imported(county.coordinator, data, "december.csv")
    [item] = items(county.coordinator, "refused_row")
    assert item["code"] == "loan_number_missing"
    assert "december.csv" in item["subjects"][0]["name"]
    [again] = items(county.coordinator, "refused_row", "&settled=true")
    assert again["id"] != left["id"]
    settled(county.coordinator, again, "reopen")
    assert waiting(county.coordinator)["refused_row"] == 2


def test_the_same_number_at_another_branch_mends_nothing(county: County) -> None:
    """Each branch has its own loan of that number; only who did not know the branch is helped by any."""
    county.admin.post(
        "/api/v1/users",
        {"username": "both", "password": PASSWORD, "role": "coordinator",
         "branches": [county.branch, county.other_branch]},
    )  # fmt: skip
    both, header = sign_in(county.app, "both"), ["机构代码", "贷款账号", "客户名称", OWED]
    good = [["001", "1", "陈大明", "5"], ["002", "1", "王丽", "6"]]
    bad = [[branch, "2", "赵强", "暂无"] for branch in ("001", "002", "999")]
    imported(both, csv_of(*good, *bad, header=header))
    assert len(items(both, "refused_row")) == 3
    imported(both, csv_of(*good, ["001", "2", "赵强", "7"], header=header))
    assert [one["branch"] for one in items(both, "refused_row")] == [county.other_branch]


def test_what_is_too_much_to_be_listed_leaves_what_was_listed_before(county: County) -> None:
    """A row that waits is not taken off by a file that refuses it again and has no room for it in the list."""
    imported(county.coordinator, csv_of(row("1"), row("2", **{OWED: "暂无"})), "november.csv")
    many = [row(f"R{one}", 客户名称="") for one in range(MOST)]
    imported(county.coordinator, csv_of(row("1"), *many, row("2", **{OWED: "暂无"})), "december.csv")
    assert waiting(county.coordinator)["refused_row"] == MOST + 1


def test_a_line_of_totals_is_no_work(county: County) -> None:
    """It is refused and there is nothing to mend about it."""
    imported(county.coordinator, csv_of(row("1"), ["合计", "", "", "", "", "12000.00", "", "", "", ""]))
    assert "refused_row" not in waiting(county.coordinator)


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        ("0", "0", "coordinates_zero"), ("106.5", "29.5", "coordinates_swapped"),
        ("299", "299", "coordinates_out_of_range"),
    ],
)
def test_a_place_that_cannot_be_used_waits_until_a_later_file_mends_it(
    county: County, lat: str, lon: str, code: str
) -> None:
    """The row is taken in without it; nothing is guessed."""
    imported(county.coordinator, csv_of(row("1", 纬度=lat, 经度=lon)))
    [item] = items(county.coordinator, "unusable_place")
    assert item["code"] == code
    imported(county.coordinator, csv_of(row("1")))
    assert "unusable_place" not in waiting(county.coordinator)


def test_rows_of_no_branch_of_ones_own_are_seen_by_who_imported_them(county: County) -> None:
    """Nobody else could mend that file; also a colleague of the branch does not see it."""
    header = ["机构代码", "贷款账号", "客户名称", OWED]
    imported(county.coordinator, csv_of(["999", "1", "陈大明", "5"], ["001", "2", "王丽", "6"], header=header))
    [item] = items(county.coordinator, "refused_row")
    assert (item["code"], item["branch"]) == ("branch_unknown", None)
    colleague = county.user("coordinator")
    assert items(colleague, "refused_row") == []
    problem(settle(colleague, item, "leave"), 404, "not-found")
    settled(county.coordinator, item, "leave")


def test_a_missing_loan_is_settled_where_the_list_is(county: County) -> None:
    """It is the one way that accounts have, and may be taken back as long as the ledger leaves it out."""
    imported(county.coordinator, csv_of(*loans(1, 2, 3)))
    imported(county.coordinator, csv_of(*loans(1, 2)), query=COMPLETE)
    [item] = items(county.coordinator, "missing_loan")
    assert [one["kind"] for one in item["subjects"]] == ["loan", "household"]
    assert item["subjects"][0]["name"] == "…0003"
    before = county.coordinator.get(f"/api/v1/accounts/{item['id']}")
    done = settled(county.coordinator, item, "repaid")
    assert county.coordinator.get(f"/api/v1/accounts/{item['id']}")["status"] == "closed"
    problem(settle(county.coordinator, item, "sold"), 412, "stale")
    settled(county.coordinator, done, "reopen")
    after = county.coordinator.get(f"/api/v1/accounts/{item['id']}")
    assert (after["status"], after["settlement"]) == ("missing", None)
    assert after["missing_at"][:16] == before["missing_at"][:16]
    assert waiting(county.coordinator)["missing_loan"] == 1


def test_the_list_goes_through_all_kinds_page_by_page(county: County) -> None:
    """Whatever the size of the page, each item is there once, and as many as the counts say."""
    placed(county)
    data = csv_of(at("1", 29.6), lives("2", "李家湾"), lives("3", "李家弯", "王丽"), at("4", 0, 0))
    imported(county.coordinator, data)
    counted = waiting(county.coordinator)
    for limit in (1, 2, 500):
        found, cursor = [], ""
        while cursor is not None:
            page = county.coordinator.get(f"/api/v1/work-items?limit={limit}{cursor and '&cursor=' + cursor}")
            assert len(page["items"]) <= limit
            found += [(one["kind"], one["id"]) for one in page["items"]]
            cursor = page["next"]
        assert len(set(found)) == len(found)
        assert {kind: sum(1 for one, _id in found if one == kind) for kind, _id in found} == counted
    assert county.coordinator.get(f"/api/v1/work-items?branch={county.other_branch}")["items"] == []
    for cursor in ("nonsense", "missing_loan.%00", "village_merge.!"):
        problem(
            county.coordinator.send("GET", f"/api/v1/work-items?cursor={cursor}"),
            400 if "%00" in cursor else 422, "nul" if "%00" in cursor else "cursor",
        )  # fmt: skip


@pytest.mark.parametrize(("language", "said"), [("en", "They are one"), ("zh-Hans", "同一个"), ("zh-Hant", "同一個")])
def test_reasons_and_choices_are_told_in_the_readers_language(county: County, language: str, said: str) -> None:
    """Codes are for programs; a person reads a sentence and a button."""
    imported(county.coordinator, MISSPELT)
    spoken = {"Accept-Language": language}
    [item] = county.coordinator.get("/api/v1/work-items?kind=village_merge", headers=spoken)["items"]
    assert said in item["choices"][0]["label"]
    assert "李家湾" in item["reasons"][0]


def test_every_code_and_choice_has_its_sentence() -> None:
    """Whatever grouping and places may find has words, and so has each choice."""
    import re
    from pathlib import Path

    from api.usecases.work_places import _CHOICES
    from api.wording.work import CHOICES, WORK
    from schemas.work_items import CHOICES as CONTRACT

    assert sorted(CHOICES) == sorted(CONTRACT)
    assert set(_CHOICES) <= set(WORK)
    routing = Path(__file__).parents[2] / "routing"
    names = ("likeness.py", "suggestions.py", "villages.py", "door_places.py")
    said = "".join((routing / name).read_text("utf-8") for name in names)
    told = {f"name_{kind}" for kind in ("homophone", "look_alike", "typing_error")}
    told |= set(re.findall(r'Reason\("((?:parent|door_far|village_far|same)\w+)"', said))
    told |= set(re.findall(r'_of_ids\([^)]*, "(\w+)", 0\.9', said)) | {"village_exact", "village_alias"}
    assert len(told) > 8
    assert sorted(told - set(WORK)) == []
