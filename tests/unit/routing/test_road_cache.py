"""Road legs kept on disk."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.problem import Place
from routing.travel.cache import LegCache
from routing.travel.roads import UNKNOWN
from tests.unit.routing.days import at
from tests.unit.routing.road_cases import SetRoads, same

ROOT = Path(__file__).resolve().parents[3]
PLACES = [at(n, n * n % 7) for n in range(12)]
LEGS = SetRoads().legs(PLACES, PLACES)
EVERY = range(len(PLACES))


def files(folder: Path) -> list[Path]:
    return sorted(f for f in folder.rglob("*") if f.is_file() and f.name not in ("salt", "lock"))


def test_what_is_kept_is_read_again_in_any_order(tmp_path: Path) -> None:
    """Legs belong to places, not to positions in a question."""
    LegCache(tmp_path, 10**6).write("one/car", PLACES, LEGS, EVERY)
    back = PLACES[::-1]
    assert same(LegCache(tmp_path, 10**6).read("one/car", back), SetRoads().legs(back, back))


@given(st.lists(st.lists(st.sampled_from(range(12)), min_size=1, unique=True), max_size=5))
def test_many_small_writes_are_one_large_one(tmp_path_factory: pytest.TempPathFactory, days: list[list[int]]) -> None:
    """Each day adds its legs to those of the days before; none is lost, none is invented."""
    cache, known = LegCache(tmp_path_factory.mktemp("legs"), 10**6), set()
    for chosen in days:
        places = [PLACES[n] for n in chosen]
        cache.write("one/car", places, SetRoads().legs(places, places), range(len(places)))
        known |= {(a, b) for a in chosen for b in chosen}
    found = cache.read("one/car", PLACES).seconds
    for a in EVERY:
        for b in EVERY:
            assert found[a, b] == (LEGS.seconds[a, b] if (a, b) in known else UNKNOWN)


@pytest.mark.parametrize("version", ["two/car", "one/foot"])
def test_another_version_or_profile_knows_nothing_of_it(tmp_path: Path, version: str) -> None:
    """New road data begins empty; a walker never gets a driver's legs."""
    cache = LegCache(tmp_path, 10**6)
    cache.write("one/car", PLACES, LEGS, EVERY)
    assert (cache.read(version, PLACES).seconds == UNKNOWN).all()


def test_neither_names_nor_contents_tell_where_a_door_is(tmp_path: Path) -> None:
    """No coordinate is in it, as number or as text, and another salt gives other names."""
    place = Place(29.612345, 106.512345)
    legs = SetRoads().legs([place], [place])
    for folder in ("a", "b"):
        LegCache(tmp_path / folder, 10**6).write("one/car", [place], legs, [0])
    for file in files(tmp_path):
        content = file.read_bytes()
        for number in (place.lat, place.lon):
            assert struct.pack("<d", number) not in content
            assert struct.pack("<f", number) not in content
            assert str(number).encode() not in content
    assert files(tmp_path / "a")[0].name != files(tmp_path / "b")[0].name
    assert all(file.stat().st_mode & 0o077 == 0 for file in files(tmp_path))


@pytest.mark.parametrize("keep", [0, 3, 12, 40, -1])
def test_a_torn_file_counts_as_absent(tmp_path: Path, keep: int) -> None:
    """A power cut leaves a file cut short: that place is asked again, the others are known."""
    cache = LegCache(tmp_path, 10**6)
    cache.write("one/car", PLACES, LEGS, EVERY)
    torn = files(tmp_path)[3]
    torn.write_bytes(torn.read_bytes()[:keep])
    found = cache.read("one/car", PLACES).seconds
    lost = (found == UNKNOWN).all(axis=1)
    assert lost.sum() == 1
    assert (found[~lost] == LEGS.seconds[~lost]).all()


@given(st.integers(0, 207), st.integers(0, 7))
def test_one_wrong_bit_is_noticed(tmp_path_factory: pytest.TempPathFactory, byte: int, bit: int) -> None:
    """No damaged figure becomes a leg of somebody's day."""
    cache = LegCache(tmp_path_factory.mktemp("legs"), 10**6)
    cache.write("one/car", PLACES, LEGS, [0])
    (file,) = files(cache.folder)
    content = bytearray(file.read_bytes())
    content[byte % len(content)] ^= 1 << bit
    file.write_bytes(content)
    assert (cache.read("one/car", PLACES).seconds[0] == UNKNOWN).all()


def test_the_folder_keeps_to_its_limit_and_loses_what_was_not_asked_for(tmp_path: Path) -> None:
    """Old legs go first; what was read lately stays."""
    cache = LegCache(tmp_path, 10**6)
    cache.write("old/car", PLACES, LEGS, EVERY)
    cache.write("mid/car", PLACES, LEGS, EVERY)
    past = time.time() - 9_000
    for number, file in enumerate(files(tmp_path)):
        os.utime(file, (past + number, past))
    cache.read("old/car", PLACES)
    limit = int(cache.size() * 1.4)
    small = LegCache(tmp_path, limit)
    small.write("new/car", PLACES, LEGS, EVERY)
    assert small.size() <= limit
    assert same(small.read("new/car", PLACES), LEGS)
    known = [(small.read(f"{name}/car", PLACES).seconds != UNKNOWN).sum() for name in ("old", "mid")]
    assert known[0] > known[1]


def test_legs_of_a_service_without_a_version_grow_old(tmp_path: Path) -> None:
    """Past their age they are asked again, also where newer legs from the same place were added."""
    LegCache(tmp_path, 10**6).write("unnamed/car", PLACES[:6], SetRoads().legs(PLACES[:6], PLACES[:6]), range(6))
    month = time.time() - 31 * 86_400
    for file in files(tmp_path):
        os.utime(file, (month, month))
    LegCache(tmp_path, 10**6).write("unnamed/car", PLACES, LEGS, [0])
    found = LegCache(tmp_path, 10**6, max_age=30 * 86_400).read("unnamed/car", PLACES)
    assert (found.seconds == UNKNOWN).all()
    assert (LegCache(tmp_path, 10**6).read("unnamed/car", PLACES).seconds[0] != UNKNOWN).all()


_WRITER = """
import sys
from pathlib import Path
from routing.travel.cache import LegCache
from tests.unit.routing.road_cases import SetRoads
from tests.unit.routing.test_road_cache import PLACES
first, cache = int(sys.argv[1]), LegCache(Path(sys.argv[2]), 10**6)
for turn in range(15):
    some = [PLACES[0], PLACES[1 + (first + 2 * turn) % 11]]
    cache.write("one/car", some, SetRoads().legs(some, some), range(2))
"""


def test_two_processes_write_the_same_place_and_lose_nothing(tmp_path: Path) -> None:
    """All that both wrote of the legs from one place is there afterwards, and readers meanwhile see no wrong leg."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(first), str(tmp_path)], env=environment)
        for first in (0, 1)
    ]
    cache, wrong = LegCache(tmp_path, 10**6), []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            found = cache.read("one/car", PLACES).seconds
            wrong.append(bool(((found != UNKNOWN) & (found != LEGS.seconds)).any()))

    reader = threading.Thread(target=look)
    reader.start()
    codes = [writer.wait(120) for writer in writers]
    done.set()
    reader.join()
    assert codes == [0, 0]
    assert wrong
    assert not any(wrong)
    assert np.array_equal(cache.read("one/car", PLACES).seconds[0], LEGS.seconds[0])
