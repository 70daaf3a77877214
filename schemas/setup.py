"""What becomes of a setup workbook."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Contract, LanguageQuery
from schemas.problems import ProblemSchema
from schemas.reassignments import WarningSchema


class SetupTemplateQuery(LanguageQuery):
    """``filled=true`` gives what is stored now instead of examples."""

    filled = fields.Boolean(load_default=False)


class SetupQuery(LanguageQuery):
    """``dry_run=true`` previews: nothing is stored."""

    dry_run = fields.Boolean(load_default=False)


class SetupSheetCounts(Contract):
    """What became of the rows of one sheet."""

    sheet = fields.String(required=True, metadata={"description": "branches, territories, villages, …"})
    new = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)


class SetupReport(Contract):
    """What was stored, or would be (dry run)."""

    dry_run = fields.Boolean(required=True)
    sheets = fields.List(fields.Nested(SetupSheetCounts), required=True)
    left_to_others = fields.List(
        fields.String(), required=True, metadata={"description": "Sheets that another role has to upload"}
    )
    ignored_sheets = fields.List(fields.String(), required=True, metadata={"description": "Sheets of another name"})
    warnings = fields.List(fields.Nested(WarningSchema), required=True)


class SetupProblemSchema(Contract):
    """One thing wrong: where, what, why, and what to do about it."""

    sheet = fields.String(required=True)
    row = fields.Integer(required=True, allow_none=True)
    cell = fields.String(required=True, allow_none=True, metadata={"description": "As a spreadsheet names it: C5"})
    column = fields.String(required=True, allow_none=True)
    value = fields.String(required=True, allow_none=True, metadata={"description": "Long numbers are masked"})
    code = fields.String(required=True)
    reason = fields.String(required=True)
    remedy = fields.String(required=True)


class SetupRefused(ProblemSchema):
    """The errors of a workbook of which nothing was stored."""

    problems = fields.List(fields.Nested(SetupProblemSchema))
    problems_left_out = fields.Integer(metadata={"description": "Problems beyond the first thousand"})
