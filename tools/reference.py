"""Write docs/reference/ from the code: settings, reasons, API, commands, files of the planner.

    .venv/bin/python tools/reference.py            write what has changed
    .venv/bin/python tools/reference.py --check    say what is out of date, and fail

`tests/unit/test_reference.py` does the latter.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import click  # noqa: E402
from flask import Flask  # noqa: E402
from flask_babel import force_locale  # noqa: E402
from marshmallow import Schema  # noqa: E402
from marshmallow.fields import Boolean, Date, Dict, Integer, List, Nested, String  # noqa: E402

from api import cli  # noqa: E402
from api.app import create_app  # noqa: E402
from api.problem_types import PROBLEM_TYPES  # noqa: E402
from api.settings import Settings  # noqa: E402
from api.wording.ledger import FILES, NOTICES, ROWS  # noqa: E402
from api.wording.planning import PLANNING  # noqa: E402
from api.wording.replans import REPLANS  # noqa: E402
from api.wording.roads import BECAUSE, ROADS  # noqa: E402
from api.wording.rotation import ROTATION  # noqa: E402
from api.wording.visits import FIELD_CODES, VISITS  # noqa: E402
from api.wording.work import WORK  # noqa: E402
from routing import visits  # noqa: E402
from routing.check import NOTES, VIOLATIONS  # noqa: E402
from routing.explain import PLANNED, UNPLANNED  # noqa: E402
from schemas import planner  # noqa: E402
from schemas.planner import kinds as kinds_of_fields  # noqa: E402
from schemas.planner.forms import (  # noqa: E402
    MatrixForm,
    PlanForm,
    ProblemForm,
    ReasonForm,
    RestForm,
    RouteForm,
    ShiftForm,
    StopForm,
    TownForm,
    UnplannedForm,
    VillageForm,
    VisitForm,
    WindowForm,
)

MADE = "<!-- Made by tools/reference.py: change the code, then run it. -->\n"
WIDTH = 96

# What is read from the environment outside api/settings.py: variable → (default, meaning).
BESIDE = {
    "HOST": ("127.0.0.1", "Address that gunicorn listens on (gunicorn.conf.py)."),
    "PORT": ("8000", "Port that gunicorn and the demo listen on."),
    "WEB_CONCURRENCY": ("2", "Worker processes of gunicorn, of four threads each."),
    "PROMETHEUS_MULTIPROC_DIR": ("var/metrics", "Folder in which gunicorn's workers add up metrics; wiped at start."),
    "ROUNDS_TEST_POSTGRES": ("", "Tests: SQLAlchemy URL of a PostgreSQL whose user may create databases."),
    "ROUNDS_REQUIRE_SERVICES": ("", "Tests: 1 makes a missing PostgreSQL, Chromium or data set a failure, not a skip."),
    "ROUNDS_BENCH_DATA": ("../shared/data", "Benchmarks and some tests: folder of the public data sets."),
}  # fmt: skip


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    app = create_app(Settings(database_url="sqlite://"))
    with app.test_request_context(), force_locale("en"):
        return {
            "settings.md": MADE + settings_page(),
            "reasons.md": MADE + reasons_page(),
            "api.md": MADE + api_page(app),
            "commands.md": MADE + commands_page(app),
            "planner-files.md": MADE + planner_files_page(),
        }


def settings_page() -> str:
    """Return every setting with its default and meaning."""
    own = [(f"`{variable_of(one.name)}`", shown(one.default), one.metadata["meaning"]) for one in fields(Settings)]
    beside = [(f"`{name}`", shown(default), meaning) for name, (default, meaning) in BESIDE.items()]
    return f"""# Settings

Each is an environment variable. What the environment does not set is read from `var/settings.env` in the folder where
the service starts: one `NAME=value` a line, `#` begins a comment. A value that cannot be used stops the service at
start, with the variable's name. Yes and no may be written `yes`/`no`, `true`/`false`, `on`/`off`, `1`/`0`.

{table(("Variable", "Default", "Meaning"), own)}
Read beside these, from the environment only:

{table(("Variable", "Default", "Meaning"), beside)}"""


def variable_of(setting: str) -> str:
    """Return the environment variable of a setting."""
    return f"ROUNDS_{setting.upper()}"


def shown(default: object) -> str:
    """Return a default as one would write it."""
    if isinstance(default, bool):
        return "`yes`" if default else "`no`"
    return f"`{default}`" if default != "" else "–"


def reasons_page() -> str:
    """Return every code that stands for a sentence, the sentence, and what is behind it."""
    told = _meanings_of_visits()
    wanted = [
        (f"`{code}`", plain(texts), told.get(code, ""), "yes" if code in FIELD_CODES else "")
        for code, texts in VISITS.items()
    ]  # fmt: skip
    planned = [
        (f"`{code}`", plain(PLANNING[code]), one.claim, one.established, "proved" if one.provable else "tried")
        for code, one in {**UNPLANNED, **PLANNED}.items()
    ]
    others = [(f"`{code}`", plain(texts)) for code, texts in PLANNING.items() if code not in {**UNPLANNED, **PLANNED}]
    replans = [(f"`{code}`", plain(texts)) for code, texts in REPLANS.items()]
    roads = [(f"`{code}`", plain(texts)) for code, texts in ROADS.items()]
    because = [(f"`{code}`", plain([text])) for code, text in BECAUSE.items()]
    rotation = [(f"`{code}`", plain(texts)) for code, texts in ROTATION.items()]
    ledger = [(f"`{code}`", plain([wrong]), plain([remedy])) for code, (wrong, remedy) in ROWS.items()]
    files = [(f"`{code}`", plain([text])) for code, text in {**FILES, **NOTICES}.items()]
    work = [(f"`{code}`", plain([text])) for code, text in WORK.items()]
    checks = [(f"`{code}`", meaning) for code, meaning in {**VIOLATIONS, **NOTES}.items()]
    return f"""# Reasons

A rule answers with a code and facts; the sentence is made for the reader, in their language. *Slanted words* are
facts; a second sentence is said where a fact of the first is not known.

## Why a visit is wanted, or not

*Phone*: may be read on the phone before the identity step.

{table(("Code", "Sentence", "Meaning", "Phone"), wanted)}
## Why a visit is in a plan, or left out

*Proved*: it could not be otherwise. *Tried*: no place was found in this plan; another plan might have one.

{table(("Code", "Sentence", "Claim", "How it was established", "Certainty"), planned)}
Before and around the planner:

{table(("Code", "Sentence"), others)}
## Why a visit changed when the rest of a day was planned again

{table(("Code", "Sentence"), replans)}
## Roads

{table(("Code", "Sentence"), roads)}
*Because* is one of:

{table(("Code", "Words"), because)}
## What a reassignment or a rotation would break

{table(("Code", "Sentence"), rotation)}
## What is wrong with a row of a ledger

{table(("Code", "What is wrong", "What to do"), ledger)}
What is said of a whole file:

{table(("Code", "Sentence"), files)}
## What waits for a person to judge

{table(("Code", "Sentence"), work)}
## What the checker of plans may find

`routing.check` judges every plan before it is stored; one with a violation is not stored. Facts in brackets.

{table(("Code", "Meaning"), checks)}"""


def plain(texts: Iterable[str]) -> str:
    """Return sentences with their facts as slanted words."""
    return " / ".join(re.sub(r"%\((\w+)\)s", r"*\1*", text).replace("%%", "%") for text in texts)


def _meanings_of_visits() -> dict[str, str]:
    """Read the tables in the docstring of routing.visits: code → meaning."""
    found: dict[str, str] = {}
    edges: list[int] = []
    codes: list[str] = []
    for line in (inspect.getdoc(visits) or "").splitlines():
        if line.startswith("===="):
            edges = [match.start() for match in re.finditer(r"=+", line)]
        elif not line.strip():
            edges = []
        elif edges:
            first, meaning = line[: edges[1]].strip(), line[edges[2] :].strip()
            codes = [code.strip() for code in first.split(",")] if first else codes
            for code in codes:
                found[code] = f"{found.get(code, '')} {meaning}".strip()
    return found


def api_page(app: Flask) -> str:
    """Return the table of calls, with who may make them, and the types of problems."""
    document = app.ensure_sync(app.view_functions["openapi"])().get_json()
    calls = sorted(_calls(document), key=lambda call: (call[0] == "documentation", call[1].split(" ", 1)[1], call[1]))
    rows = [(f"`{line}`", summary, roles) for _tag, line, summary, roles in calls]
    problems = [(f"`{name}`", str(meaning)) for name, meaning in sorted(PROBLEM_TYPES.items())]
    return f"""# API

`/docs` of a running service shows every call with its fields and lets you try it; `/api/v1/openapi.json` is the OpenAPI
{app.config["OPENAPI_VERSION"]} document. This is the overview.

- Sign in with `POST /api/v1/tokens`, then send `Authorization: Bearer …`. Phones get their tokens from
  `POST /api/v1/devices`.
- Lists answer `{{"items": […], "next": …}}`; ask for the next page with `?cursor=`.
- A change (`PATCH`, commit) sends the `ETag` it saw as `If-Match`; 412 says that somebody was faster.
- What is refused answers `application/problem+json`: a `type`, a sentence in the reader's language
  (`Accept-Language` or `?lang=`), and the field at fault.

{table(("Call", "Does", "Roles"), rows)}
## Types of problems

`type` is `/docs/problems#` and one of these:

{table(("Type", "Meaning"), problems)}"""


def _calls(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield tag, "METHOD path", summary and roles of each call."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if isinstance(operation, dict) and "summary" in operation:
                roles = ", ".join(operation.get("x-roles", ())) or "all"
                yield operation["tags"][0], f"{method.upper()} {path}", operation["summary"], roles


def commands_page(app: Flask) -> str:
    """Return the help of every command, and the targets of make."""
    targets = re.findall(r"^([a-z-]+):.*## (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    parts = "\n".join(
        f"## `flask --app wsgi {' '.join(path)}`\n\n```text\n{command_help(path, command)}\n```\n"
        for path, command in commands(app)
    )
    return f"""# Commands

`make` sets `.venv` up by itself:

{table(("Target", "Does"), [(f"`make {name}`", meaning) for name, meaning in targets])}
`flask --app wsgi …` runs in the checkout with `.venv` activated (`. .venv/bin/activate`), with the same
[settings](settings.md) as the service.

{parts}"""


def planner_files_page() -> str:
    """Return every field of the planner's files with its type, meaning, unit and default."""
    problem = [ProblemForm, ShiftForm, RestForm, VillageForm, TownForm, VisitForm, WindowForm, MatrixForm]
    plan = [PlanForm, RouteForm, StopForm, UnplannedForm, ReasonForm]
    return f"""# Files of the planner

`flask --app wsgi solve PROBLEM.json --out PLAN.json` plans without the service; `schemas.planner` reads and writes both
files. JSON in UTF-8. A field that is not named here is refused, and so is a name of a shift or village that the file
does not hold; what is refused is named by its path (`visits.3.windows.0.close`). Reasons are listed in
[reasons](reasons.md).

{plain_code(inspect.getdoc(planner) or "")}

## A problem

{"".join(map(_form, problem))}## A plan

{"".join(map(_form, plan))}""".rstrip("\n") + "\n"


def _form(form: type[Schema]) -> str:
    rows = [
        (f"`{name}`", _kind(field), str(field.metadata.get("description", "")), _if_absent(field))
        for name, field in form().fields.items()
    ]
    said = plain_code(inspect.getdoc(form) or "")
    return f"### {_name_of(form)}\n\n{said}\n\n{table(('Field', 'Type', 'Meaning; unit', 'If absent'), rows)}\n"


def _kind(field: Any) -> str:
    kinds = (
        (kinds_of_fields.PlaceField, "place"), (kinds_of_fields.LegsField, "matrix of whole numbers"),
        (kinds_of_fields.FactField, "text or whole number"), (Integer, "whole number"), (Boolean, "true or false"),
        (Date, "date"), (String, "text"),
    )  # fmt: skip
    if isinstance(field, Nested):
        return _name_of(type(field.schema)).lower()
    if isinstance(field, List):
        return f"list: {_kind(field.inner)}"
    if isinstance(field, Dict):
        return f"object: name → {_kind(field.value_field)}"
    return next(name for kind, name in kinds if isinstance(field, kind))


def _name_of(form: type[Schema]) -> str:
    return form.__name__.removesuffix("Form")


def _if_absent(field: Any) -> str:
    if field.required:
        return "refused"
    default = field.load_default() if callable(field.load_default) else field.load_default
    empty = default in ((), {}, "", frozenset())
    return "null" if default is None else "empty" if empty else f"`{json.dumps(default)}`"


def plain_code(text: str) -> str:
    """Return a docstring's ``code`` and :mod:`roles` as Markdown has them."""
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text).replace("``", "`")


def commands(app: Flask) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield our commands (not Flask's own) with their names, the single ones of a group each by itself."""
    for name, command in sorted(app.cli.commands.items()):
        inner = command.commands if isinstance(command, click.Group) else {"": command}
        for last, found in sorted(inner.items()):
            if found.callback is not None and found.callback.__module__.startswith(cli.__name__):
                yield ((name, last) if last else (name,)), found


def command_help(path: tuple[str, ...], command: click.Command) -> str:
    """Return what `--help` says, at a width that does not depend on the terminal."""
    context = click.Context(
        command, info_name=" ".join(("flask --app wsgi", *path)), terminal_width=WIDTH, max_content_width=WIDTH
    )
    return command.get_help(context)


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown, ended by an empty line."""
    lines = [heads, tuple("---" for _ in heads), *(tuple(map(_cell, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("``", "`")


def out_of_date(found: Mapping[str, str]) -> list[str]:
    """Return the pages that differ from what the code says."""
    return [name for name, text in found.items() if not _is_current(FOLDER / name, text)]


def _is_current(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description="Write docs/reference/ from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is out of date")
    check = parser.parse_args().check
    found = pages()
    old = out_of_date(found)
    for name in old:
        print(f"docs/reference/{name} {'is out of date' if check else 'written'}")
        if not check:
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_text(found[name], encoding="utf-8")
    return int(check and bool(old))


if __name__ == "__main__":
    sys.exit(main())
