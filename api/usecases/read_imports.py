"""Read what became of past imports: the newest first, and the problems of one page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.actor import Actor
from api.problems import not_found
from api.store.models import Import
from api.usecases import rows
from api.usecases.context import store
from api.wording.ledger import notice_sentence, row_sentences, row_title

FATES = ("new", "updated", "unchanged", "flagged", "refused")


def list_imports(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the imports of the actor's area, the newest first, without their problems."""
    with store().read() as session:
        mine = select(Import).where(_mine(actor))
        found, following = rows.page(session, mine, Import.id, query["limit"], query["cursor"], newest=True)
        return {"items": [summary(row[0]) for row in found], "next": following}


def one_import(actor: Actor, import_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return a past import's report with one page of its problems, of one severity or code. Raises 404."""
    with store().read() as session:
        report = report_of(visible_import(session, actor, import_id))
    wanted = {name: query[name] for name in ("severity", "code") if query[name]}
    problems = [one for one in report["problems"] if wanted.items() <= one.items()]
    start, end = _after(query["cursor"]), query["limit"]
    following = rows.cursor_after(str(start + end)) if len(problems) > start + end else None
    return shown(report | {"problems": problems[start : start + end], "next": following})


def _after(cursor: str | None) -> int:
    """Return how many problems the earlier pages held. Raises 422 for what is no cursor."""
    value = rows.cursor_value(cursor) if cursor else "0"
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        raise rows.no_cursor()
    return int(value)


def visible_import(session: Session, actor: Actor, import_id: str) -> Import:
    """Return an import of the actor's area. Raises 404."""
    found = session.scalar(select(Import).where(Import.id == import_id, _mine(actor)))
    if found is None:
        raise not_found()
    return found


def _mine(actor: Actor):  # type: ignore[no-untyped-def]
    return Import.branch_id.in_(actor.branches) | ((Import.branch_id.is_(None)) & (Import.by == actor.pseudonym))


def summary(done: Import) -> dict[str, Any]:
    """Return what is known of an import besides its columns and problems."""
    return {
        "id": done.id, "status": done.status, "filename": done.filename, "format": done.format,
        "encoding": done.encoding, "created_at": done.created_at, "complete": done.complete,
        "villages_created": done.rows.get("villages_created", 0),
        "households_created": done.rows.get("households_created", 0),
        "rows": {name: done.rows[name] for name in FATES} | {"missing": done.rows.get("missing", 0)},
    }  # fmt: skip


def report_of(done: Import) -> dict[str, Any]:
    """Return an import's report in codes and facts."""
    return summary(done) | {
        "dry_run": False, "problems": done.problems, "notices": done.notices, "layout": done.columns,
        "columns": {column["header"]: column["field"] for column in done.columns if column["field"]},
        "reasons": done.reasons, "left_out": done.rows.get("left_out", []),
        "problems_left_out": done.rows.get("problems_left_out", 0),
        **{name: done.rows.get(name) for name in ("sheet", "sheets", "header_row")},
    }  # fmt: skip


def reasons_of(problems: Iterable[Any]) -> list[dict[str, Any]]:
    """Count problems by severity and code, the refused first, the most frequent first."""
    counted = Counter((one.severity, one.code) for one in problems)
    order = sorted(counted.items(), key=lambda item: (item[0][0] != "refused", -item[1], item[0][1]))
    return [{"severity": severity, "code": code, "count": count} for (severity, code), count in order]


def shown(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report with its problems in the reader's language."""
    problems = []
    for kept in report["problems"]:
        reason, remedy = row_sentences(kept["code"], {**kept["facts"], "value": kept["value"] or ""})
        problems.append(
            {name: kept[name] for name in ("row", "column", "value", "code", "severity")}
            | {"reason": reason, "remedy": remedy}
        )
    notices = [notice_sentence(one["code"], one["facts"]) for one in report["notices"]]
    reasons = [one | {"reason": row_title(one["code"])} for one in report["reasons"]]
    return {**report, "problems": problems, "notices": notices, "reasons": reasons}
