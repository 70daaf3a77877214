"""Settings: read from the environment, explained, and refused by name where they cannot be used."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from api.app import create_app
from api.navigation import link
from api.settings import NAVIGATIONS, SettingError, Settings

ROOT = Path(__file__).resolve().parents[2]
NAMES = [entry.name for entry in fields(Settings)]
NUMBERS = [entry.name for entry in fields(Settings) if type(entry.default) is int]
YES_OR_NO = [entry.name for entry in fields(Settings) if type(entry.default) is bool]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let each test start in a folder without var/settings.env."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_says_what_it_does(name: str) -> None:
    """The reference is made of these sentences: each is there, begins with a capital and ends with a full stop."""
    meaning = next(entry.metadata["meaning"] for entry in fields(Settings) if entry.name == name)
    assert re.fullmatch(r"[A-Z].{10,}\.", meaning)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_used(name: str) -> None:
    """A setting that nothing reads would be a promise that is not kept."""
    files = [*(ROOT / "api").rglob("*.py"), *(ROOT / "api" / "web" / "templates").rglob("*.html")]
    users = [file for file in files if re.search(rf"\.{name}\b", file.read_text(encoding="utf-8"))]
    assert users


def test_nothing_set_gives_the_defaults() -> None:
    """A service starts without any setting, on SQLite."""
    assert Settings.from_environment({"PATH": "/bin"}) == Settings()


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("wrong", ["many", "1.5", "", "-1"])
def test_a_number_that_is_none_is_refused_by_name(name: str, wrong: str) -> None:
    """Counts, seconds and sizes are whole numbers and not negative; the message names the variable."""
    variable = f"ROUNDS_{name.upper()}"
    with pytest.raises(SettingError, match=f"^{variable}: "):
        Settings.from_environment({variable: wrong})


@pytest.mark.parametrize("name", [name for name in NUMBERS if name != "trusted_proxies"])
def test_nought_of_something_needed_is_refused(name: str) -> None:
    """No seconds, no processes, no room: with zero of it nothing would work."""
    with pytest.raises(SettingError, match=f"^ROUNDS_{name.upper()}: 0 "):
        Settings.from_environment({f"ROUNDS_{name.upper()}": "0"})


@pytest.mark.parametrize("name", YES_OR_NO)
@pytest.mark.parametrize(("said", "meant"), [("yes", True), ("On", True), ("1", True), ("no", False), ("FALSE", False)])
def test_yes_and_no_in_the_usual_spellings(name: str, said: str, meant: bool) -> None:
    """People write yes, on, true and 1 for the same thing."""
    assert getattr(Settings.from_environment({f"ROUNDS_{name.upper()}": said}), name) is meant


@pytest.mark.parametrize("name", YES_OR_NO)
def test_neither_yes_nor_no_is_refused_by_name(name: str) -> None:
    """A typing error must not quietly switch something off."""
    with pytest.raises(SettingError, match=f"^ROUNDS_{name.upper()}: 'maybe' "):
        Settings.from_environment({f"ROUNDS_{name.upper()}": "maybe"})


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("ROUNDS_TIME_ZONE", "Asia/Nowhere"),
        ("ROUNDS_TIME_ZONE", "../etc/passwd"),
        ("ROUNDS_LANGUAGE", "zh"),
        ("ROUNDS_NAVIGATION", "waze"),
        ("ROUNDS_POLICY", "atlantis"),
        ("ROUNDS_DATABASE_URL", "mysql://db/rounds"),
        ("ROUNDS_DATABASE_URL", ""),
        ("ROUNDS_JOBS_URL", "redis://db"),
    ],
)
def test_a_value_nobody_knows_is_refused_by_name(variable: str, wrong: str) -> None:
    """It fails at start, not in the night when the value is first used."""
    with pytest.raises(SettingError, match=f"^{variable}: "):
        Settings.from_environment({variable: wrong})


def test_a_refused_database_keeps_its_password_to_itself() -> None:
    """Start-up messages go to logs, and the address of a database holds a password."""
    with pytest.raises(SettingError) as refused:
        Settings.from_environment({"ROUNDS_DATABASE_URL": "postgres://rounds:secret@db/rounds"})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("wrong", ["short", "c2hvcnQ=", "%%%"])
def test_a_data_key_that_is_none_is_refused_at_start(wrong: str) -> None:
    """A service that cannot seal numbers does not start; the message says how to make a key."""
    with pytest.raises(SettingError, match=r"ROUNDS_DATA_KEY .* data-key"):
        create_app(Settings(database_url="sqlite://", data_key=wrong))


def test_the_environment_goes_before_the_file(empty_folder: Path) -> None:
    """var/settings.env is for what the environment leaves open; comments and blank lines mean nothing."""
    (empty_folder / "var").mkdir()
    text = "# mine\n\nROUNDS_LANGUAGE = zh-Hans\nROUNDS_PLAN_SECONDS=9\n"
    (empty_folder / "var" / "settings.env").write_text(text, encoding="utf-8")
    found = Settings.from_environment({"ROUNDS_PLAN_SECONDS": "5"})
    assert (found.language, found.plan_seconds) == ("zh-Hans", 5)


@pytest.mark.parametrize("kind", NAVIGATIONS)
def test_every_kind_of_navigation_has_its_link(kind: str) -> None:
    """What the setting offers is what a phone can open."""
    assert re.match(r"(geo:|https://)", link(kind, 30.45, 105.95, 3))
