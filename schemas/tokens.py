"""Signing in: tokens for people and phones."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Contract, Text

_TOKEN = validate.Length(min=1, max=200)


class Credentials(Contract):
    """User name and password. The password is taken as it is, blanks included."""

    username = Text(required=True, least=1, most=60)
    password = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=200))


class RefreshToken(Contract):
    """The refresh token of the last answer; it works once."""

    refresh_token = fields.String(required=True, validate=_TOKEN)


class TokensSchema(Contract):
    """A pair of bearer tokens; ``expires_in`` is the access token's life in seconds."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    token_type = fields.String(required=True)
