"""Users: those who sign in with a password."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from schemas.base import Contract, PageQuery, Reference, page_of

ROLES = ("coordinator", "legal", "reviewer", "manager", "auditor", "admin")
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
LEAST_PASSWORD = 12
_BRANCHES = validate.Length(max=500)


def password(**kwargs: Any) -> fields.String:
    """Return the field of a new password: long rather than complicated (NIST SP 800-63B)."""
    return fields.String(
        load_only=True, validate=validate.Length(min=LEAST_PASSWORD, max=200, error="At least 12 characters."), **kwargs
    )


class NewUser(Contract):
    """Somebody who may sign in, with a role and the branches they cover."""

    username = fields.String(
        required=True,
        validate=validate.Regexp(r"[\w.@-]{2,60}\Z", error="Letters, digits and . _ - @, 2 to 60 of them."),
    )
    password = password(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    branches = fields.List(Reference(), load_default=list, validate=_BRANCHES)
    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(LANGUAGES))


class UserChange(Contract):
    """What may be changed of a user. A new password, another role or ``active: false`` signs them out everywhere."""

    password = password()
    role = fields.String(validate=validate.OneOf(ROLES))
    branches = fields.List(Reference(), validate=_BRANCHES)
    language = fields.String(allow_none=True, validate=validate.OneOf(LANGUAGES))
    active = fields.Boolean()


class UserSchema(Contract):
    """A user; nothing of the password."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    username = fields.String(required=True)
    role = fields.String(required=True)
    branches = fields.Function(lambda user: sorted(row.branch_id for row in user.branches))
    language = fields.String(allow_none=True)
    active = fields.Boolean()
    created_at = fields.AwareDateTime()


class UserQuery(PageQuery):
    """Filters of the list of users."""

    role = fields.String(load_default=None, validate=validate.OneOf(ROLES))
    active = fields.Boolean(load_default=None)


UserPage = page_of(UserSchema)
