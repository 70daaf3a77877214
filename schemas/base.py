"""What every schema shares: unknown fields are refused, pages have one shape, text is bounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from routing.problem import Precision

NAME = validate.Length(min=1, max=120)
LATITUDE = validate.Range(min=-90, max=90)
LONGITUDE = validate.Range(min=-180, max=180)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)


class Contract(Schema):
    """Base of every schema. A field that is not in the contract is an error, also a read-only one."""

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """A line of text: no control characters, at most ``most`` characters, trimmed."""

    def __init__(
        self, *, least: int = 0, most: int = 200, also: Callable[[str], None] | None = None, **kwargs: Any
    ) -> None:
        checks: list[Callable[[Any], Any]] = [validate.Length(min=least, max=most), *([also] if also else [])]
        super().__init__(validate=checks, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any(ord(letter) < 32 and letter not in "\n\t" for letter in text):
            raise ValidationError("Control characters are not allowed.")
        return text.strip()


class Reference(fields.String):
    """The id of another row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=1, max=36), **kwargs)


class Clock(fields.String):
    """A time of day, HH:MM, from 00:00 to 24:00; minutes since midnight inside."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        hours, colon, minutes = text.partition(":")
        if not (
            colon
            and len(hours) == 2
            and len(minutes) == 2
            and (hours + minutes).isascii()
            and (hours + minutes).isdigit()
        ):
            raise ValidationError("Not a time of day; write HH:MM.")
        found = int(hours) * 60 + int(minutes)
        if int(minutes) > 59 or found > 24 * 60:
            raise ValidationError("Not a time of day; write HH:MM.")
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value // 60:02d}:{value % 60:02d}"


class Day(fields.Date):
    """A date of a request, of the years 1900 to 2199: days before and after it can be counted everywhere."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        day = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= day.year < 2200:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return day


class PageQuery(Contract):
    """Paging of every list: ``next`` of one page is ``cursor`` of the following."""

    limit = fields.Integer(load_default=100, validate=validate.Range(min=1, max=500))
    cursor = fields.String(load_default=None, validate=validate.Length(max=200))
    lang = fields.String(load_default=None, validate=validate.Length(max=20))


class LanguageQuery(Contract):
    """Every address accepts the language as ``?lang=`` beside Accept-Language."""

    lang = fields.String(load_default=None, validate=validate.Length(max=20))


def page_of(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of ``item``: {"items": [...], "next": cursor or null}."""
    return type(
        f"{item.__name__.removesuffix('Schema')}PageSchema",
        (Contract,),
        {
            "__doc__": "One page, and the cursor of the next.",
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(allow_none=True, required=True),
        },
    )
