"""/api/v1/people"""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api.auth.actor import Role
from api.auth.guard import allow, me
from api.resources.versions import created, required_version, tagged
from api.usecases import keep_devices, keep_people
from schemas.devices import EnrolmentSchema
from schemas.people import NewPerson, PersonChange, PersonPage, PersonQuery, PersonSchema

blp = Blueprint("people", __name__, url_prefix="/api/v1/people", description="Those who visit")
READERS = (Role.COORDINATOR,)
WRITERS = (Role.COORDINATOR,)


@blp.route("", methods=["GET"])
@allow(*READERS)
@blp.arguments(PersonQuery, location="query")
@blp.response(200, PersonPage)
def list_people(query: dict[str, Any]) -> Any:
    """List the people of your area"""
    return keep_people.list_people(me(), query)


@blp.route("", methods=["POST"])
@allow(*WRITERS)
@blp.arguments(NewPerson)
@blp.response(201, PersonSchema)
def create_person(new: dict[str, Any]) -> Any:
    """Create a person"""
    person = keep_people.create_person(me(), new)
    return created(person, f"/api/v1/people/{person.id}")


@blp.route("/<person_id>", methods=["GET"])
@allow(*READERS)
@blp.response(200, PersonSchema)
def get_person(person_id: str) -> Any:
    """Get one person"""
    return tagged(keep_people.one_person(me(), person_id))


@blp.route("/<person_id>", methods=["PATCH"])
@allow(*WRITERS)
@blp.arguments(PersonChange)
@blp.response(200, PersonSchema)
def change_person(change: dict[str, Any], person_id: str) -> Any:
    """Change a person (send its version as If-Match)"""
    return tagged(keep_people.change_person(me(), person_id, change, required_version()))


@blp.route("/<person_id>/enrolments", methods=["POST"])
@allow(Role.COORDINATOR)
@blp.response(201, EnrolmentSchema)
def make_enrolment(person_id: str) -> Any:
    """Make a one-time code for a person's phone; it is shown this once"""
    return keep_devices.make_enrolment(me(), person_id)
