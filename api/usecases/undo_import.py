"""Undo an import: every account is as it was before, and what came with the import goes again.

Nothing is undone that something else rests on: a later import of the branch, an outcome, a published plan,
or a loan that a person changed since. Rows that a person changed since, or that anything refers to, stay.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, delete, exists, func, not_, or_, select, union
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import Problem, not_found
from api.store.models import (
    Account,
    Base,
    Guarantee,
    Household,
    Import,
    ImportChange,
    ImportRow,
    Obligor,
    Outcome,
    Plan,
    Route,
    Stop,
    Village,
)
from api.usecases import audit
from api.usecases.context import store, today
from api.usecases.doubt_places import lock_villages
from api.usecases.findings import forget_findings
from api.usecases.import_ledger import lock_branches
from api.usecases.join_villages import references_to
from api.usecases.kept_values import kept_value
from api.usecases.merges import joined_into
from api.usecases.published import route_is_published
from api.usecases.read_imports import visible_import
from api.usecases.withdraw import withdraw_unfit


class _Preview(Exception):
    """Ends a preview: its transaction is rolled back."""


def undo_import(actor: Actor, import_id: str, *, dry_run: bool = False) -> dict[str, Any]:
    """Undo an import, or say what that would do. Raises 404, and 409 with the reason why it must stand."""
    done: dict[str, Any] = {}
    try:
        with store().write() as session:
            found = visible_import(session, actor, import_id)
            if not all(actor.covers(branch) for branch in found.branches):
                raise not_found()
            lock_branches(session, found.branches)
            lock_villages(session, Village.branch_id.in_(found.branches))
            session.refresh(found)
            _refuse(session, found)
            done = _take_back(session, found)
            found.status = "undone"
            forget_findings(session, found)
            withdraw_unfit(session, today())
            audit.record(session, actor.pseudonym, "ledger.undone", found.id, **done)
            if dry_run:
                raise _Preview
    except _Preview:
        return done | {"id": import_id, "dry_run": True, "status": "stored"}
    return done | {"id": import_id, "dry_run": False, "status": "undone"}


def _refuse(session: Session, found: Import) -> None:
    """Raise 409 where the import must stand."""
    if found.status == "undone":
        raise Problem(409, "undone", _("This import was undone before."))
    for later in session.scalars(select(Import).where(Import.created_at > found.created_at, Import.status == "stored")):
        if set(later.branches) & set(found.branches):
            raise Problem(
                409, "undo-later-import",
                _("The ledger “%(name)s” was imported later and rests on this one. Undo that first.",
                  name=later.filename), facts={"import": later.id},
            )  # fmt: skip
    _refuse_changed(session, found)
    touched = _touched(found.id)
    outcomes = session.scalar(
        select(func.count()).where(Outcome.household_id.in_(touched), Outcome.server_time >= found.created_at)
    )
    if outcomes:
        raise Problem(
            409, "undo-outcome",
            _("%(count)s outcomes were reported since at doors of this import, so it must stand.", count=outcomes),
            facts={"outcomes": outcomes},
        )  # fmt: skip
    plans = session.scalars(
        select(Plan.number)
        .where(Plan.status == "published", Plan.finished_at >= found.created_at)
        .where(
            exists()
            .where(Stop.route_id == Route.id, Route.plan_id == Plan.id, route_is_published())
            .where(Stop.withdrawn_at.is_(None), Stop.household_id.in_(touched))
        )
        .order_by(Plan.number)
    ).all()
    if plans:
        raise Problem(
            409, "undo-plan",
            _("The published plan %(number)s sends people to doors of this import, so it must stand.",
              number=", ".join(map(str, plans))), facts={"plans": list(plans)},
        )  # fmt: skip


def _refuse_changed(session: Session, found: Import) -> None:
    """Raise 409 if a person settled a loan after this import touched it: what they found out would be lost."""
    touched = or_(Account.import_id == found.id, Account.id.in_(_absent(found.id)))
    changed = session.scalar(select(func.count()).where(touched, Account.settlement.is_not(None)))
    if changed:
        raise Problem(
            409, "undo-changed",
            _("%(count)s loans of this import were changed by a person since, so it must stand.", count=changed),
            facts={"accounts": changed},
        )  # fmt: skip


def _touched(import_id: str) -> Select[Any]:
    """Select the households whose debts this import made or changed."""
    made = select(ImportChange.row_id).where(ImportChange.import_id == import_id, ImportChange.kind == "guarantees")
    households = select(ImportChange.row_id).where(
        ImportChange.import_id == import_id, ImportChange.kind == "households"
    )
    guarantors = (
        select(Obligor.household_id).join(Guarantee, Guarantee.obligor_id == Obligor.id).where(Guarantee.id.in_(made))
    )
    all_of_them = union(
        select(Account.household_id).where(Account.import_id == import_id),
        select(Account.household_id).where(Account.id.in_(_absent(import_id))),
        households,
        guarantors,
    ).subquery()
    return select(all_of_them.c[0])


def _absent(import_id: str) -> Select[Any]:
    return select(ImportChange.row_id).where(ImportChange.import_id == import_id, ImportChange.kind == "accounts")


def _rows(session: Session, import_id: str) -> list[tuple[ImportRow, Account]]:
    """Return the rows that made or changed an account, the last first: a loan in two rows goes back step by step."""
    query = (
        select(ImportRow, Account)
        .join(Account, Account.id == ImportRow.account_id)
        .where(ImportRow.import_id == import_id, Account.import_id == import_id)
        .order_by(ImportRow.row.desc())
    )
    return [(row, account) for row, account in session.execute(query)]


def _left_out(session: Session, import_id: str) -> list[tuple[ImportChange, Account]]:
    query = (
        select(ImportChange, Account)
        .join(Account, Account.id == ImportChange.row_id)
        .where(ImportChange.import_id == import_id, ImportChange.kind == "accounts")
    )
    return [(change, account) for change, account in session.execute(query)]


def _take_back(session: Session, found: Import) -> dict[str, Any]:
    """Restore what the import changed and remove what it made; returns how many of each."""
    restored, joined = set(), joined_into(session, found.branches)
    for row, account in _rows(session, found.id):
        if row.before is not None:
            _restore(account, row.before, joined)
            account.version += 1
            restored.add(account.id)
    for change, account in _left_out(session, found.id):
        _restore(account, change.before or {}, joined)
        account.version += 1
        restored.add(account.id)
    _restore_doors(session, found.id, joined)
    session.flush()
    return _remove(session, found.id) | {"accounts_restored": len(restored)}


def _restore_doors(session: Session, import_id: str, joined: dict[str, str]) -> None:
    """Give households and obligors back what they held, unless a person has changed them since."""
    doors: dict[str, type[Household] | type[Obligor]] = {"households": Household, "obligors": Obligor}
    changes = select(ImportChange).where(ImportChange.import_id == import_id, ImportChange.made.is_(False))
    for change in session.scalars(changes.where(ImportChange.kind.in_(doors))).all():
        row: Any = session.get(doors[change.kind], change.row_id)
        closed = isinstance(row, Household) and row.merged_into_id is not None
        if row is not None and row.version == change.version and not closed:
            _restore(row, change.before or {}, joined)


def _restore(row: Account | Household | Obligor, before: dict[str, Any], joined: dict[str, str]) -> None:
    """Set the columns back. ``version`` is not among them: it only ever rises, and at doors only people raise it.

    What a person joined to another since (``joined``) stays joined.
    """
    columns = row.__table__.columns
    for name, value in before.items():
        if name != "version":
            setattr(row, name, kept_value(columns[name].type, joined.get(value, value)))


def _remove(session: Session, import_id: str) -> dict[str, Any]:
    """Remove what the import made, from the leaves to the root, as far as nothing refers to it."""
    result = session.execute(_delete(Guarantee, Guarantee.id.in_(_made(import_id, "guarantees"))))
    counts = {"guarantees_removed": _count(result)}
    # Those with an earlier state have just gone back to the import they had then.
    counts["accounts_removed"] = _count(session.execute(_delete(Account, Account.import_id == import_id)))
    kept = 0
    for model in (Obligor, Household, Village):
        name = model.__tablename__
        unused = [not_(exists().where(column == model.id)) for column in references_to(model.__table__)]
        statement = _delete(model, _as_left(import_id, model), *unused)
        counts[f"{name}_removed"] = _count(session.execute(statement))
        if model is Household:
            # Those that the first pass took away were joined to others, which may go only then.
            counts[f"{name}_removed"] += _count(session.execute(statement))
        made = model.id.in_(_made(import_id, name))
        kept += session.scalar(select(func.count()).select_from(model).where(made)) or 0
    session.expire_all()
    return counts | {"kept": kept}


def _made(import_id: str, kind: str) -> Select[Any]:
    return select(ImportChange.row_id).where(
        ImportChange.import_id == import_id, ImportChange.kind == kind, ImportChange.made.is_(True)
    )


def _as_left(import_id: str, model: Any) -> ColumnElement[bool]:
    """The rows that the import made and that no person has changed since."""
    return exists().where(
        ImportChange.import_id == import_id, ImportChange.kind == model.__tablename__, ImportChange.made.is_(True),
        ImportChange.row_id == model.id, ImportChange.version == model.version,
    )  # fmt: skip


def _delete(model: type[Base], *where: ColumnElement[bool]) -> Any:
    return delete(model).where(*where).execution_options(synchronize_session=False)


def _count(result: Any) -> int:
    return int(result.rowcount)
