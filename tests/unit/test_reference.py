"""The pages under docs/reference/ say what the code says."""

from __future__ import annotations

import pytest

from api.wording import TABLE
from tools import reference


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Give the pages as the code makes them now."""
    return reference.pages()


def test_pages_are_current(pages: dict[str, str]) -> None:
    """A change of a setting, reason, call or command brings its page along: python tools/reference.py writes them."""
    assert reference.out_of_date(pages) == [], "run: python tools/reference.py"


def test_every_reason_stands_in_the_reference(pages: dict[str, str]) -> None:
    """Whoever meets a code in an answer finds it there."""
    assert [code for code in TABLE if f"`{code}`" not in pages["reasons.md"]] == []


def test_every_reason_of_a_visit_has_its_meaning() -> None:
    """The tables in routing.visits explain each code that a sentence speaks of."""
    from api.wording.visits import VISITS

    assert [code for code in VISITS if not reference._meanings_of_visits().get(code)] == []
