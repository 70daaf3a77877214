"""Teams of a territory."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Contract, PageQuery, Reference, Text, page_of


class NewTeam(Contract):
    """A team; who is in it on a day stands in that day's shift."""

    territory = Reference(required=True)
    name = Text(required=True, least=1, most=60)


class TeamChange(Contract):
    """What may be changed of a team. ``active: false``: no shift of it is planned any more."""

    name = Text(least=1, most=60)
    active = fields.Boolean()


class TeamSchema(Contract):
    """A team."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    territory = fields.String(attribute="territory_id")
    name = fields.String()
    active = fields.Boolean()


class TeamQuery(PageQuery):
    """Filters of the list of teams."""

    territory = Reference(load_default=None)
    active = fields.Boolean(load_default=None)


TeamPage = page_of(TeamSchema)
