"""What the pages' own files may hold: no inline code, no markup from data, little script, known sentences."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask

from api import language
from api.settings import Settings
from api.web.field_texts import texts

WEB = Path(__file__).resolve().parents[3] / "api" / "web"
SCRIPTS = sorted((WEB / "static").rglob("*.js"))
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
PHONE = [file for file in SCRIPTS if file.parent.name in ("field", "shared")]

MARKUP = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|eval|Function)\b\s*[=(]"
)
INLINE = re.compile(
    r"<style|\sstyle\s*=|\son(?!e\b)[a-z]+\s*=|javascript:"
    r"|<script(?![^>]*(\ssrc=|type=\"application/json\"))",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def sentences() -> dict[str, str]:
    """Give the phone page's sentences, in English."""
    app = Flask("api")
    app.config["SETTINGS"] = Settings()
    language.init_app(app)
    with app.test_request_context("/field/"):
        return texts()


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_script_makes_no_markup_from_strings(file: Path) -> None:
    """Data becomes text nodes: no script of ours uses innerHTML or its like."""
    assert MARKUP.findall(file.read_text("utf-8")) == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_template_has_nothing_inline(file: Path) -> None:
    """The content security policy allows only files of ours: no inline script, style or handler."""
    assert [match.group() for match in INLINE.finditer(file.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "text", ["a.innerHTML = b", "document.write(x)", "eval(x)"], ids=["innerHTML", "write", "eval"]
)
def test_markup_from_strings_is_seen(text: str) -> None:
    """The guard can fail."""
    assert MARKUP.search(text)


@pytest.mark.parametrize("text", ["<p style='x'>", "<a onclick=x>", "<script>", "<style>", '<script type="module">'])
def test_inline_code_is_seen(text: str) -> None:
    """The guard can fail."""
    assert INLINE.search(text)


def test_the_phone_page_is_light() -> None:
    """All scripts of the phone page are at most 60 kB compressed, one by one as they are sent (without Leaflet)."""
    assert sum(len(gzip.compress(file.read_bytes())) for file in PHONE) <= 60_000


def test_nothing_from_outside_is_asked_for() -> None:
    """First paint needs no other host: no file of ours names one (but the names of XML vocabularies)."""
    files = [*SCRIPTS, *TEMPLATES, *(WEB / "static").rglob("*.css")]
    found = {file.name: re.findall(r"https?://(?!www\.w3\.org/)[\w.-]+", file.read_text("utf-8")) for file in files}
    assert {name: hosts for name, hosts in found.items() if hosts} == {}


def test_the_phone_page_has_every_sentence_it_says(sentences: dict[str, str]) -> None:
    """A key in a script is a key of `texts()`, and no sentence there is left unused."""
    source = "\n".join(file.read_text("utf-8") for file in PHONE)
    forms = {f"{key}.{form}" for key in re.findall(r"\btn\(\"([\w.]+)\"", source) for form in ("one", "other")}
    asked = set(re.findall(r"\bt\(\"([\w.]+)\"", source)) | forms
    prefixes = tuple(re.findall(r"`([a-z]+\.(?:\w+\.)*)\$\{", source))
    literals = set(re.findall(r"\"([\w.]+)\"", source)) | forms
    assert sorted(asked - sentences.keys()) == []
    assert [prefix for prefix in prefixes if not any(key.startswith(prefix) for key in sentences)] == []
    assert sorted(key for key in sentences if key not in literals and not key.startswith(prefixes)) == []
