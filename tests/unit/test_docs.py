"""README and docs: what they link to, tell to type and tell to press is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from babel.messages.pofile import read_po

from api.app import create_app
from api.settings import Settings
from tools.reference import BESIDE, commands, variable_of

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:flask --app wsgi|^ *rounds|`rounds) (?P<words>[^`\n|;>)]+)", re.MULTILINE)
FOLDERS = "api|bench|docs|routing|schemas|tests|tools"


def named(page: Path) -> str:
    """Return a page's path in the repository, as the test's name."""
    return str(page.relative_to(ROOT))


each_page = pytest.mark.parametrize("page", PAGES, ids=named)


def text_of(page: Path) -> str:
    """Return a page's text."""
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """Return a page without its code."""
    return CODE.sub("", text_of(page))


def code(page: Path) -> str:
    """Return only the code of a page: blocks and spans."""
    return "\n".join(CODE.findall(text_of(page)))


def local_links(page: Path) -> Iterator[tuple[str, str]]:
    """Yield path and anchor of each link into the repository."""
    for found in LINK.finditer(prose(page)):
        if "://" not in found["target"] and not found["target"].startswith("mailto:"):
            path, _, anchor = unquote(found["target"]).partition("#")
            yield path, anchor


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@cache
def flask_commands() -> dict[tuple[str, ...], click.Command]:
    """Return our commands by their words."""
    return dict(commands(create_app(Settings(database_url="sqlite://"))))


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    """A link into the repository names a file that is there, and a heading that is in it."""
    for path, anchor in local_links(page):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert target.is_relative_to(ROOT), path
        if anchor:
            assert anchor in anchors(target), f"{path}#{anchor}"


def test_every_page_is_reached_from_the_readme() -> None:
    """A page that nothing links to is read by nobody."""
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        waiting += [(page.parent / path).resolve() for path, _ in local_links(page) if path]
        waiting += [child for folder in waiting if folder.is_dir() for child in folder.glob("*.md")]
    assert [named(page) for page in PAGES if page not in reached] == []


@each_page
def test_every_path_in_the_repository_is_there(page: Path) -> None:
    """Files and folders that a page names exist under that name."""
    for path in re.findall(rf"`((?:{FOLDERS})/[\w./*-]*)`", text_of(page)):
        assert list(ROOT.glob(path.rstrip("/"))), path


@each_page
def test_every_make_target_exists(page: Path) -> None:
    """`make x` is typed as it stands."""
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named_targets = set(re.findall(r"(?:^|`|-- )make ([a-z][a-z-]*)", code(page), re.MULTILINE))
    assert named_targets <= targets


@each_page
def test_every_command_exists_with_its_options(page: Path) -> None:
    """`flask --app wsgi …` (in the operator's guide: `rounds …`) names a command, and options that it has."""
    for found in COMMAND.finditer(code(page)):
        words = shlex.split(found["words"].split("2>")[0], comments=True)
        if words[0] in ("…", '"$@"', "$@"):
            continue
        command = flask_commands().get((words[0],)) or flask_commands().get(tuple(words[:2]))
        assert command is not None, found[0]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, found[0]


@each_page
def test_every_setting_that_is_mentioned_exists(page: Path) -> None:
    """ROUNDS_… is a setting of the service or a variable of the tests."""
    known = {variable_of(entry.name) for entry in fields(Settings)} | set(BESIDE)
    assert set(re.findall(r"\bROUNDS_[A-Z_]*[A-Z]", text_of(page))) <= known


@cache
def words_of_the_pages(*, chinese: bool) -> frozenset[str]:
    """Return what console and phone page say, in Chinese or as it stands in the code; figures and times as #."""
    with (ROOT / "api/web/translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as stream:
        entries = [entry for entry in read_po(stream) if isinstance(entry.id, str) and entry.id]
    return frozenset(without_figures(str(entry.string if chinese else entry.id)) for entry in entries)


def without_figures(text: str) -> str:
    """Return a text with # for each figure, time or placeholder."""
    return re.sub(r"\{\w+\}|%\(\w+\)s|\d[\d:]*", "#", text)


@pytest.mark.parametrize(
    "name", ["collector.md", "coordinator.md", "first-routes.md", "collector.zh-Hans.md", "first-routes.zh-Hans.md"]
)
def test_every_button_that_a_guide_names_is_on_a_page(name: str) -> None:
    """What stands in bold is what the reader sees on the screen, word for word."""
    bold = re.findall(r"\*\*(.+?)\*\*", prose(ROOT / "docs" / "how-to" / name))
    parts = {without_figures(part) for phrase in bold for part in phrase.split(" · ")}
    assert parts
    assert parts - words_of_the_pages(chinese=".zh-" in name) == set()


@pytest.mark.parametrize("name", ["collector", "first-routes"])
def test_the_chinese_guide_is_the_same_guide(name: str) -> None:
    """Both languages of a guide have the same headings, steps, tables, pictures and blocks to type."""
    english, chinese = (text_of(ROOT / "docs" / "how-to" / f"{name}{end}.md") for end in ("", ".zh-Hans"))
    for marks in (r"^#+ ", r"^\d\. ", r"^\| ", r"^- ", r"^!\[", r"^```sh"):
        assert len(re.findall(marks, english, re.MULTILINE)) == len(re.findall(marks, chinese, re.MULTILINE)), marks


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "pictures").glob("*")), ids=named)
def test_pictures_are_small_and_shown(picture: Path) -> None:
    """A clone is not slowed down by pictures, and none lies there unused."""
    assert picture.suffix in {".png", ".svg"}
    assert picture.stat().st_size < 150_000
    assert any(picture.name in text_of(page) for page in PAGES)
