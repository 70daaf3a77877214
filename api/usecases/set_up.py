"""Set up an office from a workbook: all of it or nothing, the same again however often it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import IO, Any, BinaryIO, cast

from flask_babel import gettext as _

from api import language
from api.auth.actor import Actor, Role
from api.problems import Problem
from api.store.models import Village
from api.usecases import audit
from api.usecases.assignments import lock_version
from api.usecases.context import settings, store
from api.usecases.doubt_places import lock_villages
from api.usecases.export_setup import stored_rows
from api.usecases.set_up_days import DayStore
from api.wording.setup import guide, refusal_sentence, setup_sentences
from schemas.ledger import LedgerRefused
from schemas.ledger.vocabulary import plain
from schemas.setup_reading import LIMITS, ReadSetup, SetupProblem, read_setup
from schemas.setup_sheets import setup_sheets
from schemas.setup_writing import GUIDE, write_setup

KEPT_PROBLEMS = 1000

# Least privilege: an admin keeps branches and knows no collector; a coordinator keeps all that is inside a branch.
_OF_ADMIN = ("branches",)


class _Preview(Exception):
    """Ends a preview: its transaction is rolled back."""


def template(actor: Actor, *, filled: bool) -> bytes:
    """Return the workbook in the caller's language: with examples, or with what is stored in the actor's area."""
    if not filled:
        return write_setup(language.current(), guide(language.current()))
    with store().read() as session:
        rows = stored_rows(session, actor)
    return write_setup(language.current(), guide(language.current()), rows)


def set_up(actor: Actor, stream: IO[bytes], *, dry_run: bool = False) -> dict[str, Any]:
    """Store what a workbook says and return what became of its rows. Raises 422 with every problem; nothing is kept."""
    read = _read(stream)
    report: dict[str, Any] = {}
    try:
        with store().write() as session:
            # Two uploads at once would stumble over each other's new rows.
            lock_version(session, None)
            lock_villages(session, Village.branch_id.in_(actor.branches))
            rows = DayStore(session, actor)
            left = _store(rows, read)
            problems = read.problems + rows.problems
            if problems:
                raise _refused(read, problems)
            report = _report(rows, read, left) | {"dry_run": dry_run}
            audit.record(session, actor.pseudonym, "office.set_up", sheets=report["sheets"])
            if dry_run:
                raise _Preview
    except _Preview:
        pass
    return report


def _read(stream: IO[bytes]) -> ReadSetup:
    limits = replace(LIMITS, bytes=min(LIMITS.bytes, settings().max_upload_mb * 1024 * 1024))
    try:
        return read_setup(cast(BinaryIO, stream), limits)
    except LedgerRefused as error:
        detail = refusal_sentence(error.code, error.facts)
        raise Problem(
            422, "setup-unreadable", detail, errors=[{"field": "file", "message": detail}], reason=error.code
        ) from error


def _store(rows: DayStore, read: ReadSetup) -> list[str]:
    """Store the sheets that are the actor's to store; return those that another role has to upload."""
    left: list[str] = []
    for key in setup_sheets().sheets:
        sheet = read.sheets.get(key)
        if sheet is not None and rows.actor.role is Role.ADMIN and key not in _OF_ADMIN:
            left += [key] if sheet.rows else []
            continue
        if sheet is not None:
            rows.store(sheet)
        if key == "groups":
            rows.reassign()
    if rows.actor.role is Role.ADMIN:
        titles = setup_sheets().titles
        read.problems = [one for one in read.problems if titles.get(plain(one.sheet)) in _OF_ADMIN]
    return left


def _report(rows: DayStore, read: ReadSetup, left: list[str]) -> dict[str, Any]:
    return {
        "sheets": [{"sheet": key, **counts} for key, counts in rows.counts.items()],
        "left_to_others": left,
        "ignored_sheets": [title for title in read.ignored if title not in GUIDE.values()],
        "warnings": rows.warnings,
    }


def _refused(read: ReadSetup, problems: list[SetupProblem]) -> Problem:
    order = {sheet.title: number for number, sheet in enumerate(read.sheets.values())}
    problems = sorted(problems, key=lambda one: (order.get(one.sheet, -1), one.row or 0))
    told = [_told(problem) for problem in problems[:KEPT_PROBLEMS]]
    errors = [
        {"field": f"{one['sheet']}!{one['cell'] or one['row'] or ''}".rstrip("!"), "message": one["reason"]}
        for one in told
    ]
    return Problem(
        422, "setup-errors", _("%(count)s cells need mending. Nothing was stored.", count=len(problems)),
        errors=errors, problems=told, problems_left_out=len(problems) - len(told),
    )  # fmt: skip


def _told(problem: SetupProblem) -> dict[str, Any]:
    reason, remedy = setup_sentences(problem.code, {**problem.facts, "value": problem.value or "–"})
    return {
        "sheet": problem.sheet, "row": problem.row, "cell": problem.cell, "column": problem.column,
        "value": problem.value, "code": problem.code, "reason": reason, "remedy": remedy,
    }  # fmt: skip
