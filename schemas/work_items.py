"""Work items: what waits for a person to judge, and how it is settled."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract, PageQuery, Reference, Text, page_of
from schemas.households import names_no_number

KINDS = (
    "missing_place", "village_merge", "household_merge", "shared_identity", "place_doubt", "unusable_place",
    "refused_row", "missing_loan",
)  # fmt: skip
CHOICES = (
    "together", "together_second", "apart", "keep", "drop_place", "place_by_doors", "leave",
    "repaid", "sold", "off_balance", "mistake", "reopen",
)  # fmt: skip


class WorkSubject(Contract):
    """A village, household, loan or row that an item is about. Names of people and numbers of loans are masked."""

    kind = fields.String(required=True, validate=validate.OneOf(("village", "household", "loan", "row")))
    id = fields.String(allow_none=True, metadata={"description": "None where it does not exist (any more)"})
    name = fields.String(required=True)
    within = fields.String(metadata={"description": "Town and administrative village, or the village of a door"})
    door = fields.String()
    households = fields.Integer(allow_none=True)
    loans = fields.List(fields.String())
    outstanding = fields.Decimal(as_string=True, places=2, allow_none=True)
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    territory = fields.String(allow_none=True, metadata={"description": "Name of the village's territory"})
    import_ = fields.String(
        attribute="import", data_key="import", allow_none=True, metadata={"description": "The import of a row"}
    )


class WorkChoice(Contract):
    """One way to settle an item, and what it is called."""

    choice = fields.String(required=True, validate=validate.OneOf(CHOICES))
    label = fields.String(required=True)


class WorkItemSchema(Contract):
    """Something that waits. ``settled`` is the choice that was made; what may be taken back has the choice reopen.

    Of two that may be one, the first subject stays; ``together_second``: the second one does.
    """

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    id = fields.String(required=True)
    version = fields.Integer(required=True)
    branch = fields.String(allow_none=True)
    code = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)
    subjects = fields.List(fields.Nested(WorkSubject), required=True)
    choices = fields.List(fields.Nested(WorkChoice), required=True)
    settled = fields.String(allow_none=True)
    settled_at = fields.AwareDateTime(allow_none=True)


WorkItemPage = page_of(WorkItemSchema)


class WorkItemQuery(PageQuery):
    """Filters of the work lists. ``settled=true``: what people decided, and may take back."""

    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    branch = Reference(load_default=None)
    settled = fields.Boolean(load_default=False)


class WorkCountQuery(Contract):
    """Of which branch; without it, of all of yours."""

    branch = Reference(load_default=None)
    lang = fields.String(load_default=None, validate=validate.Length(max=20))


WorkCounts = type(
    "WorkCountsSchema",
    (Contract,),
    {
        "__doc__": "How many items wait, by kind.",
        **{kind: fields.Integer(required=True) for kind in KINDS},
    },
)


class NewDecision(Contract):
    """The choice that settles an item. The note stays in the audit trail; name nobody in it."""

    choice = fields.String(required=True, validate=validate.OneOf(CHOICES))
    note = Text(load_default="", most=300, also=names_no_number)
