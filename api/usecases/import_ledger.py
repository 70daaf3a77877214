"""Import a lender's ledger: every row is new, updated, unchanged, flagged or refused, and says why.

All rows are read first; then, branch by branch, it is decided what they come to, and written, all in one transaction.
A preview decides in the same way and writes nothing. A *flagged* row is stored without the value that could not be
trusted; a *refused* one is not stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem
from api.store.columns import now
from api.store.models import Branch, Import
from api.usecases import audit, rows
from api.usecases.complete_ledger import LeftOut, Scope, expected_loans, mark_missing
from api.usecases.context import settings, store, today, vault
from api.usecases.decide_ledger import decide_ledger
from api.usecases.file_names import safe_name
from api.usecases.findings import note_findings
from api.usecases.follow_imports import Followed
from api.usecases.keep_mappings import remember, remembered_mappings
from api.usecases.known_ledger import known_ledger
from api.usecases.ledger_branches import branch_finder, by_branch
from api.usecases.lender_area import without_far_places
from api.usecases.read_imports import FATES, reasons_of, report_of, shown
from api.usecases.rows_to_mend import note_rows
from api.usecases.store_ledger_rows import LedgerStore
from api.usecases.withdraw import withdraw_unfit
from api.wording.ledger import file_sentence
from api.wording.ledger_fields import field_label
from schemas.ledger import LedgerLimits, LedgerOptions, LedgerRefused, LedgerRow, RowProblem, open_ledger
from schemas.ledger.headers import columns_of
from schemas.ledger.layout import layout_of

KEPT_PROBLEMS = 1000
EVERYTHING = Scope()


@dataclass(slots=True)
class ReadLedger:
    """A whole ledger as read: its rows, and what is known of the file.

    ``further`` are rows that only name further guarantors of a loan, by the number of the loan's row.
    """

    rows: list[LedgerRow]
    facts: dict[str, Any]
    further: dict[int, list[int]] = field(default_factory=dict)
    branches: list[str] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)


def import_ledger(
    actor: Actor,
    stream: IO[bytes],
    filename: str,
    scope: Scope = EVERYTHING,
    *,
    sheet: str | None = None,
    mapping: dict[str, str] | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Import one file and return its report.

    ``mapping`` (header → field) corrects how the columns are read, and is remembered for the next file with
    these headers; an empty one forgets it. ``sheet`` chooses a sheet of a workbook.
    Raises 422 for a file that cannot be read or a foreign branch, 409 for what is probably half a ledger.
    """
    with Followed(actor, safe_name(filename), dry_run=dry_run) as followed:
        ledger = _read(actor, stream, filename, scope, mapping, sheet, followed)
        followed.storing(len(ledger.rows))
        # A preview may not write, so nobody waits for it.
        with store().read() if dry_run else store().write() as session:
            report, left_out = _take_in(session, actor, ledger, filename, scope, write=not dry_run)
            if not dry_run:
                if mapping is not None:
                    remember(session, actor, ledger.branches, ledger.facts["source"], mapping)
                if not scope.confirm:
                    left_out.refuse_half()
    return shown(report | {"dry_run": dry_run, "confirm_needed": bool(left_out.halves)})


def lock_branches(session: Session, branches: Iterable[str]) -> None:
    """Let nobody else import into, or undo in, these branches until this transaction ends."""
    query = select(Branch.id).where(Branch.id.in_(list(branches))).order_by(Branch.id)
    session.execute(query.with_for_update(key_share=True)).all()


def _read(
    actor: Actor,
    stream: IO[bytes],
    filename: str,
    scope: Scope,
    mapping: dict[str, str] | None,
    sheet: str | None,
    followed: Followed,
) -> ReadLedger:
    remembered: dict[str, dict[str, str]] = {}
    if mapping is None:
        with store().read() as session:
            remembered = remembered_mappings(session, actor, scope.branch)
    limits = LedgerLimits(bytes=settings().max_upload_mb * 1024 * 1024)
    options = LedgerOptions(
        mapping=mapping or {}, remembered=remembered, sheet=sheet, limits=limits, area=settings().box(),
        # Of other countries' identity numbers only the form is known.
        id_numbers="cn" if settings().policy == "cn" else "any",
    )  # fmt: skip
    try:
        with open_ledger(cast(BinaryIO, stream), filename, options) as ledger:
            found, further = _loans(followed.reading(ledger.rows()))
            facts = {
                "format": ledger.format,
                "encoding": ledger.encoding,
                "layout": ledger.layout,
                "sheet": ledger.sheet,
                "sheets": list(ledger.sheets),
                "header_row": ledger.header_row,
                "source": ledger.source,
                "sha256": ledger.sha256,
            }
            notices = [{"code": notice.code, "facts": dict(notice.facts)} for notice in ledger.notices]
            if ledger.source in remembered:
                pairs = remembered[ledger.source].items()
                told = [f"{header} → {field_label(name) if name else '–'}" for header, name in pairs]
                notices.append({"code": "mapping_remembered", "facts": {"columns": told}})
    except LedgerRefused as error:
        raise _unreadable(error, options) from error
    return ReadLedger(found, facts, further, notices=notices)


def _loans(read: Iterable[LedgerRow]) -> tuple[list[LedgerRow], dict[int, list[int]]]:
    """Return one row a loan, with all its guarantors, and which rows further named them."""
    found: dict[int, LedgerRow] = {}
    further: dict[int, list[int]] = {}
    for row in read:
        if row.same_loan_as is None:
            found[row.number] = row
            continue
        first = found[row.same_loan_as]
        people = dict.fromkeys((*first.guarantors, *row.guarantors))
        found[first.number] = first._replace(guarantors=tuple(people), problems=first.problems + row.problems)
        further.setdefault(first.number, []).append(row.number)
    return list(found.values()), further


def _unreadable(error: LedgerRefused, options: LedgerOptions) -> Problem:
    """Return the answer to a file that cannot be read; where it is for its columns, with how they were understood."""
    sentence = file_sentence(error.code, error.facts)
    facts: dict[str, Any] = dict(error.facts)
    if seen := facts.get("seen"):
        facts["layout"] = layout_of(columns_of(seen, options.mapping), {}, options.mapping)
    return Problem(
        422, f"ledger-{error.code.replace('_', '-')}", sentence,
        errors=[{"field": "file", "message": sentence}], facts=facts,
    )  # fmt: skip


def _take_in(
    session: Session, actor: Actor, ledger: ReadLedger, filename: str, scope: Scope, *, write: bool
) -> tuple[dict[str, Any], LeftOut]:
    """Decide about the rows branch by branch, and write what was decided where ``write`` says so."""
    lock_branches(session, actor.branches)
    given = rows.referenced(session, Branch, scope.branch, actor, "branch") if scope.branch else None
    branches = {row.id: row for row in session.scalars(select(Branch).where(Branch.id.in_(actor.branches)))}
    branch_of = branch_finder(branches, given)
    placed, misplaced = by_branch(ledger.rows, branch_of)
    for branch_id in placed:
        if far := without_far_places(session, branches[branch_id], placed[branch_id]):
            ledger.rows, placed[branch_id] = (
                [far.get(row.number, row) for row in whole] for whole in (ledger.rows, placed[branch_id])
            )
    ledger.branches = sorted(placed)
    done = Import(
        branch_id=next(iter(placed)) if len(placed) == 1 else None, filename=safe_name(filename), status="stored",
        sha256=ledger.facts["sha256"], format=ledger.facts["format"], encoding=ledger.facts["encoding"],
        by=actor.pseudonym, columns=ledger.facts["layout"], notices=ledger.notices,
        branches=ledger.branches, complete=scope.complete,
    )  # fmt: skip
    if write:
        session.add(done)
        session.flush()
    counts, left_out = Counter[str](), LeftOut()
    counts["refused"] = sum(row.refused for row in ledger.rows)
    counts["refused"] += sum(1 + len(ledger.further.get(problem.row, ())) for problem in misplaced)
    # Also what a refused row names is in the file.
    seen = {row.value("loan_number") for row in ledger.rows} if scope.complete else set()
    for branch_id in ledger.branches:
        expected = expected_loans(session, branch_id, scope.classes) if scope.complete else []
        gone = [loan for loan in expected if loan.loan_number not in seen]
        decided = decide_ledger(known_ledger(session, branch_id), placed.pop(branch_id), vault())
        for one in decided.rows:
            counts["flagged" if one.row.problems else one.fate] += 1 + len(ledger.further.get(one.row.number, ()))
        counts += decided.created
        left_out.add(branches[branch_id], len(gone), len(expected))
        if write:
            found = LedgerStore(session, branch_id, done.id, vault(), ledger.further).store(decided)
            mark_missing(session, done.id, gone)
            note_findings(session, branch_id, done.id, found)
    _describe(done, ledger, misplaced, counts, left_out)
    if write:
        _settle(session, actor, done, ledger, misplaced, branch_of, left_out)
    return report_of(done), left_out


def _describe(
    done: Import, ledger: ReadLedger, misplaced: list[RowProblem], counts: Counter[str], left_out: LeftOut
) -> None:
    """Put into the import what its report tells."""
    problems = [problem for row in ledger.rows for problem in row.problems] + misplaced
    problems.sort(key=lambda problem: problem.row)
    told = {problem.row for problem in problems[:KEPT_PROBLEMS]}
    loans = {row.number: row.value("loan_number") for row in ledger.rows if row.number in told}
    done.problems = [_kept(problem, loans.get(problem.row)) for problem in problems[:KEPT_PROBLEMS]]
    done.reasons = reasons_of(problems)
    done.rows = (
        {name: counts[name] for name in (*FATES, "villages_created", "households_created")}
        | {name: ledger.facts[name] for name in ("sheet", "sheets", "header_row")}
        | {"missing": left_out.missing, "left_out": left_out.told()}
        | {"problems_left_out": max(0, len(problems) - KEPT_PROBLEMS)}
    )



def _settle(
    session: Session, actor: Actor, done: Import, ledger: ReadLedger, misplaced: list[RowProblem],
    branch_of: Callable[[LedgerRow], str | None], left_out: LeftOut,
) -> None:  # fmt: skip
    """Finish an import: its rows to mend, what its missing loans take along, and the audit."""
    note_rows(session, actor, done, ledger.facts["source"], ledger.rows, misplaced, branch_of)
    done.finished_at = now()
    session.flush()
    if left_out.missing:
        withdraw_unfit(session, today())
    counts = {name: done.rows[name] for name in FATES if done.rows[name]}
    audit.record(session, actor.pseudonym, "ledger.imported", done.id, rows=counts, missing=left_out.missing)


def _kept(problem: RowProblem, loan: str | None) -> dict[str, Any]:
    return {
        "row": problem.row, "loan": loan, "column": problem.column, "value": problem.value, "code": problem.code,
        "facts": dict(problem.facts), "severity": problem.severity, "field": problem.field,
    }  # fmt: skip
