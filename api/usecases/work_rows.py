"""Rows that could not be taken in, and loans that a ledger left out, as work items."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import not_found
from api.store.columns import Json
from api.store.models import Account, Import, RowToMend
from api.usecases import audit, keep_accounts, rows
from api.usecases.context import store
from api.usecases.rows_to_mend import LEFT, OPEN, PLACE, REFUSED, leave_row
from api.usecases.work_kind import REOPEN, Conditions, WorkKind, expect_choice, item
from api.usecases.work_merges import household_subjects, mask_loan
from api.wording.ledger import row_sentences
from api.wording.work import work_sentence
from schemas.accounts import SETTLEMENTS

LEAVE = "leave"
KINDS = {"refused_row": REFUSED, "unusable_place": PLACE}


def _rows(kind: str, status: str, actor: Actor) -> Conditions:
    mine = RowToMend.branch_id.is_(None) & (RowToMend.by == actor.pseudonym)
    area = RowToMend.branch_id.in_(actor.branches) | mine
    return [area, RowToMend.status == status, RowToMend.kind == KINDS[kind], RowToMend.mended_by.is_(None)]


def _describe_rows(kind: str, session: Session, found: Sequence[RowToMend]) -> list[Json]:
    imports = {row.import_id for row in found}
    names = dict(session.execute(select(Import.id, Import.filename).where(Import.id.in_(imports))).all())
    return [
        item(
            kind, row, row.problems[0]["code"], [_sentence(one) for one in row.problems],
            [_subject(row, names[row.import_id])], (LEAVE,), LEAVE if row.status == LEFT else None,
        )
        for row in found
    ]  # fmt: skip


def _subject(row: RowToMend, filename: str) -> Json:
    return {
        "kind": "row", "id": None, "import": row.import_id,
        "name": _("Row %(row)s of %(file)s", row=row.row, file=filename),
        "loans": ["…" + row.loan[-4:]] if row.loan else [],
    }  # fmt: skip


def _sentence(problem: Json) -> str:
    reason, remedy = row_sentences(problem["code"], {**problem["facts"], "value": problem["value"] or ""})
    said = f"{reason} {remedy}"
    return f"{problem['column']}: {said}" if problem["column"] else said


def _settle_row(kind: str, actor: Actor, id_: str, choice: str, note: str, version: int) -> Json:
    """Leave a row out for good, or take that back. Raises 404, 409, 412, 422."""
    with store().write() as session:
        row = session.get(RowToMend, id_, with_for_update=True)
        if row is None or not (actor.covers(row.branch_id) or (row.branch_id is None and row.by == actor.pseudonym)):
            raise not_found()
        rows.expect_version(row, version)
        expect_choice(choice, (LEAVE,), row.status == LEFT)
        leave_row(actor, row, OPEN if choice == REOPEN else LEFT)
        audit.record(session, actor.pseudonym, "work.settled", row.id, kind=kind, choice=choice, note=note)
        return _describe_rows(kind, session, [row])[0]


def _missing(actor: Actor) -> Conditions:
    return [Account.branch_id.in_(actor.branches), Account.status == "missing"]


def _found_out(actor: Actor) -> Conditions:
    return [Account.branch_id.in_(actor.branches), Account.settlement.is_not(None)]


def _describe_loans(session: Session, found: Sequence[Any]) -> list[Json]:
    doors = household_subjects(session, [row.household_id for row in found])
    items = []
    for row in found:
        loan = {
            "kind": "loan", "id": row.id, "name": mask_loan(row), "loans": [], "outstanding": row.outstanding,
        }  # fmt: skip
        subjects = [loan, doors[row.household_id]]
        reasons = [work_sentence("missing_loan", {})]
        items.append(item("missing_loan", row, "missing_loan", reasons, subjects, SETTLEMENTS, row.settlement))
    return items


def _settle_loan(actor: Actor, id_: str, choice: str, note: str, version: int) -> Json:
    """Say what became of a missing loan, or take that back. Raises 404, 409, 412, 422."""
    expect_choice(choice, SETTLEMENTS, choice == REOPEN)
    if choice == REOPEN:
        keep_accounts.reopen(actor, id_, note, version)
    else:
        keep_accounts.settle(actor, id_, choice, note, version)
    with store().read() as session:
        return _describe_loans(session, [session.get_one(Account, id_)])[0]


ROWS = {
    kind: WorkKind(
        RowToMend, RowToMend.branch_id, partial(_rows, kind, OPEN), partial(_rows, kind, LEFT),
        partial(_describe_rows, kind), partial(_settle_row, kind),
    )
    for kind in KINDS
}  # fmt: skip
MISSING_LOAN = WorkKind(Account, Account.branch_id, _missing, _found_out, _describe_loans, _settle_loan)
