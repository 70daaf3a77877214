"""Every setting of the service: its meaning, its default, and the environment variable that sets it.

The variable of a setting is ``ROUNDS_`` and its name in capitals. The reference in
docs/reference/settings.md is generated from this file.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.travel.fetch import WrongAddress, base_url, networks
from routing.travel.parameters import PROFILES
from schemas.ledger.coordinates import Area


class SettingError(ValueError):
    """A setting cannot be used; the message names the variable and the remedy."""


LANGUAGES = ("en", "zh-Hans", "zh-Hant")
NAVIGATIONS = ("geo", "amap", "baidu", "tencent", "google", "apple")
POLICIES = tuple(sorted(file.stem for file in (Path(__file__).parents[1] / "routing/data/policies").glob("*.toml")))
ROADS = ("built", "service", "none")
DATABASES = ("sqlite:", "postgresql+psycopg:")


def setting(
    default: Any, meaning: str, *, least: int = 1, choices: tuple[str, ...] = (), begins: tuple[str, ...] = ()
) -> Any:
    """Declare a setting: its default, the sentence that explains it, and what values it may have.

    ``least`` bounds a number; a text is one of ``choices``, or begins with one of ``begins``.
    """
    bounds = {"least": least, "choices": choices, "begins": begins}
    return field(default=default, metadata={"meaning": meaning, **bounds})


@dataclass(frozen=True)
class Settings:
    """The settings of one running service."""

    database_url: str = setting(
        "sqlite:///var/rounds.db", "Where data is kept: sqlite:/// or postgresql+psycopg://.", begins=DATABASES
    )
    jobs_url: str = setting(
        "sqlite:///var/jobs.db", "Where background work is kept; SQLite or PostgreSQL.", begins=DATABASES
    )
    data_key: str = setting("", "Seals id and phone numbers: 32 bytes in base64. Losing it loses those numbers.")
    time_zone: str = setting("Asia/Shanghai", "The county's time zone; days and contact hours are counted in it.")
    language: str = setting("en", "Language where the reader asks for none: en, zh-Hans or zh-Hant.", choices=LANGUAGES)
    policy: str = setting(
        "cn", "Conduct policy that binds planning (a file in routing/data/policies).", choices=POLICIES
    )
    area: str = setting(
        "",
        "The lender's area as south,west,north,east in degrees (WGS-84): places of a ledger outside it are not used. "
        "Empty: what lies far from every branch, town and village known.",
    )
    max_upload_mb: int = setting(50, "Largest ledger accepted, in megabytes.")
    max_json_kb: int = setting(2048, "Largest JSON body accepted, in kilobytes.")
    max_outcomes: int = setting(200, "Most outcomes in one batch.")
    plan_seconds: int = setting(
        2, "Seconds the optimiser may use for one territory and day; half as many for each further day of a plan."
    )
    plan_limit_seconds: int = setting(
        60, "A solve of one territory and day is ended after this many seconds; half as many for each further day."
    )
    solve_processes: int = setting(2, "Territories solved at the same time.")
    roads: str = setting(
        "built",
        "Roads that plans go by: built (made by `flask roads build`; straight lines as long as there are none), "
        "service (OSRM at ROUNDS_ROADS_URL) or none.",
        choices=ROADS,
    )
    roads_dir: str = setting("var/roads", "Folder of road data, its calibration and the ways kept between days.")
    roads_profile: str = setting("car", "How teams get about: car, motorcycle or foot.", choices=PROFILES)
    roads_limit_metres: int = setting(
        2000, "Farther than this from any road nobody is sent on foot: such a door is left out with its reason."
    )
    roads_url: str = setting(
        "", "OSRM's service, e.g. http://osrm.bank.example:5000. It is told coordinates: let it be your own."
    )
    roads_networks: str = setting(
        "", "Networks in which OSRM's service may lie although they are this machine or its link, e.g. 127.0.0.0/8."
    )
    roads_version: str = setting(
        "unnamed", "Name of the service's road data, which plans record. Change it when the data changes."
    )
    roads_request_places: int = setting(
        100, "Most places in one request to the service (its --max-table-size), at least 2.", least=2
    )
    roads_request_seconds: int = setting(10, "Seconds that one request to the service may take.")
    roads_seconds: int = setting(60, "Seconds that it may take to find all ways of one territory.")
    roads_cache_mb: int = setting(500, "Largest size of the ways kept between days, in megabytes.")
    roads_cache_days: int = setting(30, "Days after which a way that the service told is asked for again.")
    access_minutes: int = setting(60, "Life of an access token, in minutes.")
    refresh_days: int = setting(60, "Life of a refresh token, in days; phones may be offline for weeks.")
    session_hours: int = setting(10, "Life of a console session, in hours.")
    enrolment_hours: int = setting(48, "Life of an enrolment code, in hours.")
    guesses_per_minute: int = setting(20, "Failed sign-ins and codes allowed a minute from one address.")
    cookie_secure: bool = setting(True, "Send the console's cookie over HTTPS only; off for a demo on 127.0.0.1.")
    trusted_proxies: int = setting(0, "Proxies in front whose X-Forwarded-For is believed.", least=0)
    navigation: str = setting(
        "geo", "Links for driving there: geo, amap, baidu, tencent, google or apple.", choices=NAVIGATIONS
    )
    door_links: bool = setting(True, "Navigation links carry the door's coordinate; otherwise the village's.")
    tiles_url: str = setting("", "Map tiles, e.g. https://tiles.example/{z}/{x}/{y}.png; empty: none are asked for.")
    tiles_credit: str = setting("", "The credit line that the tile provider asks for.")

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingError(f"ROUNDS_TIME_ZONE: unknown time zone {self.time_zone!r}; try Asia/Shanghai.") from error
        for entry in fields(self):
            _require_allowed(f"ROUNDS_{entry.name.upper()}", getattr(self, entry.name), entry.metadata)
        _require_roads(self)
        self.box()

    @property
    def zone(self) -> ZoneInfo:
        """The county's time zone."""
        return ZoneInfo(self.time_zone)

    def box(self) -> Area | None:
        """Return the lender's area, None where no box is set. Raises SettingError for what is none."""
        if not self.area:
            return None
        try:
            south, west, north, east = map(float, self.area.split(","))
        except ValueError:
            south = north = west = east = 0
        if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
            raise SettingError(f"ROUNDS_AREA: {self.area!r} is not south,west,north,east in degrees.")
        return Area(south, west, north, east)

    def key(self) -> bytes:
        """Return the data key, 32 bytes. Raises SettingError if it is missing or malformed."""
        try:
            key = base64.b64decode(self.data_key, validate=True)
        except ValueError:
            key = b""
        if len(key) != 32:
            raise SettingError("ROUNDS_DATA_KEY must be 32 bytes in base64. Make one with: flask --app wsgi data-key")
        return key

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings from ROUNDS_… variables, then from var/settings.env for what is unset.

        Raises SettingError naming the variable.
        """
        values: dict[str, str] = {**_read_file(Path("var/settings.env")), **(environment or os.environ)}
        hints = get_type_hints(cls)
        given: dict[str, Any] = {}
        for entry in fields(cls):
            variable = f"ROUNDS_{entry.name.upper()}"
            if variable in values:
                given[entry.name] = _convert(variable, values[variable], hints[entry.name])
        return cls(**given)


def _require_allowed(variable: str, value: Any, bounds: Mapping[str, Any]) -> None:
    if isinstance(value, int) and not isinstance(value, bool) and value < bounds["least"]:
        raise SettingError(f"{variable}: {value} is less than {bounds['least']}.")
    if bounds["choices"] and value not in bounds["choices"]:
        raise SettingError(f"{variable}: {value!r} is not one of {', '.join(bounds['choices'])}.")
    if bounds["begins"] and not value.startswith(bounds["begins"]):
        raise SettingError(f"{variable}: the value does not begin with {' or '.join(bounds['begins'])}.")


def _require_roads(settings: Settings) -> None:
    try:
        variable = "ROUNDS_ROADS_NETWORKS"
        networks(settings.roads_networks)
        variable = "ROUNDS_ROADS_URL"
        if settings.roads == "service":
            base_url(settings.roads_url)
    except WrongAddress as error:
        raise SettingError(f"{variable}: {error}.") from error


def _read_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    lines = (line.partition("=") for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {name.strip(): value.strip() for name, equals, value in lines if equals}


def _convert(variable: str, value: str, kind: type) -> Any:
    if kind is bool:
        if value.lower() in ("1", "true", "yes", "on"):
            return True
        if value.lower() in ("0", "false", "no", "off", ""):
            return False
        raise SettingError(f"{variable}: {value!r} is neither yes nor no.")
    if kind is int:
        try:
            return int(value)
        except ValueError as error:
            raise SettingError(f"{variable}: {value!r} is not a whole number.") from error
    return value
