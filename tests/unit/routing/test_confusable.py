"""Signs taken for one another: by their sound, which a library knows, or by their look, which a list says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from routing.confusable import confusion, sounds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("湾", "弯"), ("溪", "希"), ("榨", "诈"), ("磻", "盘"),  # the same syllable, also of rare signs
        ("重", "虫"),  # any reading counts: 重 is zhòng and chóng
        ("石", "四"), ("柳", "扭"), ("陈", "程"),  # sh/s, l/n, -n/-ng: dialects do not keep them apart
        ("黄", "王"),
    ],
)  # fmt: skip
def test_signs_of_one_sound_are_homophones(one: str, other: str) -> None:
    """Whoever types by sound takes one for the other, whatever the tone."""
    assert confusion(one, other) == confusion(other, one) == "homophone"


def test_signs_of_one_look_are_look_alikes() -> None:
    """Read from handwriting, 未 is 末; signs with nothing in common are not confused."""
    assert confusion("未", "末") == "look_alike"
    assert confusion("湾", "坪") is None


@pytest.mark.parametrize("sign", ["a", "3", "ᠠ", "😀", "㐂", "\u4dff"])
def test_what_has_no_reading_sounds_like_nothing(sign: str) -> None:
    """Names are in any script: a sign without a Chinese reading is no homophone of any, nor an error."""
    assert sounds(sign) == frozenset()
    assert confusion(sign, "湾") is None


def test_readings_cost_memory_only_when_names_are_compared() -> None:
    """The planner alone, and a phone's request, never load the readings."""
    code = "import sys, routing.villages, routing.households; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
