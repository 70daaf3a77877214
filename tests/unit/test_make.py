"""What sets everything up: what `make help` says, which Python is taken, when .venv is made anew."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIND_PYTHON = ROOT / "tools" / "find_python.sh"

# What the finder itself calls; the machine's own pythons lie beside them and must stay out of sight.
PLAIN_COMMANDS = ("sh", "awk", "sort", "head", "cut", "cat", "timeout")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Give a machine with no Python at all: `bin` (the PATH) and `home`."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "home").mkdir()
    for name in PLAIN_COMMANDS:
        path = shutil.which(name)
        assert path, f"{name} is missing here"
        (tmp_path / "bin" / name).symlink_to(path)
    return tmp_path


def put_python(folder: Path, name: str, version: str, *, has_venv: bool = True) -> Path:
    """Put a stand-in that answers the finder's question as a Python of that version does."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{version.replace('.', ' ')} {int(has_venv)} {file}'\n")
    file.chmod(0o755)
    return file


def put_broken_shim(folder: Path, name: str) -> None:
    """Put what pyenv leaves on PATH for a version that is switched off."""
    file = folder / name
    file.write_text(f"#!/bin/sh\necho 'pyenv: {name}: command not found' >&2\nexit 127\n")
    file.chmod(0o755)


def find_python(machine: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the finder on that machine."""
    return subprocess.run(
        [FIND_PYTHON, *arguments],
        env={"PATH": str(machine / "bin"), "HOME": str(machine / "home"), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_target() -> None:
    """`make help` explains itself: each target that a person may call stands there with a sentence."""
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    callable_targets = {name for name in phony[1].split() if not name.endswith("-packages")}
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    explained = set(re.findall(r"^  make (\S+) +\S.+$", said, re.MULTILINE))
    assert explained == callable_targets


def test_a_shim_that_fails_is_passed_over(machine: Path) -> None:
    """An interpreter is found when it runs: a broken shim in front does not hide an older one that works."""
    put_broken_shim(machine / "bin", "python3.13")
    put_broken_shim(machine / "bin", "python3")
    older = put_python(machine / "bin", "python3.12", "3.12.1")
    assert find_python(machine).stdout == f"{older}\n"


def test_the_newest_of_all_places_is_taken(machine: Path) -> None:
    """PATH and ~/.pyenv/versions are one choice: the newest version wins, compared as numbers."""
    put_python(machine / "bin", "python3", "3.11.2")
    put_python(machine / "home/.pyenv/versions/3.13.9/bin", "python3", "3.13.9")
    newest = put_python(machine / "home/.pyenv/versions/3.13.10/bin", "python3", "3.13.10")
    assert find_python(machine).stdout == f"{newest}\n"


def test_versions_without_packages_are_left_aside(machine: Path) -> None:
    """3.14 is no candidate while packages have no wheels for it, nor is anything below 3.11."""
    put_python(machine / "bin", "python3", "3.14.0")
    put_python(machine / "bin", "python", "3.10.13")
    fit = put_python(machine / "bin", "python3.11", "3.11.2")
    assert find_python(machine).stdout == f"{fit}\n"


def test_one_that_cannot_make_a_venv_gives_way(machine: Path) -> None:
    """Debian's python3 without python3-venv is passed over where an older one can do the work."""
    put_python(machine / "bin", "python3", "3.13.5", has_venv=False)
    able = put_python(machine / "bin", "python3.11", "3.11.2")
    assert find_python(machine).stdout == f"{able}\n"


def test_the_list_names_each_minor_version_once(machine: Path) -> None:
    """`--list` is what the checks of other versions go by: the newest of each, the newest first."""
    put_python(machine / "bin", "python3.12", "3.12.1")
    twelve = put_python(machine / "home/.pyenv/versions/3.12.9/bin", "python3", "3.12.9")
    thirteen = put_python(machine / "bin", "python3.13", "3.13.0")
    assert find_python(machine, "--list").stdout.splitlines() == [str(thirteen), str(twelve)]


def test_the_callers_own_choice_is_taken(machine: Path) -> None:
    """PYTHON= names the interpreter, even an older one."""
    put_python(machine / "bin", "python3", "3.13.0")
    chosen = put_python(machine / "opt", "python", "3.11.2")
    assert find_python(machine, PYTHON=str(chosen)).stdout == f"{chosen}\n"


@pytest.mark.parametrize(
    ("version", "has_venv", "said"),
    [
        (None, True, r"No Python that runs was found .*apt-get install python3 python3-venv"),
        ("3.10.13", True, r"found only 3\.10; .*apt-get install python3 python3-venv"),
        ("3.14.0", True, r"runs on Python 3\.11, 3\.12 or 3\.13, found only 3\.14"),
        ("3.11.2", False, r"Python 3\.11 .* virtual environment .*apt-get install python3\.11-venv"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    machine: Path, version: str | None, has_venv: bool, said: str
) -> None:
    """A Python that is absent, unfit or without venv ends with one line that names the remedy."""
    if version:
        put_python(machine / "bin", "python3", version, has_venv=has_venv)
    answer = find_python(machine)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert re.fullmatch(f".*{said}.*\n", answer.stderr)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a project of our tools that needs no packages: tried is when the folder is made, not pip."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / "requirements.txt").write_text("# none\n")
    (tmp_path / "requirements-dev.txt").write_text("# none\n")
    return tmp_path


def make_venv(project: Path, kind: str = "run") -> subprocess.CompletedProcess[str]:
    """Run the project's `venv.sh` with the Python that runs this test."""
    return subprocess.run(
        [project / "tools/venv.sh", kind],
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_environment_is_made_once_and_anew_when_its_ground_changes(project: Path) -> None:
    """A second call is silent and touches nothing; a changed lock or an install cut short makes it anew."""
    assert make_venv(project, "dev").returncode == 0
    mark = project / ".venv" / "mark"
    mark.touch()

    again = make_venv(project, "dev")
    assert (again.returncode, again.stdout, again.stderr, mark.exists()) == (0, "", "", True)

    (project / "requirements-dev.txt").write_text("# one more\n")
    assert "Adding" in make_venv(project, "dev").stdout
    assert mark.exists()

    (project / "requirements.txt").write_text("# another\n")
    assert "Setting up" in make_venv(project).stdout
    assert not mark.exists()

    # What an interrupted install leaves: the folder without its stamp.
    mark.touch()
    (project / ".venv" / "run.stamp").unlink()
    assert "Setting up" in make_venv(project).stdout
    assert not mark.exists()


def test_a_failed_install_says_what_pip_said_and_is_tried_again(project: Path) -> None:
    """What pip said is shown, and no stamp makes it look done."""
    (project / "requirements.txt").write_text(f"./absent-1.0-py3-none-any.whl --hash=sha256:{'0' * 64}\n")
    answer = make_venv(project)
    assert answer.returncode == 1
    assert "absent-1.0-py3-none-any.whl" in answer.stderr
    assert "requirements.txt could not be installed" in answer.stderr.splitlines()[-1]
    assert not (project / ".venv" / "run.stamp").exists()


def test_a_folder_that_is_no_environment_is_left_alone(project: Path) -> None:
    """`.venv` with someone's files in it is never removed."""
    treasure = project / ".venv" / "treasure.txt"
    treasure.parent.mkdir()
    treasure.write_text("mine")
    answer = make_venv(project)
    assert answer.returncode == 1
    assert "move it away" in answer.stderr
    assert treasure.read_text() == "mine"


def test_the_makefile_and_scripts_name_no_index() -> None:
    """Packages come from the index that the user's pip is set up for, by name."""
    files = [ROOT / "Makefile", ROOT / ".ci/run", *ROOT.glob("requirements*"), *ROOT.glob("tools/*")]
    named = [
        file.name
        for file in files
        if re.search(r"https?://|--(extra-)?index-url", file.read_text(encoding="utf-8"))
    ]
    assert named == []
