"""Import a lender's ledger: every row is new, updated, unchanged, flagged or refused, and says why.

All rows are read and grouped first, then stored in one transaction; a preview rolls it back. A *flagged*
row is stored without the value that could not be trusted; a *refused* one is not stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO, cast

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem
from api.store.columns import now
from api.store.models import Branch, Import, ImportChange, ImportRow
from api.usecases import audit, rows
from api.usecases.complete_ledger import LeftOut, Scope, expected_loans, mark_missing
from api.usecases.context import settings, store, today, vault
from api.usecases.findings import note_findings
from api.usecases.follow_imports import Followed
from api.usecases.keep_mappings import remember, remembered_mappings
from api.usecases.read_imports import FATES, reasons_of, report_of, shown
from api.usecases.rows_to_mend import note_rows
from api.usecases.store_ledger_rows import LedgerStore
from api.usecases.withdraw import withdraw_unfit
from api.wording.ledger import file_sentence
from api.wording.ledger_fields import field_label
from routing.households import Borrower
from routing.problem import Place
from routing.villages import AddressParts
from schemas.ledger import LedgerLimits, LedgerOptions, LedgerRefused, LedgerRow, RowProblem, open_ledger
from schemas.ledger.headers import columns_of
from schemas.ledger.layout import layout_of

KEPT_PROBLEMS = 1000
EVERYTHING = Scope()


class Preview(Exception):
    """Ends a preview: its transaction is rolled back."""


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
    report: dict[str, Any] = {}
    with Followed(actor, _safe_name(filename), dry_run=dry_run) as followed:
        ledger = _read(actor, stream, filename, scope, mapping, sheet, followed)
        followed.storing(len(ledger.rows))
        try:
            with store().write() as session:
                report, left_out = _store(session, actor, ledger, filename, scope)
                if mapping is not None:
                    remember(session, actor, ledger.branches, ledger.facts["source"], mapping)
                report["confirm_needed"] = bool(left_out.halves)
                if dry_run:
                    raise Preview
                if not scope.confirm:
                    left_out.refuse_half()
        except Preview:
            report |= {"id": None, "created_at": None}
    return shown(report | {"dry_run": dry_run})


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
        mapping=mapping or {}, remembered=remembered, sheet=sheet, limits=limits,
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


def _store(
    session: Session, actor: Actor, ledger: ReadLedger, filename: str, scope: Scope
) -> tuple[dict[str, Any], LeftOut]:
    lock_branches(session, actor.branches)
    given = rows.referenced(session, Branch, scope.branch, actor, "branch") if scope.branch else None
    branches = {row.id: row for row in session.scalars(select(Branch).where(Branch.id.in_(actor.branches)))}
    placed, misplaced = _by_branch(ledger.rows, branches, given)
    ledger.branches = sorted(placed)
    done = Import(
        branch_id=next(iter(placed)) if len(placed) == 1 else None, filename=_safe_name(filename),
        sha256=ledger.facts["sha256"], format=ledger.facts["format"], encoding=ledger.facts["encoding"],
        by=actor.pseudonym, columns=ledger.facts["layout"], notices=ledger.notices,
        branches=ledger.branches, complete=scope.complete,
    )  # fmt: skip
    session.add(done)
    session.flush()
    status: dict[int, str] = {row.number: "refused" for row in ledger.rows if row.refused}
    for problem in misplaced:
        status |= dict.fromkeys((problem.row, *ledger.further.get(problem.row, ())), "refused")
    problems: list[RowProblem] = [problem for row in ledger.rows for problem in row.problems] + misplaced
    created, left_out = Counter[str](), LeftOut()
    # Also what a refused row names is in the file.
    seen = {row.values["loan_number"] for row in ledger.rows if "loan_number" in row.values}
    for branch_id in sorted(placed):
        expected = expected_loans(session, branch_id, scope.classes) if scope.complete else []
        part = LedgerStore(session, branches[branch_id], done.id, vault())
        usable = placed[branch_id]
        for row, what, account_id, before in part.store(usable, borrowers_of(usable, vault().blind)):
            fate = "flagged" if row.problems else what
            for number in (row.number, *ledger.further.get(row.number, ())):
                status[number] = fate
                session.add(ImportRow(import_id=done.id, row=number, status=fate, account_id=account_id, before=before))
                before = None
        created.update(part.created)
        changes = [{"import_id": done.id, **change} for change in part.changes()]
        if changes:
            session.execute(insert(ImportChange), changes)
        left_out.add(branches[branch_id], mark_missing(session, done.id, expected, seen), len(expected))
        if part.found is not None:
            note_findings(session, branch_id, done.id, part.found)
    of_row = _branch_finder(branches, given)
    note_rows(session, actor, done, ledger.facts["source"], ledger.rows, misplaced, of_row)
    counts = Counter(status.values())
    problems.sort(key=lambda problem: problem.row)
    done.rows = {name: counts[name] for name in FATES}
    done.rows |= {"villages_created": created["villages"], "households_created": created["households"]}
    done.rows |= {"missing": left_out.missing, "left_out": left_out.told()}
    done.rows |= {name: ledger.facts[name] for name in ("sheet", "sheets", "header_row")}
    told = {problem.row for problem in problems[:KEPT_PROBLEMS]}
    loans = {row.number: row.values.get("loan_number") for row in ledger.rows if row.number in told}
    done.problems = [_kept(problem, loans.get(problem.row)) for problem in problems[:KEPT_PROBLEMS]]
    done.reasons = reasons_of(problems)
    done.rows["problems_left_out"] = max(0, len(problems) - KEPT_PROBLEMS)
    done.finished_at = now()
    session.flush()
    if left_out.missing:
        withdraw_unfit(session, today())
    audit.record(
        session, actor.pseudonym, "ledger.imported", done.id, rows=dict(counts), missing=left_out.missing
    )
    return report_of(done), left_out


def _by_branch(
    read: Iterable[LedgerRow], branches: dict[str, Branch], given: Branch | None
) -> tuple[dict[str, list[LedgerRow]], list[RowProblem]]:
    """Sort the usable rows by branch; a row of a branch outside the area is refused."""
    branch_of = _branch_finder(branches, given)
    placed: dict[str, list[LedgerRow]] = {}
    misplaced: list[RowProblem] = []
    for row in read:
        if row.refused:
            continue
        branch_id = branch_of(row)
        if branch_id is None:
            named = _named_branch(row)
            code = "branch_unknown" if named else "branch_missing"
            misplaced.append(
                RowProblem(
                    row=row.number,
                    column=None,
                    field="branch_code",
                    value=named,
                    code=code,
                    facts={},
                    severity="refused",
                )
            )
        else:
            placed.setdefault(branch_id, []).append(row)
    return placed, misplaced


def _named_branch(row: LedgerRow) -> str | None:
    return row.values.get("branch_code") or row.values.get("branch_name")


def _branch_finder(branches: dict[str, Branch], given: Branch | None) -> Callable[[LedgerRow], str | None]:
    """Return a function from a row to its branch in the area, None where there is none."""
    by_name = {row.code: row.id for row in branches.values()} | {row.name: row.id for row in branches.values()}
    only = given.id if given else next(iter(branches)) if len(branches) == 1 else None

    def branch_of(row: LedgerRow) -> str | None:
        named = _named_branch(row)
        return by_name.get(named.strip()) if named else only

    return branch_of


def borrowers_of(read: Iterable[LedgerRow], blind: Any) -> list[Borrower]:
    """Return every borrower and guarantor of these rows, as the grouping by door wants them."""
    found = []
    for row in read:
        values = row.values
        identity = values.get("id_number")
        found.append(
            Borrower(
                ref=values["loan_number"],
                name=values["borrower_name"],
                parts=AddressParts(
                    county=values.get("county", ""), town=values.get("town", ""),
                    admin_village=values.get("admin_village", ""), village=values.get("village", ""),
                    door=values.get("household_door", ""), address=values.get("address", ""),
                ),
                identity=blind(identity) if identity else None,
                place=_place(values),
            )
        )  # fmt: skip
        for position, guarantor in enumerate(row.guarantors):
            found.append(
                Borrower(
                    ref=f"{values['loan_number']}:{position}",
                    name=guarantor.name,
                    parts=AddressParts(address=guarantor.address or ""),
                    identity=blind(guarantor.id_number) if guarantor.id_number else None,
                )
            )
    return found


def _place(values: Any):  # type: ignore[no-untyped-def]
    return Place(values["latitude"], values["longitude"]) if "latitude" in values else None


def _kept(problem: RowProblem, loan: str | None) -> dict[str, Any]:
    return {
        "row": problem.row, "loan": loan, "column": problem.column, "value": problem.value, "code": problem.code,
        "facts": dict(problem.facts), "severity": problem.severity, "field": problem.field,
    }  # fmt: skip


def _safe_name(filename: str) -> str:
    """Keep a file's name for the reader, without paths and control or direction characters."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in name if letter.isprintable())[:120] or _("unnamed")
