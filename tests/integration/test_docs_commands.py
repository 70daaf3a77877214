"""The guides tell the truth: what they say to type is typed here, in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from api.store.database import Store
from api.store.models import Branch
from api.store.schema import upgrade

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "how-to"
NOT_RUN = "<!-- not run"
BLOCK = re.compile(r"^(?P<before>[^\n]*)\n```(?P<kind>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(guide: Path, kind: str) -> list[str]:
    """Return a guide's code blocks of one kind, without those under a comment that says why they are not run."""
    text = guide.read_text(encoding="utf-8")
    return [
        found["code"]
        for found in BLOCK.finditer(text)
        if found["kind"] == kind and not found["before"].startswith(NOT_RUN)
    ]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_in_group(command: list[str], folder: Path, **variables: str) -> tuple[int, str]:
    """Run a command that may leave processes behind, and end those too. Returns its status and all it said."""
    said = folder / "said.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            env=os.environ | variables, start_new_session=True,
        )  # fmt: skip
        try:
            status = process.wait(timeout=240)
        finally:
            # Nobody is left where nothing was put into the background.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return status, said.read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a folder that looks like a checkout, with a var/ of its own."""
    for name in ("api", "routing", "schemas", "wsgi.py", "gunicorn.conf.py"):
        (tmp_path / name).symlink_to(ROOT / name)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("guide", ["first-routes.md", "first-routes.zh-Hans.md"])
def test_first_routes_runs_as_written(checkout: Path, guide: str) -> None:
    """Who types the guide from top to bottom gets a published route on a phone, through villages written two ways."""
    script = "set -eu -o pipefail\n" + "".join(blocks(GUIDES / guide, "sh"))
    (checkout / "guide.sh").write_text(script, encoding="utf-8")
    variables = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": "1",
        "ROUNDS_PLAN_SECONDS": "1",
    }
    status, said = run_in_group(["bash", "guide.sh"], checkout, **variables)
    assert status == 0, said
    assert "'new': 5" in said, said
    assert "'refused': 1" in said, said
    assert "\ntogether\n" in said, said
    assert "\nready\n" in said, said
    day = said[said.rindex('"date":') :]
    assert len(re.findall(r'"arrival":', day)) == 5, said
    assert set(re.findall(r'"precision": "(\w+)"', day)) == {"village", "town"}, said


def test_backup_of_the_operators_guide_can_be_restored(checkout: Path) -> None:
    """The backup is whole although somebody writes meanwhile, and holds all that was committed when it was made."""
    live = f"sqlite:///{checkout}/var/rounds.db"
    store = Store(live)
    upgrade(store.engine)
    with store.write() as session:
        session.add(Branch(code="QS01", name="青石支行"))
    script = "set -eu -o pipefail\n" + "".join(blocks(GUIDES / "operator.md", "sh"))
    (checkout / "guide.sh").write_text(script, encoding="utf-8")
    with store.write() as session:
        session.add(Branch(code="QS02", name="not committed yet"))
        session.flush()
        status, said = run_in_group(["bash", "guide.sh"], checkout)
    store.dispose()
    assert status == 0, said
    (copy,) = (checkout / "backup").glob("rounds-*.db")
    restored = Store(f"sqlite:///{copy}")
    with restored.read() as session:
        assert restored.is_ready()
        assert [branch.code for branch in session.scalars(select(Branch))] == ["QS01"]
    restored.dispose()


def test_planner_from_python_runs_as_written(tmp_path: Path) -> None:
    """Who copies the Python of the guide into one file gets the output that the guide shows, without the service."""
    guide = GUIDES / "planner-from-python.md"
    (tmp_path / "guide.py").write_text("".join(blocks(guide, "python")), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "guide.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "".join(blocks(guide, "text"))
