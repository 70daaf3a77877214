"""Whether the parts of a problem's file fit each other; a name that it does not hold is a slip, not a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from routing.travel import MatrixPlace


def incoherences(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is wrong between shifts, villages, visits and matrix, nested like the file; empty: nothing."""
    wrong: dict[str, Any] = {}
    for kind in ("shifts", "villages", "visits"):
        _twice(kind, data[kind], wrong)
    _unknown_names(data, wrong)
    _misplaced(data, wrong)
    return wrong


def _twice(kind: str, things: Sequence[Any], wrong: dict[str, Any]) -> None:
    seen: set[str] = set()
    for number, thing in enumerate(things):
        if thing.id in seen:
            _note(wrong, (kind, number, "id"), "Stands twice; give each an id of its own.")
        seen.add(thing.id)


def _unknown_names(data: Mapping[str, Any], wrong: dict[str, Any]) -> None:
    shifts = {shift.id for shift in data["shifts"]}
    villages = {None, *(village.id for village in data["villages"])}
    no_shift, no_village = "Not the id of a shift of this file.", "Not the id of a village of this file."
    for number, visit in enumerate(data["visits"]):
        if visit.household.village not in villages:
            _note(wrong, ("visits", number, "village"), no_village)
        if not (visit.shifts or frozenset()) <= shifts:
            _note(wrong, ("visits", number, "shifts"), no_shift)
        for name in sorted(visit.worth.keys() - shifts):
            _note(wrong, ("visits", number, "worth", name), no_shift)
    for number, shift in enumerate(data["shifts"]):
        if shift.from_village not in villages:
            _note(wrong, ("shifts", number, "from_village"), no_village)


def _misplaced(data: Mapping[str, Any], wrong: dict[str, Any]) -> None:
    """Every place is a row of the matrix where there is one, and none is where there is not."""
    rows = None if data["matrix"] is None else len(data["matrix"].seconds)
    places: list[tuple[tuple[str | int, ...], Any]] = []
    places += [(("visits", n, "place"), visit.household.place) for n, visit in enumerate(data["visits"])]
    places += [(("villages", n, "place"), village.place) for n, village in enumerate(data["villages"])]
    towns = [(n, village.town) for n, village in enumerate(data["villages"]) if village.town is not None]
    places += [(("villages", n, "town", "place"), town.place) for n, town in towns]
    places += [(("shifts", n, "from_place"), shift.from_place) for n, shift in enumerate(data["shifts"])]
    places += [(("shifts", n, "to_place"), shift.to_place) for n, shift in enumerate(data["shifts"])]
    for path, place in places:
        if isinstance(place, MatrixPlace):
            if rows is None:
                _note(wrong, path, "A row of a matrix, but the file has no matrix.")
            elif place.row >= rows:
                _note(wrong, path, "The matrix has no such row; they are counted from 0.")
        elif place is not None and rows is not None:
            _note(wrong, path, "With a matrix every place is a row of it, as a whole number from 0.")


def _note(wrong: dict[str, Any], path: tuple[str | int, ...], message: str) -> None:
    inner: Any = wrong
    for step in path[:-1]:
        inner = inner.setdefault(step, {})
    inner.setdefault(path[-1], []).append(message)
