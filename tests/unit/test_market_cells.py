"""What people write into a cell about market days is read as they mean it, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from routing.market_days import CYCLES, days_of
from schemas.market_days import MarketDaysForm, read_market_days, write_market_days
from schemas.setup_sheets import LANGUAGES


@st.composite
def values(draw: st.DrawFn) -> dict[str, Any]:
    """Any market days."""
    cycle = draw(st.sampled_from(CYCLES))
    days = draw(st.sets(st.sampled_from(sorted(days_of(cycle))), min_size=1))
    return {"cycle": cycle, "days": sorted(days)}


@given(values(), st.sampled_from(LANGUAGES))
def test_what_is_written_is_read_again(value: dict[str, Any], language: str) -> None:
    """A filled workbook comes back unchanged, in each language; the API takes the same."""
    assert read_market_days(write_market_days(value, language)) == value
    assert MarketDaysForm().load(value) == value


@pytest.mark.parametrize(
    ("text", "cycle", "days"),
    [
        ("农历逢一四七", "lunar", [1, 4, 7]), ("農曆 三、六、九", "lunar", [3, 6, 9]),
        ("农历258场", "lunar", [2, 5, 8]),
        ("公历逢5逢10", "month", [0, 5]), ("calendar 5, 0", "month", [0, 5]), ("lunar 1 4 7", "lunar", [1, 4, 7]),
        ("星期三,星期天", "week", [3, 7]), ("每周日", "week", [7]), ("周二、五", "week", [2, 5]),
        ("Wed and Sunday", "week", [3, 7]),
    ],
)  # fmt: skip
def test_the_usual_ways_to_say_it_are_read(text: str, cycle: str, days: list[int]) -> None:
    """As coordinators write it in Chinese and English."""
    assert read_market_days(text) == {"cycle": cycle, "days": days}


@pytest.mark.parametrize(
    "text", ["逢147", "农历", "农历 15", "农历初一", "公历五十", "sunny monkeys", "农历周一", "8", "lunar eleven"]
)
def test_what_is_not_plain_is_not_guessed(text: str) -> None:
    """Which calendar, or whether 15 is one day or two, is for the coordinator to say."""
    assert read_market_days(text) is None


@pytest.mark.parametrize("days", [[0], [8], [], ["1"], list(range(11))])
def test_the_api_refuses_days_that_a_week_does_not_have(days: list[Any]) -> None:
    """Each is an error at its field."""
    with pytest.raises(ValidationError) as caught:
        MarketDaysForm().load({"cycle": "week", "days": days})
    assert "days" in caught.value.normalized_messages()
