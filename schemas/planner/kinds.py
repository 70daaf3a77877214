"""The kinds of fields that a planner's files are made of, each with its meaning and unit for the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from marshmallow import ValidationError, fields, post_load, validate
from numpy.typing import NDArray

from routing import problem as planning
from routing.period import MOST_DAYS
from routing.travel import UNREACHABLE, MatrixPlace
from schemas.base import LATITUDE, LONGITUDE, Contract

#: The longest period, and a night: no time of a problem lies beyond it.
LAST_SECOND: Final = (MOST_DAYS + 1) * planning.DAY
#: Sums of 20,000 values of this size stay exact in a float and far from the end of 64 bits.
MOST_VALUE: Final = 10**11


def name_field(meaning: str, **kwargs: Any) -> fields.String:
    """A text that must be there unless ``load_default`` is given."""
    told = {"metadata": {"description": meaning}, "validate": validate.Length(min=1, max=200), **kwargs}
    return fields.String(required="load_default" not in kwargs, **told)


def whole_field(unit: str, least: int, most: int, **kwargs: Any) -> fields.Integer:
    """A whole number between two limits."""
    told = {"metadata": {"description": unit}, "validate": validate.Range(min=least, max=most), **kwargs}
    return fields.Integer(strict=True, required="load_default" not in kwargs, **told)


def moment_field(meaning: str, **kwargs: Any) -> fields.Integer:
    """A moment as a problem counts time."""
    return whole_field(f"{meaning}; seconds since midnight of the first day", 0, LAST_SECOND, **kwargs)


def seconds_field(meaning: str, **kwargs: Any) -> fields.Integer:
    """A duration."""
    return whole_field(f"{meaning}; seconds", 0, LAST_SECOND, **kwargs)


def value_field(meaning: str, **kwargs: Any) -> fields.Integer:
    """An amount of money."""
    return whole_field(f"{meaning}; minor unit of the currency (fen)", -MOST_VALUE, MOST_VALUE, **kwargs)


class Coordinates(Contract):
    """A point on the earth, WGS-84."""

    lat = fields.Float(required=True, validate=LATITUDE, metadata={"description": "Latitude; degrees"})
    lon = fields.Float(required=True, validate=LONGITUDE, metadata={"description": "Longitude; degrees"})


class PlaceField(fields.Field[planning.Place]):
    """``{"lat": …, "lon": …}``, or a row of the travel matrix as a whole number from 0."""

    def __init__(self, meaning: str, **kwargs: Any) -> None:
        told = {"description": f"{meaning}; `{{lat, lon}}` in degrees (WGS-84), or a row of the matrix"}
        super().__init__(metadata=told, required="load_default" not in kwargs, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> planning.Place:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return MatrixPlace(0.0, 0.0, value)
        if isinstance(value, dict):
            return planning.Place(**Coordinates().load(value))
        raise ValidationError('Not a place; write {"lat": …, "lon": …} in degrees, or a row of the matrix, from 0.')

    def _serialize(self, value: planning.Place | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if isinstance(value, MatrixPlace):
            return value.row
        return None if value is None else {"lat": value.lat, "lon": value.lon}


class NamesField(fields.List[str]):
    """A list of names without an order of its own, or null."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return frozenset(super()._deserialize(value, attr, data, **kwargs))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> list[Any] | None:
        return super()._serialize(None if value is None else sorted(value), attr, obj, **kwargs)


class FactField(fields.Field["str | int"]):
    """A fact of a reason: a text or a whole number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | int:
        if type(value) not in (str, int):
            raise ValidationError("Not a fact; write a text or a whole number.")
        fact: str | int = value
        return fact


class LegsField(fields.Field["NDArray[np.int64]"]):
    """A square matrix of whole numbers, row to column, null where there is no way."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> NDArray[np.int64]:
        if not isinstance(value, list) or not value:
            raise ValidationError("Not a matrix; write a list of rows, each a list with a number for every row.")
        legs = np.empty((len(value), len(value)), dtype=np.int64)
        wrong: dict[int, list[str]] = {}
        for number, row in enumerate(value):
            if not isinstance(row, list) or len(row) != len(value):
                wrong[number] = ["Not as long as the matrix is high; give one number for every row."]
            elif not all(cell is None or (type(cell) is int and 0 <= cell < UNREACHABLE) for cell in row):
                wrong[number] = ["Holds something else than whole numbers from 0 and null (no way)."]
            else:
                legs[number] = [UNREACHABLE if cell is None else cell for cell in row]
        if wrong:
            raise ValidationError(wrong)
        return legs

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return [[None if cell >= UNREACHABLE else cell for cell in row] for row in value.tolist()]


class Form(Contract):
    """A part of a file that becomes the value object ``makes``; lists become tuples."""

    makes: Callable[..., Any]

    @post_load
    def made(self, data: dict[str, Any], **_: object) -> Any:
        return type(self).makes(**{name: tuple(v) if isinstance(v, list) else v for name, v in data.items()})
