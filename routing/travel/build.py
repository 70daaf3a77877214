"""Road data for :mod:`routing.travel.osrm_built`, made from an extract of OpenStreetMap, and its versions.

A folder of roads holds ``versions/NAME/PROFILE/roads.osrm.*`` and the file ``current`` with the name of the version
in use. NAME tells file, content, OSRM's release and our profiles, so that the same name is always the same roads: a
finished version never changes. What is unfinished lies in ``building-…``; a version appears, and the use of it
begins, by one rename each, so nobody ever reads half of one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess  # nosec B404: no shell, OSRM's own programs
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version as release_of
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from routing.travel.parameters import PROFILES
from routing.travel.roads import RoadsError

_OWN_PROFILES: Final = Path(__file__).parents[1] / "data" / "roads"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_LOG: Final = "build.log"

#: Told (steps done, steps in all, what is done next: profile and step).
OnStep = Callable[[int, int, str], None]

#: Why road data was not built or a version not used.
BUILD_FAILURES: Mapping[str, str] = {
    "roads_being_built": "Another command builds, switches or removes road data in this folder.",
    "roads_build_failed": "OSRM ended a step with an error (profile, step, says: its own words).",
    "roads_no_such_version": "There is no version of that name (version).",
    "roads_in_use": "The version in use cannot be removed (version).",
}


class RoadFolder:
    """A folder of road data."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.versions = path / "versions"

    def current(self) -> str | None:
        """The name of the version in use, None before the first build."""
        try:
            name = (self.path / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        return name if _NAME.fullmatch(name) else None

    def names(self) -> list[str]:
        """The names of all versions, the oldest first."""
        if not self.versions.is_dir():
            return []
        folders = [folder for folder in self.versions.iterdir() if folder.is_dir()]
        return [folder.name for folder in sorted(folders, key=lambda folder: (folder.stat().st_mtime, folder.name))]

    def profiles(self, name: str) -> list[str]:
        """The profiles that a version has been built for."""
        return [profile for profile in PROFILES if (self.versions / name / profile).is_dir()]

    def size(self, name: str) -> int:
        """Bytes that a version takes."""
        return sum(file.stat().st_size for file in (self.versions / name).rglob("*") if file.is_file())

    def use(self, name: str) -> None:
        """Let plans use a version from now on. Raises :class:`RoadsError`."""
        with self._alone():
            self._use(name)

    def _use(self, name: str) -> None:
        if not _NAME.fullmatch(name) or not self.profiles(name):
            raise RoadsError("roads_no_such_version", version=name)
        written = self.path / f"current.{os.getpid()}"
        with written.open("w", encoding="utf-8") as stream:
            stream.write(f"{name}\n")
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(self.path / "current")

    def remove(self, name: str) -> None:
        """Remove a version that is not in use. Raises :class:`RoadsError`."""
        with self._alone():
            if not _NAME.fullmatch(name) or not (self.versions / name).is_dir():
                raise RoadsError("roads_no_such_version", version=name)
            if name == self.current():
                raise RoadsError("roads_in_use", version=name)
            gone = Path(tempfile.mkdtemp(prefix="building-", dir=self.path))
            (self.versions / name).rename(gone / name)
            shutil.rmtree(gone)

    def build(self, extract: Path, profiles: Sequence[str] = PROFILES, on_step: OnStep | None = None) -> str:
        """Make road data from ``extract`` (.osm.pbf) for ``profiles``, use it, and return its name.

        What has been built of the same extract is taken as it is. Raises :class:`RoadsError`
        ``roads_not_installed`` or one of :data:`BUILD_FAILURES`; then nothing has changed.
        """
        programs = _programs()
        name = _name_of(extract)
        with self._alone():
            missing = [profile for profile in profiles if profile not in self.profiles(name)]
            for number, profile in enumerate(missing):
                self._make(programs, extract, name, profile, _steps(on_step, number, len(missing), profile))
            self._use(name)
        if on_step is not None:
            on_step(2 * len(missing), 2 * len(missing), "")
        return name

    def _make(
        self, programs: Path, extract: Path, name: str, profile: str, tell: Callable[[str], None]
    ) -> None:
        work = Path(tempfile.mkdtemp(prefix="building-", dir=self.path))
        try:
            made = work / profile
            made.mkdir()
            lua = _lua(programs, profile)
            tell("extract")
            _run(programs, profile, made, "extract", "-p", str(lua), "-o", str(made / "roads"), str(extract.resolve()))
            tell("contract")
            _run(programs, profile, made, "contract", str(made / "roads.osrm"))
            (self.versions / name).mkdir(parents=True, exist_ok=True)
            made.rename(self.versions / name / profile)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else builds, switches or removes meanwhile; what a killed build left behind is cleared away."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "build.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RoadsError("roads_being_built") from error
            for left in self.path.glob("building-*"):
                shutil.rmtree(left, ignore_errors=True)
            yield


def _steps(on_step: OnStep | None, number: int, profiles: int, profile: str) -> Callable[[str], None]:
    def tell(step: str) -> None:
        if on_step is not None:
            on_step(2 * number + (step == "contract"), 2 * profiles, f"{profile}: {step}")

    return tell


def _programs() -> Path:
    """The folder of the package osrm, without importing it."""
    try:
        found = find_spec("osrm")
    except ValueError:  # a module without a spec stands in its place
        found = None
    if found is None or found.origin is None:
        raise RoadsError("roads_not_installed")
    return Path(found.origin).parent


def _lua(programs: Path, profile: str) -> Path:
    own = _OWN_PROFILES / f"{profile}.lua"
    return own if own.is_file() else programs / "share" / "profiles" / f"{profile}.lua"


def _name_of(extract: Path) -> str:
    """The extract's name and eight digits that stand for all that the roads are made of."""
    digest = hashlib.sha256(release_of("osrm-bindings").encode())
    for own in sorted(_OWN_PROFILES.glob("*.lua")):
        digest.update(own.read_bytes())
    with extract.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", extract.name.removesuffix(".pbf").removesuffix(".osm"))
    return f"{stem.strip('.-_')[:60] or 'roads'}-{digest.hexdigest()[:8]}"


def _run(programs: Path, profile: str, made: Path, step: str, *arguments: str) -> None:
    environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    environment["LUA_PATH"] = f"{programs / 'share' / 'profiles'}/?.lua"
    with (made / _LOG).open("ab") as log:
        done = subprocess.run(  # nosec B603: no shell, a program of the package
            [str(programs / "bin" / f"osrm-{step}"), *arguments],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        lines = (made / _LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines() or [""]
        said = next((line for line in reversed(lines) if "error" in line.lower()), lines[-1])
        raise RoadsError("roads_build_failed", profile=profile, step=step, says=said.rpartition("] ")[2][:200])
