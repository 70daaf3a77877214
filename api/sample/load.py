"""Set up the sample county in a running service, through its public API as any lender would."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from api.sample import names
from api.sample.county import County, SamplePerson

SHIFT_DAYS = 28
Report = Callable[[str], None]


class ApiError(RuntimeError):
    """The service refused what the sample asked for; the message is the problem's."""


class Client:
    """A small JSON client for one service, signed in with a bearer token. Keeps one connection open."""

    def __init__(self, base_url: str) -> None:
        self.base = urlsplit(base_url)
        self.token: str | None = None
        self._connection: http.client.HTTPConnection | None = None

    def sign_in(self, username: str, password: str) -> None:
        """Get an access token."""
        self.token = self.send("POST", "/api/v1/tokens", {"username": username, "password": password})["access_token"]

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Send JSON and return the JSON answered. Raises ApiError."""
        data = None if body is None else json.dumps(body).encode()
        kinds = {"Content-Type": "application/json"} if data is not None else {}
        return self._exchange(method, path, data, {**kinds, **(headers or {})})

    def upload(self, path: str, file: Path) -> Any:
        """Send a file as multipart/form-data. Raises ApiError."""
        boundary = secrets.token_hex(16)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        data = head + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        return self._exchange("POST", path, data, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def items(self, path: str) -> Iterator[Any]:
        """Yield every item of a list, page by page."""
        cursor = ""
        while True:
            joiner = "&" if "?" in path else "?"
            page = self.send("GET", f"{path}{joiner}limit=500{cursor}")
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = f"&cursor={page['next']}"

    def _exchange(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self.base.hostname or "", self.base.port, timeout=120)
        try:
            self._connection.request(method, path, data, headers)
            response = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # The server closes idle connections; a fresh one is all that is needed.
            self._connection.close()
            self._connection.request(method, path, data, headers)
            response = self._connection.getresponse()
        text = response.read()
        if response.status >= 400:
            raise ApiError(f"{method} {path}: {response.status} {text.decode('utf-8', 'replace')[:500]}")
        return json.loads(text) if text else None


def create_branches(admin: Client) -> dict[str, str]:
    """Create the sample's branches; returns code → id."""
    known = {branch["code"]: branch["id"] for branch in admin.items("/api/v1/branches")}
    for code, name, lat, lon in names.BRANCHES:
        if code not in known:
            known[code] = admin.send(
                "POST", "/api/v1/branches", {"code": code, "name": name, "lat": lat, "lon": lon}
            )["id"]  # fmt: skip
    return known


def set_up(client: Client, county: County, branches: dict[str, str], on: date, report: Report) -> dict[str, str]:
    """Create territories, villages, people, groups, teams and shifts; returns staff number → person id."""
    territories = _territories(client, branches)
    villages = _villages(client, county, branches, territories)
    report(f"{len(villages)} villages in {len(territories)} territories")
    people = _people(client, county, branches, villages)
    _groups(client, county, territories, people, on)
    teams = _teams(client, county, territories)
    report(f"{len(people)} people in {len(teams)} teams")
    ensure_shifts(client, county, people, teams, on)
    return people


def ensure_shifts(
    client: Client, county: County, people: dict[str, str], teams: dict[str, str], on: date, days: int = SHIFT_DAYS
) -> None:
    """Give every team a full shift on every day from ``on``; days that have one are left as they are."""
    until = on + timedelta(days=days - 1)
    have = {(one["team"], one["date"]) for one in client.items(f"/api/v1/shifts?from={on}&to={until}")}
    members = _members(county)
    for offset in range(days):
        day = (on + timedelta(days=offset)).isoformat()
        for team, team_id in teams.items():
            if (team_id, day) not in have:
                client.send(
                    "POST", "/api/v1/shifts",
                    {
                        "team": team_id, "date": day, "people": [people[one] for one in members[team]],
                        "start": "08:30", "end": "17:30", "from_place": "branch", "to_place": "branch",
                        "break": {"earliest": "12:00", "latest": "13:30", "minutes": 45},
                    },
                )  # fmt: skip


def team_ids(client: Client) -> dict[str, str]:
    """Return team name → id."""
    return {team["name"]: team["id"] for team in client.items("/api/v1/teams")}


def _territories(client: Client, branches: dict[str, str]) -> dict[str, str]:
    branch_of = {town: code for code, towns in names.TOWNS.items() for town in towns}
    return {
        name: client.send(
            "POST", "/api/v1/territories", {"branch": branches[branch_of[towns[0]]], "name": name}
        )["id"]
        for name, towns in names.TERRITORIES.items()
    }  # fmt: skip


def _villages(
    client: Client, county: County, branches: dict[str, str], territories: dict[str, str]
) -> dict[tuple[str, str, str], str]:
    found = {}
    for village in county.villages:
        new = {
            "branch": branches[village.branch], "territory": territories[village.territory], "town": village.town,
            "admin_village": village.admin_village, "name": village.name,
            "lat": village.lat if village.known else None, "lon": village.lon if village.known else None,
        }  # fmt: skip
        key = (village.town, village.admin_village, village.name)
        found[key] = client.send("POST", "/api/v1/villages", new)["id"]
    return found


def _people(
    client: Client, county: County, branches: dict[str, str], villages: dict[tuple[str, str, str], str]
) -> dict[str, str]:
    found = {}
    for person in county.people:
        home = person.home
        new = {
            "branch": branches[person.branch], "staff_number": person.staff_number, "name": person.name,
            "knows": [
                villages[village.town, village.admin_village, village.name]
                for village in county.villages
                if village.territory in person.knows
            ],
            "home_village": villages[home.town, home.admin_village, home.name] if home else None,
        }  # fmt: skip
        found[person.staff_number] = client.send("POST", "/api/v1/people", new)["id"]
    return found


def _groups(client: Client, county: County, territories: dict[str, str], people: dict[str, str], on: date) -> None:
    places = [
        {
            "person": people[person.staff_number], "territory": territories[person.works], "from": on.isoformat(),
            "role": "leader" if person.leads else "member", "handover": True,
        }
        for person in county.people
    ]  # fmt: skip
    client.send("POST", "/api/v1/reassignments", {"places": places, "reason": "Groups of the sample county"})


def _teams(client: Client, county: County, territories: dict[str, str]) -> dict[str, str]:
    found = {}
    for team, people in _members(county).items():
        territory = next(one.works for one in county.people if one.staff_number == people[0])
        found[team] = client.send("POST", "/api/v1/teams", {"territory": territories[territory], "name": team})["id"]
    return found


def _members(county: County) -> dict[str, list[str]]:
    """Two teams a territory: the leader's, and the one of the other who knows it."""
    by_territory: dict[str, list[SamplePerson]] = {}
    for person in county.people:
        by_territory.setdefault(person.works, []).append(person)
    teams: dict[str, list[str]] = {}
    for territory, group in by_territory.items():
        numbers = [person.staff_number for person in group]
        teams[f"{territory[:2]}一队"] = [numbers[0], numbers[2]]
        teams[f"{territory[:2]}二队"] = [numbers[1], numbers[3]]
    return teams
