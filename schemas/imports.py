"""The report of an imported ledger."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from schemas.base import Contract, PageQuery, Reference, Text, page_of
from schemas.households import CLASSES

SEVERITIES = ("refused", "flagged")


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
    sheet = Text(load_default=None, least=1, most=200, metadata={"description": "Of a workbook, if not the likeliest"})
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
    severity = fields.String(validate=validate.OneOf(SEVERITIES))
    reason = fields.String(required=True)
    remedy = fields.String(required=True)


class ColumnSchema(Contract):
    """How one column of the file was understood."""

    column = fields.String(required=True, metadata={"description": "Its letter in a spreadsheet"})
    header = fields.String(required=True)
    field = fields.String(required=True, allow_none=True, metadata={"description": "None: it is not read"})
    told = fields.Boolean(required=True, metadata={"description": "A person said so (see mapping)"})
    needless = fields.Boolean(required=True, metadata={"description": "Known, and not needed"})
    nearest = fields.String(required=True, allow_none=True, metadata={"description": "Field of the nearest known name"})
    unit = fields.String(required=True, allow_none=True, metadata={"description": "Multiplies amounts to yuan"})
    dates = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(("dmy", "mdy")),
        metadata={"description": "Order of day and month, where the year stands last and cells decide it"},
    )  # fmt: skip
    datum = fields.String(required=True, allow_none=True)
    guarantor = fields.Integer(required=True, allow_none=True, metadata={"description": "Number of the guarantor"})


class ReasonSchema(Contract):
    """How many problems have one reason."""

    code = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    count = fields.Integer(required=True)
    reason = fields.String(required=True, metadata={"description": "The sentence, without the facts of a row"})


class LeftOutSchema(Contract):
    """How many loans of a branch a complete ledger leaves out."""

    branch = fields.String(required=True)
    name = fields.String(required=True)
    missing = fields.Integer(required=True)
    of = fields.Integer(required=True)


class ImportSummary(Contract):
    """An import in few words. A preview (dry run) has no id."""

    id = fields.String(allow_none=True, required=True)
    status = fields.String(validate=validate.OneOf(("stored", "undone")))
    filename = fields.String()
    format = fields.String()
    encoding = fields.String(allow_none=True)
    complete = fields.Boolean(metadata={"description": "The file was declared to hold every loan of its scope"})
    rows = fields.Nested(RowCounts, required=True)
    villages_created = fields.Integer()
    households_created = fields.Integer()
    created_at = fields.DateTime(allow_none=True)


class ImportSchema(ImportSummary):
    """An import and its report: row by row, and how the file was understood."""

    dry_run = fields.Boolean()
    confirm_needed = fields.Boolean(
        metadata={"description": "It leaves out more than half of a branch; importing it needs confirm=true"}
    )
    left_out = fields.List(fields.Nested(LeftOutSchema), metadata={"description": "Branches with missing loans"})
    sheet = fields.String(allow_none=True, metadata={"description": "The sheet that was read"})
    sheets = fields.List(fields.String(), metadata={"description": "All sheets of the workbook"})
    header_row = fields.Integer(allow_none=True)
    layout = fields.List(fields.Nested(ColumnSchema), metadata={"description": "How each column was understood"})
    columns = fields.Dict(metadata={"description": "Which column of the file was read as which field"})
    notices = fields.List(fields.String(), metadata={"description": "About the file as a whole"})
    reasons = fields.List(fields.Nested(ReasonSchema), metadata={"description": "All problems, counted by reason"})
    problems = fields.List(fields.Nested(RowProblemSchema), required=True)
    problems_left_out = fields.Integer(metadata={"description": "Problems beyond the first thousand"})
    next = fields.String(allow_none=True, metadata={"description": "Cursor of the next page of problems"})


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


class RunningImportSchema(Contract):
    """An upload of yours on its way: ``rows`` read so far, or being stored in one go."""

    id = fields.String(required=True)
    filename = fields.String(required=True)
    dry_run = fields.Boolean(required=True)
    phase = fields.String(required=True, validate=validate.OneOf(("reading", "storing")))
    rows = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)


class RunningImports(Contract):
    """Your uploads on their way."""

    items = fields.List(fields.Nested(RunningImportSchema), required=True)


ImportPage = page_of(ImportSummary)


class ImportListQuery(PageQuery):
    """Paging of past imports."""


class ProblemsQuery(PageQuery):
    """Paging of an import's problems, of one severity or code."""

    severity = fields.String(load_default=None, validate=validate.OneOf(SEVERITIES))
    code = fields.String(load_default=None, validate=validate.Length(max=60))


class FieldSchema(Contract):
    """A field that a column of a ledger can be read as."""

    field = fields.String(required=True)
    label = fields.String(required=True)
    required = fields.Boolean(required=True, metadata={"description": "Without it a file is no ledger"})


class FieldList(Contract):
    """All fields, in the order in which they are offered."""

    items = fields.List(fields.Nested(FieldSchema), required=True)
