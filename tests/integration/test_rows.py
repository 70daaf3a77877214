"""Every resource: making, reading, changing, listing; and what no row of any kind lets through."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import PASSWORD, County, problem

# Resource → a change that any row of it takes, and a field that nobody may set.
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "branches": ({"name": "新龙门支行"}, {"code": "009"}),
    "users": ({"language": "zh-Hans"}, {"username": "other"}),
    "people": ({"name": "李强"}, {"pseudonym": "p-1"}),
    "territories": ({"name": "North"}, {"villages": 4}),
    "villages": ({"name": "新村"}, {"households": 4}),
    "households": ({"focus": True}, {"outstanding": "1.00"}),
    "teams": ({"name": "Another"}, {"territory": "x"}),
    "shifts": ({"end": "16:00"}, {"date": "2026-12-01"}),
}


def make(county: County, resource: str) -> dict[str, Any]:
    """Make one row of the first branch; return it as its list shows it."""
    match resource:
        case "branches":
            return dict(county.admin.get(f"/api/v1/branches/{county.branch}"))
        case "users":
            new = {"username": "new", "password": PASSWORD, "role": "legal", "branches": [county.branch]}
            return dict(county.admin.post("/api/v1/users", new))
        case "people":
            id_ = county.person(phone="138 0013 8000", knows=[county.village()])
        case "territories":
            id_ = county.territory()
        case "villages":
            id_ = county.village(aliases=["石桥村民小组"])
        case "households":
            id_ = county.household(county.village())
        case "teams":
            id_ = county.team()
        case "shifts":
            return county.shift()
    return dict(county.coordinator.get(f"/api/v1/{resource}/{id_}"))


def keeper(county: County, resource: str) -> Any:
    """Return who may change rows of that kind."""
    return county.admin if resource in ("branches", "users") else county.coordinator


@pytest.mark.parametrize("resource", CHANGES)
def test_a_row_is_made_listed_read_and_changed(county: County, resource: str) -> None:
    """One way for every resource: POST, GET, list, PATCH with the version in ETag and If-Match."""
    row, who = make(county, resource), keeper(county, resource)
    path = f"/api/v1/{resource}/{row['id']}"
    assert who.send("GET", path).headers["ETag"] == f'"{row["version"]}"'
    assert row["id"] in [one["id"] for one in who.get(f"/api/v1/{resource}")["items"]]
    change, _ = CHANGES[resource]
    changed = who.patch(path, change, row["version"])
    assert changed.items() >= change.items()
    assert changed["version"] == row["version"] + 1
    assert who.get(path) == changed


@pytest.mark.parametrize("resource", CHANGES)
def test_a_change_on_an_old_version_is_refused(county: County, resource: str) -> None:
    """Nobody overwrites what they have not seen: 428 without If-Match, 412 with an old one, and its new ETag."""
    row, who = make(county, resource), keeper(county, resource)
    path, (change, _) = f"/api/v1/{resource}/{row['id']}", CHANGES[resource]
    problem(who.send("PATCH", path, change), 428, "if-match")
    who.patch(path, change, row["version"])
    stale = who.send("PATCH", path, change, version=row["version"])
    problem(stale, 412, "stale")
    assert stale.headers["ETag"] == f'"{row["version"] + 1}"'
    for nonsense in ("*", '"x"', '"-1"', '"²"'):
        problem(
            who.send("PATCH", path, change, headers={"If-Match": nonsense.encode().decode("latin-1")}), 412, "stale"
        )


@pytest.mark.parametrize("resource", CHANGES)
def test_a_field_that_is_not_in_the_contract_is_refused(county: County, resource: str) -> None:
    """Unknown and read-only fields are 422 naming the field, never silently dropped."""
    row, who = make(county, resource), keeper(county, resource)
    path, (_, read_only) = f"/api/v1/{resource}/{row['id']}", CHANGES[resource]
    for body in (read_only, {"id": "x"}, {"version": 7}, {"nonsense": 1}):
        response = who.send("PATCH", path, body, version=row["version"])
        assert next(iter(body)) in [one["field"] for one in problem(response, 422, "invalid")["errors"]]
        created = who.send("POST", f"/api/v1/{resource}", {"nonsense": 1})
        assert "nonsense" in [one["field"] for one in problem(created, 422, "invalid")["errors"]]
    problem(who.send("GET", f"/api/v1/{resource}?nonsense=1"), 422, "invalid", "nonsense")
    assert who.get(path)["version"] == row["version"]


@pytest.mark.parametrize("resource", [one for one in CHANGES if one not in ("branches", "users")])
def test_what_is_foreign_looks_like_what_is_absent(county: County, resource: str) -> None:
    """A row of another area answers like one that is not there: 404, the same body, also in lists."""
    row = make(county, resource)
    change, _ = CHANGES[resource]
    absent = "00000000-0000-7000-8000-000000000000"
    for method, body in (("GET", None), ("PATCH", change)):
        foreign = county.stranger.send(method, f"/api/v1/{resource}/{row['id']}", body, version=1)
        missing = county.stranger.send(method, f"/api/v1/{resource}/{absent}", body, version=1)
        problem(foreign, 404, "not-found")
        assert foreign.get_data() == missing.get_data()
        assert foreign.headers.get("ETag") == missing.headers.get("ETag")
    assert row["id"] not in [one["id"] for one in county.stranger.get(f"/api/v1/{resource}")["items"]]


def test_a_branch_of_others_looks_absent_too(county: County) -> None:
    """Also branches: a coordinator knows of their own only; an admin of all."""
    problem(county.coordinator.send("GET", f"/api/v1/branches/{county.other_branch}"), 404, "not-found")
    assert [one["id"] for one in county.coordinator.get("/api/v1/branches")["items"]] == [county.branch]
    assert len(county.admin.get("/api/v1/branches")["items"]) == 2


def test_a_row_cannot_refer_to_what_is_foreign(county: County) -> None:
    """A reference to another area is refused like one to nothing, naming the field: 422."""
    village = county.village()
    person = {"name": "x", "staff_number": "x", "branch": county.other_branch}
    for resource, new, field in (
        ("people", {**person, "branch": county.branch}, "branch"),
        ("people", {**person, "knows": [village]}, "knows.0"),
        ("people", {**person, "home_village": village}, "home_village"),
        ("territories", {"name": "x", "branch": county.branch}, "branch"),
        ("villages", {"name": "x", "branch": county.branch}, "branch"),
        ("teams", {"name": "x", "territory": county.territory()}, "territory"),
        ("households", {"name": "x", "branch": county.other_branch, "village": village}, "village"),
    ):  # fmt: skip
        problem(county.stranger.send("POST", f"/api/v1/{resource}", new), 422, "unknown-reference", field)


@pytest.mark.parametrize(
    ("resource", "new", "code", "field"),
    [
        ("branches", {"code": "001", "name": "x"}, "branch-exists", "code"),
        ("users", {"username": "coordinator", "password": PASSWORD, "role": "legal"}, "user-exists", "username"),
    ],
)
def test_what_admins_name_is_unique(county: County, resource: str, new: dict[str, Any], code: str, field: str) -> None:
    """A second one of the same name is a 409 naming the field."""
    problem(county.admin.send("POST", f"/api/v1/{resource}", new), 409, code, field)


def test_what_coordinators_name_is_unique(county: County) -> None:
    """A second territory, village, team, person or household of the same name is a 409 naming the field."""
    territory = county.territory("North")
    village = county.village(territory, name="石桥组")
    here = {"branch": county.branch}
    county.coordinator.post("/api/v1/teams", {"territory": territory, "name": "One"})
    county.person(staff_number="S1")
    county.household(village, name="陈大明")
    for resource, new, code, field in (
        ("territories", {**here, "name": "North"}, "territory-exists", "name"),
        ("villages", {**here, "town": "龙门镇", "name": "石桥组"}, "village-exists", "name"),
        ("teams", {"territory": territory, "name": "One"}, "team-exists", "name"),
        ("people", {**here, "name": "x", "staff_number": "S1"}, "staff-number-exists", "staff_number"),
        ("households", {**here, "village": village, "name": "陈大明"}, "household-exists", "name"),
    ):
        problem(county.coordinator.send("POST", f"/api/v1/{resource}", new), 409, code, field)


@pytest.mark.parametrize("place", [{"lat": 29.5}, {"lon": 106.5}, {"lat": 0, "lon": 0}, {"lat": 106.5, "lon": 29.5}])
def test_half_a_place_is_no_place(county: County, place: dict[str, float]) -> None:
    """Branches, villages and households have both coordinates or none; 0/0 and swapped ones are refused."""
    village = county.village()
    here = {"branch": county.branch, "name": "x", "village": village}
    for who, resource, new in (
        (county.admin, "branches", {"code": "x", "name": "x"}),
        (county.coordinator, "villages", {"branch": county.branch, "name": "x"}),
        (county.coordinator, "households", here),
    ):
        response = who.send("POST", f"/api/v1/{resource}", {**new, **place})
        assert response.status_code == 422
        assert response.get_json()["errors"][0]["field"] in ("lat", "lon")


def test_a_list_comes_in_pages(county: County) -> None:
    """`next` of one page is `cursor` of the following; each row comes once, and the last page says so."""
    made = [county.village() for _ in range(5)]
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        page = county.coordinator.get(f"/api/v1/villages?limit=2{cursor and '&cursor='}{cursor}")
        seen += [one["id"] for one in page["items"]]
        cursor, pages = page["next"], pages + 1
    assert (seen, pages) == (sorted(made), 3)


@pytest.mark.parametrize("cursor", ["!", "AA==", "%00", "é", "x" * 201])
def test_a_made_up_cursor_is_refused(county: County, cursor: str) -> None:
    """A cursor is only what a page gave out."""
    response = county.coordinator.send("GET", f"/api/v1/villages?cursor={cursor}")
    assert response.status_code in (400, 422)
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1.5"])
def test_a_page_has_a_sensible_size(county: County, limit: str) -> None:
    """1 to 500 rows a page."""
    problem(county.coordinator.send("GET", f"/api/v1/villages?limit={limit}"), 422, "invalid", "limit")
