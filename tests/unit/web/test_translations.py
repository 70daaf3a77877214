"""The catalogues: every sentence of the code stands in each of them, translated, and the compiled files are current."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from schemas.ledger.vocabulary import plain
from schemas.setup_sheets import setup_sheets

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "api" / "web" / "translations"
LANGUAGES = ("zh_Hans", "zh_Hant")
# The same as in tools/translations.sh.
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "n": None, "ValidationError": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")


def catalogue(language: str) -> Catalog:
    """Read a committed catalogue."""
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def sentences_of(found: Catalog) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give each message as its English forms and its translated forms."""
    for message in found:
        if message.id:
            ids, strings = message.id, message.string
            yield (ids if isinstance(ids, tuple) else (ids,)), (strings if isinstance(strings, tuple) else (strings,))


@pytest.fixture(scope="module")
def spoken() -> set[str]:
    """Give the first English form of every sentence that the code says."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = set()
    for part in ("api", "schemas"):
        mapping = [(path.removeprefix(f"{part}/"), method) for path, method in methods if path.startswith(part)]
        chosen = {path.removeprefix(f"{part}/"): value for path, value in options.items()}
        for row in extract_from_dir(ROOT / part, mapping, chosen, keywords=KEYWORDS):
            message = row[2]
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_code_is_translated(language: str, spoken: set[str]) -> None:
    """Whoever adds a sentence translates it: `tools/translations.sh update`, then the .po files, then `compile`."""
    translated = {ids[0] for ids, strings in sentences_of(catalogue(language)) if all(strings)}
    assert sorted(spoken - translated) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_kept_that_nobody_says(language: str, spoken: set[str]) -> None:
    """A catalogue holds what the code says and nothing else, so its reader reads what is shown."""
    assert sorted({ids[0] for ids, _strings in sentences_of(catalogue(language))} - spoken) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_facts(language: str) -> None:
    """Each placeholder of the English sentence stands in its translation, and no other."""
    wrong = []
    for ids, strings in sentences_of(catalogue(language)):
        allowed = set(PLACEHOLDER.findall(" ".join(ids)))
        wrong += [ids[0] for text in strings if text and set(PLACEHOLDER.findall(text)) != allowed]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_current(language: str) -> None:
    """The .mo file that the service reads is compiled from the .po file beside it."""
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    assert (FOLDER / language / "LC_MESSAGES" / "messages.mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["branches", "territories", "people", "groups", "teams", "shifts"])
def test_sheets_of_the_setup_workbook_are_called_as_on_the_pages(language: str, key: str) -> None:
    """One name for one thing: what a page calls teams is not another word in the workbook it asks for."""
    message = catalogue(language).get(key.capitalize())
    assert message is not None
    assert setup_sheets().sheets[key].titles[language.replace("_", "-")] == message.string


@pytest.mark.parametrize("title", ["小组", "小組", "小队", "小隊"])
def test_a_sheet_of_teams_may_bear_its_former_name(title: str) -> None:
    """Workbooks filled in before the sheet was renamed are still read."""
    assert setup_sheets().titles[plain(title)] == "teams"
