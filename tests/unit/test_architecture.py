"""Guards the arrows: `api → schemas → routing`, `api → routing`, and nothing the other way."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = {"routing", "schemas", "api", "bench", "tests", "tools", "wsgi"}

# Whom each part may import among our own parts. Benchmarks and tests look at everything.
MAY_IMPORT = {
    "routing": {"routing"},
    "schemas": {"schemas", "routing"},
    "api": {"api", "schemas", "routing"},
    "wsgi": {"api"},
    "gunicorn.conf": {"wsgi", "api"},
    "bench": PARTS,
    "tests": PARTS,
    "tools": PARTS,
}

WEB_AND_STORE = {
    "flask", "werkzeug", "jinja2", "sqlalchemy", "alembic", "psycopg", "pysqlite3", "sqlite3", "dbos",
}  # fmt: skip
NOT_FOR = {
    "routing": WEB_AND_STORE | {"marshmallow", "apispec", "webargs", "babel", "gunicorn"},
    "schemas": WEB_AND_STORE | {"babel", "gunicorn"},
}

HOW_TO = ROOT / "docs" / "how-to"

# What the planner's library offers before the service asks for it, and what stands there for its tests.
NOT_USED_YET = {
    "move_impact": "of issue E: the effect of a move with its error; the service shows its own figures until then",
    "upper_bound": "states the bound to which tests hold each value",
}

EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}


def part_of(file: Path) -> str:
    """Give the part that a source file, relative to the root, belongs to."""
    return file.parts[0] if len(file.parts) > 1 else file.stem


def imported_modules(source: str, file: Path) -> set[str]:
    """Give the absolute dotted names that a source imports, also relatively, lazily or by `import_module`."""
    package = file.parts[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=module, names=aliases, level=level):
                base = (*package[: len(package) - level + 1], module) if level else (module,)
                prefix = ".".join(part for part in base if part)
                # `from . import x` at the root names the module itself.
                names |= {prefix} if prefix else {alias.name for alias in aliases}
            case ast.Call(
                func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                names.add(name)
            case _:
                pass
    return names


def forbidden_imports(source: str, file: Path) -> list[str]:
    """Give the imports of a source that go against the arrows."""
    part = part_of(file)
    wrong = []
    for name in sorted(imported_modules(source, file)):
        top = name.split(".")[0]
        if top in PARTS and top not in MAY_IMPORT[part]:
            wrong.append(name)
        # flask_smorest, flask_babel …: an extension of Flask is Flask.
        banned = NOT_FOR.get(part, set())
        if top in banned or top.split("_")[0] in banned:
            wrong.append(name)
    return wrong


def own_sources() -> list[Path]:
    """List our Python files, relative to the root."""
    folders = (ROOT / part for part in sorted(PARTS) if (ROOT / part).is_dir())
    files = [*ROOT.glob("*.py"), *(file for folder in folders for file in folder.rglob("*.py"))]
    return sorted(file.relative_to(ROOT) for file in files)


def test_every_import_follows_the_arrows() -> None:
    """Arrows point down only; routing knows no web, store or schema library, schemas no web and no store."""
    wrong = {
        str(file): found
        for file in own_sources()
        if (found := forbidden_imports((ROOT / file).read_text(encoding="utf-8"), file))
    }
    assert wrong == {}


def test_the_three_parts_are_there() -> None:
    """The guard reads real files: a part that is moved or renamed must not slip out of its sight."""
    seen = {part_of(file) for file in own_sources()}
    assert {"routing", "schemas", "api"} <= seen


def test_every_source_belongs_to_a_known_part() -> None:
    """A new top-level part says first whom it may import."""
    assert {part_of(file) for file in own_sources()} <= set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("routing/x.py", "import api"),
        ("routing/x.py", "from schemas.ledger import Row"),
        ("routing/x.py", "import flask.json"),
        ("routing/x.py", "def f():\n    from sqlalchemy import select"),
        ("routing/solve/x.py", "from ...api import app"),
        ("routing/x.py", "from marshmallow import Schema"),
        ("routing/x.py", "import importlib\nimportlib.import_module('api.app')"),
        ("schemas/x.py", "from api.store import models"),
        ("schemas/x.py", "from flask_smorest.fields import Upload"),
        ("api/x.py", "from tests.factories import county"),
        ("api/x.py", "import bench"),
        ("wsgi.py", "import routing.villages"),
    ],
)
def test_an_arrow_that_points_up_is_seen(file: str, source: str) -> None:
    """The guard can fail: each kind of forbidden import is found."""
    assert forbidden_imports(source, Path(file))


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("api/resources/x.py", "from ..store import models\nfrom schemas.ledger import Row\nimport flask"),
        ("schemas/x.py", "from routing.problem import Visit\nimport marshmallow"),
        ("routing/solve/x.py", "from ..problem import Visit\nfrom ortools.sat.python import cp_model"),
        ("bench/x.py", "import api, schemas, routing, tests"),
    ],
)
def test_an_arrow_that_points_down_is_let_through(file: str, source: str) -> None:
    """The guard forbids nothing that the layout allows."""
    assert forbidden_imports(source, Path(file)) == []


def public_classes(file: Path) -> list[str]:
    """List the classes that a source defines for others."""
    return [name for name, kind in public_names(file) if kind is ast.ClassDef]


def public_names(file: Path) -> list[tuple[str, type[ast.AST]]]:
    """List the classes and functions that a source defines for others."""
    return [
        (node.name, type(node))
        for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
    ]


def test_in_one_room_one_name_is_one_thing() -> None:
    """No two files of a folder define a class of the same name: a reader who meets it knows which it is."""
    places: dict[tuple[Path, str], list[str]] = {}
    for file in own_sources():
        if part_of(file) != "tests":
            for name in public_classes(file):
                places.setdefault((file.parent, name), []).append(file.name)
    twice = {f"{folder}: {name}": files for (folder, name), files in places.items() if len(files) > 1}
    assert twice == {}


def test_what_the_planner_offers_is_used_beyond_its_tests() -> None:
    """Each function and class of ``routing`` serves service, benchmark or how-to: there is no second way beside it."""
    used = set(re.findall(r"\w+", " ".join(page.read_text(encoding="utf-8") for page in HOW_TO.glob("*.md"))))
    for file in own_sources():
        if part_of(file) != "tests":
            for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
                match node:
                    case ast.Name(id=name) | ast.Attribute(attr=name):
                        used.add(name)
                    case ast.Constant(value=str(text)) if len(text) < 60:  # a name to import later
                        used.update(text.replace(":", ".").split("."))
                    case _:
                        pass
    offered = {name for file in own_sources() if part_of(file) == "routing" for name, _ in public_names(file)}
    assert offered - used <= set(NOT_USED_YET)


def test_no_file_has_a_name_that_tells_nothing() -> None:
    """A reader knows the room from its name: no utils, helpers, common, misc or manager."""
    tells_nothing = [str(file) for file in own_sources() if EMPTY_NAMES & set(file.with_suffix("").parts)]
    assert tells_nothing == []
