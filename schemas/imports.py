"""The report of an imported ledger."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from schemas.base import Contract, PageQuery, Reference, page_of
from schemas.households import CLASSES


class _Classes(fields.String):
    """Five-tier classes with commas between; a tuple inside."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = tuple(filter(None, super()._deserialize(value, attr, data, **kwargs).split(",")))
        validate.ContainsOnly(CLASSES)(found)
        return found


class ImportQuery(Contract):
    """``dry_run=true`` previews; ``branch`` is for ledgers without a branch column.

    ``complete=true`` declares that the file holds every loan of its branches, or every one of the ``classes``;
    loans it leaves out become missing. ``confirm=true``: also if that is more than half of a branch.
    """

    dry_run = fields.Boolean(load_default=False)
    branch = Reference(load_default=None)
    complete = fields.Boolean(load_default=False)
    classes = _Classes(
        load_default=(), metadata={"description": "Five-tier classes the file is complete for, with commas between"}
    )
    confirm = fields.Boolean(load_default=False)
    lang = fields.String(load_default=None)


class RowCounts(Contract):
    """What became of the rows."""

    new = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    flagged = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    missing = fields.Integer(
        required=True, metadata={"description": "Loans that this complete ledger leaves out; none of its rows"}
    )


class RowProblemSchema(Contract):
    """One thing wrong with one row: where, what, why, and what to do about it."""

    row = fields.Integer(required=True)
    column = fields.String(required=True, allow_none=True)
    value = fields.String(required=True, allow_none=True, metadata={"description": "Numbers of people are masked"})
    code = fields.String(required=True)
    severity = fields.String(validate=validate.OneOf(("refused", "flagged")))
    reason = fields.String(required=True)
    remedy = fields.String(required=True)


class ImportSchema(Contract):
    """An import and its report. A preview (dry run) has no id."""

    id = fields.String(allow_none=True, required=True)
    status = fields.String(validate=validate.OneOf(("stored", "undone")))
    filename = fields.String()
    format = fields.String()
    encoding = fields.String(allow_none=True)
    dry_run = fields.Boolean()
    complete = fields.Boolean(metadata={"description": "The file was declared to hold every loan of its scope"})
    confirm_needed = fields.Boolean(
        metadata={"description": "It leaves out more than half of a branch; importing it needs confirm=true"}
    )
    rows = fields.Nested(RowCounts, required=True)
    columns = fields.Dict(metadata={"description": "Which column of the file was read as which field"})
    notices = fields.List(fields.String(), metadata={"description": "About the file as a whole"})
    villages_created = fields.Integer()
    households_created = fields.Integer()
    problems = fields.List(fields.Nested(RowProblemSchema), required=True)
    problems_left_out = fields.Integer(metadata={"description": "Problems beyond the first thousand"})
    created_at = fields.DateTime(allow_none=True)


class UndoQuery(Contract):
    """``dry_run=true`` says what undoing would do."""

    dry_run = fields.Boolean(load_default=False)
    lang = fields.String(load_default=None)


class UndoSchema(Contract):
    """What undoing an import did, or would do: rows restored, removed, and kept because something rests on them."""

    id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("stored", "undone")))
    dry_run = fields.Boolean(required=True)
    accounts_restored = fields.Integer(required=True)
    accounts_removed = fields.Integer(required=True)
    guarantees_removed = fields.Integer(required=True)
    obligors_removed = fields.Integer(required=True)
    households_removed = fields.Integer(required=True)
    villages_removed = fields.Integer(required=True)
    kept = fields.Integer(required=True, metadata={"description": "Made by the import, but used by something else"})


ImportPage = page_of(ImportSchema)


class ImportListQuery(PageQuery):
    """Paging of past imports."""
