"""A list of places sent from the console: what it says of each village, and each cell of it that says nothing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import IO, Any

from api.auth.actor import Actor
from api.problems import Problem
from api.usecases.file_names import safe_name
from api.usecases.place_villages import place_villages
from api.wording.places import list_sentence, loading_sentences, place_sentences
from routing.places import Datum
from schemas.gazetteer import GazetteerRefused, ListProblem

KEPT_VILLAGES = 500


def load_place_list(
    actor: Actor, stream: IO[bytes], filename: str, *, datum: Datum, by_name: bool, dry_run: bool
) -> dict[str, Any]:
    """Place villages out of a table of places, or tell what it would do. Raises 422 for a file that is none."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as copy:
        shutil.copyfileobj(stream, copy)
        copy.flush()
        try:
            found = place_villages(
                actor, Path(copy.name), name=safe_name(filename), datum=datum, by_name=by_name, dry_run=dry_run
            )
        except GazetteerRefused as error:
            sentence = list_sentence(error.code, error.facts)
            raise Problem(
                422, "place-list-unreadable", sentence, errors=[{"field": "file", "message": sentence}],
                reason=error.code,
            ) from error  # fmt: skip
    villages, problems = found["villages"], found["problems"]
    return {
        "dry_run": dry_run, "summary": loading_sentences(found, dry_run), "counts": found["counts"],
        **{name: found[name] for name in ("read", "towns", "left_out")},
        "villages": [{**one, "places": len(one["places"])} for one in villages[:KEPT_VILLAGES]],
        "villages_left_out": max(0, len(villages) - KEPT_VILLAGES),
        "problems": [_told(one) for one in problems],
        "problems_left_out": found["left_out"] - len(problems),
    }  # fmt: skip


def _told(problem: ListProblem) -> dict[str, Any]:
    reason, remedy = place_sentences(problem.code)
    return {
        "row": problem.row, "cell": problem.cell, "column": problem.column, "value": problem.value or None,
        "code": problem.code, "reason": reason, "remedy": remedy,
    }  # fmt: skip
