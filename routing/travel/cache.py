"""Road legs kept on disk between days, so that tomorrow's plan asks for new doors only.

A folder for each version of road data and profile; in it a file for each place with the legs that begin there, and
the salt with which places become names: neither name nor content of a file tells where a door is. Files are written
beside and renamed, and end with a checksum, so that a reader of another process sees the old one, the new one or,
after a power cut, a damaged one that counts as absent. Writers wait for one another. When the whole is larger than
its limit, the files that were not asked for the longest go first. Losing the folder costs time, nothing else.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import struct
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.problem import Place
from routing.travel.roads import UNKNOWN, RoadLegs

_MAGIC: Final = b"rlegs1\n\0"
#: Magic, number of legs, gap of the place.
_HEAD: Final = struct.Struct("<8sIi")
_CHECK: Final = struct.Struct("<I")
#: After clearing this share of the limit is left, so that not every write clears.
_LEFT: Final = 0.8

Ids = NDArray[np.uint64]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """The legs from one place: ``targets`` ascending, and the gap to the nearest road."""

    targets: Ids
    seconds: Numbers
    metres: Numbers
    gap: int


class LegCache:
    """Legs in ``folder``, all together at most about ``limit`` bytes, none older than ``max_age`` seconds."""

    def __init__(self, folder: Path, limit: int, max_age: float | None = None) -> None:
        self.folder = folder
        self.limit = limit
        self.max_age = max_age

    def read(self, version: str, places: Sequence[Place]) -> RoadLegs:
        """What is known of all legs between ``places`` in this version of road data."""
        folder = self._folder(version)
        found = RoadLegs.unknown(len(places), len(places))
        salt = _salt(folder) if folder.is_dir() else None
        if salt is None:
            return found
        ids = _ids(places, salt)
        for number, name in enumerate(ids):
            row = self._row(folder / f"{int(name):016x}")
            if row is None:
                continue
            at = np.searchsorted(row.targets, ids).clip(max=len(row.targets) - 1)
            known = row.targets[at] == ids
            found.seconds[number, known] = row.seconds[at[known]]
            found.metres[number, known] = row.metres[at[known]]
            found.source_gaps[number] = found.target_gaps[number] = row.gap
        return found

    def write(self, version: str, places: Sequence[Place], legs: RoadLegs, rows: Iterable[int]) -> None:
        """Keep the legs from the places numbered ``rows`` to all ``places``, beside what is kept of them already."""
        folder = self._folder(version)
        with self._writing():
            folder.mkdir(parents=True, exist_ok=True)
            salt = _salt(folder) or _new_salt(folder)
            ids = _ids(places, salt)
            order = np.argsort(ids)
            for number in rows:
                known = order[legs.seconds[number][order] != UNKNOWN]
                gap = int(legs.source_gaps[number])
                if len(known) and gap != UNKNOWN:
                    file = folder / f"{int(ids[number]):016x}"
                    new = _Row(ids[known], legs.seconds[number][known], legs.metres[number][known], gap)
                    old = self._row(file)
                    made = time.time() if old is None else file.stat().st_mtime
                    _write(file, _merged(old, new))
                    os.utime(file, (time.time(), made))  # as old as the oldest leg in it
            self._clear()

    def size(self) -> int:
        """Bytes of all files."""
        return sum(size for _, size, _ in self._files())

    def _folder(self, version: str) -> Path:
        return self.folder / hashlib.sha256(version.encode()).hexdigest()[:16]

    def _row(self, file: Path) -> _Row | None:
        try:
            made = file.stat().st_mtime
            content = file.read_bytes()
        except FileNotFoundError:
            return None
        row = _parsed(content)
        if row is None or (self.max_age is not None and not 0 <= time.time() - made <= self.max_age):
            return None
        try:
            os.utime(file, (time.time(), made))  # asked for just now, made as before
        except FileNotFoundError:
            return row  # cleared away meanwhile: what was read is good
        return row

    def _files(self) -> list[tuple[float, int, Path]]:
        """When each file was last asked for, its size and path."""
        found = []
        for folder in self.folder.iterdir() if self.folder.is_dir() else ():
            for entry in os.scandir(folder) if folder.is_dir() else ():
                try:
                    stat = entry.stat()
                except FileNotFoundError:
                    continue  # renamed or cleared by another process
                if entry.name != "salt":
                    found.append((stat.st_atime, stat.st_size, Path(entry.path)))
        return found

    def _clear(self) -> None:
        files = self._files()
        total = sum(size for _, size, _ in files)
        if total <= self.limit:
            return
        for _, size, path in sorted(files):
            path.unlink(missing_ok=True)
            total -= size
            if total <= self.limit * _LEFT:
                break

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _ids(places: Sequence[Place], salt: bytes) -> Ids:
    names = (
        hashlib.blake2b(struct.pack("<dd", place.lat, place.lon), digest_size=8, key=salt).digest() for place in places
    )
    return np.frombuffer(b"".join(names), dtype="<u8").astype(np.uint64)


def _salt(folder: Path) -> bytes | None:
    try:
        salt = (folder / "salt").read_bytes()
    except FileNotFoundError:
        return None
    return salt if len(salt) == 32 else None


def _new_salt(folder: Path) -> bytes:
    salt = secrets.token_bytes(32)
    _replace(folder / "salt", salt)
    return salt


def _merged(old: _Row | None, new: _Row) -> _Row:
    """Old and new legs; of a leg that is in both, the new one."""
    if old is None:
        return new
    targets, first = np.unique(np.concatenate([new.targets, old.targets]), return_index=True)
    seconds = np.concatenate([new.seconds, old.seconds])[first]
    metres = np.concatenate([new.metres, old.metres])[first]
    return _Row(targets, seconds, metres, new.gap)


def _write(file: Path, row: _Row) -> None:
    body = b"".join(
        (
            _HEAD.pack(_MAGIC, len(row.targets), row.gap),
            row.targets.astype("<u8").tobytes(),
            row.seconds.astype("<i4").tobytes(),
            row.metres.astype("<i4").tobytes(),
        )
    )
    _replace(file, body + _CHECK.pack(zlib.crc32(body)))


def _replace(file: Path, content: bytes) -> None:
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    beside.replace(file)


def _parsed(content: bytes) -> _Row | None:
    """The legs of a file; None where it is damaged."""
    if len(content) < _HEAD.size + _CHECK.size:
        return None
    magic, number, gap = _HEAD.unpack_from(content)
    body = content[: -_CHECK.size]
    if magic != _MAGIC or number == 0 or len(body) != _HEAD.size + 16 * number:
        return None
    if _CHECK.unpack(content[-_CHECK.size :])[0] != zlib.crc32(body):
        return None
    at = _HEAD.size
    targets = np.frombuffer(body, "<u8", number, at).astype(np.uint64)
    seconds = np.frombuffer(body, "<i4", number, at + 8 * number).astype(np.int32)
    metres = np.frombuffer(body, "<i4", number, at + 12 * number).astype(np.int32)
    return _Row(targets, seconds, metres, gap)
